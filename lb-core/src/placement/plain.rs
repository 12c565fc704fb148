//! The rules once more, written down plainly: sorted lists and great circles. What the quick ones rank is compared with it.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::fixture::{Facts, NOW, fleet};
use super::{
    LeastCpu, LeastMeetings, LeastUsers, MeetingHints, Nearest, NearestLeastCpu, PlacementPolicy, PlacementRequest,
    by_cpu,
};
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::MeetingKey;
use crate::position::Position;

/// The order that `key` gives, by name where it is the same.
fn sorted<'a, K: PartialOrd>(
    servers: impl IntoIterator<Item = &'a FleetServer>,
    key: impl Fn(&FleetServer) -> K,
) -> Vec<&'a FleetServer> {
    let mut servers: Vec<_> = servers.into_iter().collect();
    servers.sort_by(|a, b| {
        let by_key = key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal);
        by_key.then_with(|| a.server.name.cmp(&b.server.name))
    });
    servers
}

fn least_cpu<'a>(servers: impl IntoIterator<Item = &'a FleetServer>) -> Vec<&'a FleetServer> {
    sorted(servers, |server| by_cpu(server, NOW))
}

fn nearest_least_cpu(servers: Vec<&FleetServer>, user: Position, radius_km: f64) -> Vec<&FleetServer> {
    let km = |server: &FleetServer| server.server.position.map_or(f64::INFINITY, |position| user.km_to(position));
    let mut left = sorted(servers, km);
    let mut ranked = Vec::new();
    while let Some(centre) = left.first().and_then(|server| server.server.position) {
        let within =
            |server: &&FleetServer| server.server.position.is_some_and(|position| centre.km_to(position) <= radius_km);
        let (circle, others): (Vec<_>, Vec<_>) = left.into_iter().partition(within);
        ranked.extend(least_cpu(circle));
        left = others;
    }
    ranked.extend(least_cpu(left));
    ranked
}

fn nearest(servers: Vec<&FleetServer>, user: Position) -> Vec<&FleetServer> {
    sorted(servers, |server| {
        let km = server.server.position.map_or(f64::INFINITY, |position| user.km_to(position).round());
        let cpu = server.expected_cpu(NOW);
        (km, cpu.is_none(), cpu.unwrap_or_default(), server.expected_users(NOW))
    })
}

/// Somewhere, often at a pole, at the date line or among others.
fn position() -> impl Strategy<Value = Position> {
    prop_oneof![
        4 => (-90.0..=90.0, -180.0..=180.0),
        1 => (prop_oneof![Just(-90.0), Just(90.0)], -180.0..=180.0),
        1 => (-90.0..=90.0, prop_oneof![Just(-180.0), Just(180.0)]),
        2 => (-31.0..-29.0, -52.0..-50.0),
        1 => (88.0..90.0, -180.0..=180.0),
    ]
    .prop_map(|(latitude, longitude)| Position { latitude, longitude })
}

fn cpu() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        6 => (0.0..100.0).prop_map(Some),
        2 => (0_u8..4).prop_map(|tens| Some(f64::from(tens) * 10.0)),
        1 => Just(None),
        1 => prop_oneof![Just(f64::NAN), Just(-1.0), Just(f64::INFINITY)].prop_map(Some),
    ]
}

/// One server, and whether it is eligible.
fn server() -> impl Strategy<Value = (Facts, bool)> {
    (prop::option::weighted(0.9, position()), cpu(), 0_u32..5, prop::bool::weighted(0.7))
        .prop_map(|(position, cpu, users, eligible)| (Facts { position, cpu, users, ..Facts::named("") }, eligible))
}

/// Servers of which some are at the place of another.
fn servers() -> impl Strategy<Value = Vec<(Facts, bool)>> {
    (
        prop::collection::vec(server(), 0..300),
        prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..40),
    )
        .prop_map(|(mut servers, same)| {
            for (number, (facts, _)) in servers.iter_mut().enumerate() {
                facts.name = Box::leak(format!("bbb{:03}", number * 7 % 300).into_boxed_str());
            }
            let count = servers.len();
            for (one, other) in same.iter().filter(|_| count > 0) {
                servers[one.index(count)].0.position = servers[other.index(count)].0.position;
            }
            servers
        })
}

fn names(servers: &[&FleetServer]) -> Vec<String> {
    servers.iter().map(|server| server.server.name.to_string()).collect()
}

fn ranked(policy: &dyn PlacementPolicy, fleet: &Fleet, position: Option<Position>, left_out: &[&str]) -> Vec<String> {
    let meeting = MeetingKey::new("moodle", "room");
    let request = PlacementRequest {
        fleet,
        eligible: &|server| !left_out.contains(&server.server.name.as_str()),
        position,
        meeting: &meeting,
        hints: MeetingHints::default(),
        now: NOW,
    };
    policy.rank(&request).map(|candidate| candidate.server.server.name.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn what_is_ranked_quickly_is_ranked_as_the_rules_say(
        servers in servers(), user in position(), radius_km in prop_oneof![Just(1.0), Just(300.0), 2.0..20_100.0],
    ) {
        let left_out: Vec<_> = servers.iter().filter(|(_, eligible)| !eligible).map(|(facts, _)| facts.name).collect();
        let fleet = fleet(&servers.iter().map(|(facts, _)| facts.clone()).collect::<Vec<_>>());
        let eligible: Vec<_> =
            fleet.servers().iter().map(AsRef::as_ref).filter(|server: &&FleetServer| !left_out.contains(&server.server.name.as_str())).collect();
        let all = || eligible.iter().copied();
        let at = Some(user);
        prop_assert_eq!(
            ranked(&NearestLeastCpu { radius_km }, &fleet, at, &left_out),
            names(&nearest_least_cpu(eligible.clone(), user, radius_km))
        );
        prop_assert_eq!(ranked(&Nearest, &fleet, at, &left_out), names(&nearest(eligible.clone(), user)));
        let by_load = names(&least_cpu(all()));
        prop_assert_eq!(&ranked(&NearestLeastCpu { radius_km }, &fleet, None, &left_out), &by_load);
        prop_assert_eq!(&ranked(&Nearest, &fleet, None, &left_out), &by_load);
        prop_assert_eq!(&ranked(&LeastCpu, &fleet, at, &left_out), &by_load);
        let by_users = sorted(all(), |server| (server.expected_users(NOW), server.expected_meetings()));
        prop_assert_eq!(ranked(&LeastUsers, &fleet, at, &left_out), names(&by_users));
        let by_meetings = sorted(all(), |server| (server.expected_meetings(), server.expected_users(NOW)));
        prop_assert_eq!(ranked(&LeastMeetings, &fleet, at, &left_out), names(&by_meetings));
    }

    #[test]
    fn where_the_radius_is_nothing_servers_at_one_place_compete_and_no_others(
        places in prop::collection::vec((-80.0..80.0, -170.0..170.0), 1..9),
        at in prop::collection::vec((0_usize..9, cpu()), 0..200),
        (latitude, longitude) in (-80.0..80.0, -170.0..170.0),
    ) {
        let facts = |(number, (place, cpu)): (usize, &(usize, Option<f64>))| {
            let (latitude, longitude) = places[place % places.len()];
            let name = Box::leak(format!("bbb{number:03}").into_boxed_str());
            Facts { position: Some(Position { latitude, longitude }), cpu: *cpu, ..Facts::named(name) }
        };
        let fleet = fleet(&at.iter().enumerate().map(facts).collect::<Vec<_>>());
        let user = Position { latitude, longitude };
        let all = fleet.servers().iter().map(AsRef::as_ref).collect();
        let plain = names(&nearest_least_cpu(all, user, 0.0));
        prop_assert_eq!(ranked(&NearestLeastCpu { radius_km: 0.0 }, &fleet, Some(user), &[]), plain);
    }
}
