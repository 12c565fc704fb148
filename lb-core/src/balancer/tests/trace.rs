//! All that is known of one meeting, in order.

use super::*;
use crate::balancer::{Source, Trace};
use crate::gateway::Fault;

impl Network {
    fn trace(&self, website: &str, meeting_id: &str) -> Option<Trace> {
        block_on(self.balancer.trace(&website.into(), &meeting_id.into(), None)).unwrap()
    }
}

/// What happened, each with how often.
fn words(trace: &Trace) -> Vec<(&str, u32)> {
    trace.entries.iter().map(|entry| (entry.word, entry.times)).collect()
}

#[test]
fn a_meetings_life_is_told_in_order_with_a_reason_for_its_place() {
    let network = Network::of(2);
    network.pass(1);
    network.create("moodle", "aa").success();
    for _ in 0..3 {
        network.pass(10);
        network.follow();
    }
    network.pass(1);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "aa")]).success();
    let join = [("meetingID", "aa"), ("fullName", "Ana"), ("password", "wrong")];
    network.call("moodle", "join", &join);
    network.pass(1);
    network.call("moodle", "end", &[("meetingID", "aa"), ("password", "wrong")]);
    let trace = network.trace("moodle", "aa").unwrap();
    assert_eq!(words(&trace)[..3], [("meeting-created", 1), ("call", 1), ("seen", 3)]);
    assert!(trace.entries.is_sorted_by_key(|entry| entry.at));
    assert_eq!((trace.runs_on.as_ref().map(ToString::to_string), trace.incarnations.len()), (Some("bbb1".into()), 1));
    let created = &trace.entries[0];
    assert_eq!(created.placement.as_ref().unwrap().policy, "nearest-least-cpu");
    assert!(created.says.starts_with("It was created on bbb1 by nearest-least-cpu"), "{}", created.says);
    assert_eq!((created.source, trace.entries[1].source), (Source::Stored, Source::Memory));
    assert_eq!(trace.entries[1].call.as_ref().unwrap().call, "create");
    assert_eq!(trace.entries[2].says, "Seen in 3 lists of bbb1 with 0 users.");
    let end = trace.entries.last().unwrap();
    assert_eq!(end.call.as_ref().map(|call| (call.call.as_str(), call.success)), Some(("end", true)));
    assert!(end.says.starts_with("The website called end: done, sentEndMeetingRequest, by bbb1 in "), "{}", end.says);
    assert_eq!(network.trace("portal", "aa"), None, "another website's");
    assert_eq!(network.trace("moodle", "bb"), None);
}

#[test]
fn people_are_counted_and_not_named() {
    let network = Network::of(1);
    network.create("moodle", "aa").success();
    let info = network.call("moodle", "getMeetingInfo", &[("meetingID", "aa")]);
    let password = info.value("moderatorPW");
    for (number, name) in ["Ana Silva", "Bea", "Cid"].into_iter().enumerate() {
        network.pass(10);
        let id = number.to_string();
        let join = [("meetingID", "aa"), ("fullName", name), ("userID", &id), ("password", &password)];
        network.call("moodle", "join", &join).location();
    }
    let trace = network.trace("moodle", "aa").unwrap();
    let joined = trace.entries.iter().find(|entry| entry.word == "user-joined").unwrap();
    assert_eq!((joined.times, joined.until.since(joined.at)), (3, Duration::from_secs(20)));
    assert_eq!(joined.says, "The website sent 3 people to it on bbb1, 3 of them moderators.");
    assert!(!format!("{trace:?}").contains("Ana"));
}

#[test]
fn a_meeting_that_was_missed_and_ended_and_came_again_has_two_incarnations() {
    let network = Network::of(1);
    network.create("moodle", "aa").success();
    let first = network.create("moodle", "aa").success().value("internalMeetingID");
    network.servers.with("bbb1", |bbb| bbb.end(network.clock.now(), "aa"));
    for _ in 0..3 {
        network.pass(31);
        network.follow();
    }
    network.pass(100);
    network.create("moodle", "aa").success();
    let trace = network.trace("moodle", "aa").unwrap();
    assert_eq!(trace.incarnations.len(), 2);
    let missed = trace.entries.iter().find(|entry| entry.word == "missed").unwrap();
    assert_eq!((missed.times, missed.server.as_ref().map(ToString::to_string)), (2, Some("bbb1".into())));
    assert!(trace.entries.iter().any(|entry| entry.word == "meeting-ended"));
    let only = block_on(network.balancer.trace(&"moodle".into(), &"aa".into(), Some(&first.as_str().into())));
    let only = only.unwrap().unwrap();
    assert_eq!(only.incarnations.len(), 1);
    assert!(only.entries.iter().all(|entry| entry.internal_id.as_ref().is_none_or(|id| id.as_str() == first)));
    assert_eq!(only.entries.iter().filter(|entry| entry.word == "meeting-created").count(), 1);
    let by_id = network.trace("moodle", &first).unwrap();
    assert_eq!((by_id.meeting.meeting_id.as_str(), by_id.incarnations.len()), ("aa", 1));
    let unknown = block_on(network.balancer.trace(&"moodle".into(), &"aa".into(), Some(&"x-1".into())));
    assert_eq!(unknown, Ok(None));
}

#[test]
fn servers_that_failed_before_and_refused_creates_are_told() {
    let network = Network::of(2);

    network.servers.fault_on("bbb1", "create", Fault::ResetBefore);
    network.create("moodle", "aa").success();
    let trace = network.trace("moodle", "aa").unwrap();
    let said: Vec<_> = trace.entries.iter().map(|entry| entry.says.as_str()).collect();
    assert!(said.iter().any(|says| says.contains("bbb1 gave no usable answer")), "{said:?}");
    assert!(said.iter().any(|says| says.contains("attempt 2")), "{said:?}");
    let none = Network::of(0);
    none.create("moodle", "aa").failed("internalError");
    let trace = none.trace("moodle", "aa").unwrap();
    assert_eq!((words(&trace), &trace.runs_on), (vec![("call", 1)], &None));
    assert!(trace.entries[0].says.contains("refused, internalError, by the balancer"), "{}", trace.entries[0].says);
}

#[test]
fn a_restart_forgets_calls_and_lists_and_a_reload_does_not() {
    let network = Network::of(1);
    network.pass(1);
    network.create("moodle", "aa").success();
    network.pass(10);
    network.follow();
    let reloaded = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
        .succeeding(&network.balancer)
        .build();
    let after = block_on(reloaded.trace(&"moodle".into(), &"aa".into(), None)).unwrap().unwrap();
    assert_eq!(words(&after), [("meeting-created", 1), ("call", 1), ("seen", 1)]);
    let restarted = network.restart();
    let trace = restarted.trace("moodle", "aa").unwrap();
    assert_eq!(words(&trace), [("meeting-created", 1)]);
    assert_eq!(trace.remembered_since, network.clock.now());
}
