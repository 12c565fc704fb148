//! How recordings are kept and found.

use std::sync::Arc;

use super::{START, created, meeting};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::MeetingKey;
use crate::recording::{
    MetadataFilter, Page, Pattern, Recording, RecordingFields, RecordingId, RecordingQuery, RecordingState, States,
    Which,
};
use crate::store::{MeetingStore, RecordingChange, RecordingStore};

/// The recording of `moodle`'s meeting `meeting_id` that began `start` seconds after the first, on `bbb1`, published.
fn recording(id: &str, meeting_id: &str, start: u64) -> Recording {
    let metadata = format!("<meetingName>{meeting_id} &amp; co</meetingName><course>é-{start}</course>");
    let (head, tail) = (format!("<recordID>{id}</recordID>"), "<playback><format/></playback><new x='1'/>");
    Recording {
        id: id.into(),
        server: "bbb1".into(),
        meeting_id: meeting_id.into(),
        integration: Some("moodle".into()),
        assigned: false,
        state: RecordingState::Published,
        protected: None,
        start: Timestamp::from_millis(1_700_000_000_000 + start * 1000),
        end: Timestamp::from_millis(1_700_003_600_000),
        participants: 12,
        changed_at: Timestamp::default(),
        xml: RecordingFields::new(&head, "<rawSize>7</rawSize>", &metadata, tail).pack(),
    }
}

fn added(recording: Recording) -> RecordingChange {
    RecordingChange { before: None, after: Some(recording.into()), events: Vec::new() }
}

fn changed(before: &Recording, after: Recording) -> RecordingChange {
    RecordingChange { before: Some(before.clone().into()), after: Some(after.into()), events: Vec::new() }
}

fn seen(recording: &Recording) -> Event {
    let meeting = recording
        .integration
        .clone()
        .map(|integration| MeetingKey { integration, meeting_id: recording.meeting_id.clone() });
    let kind = EventKind::RecordingSeen {
        meeting,
        recording: recording.id.clone(),
        server: recording.server.clone(),
        participants: recording.participants,
        seconds: recording.end.since(recording.start).as_secs(),
        formats: vec!["presentation".into(), "video".into()],
    };
    Event { at: START, kind }
}

async fn store_all(store: &dyn RecordingStore, recordings: impl IntoIterator<Item = Recording>) {
    let changes: Vec<_> = recordings.into_iter().map(added).collect();
    let count = changes.len();
    assert_eq!(store.change_recordings(changes).await, Ok(vec![true; count]));
}

fn query(which: Which) -> RecordingQuery {
    RecordingQuery { which, states: States::LISTED, ..RecordingQuery::all_of(Some("moodle".into())) }
}

/// The ids that `query` finds, and how many there are in all.
async fn ids(store: &dyn RecordingStore, query: &RecordingQuery) -> (Vec<String>, usize) {
    let selected = store.select(query).await.unwrap();
    (selected.recordings.iter().map(|recording| recording.id.to_string()).collect(), selected.total)
}

/// All that is known of a recording comes back.
pub async fn a_recording_comes_back_with_all_its_facts(store: &dyn RecordingStore) {
    let full = Recording {
        assigned: true,
        state: RecordingState::Unpublished,
        protected: Some(true),
        changed_at: START,
        ..recording("a-1", "room, \"é\"", 1)
    };
    let nobodys = Recording { integration: None, protected: Some(false), ..recording("b-1", "x", 2) };
    store_all(store, [full.clone(), nobodys.clone()]).await;
    assert_eq!(store.find(&full.id).await, Ok(Some(full.clone().into())));
    assert_eq!(store.find(&nobodys.id).await, Ok(Some(nobodys.clone().into())));
    assert_eq!(store.find(&RecordingId::from("a")).await, Ok(None));
    assert_eq!(store.recordings_on(&"bbb1".into()).await, Ok(vec![full.into(), nobodys.into()]));
    assert_eq!(store.recordings_on(&"bbb2".into()).await, Ok(vec![]));
    assert_eq!(store.owners_of_recordings().await, Ok(vec!["moodle".into()]));
}

/// A change that was decided on before another one was made is not made, and leaves no event.
pub async fn a_change_is_made_of_what_was_seen_only(store: &(impl RecordingStore + MeetingStore)) {
    let old = recording("a-1", "room", 1);
    let new = Recording { state: RecordingState::Unpublished, ..old.clone() };
    let first = RecordingChange { events: vec![seen(&old)], ..added(old.clone()) };
    let again = RecordingChange { events: vec![seen(&new)], ..added(new.clone()) };
    assert_eq!(store.change_recordings(vec![first, again]).await, Ok(vec![true, false]));
    let late = RecordingChange { events: vec![seen(&new)], ..changed(&new, old.clone()) };
    assert_eq!(store.change_recordings(vec![late, changed(&old, new.clone())]).await, Ok(vec![false, true]));
    assert_eq!(RecordingStore::find(store, &old.id).await, Ok(Some(new.clone().into())));
    let forgotten = RecordingChange { before: Some(new.into()), after: None, events: Vec::new() };
    assert_eq!(store.change_recordings(vec![forgotten.clone(), forgotten]).await, Ok(vec![true, false]));
    assert_eq!(RecordingStore::find(store, &old.id).await, Ok(None));
    let nothing = RecordingChange { before: None, after: None, events: Vec::new() };
    assert_eq!(store.change_recordings(vec![nothing]).await, Ok(vec![false]));
    assert_eq!(store.latest_events(10).await, Ok(vec![seen(&old)]));
}

/// An integration finds its own, newest first, in the states asked for.
pub async fn an_integration_finds_its_own_newest_first(store: &dyn RecordingStore) {
    let anothers = Recording { integration: Some("moodle2".into()), ..recording("d-1", "room", 9) };
    let nobodys = Recording { integration: None, ..recording("e-1", "room", 9) };
    let deleted = Recording { state: RecordingState::Deleted, ..recording("c-1", "room", 8) };
    store_all(store, [recording("a-1", "x", 1), recording("b-1", "x", 5), deleted, anothers, nobodys]).await;
    assert_eq!(ids(store, &query(Which::All)).await, (vec!["b-1".into(), "a-1".into()], 2));
    let any = RecordingQuery { states: States::ALL, ..query(Which::All) };
    assert_eq!(ids(store, &any).await.0, ["c-1", "b-1", "a-1"]);
    let nobodys = RecordingQuery { owner: None, ..query(Which::All) };
    assert_eq!(ids(store, &nobodys).await.0, ["e-1"]);
    let page = RecordingQuery { page: Some(Page { offset: 1, limit: 1 }), ..any.clone() };
    assert_eq!(ids(store, &page).await, (vec!["b-1".into()], 3));
    let beyond = RecordingQuery { page: Some(Page { offset: 3, limit: 1 }), ..any };
    assert_eq!(ids(store, &beyond).await, (vec![], 3));
    assert_eq!(store.owners_of_recordings().await, Ok(vec!["moodle".into(), "moodle2".into()]));
}

/// Recordings are found by what their ids begin with, by their meetings and by their metadata, in lists of any length.
pub async fn recordings_are_found_by_ids_meetings_and_metadata(store: &dyn RecordingStore) {
    let many = (0..60)
        .map(|number| recording(&format!("{:02}-{number}", number % 20), &format!("room-{}", number / 3), number));
    store_all(store, many).await;
    let beginning = |ids: &[&str]| Which::BeginningWith(ids.iter().map(|&id| id.to_owned()).collect());
    assert_eq!(ids(store, &query(beginning(&["07-", "07-27", "none"]))).await.0, ["07-47", "07-27", "07-7"]);
    assert_eq!(ids(store, &query(beginning(&["07-7"]))).await.0, ["07-7"]);
    assert_eq!(ids(store, &query(beginning(&["7"]))).await.0, [""; 0]);
    let meetings = |ids: &[&str]| Which::OfMeetings(ids.iter().map(|&id| id.into()).collect());
    assert_eq!(ids(store, &query(meetings(&["room-1", "room", "room-1"]))).await.0, ["05-5", "04-4", "03-3"]);
    // more than there are recordings
    let long: Vec<String> = (0..1000).map(|number| format!("none-{number}")).chain(["07-7".into()]).collect();
    assert_eq!(ids(store, &query(Which::BeginningWith(long.clone()))).await.0, ["07-7"]);
    let long = long.iter().map(|id| id.as_str().into()).chain(["room-19".into()]).collect();
    assert_eq!(ids(store, &query(Which::OfMeetings(long))).await.0, ["19-59", "18-58", "17-57"]);
    let filter = |key: &str, value: &str| MetadataFilter { key: key.into(), value: Pattern::read(value) };
    let with = |metadata: Vec<MetadataFilter>| RecordingQuery { metadata, ..query(Which::All) };
    assert_eq!(ids(store, &with(vec![filter("course", "é-47")])).await.0, ["07-47"]);
    let both = with(vec![filter("course", "é-5%"), filter("meetingname", "%m-19 & co")]);
    assert_eq!(ids(store, &both).await.0, ["19-59", "18-58", "17-57"]);
    assert_eq!(ids(store, &with(vec![filter("none", "%")])).await.0, [""; 0]);
}

/// Of several copies, the one that has come furthest is shown; each is kept.
pub async fn copies_are_kept_apart_and_shown_as_one(store: &dyn RecordingStore) {
    let processing = Recording { state: RecordingState::Processing, ..recording("a-1", "room", 1) };
    let published = Recording { server: "rec1".into(), ..recording("a-1", "room", 1) };
    let other = recording("b-1", "room", 1);
    store_all(store, [processing.clone(), published.clone(), other]).await;
    let any = RecordingQuery { states: States::ALL, ..query(Which::All) };
    assert_eq!(ids(store, &any).await, (vec!["a-1".into(), "b-1".into()], 2));
    let processing_ones = RecordingQuery { states: States::of(&[RecordingState::Processing]), ..query(Which::All) };
    assert_eq!(ids(store, &processing_ones).await, (vec![], 0), "it is published, and that is told once");
    assert_eq!(store.find(&"a-1".into()).await, Ok(Some(published.clone().into())));
    let copies: Vec<Arc<Recording>> = vec![processing.clone().into(), published.into()];
    assert_eq!(store.copies(&"a-1".into()).await, Ok(copies));
    let gone = RecordingChange { before: Some(processing.into()), after: None, events: Vec::new() };
    assert_eq!(store.change_recordings(vec![gone]).await, Ok(vec![true]));
    assert_eq!(store.copies(&"a-1".into()).await.map(|copies| copies.len()), Ok(1));
}

/// One that gets another owner, or begins at another time, is found where it belongs from then on and nowhere else.
pub async fn a_recording_that_moves_is_found_in_its_new_place_only(store: &dyn RecordingStore) {
    let nobodys = Recording { integration: None, ..recording("a-1", "room", 1) };
    store_all(store, [nobodys.clone()]).await;
    let moved = Recording { integration: Some("moodle".into()), assigned: true, ..recording("a-1", "hall", 7) };
    assert_eq!(store.change_recordings(vec![changed(&nobodys, moved)]).await, Ok(vec![true]));
    assert_eq!(ids(store, &RecordingQuery::all_of(None)).await, (vec![], 0));
    assert_eq!(ids(store, &query(Which::OfMeetings(vec!["room".into()]))).await.1, 0);
    assert_eq!(ids(store, &query(Which::OfMeetings(vec!["hall".into()]))).await.0, ["a-1"]);
    assert_eq!(ids(store, &query(Which::All)).await.0, ["a-1"]);
}

/// Whose a meeting was is known when it is long over; of two integrations that had the same incarnation at once, the server
/// tells.
pub async fn ended_meetings_have_owners(store: &dyn MeetingStore) {
    let own = meeting("a", 1, "bbb1");
    let mut anothers = meeting("a", 1, "bbb2");
    anothers.key.integration = "portal".into();
    let alone = meeting("b", 1, "bbb1");
    store.record(vec![created(&own), created(&anothers), created(&alone), created(&alone)]).await.unwrap();
    let incarnations = vec![own.internal_id, alone.internal_id, "sha1-of-c-1".into()];
    let owners = async |server: &str| {
        let owners = store.owners_of(incarnations.clone(), &server.into()).await.unwrap();
        owners.into_iter().map(|owner| owner.map(|owner| owner.to_string()).unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(owners("bbb1").await, ["moodle", "moodle", ""]);
    assert_eq!(owners("bbb2").await, ["portal", "moodle", ""]);
    assert_eq!(owners("rec1").await, ["", "moodle", ""]);
}
