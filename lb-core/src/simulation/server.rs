//! [`TrueServer`] and [`TrueMeeting`]: what there is, whatever the balancer sees of it.

use super::tally::{Tally, Whereabouts};
use super::timeline::Crowd;
use super::{Costs, OVERLOAD, SimulatedServer};
use crate::meeting::InternalMeetingId;

/// Work is counted in whole billionths of a per cent, so that what comes and goes leaves nothing behind.
const UNITS: f64 = 1e9;

pub(super) fn units(per_cent: f64) -> i64 {
    (per_cent * UNITS).round() as i64
}

pub(super) fn per_cent(units: i64) -> f64 {
    units as f64 / UNITS
}

/// A server as it is.
#[derive(Debug)]
pub(super) struct TrueServer {
    strength: f64,
    idle: i64,
    // with more work than this it is overloaded
    limit: i64,
    work: i64,
    pub(super) users: u32,
    pub(super) meetings: u32,
    utilisation: f64,
    /// Outages that go on.
    pub(super) failures: u32,
    pub(super) drains: u32,
    // until when it was accounted for
    settled: u64,
    // per cent × ms since the last minute, and how long it served in it
    minute: (f64, u64),
    // the same, at most 100 %, since the last report
    report: (f64, u64),
    /// Meetings that its next list shows otherwise than its last one.
    pub(super) changed: Vec<u32>,
    /// Whether it has forgotten all that its last list showed.
    pub(super) forgot: bool,
    /// Meetings that were lost with it and are to be created again.
    pub(super) lost: Vec<u32>,
    /// Lists in a row that it gave since it came back.
    pub(super) lists: u32,
}

impl TrueServer {
    pub(super) fn new(server: &SimulatedServer, costs: &Costs) -> Self {
        let mut new = Self {
            strength: server.strength,
            idle: units(costs.idle),
            limit: units(OVERLOAD * server.strength),
            work: 0,
            users: 0,
            meetings: 0,
            utilisation: 0.0,
            failures: 0,
            drains: 0,
            settled: 0,
            minute: (0.0, 0),
            report: (0.0, 0),
            changed: Vec::new(),
            forgot: false,
            lost: Vec::new(),
            lists: 0,
        };
        new.take_work(0);
        new
    }

    pub(super) fn is_dead(&self) -> bool {
        self.failures > 0
    }

    pub(super) fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// So much more work, or less. To be [settled](Self::settle) before.
    pub(super) fn take_work(&mut self, units: i64) {
        self.work = self.work.saturating_add(units);
        self.utilisation = per_cent(self.idle.saturating_add(self.work)) / self.strength;
    }

    /// Accounts for the time until now, in which nothing has changed.
    pub(super) fn settle(&mut self, now: u64, tally: &mut Tally) {
        let time = now - self.settled;
        self.settled = now;
        if time == 0 || self.is_dead() {
            return;
        }
        let overloaded = self.idle.saturating_add(self.work) > self.limit;
        tally.used(self.utilisation, overloaded, self.users, time);
        let used = |utilisation: f64, (sum, ms): (f64, u64)| (sum + utilisation * time as f64, ms + time);
        self.minute = used(self.utilisation, self.minute);
        self.report = used(self.utilisation.min(100.0), self.report);
    }

    /// Its mean utilisation since the last call, if it served.
    pub(super) fn take_minute(&mut self) -> Option<f64> {
        mean(std::mem::take(&mut self.minute))
    }

    /// Its mean utilisation since the last call, as a monitor sees it: no more than 100 %.
    pub(super) fn take_report(&mut self) -> Option<f64> {
        mean(std::mem::take(&mut self.report))
    }

    /// Memory in use, per cent: a fifth for itself and 0.2 for each user of a reference server. Nothing follows from it but
    /// what policies make of it.
    pub(super) fn memory(&self) -> f64 {
        (20.0 + 0.2 * f64::from(self.users) / self.strength).min(100.0)
    }

    /// Everything on it is gone. To be settled before.
    pub(super) fn lose_all(&mut self) {
        self.take_work(-self.work);
        (self.users, self.meetings, self.lists) = (0, 0, 0);
        self.changed.clear();
        self.forgot = true;
        self.report = (0.0, 0);
    }
}

fn mean((sum, ms): (f64, u64)) -> Option<f64> {
    (ms > 0).then(|| sum / ms as f64)
}

/// Where a meeting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Not created yet, or ended.
    Nowhere,
    On(usize),
    /// Lost with the server that it was on.
    Lost(usize),
    Refused,
}

impl Place {
    pub(super) fn whereabouts(self) -> Option<Whereabouts> {
        match self {
            Self::Nowhere => None,
            Self::On(_) => Some(Whereabouts::Placed),
            Self::Lost(_) => Some(Whereabouts::Lost),
            Self::Refused => Some(Whereabouts::Refused),
        }
    }
}

/// A meeting as it is. Its people are in it wherever it is, and be it nowhere.
#[derive(Clone, Debug)]
pub(super) struct TrueMeeting {
    pub(super) place: Place,
    /// Since when it is on its server.
    pub(super) since: u64,
    /// The incarnation that its server lists.
    pub(super) internal_id: Option<InternalMeetingId>,
    pub(super) crowd: Crowd,
    pub(super) work: i64,
    /// The most users that a list showed in it.
    pub(super) most_seen: u32,
    /// Whether it stands among those that have [changed](TrueServer::changed).
    pub(super) changed: bool,
}

impl TrueMeeting {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Nowhere,
            since: 0,
            internal_id: None,
            crowd: Crowd::default(),
            work: 0,
            most_seen: 0,
            changed: false,
        }
    }
}
