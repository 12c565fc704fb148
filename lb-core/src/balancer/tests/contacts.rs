//! How the balancer and each server get on, and the course of the load.

use futures_util::FutureExt;

use super::*;
use crate::fleet::Sent;
use crate::gateway::Fault;
use crate::server::CallOutcome;

#[test]
fn the_last_calls_to_a_server_are_known_with_their_time_and_outcome() {
    let network = Network::of(1);
    let name = "bbb1".into();
    assert_eq!(network.balancer.contact(&name), Default::default());
    network.follow();
    network.servers.fault("bbb1", Some(Fault::Html502));
    network.pass(1);
    network.follow();
    network.servers.fault("bbb1", Some(Fault::Refuse));
    network.pass(1);
    network.follow();
    let contact = network.balancer.contact(&name);
    let outcomes: Vec<_> = contact.past.iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [CallOutcome::Refused, CallOutcome::Failed, CallOutcome::Answered]);
    assert_eq!((contact.under_way, contact.failures()), (0, 2));
    assert_eq!(contact.last().map(|call| call.at), Some(network.clock.now()));
}

#[test]
fn a_call_is_under_way_until_it_is_over_or_given_up() {
    let network = Network::of(1);
    let name = "bbb1".into();
    network.servers.fault("bbb1", Some(Fault::Slow(Duration::from_secs(3))));
    let mut followed = Box::pin(network.balancer.follow(&name));
    assert!(followed.as_mut().now_or_never().is_none());
    assert_eq!(network.balancer.contact(&name).under_way, 1);
    network.pass(3);
    assert_eq!(followed.as_mut().now_or_never(), Some(Ok(())));
    let contact = network.balancer.contact(&name);
    assert_eq!((contact.under_way, contact.median()), (0, Some(Duration::from_secs(3))));

    let mut followed = Box::pin(network.balancer.follow(&name));
    assert!(followed.as_mut().now_or_never().is_none());
    drop(followed);
    let contact = network.balancer.contact(&name);
    assert_eq!((contact.under_way, contact.past.len()), (0, 1), "nobody knows what became of it");
}

#[test]
fn pending_placements_audio_and_video_are_known_of_each_server() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let server = || network.balancer.fleet().servers()[0].clone();
    assert_eq!((server().pending_placements(), server().audio(), server().video()), (1, None, None));
    network.pass(1);
    network.follow();
    assert_eq!((server().pending_placements(), server().audio(), server().video()), (0, Some(0), Some(0)));
}

#[test]
fn what_is_sent_to_a_server_is_counted_and_its_list_tells_moderators_and_hints() {
    let network = Network::of(1);
    let server = || network.balancer.fleet().servers()[0].clone();
    let create = [("name", "Algebra"), ("meetingID", "room-1"), ("meta_bbb-meeting-size-hint", "40")];
    network.call("moodle", "create", &create).success();
    for (role, redirect) in [("MODERATOR", "false"), ("VIEWER", "false"), ("VIEWER", "true")] {
        let join = [("fullName", "Ana"), ("meetingID", "room-1"), ("role", role), ("redirect", redirect)];
        network.call("moodle", "join", &join);
    }
    let sent = Sent { creates: 1, joins: 3 };
    assert_eq!((server().sent(), server().sent_before_list()), (sent, Sent::default()));
    network.pass(1);
    network.follow();
    assert_eq!((server().sent(), server().sent_before_list()), (sent, sent));
    let listed: Vec<_> = server().list.iter().flat_map(|list| list.meetings().to_vec()).collect();
    assert_eq!((listed.len(), listed[0].users, listed[0].moderators, listed[0].size_hint), (1, 2, 1, Some(40)));
    network.call("moodle", "join", &[("fullName", "Ana"), ("meetingID", "none"), ("role", "VIEWER")]);
    assert_eq!(server().sent(), sent, "nobody is sent to a meeting that is not there");
}

#[test]
fn the_course_goes_on_where_an_earlier_run_ended() {
    let network = Network::of(1);
    network.pass(3600);
    network.refresh();
    for _ in 0..7 {
        network.follow();
        block_on(network.balancer.record_course());
        network.pass(60);
    }
    let (name, now) = ("bbb1".into(), network.clock.now());
    let course = network.balancer.course();
    assert_eq!((course.totals(now).len(), course.server(&name, now).len()), (8, 2));
    let restarted = network.restart().balancer.course();
    assert_eq!(restarted.server(&name, now), course.server(&name, now));
    assert_eq!(restarted.totals(now)[..6], course.totals(now)[..6]);
    assert!(!restarted.totals(now)[6].sample.is_known(), "what came after the last step is a gap");
}
