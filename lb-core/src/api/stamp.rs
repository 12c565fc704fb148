//! The metadata that the balancer writes on every meeting, so that it knows its meetings without its database.
//!
//! The keys and their refusal in a website's own create are the Mconf balancer's (API document of 2017).

use super::Params;
use crate::callback::{CallbackId, CallbackPlace, is_own_metadata};
use crate::fleet::Stamp;
use crate::network::Integration;
use crate::xml::Node;

/// What all keys of the balancer begin with.
const PREFIX: &str = "mconflb-";

/// The keys that a website may not send, as `meta_<key>` in any case.
pub const RESERVED: [&str; 7] = [
    "mconflb-guid",
    "mconflb-institution",
    "mconflb-institution-name",
    "mconflb-rec-server",
    "mconflb-rec-server-url",
    "mconflb-rec-server-key",
    CALLBACK,
];

/// The key of the balancer's own that tells which create made a meeting.
const CALLBACK: &str = "mconflb-callback";

/// Whether `params` carry a reserved key.
pub fn is_forged(params: &Params) -> bool {
    let reserved = |key: &str| RESERVED.iter().any(|reserved| key.eq_ignore_ascii_case(reserved));
    let key_of = |name: &str| {
        name.split_at_checked(5).filter(|(meta, _)| meta.eq_ignore_ascii_case("meta_")).map(|(_, key)| reserved(key))
    };
    params.iter().any(|(name, _)| key_of(name) == Some(true))
}

/// Whether a parameter is one that the balancer writes or keeps for itself: `meta_mconflb-…`, in any case.
pub fn is_ours(name: &str) -> bool {
    name.get(.."meta_".len() + PREFIX.len()).is_some_and(|start| {
        start
            .split_at_checked(5)
            .is_some_and(|(meta, key)| meta.eq_ignore_ascii_case("meta_") && key.eq_ignore_ascii_case(PREFIX))
    })
}

/// Whether `params` carry any metadata of the balancer's, known or not: what a website could change on a recording.
pub fn is_reserved(params: &Params) -> bool {
    let start = ["meta_", PREFIX].concat();
    params.iter().any(|(name, _)| name.get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(&start)))
}

/// Stamps a create: which balancer, which integration.
pub fn write(params: &mut Params, guid: &str, integration: &Integration) {
    params.set("meta_mconflb-guid", guid);
    params.set("meta_mconflb-institution", integration.name.as_str());
    params.set("meta_mconflb-institution-name", integration.display_name.as_str());
}

/// Stamps a create with the id of its callbacks.
pub fn write_callback(params: &mut Params, callback: &CallbackId) {
    params.set(&format!("meta_{CALLBACK}"), callback.as_str());
}

/// Which create made the meeting that a `metadata` element is of, if that create was stamped.
pub fn read_callback(metadata: Node<'_>) -> Option<CallbackId> {
    Some(metadata.child(CALLBACK)?.text().trim().into()).filter(|id: &CallbackId| !id.as_str().is_empty())
}

/// Reads the stamp in a `metadata` element.
pub fn read(metadata: Node<'_>) -> Option<Stamp> {
    let guid = metadata.child("mconflb-guid")?.text().trim().to_owned();
    let institution = metadata.child("mconflb-institution")?.text().trim().to_owned();
    Some(Stamp { guid, institution })
}

/// Whether `key` of a metadata is one of the balancer's.
pub fn is_stamp(key: &str) -> bool {
    key.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// Whether the name of a stamp may stand anywhere in `body`, spelt as metadata or, as in BBB's JSON, with `_` for `-`.
pub fn is_in(body: &[u8]) -> bool {
    let (name, last) = PREFIX.as_bytes().split_at(PREFIX.len() - 1);
    body.windows(PREFIX.len()).any(|part| {
        let (start, end) = part.split_at(name.len());
        (end == last || end == b"_") && start.eq_ignore_ascii_case(name)
    })
}

/// The elements in a `metadata` element that only the balancer may see: its stamps, and its own URLs in place of the website's.
pub fn nodes(metadata: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    metadata.children().filter(is_ours_alone)
}

/// The same of a whole answer, wherever they stand.
pub fn nodes_below(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    root.descendants().filter(is_ours_alone)
}

fn is_ours_alone(node: &Node<'_>) -> bool {
    // the text of an element that holds others costs as much as they are long
    let may_be_own = || CallbackPlace::of_metadata(node.name()).is_some();
    is_stamp(node.name()) || may_be_own() && is_own_metadata(node.name(), &node.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_keys_are_found_in_any_case() {
        for forged in ["meta_mconflb-guid=x", "META_Mconflb-Institution=x", "a=1&meta_MCONFLB-REC-SERVER-KEY="] {
            assert!(is_forged(&Params::parse(forged)), "{forged}");
            assert!(is_reserved(&Params::parse(forged)), "{forged}");
        }
        assert!(is_reserved(&Params::parse("meta_Mconflb-anything=x")));
        for shown in ["{\"mconflb-guid\":1}", "x MconfLB_institution"] {
            assert!(is_in(shown.as_bytes()), "{shown}");
        }
        assert!(!is_in(b"mconflb") && !is_in(b"mconflb guid") && !is_in(b""));
        for fine in ["meta_mconflb=x", "mconflb-guid=x", "meta_guid=x", "meta=", "é=1", "metaé=1"] {
            assert!(!is_forged(&Params::parse(fine)), "{fine}");
            assert!(!is_reserved(&Params::parse(fine)), "{fine}");
        }
    }
}
