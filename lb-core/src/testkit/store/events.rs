//! How events are stored and read back.

use std::time::Duration;

use super::{START, claim, created, ended, joined, meeting, token};
use crate::callback::CallbackKind;
use crate::event::{Administered, Change, Event, EventKind, Found, Subject};
use crate::meeting::{MeetingKey, Stray};
use crate::server::ServerState;
use crate::store::{MeetingStore, Replaces, StoreError};

/// Once a change has been made, its events are stored too.
pub async fn the_events_of_a_change_are_stored_with_it(store: &dyn MeetingStore) {
    assert_eq!(store.latest_events(10).await, Ok(vec![]));
    let (held, stray) = (meeting("a", 1, "bbb1"), MeetingKey::new("moodle", "b"));
    let at = |kind| Event { at: START, kind };
    let adopted = at(EventKind::MeetingAdopted {
        meeting: held.key.clone(),
        internal_id: "sha1-of-a-2".into(),
        server: "bbb1".into(),
        how: Found::Listed,
    });
    let noted = at(EventKind::StrayNoted { meeting: stray.clone(), server: "bbb2".into() });
    let cleared = at(EventKind::StrayEnded { meeting: stray.clone(), server: "bbb2".into() });
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    store.confirm(&token("t1"), held.clone(), vec![created(&held)]).await.unwrap();
    store
        .adopt(
            meeting("a", 2, "bbb1"),
            Replaces::Incarnation(held.internal_id.clone()),
            vec![ended(&held), adopted.clone()],
        )
        .await
        .unwrap();
    let forgotten = meeting("a", 2, "bbb1");
    assert_eq!(store.forget(&held.key, &forgotten.internal_id, vec![ended(&forgotten)]).await, Ok(true));
    let copy = Stray { key: stray.clone(), server: "bbb2".into(), since: START, superseded: None };
    store.note_stray(copy, vec![noted.clone()]).await.unwrap();
    store.clear_stray(&stray, &"bbb2".into(), vec![cleared.clone()]).await.unwrap();
    let newest_first = vec![cleared, noted, ended(&forgotten), adopted, ended(&held), created(&held)];
    assert_eq!(store.latest_events(10).await, Ok(newest_first));
}

/// A change that did not happen leaves no event of it.
pub async fn a_change_that_is_refused_stores_no_events(store: &dyn MeetingStore) {
    let (old, held) = (meeting("a", 1, "bbb1"), meeting("a", 2, "bbb1"));
    store.adopt(held.clone(), Replaces::Nothing, vec![]).await.unwrap();
    let fenced = store.confirm(&token("t0"), old.clone(), vec![created(&old)]).await;
    assert_eq!(fenced, Err(StoreError::Fenced));
    assert_eq!(store.adopt(old.clone(), Replaces::Nothing, vec![created(&old)]).await, Err(StoreError::Fenced));
    assert_eq!(store.forget(&old.key, &old.internal_id, vec![ended(&old)]).await, Ok(false));
    assert_eq!(store.latest_events(10).await, Ok(vec![]));
}

/// What was recorded is answered at once, though it may not be durable yet: newest first, and no more than asked for.
pub async fn recorded_events_are_answered_newest_first_up_to_the_limit(store: &dyn MeetingStore) {
    let held = meeting("a", 1, "bbb1");
    let name = |n| format!("user {n}");
    for n in 0..30 {
        store.record(vec![joined(&held, &name(2 * n)), joined(&held, &name(2 * n + 1))]).await.unwrap();
    }
    let newest = |count: usize| (0..60).rev().take(count).map(|n| joined(&held, &name(n))).collect::<Vec<_>>();
    assert_eq!(store.latest_events(7).await, Ok(newest(7)));
    assert_eq!(store.latest_events(0).await, Ok(vec![]));
    assert_eq!(store.latest_events(usize::MAX).await, Ok(newest(60)));
    store.adopt(held.clone(), Replaces::Nothing, vec![created(&held)]).await.unwrap();
    assert_eq!(store.latest_events(1).await, Ok(vec![created(&held)]));
}

/// An event is answered as it was stored, also where parts of it are absent.
pub async fn every_kind_of_event_comes_back_as_it_was(store: &dyn MeetingStore) {
    let refused = |integration: Option<&str>, address: Option<&str>| EventKind::CallRefused {
        call: "create".into(),
        integration: integration.map(Into::into),
        key: "checksumError".into(),
        reason: integration.unwrap_or_default().to_owned().into(),
        address: address.map(|address| address.parse().unwrap()),
        hint: integration.map(Into::into),
    };
    let changed =
        |from| EventKind::ServerStateChanged { server: "bbb1".into(), from, to: ServerState::Warning, reasons: vec![] };
    let kinds = [
        refused(Some("moodle"), Some("2001:db8::1")),
        refused(None, None),
        changed(None),
        changed(Some(ServerState::ForceEnabled)),
        EventKind::ServerDropped { server: "bbb1".into() },
        EventKind::LastResort { meeting: MeetingKey::new("moodle", "a\0\u{202e}'\""), server: "bbb1".into() },
        EventKind::ServerConfirmedDown { server: "bbb1".into() },
        EventKind::FreezeBegan { suspended: 2, servers: 4 },
        EventKind::FreezeEnded,
        EventKind::MeetingPlacedAfresh {
            meeting: MeetingKey::new("moodle", "a"),
            superseded: "a-1".into(),
            from: "bbb1".into(),
            internal_id: "a-2".into(),
            server: "bbb2".into(),
        },
        EventKind::CopyInUse { meeting: MeetingKey::new("moodle", "a"), server: "bbb1".into(), users: 2 },
        EventKind::CallbackDelivered {
            kind: CallbackKind::RecordingReady,
            meeting: MeetingKey::new("moodle", "a"),
            host: "lms.example".into(),
            failures: 3,
        },
        EventKind::CallbackFailed {
            kind: CallbackKind::MetaEnded,
            meeting: MeetingKey::new("moodle", "a"),
            host: "lms.example:8443".into(),
            problem: "status 500".into(),
            given_up: true,
        },
        EventKind::RecordingSeen {
            meeting: Some(MeetingKey::new("moodle", "a")),
            recording: "a-1".into(),
            server: "bbb1".into(),
            participants: 12,
            seconds: 3600,
            formats: vec!["presentation".into()],
        },
        EventKind::RecordingPublished { meeting: None, recording: "a-1".into(), server: "bbb1".into() },
        EventKind::RecordingUnpublished { meeting: None, recording: "a-1".into(), server: "bbb1".into() },
        EventKind::RecordingDeleted { meeting: None, recording: "a-1".into(), server: "bbb1".into() },
        EventKind::RecordingUpdated {
            meeting: Some(MeetingKey::new("moodle", "a")),
            recording: "a-1".into(),
            server: "rec1".into(),
        },
        EventKind::Administered {
            by: "ana@example.org".into(),
            address: Some([192, 0, 2, 7].into()),
            how: Administered::Changed,
            subject: Subject::new("plan", "a \"plan\""),
            changes: vec![Change::new("max_duration", None, Some("4h".to_owned())), Change::hidden("secrets.2026")],
        },
        EventKind::Administered {
            by: String::new(),
            address: None,
            how: Administered::FreezeLifted,
            subject: Subject::new("freeze", ""),
            changes: Vec::new(),
        },
        EventKind::MonitorFailed { problem: "no answer".to_owned() },
        EventKind::MonitorRecovered,
        EventKind::StoreFailed { problem: "no space".to_owned() },
        EventKind::StoreRecovered,
        EventKind::CallAnswered {
            meeting: None,
            call: "join".into(),
            integration: Some("moodle".into()),
            server: None,
            key: "".into(),
            success: true,
            took: Duration::from_micros(1_234_567),
        },
    ];
    let mut events: Vec<_> = kinds.into_iter().map(|kind| Event { at: START, kind }).collect();
    store.record(events.clone()).await.unwrap();
    events.reverse();
    assert_eq!(store.latest_events(100).await, Ok(events));
}

/// A store that works says so.
pub async fn the_store_says_that_it_can_be_written_to(store: &dyn MeetingStore) {
    assert_eq!(store.check().await, Ok(()));
    assert_eq!(store.check().await, Ok(()));
}
