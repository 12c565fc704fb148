//! [`SimulationError`]: why a simulation came to nothing.

use crate::placement::BadMemory;

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
    /// The policy panicked.
    #[error("the policy {policy} panicked while {doing}: {message}")]
    Panicked {
        /// Its name.
        policy: String,
        /// What it was asked for.
        doing: &'static str,
        /// What it said.
        message: String,
    },
    /// The policy ranked a server twice for one meeting.
    #[error("the policy {policy} ranked the server {server} twice for the meeting {meeting}")]
    RankedTwice {
        /// Its name.
        policy: String,
        /// The server.
        server: String,
        /// The meeting.
        meeting: String,
    },
    /// The policy ranked a server that may not have the meeting, or that there is not.
    #[error("the policy {policy} ranked the server {server} for the meeting {meeting}, which was not offered")]
    NotOffered {
        /// Its name.
        policy: String,
        /// The server.
        server: String,
        /// The meeting.
        meeting: String,
    },
    /// The policy gave a server a score that is not a number.
    #[error("the policy {policy} gave the server {server} a score that is not a number for the meeting {meeting}")]
    NotANumber {
        /// Its name.
        policy: String,
        /// The server.
        server: String,
        /// The meeting.
        meeting: String,
    },
    /// The policy cannot read what it is to remember.
    #[error(transparent)]
    Memory(#[from] BadMemory),
}
