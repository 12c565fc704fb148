//! [`Weighted`]: any server, the larger and emptier ones more often.

use std::collections::BTreeMap;

use super::draw::Draws;
use super::{Candidate, PlacementPolicy, PlacementRequest, Scan};
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::server::ServerName;

/// No server weighs less, however full it is.
const LEAST: f64 = 1e-3;

/// The eligible servers in random order, each with chances in proportion to its weight times the room left on it:
///
/// ```text
/// chance ∝ weight × min(1 − users / capacity, 1 − CPU / 100)
/// ```
///
/// The weight is the one given here, else [`Server::weight`](crate::Server::weight), else a hundredth of the capacity, else 1. Users and CPU are those
/// with the expected ones; what is not known leaves all the room.
///
/// Sampling without replacement by exponential keys, as Efraimidis and Spirakis ("Weighted random sampling with a
/// reservoir", 2006): the least of −ln(u) / w is each time drawn in proportion to w. The same meeting draws the same u.
#[derive(Debug, Clone, Default)]
pub struct Weighted {
    /// Weights of servers in place of their own, more than 0.
    pub weights: BTreeMap<ServerName, f64>,
}

/// The weight of a server, times the room left on it.
fn weight(weights: &BTreeMap<ServerName, f64>, server: &FleetServer, now: Timestamp) -> f64 {
    let facts = &server.server;
    let given = weights.get(&facts.name).copied().or(facts.weight);
    let weight = given.or_else(|| facts.capacity.map(|capacity| f64::from(capacity) / 100.0)).unwrap_or(1.0);
    let by_users = facts.capacity.map(|capacity| 1.0 - server.expected_users(now) / f64::from(capacity));
    let by_cpu = server.expected_cpu(now).map(|cpu| 1.0 - cpu / 100.0);
    let room = by_users.unwrap_or(1.0).min(by_cpu.unwrap_or(1.0));
    (weight * room).max(LEAST)
}

impl PlacementPolicy for Weighted {
    fn name(&self) -> &str {
        "weighted"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let draws = Draws::of(request.meeting);
        let mut scan = Scan::default();
        Box::new(std::iter::from_fn(move || {
            let key = |server: &FleetServer| {
                let weight = weight(&self.weights, server, request.now);
                Some((-draws.number(&server.server.name).ln() / weight, weight))
            };
            let (server, (score, weight)) = scan.next(request, key)?;
            Some(Candidate { server, score, reason: format!("drawn with weight {weight:.2}") })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Facts, fleet, order, shares};
    use super::*;

    fn assert_shares(servers: &[Facts], expected: &[f64]) {
        let shares = shares(&Weighted::default(), servers, 20_000);
        for (share, expected) in shares.iter().zip(expected) {
            // the standard deviation is below 0.0036
            assert!((share - expected).abs() < 0.015, "{shares:?}");
        }
    }

    fn weight_of(facts: Facts) -> f64 {
        let fleet = fleet(&[facts]);
        weight(&BTreeMap::new(), &fleet.servers()[0], super::super::fixture::NOW)
    }

    #[test]
    fn chances_are_in_proportion_to_weights() {
        let weighing = |name, weight| Facts { weight: Some(weight), ..Facts::named(name) };
        assert_shares(&[weighing("a", 1.0), weighing("b", 2.0), weighing("c", 5.0)], &[0.125, 0.25, 0.625]);
    }

    #[test]
    fn given_weights_take_the_place_of_the_servers_own() {
        let weighing = |name, weight| Facts { weight: Some(weight), ..Facts::named(name) };
        let weights = [("a".into(), 3.0), ("c".into(), 2.0)].into();
        let shares = shares(&Weighted { weights }, &[weighing("a", 1.0), weighing("b", 5.0)], 20_000);
        // the standard deviation is below 0.0036
        assert!((shares[0] - 0.375).abs() < 0.015, "{shares:?}");
    }

    #[test]
    fn the_weight_is_the_configured_one_else_the_capacitys_else_one() {
        let facts = |weight, capacity| Facts { weight, capacity, ..Facts::named("a") };
        for (facts, expected) in
            [(facts(Some(3.0), Some(200)), 3.0), (facts(None, Some(200)), 2.0), (facts(None, None), 1.0)]
        {
            assert!((weight_of(facts) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn a_full_server_is_drawn_less_often_by_users_and_by_cpu() {
        let facts = |users, cpu| Facts { weight: Some(1.0), capacity: Some(100), users, cpu, ..Facts::named("a") };
        for (facts, expected) in [
            (facts(75, None), 0.25),
            (facts(0, Some(60.0)), 0.4),
            (facts(50, Some(10.0)), 0.5),
            (facts(400, Some(100.0)), LEAST),
        ] {
            assert!((weight_of(facts) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn who_is_left_keeps_the_order() {
        let servers: Vec<_> = (1..6)
            .zip(["a", "b", "c", "d", "e"])
            .map(|(weight, name)| Facts { weight: Some(f64::from(weight)), ..Facts::named(name) })
            .collect();
        let all = order(&Weighted::default(), &servers, None, "room-1");
        let without_first: Vec<_> = servers.iter().filter(|server| server.name != all[0]).cloned().collect();
        assert_eq!(order(&Weighted::default(), &without_first, None, "room-1"), all[1..]);
    }
}
