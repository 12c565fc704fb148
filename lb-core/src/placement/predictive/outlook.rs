//! [`Outlook`]: what is expected of every server, as readers see it without a lock.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use super::forecast::{Forecast, Life, Seen};
use super::penalty::Burden;
use super::steps::{Course, MIDDLES, STEPS};
use super::strength::told;
use super::work::Work;
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::server::ServerName;

/// How much a figure of the CPU that came after the outlook was made weighs against what it expected.
const FRESH: f32 = 0.3;
/// In so many minutes 63 % of what the CPU is off the reckoning is taken to be over.
const FADE: f32 = 30.0;

/// What is expected of one server.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) name: ServerName,
    /// CPU by the meetings that it lists.
    pub(super) cpu: Course,
    /// Users in them.
    pub(super) users: Course,
    /// Per cent of CPU for each unit of work.
    pub(super) rate: f32,
    /// The CPU and the users that it is reckoned from.
    pub(super) seen: (Option<f32>, f32),
    pub(super) pending: Pending,
}

/// What placed meetings will bring that no list has shown yet: written by whoever places, read by everybody.
#[derive(Debug, Default)]
pub(super) struct Pending {
    meetings: AtomicU32,
    users: [AtomicU32; STEPS],
    work: [AtomicU32; STEPS],
}

impl Pending {
    /// Shows these meetings.
    pub(super) fn show<'a>(&self, lives: impl Iterator<Item = &'a Life>) {
        let (mut meetings, mut users, mut work) = (0, [0.0; STEPS], [0.0; STEPS]);
        for life in lives {
            meetings += 1;
            for step in 0..STEPS {
                users[step] += life.alive[step] * life.users[step];
                work[step] += life.alive[step] * life.work[step];
            }
        }
        self.meetings.store(meetings, Ordering::Relaxed);
        for step in 0..STEPS {
            self.users[step].store(f32::to_bits(users[step]), Ordering::Relaxed);
            self.work[step].store(f32::to_bits(work[step]), Ordering::Relaxed);
        }
    }
}

/// What is expected of every server, as of one moment.
#[derive(Debug)]
pub(super) struct Outlook {
    /// By name.
    pub(super) slots: Vec<Slot>,
    /// Per cent of CPU for each unit of work of a server of strength 1 that was not measured.
    pub(super) rate: f32,
    /// The life of a meeting of which nothing is known.
    pub(super) any: Life,
    /// What meetings will bring with them that are placed afresh, by the hash of their room.
    pub(super) stranded: HashMap<u64, Seen>,
}

impl Outlook {
    /// Before anything was observed.
    pub(super) fn unknown(forecast: &Forecast, work: &Work) -> Self {
        let any = forecast.life(&Seen::nothing(), work);
        Self { slots: Vec::new(), rate: 1.0, any, stranded: HashMap::new() }
    }

    /// What is seen of a meeting at the moment of its placement: nothing, unless it is placed afresh.
    pub(super) fn seen(&self, room: u64) -> Seen {
        self.stranded.get(&room).copied().unwrap_or_else(Seen::nothing)
    }

    /// Where the slot of a server is, looked for from `hint` on.
    pub(super) fn find(&self, name: &ServerName, hint: usize) -> Option<usize> {
        if self.slots.get(hint).is_some_and(|slot| slot.name == *name) {
            return Some(hint);
        }
        self.slots.binary_search_by(|slot| slot.name.cmp(name)).ok()
    }

    /// What is expected of a server without the meeting that is to be placed; `slot` is where it was found.
    pub(super) fn burden(&self, server: &FleetServer, slot: Option<usize>, work: &Work, now: Timestamp) -> Burden {
        match slot.and_then(|slot| self.slots.get(slot)) {
            Some(slot) => self.reckoned(slot, server, now),
            None => self.unobserved(server, work, now),
        }
    }

    fn reckoned(&self, slot: &Slot, server: &FleetServer, now: Timestamp) -> Burden {
        let shown = slot.pending.meetings.load(Ordering::Relaxed);
        // placed by somebody else, or since
        let others = server.pending_placements().saturating_sub(shown) as f32;
        let off = match (measured(server, now), slot.seen.0) {
            (Some(cpu), Some(seen)) => FRESH * (cpu - seen),
            // nothing was measured then: the first figure is taken as it is
            (Some(cpu), None) => cpu - slot.cpu[0],
            _ => 0.0,
        };
        let came = server.users() as f32 - slot.seen.1;
        let mut burden = Burden { cpu: slot.cpu, users: slot.users, rate: slot.rate };
        for step in 0..STEPS {
            let alive = self.any.alive[step] * others;
            let pending = |figures: &[AtomicU32; STEPS]| f32::from_bits(figures[step].load(Ordering::Relaxed));
            let work = pending(&slot.pending.work) + alive * self.any.work[step];
            let users = pending(&slot.pending.users) + alive * self.any.users[step];
            burden.cpu[step] = (burden.cpu[step] + slot.rate * work + off * fade(step)).max(0.0);
            burden.users[step] = (burden.users[step] + users + came).max(0.0);
        }
        burden
    }

    /// Of a server that was not observed the present is all that is known: it stays as it is, and what was placed comes.
    fn unobserved(&self, server: &FleetServer, work: &Work, now: Timestamp) -> Burden {
        let rate = self.rate / told(&server.server);
        let listed = server.users() as f32;
        let coming = server.expected_users(now) as f32 - listed;
        let cpu = measured(server, now).unwrap_or_else(|| rate * (work.idle + work.of_users(listed)));
        let cpu = cpu + rate * work.of_users(coming);
        Burden { cpu: [cpu; STEPS], users: [listed + coming; STEPS], rate }
    }
}

/// The CPU of a server, per cent, where a figure of it is fresh and can be.
pub(super) fn measured(server: &FleetServer, now: Timestamp) -> Option<f32> {
    server.cpu(now).filter(|cpu| cpu.is_finite()).map(|cpu| cpu.clamp(0.0, 200.0) as f32)
}

/// The share of what the CPU is off the reckoning now that is left at a step.
pub(super) fn fade(step: usize) -> f32 {
    MIDDLES.get(step).map_or(0.0, |ahead| (-ahead / FADE).exp())
}
