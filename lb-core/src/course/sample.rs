//! [`Sample`]: how much load there is at one moment, as far as somebody knows.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};

/// What was learnt longer ago than this says nothing of now.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// How much load there is. Absent is not known, which is not the same as nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Users in meetings.
    pub users: Option<u32>,
    /// Meetings that run.
    pub meetings: Option<u32>,
    /// Users with audio.
    pub audio: Option<u32>,
    /// Users with video.
    pub video: Option<u32>,
    /// CPU in use, per cent; of the network, the mean of the servers of which it is known.
    pub cpu: Option<f64>,
    /// Memory in use, per cent, likewise.
    pub memory: Option<f64>,
}

impl Sample {
    /// What is known of one server of `fleet` at `now`.
    pub fn of(server: &FleetServer, fleet: &Fleet, now: Timestamp) -> Self {
        let is_fresh = |at: Timestamp| now.since(at.as_past(now)) <= FRESH;
        let monitored = !server.gone && fleet.monitor().good_at.is_some_and(is_fresh);
        let listed = server.list.as_ref().map(|list| is_fresh(list.asked_at));
        // where it never listed its meetings, the monitor may count them
        let counts = !server.is_suspended() && listed.unwrap_or(monitored && server.measured.users.is_some());
        Self {
            users: counts.then(|| server.users()),
            meetings: counts.then(|| server.meetings()),
            audio: server.audio().filter(|_| counts),
            video: server.video().filter(|_| counts),
            cpu: server.cpu(now),
            memory: server.measured.memory.filter(|_| monitored),
        }
    }

    /// What is known of all servers together: the sum of those that are known.
    pub fn of_all(fleet: &Fleet, now: Timestamp) -> Self {
        let samples = || fleet.servers().iter().map(|server| Self::of(server, fleet, now));
        Self {
            users: sum(samples().map(|sample| sample.users)),
            meetings: sum(samples().map(|sample| sample.meetings)),
            audio: sum(samples().map(|sample| sample.audio)),
            video: sum(samples().map(|sample| sample.video)),
            cpu: mean(samples().map(|sample| sample.cpu)),
            memory: mean(samples().map(|sample| sample.memory)),
        }
    }

    /// Whether anything is known.
    pub fn is_known(&self) -> bool {
        *self != Self::default()
    }
}

fn sum(counts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    counts.flatten().fold(None, |sum, count| Some(sum.unwrap_or(0_u32).saturating_add(count)))
}

fn mean(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (count, sum) = figures.flatten().fold((0_u32, 0.0), |(count, sum), figure| (count + 1, sum + figure));
    (count > 0).then(|| sum / f64::from(count))
}
