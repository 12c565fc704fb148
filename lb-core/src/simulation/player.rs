//! [`Player`]: a policy, and how it [sees](Sight) the servers.

use std::sync::Arc;
use std::time::Duration;

use crate::fleet::FleetRules;
use crate::placement::PlacementPolicy;

/// Who places the meetings of a scenario.
#[derive(Clone, Debug)]
pub struct Player {
    pub(super) policy: Arc<dyn PlacementPolicy>,
    pub(super) sight: Sight,
    pub(super) rules: Arc<FleetRules>,
    pub(super) seed: u64,
    pub(super) memory: Option<Vec<u8>>,
    pub(super) course: bool,
}

/// What the balancer gets to see of the servers: late, coarse, and not always.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// How often the monitor reports each server; the CPU is the mean since its last report. At least 1 s.
    pub monitor: Duration,
    /// How often each server is asked for its meetings. At least 1 s.
    pub list: Duration,
    /// How many of the polls of either kind are lost, 0 to 1.
    pub loss: f64,
}

impl Default for Sight {
    /// The monitor every 15 s, lists every 10 s, and one poll of a hundred lost.
    fn default() -> Self {
        Self { monitor: Duration::from_secs(15), list: Duration::from_secs(10), loss: 0.01 }
    }
}

impl Player {
    /// A player that places by `policy` and sees what a balancer usually sees. Policies may remember placements: each
    /// player needs one of its own.
    pub fn new(policy: Arc<dyn PlacementPolicy>) -> Self {
        let sight = Sight::default();
        Self { policy, sight, rules: Arc::default(), seed: 0, memory: None, course: false }
    }

    /// The same player with other eyes.
    #[must_use]
    pub fn seeing(self, sight: Sight) -> Self {
        Self { sight, ..self }
    }

    /// The same player, whose fleet is judged by `rules`: when a server is suspended, how a new meeting counts.
    #[must_use]
    pub fn judging_by(self, rules: FleetRules) -> Self {
        Self { rules: Arc::new(rules), ..self }
    }

    /// The same player with other luck: which polls are lost is drawn from `seed`.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same player, whose policy begins with what it [kept](crate::placement::Learner::keep) before. A policy that does
    /// not learn does without.
    #[must_use]
    pub fn remembering(self, kept: Vec<u8>) -> Self {
        Self { memory: Some(kept), ..self }
    }

    /// The same player, whose outcome has the [`Course`](super::Course) too.
    #[must_use]
    pub fn with_course(self) -> Self {
        Self { course: true, ..self }
    }
}
