//! [`Measures`]: how well a scenario went.

use serde::{Deserialize, Serialize};

/// How well a scenario went with one policy. User-minutes are counted exactly, by the millisecond.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// How long all people together are in their meetings: what the scenario says, whatever became of it. It is the sum of
    /// the placed, the refused and the lost ones.
    pub user_minutes: f64,
    /// … in meetings that a server holds.
    pub placed_user_minutes: f64,
    /// … in meetings that found no server.
    pub refused_user_minutes: f64,
    /// … in meetings that were lost with their server and not yet created again.
    pub lost_user_minutes: f64,
    /// … on servers that were [overloaded](super::OVERLOAD).
    pub overloaded_user_minutes: f64,
    /// The highest utilisation of any server at any moment, per cent.
    pub peak_utilisation: f64,
    /// The utilisation that servers were below for 99 % of the time in which they served, per cent: of all servers
    /// together, to a tenth.
    pub p99_utilisation: f64,
    /// How unlike the servers were used: the standard deviation of the utilisation across those that served, mean over all
    /// minutes, per cent.
    pub imbalance: f64,
    /// How far people were from the server that held their meeting, mean over the time in which they were there,
    /// kilometres. Absent where no position is known.
    pub mean_km: Option<f64>,
    /// What that distance costs, there and back, milliseconds: 2 × km / 200 km per ms (light in fibre), and
    /// [10 ms](Self::LAST_MILE_MS) that every way has.
    pub mean_latency_ms: Option<f64>,
    /// Meetings that found a server, those that were created again among them.
    pub placements: u64,
    /// Meetings that found none.
    pub refused: u64,
    /// Users who were in a meeting when it was created again because its server had failed.
    pub moved: u64,
    /// Creates that failed on a server that was not yet known to be down, and went to the next.
    pub retried: u64,
}

impl Measures {
    /// What every way costs beside its distance, there and back, milliseconds.
    pub const LAST_MILE_MS: f64 = 10.0;

    /// Kilometres that light goes in a millisecond in fibre.
    pub const KM_PER_MS: f64 = 200.0;

    /// User-minutes that were not as they should be: overloaded, refused or lost.
    pub fn suffered_user_minutes(&self) -> f64 {
        self.overloaded_user_minutes + self.refused_user_minutes + self.lost_user_minutes
    }
}
