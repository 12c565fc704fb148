//! How meetings are followed: listed, forgotten, found again in another incarnation.

use super::*;
use crate::server::{AdministratorWord, ServerState};

fn listed(network: &Network) -> usize {
    network.call("moodle", "getMeetings", &[]).success().text().matches("<meeting>").count()
}

/// How many meetings of `moodle` are known, shown or not.
fn known(network: &Network) -> usize {
    block_on(crate::store::MeetingStore::meetings_of(&*network.store, &"moodle".into())).unwrap().len()
}

#[test]
fn a_fresh_meeting_is_listed_at_once_and_no_server_is_asked() {
    let network = Network::of(2);
    assert_eq!(network.call("moodle", "getMeetings", &[]).success().value("messageKey"), "noMeetings");
    network.create("moodle", "room-1").success();
    assert_eq!(listed(&network), 1);
    assert_eq!(network.sent(1, "getMeetings") + network.sent(2, "getMeetings"), 0);
    assert_eq!(network.call("portal", "getMeetings", &[]).success().value("messageKey"), "noMeetings");
}

#[test]
fn a_meeting_is_forgotten_after_two_lists_without_it_and_its_grace_time() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.pass(1);
    network.follow();
    network.servers.with("bbb1", |bbb| bbb.restart()).unwrap();
    for _ in 0..3 {
        network.pass(5);
        network.follow();
    }
    assert_eq!(known(&network), 1, "still young: a list may be late");
    network.pass(20);
    network.follow();
    assert_eq!(known(&network), 0);
    assert!(network.events().iter().any(|event| matches!(event, EventKind::MeetingEnded { .. })));

    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.pass(60);
    network.follow();
    network.servers.with("bbb1", |bbb| bbb.restart()).unwrap();
    network.follow();
    assert_eq!((known(&network), listed(&network)), (1, 0), "one list is not enough to forget, but to show it no more");
    network.pass(10);
    network.follow();
    assert_eq!(known(&network), 0);
}

#[test]
fn a_list_asked_for_before_the_create_says_nothing_of_it() {
    let network = Network::of(1);
    network.follow();
    network.follow();
    network.create("moodle", "room-1").success();
    network.pass(40);
    network.follow();
    assert_eq!(listed(&network), 1);
}

#[test]
fn a_server_that_fails_to_list_keeps_its_meetings() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.pass(1);
    network.follow();
    network.servers.fault("bbb1", Some(crate::gateway::Fault::Empty));
    for _ in 0..5 {
        network.pass(30);
        network.follow();
    }
    assert_eq!(listed(&network), 1);
}

#[test]
fn a_meeting_that_ended_unnoticed_and_was_created_again_is_known_in_its_new_incarnation() {
    let network = Network::of(1);
    let first = network.create("moodle", "room-1").success();
    network.servers.with("bbb1", |bbb| bbb.restart()).unwrap();
    network.pass(1);
    let second = network.create("moodle", "room-1").success();
    assert_ne!(first.value("internalMeetingID"), second.value("internalMeetingID"));
    network.call("moodle", "getMeetingInfo", &[("meetingID", &second.value("internalMeetingID"))]).success();
    network.call("moodle", "getMeetingInfo", &[("meetingID", &first.value("internalMeetingID"))]).failed("notFound");
}

#[test]
fn the_load_of_a_server_is_what_it_lists() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let now = network.clock.now();
    let parent = network.servers.with("bbb1", |bbb| {
        bbb.put_foreign(now, "past-us", 7).unwrap();
        bbb.meeting("room-1").map(|meeting| meeting.internal_id.clone())
    });
    let parent = parent.flatten().unwrap();
    network.servers.with("bbb1", |bbb| bbb.put_breakout(now, &parent, 1, 4)).unwrap();
    network.pass(1);
    network.follow();
    let fleet = network.balancer.fleet();
    let server = &fleet.servers()[0];
    assert_eq!((server.users(), server.meetings()), (7, 3), "people in breakout rooms are not counted twice");
    assert_eq!(listed(&network), 2, "with its breakout room; the foreign one belongs to no website");
}

#[test]
fn a_draining_server_takes_no_new_meetings_and_is_disabled_when_its_last_one_has_ended() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let held = network.holders("room-1")[0];
    let name = crate::ServerName::from(format!("bbb{held}"));
    assert_eq!(block_on(network.balancer.set_word(&name, AdministratorWord::Draining, &"ana".into())), Ok(true));
    for number in 2..6 {
        network.create("moodle", &format!("room-{number}")).success();
        assert_ne!(network.holders(&format!("room-{number}")), [held]);
    }
    network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    for _ in 0..3 {
        network.pass(31);
        network.follow();
    }
    assert_eq!(network.balancer.fleet().server(&name).unwrap().state(), ServerState::ForceDisabled);
    let after = network.restart();
    assert_eq!(after.balancer.fleet().server(&name).unwrap().state(), ServerState::ForceDisabled, "the word survives");
    after.refresh();
    assert_eq!(after.balancer.fleet().server(&name).unwrap().state(), ServerState::ForceDisabled);
}

#[test]
fn a_server_gone_from_the_monitor_is_dropped_when_its_last_meeting_has_ended() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let held = network.holders("room-1")[0];
    let name = crate::ServerName::from(format!("bbb{held}"));
    network.source.set(network.facts.iter().filter(|reported| reported.server.name != name).cloned());
    network.refresh();
    assert_eq!(network.balancer.fleet().server(&name).unwrap().state(), ServerState::Gone);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    for _ in 0..3 {
        network.pass(31);
        network.follow();
    }
    network.refresh();
    assert!(network.balancer.fleet().server(&name).is_none());
}

#[test]
fn an_empty_report_leaves_the_fleet_and_is_told_once() {
    let network = Network::of(2);
    network.source.set([]);
    network.refresh();
    network.refresh();
    let fleet = network.balancer.fleet();
    assert_eq!(fleet.servers().len(), 2);
    assert!(fleet.monitor().trouble.is_some());
    network.source.set(network.facts.clone());
    network.refresh();
    assert!(network.balancer.fleet().monitor().trouble.is_none());
    let told = |wanted: fn(&EventKind) -> bool| network.events().iter().filter(|event| wanted(event)).count();
    assert_eq!(told(|event| matches!(event, EventKind::MonitorFailed { .. })), 1);
    assert_eq!(told(|event| matches!(event, EventKind::MonitorRecovered)), 1);
}

#[test]
fn a_disabled_server_that_the_monitor_lost_is_still_disabled_when_it_has_it_again() {
    let network = Network::of(2);
    let name = crate::ServerName::from("bbb1");
    block_on(network.balancer.set_word(&name, AdministratorWord::ForceDisabled, &"ana".into())).unwrap();
    network.source.set(network.facts[1..].to_vec());
    network.refresh();
    network.refresh();
    network.source.set(network.facts.clone());
    network.refresh();
    assert_eq!(network.balancer.fleet().server(&name).unwrap().state(), ServerState::ForceDisabled);
}

#[test]
fn a_sick_server_and_a_recording_server_are_known_as_such_after_a_restart_without_the_monitor() {
    use crate::server::{Service, ServiceState};
    let adapt = |reported: &mut ReportedServer| match reported.server.name.as_str() {
        "bbb1" => reported.recording = true,
        "bbb2" => {
            let disk = |state| Service { name: "Disk Report".into(), state, output: "full".into(), checked_at: None };
            reported.services = vec![disk(ServiceState::Critical)];
        }
        _ => {}
    };
    let after = Network::with(3, adapt, Settings::default()).restart();
    let states: Vec<_> = after.balancer.fleet().servers().iter().map(|server| server.state()).collect();
    assert_eq!(states, [ServerState::Recording, ServerState::Critical, ServerState::Enabled]);
}

#[test]
fn an_everyday_question_is_no_refusal() {
    let network = Network::of(1);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "ended-long-ago")]).failed("notFound");
    network.call("moodle", "create", &[("meetingID", "room-1")]).failed("nullError");
    assert!(!network.events().iter().any(|event| matches!(event, EventKind::CallRefused { .. })));
}

#[test]
fn a_balancer_that_lost_its_store_learns_its_meetings_back_from_their_stamps() {
    let network = Network::of(2);
    let created = network.create("moodle", "room-1").success();
    network.create("portal", "room-1").success();
    let now = network.clock.now();
    network.servers.with("bbb1", |bbb| bbb.put_foreign(now, "past-us", 0)).unwrap();
    let lost = Network::restarted(
        network.clock.clone(),
        network.servers.clone(),
        network.facts,
        Arc::new(InMemoryStore::new()),
        Settings::default(),
    );
    lost.refresh();
    lost.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
    lost.follow();
    let info = lost.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    assert_eq!(info.value("internalMeetingID"), created.value("internalMeetingID"));
    assert_eq!(listed(&lost), 1, "the foreign one is nobody's, and portal's is portal's");
    let again = lost.create("moodle", "room-1").success();
    assert_eq!(again.value("messageKey"), "duplicateWarning");
    assert_eq!(again.value("moderatorPW"), created.value("moderatorPW"), "passwords are learnt too");
}

#[test]
fn a_meeting_that_another_balancer_stamped_is_not_learnt() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let other = Settings { guid: "another".into(), ..Settings::default() };
    let store = Arc::new(InMemoryStore::new());
    let stranger = Network::restarted(network.clock.clone(), network.servers.clone(), network.facts, store, other);
    stranger.refresh();
    stranger.follow();
    stranger.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
    stranger.create("moodle", "room-1").failed("idNotUnique");
}
