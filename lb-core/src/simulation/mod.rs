//! A network that is lived through in a moment: how a policy does is measured before it is switched on.
//!
//! Pure and deterministic: the same scenario and the same policy give the same figures, bit by bit.

pub mod replay;
mod scenario;
pub mod workload;

pub use self::scenario::{Costs, Outage, OutageKind, Scenario, SimulatedMeeting, SimulatedPerson, SimulatedServer};
