//! How meetings find a server: the policy ranks, as in the balancer, and is watched while it does.

use std::fmt;

use super::play::Play;
use super::server::Place;
use super::{SimulatedMeeting, SimulationError};
use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::MeetingKey;
use crate::placement::fence::{Doing, guarded, ranked};
use crate::placement::{FinishedMeeting, Misconduct, Placed, PlacementPolicy, PlacementRequest};
use crate::server::{Failed, ServerName};

/// So many rankings are looked at to their end, and then one in [`WHOLE_EVERY`]: every candidate may cost a pass over all
/// servers.
const WHOLE: u64 = 10;

const WHOLE_EVERY: u64 = 4096;

/// So many candidates of each tenth ranking are looked at. Of the others only the first.
const LOOKED_AT: usize = 3;

/// A policy that may panic: what it does then is an error that names it.
#[derive(Clone, Copy)]
pub(super) struct Fence<'a> {
    policy: &'a dyn PlacementPolicy,
}

impl<'a> Fence<'a> {
    pub(super) fn around(policy: &'a dyn PlacementPolicy) -> Self {
        Self { policy }
    }

    fn named(self, misconduct: Misconduct, meeting: Option<&MeetingKey>) -> SimulationError {
        let name = guarded(Doing::Making, || self.policy.name().to_owned());
        let policy = name.unwrap_or_else(|_| "without a name".to_owned());
        SimulationError::Misconduct { policy, misconduct, meeting: meeting.map(ToString::to_string) }
    }

    /// What the policy answers while it is `doing` that.
    fn call<T>(self, doing: Doing, call: impl FnOnce(&'a dyn PlacementPolicy) -> T) -> Result<T, SimulationError> {
        // nothing of it is looked at any more if it panics
        guarded(doing, || call(self.policy)).map_err(|misconduct| self.named(misconduct, None))
    }

    pub(super) fn recall(self, kept: &[u8]) -> Result<(), SimulationError> {
        let recalled = self.call(Doing::Recalling, |policy| policy.learner().map_or(Ok(()), |it| it.recall(kept)))?;
        Ok(recalled?)
    }

    pub(super) fn keep(self) -> Result<Option<Vec<u8>>, SimulationError> {
        self.call(Doing::Keeping, |policy| policy.learner().and_then(|it| it.keep()))
    }

    pub(super) fn observe(self, fleet: &Fleet, now: Timestamp) -> Result<(), SimulationError> {
        self.call(Doing::Observing, |policy| policy.learner().map(|it| it.observe(fleet, now))).map(|_| ())
    }

    pub(super) fn ended(self, meeting: &FinishedMeeting<'_>) -> Result<(), SimulationError> {
        self.call(Doing::Learning, |policy| policy.learner().map(|it| it.ended(meeting))).map(|_| ())
    }

    fn placed(self, placed: &Placed<'_>) -> Result<(), SimulationError> {
        self.call(Doing::Placed, |policy| policy.placed(placed))
    }

    /// Where the best server stands in the fleet, of those that are ranked; the first `looked_at` of them are checked.
    fn best(self, request: &PlacementRequest<'_>, looked_at: usize) -> Result<Option<usize>, SimulationError> {
        let mut best = None;
        for candidate in ranked(self.policy, request).take(looked_at) {
            let candidate = candidate.map_err(|misconduct| self.named(misconduct, Some(request.meeting)))?;
            best = best.or_else(|| request.fleet.index_of(&candidate.server.server.name));
        }
        Ok(best)
    }
}

/// How much of the ranking number `ranking` is looked at.
fn looked_at(ranking: u64) -> usize {
    match ranking {
        0..WHOLE => usize::MAX,
        _ if ranking.is_multiple_of(WHOLE_EVERY) => usize::MAX,
        _ if ranking.is_multiple_of(10) => LOOKED_AT,
        _ => 1,
    }
}

impl fmt::Debug for Fence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policy.fmt(f)
    }
}

impl Play<'_> {
    /// A website creates a meeting, for the first time or because its server has failed: `tried`.
    pub(super) fn place(&mut self, number: usize, mut tried: Vec<ServerName>) -> Result<(), SimulationError> {
        let SimulatedMeeting { key, hints, position, .. } = &self.scenario.meetings[number];
        let now = self.clock();
        loop {
            let is_eligible = |server: &FleetServer| {
                server.state().takes_new_meetings() && server.has_room(now) && !tried.contains(&server.server.name)
            };
            let request = PlacementRequest {
                fleet: &self.fleet,
                eligible: &is_eligible,
                position: *position,
                meeting: key,
                hints: *hints,
                now,
            };
            let Some(index) = self.fence.best(&request, looked_at(self.tally.placements))? else {
                self.tally.refused += 1;
                self.move_people(number, Place::Refused);
                return Ok(());
            };
            let server = self.of_fleet[index];
            let name = &self.scenario.servers[server].name;
            self.fence.placed(&Placed { server: name, meeting: key, hints: *hints, now })?;
            self.fleet.change_server(index, now, |server| server.place(key.clone(), None, now));
            if !self.servers[server].is_dead() {
                self.put(number, server);
                return Ok(());
            }
            self.fleet.change_server(index, now, |server| {
                server.unplace(key, None, now);
                server.failed(Failed::Refused, now);
            });
            tried.push(name.clone());
            self.tally.retried += 1;
        }
    }
}
