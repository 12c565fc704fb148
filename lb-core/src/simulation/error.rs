//! [`SimulationError`]: why a simulation came to nothing.

use crate::placement::{BadMemory, Misconduct};

/// Why a simulation came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// What the scenario says cannot be.
    #[error("the scenario {scenario} cannot be: {problem}")]
    Scenario {
        /// Its name.
        scenario: String,
        /// What cannot be in it.
        problem: String,
    },
    /// The balancer cannot see like that.
    #[error("nobody sees like that: {0}")]
    Sight(String),
    /// The policy did what none may do: in a balancer it would be fenced off.
    #[error("the policy {policy} {misconduct}{}", with_whom(meeting.as_deref()))]
    Misconduct {
        /// Its name.
        policy: String,
        /// What it did.
        misconduct: Misconduct,
        /// The meeting that was to be placed, if one was.
        meeting: Option<String>,
    },
    /// The policy cannot read what it is to remember.
    #[error(transparent)]
    Memory(#[from] BadMemory),
}

fn with_whom(meeting: Option<&str>) -> String {
    meeting.map_or_else(String::new, |meeting| format!(", when the meeting {meeting} was to be placed"))
}
