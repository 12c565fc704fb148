//! `getRecordings`: what a website asks for, what a server answers, and the answer to the website.

mod write;

pub use self::write::reply;

use std::collections::HashSet;

use super::{Answer, Params, stamp};
use crate::callback::is_own_metadata;
use crate::clock::Timestamp;
use crate::fleet::Stamp;
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;
use crate::recording::{
    MetadataFilter, Page, Pattern, Recording, RecordingFields, RecordingId, RecordingQuery, RecordingState, States,
    Which, is_key,
};
use crate::server::ServerName;
use crate::xml::Node;

/// What `params` ask of the recordings of `owner`, in BBB's way: a recordID makes meetingIDs count for nothing, each is the
/// beginning of one, a limit that is no number is none, and without a limit there are no pages.
pub fn query(params: &Params, owner: IntegrationName) -> RecordingQuery {
    let which = match (params.given("recordID"), params.given("meetingID")) {
        (Some(ids), _) => Which::BeginningWith(list(ids).map(str::to_owned).collect()),
        (None, Some(ids)) => Which::OfMeetings(list(ids).map(Into::into).collect()),
        (None, None) => Which::All,
    };
    let mut keys = HashSet::new();
    let filter = |(name, value): (&str, &str)| {
        // in any case, as in a create
        let (_, key) = name.split_at_checked(5).filter(|(meta, _)| meta.eq_ignore_ascii_case("meta_"))?;
        let key = Some(key).filter(|key| is_key(key))?;
        // the first of a name counts, so that no long list of them is gone through for each recording
        let is_first = keys.insert(key.to_ascii_lowercase());
        is_first.then(|| MetadataFilter { key: key.to_owned(), value: Pattern::read(value) })
    };
    RecordingQuery {
        owner: Some(owner),
        which,
        states: params.given("state").map_or(States::LISTED, States::read),
        metadata: params.iter().filter_map(filter).collect(),
        page: page(params),
    }
}

fn page(params: &Params) -> Option<Page> {
    let limit: i64 = params.given("limit")?.trim().parse().ok()?;
    let offset = params.given("offset").and_then(|offset| offset.trim().parse().ok()).unwrap_or(0);
    Some(Page { offset, limit: usize::try_from(limit).unwrap_or(1).clamp(1, Page::MOST) })
}

/// The entries of a list with commas.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// One answer of a server, or one page of it.
#[derive(Debug, Default)]
pub struct Listing {
    /// The recordings in it.
    pub recordings: Vec<Listed>,
    /// Those of which the server cannot say more than that they are there.
    pub unreadable: Vec<RecordingId>,
    /// How many there are in all, where the server answers in pages.
    pub total: Option<u64>,
}

/// A recording as its server lists it.
#[derive(Debug)]
pub struct Listed {
    /// The recording, of nobody yet.
    pub recording: Recording,
    /// Whose it is, if a balancer stamped it.
    pub stamp: Option<Stamp>,
    /// The incarnation that its meeting was a breakout room of.
    pub parent: Option<InternalMeetingId>,
    /// Those of its metadata that are callbacks which a balancer gave its server, in place of the website's.
    pub given: Vec<(String, String)>,
}

/// Reads a server's answer. `None` where it is no list of all that there are: it failed, or the server does not answer such a
/// question (`allowFetchAllRecordings`).
pub fn read(answer: &Answer<'_>, server: &ServerName) -> Option<Listing> {
    let root = answer.root();
    let recordings = root.child("recordings").filter(|_| answer.is_success())?;
    let total = root.number("totalElements").or_else(|| root.child("pagination")?.number("totalElements"));
    let mut listing = Listing { total, ..Listing::default() };
    for node in recordings.children().filter(|node| node.is("recording")) {
        match node.child("error") {
            Some(error) => listing.unreadable.push((*error.value("recordID")).into()),
            None => listing.recordings.extend(listed(node, server)),
        }
    }
    Some(listing)
}

fn listed(node: Node<'_>, server: &ServerName) -> Option<Listed> {
    let id = [node.value("recordID"), node.value("internalMeetingID")].into_iter().find(|id| !id.is_empty())?;
    let metadata = node.child("metadata");
    let in_metadata = |name| metadata.map(|metadata| metadata.value(name)).unwrap_or_default();
    let meeting_id = [node.value("meetingID"), in_metadata("meetingId")].into_iter().find(|id| !id.is_empty());
    let by_flag = || {
        let unpublished = node.child("published").is_some() && !node.flag("published");
        if unpublished { RecordingState::Unpublished } else { RecordingState::Published }
    };
    // BBB up to 0.9 writes the start in words, and all have it in the id
    let start = node.number("startTime").or_else(|| id.rsplit_once('-')?.1.parse().ok()).unwrap_or(0);
    let entries = metadata.into_iter().flat_map(Node::children).map(|entry| (entry.name(), entry.text()));
    let given = entries.filter(|(key, value)| is_own_metadata(key, value));
    Some(Listed {
        given: given.map(|(key, value)| (key.to_owned(), value.into_owned())).collect(),
        stamp: metadata.and_then(stamp::read),
        parent: parent_of(node),
        recording: Recording {
            server: server.clone(),
            meeting_id: (*meeting_id.unwrap_or_default()).into(),
            integration: None,
            assigned: false,
            state: RecordingState::named(&node.value("state")).unwrap_or_else(by_flag),
            protected: node.child("protected").map(|_| node.flag("protected")),
            start: Timestamp::from_millis(start),
            end: Timestamp::from_millis(node.number("endTime").unwrap_or(0)),
            participants: node.number("participants").unwrap_or(0).try_into().unwrap_or(u32::MAX),
            changed_at: Timestamp::default(),
            xml: fields(node).pack(),
            id: (*id).into(),
        },
    })
}

fn parent_of(node: Node<'_>) -> Option<InternalMeetingId> {
    let parent = node.child("breakout")?.value("parentId");
    (!parent.is_empty()).then(|| (*parent).into())
}

/// The fields as they came, without stamps and without what the balancer writes itself.
fn fields(node: Node<'_>) -> RecordingFields {
    let (mut parts, mut metadata) = ([const { String::new() }; 3], String::new());
    let mut part = 0;
    for child in node.children() {
        match child.name() {
            name if ["published", "state", "protected"].iter().any(|own| name.eq_ignore_ascii_case(own)) => {
                part = part.max(1);
            }
            name if name.eq_ignore_ascii_case("metadata") => {
                part = 2;
                metadata = child.inner_without(stamp::nodes(child));
            }
            _ => {
                // three parts, and three is never counted to
                if let Some(text) = parts.get_mut(part) {
                    text.push_str(&child.without([]));
                }
            }
        }
    }
    let [head, middle, tail] = parts;
    RecordingFields::new(&head, &middle, &metadata, &tail)
}

#[cfg(test)]
mod tests;
