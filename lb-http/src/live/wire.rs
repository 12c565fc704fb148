//! Events as they stand on the wire (HTML Living Standard, 9.2, server-sent events).

use bytes::Bytes;

/// How long a browser waits before it connects again, milliseconds.
const RETRY: u32 = 2000;

/// Writes one event. Whatever is in `data`, it ends no event and begins none.
pub(super) fn event(text: &mut String, name: &str, id: Option<&str>, data: &str) {
    text.push_str("event: ");
    text.push_str(name);
    if let Some(id) = id {
        text.push_str("\nid: ");
        text.push_str(id);
    }
    // a carriage return ends a line too
    for line in data.split(['\n', '\r']) {
        text.push_str("\ndata: ");
        text.push_str(line);
    }
    text.push_str("\n\n");
}

/// The first event of a stream: which process speaks, with which files, and how soon to come back.
pub(super) fn hello(boot: &str, version: &str) -> Bytes {
    let mut text = format!("retry: {RETRY}\n");
    let said = serde_json::json!({ "boot": boot, "version": version });
    event(&mut text, "hello", None, &said.to_string());
    text.into()
}

/// An event without more.
pub(super) fn word(name: &str) -> Bytes {
    let mut text = String::new();
    event(&mut text, name, None, "");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_ends_no_event_and_begins_none() {
        let mut text = String::new();
        event(&mut text, "patch", Some("b-7"), "<p>a\r\n\nevent: forged\rdata: x</p>");
        assert_eq!(
            text,
            "event: patch\nid: b-7\ndata: <p>a\ndata: \ndata: \ndata: event: forged\ndata: data: x</p>\n\n"
        );
    }

    #[test]
    fn the_first_event_tells_which_process_speaks() {
        assert_eq!(hello("b", "v"), "retry: 2000\nevent: hello\ndata: {\"boot\":\"b\",\"version\":\"v\"}\n\n");
        assert_eq!(word("again"), "event: again\ndata: \n\n");
    }
}
