//! Every policy that a router can name keeps the contract, and what holds for any fleet.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::known::{KnownMeeting, KnownServer, More};
use super::properties::{self, Make};
use super::*;
use crate::network::Router;
use crate::placement::{NAMES, NearestLeastCpu, named};

/// Chance is drawn from names, or servers take turns by name.
const GOES_BY_NAMES: [&str; 4] = ["random", "weighted", "power-of-two", "round-robin"];

fn make(name: &str) -> Arc<dyn PlacementPolicy> {
    named(&Router { policy: name.to_owned(), ..Router::new("tested") }).unwrap()
}

#[test]
fn every_policy_keeps_the_contract() {
    NAMES.iter().for_each(|name| every_clause(&*make(name)));
    every_clause(&NearestLeastCpu { radius_km: 0.0 });
}

/// Cities, so that servers share their place; few values, so that there are ties.
fn position() -> impl Strategy<Value = Option<Position>> {
    let cities = [(-30.03, -51.2), (-29.17, -51.18), (-27.6, -48.55), (50.85, 4.35), (48.86, 2.35)];
    prop::option::weighted(0.8, prop::sample::select(cities.to_vec()))
        .prop_map(|city| city.map(|(latitude, longitude)| Position { latitude, longitude }))
}

fn meeting() -> impl Strategy<Value = KnownMeeting> {
    let hint = prop::option::of(1..400_u32);
    (0..60_u32, 0..4_u32, 0..30_u32, 0..8_u32, 0..90_u32, hint).prop_map(
        |(users, moderators, audio, video, minutes, size_hint)| KnownMeeting {
            users,
            moderators,
            audio,
            video,
            minutes,
            size_hint,
        },
    )
}

/// A server as a monitor in its senses reports it, with this CPU, memory and weight.
fn with_figures(
    figure: impl Strategy<Value = f64> + Clone,
    weight: impl Strategy<Value = f64>,
) -> impl Strategy<Value = KnownServer> {
    let figures = (prop::option::weighted(0.8, figure.clone()), prop::option::weighted(0.7, figure));
    let counts = (prop::option::of(0..300_u32), prop::option::of(0..20_u32));
    let facts = (prop::option::of(0..400_u32), prop::option::of(weight));
    let listed = prop::option::weighted(0.7, prop::collection::vec(meeting(), 0..4));
    (position(), figures, counts, facts, listed, (0..4_u32, 0..9_u32)).prop_map(
        |(position, (cpu, memory), (users, meetings), (capacity, weight), listed, (creates, joins))| KnownServer {
            position,
            cpu,
            memory,
            users,
            meetings,
            capacity,
            weight,
            listed,
            creates,
            joins,
        },
    )
}

fn sane() -> impl Strategy<Value = KnownServer> {
    let per_cent = prop_oneof![Just(20.0), Just(50.0), 0.0..110.0];
    with_figures(per_cent, prop_oneof![Just(1.0), 0.1..10.0])
}

fn wild() -> impl Strategy<Value = KnownServer> {
    let number = prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(f64::MAX),
        Just(f64::MIN_POSITIVE),
        -10.0..110.0,
    ];
    let nowhere = Position { latitude: f64::NAN, longitude: f64::INFINITY };
    let weird = prop::bool::weighted(0.2);
    (with_figures(number.clone(), number), weird, weird).prop_map(move |(mut server, is_lost, is_endless)| {
        if is_lost {
            server.position = Some(nowhere);
        }
        if is_endless {
            (server.users, server.meetings) = (Some(u32::MAX), Some(u32::MAX));
            for meeting in server.listed.iter_mut().flatten() {
                *meeting = KnownMeeting { users: u32::MAX, moderators: u32::MAX, audio: u32::MAX, ..*meeting };
            }
        }
        server
    })
}

fn fleets(server: impl Strategy<Value = KnownServer>) -> impl Strategy<Value = Vec<KnownServer>> {
    prop::collection::vec(server, 0..8)
}

/// Holds `clause` against every policy but those left out, for so many cases each.
fn hold<S: Strategy>(cases: S, left_out: &[&str], clause: impl Fn(Make<'_>, &S::Value)) {
    for policy in NAMES.iter().filter(|name| !left_out.contains(name)) {
        let config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
        let result =
            TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)).run(&cases, |case| {
                clause(&|| make(policy), &case);
                Ok::<(), TestCaseError>(())
            });
        match result {
            Ok(()) => {}
            Err(TestError::Fail(why, case)) => panic!("{policy}: {why}\n{case:#?}"),
            Err(TestError::Abort(why)) => panic!("{policy}: {why}"),
        }
    }
}

#[test]
fn whatever_is_reported_each_server_is_ranked_once_and_a_forbidden_one_never() {
    hold((fleets(wild()), any::<u8>()), &[], |make, (servers, forbidden)| {
        properties::ranks_each_that_is_not_forbidden_once(make, servers, |number| forbidden >> number & 1 == 1);
    });
}

#[test]
fn the_order_of_a_report_decides_nothing() {
    hold(fleets(sane()), &[], |make, servers| {
        properties::ranks_the_same_in_whichever_order_servers_are_reported(make, servers);
    });
}

#[test]
fn names_decide_nothing_but_ties_and_chance() {
    let renamed = fleets(sane()).prop_flat_map(|servers| {
        let numbers: Vec<_> = (0..servers.len()).collect();
        (Just(servers), Just(numbers).prop_shuffle())
    });
    hold(renamed, &GOES_BY_NAMES, |make, (servers, numbers)| {
        properties::names_decide_nothing_but_ties(make, servers, |number| numbers[number]);
    });
}

#[test]
fn more_load_never_makes_a_server_more_attractive() {
    let more = prop_oneof![
        (0.0..60.0).prop_map(More::Cpu),
        (1..100_u32).prop_map(More::Users),
        (1..5_u32).prop_map(More::Meetings),
    ];
    hold((fleets(sane()), 0..8_usize, more), &[], |make, (servers, number, more)| {
        properties::more_load_is_never_more_attractive(make, servers, *number, *more);
    });
}
