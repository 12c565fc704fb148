//! What a monitor says of a server: [`HostStatus`] and its [`Service`]s.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The monitor's word on the machine. The numbers are those that getServers answers as `status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HostStatus {
    /// No monitor watches it.
    #[default]
    Undefined = 0,
    /// Not checked yet: no news.
    Pending = 1,
    /// Answers.
    Up = 2,
    /// Does not answer.
    Down = 3,
    /// Something on the way to it does not answer.
    Unreachable = 4,
}

/// The state of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ServiceState {
    /// Within its limits.
    Ok,
    /// Past the first limit: the server takes no new meetings.
    Warning,
    /// Past the second limit: the server takes no new meetings, not even as a last resort.
    Critical,
    /// The check could not tell, or its reporter has gone silent. Disables nothing.
    Unknown,
    /// Not checked yet: no news. What was known before stays.
    Pending,
}

/// One thing that the monitor checks on a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// As the monitor calls it, such as `Processor Report`.
    pub name: String,
    /// Its state at the last check.
    pub state: ServiceState,
    /// What the check printed, for people. May be empty: Nagios drops texts that are not ASCII.
    pub output: String,
    /// When it was last checked, by the monitor's clock; absent if never or not told.
    pub checked_at: Option<Timestamp>,
}
