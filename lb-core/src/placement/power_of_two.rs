//! [`PowerOfTwo`]: the less loaded of two that are drawn.

use super::draw::Draws;
use super::least::cpu_words;
use super::{Candidate, PlacementPolicy, PlacementRequest, Scan};
use crate::clock::Timestamp;
use crate::fleet::FleetServer;

/// Two eligible servers are drawn at random and the less loaded one is taken: the less CPU with the expected users, unknown
/// CPU behind known, then the fewer users. Next comes the less loaded of the one that was left and another drawn, and so
/// on. The same meeting draws the same servers.
///
/// With stale figures the least loaded server of all would be everybody's first choice until the next poll; this is not
/// (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
#[derive(Debug, Clone, Copy, Default)]
pub struct PowerOfTwo;

/// What two servers are compared by; less is better.
fn load(server: &FleetServer, now: Timestamp) -> (bool, f64, f64) {
    let cpu = server.expected_cpu(now);
    (cpu.is_none(), cpu.unwrap_or_default(), server.expected_users(now))
}

impl PlacementPolicy for PowerOfTwo {
    fn name(&self) -> &str {
        "power-of-two"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let draws = Draws::of(request.meeting);
        let mut scan = Scan::default();
        Box::new(std::iter::from_fn(move || {
            let number = |server: &FleetServer| draws.number(&server.server.name);
            let (first, _) = scan.peek(request, |server| Some(number(server)))?;
            let another = |server: &FleetServer| server.server.name != first.server.name;
            let second = scan.peek(request, |server| another(server).then(|| number(server)));
            let (taken, left) = match second {
                Some((second, _)) if load(second, request.now) < load(first, request.now) => (second, Some(first)),
                Some((second, _)) => (first, Some(second)),
                None => (first, None),
            };
            let is_taken = |server: &FleetServer| (server.server.name == taken.server.name).then_some(());
            let (server, ()) = scan.next(request, is_taken)?;
            let score = server.expected_cpu(request.now).unwrap_or(f64::INFINITY);
            let words = |server: &FleetServer| {
                format!("CPU {}, {:.0} users", cpu_words(server, request), server.expected_users(request.now))
            };
            let reason = match left {
                Some(left) => format!("{}; drawn with it was {}: {}", words(server), left.server.name, words(left)),
                None => format!("{}; no other was left", words(server)),
            };
            Some(Candidate { server, score, reason })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Facts, order, shares};
    use super::*;

    fn server(name: &'static str, cpu: Option<f64>, users: u32) -> Facts {
        Facts { cpu, users, ..Facts::named(name) }
    }

    #[test]
    fn the_least_loaded_of_five_is_first_in_two_of_five_draws_and_the_most_loaded_never() {
        let loads = [("a", 90.0), ("b", 70.0), ("c", 50.0), ("d", 30.0), ("e", 10.0)];
        let servers = loads.map(|(name, cpu)| server(name, Some(cpu), 0));
        // of 10 pairs, the one that is k-th by load wins against the 5 - k behind it
        let shares = shares(&PowerOfTwo, &servers, 20_000);
        for (share, expected) in shares.iter().zip([0.0, 0.1, 0.2, 0.3, 0.4]) {
            assert!((share - expected).abs() < 0.015, "{shares:?}");
        }
        assert!(shares[0] < f64::EPSILON, "{shares:?}");
    }

    #[test]
    fn of_two_the_known_cpu_wins_and_then_the_fewer_users() {
        for (worse, better) in [
            (server("a", Some(50.0), 0), server("b", Some(40.0), 90)),
            (server("a", None, 0), server("b", Some(99.0), 90)),
            (server("a", None, 7), server("b", None, 6)),
            (server("a", Some(50.0), 7), server("b", Some(50.0), 6)),
        ] {
            for meeting in ["room-1", "room-2", "room-3", "room-4"] {
                assert_eq!(order(&PowerOfTwo, &[worse.clone(), better.clone()], None, meeting), ["b", "a"]);
            }
        }
    }

    #[test]
    fn when_the_first_has_failed_the_ranking_goes_on_as_it_was() {
        let servers = [("a", 5), ("b", 4), ("c", 3), ("d", 2), ("e", 1)].map(|(name, users)| server(name, None, users));
        for meeting in ["room-1", "room-2", "room-3", "room-4"] {
            let all = order(&PowerOfTwo, &servers, None, meeting);
            let left: Vec<_> = servers.iter().filter(|server| server.name != all[0]).cloned().collect();
            assert_eq!(order(&PowerOfTwo, &left, None, meeting), all[1..]);
            assert_eq!(all[4], "a", "the most loaded wins no comparison");
        }
    }
}
