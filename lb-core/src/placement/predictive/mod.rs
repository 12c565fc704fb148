//! [`Predictive`]: the least load over the meeting's life, as far as it can be foreseen.
//!
//! What it does, step by step:
//!
//! 1. It **learns** from every meeting that ends: users, cameras, length, and how fast it filled up, for the room, for the
//!    integration at this hour of the week (UTC), for the integration, and for all. A kind of which n meetings were seen
//!    weighs n / (n + doubt) beside the wider kind; behind all stands a prior, so that there is something to go by on the first
//!    day.
//! 2. It **looks** at every server a few times a minute: what its list shows of each meeting corrects what was expected of
//!    it, its age tells how near its end is, and the CPU measured beside the work listed tells how strong the server is.
//!    Meetings that were placed and not listed yet count with what is expected of them.
//! 3. It **places** where the new meeting adds the least penalty, summed over its own expected life and over all users of the
//!    server: the penalty rises steeply towards 80 % of the CPU. It weighs four [`sizes`] that the meeting may turn out to
//!    have, so that a room of which little is known goes where there is room for a crowd.

mod attended;
mod estimate;
mod forecast;
mod kept;
mod memory;
mod mind;
mod notebook;
mod outlook;
mod penalty;
mod ranking;
mod record;
mod sizes;
mod spread;
mod steps;
mod strength;
mod table;
#[cfg(test)]
mod tests;
mod work;

use self::mind::Mind;
pub use self::penalty::Penalty;
pub(super) use self::ranking::Ranking;
pub use self::work::Work;
use super::{BadMemory, Candidate, FinishedMeeting, Learner, Placed, PlacementPolicy, PlacementRequest};
use crate::clock::Timestamp;
use crate::fleet::Fleet;

/// The least load over the meeting's life, as far as it can be foreseen from what was learnt of earlier ones.
///
/// The score is the penalty that the meeting adds, for each minute of each of its users: 1 is as bad as if nothing but they
/// suffered, on a server at [`Penalty::limit`]. A server that was never [observed](Learner::observe) is taken to stay as it is.
#[derive(Debug)]
pub struct Predictive {
    /// What meetings cost.
    pub work: Work,
    /// How bad load is.
    pub penalty: Penalty,
    mind: Mind,
}

impl Default for Predictive {
    fn default() -> Self {
        Self::new(Work::default(), Penalty::default())
    }
}

impl Predictive {
    /// One that has learnt nothing.
    pub fn new(work: Work, penalty: Penalty) -> Self {
        Self { work, penalty, mind: Mind::new(&work) }
    }
}

impl PlacementPolicy for Predictive {
    fn name(&self) -> &str {
        "predictive"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut ranking = Ranking::new(self, request, |_, penalty| penalty);
        Box::new(std::iter::from_fn(move || {
            let (server, penalty) = ranking.next()?;
            Some(Candidate { server, score: f64::from(penalty), reason: ranking.words(server) })
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.mind.placed(placed, &self.work);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(self)
    }
}

impl Learner for Predictive {
    fn observe(&self, fleet: &Fleet, now: Timestamp) {
        self.mind.observe(fleet, &self.work, now);
    }

    fn ended(&self, meeting: &FinishedMeeting<'_>) {
        self.mind.ended(meeting);
    }

    fn keep(&self) -> Option<Vec<u8>> {
        self.mind.keep()
    }

    fn recall(&self, kept: &[u8]) -> Result<(), BadMemory> {
        self.mind.recall(kept).map_err(|problem| BadMemory { policy: self.name().to_owned(), problem })
    }
}
