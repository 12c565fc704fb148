//! How copies that nobody was sent to are kept in mind.

use std::time::Duration;

use super::{START, claim, meeting};
use crate::meeting::{MeetingKey, Stray};
use crate::store::{ClaimOutcome, MeetingStore, Replaces};

fn stray(id: &str, server: &str) -> Stray {
    Stray { key: MeetingKey::new("moodle", id), server: server.into(), since: START, superseded: None }
}

/// A stray is one of a key and a server: noted again it is the newer one, cleared it is gone.
pub async fn strays_are_noted_once_and_cleared(store: &dyn MeetingStore) {
    assert_eq!(store.strays().await, Ok(vec![]));
    let later = Stray { since: START + Duration::from_secs(5), ..stray("a", "bbb1") };
    for noted in [stray("a", "bbb1"), later.clone(), stray("a", "bbb2"), stray("b", "bbb1")] {
        store.note_stray(noted, vec![]).await.unwrap();
    }
    let mut all = store.strays().await.unwrap();
    all.sort();
    assert_eq!(all, [later, stray("a", "bbb2"), stray("b", "bbb1")]);
    store.clear_stray(&MeetingKey::new("moodle", "a"), &"bbb1".into(), vec![]).await.unwrap();
    store.clear_stray(&MeetingKey::new("moodle", "z"), &"bbb1".into(), vec![]).await.unwrap();
    let mut left = store.strays().await.unwrap();
    left.sort();
    assert_eq!(left, [stray("a", "bbb2"), stray("b", "bbb1")]);
}

/// The copy on the server that holds the meeting is the meeting itself: it is no stray, before or after.
pub async fn the_meeting_itself_is_no_stray(store: &dyn MeetingStore) {
    assert_eq!(store.note_stray(stray("a", "bbb1"), vec![]).await, Ok(true));
    store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    assert_eq!(store.strays().await, Ok(vec![]), "it came to be held");
    assert_eq!(store.note_stray(stray("a", "bbb1"), vec![]).await, Ok(false));
    assert_eq!(store.note_stray(stray("a", "bbb2"), vec![]).await, Ok(true));
    assert_eq!(store.strays().await, Ok(vec![stray("a", "bbb2")]));
}

/// A server that may hold a stray is given no meeting of that id, whoever asks, until the stray is cleared.
pub async fn a_stray_occupies_its_server_for_every_integration(store: &dyn MeetingStore) {
    store.note_stray(stray("a", "bbb1"), vec![]).await.unwrap();
    for integration in ["moodle", "portal"] {
        let mut wanted = claim("t1", "a", "bbb1");
        wanted.key.integration = integration.into();
        assert_eq!(store.occupied(&wanted.key).await, Ok(vec!["bbb1".into()]), "{integration}");
        assert_eq!(store.claim(wanted.clone()).await, Ok(ClaimOutcome::Occupied), "{integration}");
        wanted.server = "bbb2".into();
        assert_eq!(store.claim(wanted.clone()).await, Ok(ClaimOutcome::Claimed), "{integration}");
        store.release(&wanted.token).await.unwrap();
    }
    store.clear_stray(&MeetingKey::new("moodle", "a"), &"bbb1".into(), vec![]).await.unwrap();
    assert_eq!(store.occupied(&MeetingKey::new("moodle", "a")).await, Ok(vec![]));
    assert_eq!(store.claim(claim("t1", "a", "bbb1")).await, Ok(ClaimOutcome::Claimed));
}
