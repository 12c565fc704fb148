//! How meetings are found, replaced, forgotten and listed.

use super::{claim, meeting, token};
use crate::meeting::{Meeting, MeetingKey};
use crate::store::{Entry, MeetingStore, Replaces, StoreError};

fn of(integration: &str, mut meeting: Meeting) -> Meeting {
    meeting.key.integration = integration.into();
    meeting
}

/// A confirmed meeting is found by meetingID and by internalMeetingID, with all that it says, and by nobody else.
pub async fn a_confirmed_meeting_is_found_by_both_its_ids_by_its_integration_only(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let wanted = meeting("a", 1_767_225_600_123, "bbb1");
    let held = store.confirm(&token("t1"), wanted.clone(), vec![]).await.unwrap();
    assert_eq!(*held, wanted);
    for id in ["a", wanted.internal_id.as_str()] {
        let found = store.find(&MeetingKey::new("moodle", id)).await;
        assert_eq!(found, Ok(Some(Entry::Held(held.clone()))), "{id}");
        assert_eq!(store.find(&MeetingKey::new("portal", id)).await, Ok(None), "{id}");
    }
    assert_eq!(store.claims().await, Ok(vec![]));
    assert_eq!(store.owners(&"a".into()).await, Ok(vec!["moodle".into()]));
}

/// Two integrations use the same meetingID, each for its own meeting.
pub async fn integrations_may_use_the_same_meeting_id(store: &dyn MeetingStore) {
    let moodles = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    // the same millisecond on two servers: both incarnations have the same internal id
    let portals = store.adopt(of("portal", meeting("a", 1, "bbb2")), Replaces::Nothing, vec![]).await.unwrap();
    for id in ["a", moodles.internal_id.as_str()] {
        assert_eq!(store.find(&MeetingKey::new("moodle", id)).await, Ok(Some(Entry::Held(moodles.clone()))), "{id}");
        assert_eq!(store.find(&MeetingKey::new("portal", id)).await, Ok(Some(Entry::Held(portals.clone()))), "{id}");
    }
    let mut owners = store.owners(&"a".into()).await.unwrap();
    owners.sort();
    assert_eq!(owners, ["moodle".into(), "portal".into()]);
    assert_eq!(store.forget(&portals.key, &portals.internal_id, vec![]).await, Ok(true));
    assert_eq!(store.find(&moodles.key).await, Ok(Some(Entry::Held(moodles))));
}

/// A newer incarnation takes the place of the one before, which is then found by no id.
pub async fn a_new_incarnation_replaces_the_one_before(store: &dyn MeetingStore) {
    let old = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let new =
        store.adopt(meeting("a", 2, "bbb1"), Replaces::Incarnation(old.internal_id.clone()), vec![]).await.unwrap();
    assert_eq!(store.find(&new.key).await, Ok(Some(Entry::Held(new.clone()))));
    assert_eq!(store.find(&MeetingKey::new("moodle", old.internal_id.as_str())).await, Ok(None));
    assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![new.clone()]));
    let mut again = meeting("a", 2, "bbb1");
    again.name = "renamed".to_owned();
    store.adopt(again.clone(), Replaces::Incarnation(new.internal_id.clone()), vec![]).await.unwrap();
    assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![again.into()]), "the same incarnation, known better");
}

/// Who found a meeting and knew something else under its key than is known by now is late, and changes nothing.
pub async fn a_late_finder_is_refused(store: &dyn MeetingStore) {
    let held = store.adopt(meeting("a", 2, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    for late in
        [Replaces::Nothing, Replaces::Claim(token("t1")), Replaces::Incarnation(meeting("a", 1, "bbb1").internal_id)]
    {
        assert_eq!(store.adopt(meeting("a", 3, "bbb2"), late, vec![]).await, Err(StoreError::Fenced));
    }
    assert_eq!(store.find(&held.key).await, Ok(Some(Entry::Held(held))));
    store.claim(claim("t2", "b", "bbb1")).await.unwrap();
    for late in [Replaces::Nothing, Replaces::Claim(token("t1"))] {
        assert_eq!(store.adopt(meeting("b", 1, "bbb1"), late, vec![]).await, Err(StoreError::Fenced));
    }
}

/// A meeting may be found on another server than the incarnation before.
pub async fn a_new_incarnation_may_be_elsewhere(store: &dyn MeetingStore) {
    let old = store.adopt(meeting("a", 2, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let replaces = Replaces::Incarnation(old.internal_id.clone());
    let moved = store.adopt(meeting("a", 1, "bbb2"), replaces, vec![]).await.unwrap();
    assert_eq!(store.find(&moved.key).await, Ok(Some(Entry::Held(moved.clone()))));
    assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![]));
    assert_eq!(store.meetings_on(&"bbb2".into()).await, Ok(vec![moved]));
}

/// A server that holds another integration's meeting may not be given one whose id is the beginning of that one's internal
/// id: BBB would find either by it.
pub async fn an_id_like_anothers_internal_id_is_kept_away(store: &dyn MeetingStore) {
    let held = store.adopt(of("portal", meeting("a", 1, "bbb1")), Replaces::Nothing, vec![]).await.unwrap();
    let internal = held.internal_id.as_str();
    for like in [internal, &internal[..internal.len() - 1]] {
        assert_eq!(store.occupied(&MeetingKey::new("moodle", like)).await, Ok(vec!["bbb1".into()]), "{like}");
        assert_eq!(store.occupied(&MeetingKey::new("portal", like)).await, Ok(vec![]), "its own");
    }
}

/// A late end of an earlier incarnation does not end the present one.
pub async fn forgetting_touches_its_own_incarnation_only(store: &dyn MeetingStore) {
    let old = meeting("a", 1, "bbb1");
    store.adopt(old.clone(), Replaces::Nothing, vec![]).await.unwrap();
    let new =
        store.adopt(meeting("a", 2, "bbb1"), Replaces::Incarnation(old.internal_id.clone()), vec![]).await.unwrap();
    assert_eq!(store.forget(&new.key, &old.internal_id, vec![]).await, Ok(false));
    assert_eq!(store.find(&new.key).await, Ok(Some(Entry::Held(new.clone()))));
    assert_eq!(store.forget(&new.key, &new.internal_id, vec![]).await, Ok(true));
    assert_eq!(store.forget(&new.key, &new.internal_id, vec![]).await, Ok(false), "gone already");
    assert_eq!(store.find(&new.key).await, Ok(None));
    assert_eq!(store.find(&MeetingKey::new("moodle", new.internal_id.as_str())).await, Ok(None));
    assert_eq!(store.owners(&"a".into()).await, Ok(vec![]));
    assert_eq!(store.meetings_of(&"moodle".into()).await, Ok(vec![]));
}

/// A claim is settled by its token, never forgotten as a meeting.
pub async fn a_claim_is_not_forgotten(store: &dyn MeetingStore) {
    store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let old = meeting("a", 1, "bbb1");
    store.forget(&old.key, &old.internal_id, vec![]).await.unwrap();
    let claimed = claim("t1", "a", "bbb1");
    store.claim(claimed.clone()).await.unwrap();
    assert_eq!(store.forget(&old.key, &old.internal_id, vec![]).await, Ok(false));
    assert_eq!(store.claims().await, Ok(vec![claimed.into()]));
}

/// The meetings of an integration come in the order of their ids, those of a server in any order, all of them page by page;
/// claims are in none.
pub async fn meetings_are_listed_by_integration_and_by_server(store: &dyn MeetingStore) {
    for (id, server) in [("b", "bbb1"), ("a", "bbb2"), ("c", "bbb1")] {
        store.adopt(meeting(id, 1, server), Replaces::Nothing, vec![]).await.unwrap();
    }
    // names between which a careless range would not tell
    for integration in ["mood", "moodle2"] {
        store.adopt(of(integration, meeting("z", 1, "bbb3")), Replaces::Nothing, vec![]).await.unwrap();
    }
    store.claim(claim("t1", "d", "bbb1")).await.unwrap();
    let ids = |meetings: Vec<std::sync::Arc<Meeting>>| {
        meetings.iter().map(|meeting| meeting.key.meeting_id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(store.meetings_of(&"moodle".into()).await.unwrap()), ["a", "b", "c"]);
    assert_eq!(ids(store.meetings_of(&"mood".into()).await.unwrap()), ["z"]);
    assert_eq!(ids(store.meetings_of(&"nobody".into()).await.unwrap()), [""; 0]);
    let mut on_first = ids(store.meetings_on(&"bbb1".into()).await.unwrap());
    on_first.sort();
    assert_eq!(on_first, ["b", "c"]);
    assert_eq!(ids(store.meetings_on(&"bbb9".into()).await.unwrap()), [""; 0]);
    let mut pages = Vec::new();
    let mut page = store.meetings_after(None, 2).await.unwrap();
    while let Some(last) = page.last() {
        let next = store.meetings_after(Some(&last.key), 2).await.unwrap();
        pages.push(page.iter().map(|meeting| meeting.key.to_string()).collect::<Vec<_>>());
        page = next;
    }
    assert_eq!(pages, [vec!["mood/z", "moodle/a"], vec!["moodle/b", "moodle/c"], vec!["moodle2/z"]]);
    let from_there = store.meetings_after(Some(&MeetingKey::new("moodle", "bb")), 1).await.unwrap();
    assert_eq!(ids(from_there), ["c"], "behind a meeting that is not there");
}

/// A voice bridge is taken while a claim or meeting other than one's own has it: on one server, or anywhere.
pub async fn a_voice_bridge_is_taken_by_claims_and_meetings(store: &dyn MeetingStore) {
    let (one, two) = ("bbb1".into(), "bbb2".into());
    let other = MeetingKey::new("portal", "x");
    let claimed = claim("t1", "a", "bbb1");
    let number = claimed.voice_bridge;
    assert_eq!(store.voice_bridge_taken(number, None, &other).await, Ok(false));
    store.claim(claimed.clone()).await.unwrap();
    for _claim_then_meeting in 0..2 {
        assert_eq!(store.voice_bridge_taken(number, None, &other).await, Ok(true));
        assert_eq!(store.voice_bridge_taken(number, Some(&one), &other).await, Ok(true));
        assert_eq!(store.voice_bridge_taken(number, Some(&two), &other).await, Ok(false));
        assert_eq!(store.voice_bridge_taken(number, None, &claimed.key).await, Ok(false), "one's own");
        assert_eq!(store.voice_bridge_taken(number + 1, None, &other).await, Ok(false));
        // the second time it is fenced, which changes nothing
        let _ = store.confirm(&claimed.token, meeting("a", 1, "bbb1"), vec![]).await;
    }
    let mut renumbered = meeting("a", 2, "bbb1");
    renumbered.voice_bridge = None;
    let before = Replaces::Incarnation(meeting("a", 1, "bbb1").internal_id);
    store.adopt(renumbered, before, vec![]).await.unwrap();
    assert_eq!(store.voice_bridge_taken(number, None, &other).await, Ok(false), "no longer used");
}
