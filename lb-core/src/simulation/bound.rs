//! [`bound`]: what no placement can beat.
//!
//! At each moment everybody who is in a meeting is either well placed, on a living server that is not overloaded, or suffers: on
//! an overloaded server, in a meeting that found none, or in one that was lost with its server. So the most who can be well
//! placed tell the fewest who suffer.
//!
//! Look at one moment. A server that is not overloaded holds meetings whose work fits into its *room*: 80 % of its strength
//! without what it needs idle. So the users who are well placed sit in meetings whose work, together, is no more than the
//! room of all those servers together. Now forget everything else: that a meeting cannot be cut in pieces, that it cannot be
//! moved, that nobody knew what was to come, how far away the servers are. Fill the room with the users who make the least
//! work each, meeting after meeting, the last one in part. More users than that cannot be well placed at this moment, whatever
//! a policy does; all others suffer. The sum over all moments is the bound.
//!
//! A policy may also refuse what does not fit, so that nobody is overloaded: fewer than that suffer with it neither. What is
//! bounded is those who [suffer](super::Measures::suffered_user_minutes), and not those alone who are on overloaded servers: of
//! these a policy that refuses everything has none.
//!
//! Three things make it sharper, and stay true:
//! - where nothing is refused or lost, and not all work fits, at least one server is overloaded, and its room is lost: the
//!   least loss is that of the smallest one. That makes a second bound, for those who never refuse;
//! - a meeting that makes more work than the largest room is well placed nowhere;
//! - servers that have failed have no room.
//!
//! Meetings with nearly the same work for each user (to 1.6 %) are taken as one heap; of the heap that fits in part, each
//! user counts as the cheapest one might. That lets a little more in, never less.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::server::units;
use super::timeline::{Crowd, Happens, Step, Timeline};
use super::{OVERLOAD, OutageKind, Scenario, SimulationError, check};

/// What no placement can beat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The least overloaded user-minutes where every meeting is held somewhere at every moment. None for a policy that refuses
    /// meetings, or with which some are lost: it may have fewer.
    pub overloaded_user_minutes: f64,
    /// The least [suffered](super::Measures::suffered_user_minutes) ones of any policy, whatever is refused or lost.
    pub suffered_user_minutes: f64,
}

/// The least that users must suffer in `scenario`, whatever policy places its meetings.
///
/// At each moment the room of all living servers (80 % of their strength without what they need idle) is filled with the
/// users who make the least work each, as if meetings could be cut in pieces and moved at will. A meeting that makes more work
/// than the largest room is well placed nowhere. Who is left over suffers; where nobody is refused or lost, one server is
/// overloaded then, and the smallest room is lost with it.
///
/// # Errors
/// [`SimulationError::Scenario`] where the scenario cannot be.
pub fn bound(scenario: &Scenario) -> Result<Bound, SimulationError> {
    check::scenario(scenario)?;
    let end = scenario.length.as_millis() as u64;
    let timeline = Timeline::of(scenario);
    let mut outages: Vec<u64> = scenario
        .outages
        .iter()
        .filter(|outage| outage.kind == OutageKind::Fails)
        .flat_map(|outage| [outage.from, outage.until].map(|at| at.as_millis() as u64))
        .collect();
    outages.sort_unstable();
    let mut outages = outages.into_iter().peekable();
    let mut moment = Moment { crowds: vec![None; scenario.meetings.len()], ..Moment::default() };
    moment.take_room(Room::at(scenario, 0));
    let (mut now, mut overloaded, mut suffered) = (scenario.measured_from.as_millis() as u64, 0.0, 0.0);
    let mut pass = |moment: &Moment, until: u64| {
        if until > now {
            let (with_all, with_some) = moment.unwell();
            overloaded += with_all * (until - now) as f64;
            suffered += with_some * (until - now) as f64;
            now = until;
        }
    };
    for step in &timeline.steps {
        while let Some(at) = outages.next_if(|at| *at <= step.at) {
            pass(&moment, at);
            moment.take_room(Room::at(scenario, at));
        }
        pass(&moment, step.at);
        moment.step(scenario, *step);
    }
    while let Some(at) = outages.next_if(|at| *at <= end) {
        pass(&moment, at);
        moment.take_room(Room::at(scenario, at));
    }
    pass(&moment, end);
    // what is lost in adding up must not lift it
    let minutes = |sum: f64| sum / 60_000.0 * (1.0 - 1e-9);
    Ok(Bound { overloaded_user_minutes: minutes(overloaded), suffered_user_minutes: minutes(suffered) })
}

/// The room of the servers that live.
#[derive(Clone, Copy, Debug, Default)]
struct Room {
    all: i64,
    smallest: i64,
    largest: i64,
}

impl Room {
    /// That from `now` on.
    fn at(scenario: &Scenario, now: u64) -> Self {
        let mut dead = vec![false; scenario.servers.len()];
        for outage in scenario.outages.iter().filter(|outage| outage.kind == OutageKind::Fails) {
            if outage.from.as_millis() as u64 <= now && now < outage.until.as_millis() as u64 {
                dead[outage.server] = true;
            }
        }
        let idle = units(scenario.costs.idle);
        let living = scenario.servers.iter().zip(dead).filter(|(_, dead)| !dead);
        let rooms: Vec<_> = living.map(|(server, _)| (units(OVERLOAD * server.strength) - idle).max(0)).collect();
        Self {
            all: rooms.iter().fold(0, |sum: i64, room| sum.saturating_add(*room)),
            smallest: rooms.iter().copied().min().unwrap_or(0),
            largest: rooms.iter().copied().max().unwrap_or(0),
        }
    }
}

/// Meetings that make nearly the same work for each user.
#[derive(Clone, Copy, Debug, Default)]
struct Heap {
    users: u64,
    work: i64,
    meetings: u32,
}

/// All meetings at one moment.
#[derive(Debug, Default)]
struct Moment {
    room: Room,
    crowds: Vec<Option<Crowd>>,
    // what each meeting counts as: its work and its users
    counted: BTreeMap<u32, (i64, u32)>,
    users: u64,
    work: i64,
    // meetings that fit nowhere
    giants: u32,
    // the others with people, by work for each user
    heaps: BTreeMap<u64, Heap>,
}

/// The leading bits of a number that is not negative: larger numbers have no smaller ones.
const KEPT_BITS: u32 = 46;

fn heap_of(work: i64, users: u32) -> u64 {
    (work.max(0) as f64 / f64::from(users)).to_bits() >> KEPT_BITS
}

/// The least work for each user that there is in a heap.
fn least(heap: u64) -> f64 {
    f64::from_bits(heap << KEPT_BITS)
}

impl Moment {
    fn step(&mut self, scenario: &Scenario, step: Step) {
        let number = step.meeting as usize;
        self.forget(step.meeting);
        match (step.what, &mut self.crowds[number]) {
            (Happens::Created, crowd) => *crowd = Some(Crowd::default()),
            (Happens::Ends, crowd) => *crowd = None,
            (what, Some(crowd)) => crowd.take(what, &scenario.meetings[number].people[step.person as usize]),
            (_, None) => {}
        }
        if let Some(crowd) = self.crowds[number] {
            self.count(step.meeting, crowd.work(&scenario.costs), crowd.users);
        }
    }

    fn take_room(&mut self, room: Room) {
        self.room = room;
        // which of them are giants is another question now
        let counted = std::mem::take(&mut self.counted);
        (self.users, self.work, self.giants) = (0, 0, 0);
        self.heaps.clear();
        for (number, (work, users)) in counted {
            self.count(number, work, users);
        }
    }

    fn count(&mut self, number: u32, work: i64, users: u32) {
        self.counted.insert(number, (work, users));
        self.users += u64::from(users);
        self.work = self.work.saturating_add(work);
        if work > self.room.largest {
            self.giants += 1;
        } else if users > 0 {
            let heap = self.heaps.entry(heap_of(work, users)).or_default();
            *heap = Heap {
                users: heap.users + u64::from(users),
                work: heap.work.saturating_add(work),
                meetings: heap.meetings + 1,
            };
        }
    }

    fn forget(&mut self, number: u32) {
        let Some((work, users)) = self.counted.remove(&number) else { return };
        self.users -= u64::from(users);
        self.work = self.work.saturating_sub(work);
        if work > self.room.largest {
            self.giants -= 1;
        } else if users > 0 {
            let key = heap_of(work, users);
            if let Some(heap) = self.heaps.get_mut(&key) {
                *heap = Heap {
                    users: heap.users - u64::from(users),
                    work: heap.work.saturating_sub(work),
                    meetings: heap.meetings - 1,
                };
                if heap.meetings == 0 {
                    self.heaps.remove(&key);
                }
            }
        }
    }

    /// How many users are not well placed, at least: where every meeting is held, and where some may not be.
    fn unwell(&self) -> (f64, f64) {
        if self.giants == 0 && self.work <= self.room.all {
            return (0.0, 0.0);
        }
        let left = |room: i64| (self.users as f64 - self.well(room)).max(0.0);
        (left(self.room.all - self.room.smallest), left(self.room.all))
    }

    /// How many users fit into that room, at most.
    fn well(&self, room: i64) -> f64 {
        let (mut room, mut users) = (room, 0.0);
        for (key, heap) in &self.heaps {
            if heap.work > room {
                let fit = room.max(0) as f64 / least(*key) * (1.0 + 1e-9);
                // nothing over nothing is nobody
                return users + if fit.is_nan() { 0.0 } else { fit.min(heap.users as f64) };
            }
            room -= heap.work;
            users += heap.users as f64;
        }
        users
    }
}
