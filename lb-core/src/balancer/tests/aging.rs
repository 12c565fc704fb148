//! How stored events age.

use super::*;
use crate::balancer::EventRules;
use crate::store::{EventFilter, EventStore};

const DAY: u64 = 24 * 3600;

fn network(retention: Option<u64>, anonymise_after: Option<u64>) -> Network {
    let days = |days: u64| Duration::from_secs(days * DAY);
    let events = EventRules { retention: retention.map(days), anonymise_after: anonymise_after.map(days) };
    let network = Network::with(1, |_| {}, Settings { events, ..Settings::default() });
    network.create("moodle", "room").success();
    network
}

fn join(network: &Network, name: &str) {
    let said = network.call("moodle", "join", &[("meetingID", "room"), ("fullName", name), ("userID", name)]);
    assert_eq!(said.0.status, 302, "{}", said.text());
}

/// Names in the stored joins, the oldest first.
fn names(network: &Network) -> Vec<String> {
    let filter = EventFilter { kinds: vec!["user-joined".to_owned()], ..EventFilter::default() };
    let page = block_on(network.store.events(&filter, None, 1000)).unwrap();
    let name = |event: Event| match event.kind {
        EventKind::UserJoined { name, user_id, .. } => {
            assert_eq!(user_id.as_ref(), Some(&name));
            name
        }
        other => panic!("{other:?}"),
    };
    page.events.into_iter().rev().map(name).collect()
}

#[test]
fn somebody_has_one_pseudonym_for_a_day_and_another_the_next() {
    let network = network(None, Some(90));
    for name in ["Ana", "Bob", "Ana"] {
        join(&network, name);
    }
    network.pass(DAY);
    join(&network, "Ana");
    // the first day is over for 90 days at the end of the 91st
    network.pass(90 * DAY - 1);
    assert_eq!(block_on(network.balancer.age_events()), Ok(false));
    assert_eq!(names(&network), ["Ana", "Bob", "Ana", "Ana"]);
    network.pass(1);
    block_on(network.balancer.age_events()).unwrap();
    let first_day = names(&network);
    assert!(first_day[..3].iter().all(|name| name.starts_with("anonymous-")), "{first_day:?}");
    assert_eq!((&first_day[0], first_day[3].as_str()), (&first_day[2], "Ana"));
    assert_ne!(first_day[0], first_day[1]);
    network.pass(DAY);
    block_on(network.balancer.age_events()).unwrap();
    let both_days = names(&network);
    assert_eq!(both_days[..3], first_day[..3]);
    assert!(both_days[3].starts_with("anonymous-") && both_days[3] != both_days[0], "{both_days:?}");
}

#[test]
fn events_are_gone_after_their_time_and_others_stay() {
    let network = network(Some(400), None);
    join(&network, "Ana");
    network.pass(400 * DAY);
    join(&network, "Bob");
    assert_eq!(block_on(network.balancer.age_events()), Ok(false));
    assert_eq!(names(&network), ["Ana", "Bob"], "to the moment");
    network.pass(1);
    assert_eq!(block_on(network.balancer.age_events()), Ok(false));
    assert_eq!(names(&network), ["Bob"]);
}

#[test]
fn a_day_of_many_events_is_done_in_one_go_under_one_key() {
    let network = network(None, Some(1));
    (0..1200).for_each(|_| join(&network, "Ana"));
    network.pass(3 * DAY);
    assert_eq!(block_on(network.balancer.age_events()), Ok(false));
    let names = names(&network);
    assert_eq!(names.len(), 1000);
    assert!(names.iter().all(|name| *name == names[0] && name != "Ana"));
}

#[test]
fn nothing_ages_where_nothing_is_said() {
    let network = network(None, None);
    join(&network, "Ana");
    network.pass(10_000 * DAY);
    assert_eq!(block_on(network.balancer.age_events()), Ok(false));
    assert_eq!(names(&network), ["Ana"]);
}
