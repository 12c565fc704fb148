//! A network that is lived through in a moment: how a policy does is measured before it is switched on.
//!
//! Pure and deterministic: the same scenario and the same player give the same figures, bit by bit.
//!
//! ```text
//!   Scenario: what happens, whatever a policy does      Player: a policy, and how it sees
//!        │                                                   │
//!        └────────────────────┬──────────────────────────────┘
//!                             ▼
//!   what is true:  people ──▶ meetings ──▶ utilisation of each server, exact at every moment
//!                             │  lists every 10 s, monitor every 15 s, some lost
//!   what is seen:             ▼
//!                  Fleet ──▶ policy ──▶ where each meeting goes ──▶ Outcome { measures, course }
//! ```
//!
//! A server is overloaded where its utilisation is over [`OVERLOAD`] per cent.

mod bound;
mod check;
mod clairvoyant;
mod course;
mod error;
mod measures;
mod placing;
mod play;
mod player;
pub mod replay;
mod scenario;
mod seeing;
mod server;
mod tally;
#[cfg(test)]
mod tests;
mod timeline;
pub mod workload;

pub use self::bound::{Bound, bound};
pub use self::clairvoyant::Clairvoyant;
pub use self::course::Course;
pub use self::error::SimulationError;
pub use self::measures::Measures;
pub use self::player::{Player, Sight};
pub use self::scenario::{Costs, Outage, OutageKind, Scenario, SimulatedMeeting, SimulatedPerson, SimulatedServer};

/// A server whose CPU is used for more than this, per cent, is overloaded: sound begins to break up on it.
pub const OVERLOAD: f64 = 80.0;

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How well it went.
    pub measures: Measures,
    /// The utilisation of every server, where the player [asks for it](Player::with_course).
    pub course: Option<Course>,
    /// What the policy has learnt, where it learns and has something to be kept: to be
    /// [remembered](Player::remembering) by the player of the next scenario.
    pub learnt: Option<Vec<u8>>,
}

/// Lives through `scenario` with the policy of `player`.
///
/// The policy is asked as the balancer asks it: it sees a real [`Fleet`](crate::fleet::Fleet), made of polls that are late and
/// sometimes lost; what it places counts there at once; a server that fails is called until it is known to be down.
///
/// # Errors
/// [`SimulationError`] where the scenario cannot be, or the policy does what no policy may.
pub fn simulate(scenario: &Scenario, player: &Player) -> Result<Outcome, SimulationError> {
    check::scenario(scenario)?;
    check::sight(&player.sight)?;
    play::Play::new(scenario, player)?.run()
}
