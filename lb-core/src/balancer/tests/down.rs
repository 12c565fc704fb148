//! Servers that vanish: when their meetings are placed afresh, and what becomes of the copies when they return.

use super::*;
use crate::balancer::Alarm;
use crate::event::Ended;
use crate::gateway::Fault;
use crate::meeting::MeetingKey;
use crate::server::{HostStatus, ServerState};
use crate::store::{Entry, MeetingStore};

fn network(servers: usize) -> Network {
    Network::with(servers, |_| {}, Settings::default())
}

/// Every server is polled every ten seconds for so long.
fn polls(network: &Network, seconds: u64) {
    for _ in 0..seconds / 10 {
        network.pass(10);
        network.follow();
    }
}

fn vanish(network: &Network, number: usize) {
    network.servers.fault(&format!("bbb{number}"), Some(Fault::Refuse));
}

fn come_back(network: &Network, number: usize) {
    network.servers.fault(&format!("bbb{number}"), None);
}

fn state(network: &Network, number: usize) -> ServerState {
    network.balancer.fleet().server(&format!("bbb{number}").into()).unwrap().state()
}

fn told(network: &Network, word: &str) -> usize {
    network.events().iter().filter(|event| event.word() == word).count()
}

/// Creates a room and says which server has it.
fn room(network: &Network, meeting_id: &str) -> usize {
    network.create("moodle", meeting_id).success();
    network.holders(meeting_id)[0]
}

/// So many people join a room.
fn people(network: &Network, meeting_id: &str, count: usize) {
    for user in 0..count {
        let name = format!("User {user}");
        let join = [("meetingID", meeting_id), ("fullName", &name), ("role", "VIEWER")];
        let location = network.call("moodle", "join", &join).location();
        assert_eq!(network.servers.browse(&location).unwrap().status, 302);
    }
}

#[test]
fn a_room_of_a_server_that_vanished_is_refused_until_confirmed_down_and_then_placed_afresh() {
    let network = network(3);
    let first = network.create("moodle", "room-1").success();
    let lost = network.holders("room-1")[0];
    vanish(&network, lost);
    polls(&network, 30);
    assert_eq!(state(&network, lost), ServerState::Suspended);
    network.create("moodle", "room-1").failed("internalError");
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("internalError");
    polls(&network, 70);
    assert_eq!(told(&network, "server-confirmed-down"), 1);
    assert!(network.balancer.alarms().iter().any(|alarm| matches!(alarm, Alarm::ServerDown { .. })));
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
    assert_eq!(network.call("moodle", "isMeetingRunning", &[("meetingID", "room-1")]).value("running"), "false");
    let join = [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "VIEWER")];
    network.call("moodle", "join", &join).failed("internalError");

    let second = network.create("moodle", "room-1").success();
    let holders = network.holders("room-1");
    let fresh = *holders.iter().find(|&&number| number != lost).unwrap();
    assert_ne!(second.value("internalMeetingID"), first.value("internalMeetingID"));
    assert_eq!(second.value("moderatorPW"), first.value("moderatorPW"), "old links shall work");
    let create_time = first.value("createTime");
    let old_link = [join.as_slice(), &[("createTime", &create_time)]].concat();
    let location = network.call("moodle", "join", &old_link).location();
    assert_eq!(location.host_str(), Some(format!("bbb{fresh}.invalid").as_str()));
    assert!(location.query().unwrap().contains(&format!("createTime={}", second.value("createTime"))), "{location}");
    assert_eq!(network.servers.browse(&location).unwrap().status, 302);
    let afresh = |event: &EventKind| matches!(event, EventKind::MeetingPlacedAfresh { from, .. } if *from == format!("bbb{lost}").into());
    assert!(network.events().iter().any(afresh));
    assert!(
        network.events().iter().any(|event| matches!(event, EventKind::MeetingEnded { how: Ended::ServerDown, .. }))
    );
}

#[test]
fn a_server_that_hangs_is_not_down_unless_the_monitor_says_so() {
    let network = network(2);
    let lost = room(&network, "room-1");
    let name = format!("bbb{lost}");
    network.servers.fault(&name, Some(Fault::ResetBefore));
    polls(&network, 300);
    assert_eq!(state(&network, lost), ServerState::Suspended);
    network.create("moodle", "room-1").failed("internalError");
    let mut facts = network.facts.clone();
    facts
        .iter_mut()
        .filter(|reported| reported.server.name.as_str() == name)
        .for_each(|reported| reported.host = HostStatus::Down);
    let source = StaticServers::reporting(facts);
    block_on(network.balancer.refresh(&source));
    network.create("moodle", "room-1").failed("internalError");
    network.pass(61);
    block_on(network.balancer.refresh(&source));
    assert_eq!(told(&network, "server-confirmed-down"), 1);
    network.create("moodle", "room-1").success();
}

#[test]
fn an_administrator_can_give_the_meetings_free_at_once() {
    let network = network(2);
    let lost = room(&network, "room-1");
    let name = format!("bbb{lost}").into();
    assert!(!block_on(network.balancer.release_meetings(&name, &"ana".into())), "it answers");
    network.servers.fault(&format!("bbb{lost}"), Some(Fault::ResetBefore));
    polls(&network, 30);
    network.create("moodle", "room-1").failed("internalError");
    assert!(block_on(network.balancer.release_meetings(&name, &"ana".into())));
    network.create("moodle", "room-1").success();
    come_back(&network, lost);
    polls(&network, 30);
    assert!(!network.balancer.fleet().server(&name).unwrap().released, "it answers again");
}

#[test]
fn the_empty_copy_on_a_returning_server_is_ended_and_the_one_with_people_left_and_shown() {
    for users in [0, 2] {
        let network = network(2);
        let lost = room(&network, "room-1");
        people(&network, "room-1", users);
        vanish(&network, lost);
        polls(&network, 100);
        let fresh = network.create("moodle", "room-1").success();
        come_back(&network, lost);
        polls(&network, 40);
        assert_eq!(state(&network, lost), ServerState::Enabled);
        let key = MeetingKey::new("moodle", "room-1");
        match block_on(network.store.find(&key)).unwrap() {
            Some(Entry::Held(held)) => assert_eq!(held.internal_id.as_str(), fresh.value("internalMeetingID")),
            other => panic!("{other:?}"),
        }
        let copies = network.balancer.fleet().server(&format!("bbb{lost}").into()).unwrap().copies_in_use.len();
        assert_eq!(network.holders("room-1").contains(&lost), users > 0, "the copy with {users} users");
        assert_eq!((copies, told(&network, "copy-in-use")), if users > 0 { (1, 1) } else { (0, 0) });
        // the people leave, the copy is ended, and nothing of it is left
        network.servers.with(&format!("bbb{lost}"), |bbb| bbb.end(network.clock.now(), "room-1"));
        polls(&network, 50);
        assert_eq!(block_on(network.store.strays()).unwrap(), []);
        assert_eq!(network.balancer.alarms(), []);
        assert_eq!(network.holders("room-1").len(), 1);
        assert_eq!(told(&network, "meeting-adopted"), 0);
    }
}

#[test]
fn half_the_servers_vanish_for_three_minutes_and_return_and_no_meeting_is_placed_afresh() {
    let network = network(6);
    for number in 0..12 {
        network.create("moodle", &format!("room-{number}")).success();
    }
    (1..=3).for_each(|number| vanish(&network, number));
    polls(&network, 30);
    assert!(network.balancer.alarms().iter().any(|alarm| matches!(alarm, Alarm::Freeze { .. })));
    for _ in 0..15 {
        polls(&network, 10);
        for number in 0..12 {
            let _ = network.create("moodle", &format!("room-{number}"));
        }
    }
    // they come back one after the other
    for number in 1..=3 {
        come_back(&network, number);
        polls(&network, 20);
        for number in 0..12 {
            let _ = network.create("moodle", &format!("room-{number}"));
        }
    }
    assert_eq!((told(&network, "freeze-began"), told(&network, "freeze-ended")), (1, 1));
    assert_eq!(network.balancer.alarms(), []);
    assert_eq!(told(&network, "meeting-placed-afresh"), 0);
    for number in 0..12 {
        network.create("moodle", &format!("room-{number}")).success();
        assert_eq!(network.holders(&format!("room-{number}")).len(), 1);
    }
    assert_eq!(told(&network, "meeting-created"), 12);
}

#[test]
fn a_create_that_fails_everywhere_leaves_the_lost_meeting_as_it_was() {
    let network = network(2);
    let lost = room(&network, "room-1");
    vanish(&network, lost);
    polls(&network, 100);
    network.servers.fault_on(&format!("bbb{}", 3 - lost), "create", Fault::Refuse);
    network.create("moodle", "room-1").failed("internalError");
    assert_eq!(block_on(network.store.claims()).unwrap(), []);
    come_back(&network, lost);
    polls(&network, 30);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    assert_eq!(network.holders("room-1"), [lost]);
}

#[test]
fn one_call_in_each_interval_tries_a_suspended_server() {
    let network = network(2);
    let lost = room(&network, "room-1");
    network.servers.fault(&format!("bbb{lost}"), Some(Fault::Html502));
    polls(&network, 30);
    let info = || network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]);
    let sent = || network.sent(lost, "getMeetingInfo");
    for _ in 0..5 {
        info().failed("internalError");
    }
    assert_eq!(sent(), 0, "just suspended");
    network.pass(10);
    for _ in 0..5 {
        info().failed("internalError");
    }
    assert_eq!(sent(), 1, "one trial");
    come_back(&network, lost);
    network.pass(10);
    info().success();
    network.pass(10);
    info().success();
    assert_eq!(state(&network, lost), ServerState::Enabled, "two trials brought it back");
    assert_eq!(sent(), 3);
}

#[test]
fn a_server_that_left_the_monitor_while_it_is_down_is_let_go_with_its_meetings() {
    let network = network(2);
    let lost = room(&network, "room-1");
    vanish(&network, lost);
    polls(&network, 100);
    let mut facts = network.facts.clone();
    facts.remove(lost - 1);
    let source = StaticServers::reporting(facts);
    block_on(network.balancer.refresh(&source));
    block_on(network.balancer.refresh(&source));
    assert!(network.balancer.fleet().server(&format!("bbb{lost}").into()).is_none());
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
    assert_eq!(told(&network, "server-dropped"), 1);
}

#[test]
fn breakout_rooms_are_shown_with_their_parent_to_its_website_alone() {
    let network = network(1);
    network.create("moodle", "room-1").success();
    network.create("portal", "room-2").success();
    let now = network.clock.now();
    let put = |bbb: &mut crate::gateway::SimulatedBbb| bbb.put_breakout(now, "room-1", 1, 3).unwrap();
    let internal_id = network.servers.with("bbb1", put).unwrap();
    polls(&network, 10);
    let moodles = network.call("moodle", "getMeetings", &[]).text();
    assert_eq!(
        moodles.matches(&format!("<internalMeetingID>{internal_id}</internalMeetingID>")).count(),
        1,
        "{moodles}"
    );
    assert!(moodles.contains("<isBreakout>true</isBreakout>"));
    assert!(!network.call("portal", "getMeetings", &[]).text().contains(&internal_id));
    let fleet = network.balancer.fleet();
    let server = &fleet.servers()[0];
    assert_eq!((server.users(), server.meetings(), server.foreign.len()), (0, 3, 0));
    assert_eq!(told(&network, "meeting-adopted"), 0);
}

#[test]
fn a_server_that_was_gone_is_gone_after_a_restart_without_the_monitor() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let holder = network.holders("room-1")[0];
    let mut facts = network.facts.clone();
    facts.remove(holder - 1);
    block_on(network.balancer.refresh(&StaticServers::reporting(facts)));
    let name = crate::server::ServerName::from(format!("bbb{holder}"));
    assert_eq!(network.balancer.fleet().server(&name).unwrap().state(), ServerState::Gone);
    let again = network.restart();
    assert_eq!(again.balancer.fleet().server(&name).unwrap().state(), ServerState::Gone);
}
