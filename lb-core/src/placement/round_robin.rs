//! [`RoundRobin`]: each server in turn.

use arc_swap::ArcSwapOption;

use super::{Candidate, Placed, PlacementPolicy, PlacementRequest, Scan};
use crate::server::ServerName;

/// Each server in turn, by name. Ranking only looks whose turn it is; a placement moves it on.
#[derive(Debug, Default)]
pub struct RoundRobin {
    last: ArcSwapOption<ServerName>,
}

impl PlacementPolicy for RoundRobin {
    fn name(&self) -> &str {
        "round-robin"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let last = self.last.load_full();
        let mut scan = Scan::default();
        let mut turn = 0.0;
        Box::new(std::iter::from_fn(move || {
            let had_turn = |name: &ServerName| last.as_deref().is_some_and(|last| name <= last);
            let (server, _) = scan.next(request, |server| Some(had_turn(&server.server.name)))?;
            turn += 1.0;
            Some(Candidate { server, score: turn, reason: "its turn".to_owned() })
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.last.store(Some(std::sync::Arc::new(placed.server.clone())));
    }
}
