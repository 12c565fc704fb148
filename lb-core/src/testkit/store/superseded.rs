//! How a meeting takes the place of one whose server is down.

use std::sync::Arc;

use super::{claim, meeting, token};
use crate::meeting::{Claim, Meeting};
use crate::store::{ClaimOutcome, Entry, MeetingStore, Replaces};

/// A meeting on `bbb1`, and a claim that is to place it afresh on `bbb2`.
async fn lost(store: &dyn MeetingStore) -> (Arc<Meeting>, Claim) {
    let lost = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let claim = Claim { supersedes: Some(Arc::clone(&lost)), ..claim("t1", "a", "bbb2") };
    (lost, claim)
}

/// A claim may take the place of the very incarnation that its creator found lost, and of no other.
pub async fn a_lost_incarnation_is_claimed_by_who_found_it_lost(store: &dyn MeetingStore) {
    let (lost, first) = lost(store).await;
    let another = Arc::new(Meeting { internal_id: "other-9".into(), ..Meeting::clone(&lost) });
    let late = Claim { supersedes: Some(another), ..first.clone() };
    assert_eq!(store.claim(late).await, Ok(ClaimOutcome::Held(lost.clone())));
    assert_eq!(store.claim(first.clone()).await, Ok(ClaimOutcome::Claimed));
    assert_eq!(store.find(&first.key).await, Ok(Some(Entry::Claimed(first.clone().into()))));
    assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![]));
    let second = Claim { token: token("t2"), ..first.clone() };
    assert_eq!(store.claim(second).await, Ok(ClaimOutcome::Pending(first.into())));
}

/// A claim that is given up, wherever it has moved, leaves the lost meeting as it was.
pub async fn a_lost_meeting_is_held_again_when_its_claim_is_given_up(store: &dyn MeetingStore) {
    let (lost, claim) = lost(store).await;
    for server in ["bbb2", "bbb3"] {
        let moved = Claim { server: server.into(), ..claim.clone() };
        assert_eq!(store.claim(moved).await, Ok(ClaimOutcome::Claimed));
    }
    store.release(&claim.token).await.unwrap();
    assert_eq!(store.find(&lost.key).await, Ok(Some(Entry::Held(lost.clone()))));
    assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![lost]));
    assert_eq!((store.claims().await, store.strays().await), (Ok(vec![]), Ok(vec![])));
}

/// The meeting in its place knows the createTimes of those before it, and their copies are strays.
pub async fn a_superseded_copy_is_a_stray_and_its_create_time_is_known(store: &dyn MeetingStore) {
    let (lost, claim) = lost(store).await;
    store.claim(claim.clone()).await.unwrap();
    let second = store.confirm(&claim.token, meeting("a", 2, "bbb2"), vec![]).await.unwrap();
    assert_eq!(second.superseded, [1]);
    let again = Claim { token: token("t2"), server: "bbb3".into(), supersedes: Some(second.clone()), ..claim };
    store.claim(again.clone()).await.unwrap();
    let third = meeting("a", 3, "bbb3");
    let third = store.adopt(third, Replaces::Claim(again.token), vec![]).await.unwrap();
    assert_eq!(third.superseded, [1, 2]);
    assert_eq!(store.find(&lost.key).await, Ok(Some(Entry::Held(third))));
    let mut strays = store.strays().await.unwrap();
    strays.sort();
    let shown: Vec<_> = strays.iter().map(|stray| (stray.server.as_str(), stray.superseded.clone())).collect();
    assert_eq!(shown, [("bbb1", Some(lost.internal_id.clone())), ("bbb2", Some(second.internal_id.clone()))]);
    assert!(!store.forget(&lost.key, &lost.internal_id, vec![]).await.unwrap(), "it is not the one held");
}
