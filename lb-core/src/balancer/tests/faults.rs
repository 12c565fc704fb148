//! What happens when servers fail.

use super::*;
use crate::gateway::Fault;
use crate::server::ServerState;
use crate::store::MeetingStore;

fn state(network: &Network, name: &str) -> ServerState {
    network.balancer.fleet().server(&name.into()).unwrap().state()
}

/// Runs a future whose servers hang: the clock moves on until it is ready.
fn with_time<T>(network: &Network, future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    for _ in 0..1000 {
        if let std::task::Poll::Ready(result) = futures_executor::block_on(futures_util::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context))
        })) {
            return result;
        }
        network.clock.advance(Duration::from_millis(100));
    }
    panic!("never ready");
}

#[test]
fn a_create_goes_on_to_the_next_server_whatever_the_trouble_and_notes_a_possible_stray() {
    for (fault, stray) in [
        (Fault::Refuse, false),
        (Fault::HangBefore, true),
        (Fault::HangAfter, true),
        (Fault::Html502, true),
        (Fault::Empty, true),
        (Fault::Garbage, true),
        (Fault::ResetBefore, true),
        (Fault::ResetAfter, true),
    ] {
        let network = Network::of(2);
        network.servers.fault_on("bbb1", "create", fault);
        let request = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
        let started = network.clock.now();
        let said = Said(with_time(&network, network.balancer.handle(&request))).success();
        assert!(network.clock.now().since(started) <= Duration::from_secs(8), "{fault:?}");
        assert_eq!((network.sent(1, "create"), network.sent(2, "create")), (1, 1), "{fault:?}: once on each");
        let strays = block_on(network.store.strays()).unwrap();
        assert_eq!(strays.len(), usize::from(stray), "{fault:?}");
        assert!(said.text().contains("room-1"));
        let held = network.call("moodle", "getMeetings", &[]).text();
        assert!(held.contains("<server><name>bbb2</name>"), "{fault:?}: {held}");
    }
}

#[test]
fn a_stray_copy_is_ended_when_a_list_shows_it_empty() {
    let network = Network::of(2);
    network.servers.fault_on("bbb1", "create", Fault::ResetAfter);
    network.create("moodle", "room-1").success();
    assert_eq!(network.holders("room-1"), [1, 2], "one nobody was sent to");
    network.servers.fault("bbb1", None);
    network.follow();
    assert_eq!(network.holders("room-1"), [2]);
    assert_eq!(block_on(network.store.strays()).unwrap(), []);
    assert!(network.events().iter().any(|event| matches!(event, EventKind::StrayEnded { .. })));
}

#[test]
fn a_website_whose_own_stray_is_in_the_way_is_asked_to_try_again_and_may_when_it_is_ended() {
    let network = Network::of(1);
    network.servers.fault_on("bbb1", "create", Fault::ResetAfter);
    network.create("moodle", "room-1").failed("internalError");
    network.servers.fault("bbb1", None);
    network.create("moodle", "room-1").failed("internalError");
    network.create("portal", "room-1").failed("idNotUnique");
    network.follow();
    network.create("moodle", "room-1").success();
}

#[test]
fn when_no_server_can_be_reached_the_website_is_told_within_its_budget_and_nothing_stays_claimed() {
    let network = Network::of(3);
    for number in 1..=3 {
        network.servers.fault(&format!("bbb{number}"), Some(Fault::HangBefore));
    }
    let request = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
    let started = network.clock.now();
    Said(with_time(&network, network.balancer.handle(&request))).failed("internalError");
    assert!(network.clock.now().since(started) <= Duration::from_millis(8100));
    assert_eq!(block_on(network.store.claims()).unwrap(), []);
    for number in 1..=3 {
        network.servers.fault(&format!("bbb{number}"), None);
        assert!(network.sent(number, "create") <= 1);
    }
    let users: f64 =
        network.balancer.fleet().servers().iter().map(|server| server.expected_users(network.clock.now())).sum();
    assert_eq!(users, 0.0, "no place stays reserved");
}

#[test]
fn a_refused_create_is_the_servers_word() {
    let network = Network::of(1);
    let now = network.clock.now();
    network.servers.with("bbb1", |bbb| bbb.put_foreign(now, "room-1", 0)).unwrap();
    let passwords = [("name", "Algebra"), ("meetingID", "room-1"), ("attendeePW", "aa"), ("moderatorPW", "mm")];
    network.call("moodle", "create", &passwords).failed("idNotUnique");
    assert_eq!(block_on(network.store.claims()).unwrap(), []);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
}

#[test]
fn a_call_to_a_server_that_refuses_is_tried_once() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.servers.fault("bbb1", Some(Fault::Refuse));
    for call in ["getMeetingInfo", "end"] {
        network.call("moodle", call, &[("meetingID", "room-1")]).failed("internalError");
        assert_eq!(network.sent(1, call), 1, "{call}");
    }
}

#[test]
fn a_server_that_fails_three_times_is_suspended_refused_at_once_and_comes_back_after_two_answers() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let (held, name) = if network.holders("room-1") == [1] { (1, "bbb1") } else { (2, "bbb2") };
    network.servers.fault(name, Some(Fault::Html502));
    for _ in 0..3 {
        network.follow();
    }
    assert_eq!(state(&network, name), ServerState::Suspended);
    let before = network.sent(held, "getMeetingInfo");
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("internalError");
    network.call("moodle", "join", &[("meetingID", "room-1"), ("fullName", "Ana")]).failed("internalError");
    assert_eq!(network.sent(held, "getMeetingInfo"), before, "refused at once");
    network.create("moodle", "room-2").success();
    assert_ne!(network.holders("room-2"), [held]);

    network.servers.fault(name, None);
    network.follow();
    assert_eq!(state(&network, name), ServerState::Suspended);
    network.follow();
    assert_eq!(state(&network, name), ServerState::Enabled);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    let changes = network
        .events()
        .iter()
        .filter(|event| matches!(event, EventKind::ServerStateChanged { from: Some(_), .. }))
        .count();
    assert_eq!(changes, 2, "told once each way");
}

#[test]
fn a_claim_whose_creator_died_is_settled_by_asking_its_server() {
    for (fault, known) in [(Fault::HangAfter, true), (Fault::HangBefore, false)] {
        let network = Network::of(1);
        network.servers.fault_on("bbb1", "create", fault);
        let request = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
        {
            let mut dropped = Box::pin(network.balancer.handle(&request));
            let polled = block_on(futures_util::future::poll_fn(|context| {
                std::task::Poll::Ready(dropped.as_mut().poll(context))
            }));
            assert!(polled.is_pending(), "killed in the middle of the create");
        }
        network.servers.fault("bbb1", None);
        let after = network.restart();
        after.refresh();
        assert_eq!(block_on(after.store.claims()).unwrap().len(), 1);
        network.pass(60);
        block_on(after.balancer.settle_expired()).unwrap();
        assert_eq!(block_on(after.store.claims()).unwrap(), []);
        let info = after.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]);
        if known {
            info.success();
        } else {
            info.failed("notFound");
            after.create("moodle", "room-1").success();
        }
    }
}

#[test]
fn the_last_good_fleet_serves_while_the_monitor_is_away_at_a_start() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let after = network.restart();
    assert_eq!(after.balancer.fleet().servers().len(), 2, "not asked the monitor yet");
    after.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    after.create("moodle", "room-2").success();
}

#[test]
fn a_server_that_refuses_our_signature_gets_no_meeting_and_is_suspended() {
    let wrong = |reported: &mut ReportedServer| {
        if reported.server.name.as_str() == "bbb1" {
            reported.server.secret = "not-its-secret".into();
        }
    };
    let network = Network::with(2, wrong, Settings::default());
    for number in 0..3 {
        network.create("moodle", &format!("room-{number}")).success();
    }
    assert_eq!(network.sent(2, "create"), 3, "each went on to the sound one");
    network.follow();
    network.follow();
    network.follow();
    assert_eq!(state(&network, "bbb1"), ServerState::Suspended);
    let told = |event: &EventKind| matches!(event, EventKind::ServerFailed { problem, first: true, .. } if problem.contains("secret"));
    assert!(network.events().iter().any(told));
    assert!(!network.events().iter().any(|event| format!("{event:?}").contains("not-its-secret")));
}
