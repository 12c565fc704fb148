//! Calls and rounds that overlap in every unlucky order.

use std::pin::Pin;
use std::task::Poll;

use futures_util::future::poll_fn;

use super::*;
use crate::gateway::Fault;
use crate::meeting::{Claim, Meeting, MeetingKey};
use crate::server::{AdministratorWord, ServerName, ServerState};
use crate::store::{Entry, MeetingStore};

type Under<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Goes on as far as it can; `None` while it waits.
fn go_on<T>(under: &mut Under<'_, T>) -> Option<T> {
    block_on(poll_fn(|context| {
        Poll::Ready(match under.as_mut().poll(context) {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        })
    }))
}

/// Starts calls that wait for their server.
fn start<'a>(network: &'a Network, request: &'a ApiRequest, count: usize) -> Vec<Under<'a, Reply>> {
    let mut calls: Vec<Under<'a, Reply>> =
        (0..count).map(|_| Box::pin(network.balancer.handle(request)) as _).collect();
    for call in &mut calls {
        assert!(go_on(call).is_none(), "it waits");
    }
    calls
}

fn held(network: &Network, website: &str, meeting_id: &str) -> Arc<Meeting> {
    match block_on(network.store.find(&MeetingKey::new(website, meeting_id))).unwrap() {
        Some(Entry::Held(meeting)) => meeting,
        other => panic!("not held: {other:?}"),
    }
}

fn create_request(network: &Network) -> ApiRequest {
    network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")])
}

const SLOW: Fault = Fault::Slow(Duration::from_secs(1));

#[test]
fn a_settlement_that_hears_nothing_late_ends_no_meeting_that_was_acknowledged() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    // as after a kill between the server's SUCCESS and the confirm: only the claim is there, and expired
    let before = held(&network, "moodle", "room-1");
    block_on(network.store.forget(&before.key, &before.internal_id, vec![])).unwrap();
    let claim = Claim {
        key: before.key.clone(),
        server: "bbb1".into(),
        passwords: before.passwords.clone(),
        voice_bridge: 70_000,
        token: "t".to_owned().into(),
        expires: Default::default(),
        supersedes: None,
        callbacks: None,
    };
    block_on(network.store.claim(claim)).unwrap();
    network.servers.fault_on("bbb1", "getMeetingInfo", Fault::HangBefore);
    let mut settling: Under<'_, _> = Box::pin(network.balancer.settle_expired());
    assert!(go_on(&mut settling).is_none());
    network.servers.fault("bbb1", None);
    network.create("moodle", "room-1").success();
    network.pass(4);
    go_on(&mut settling).expect("it has given up waiting").unwrap();
    assert_eq!(block_on(network.store.strays()).unwrap(), []);
    network.follow();
    assert_eq!(network.holders("room-1"), [1]);
}

#[test]
fn a_late_answer_displaces_no_meeting_that_was_acknowledged_elsewhere() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let first = network.holders("room-1")[0];
    let name = format!("bbb{first}");
    let server: ServerName = name.as_str().into();
    network.pass(60);
    network.follow();
    network.servers.with(&name, |bbb| bbb.restart()).unwrap();
    network.follow();
    // the second list without it is on its way while the create is repeated, slowly
    network.servers.fault_on(&name, "create", Fault::Slow(Duration::from_secs(2)));
    network.servers.fault_on(&name, "getMeetings", SLOW);
    let mut following: Under<'_, _> = Box::pin(network.balancer.follow(&server));
    assert!(go_on(&mut following).is_none());
    let request = create_request(&network);
    let mut late = start(&network, &request, 1);
    network.servers.fault(&name, None);
    network.pass(1);
    go_on(&mut following).expect("the list has come").unwrap();
    block_on(network.balancer.note(&server, |server, _| server.measured.cpu = Some(90.0)));
    let acknowledged = network.create("moodle", "room-1").success();
    network.pass(1);
    Said(go_on(&mut late[0]).expect("the late answer has come")).failed("internalError");
    assert_eq!(held(&network, "moodle", "room-1").internal_id.as_str(), acknowledged.value("internalMeetingID"));
    network.follow();
    assert_eq!(network.holders("room-1").len(), 1, "the copy of the late one is ended");
}

#[test]
fn answers_between_failures_count_whenever_their_calls_began() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let info = network.request("moodle", "getMeetingInfo", &[("meetingID", "room-1")]);
    let end = network.request("moodle", "end", &[("meetingID", "room-1")]);
    network.servers.fault("bbb1", Some(SLOW));
    let mut good = start(&network, &info, 5);
    network.servers.fault("bbb1", Some(Fault::ResetBefore));
    network.send(&end);
    network.send(&end);
    network.pass(1);
    for call in &mut good {
        Said(go_on(call).unwrap()).success();
    }
    network.send(&end);
    assert_eq!(network.balancer.fleet().servers()[0].state(), ServerState::Enabled);
}

#[test]
fn the_first_failure_is_told_loudly_once_however_many_calls_are_under_way() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let request = network.request("moodle", "isMeetingRunning", &[("meetingID", "room-1")]);
    network.servers.fault("bbb1", Some(Fault::HangBefore));
    let mut calls = start(&network, &request, 20);
    network.pass(9);
    for call in &mut calls {
        Said(go_on(call).unwrap()).failed("internalError");
    }
    let loud = |event: &&EventKind| matches!(event, EventKind::ServerFailed { first: true, .. });
    assert_eq!(network.events().iter().filter(loud).count(), 1);
}

#[test]
fn a_new_incarnation_is_told_once_however_many_creates_find_it() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.pass(60);
    network.servers.with("bbb1", |bbb| bbb.restart()).unwrap();
    network.servers.fault("bbb1", Some(SLOW));
    let request = create_request(&network);
    let mut calls = start(&network, &request, 10);
    network.pass(1);
    for call in &mut calls {
        Said(go_on(call).unwrap()).success();
    }
    let created = |event: &&EventKind| matches!(event, EventKind::MeetingCreated { .. });
    assert_eq!(network.events().iter().filter(created).count(), 2);
}

#[test]
fn a_meeting_that_the_server_had_already_is_nobodys_new_one() {
    let network = Network::of(1);
    let create = [("name", "Algebra"), ("meetingID", "room-1"), ("attendeePW", "ap"), ("moderatorPW", "mp")];
    network.call("portal", "create", &create).success();
    let portals = held(&network, "portal", "room-1");
    // its record is lost, and the passwords are everybody's
    block_on(network.store.forget(&portals.key, &portals.internal_id, vec![])).unwrap();
    network.call("moodle", "create", &create).failed("idNotUnique");
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
}

#[test]
fn an_administrators_newer_word_is_not_overwritten_by_a_poll() {
    let network = Network::of(1);
    let server: ServerName = "bbb1".into();
    block_on(network.balancer.set_word(&server, AdministratorWord::Draining, &"ana".into())).unwrap();
    network.servers.fault("bbb1", Some(SLOW));
    let mut following: Under<'_, _> = Box::pin(network.balancer.follow(&server));
    assert!(go_on(&mut following).is_none());
    block_on(network.balancer.set_word(&server, AdministratorWord::Automatic, &"ana".into())).unwrap();
    network.pass(1);
    go_on(&mut following).unwrap().unwrap();
    assert_eq!(network.balancer.fleet().servers()[0].word, AdministratorWord::Automatic);
}

#[test]
fn no_website_reaches_anothers_meeting_by_its_internal_id() {
    let network = Network::of(1);
    let internal = network.create("moodle", "room-1").success().value("internalMeetingID");
    for call in ["getMeetingInfo", "end"] {
        network.call("portal", call, &[("meetingID", &internal)]).failed("notFound");
    }
    for id in [&internal[..], &internal[..40]] {
        network.create("portal", id).failed("idNotUnique");
    }
    assert_eq!(network.holders("room-1"), [1]);
}

#[test]
fn a_join_names_one_meeting_to_its_server() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.create("portal", "hall-1").success();
    let join = [("meetingID", "hall-1"), ("fullName", "Ana"), ("role", "VIEWER"), ("meetingID", "room-1")];
    let location = network.call("portal", "join", &join).location();
    assert!(!location.as_str().contains("room-1"));
}
