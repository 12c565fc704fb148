//! [`Course`]: the utilisation of every server over time, to be drawn.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::server::ServerName;

/// The utilisation of every server, minute by minute, from where the scenario is [measured](super::Scenario::measured_from) on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The servers, as the scenario has them.
    pub servers: Vec<ServerName>,
    /// For each of them the mean of each minute, per cent, may be over 100; `None` where it did not serve in that minute.
    /// The last minute may be shorter.
    pub utilisation: Vec<Vec<Option<f32>>>,
}

impl Course {
    /// What one figure is the mean of.
    pub const STEP: Duration = Duration::from_secs(60);
}
