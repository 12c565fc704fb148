use lb_core::MeetingKey;
use lb_core::event::{Administered, Ended, Subject};
use lb_core::server::ServerState;

use super::*;

fn event(second: u64, kind: EventKind) -> Event {
    Event { at: Timestamp::from_millis(1_767_225_600_000 + second * 1000), kind }
}

fn ended(number: usize) -> EventKind {
    EventKind::MeetingEnded {
        meeting: MeetingKey::new("moodle", format!("room-{number}")),
        internal_id: "i".into(),
        server: "bbb1".into(),
        how: Ended::Unlisted,
        until: None,
        most_users: 0,
    }
}

fn critical() -> EventKind {
    EventKind::ServerStateChanged {
        server: "bbb1".into(),
        from: Some(ServerState::Enabled),
        to: ServerState::Critical,
        reasons: vec!["Disk is CRITICAL".into()],
    }
}

fn refused(integration: Option<&str>, reason: &'static str) -> EventKind {
    EventKind::CallRefused {
        call: "create".into(),
        integration: integration.map(Into::into),
        key: "permissionDenied".into(),
        reason: reason.into(),
        address: Some([192, 0, 2, 1].into()),
        hint: None,
    }
}

#[test]
fn a_thousand_meetings_do_not_push_out_that_a_server_is_critical() {
    let feed = Feed::default();
    feed.observe(&event(0, critical()));
    (1..=1000).for_each(|number| feed.observe(&event(number as u64, ended(number))));
    let shown = feed.shown();
    assert_eq!(shown.len(), KEPT + 1);
    assert_eq!((&shown[0].kind, &shown[KEPT].kind), (&ended(1000), &critical()));
}

#[test]
fn refusals_of_one_kind_are_one_item_that_tells_how_many() {
    let feed = Feed::default();
    for second in 0..50 {
        feed.observe(&event(second, refused(Some("moodle"), "calls-per-second")));
        feed.observe(&event(second, refused(Some("portal"), "inactive")));
        feed.observe(&event(second, refused(None, "checksumError")));
    }
    feed.observe(&event(2000, refused(Some("moodle"), "calls-per-second")));
    let shown: Vec<_> = feed.shown().iter().map(|item| (item.kind.integration().cloned(), item.times)).collect();
    assert_eq!(shown, [(Some("moodle".into()), 1), (Some("portal".into()), 50), (Some("moodle".into()), 50)]);
    let EventKind::CallRefused { address, .. } = &feed.shown()[0].kind else { panic!() };
    assert_eq!(*address, None, "an address is somebody's");
    // the limit alone is an alarm, for a while
    let at = |second: u64| event(second, EventKind::FreezeEnded).at;
    let alarm =
        |times| ShownAlarm::Limit { integration: "moodle".into(), reason: "calls-per-second", times, at: at(2000) };
    assert_eq!(feed.limits_hit(at(2100)), [alarm(1)]);
    assert_eq!(feed.limits_hit(at(2601)), []);
}

#[test]
fn who_administered_what_is_not_for_all_who_see_the_network() {
    let feed = Feed::default();
    let administered = |kind: &'static str, how| EventKind::Administered {
        by: "ana".into(),
        address: Some([192, 0, 2, 1].into()),
        how,
        subject: Subject::new(kind, "x"),
        changes: Vec::new(),
    };
    feed.observe(&event(0, administered("user", Administered::LoginRefused)));
    feed.observe(&event(1, administered("server", Administered::Drained)));
    let shown = feed.shown();
    assert_eq!(shown.len(), 1);
    assert!(!format!("{:?}", shown[0]).contains("ana"));
    assert!(!shown[0].is_public());
}

#[tokio::test]
async fn what_must_not_wait_is_told_at_once() {
    let feed = Feed::default();
    feed.observe(&event(0, ended(1)));
    assert!(futures_util::FutureExt::now_or_never(feed.urgent.notified()).is_none());
    feed.observe(&event(1, critical()));
    assert!(futures_util::FutureExt::now_or_never(feed.urgent.notified()).is_some());
}
