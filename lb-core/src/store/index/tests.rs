use std::pin::pin;

use futures_util::FutureExt;

use super::*;
use crate::clock::Timestamp;
use crate::meeting::Passwords;

fn claim(token: &str, integration: &str, id: &str, server: &str) -> Claim {
    Claim {
        key: MeetingKey::new(integration, id),
        server: server.into(),
        passwords: Passwords { attendee: "ap".into(), moderator: "mp".into() },
        voice_bridge: 70_000,
        token: ClaimToken::from(token.to_owned()),
        expires: Timestamp::from_millis(1),
        supersedes: None,
    }
}

fn meeting(integration: &str, id: &str, internal_id: &str, server: &str) -> Meeting {
    Meeting {
        key: MeetingKey::new(integration, id),
        internal_id: internal_id.into(),
        create_time: 1,
        server: server.into(),
        name: "a meeting".to_owned(),
        passwords: Passwords { attendee: "ap".into(), moderator: "mp".into() },
        voice_bridge: Some(70_000),
        records: false,
        created_at: Timestamp::from_millis(1),
        parameters: Vec::new(),
        superseded: Vec::new(),
    }
}

#[test]
fn two_integrations_with_the_same_internal_id_each_find_and_lose_their_own() {
    let mut index = MeetingIndex::default();
    index.adopt(meeting("moodle", "a", "same-1", "bbb1"), &Replaces::Nothing).unwrap();
    index.adopt(meeting("portal", "a", "same-1", "bbb2"), &Replaces::Nothing).unwrap();
    let server = |index: &MeetingIndex, integration: &str| {
        index.find(&MeetingKey::new(integration, "same-1")).map(|entry| entry.server().clone())
    };
    assert_eq!(server(&index, "moodle"), Some("bbb1".into()));
    assert_eq!(server(&index, "portal"), Some("bbb2".into()));
    assert!(index.forget(&MeetingKey::new("portal", "a"), &"same-1".into()));
    assert_eq!(server(&index, "moodle"), Some("bbb1".into()));
    assert_eq!(server(&index, "portal"), None);
}

#[test]
fn a_claim_given_up_and_taken_again_under_its_token_in_one_step_wakes_who_waits() {
    let token = ClaimToken::from("t".to_owned());
    let published = PublishedIndex::default();
    let mut index = MeetingIndex::default();
    index.claim(claim("t", "moodle", "a", "bbb1"));
    published.publish(index);
    let mut waiting = pin!(published.settled(&token));
    assert_eq!(waiting.as_mut().now_or_never(), None);
    let mut index = MeetingIndex::clone(&published.load());
    index.release(&token);
    index.claim(claim("t", "moodle", "a", "bbb1"));
    published.publish(index);
    assert_eq!(waiting.now_or_never(), Some(()));
}

#[test]
fn a_token_holds_one_claim_only() {
    let mut index = MeetingIndex::default();
    index.claim(claim("t", "moodle", "a", "bbb1"));
    assert_eq!(index.claim(claim("t", "moodle", "b", "bbb1")), ClaimOutcome::Claimed);
    assert_eq!(index.find(&MeetingKey::new("moodle", "a")), None);
    assert_eq!(index.claims().len(), 1);
    index.release(&ClaimToken::from("t".to_owned()));
    assert_eq!((index.claims().len(), index.meeting_count()), (0, 0));
}

#[test]
fn what_is_restored_is_not_decided_again() {
    let stray = Stray {
        key: MeetingKey::new("moodle", "a"),
        server: "bbb1".into(),
        since: Timestamp::from_millis(1),
        superseded: None,
    };
    let index = MeetingIndex::restored(
        [claim("t", "moodle", "a", "bbb1")],
        [meeting("portal", "a", "x-1", "bbb1")],
        [stray.clone()],
    );
    assert_eq!((index.claims().len(), index.meeting_count(), index.strays()), (1, 1, vec![stray]));
}
