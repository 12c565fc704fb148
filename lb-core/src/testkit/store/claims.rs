//! How claims are taken, moved, settled and waited for.

use std::pin::pin;

use futures_util::future::{join_all, poll_immediate};

use super::{claim, meeting, soon, token};
use crate::meeting::MeetingKey;
use crate::store::{ClaimOutcome, Counted, Entry, MeetingStore, Replaces, StoreError};

/// A key that nobody has is claimed, and the claim is found under it with all that it says.
pub async fn a_free_key_is_claimed(store: &dyn MeetingStore) {
    let wanted = claim("t1", "a", "bbb1");
    assert_eq!(store.find(&wanted.key).await, Ok(None));
    assert_eq!(store.claim(wanted.clone()).await, Ok(ClaimOutcome::Claimed));
    assert_eq!(store.find(&wanted.key).await, Ok(Some(Entry::Claimed(wanted.clone().into()))));
    assert_eq!(store.claims().await, Ok(vec![wanted.clone().into()]));
    assert_eq!(store.owners(&wanted.key.meeting_id).await, Ok(vec!["moodle".into()]));
    assert_eq!(store.meetings_of(&"moodle".into()).await, Ok(vec![]), "a claim is no meeting");
    assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![]), "a claim is no meeting");
}

/// Whoever comes second, with another token, is told of the first claim and changes nothing.
pub async fn a_claimed_key_is_pending_for_everybody_else(store: &dyn MeetingStore) {
    let first = claim("t1", "a", "bbb1");
    store.claim(first.clone()).await.unwrap();
    for server in ["bbb1", "bbb2"] {
        assert_eq!(store.claim(claim("t2", "a", server)).await, Ok(ClaimOutcome::Pending(first.clone().into())));
    }
    assert_eq!(store.claims().await, Ok(vec![first.into()]));
}

/// Whoever claims a key that has a meeting is told of the meeting.
pub async fn a_held_meeting_is_not_claimed_again(store: &dyn MeetingStore) {
    let held = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    assert_eq!(store.claim(claim("t1", "a", "bbb2")).await, Ok(ClaimOutcome::Held(held)));
    assert_eq!(store.claims().await, Ok(vec![]));
}

/// The token that holds the key may go on to another server; the first is then free.
pub async fn the_same_token_moves_its_claim_to_another_server(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let moved = claim("t1", "a", "bbb2");
    assert_eq!(store.claim(moved.clone()).await, Ok(ClaimOutcome::Claimed));
    assert_eq!(store.claims().await, Ok(vec![moved.clone().into()]));
    assert_eq!(store.find(&moved.key).await, Ok(Some(Entry::Claimed(moved.into()))));
    let portal = MeetingKey::new("portal", "a");
    assert_eq!(store.occupied(&portal).await, Ok(vec!["bbb2".into()]));
    let confirmed = store.confirm(&token("t1"), meeting("a", 1, "bbb2"), vec![]).await;
    assert!(confirmed.is_ok(), "{confirmed:?}");
}

/// A server that has, or is about to get, another integration's meeting of the same id cannot be claimed.
pub async fn a_server_with_anothers_meeting_or_claim_of_that_id_is_occupied(store: &dyn MeetingStore) {
    store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    store.claim(claim("t1", "b", "bbb1")).await.unwrap();
    for id in ["a", "b"] {
        let mut portals = claim("t2", id, "bbb1");
        portals.key = MeetingKey::new("portal", id);
        assert_eq!(store.occupied(&portals.key).await, Ok(vec!["bbb1".into()]), "{id}");
        assert_eq!(store.claim(portals.clone()).await, Ok(ClaimOutcome::Occupied), "{id}");
        assert_eq!(store.find(&portals.key).await, Ok(None), "{id}");
        portals.server = "bbb2".into();
        assert_eq!(store.claim(portals.clone()).await, Ok(ClaimOutcome::Claimed), "{id}");
        portals.server = "bbb1".into();
        assert_eq!(store.claim(portals).await, Ok(ClaimOutcome::Occupied), "{id}: nor may a claim move there");
        store.release(&token("t2")).await.unwrap();
    }
    let own = MeetingKey::new("moodle", "a");
    assert_eq!(store.occupied(&own).await, Ok(vec![]), "its own meeting is in nobody's way");
}

/// A claim that is given up leaves nothing behind, and giving it up twice is no error.
pub async fn a_released_key_can_be_claimed_again(store: &dyn MeetingStore) {
    let first = claim("t1", "a", "bbb1");
    store.claim(first.clone()).await.unwrap();
    assert_eq!(store.release(&first.token).await, Ok(()));
    assert_eq!(store.find(&first.key).await, Ok(None));
    assert_eq!(store.claims().await, Ok(vec![]));
    assert_eq!(store.owners(&first.key.meeting_id).await, Ok(vec![]));
    assert_eq!(store.release(&first.token).await, Ok(()), "it is gone already");
    assert_eq!(store.claim(claim("t2", "a", "bbb2")).await, Ok(ClaimOutcome::Claimed));
    assert_eq!(store.release(&first.token).await, Ok(()), "the token of a claim that is gone");
    assert_eq!(store.claims().await.map(|claims| claims.len()), Ok(1), "a late release touches no other claim");
}

/// A confirm with the token of a claim that is gone changes nothing, whatever came in its place.
pub async fn a_late_confirm_is_fenced(store: &dyn MeetingStore) {
    let late = meeting("a", 1, "bbb1");
    assert_eq!(store.confirm(&token("t0"), late.clone(), vec![]).await, Err(StoreError::Fenced), "never claimed");
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    store.release(&token("t1")).await.unwrap();
    assert_eq!(store.confirm(&token("t1"), late.clone(), vec![]).await, Err(StoreError::Fenced), "released");
    store.claim(claim("t2", "a", "bbb2")).await.unwrap();
    assert_eq!(store.confirm(&token("t1"), late.clone(), vec![]).await, Err(StoreError::Fenced), "another claim");
    let held = store.confirm(&token("t2"), meeting("a", 2, "bbb2"), vec![]).await.unwrap();
    assert_eq!(store.confirm(&token("t1"), late.clone(), vec![]).await, Err(StoreError::Fenced), "a meeting");
    assert_eq!(store.confirm(&token("t2"), late, vec![]).await, Err(StoreError::Fenced), "a token confirms once");
    assert_eq!(store.release(&token("t2")).await, Ok(()), "a confirmed claim has nothing to release");
    assert_eq!(store.find(&held.key).await, Ok(Some(Entry::Held(held))));
}

/// A token confirms no other key than the one that it claimed.
pub async fn a_token_confirms_its_own_key_only(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let other = meeting("b", 1, "bbb1");
    assert_eq!(store.confirm(&token("t1"), other.clone(), vec![]).await, Err(StoreError::Fenced));
    assert_eq!(store.find(&other.key).await, Ok(None));
    assert_eq!(store.claims().await.map(|claims| claims.len()), Ok(1));
}

/// Of a hundred claims of new keys at the same time as many are given as the limit says, and the others are told why; what
/// another integration has counts for itself.
pub async fn of_a_hundred_new_meetings_at_once_as_many_are_claimed_as_the_limit_says(store: &dyn MeetingStore) {
    let mut portals = claim("t-portal", "room", "bbb1");
    portals.key = MeetingKey::new("portal", "room");
    assert_eq!(store.claim(portals).await, Ok(ClaimOutcome::Claimed));
    let wanted = |n: usize| store.claim_counted(claim(&format!("t{n}"), &format!("m{n}"), "bbb1"), Counted::Below(40));
    let outcomes = soon("a hundred claims", join_all((0..100).map(wanted))).await;
    let count = |outcome: ClaimOutcome| outcomes.iter().filter(|told| **told == Ok(outcome.clone())).count();
    assert_eq!((count(ClaimOutcome::Claimed), count(ClaimOutcome::LimitReached)), (40, 60), "{outcomes:?}");
    assert_eq!(store.claims().await.map(|claims| claims.len()), Ok(41));
}

/// A claim that moves and one that takes the place of a lost meeting are within any limit; what is given up or has ended makes
/// room. A breakout room that a website asked for counts as any other meeting.
pub async fn only_what_is_new_counts_for_a_limit(store: &dyn MeetingStore) {
    let three = Counted::Below(3);
    let held = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let mut breakout = meeting("room", 2, "bbb1");
    breakout.parameters.push(("isBreakout".to_owned(), "true".to_owned()));
    store.adopt(breakout.clone(), Replaces::Nothing, vec![]).await.unwrap();
    let claimed = async |id: &str, server: &str| store.claim_counted(claim(id, id, server), three).await.unwrap();
    assert_eq!(claimed("b", "bbb1").await, ClaimOutcome::Claimed, "a meeting and a breakout room are there");
    assert_eq!(claimed("c", "bbb1").await, ClaimOutcome::LimitReached);
    assert_eq!(claimed("b", "bbb2").await, ClaimOutcome::Claimed, "it only moves");
    assert_eq!(claimed("a", "bbb2").await, ClaimOutcome::Held(held.clone()), "a meeting that is there is no new one");
    let mut afresh = claim("t-a", "a", "bbb2");
    afresh.supersedes = Some(held.clone());
    assert_eq!(store.claim_counted(afresh, three).await, Ok(ClaimOutcome::Claimed), "it takes the place of another");
    store.release(&token("t-a")).await.unwrap();
    assert_eq!(claimed("c", "bbb1").await, ClaimOutcome::LimitReached, "that one is held again");
    store.release(&token("b")).await.unwrap();
    assert_eq!(claimed("c", "bbb1").await, ClaimOutcome::Claimed, "one was given up");
    let confirmed = store.confirm(&token("c"), meeting("c", 3, "bbb1"), vec![]).await;
    assert!(confirmed.is_ok(), "{confirmed:?}");
    assert_eq!(claimed("d", "bbb1").await, ClaimOutcome::LimitReached, "a claim that became a meeting counts once");
    store.forget(&breakout.key, &breakout.internal_id, vec![]).await.unwrap();
    assert_eq!(claimed("d", "bbb1").await, ClaimOutcome::Claimed, "the breakout room has ended");
    assert_eq!(claimed("e", "bbb1").await, ClaimOutcome::LimitReached);
    store.forget(&held.key, &held.internal_id, vec![]).await.unwrap();
    assert_eq!(claimed("e", "bbb1").await, ClaimOutcome::Claimed, "one has ended");
}

/// Of a hundred claims of one key at the same time one is given; all others are told of that one.
pub async fn of_a_hundred_claims_at_once_one_is_given(store: &dyn MeetingStore) {
    let claims = (0..100).map(|n| store.claim(claim(&format!("t{n}"), "a", &format!("bbb{}", n % 7))));
    let outcomes = soon("a hundred claims", join_all(claims)).await;
    let given = outcomes.iter().filter(|outcome| **outcome == Ok(ClaimOutcome::Claimed)).count();
    assert_eq!(given, 1);
    let held = store.claims().await.unwrap();
    assert_eq!(held.len(), 1);
    let pending = Ok(ClaimOutcome::Pending(held[0].clone()));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == pending).count(), 99);
}

/// Who waits for a claim is woken when it becomes a meeting.
pub async fn waiting_ends_when_the_claim_is_confirmed(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let token = token("t1");
    let mut waiting = store.settled(&token);
    assert_eq!(poll_immediate(&mut waiting).await, None, "not settled yet");
    store.confirm(&token, meeting("a", 1, "bbb1"), vec![]).await.unwrap();
    soon("waking up", waiting).await;
}

/// Who waits for a claim is woken when it is given up.
pub async fn waiting_ends_when_the_claim_is_released(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let token = token("t1");
    let mut waiting = store.settled(&token);
    assert_eq!(poll_immediate(&mut waiting).await, None, "not settled yet");
    store.release(&token).await.unwrap();
    soon("waking up", waiting).await;
}

/// Who waits for a claim is woken when a meeting is held in its place.
pub async fn waiting_ends_when_a_meeting_is_adopted_over_the_claim(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let token = token("t1");
    let mut waiting = store.settled(&token);
    assert_eq!(poll_immediate(&mut waiting).await, None, "not settled yet");
    let held = store.adopt(meeting("a", 1, "bbb1"), Replaces::Claim(token.clone()), vec![]).await.unwrap();
    soon("waking up", waiting).await;
    assert_eq!(store.claims().await, Ok(vec![]));
    assert_eq!(store.confirm(&token, meeting("a", 1, "bbb1"), vec![]).await, Err(StoreError::Fenced));
    assert_eq!(store.find(&held.key).await, Ok(Some(Entry::Held(held))));
}

/// A claim that moves is not settled: who waits for it goes on waiting until it is.
pub async fn waiting_goes_on_while_the_claim_moves(store: &dyn MeetingStore) {
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    let token = token("t1");
    let mut waiting = pin!(store.settled(&token));
    assert_eq!(poll_immediate(&mut waiting).await, None, "not settled yet");
    store.claim(claim("t1", "a", "bbb2")).await.unwrap();
    assert_eq!(poll_immediate(&mut waiting).await, None, "only moved");
    store.confirm(&token, meeting("a", 1, "bbb2"), vec![]).await.unwrap();
    soon("waking up", waiting).await;
}

/// Waiting for a claim that is gone, or never was, ends at once.
pub async fn waiting_for_a_settled_claim_ends_at_once(store: &dyn MeetingStore) {
    soon("the end of the wait for a claim that never was", store.settled(&token("t0"))).await;
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    store.release(&token("t1")).await.unwrap();
    soon("the end of the wait for a claim that is gone", store.settled(&token("t1"))).await;
}
