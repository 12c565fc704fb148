//! Servers of different strengths.

use super::draw::Draw;
use crate::position::Position;
use crate::simulation::SimulatedServer;

/// How strong servers are, and how many of a hundred are so strong: old, usual and new machines.
const STRENGTHS: [(f64, f64); 3] = [(1.0, 50.0), (0.5, 30.0), (2.0, 20.0)];

/// The strength of a server on average.
pub(super) const MEAN_STRENGTH: f64 = 1.05;

/// `servers` servers called `bbb-1`, `bbb-2` …: of ten, three of strength 0.5, five of 1 and two of 2, in an order that the
/// seed decides. They have no positions and no limits.
pub fn fleet(seed: u64, servers: usize) -> Vec<SimulatedServer> {
    fleet_at(seed, servers, &[(1.0, None)])
}

/// The same at `sites`: the share of the servers that stands at each, and where that is.
pub(super) fn fleet_at(seed: u64, servers: usize, sites: &[(f64, Option<Position>)]) -> Vec<SimulatedServer> {
    let at = apportion(servers, sites.iter().map(|(share, _)| *share));
    let mut all = Vec::with_capacity(servers);
    // the strengths are shared out within each site, so that none is weak by chance
    for (site, (_, position)) in sites.iter().enumerate() {
        let here = at.iter().filter(|place| **place == site).count();
        let strengths = apportion(here, STRENGTHS.iter().map(|(_, share)| *share));
        let strengths = strengths.into_iter().filter_map(|place| STRENGTHS.get(place).map(|(strength, _)| *strength));
        all.extend(strengths.map(|strength| (strength, *position)));
    }
    Draw::new(seed, "fleet").shuffle(&mut all);
    let server = |(number, (strength, position)): (usize, (f64, Option<Position>))| SimulatedServer {
        name: format!("bbb-{}", number + 1).into(),
        position,
        strength,
        capacity: None,
        tags: Vec::new(),
    };
    all.into_iter().enumerate().map(server).collect()
}

/// Who of those with `shares` gets each of `seats`: always the one that lacks the most.
fn apportion(seats: usize, shares: impl Iterator<Item = f64> + Clone) -> Vec<usize> {
    let whole: f64 = shares.clone().sum();
    let mut due: Vec<f64> = shares.clone().map(|_| 0.0).collect();
    let seat = |_| {
        due.iter_mut().zip(shares.clone()).for_each(|(due, share)| *due += share / whole);
        // the first of those with the most
        let most = due.iter().enumerate().reduce(|most, next| if *next.1 > *most.1 { next } else { most });
        let taker = most.map_or(0, |(place, _)| place);
        due.iter_mut().skip(taker).take(1).for_each(|due| *due -= 1.0);
        taker
    };
    (0..seats).map(seat).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ten_servers_three_are_weak_and_two_are_strong_whatever_the_seed() {
        for seed in 0..5 {
            let fleet = fleet(seed, 20);
            let of = |strength: f64| fleet.iter().filter(|server| server.strength == strength).count();
            assert_eq!((of(0.5), of(1.0), of(2.0)), (6, 10, 4));
            let mean = fleet.iter().map(|server| server.strength).sum::<f64>() / 20.0;
            assert!((mean - MEAN_STRENGTH).abs() < 1e-9);
        }
        let order = |seed| fleet(seed, 20).iter().map(|server| server.strength.to_bits()).collect::<Vec<_>>();
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn seats_are_shared_out_as_nearly_as_they_can_be() {
        assert_eq!(apportion(4, [3.0, 1.0].into_iter()), [0, 0, 1, 0]);
        assert_eq!(apportion(1, [1.0, 9.0].into_iter()), [1]);
    }
}
