//! The [`Course`] of the load: how it went over the last day, for the network and for each server, in few bytes.
//!
//! The network has a sample for each [`TOTALS_EVERY`], a server one for each [`SERVERS_EVERY`]; both go back for [`KEPT`]. That
//! is 3 kB for each server, and 0.1 MB beside them: a thousand servers take 3 MB.
//!
//! What nobody knew at a time is a gap and never nothing: while the balancer did not run, while a server was silent, while no
//! monitor measured.

mod packed;
mod ring;
mod sample;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use self::packed::Packed;
use self::ring::Ring;
pub use self::sample::Sample;
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::server::ServerName;

/// How often the network is sampled.
pub const TOTALS_EVERY: Duration = Duration::from_secs(60);

/// How often each server is sampled.
pub const SERVERS_EVERY: Duration = Duration::from_secs(300);

/// How far the course goes back.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);

/// How many servers have a course, those that have left within the last day among them. Of more, those sampled longest ago go.
pub const MOST_SERVERS: usize = 10_000;

/// How the load went. It is a value: a sample makes another that shares what stayed the same.
#[derive(Clone, Debug)]
pub struct Course {
    totals: Arc<Ring<Sample>>,
    servers: BTreeMap<ServerName, Arc<Ring<Packed>>>,
    // of the network that no step has carried yet, oldest first
    unkept: Vec<(Timestamp, Sample)>,
    // that of the last step
    stepped: Option<Timestamp>,
}

/// What one step of a course is kept as: the servers at one moment, and the network since the step before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CourseStep {
    /// When the servers were sampled, rounded down to [`SERVERS_EVERY`].
    pub at: Timestamp,
    /// The network, oldest first, each rounded down to [`TOTALS_EVERY`].
    pub totals: Vec<(Timestamp, Sample)>,
    /// Each server of which something was known.
    pub servers: Vec<(ServerName, Sample)>,
}

/// One moment of a course; what is not known then is absent in its sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, rounded down to the rhythm.
    pub at: Timestamp,
    /// What was known.
    pub sample: Sample,
}

impl Default for Course {
    fn default() -> Self {
        Self { totals: Arc::new(Ring::new(TOTALS_EVERY)), servers: BTreeMap::new(), unkept: Vec::new(), stepped: None }
    }
}

impl Course {
    /// Whether a sample is due, so that [`recorded`](Self::recorded) answers another course.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.totals.lacks(now)
    }

    /// The course with what `fleet` shows at `now`, as far as that is due; and the step to be kept, where the servers were due.
    #[must_use]
    pub fn recorded(&self, fleet: &Fleet, now: Timestamp) -> (Self, Option<CourseStep>) {
        let mut next = self.clone();
        if !self.is_due(now) {
            return (next, None);
        }
        let total = Sample::of_all(fleet, now);
        Arc::make_mut(&mut next.totals).put(now, total);
        next.unkept.push((ring::rounded(now, TOTALS_EVERY), total));
        let at = ring::rounded(now, SERVERS_EVERY);
        if self.stepped == Some(at) {
            return (next, None);
        }
        let mut step = CourseStep { at, totals: std::mem::take(&mut next.unkept), servers: Vec::new() };
        let sampled = fleet.servers().iter().map(|server| (server.server.name.clone(), Sample::of(server, fleet, now)));
        step.servers = sampled.filter(|(_, sample)| sample.is_known()).collect();
        next.put_servers(&step);
        next.forget(now);
        (next, Some(step))
    }

    /// The course with what was kept of it before a restart, oldest step first. Steps from after `now` are left out.
    #[must_use]
    pub fn resumed(&self, steps: &[CourseStep], now: Timestamp) -> Self {
        let mut next = self.clone();
        for step in steps.iter().filter(|step| step.at <= now) {
            let totals = Arc::make_mut(&mut next.totals);
            step.totals.iter().filter(|(at, _)| *at <= now).for_each(|(at, sample)| totals.put(*at, *sample));
            next.put_servers(step);
        }
        next.forget(now);
        next
    }

    /// The network over the last day until `now`, oldest first, a point for each [`TOTALS_EVERY`].
    pub fn totals(&self, now: Timestamp) -> Vec<Point> {
        let point = |(at, sample)| Point { at, sample };
        self.totals.until(now).map(point).collect()
    }

    /// One server over the last day until `now`, oldest first, a point for each [`SERVERS_EVERY`]; none of a server that was
    /// never sampled.
    pub fn server(&self, name: &ServerName, now: Timestamp) -> Vec<Point> {
        let point = |(at, packed): (_, Packed)| Point { at, sample: packed.unpack() };
        self.servers.get(name).map(|ring| ring.until(now).map(point).collect()).unwrap_or_default()
    }

    /// When the network was sampled last; `None` before the first sample.
    pub fn last_total(&self) -> Option<Timestamp> {
        self.totals.newest()
    }

    /// When the servers were sampled last; `None` before the first time.
    pub fn last_step(&self) -> Option<Timestamp> {
        self.stepped
    }

    /// Since when there is anything to show; `None` before the first sample.
    pub fn since(&self) -> Option<Timestamp> {
        self.totals.oldest()
    }

    fn put_servers(&mut self, step: &CourseStep) {
        self.stepped = Some(step.at);
        for (name, sample) in &step.servers {
            let ring = self.servers.entry(name.clone()).or_insert_with(|| Arc::new(Ring::new(SERVERS_EVERY)));
            Arc::make_mut(ring).put(step.at, Packed::from(*sample));
        }
    }

    /// Lets go of servers that were not sampled for a day, and of the oldest beyond [`MOST_SERVERS`].
    fn forget(&mut self, now: Timestamp) {
        let since = now.before(KEPT);
        self.servers.retain(|_, ring| ring.newest().is_some_and(|newest| newest >= since));
        if self.servers.len() > MOST_SERVERS {
            let mut by_age: Vec<_> = self.servers.iter().map(|(name, ring)| (ring.newest(), name.clone())).collect();
            by_age.sort();
            for (_, name) in by_age.into_iter().take(self.servers.len() - MOST_SERVERS) {
                self.servers.remove(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests;
