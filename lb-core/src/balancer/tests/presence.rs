//! What lists show of people, as the figures of usage reports define it.

use std::collections::BTreeMap;

use super::*;
use crate::clock::Timestamp;
use crate::event::{Event, UserId};
use crate::store::MeetingStore;

impl Network {
    fn join(&self, name: &str) {
        let location = self.call("moodle", "join", &[("meetingID", "room-1"), ("fullName", name), ("role", "VIEWER")]);
        let query = location.location().query().unwrap().to_owned();
        let now = self.clock.now();
        self.servers.with("bbb1", |bbb| bbb.handle(now, "join", &query, None)).unwrap();
    }

    fn leave(&self, count: usize) {
        self.servers.with("bbb1", |bbb| bbb.leave("room-1", count)).unwrap();
    }

    /// A poll of the monitor and a list every ten seconds.
    fn go_on(&self, minutes: u64) {
        for _ in 0..minutes * 6 {
            self.pass(10);
            self.refresh();
            self.follow();
        }
    }

    fn stored(&self) -> Vec<Event> {
        let mut events = block_on(self.store.latest_events(10_000)).unwrap();
        events.reverse();
        events
    }
}

/// Participants and participant-minutes, read from stored events alone.
fn report(events: &[Event]) -> (usize, u64) {
    let mut open: BTreeMap<UserId, Timestamp> = BTreeMap::new();
    let (mut participants, mut millis) = (0, 0);
    for event in events {
        match &event.kind {
            EventKind::UserEntered { user, .. } => {
                participants += 1;
                open.insert(user.clone(), event.at);
            }
            EventKind::UserLeft { user, until, .. } => {
                let since = open.remove(user).expect("who leaves has come");
                millis += until.unwrap_or(event.at).since(since).as_millis();
            }
            EventKind::MeetingEnded { until, .. } => {
                let end = until.unwrap_or(event.at);
                millis +=
                    std::mem::take(&mut open).into_values().map(|since| end.since(since).as_millis()).sum::<u128>();
            }
            _ => {}
        }
    }
    (participants, u64::try_from(millis / 60_000).unwrap())
}

#[test]
fn stays_are_measured_between_the_lists_that_show_them() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.join("Ana");
    network.go_on(30);
    network.join("Bea");
    network.join("Bea");
    network.go_on(10);
    network.leave(2);
    network.go_on(20);
    network.join("Bea");
    network.go_on(5);
    network.servers.with("bbb1", |bbb| bbb.restart()).unwrap();
    network.go_on(2);
    let events = network.stored();
    // Ana 65 minutes, Bea twice 10 and once 5, each to the width of a list
    let (participants, minutes) = report(&events);
    assert_eq!(participants, 4);
    assert!((89..=90).contains(&minutes), "{minutes}");
    let ended = events.iter().find_map(|event| match &event.kind {
        EventKind::MeetingEnded { until, most_users, .. } => Some((*until, *most_users)),
        _ => None,
    });
    let (until, most_users) = ended.expect("it has ended");
    assert_eq!(most_users, 3);
    assert!(until.is_some_and(|until| network.clock.now().since(until) >= Duration::from_secs(110)), "{until:?}");
    let seen =
        events.iter().filter(|event| matches!(event.kind, EventKind::UserEntered { .. } | EventKind::UserLeft { .. }));
    assert_eq!(seen.count(), 6, "nothing is written where nobody moves");
}

#[test]
fn a_restart_neither_doubles_a_stay_nor_loses_when_somebody_went_meanwhile() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.join("Ana");
    network.join("Bea");
    network.go_on(30);
    let again = network.restart();
    again.refresh();
    again.go_on(10);
    assert_eq!(report(&again.stored()).0, 2, "nobody came anew");
    let later = again.restart();
    later.pass(1800);
    later.leave(1);
    later.refresh();
    later.go_on(5);
    later.servers.with("bbb1", |bbb| bbb.end(later.clock.now(), "room-1")).unwrap();
    later.go_on(2);
    // one 40 minutes, as far as anybody saw, and the other half an hour and five minutes more
    let (participants, minutes) = report(&later.stored());
    assert_eq!(participants, 2);
    assert!((112..=117).contains(&minutes), "{minutes}");
}

#[test]
fn a_meeting_that_ended_while_no_balancer_ran_ends_for_reports_when_the_balancer_was_last_alive() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.join("Ana");
    network.go_on(30);
    network.servers.with("bbb1", |bbb| bbb.end(network.clock.now(), "room-1")).unwrap();
    network.pass(8 * 3600);
    let again = network.restart();
    again.refresh();
    again.go_on(2);
    let events = again.stored();
    let (participants, minutes) = report(&events);
    assert_eq!(participants, 1);
    assert!((28..=31).contains(&minutes), "{minutes}: not the eight hours");
    assert!(events.iter().any(|event| matches!(event.kind, EventKind::MeetingEnded { most_users: 1, .. })));
}

#[test]
fn a_meeting_tells_whose_router_placed_it_and_who_was_there_under_which_name() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.join("Ana & Bea");
    network.go_on(1);
    let events = network.events();
    assert!(events.iter().any(
        |event| matches!(event, EventKind::MeetingCreated { router: Some(router), .. } if router.as_str() == "default")
    ));
    let entered = events.iter().find_map(|event| match event {
        EventKind::UserEntered { name, role, .. } => Some((name.as_str(), *role)),
        _ => None,
    });
    assert_eq!(entered, Some(("Ana & Bea", crate::event::Role::Attendee)));
}
