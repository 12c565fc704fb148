//! [`ShownServer`]: one server as the dashboard shows it. Figures are as coarse as they are shown, so that what looks the same
//! is the same and is not sent again.

use std::time::Duration;

use lb_core::balancer::Balancer;
use lb_core::fleet::FleetServer;
use lb_core::server::{AdministratorWord, CallOutcome, Contact, ServerState};
use lb_core::{Position, ServerName, Timestamp};

/// One server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShownServer {
    pub(crate) name: ServerName,
    pub(crate) state: ServerState,
    /// Why it is in that state.
    pub(crate) reasons: Vec<String>,
    /// What an administrator said of it.
    pub(crate) word: AdministratorWord,
    /// CPU in use, whole per cent.
    pub(crate) cpu: Option<u32>,
    /// Memory in use, whole per cent.
    pub(crate) memory: Option<u32>,
    pub(crate) meetings: u32,
    pub(crate) users: u32,
    pub(crate) audio: Option<u32>,
    pub(crate) video: Option<u32>,
    /// Meetings that were placed on it and that no list has shown yet.
    pub(crate) pending: u32,
    /// The most users it is to be given.
    pub(crate) capacity: Option<u32>,
    pub(crate) position: Option<Position>,
    pub(crate) answers: Answers,
    /// When servers were sampled last: its course has a new point when that changes.
    pub(crate) sampled_at: Option<Timestamp>,
}

/// How a server answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Answers {
    /// Calls to it that are under way.
    pub(crate) under_way: u32,
    /// What the last call came to, and how many milliseconds it took.
    pub(crate) last: Option<(CallOutcome, u64)>,
    /// How many milliseconds the last calls took, in the middle.
    pub(crate) median: Option<u64>,
    /// How many of the last calls it did not answer.
    pub(crate) failures: usize,
}

impl From<&Contact> for Answers {
    fn from(contact: &Contact) -> Self {
        Self {
            under_way: contact.under_way,
            last: contact.last().map(|call| (call.outcome, coarse(call.took))),
            median: contact.median().map(coarse),
            failures: contact.failures(),
        }
    }
}

impl ShownServer {
    /// What is known of `server` at `now`. Servers were last sampled for their courses at `sampled_at`.
    pub(super) fn of(server: &FleetServer, balancer: &Balancer, sampled_at: Option<Timestamp>, now: Timestamp) -> Self {
        let percent = |figure: f64| figure.clamp(0.0, 999.0).round() as u32;
        Self {
            name: server.server.name.clone(),
            state: server.state(),
            reasons: server.reasons().to_vec(),
            word: server.word,
            cpu: server.cpu(now).map(percent),
            memory: server.measured.memory.map(percent),
            meetings: server.meetings(),
            users: server.users(),
            audio: server.audio(),
            video: server.video(),
            pending: server.pending_placements(),
            capacity: server.server.capacity,
            position: server.server.position,
            answers: Answers::from(&balancer.contact(&server.server.name)),
            sampled_at,
        }
    }
}

/// Milliseconds with two digits that count.
fn coarse(time: Duration) -> u64 {
    let millis = time.as_millis() as u64;
    let unit = 10_u64.pow(millis.checked_ilog10().unwrap_or(0).saturating_sub(1));
    (millis + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_with_two_digits() {
        let shown = [0, 7, 42, 99, 101, 849, 996, 8049, 12_345].map(|millis| coarse(Duration::from_millis(millis)));
        assert_eq!(shown, [0, 7, 42, 99, 100, 850, 1000, 8000, 12_000]);
    }
}
