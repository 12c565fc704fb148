//! [`Random`]: any server, with equal chances.

use super::draw::Draws;
use super::{Candidate, PlacementPolicy, PlacementRequest, Scan};
use crate::fleet::FleetServer;

/// The eligible servers in random order. The same meeting always draws the same order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Random;

impl PlacementPolicy for Random {
    fn name(&self) -> &str {
        "random"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let draws = Draws::of(request.meeting);
        let mut scan = Scan::default();
        Box::new(std::iter::from_fn(move || {
            let key = |server: &FleetServer| Some(draws.number(&server.server.name));
            let (server, score) = scan.next(request, key)?;
            Some(Candidate { server, score, reason: format!("drew the lowest number: {score:.3}") })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Facts, order, shares};
    use super::*;

    #[test]
    fn every_server_is_first_equally_often() {
        let servers = ["a", "b", "c", "d", "e"].map(Facts::named);
        // 2000 each; the standard deviation is 40
        let shares = shares(&Random, &servers, 10_000);
        assert!(shares.iter().all(|share| (share - 0.2).abs() < 0.016), "{shares:?}");
    }

    #[test]
    fn a_meeting_draws_the_same_order_whoever_else_is_eligible() {
        let servers = ["a", "b", "c", "d", "e"].map(Facts::named);
        for meeting in ["room-1", "room-2", "room-3"] {
            let all = order(&Random, &servers, None, meeting);
            let without_first: Vec<_> = servers.iter().filter(|server| server.name != all[0]).cloned().collect();
            assert_eq!(order(&Random, &without_first, None, meeting), all[1..]);
        }
        assert_ne!(order(&Random, &servers, None, "room-1"), order(&Random, &servers, None, "room-2"));
    }
}
