//! When each server is asked for its recordings: [`RecordingRounds`].

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Balancer;
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::recording::RecordingId;
use crate::server::{ServerName, ServerState};

/// When a server is asked after a meeting that may have been recorded has ended: its recording is listed at once, and
/// published when the server has worked on it.
const AFTER_AN_END: [Duration; 3] = [Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(600)];

/// Moments that are this near to each other are one, milliseconds: so one server has a bounded number of them.
const TOGETHER: u64 = 10_000;

/// The most moments that one server waits for.
const MOST_MOMENTS: usize = 100;

/// How long a server's lists may lack most of its recordings before they are believed: somebody has to mount its disk again.
const DOUBTED_FOR: Duration = Duration::from_secs(24 * 3600);

/// What is known of the polls of each server. Held for one look or one change and never across an await.
#[derive(Debug, Default)]
pub(super) struct RecordingRounds(Mutex<HashMap<ServerName, Round>>);

#[derive(Debug, Default)]
struct Round {
    asked_at: Option<Timestamp>,
    moments: BTreeSet<Timestamp>,
    /// What its last list lacked.
    lacking: HashSet<RecordingId>,
    failing: bool,
    /// Since when its lists lack most of its recordings.
    doubted_since: Option<Timestamp>,
}

impl Round {
    fn is_due(&self, now: Timestamp, interval: Duration) -> bool {
        self.asked_at.is_none_or(|asked_at| now.since(asked_at.as_past(now)) >= interval)
            || self.moments.first().is_some_and(|moment| *moment <= now)
    }
}

impl RecordingRounds {
    fn lock(&self) -> MutexGuard<'_, HashMap<ServerName, Round>> {
        // nothing under this lock can panic half-way through a change
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server is asked now.
    pub(super) fn asked(&self, server: &ServerName, now: Timestamp) {
        let mut rounds = self.lock();
        let round = rounds.entry(server.clone()).or_default();
        round.asked_at = Some(now);
        round.moments.retain(|moment| *moment > now);
    }

    /// A server is to be asked after `pause`.
    fn ask_after(&self, server: &ServerName, now: Timestamp, pause: Duration) {
        let mut rounds = self.lock();
        let moments = &mut rounds.entry(server.clone()).or_default().moments;
        if moments.len() < MOST_MOMENTS {
            let later = (now + pause).as_millis().div_ceil(TOGETHER).saturating_mul(TOGETHER);
            moments.insert(if pause.is_zero() { now } else { Timestamp::from_millis(later) });
        }
    }

    /// A server did not answer. Answers whether it is the first time in a row.
    pub(super) fn failed(&self, server: &ServerName) -> bool {
        let mut rounds = self.lock();
        !std::mem::replace(&mut rounds.entry(server.clone()).or_default().failing, true)
    }

    /// A server gave no list: doubts of its lists begin anew with the next one.
    pub(super) fn silent(&self, server: &ServerName) {
        if let Some(round) = self.lock().get_mut(server)
            && round.doubted_since.take().is_some()
        {
            round.lacking.clear();
        }
    }

    /// A server's list lacks most of its recordings. Answers whether it is not to be believed yet: two that are have to lack a
    /// recording.
    pub(super) fn doubted(&self, server: &ServerName, now: Timestamp) -> bool {
        let mut rounds = self.lock();
        let round = rounds.entry(server.clone()).or_default();
        let since = *round.doubted_since.get_or_insert(now);
        let is_doubted = now.since(since.as_past(now)) < DOUBTED_FOR;
        if is_doubted {
            round.lacking.clear();
        }
        is_doubted
    }

    /// A server's list lacks these. Answers those of them that the one before lacked too. Where the list was `doubted`, it is
    /// believed by now, and so is the next.
    pub(super) fn lacks(
        &self,
        server: &ServerName,
        lacking: HashSet<RecordingId>,
        doubted: bool,
    ) -> HashSet<RecordingId> {
        let mut rounds = self.lock();
        let round = rounds.entry(server.clone()).or_default();
        round.failing = false;
        if !doubted {
            round.doubted_since = None;
        }
        let twice = lacking.intersection(&round.lacking).cloned().collect();
        round.lacking = lacking;
        twice
    }
}

impl Balancer {
    /// The servers that should be asked for their recordings now: their [interval](super::Settings::recordings_interval) has
    /// passed, or something has happened there. Each is to be given to
    /// [`follow_recordings`](Balancer::follow_recordings), which takes it off the list.
    pub fn due_for_recordings(&self) -> Vec<ServerName> {
        let (now, fleet) = (self.clock.now(), self.fleet());
        let mut rounds = self.recording_rounds.lock();
        rounds.retain(|name, _| fleet.server(name).is_some());
        let is_due = |name: &ServerName| {
            rounds.get(name).is_none_or(|round| round.is_due(now, self.settings.recordings_interval))
        };
        let names = fleet.servers().iter().filter(|server| can_be_asked(server)).map(|server| &server.server.name);
        names.filter(|name| is_due(name)).cloned().collect()
    }

    /// Something has happened to the recordings of `server`: it is asked for them as soon as can be.
    pub fn recordings_due(&self, server: &ServerName) {
        self.recording_rounds.ask_after(server, self.clock.now(), Duration::ZERO);
    }

    /// A meeting that may have been recorded has ended on `server`.
    pub(super) fn recording_to_come(&self, server: &ServerName) {
        for pause in AFTER_AN_END {
            self.recording_rounds.ask_after(server, self.clock.now(), pause);
        }
    }
}

/// Whether a server that holds recordings may be called.
pub(super) fn can_be_asked(server: &FleetServer) -> bool {
    server.state().takes_calls() || server.state() == ServerState::Recording
}
