//! [`Clairvoyant`]: the reference that knows what will become of every meeting.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::server::per_cent;
use super::timeline::{Crowd, Happens, Timeline};
use super::{OVERLOAD, Scenario, SimulationError, check};
use crate::clock::Timestamp;
use crate::meeting::MeetingKey;
use crate::placement::{Candidate, Placed, PlacementPolicy, PlacementRequest};
use crate::server::ServerName;

/// Time is cut into so many pieces at most, none shorter than a minute.
const PIECES: u64 = 1440;

/// Places each meeting of one scenario where it adds the fewest overloaded user-minutes over its whole true life, given the
/// true lives of all meetings placed before; of equal servers on the one that will be used least at its highest.
///
/// It knows nothing of meetings to come, nor that a server will fail, and never moves what it has placed: a better placement
/// may exist. It is a yardstick for policies that guess what it knows. What it thinks of is means of minutes (of longer times
/// where the scenario is longer than a day).
///
/// It is for one run of its scenario: each player needs one of its own.
#[derive(Debug)]
pub struct Clairvoyant {
    begins: Timestamp,
    piece: u64,
    // by name, as the fleet has them
    servers: Vec<Future>,
    by_name: HashMap<ServerName, usize>,
    // the meetings of a key, by the time of their create
    incarnations: HashMap<MeetingKey, Vec<(Timestamp, usize)>>,
    lives: Vec<Life>,
    plan: Mutex<Plan>,
}

/// What a server can bear.
#[derive(Debug)]
struct Future {
    name: ServerName,
    strength: f32,
    // work beyond this overloads it
    room: f32,
}

/// The course of a meeting: work and users in each piece of time from the first on.
#[derive(Clone, Debug, Default)]
struct Life {
    first: usize,
    pieces: Vec<(f32, f32)>,
}

/// What is placed where.
#[derive(Debug)]
struct Plan {
    // for each server, work and users in each piece of time
    pieces: Vec<Vec<(f32, f32)>>,
    places: Vec<Option<usize>>,
}

/// A server as a candidate, the best one the greatest.
struct Ranked {
    added: f32,
    peak: f32,
    index: usize,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let worse = self.added.total_cmp(&other.added).then(self.peak.total_cmp(&other.peak));
        worse.then(self.index.cmp(&other.index)).reverse()
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

impl Clairvoyant {
    /// The one that knows `scenario`.
    ///
    /// # Errors
    /// [`SimulationError::Scenario`] where the scenario cannot be.
    pub fn of(scenario: &Scenario) -> Result<Self, SimulationError> {
        check::scenario(scenario)?;
        let length = scenario.length.as_millis() as u64;
        let piece = length.div_ceil(PIECES).max(60_000);
        let mut servers: Vec<_> = scenario
            .servers
            .iter()
            .map(|server| Future {
                name: server.name.clone(),
                strength: server.strength as f32,
                room: (OVERLOAD * server.strength - scenario.costs.idle) as f32,
            })
            .collect();
        servers.sort_by(|a, b| a.name.cmp(&b.name));
        let mut incarnations: HashMap<MeetingKey, Vec<_>> = HashMap::new();
        for (number, meeting) in scenario.meetings.iter().enumerate() {
            incarnations.entry(meeting.key.clone()).or_default().push((meeting.at, number));
        }
        let count = length.div_ceil(piece) as usize;
        let plan =
            Plan { pieces: vec![vec![(0.0, 0.0); count]; servers.len()], places: vec![None; scenario.meetings.len()] };
        Ok(Self {
            begins: scenario.begins,
            piece,
            by_name: servers.iter().enumerate().map(|(index, server)| (server.name.clone(), index)).collect(),
            servers,
            incarnations,
            lives: lives(scenario, piece),
            plan: Mutex::new(plan),
        })
    }

    /// The meeting of `key` that there is at `now`.
    fn find(&self, key: &MeetingKey, now: Timestamp) -> Option<usize> {
        let times = self.incarnations.get(key)?;
        let count = times.partition_point(|(at, _)| *at <= now);
        times.get(count.checked_sub(1)?).map(|(_, number)| *number)
    }

    /// What is left of a meeting's life, from the piece of time that `now` lies in.
    fn rest(&self, number: usize, now: Timestamp) -> (usize, &[(f32, f32)]) {
        let life = &self.lives[number];
        let first = (now.since(self.begins).as_millis() as u64 / self.piece) as usize;
        let past = first.saturating_sub(life.first);
        (first.max(life.first), life.pieces.get(past..).unwrap_or_default())
    }

    /// Where the server of the fleet's place `index` stands here.
    fn place_of(&self, name: &ServerName, index: usize) -> Option<usize> {
        let same = self.servers.get(index).is_some_and(|server| server.name == *name);
        if same { Some(index) } else { self.by_name.get(name).copied() }
    }
}

/// What becomes of each meeting.
fn lives(scenario: &Scenario, piece: u64) -> Vec<Life> {
    let end = scenario.length.as_millis() as u64;
    let mut lives = vec![Life::default(); scenario.meetings.len()];
    let mut now: Vec<Option<(u64, Crowd)>> = vec![None; scenario.meetings.len()];
    for step in Timeline::of(scenario).steps {
        let number = step.meeting as usize;
        if let Some((since, crowd)) = now[number] {
            live(&mut lives[number], (since, step.at), crowd, scenario, piece);
        }
        now[number] = match (step.what, now[number]) {
            (Happens::Created, _) => {
                lives[number].first = (step.at / piece) as usize;
                Some((step.at, Crowd::default()))
            }
            (Happens::Ends, _) | (_, None) => None,
            (what, Some((_, mut crowd))) => {
                crowd.take(what, &scenario.meetings[number].people[step.person as usize]);
                Some((step.at, crowd))
            }
        };
    }
    for (number, now) in now.into_iter().enumerate() {
        if let Some((since, crowd)) = now {
            live(&mut lives[number], (since, end), crowd, scenario, piece);
        }
    }
    lives
}

/// Adds a time in which nothing changed to the means of the pieces that it lies in.
fn live(life: &mut Life, (since, until): (u64, u64), crowd: Crowd, scenario: &Scenario, piece: u64) {
    let (work, users) = (per_cent(crowd.work(&scenario.costs)) as f32, crowd.users as f32);
    let mut from = since;
    while from < until {
        let number = from / piece;
        let to = until.min((number + 1) * piece);
        let share = (to - from) as f32 / piece as f32;
        let place = (number as usize).saturating_sub(life.first);
        if life.pieces.len() <= place {
            life.pieces.resize(place + 1, (0.0, 0.0));
        }
        let (work_then, users_then) = &mut life.pieces[place];
        *work_then += work * share;
        *users_then += users * share;
        from = to;
    }
}

impl Future {
    /// What a life adds to this server's: overloaded users summed over its pieces, and the highest use in them, per cent.
    fn with(&self, planned: &[(f32, f32)], life: &[(f32, f32)]) -> (f32, f32) {
        let (mut added, mut most) = (0.0, 0.0_f32);
        for ((work, users), (more_work, more_users)) in planned.iter().zip(life) {
            let before = if *work > self.room { *users } else { 0.0 };
            let after = if work + more_work > self.room { users + more_users } else { 0.0 };
            added += after - before;
            most = most.max(work + more_work);
        }
        (added, most / self.strength)
    }
}

impl PlacementPolicy for Clairvoyant {
    fn name(&self) -> &str {
        "clairvoyant"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let (first, life) =
            self.find(request.meeting, request.now).map(|number| self.rest(number, request.now)).unwrap_or_default();
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let servers = request.fleet.servers();
        let mut ranked = Vec::with_capacity(servers.len());
        for (index, server) in servers.iter().enumerate().filter(|(_, server)| (request.eligible)(server)) {
            let place = self.place_of(&server.server.name, index);
            // a server that is not of the scenario comes last
            let (added, peak) = place.map_or((f32::INFINITY, 0.0), |place| {
                self.servers[place].with(plan.pieces[place].get(first..).unwrap_or_default(), life)
            });
            ranked.push(Ranked { added, peak, index });
        }
        drop(plan);
        let mut ranked = BinaryHeap::from(ranked);
        Box::new(std::iter::from_fn(move || {
            let Ranked { added, peak, index } = ranked.pop()?;
            let minutes = f64::from(added) * self.piece as f64 / 60_000.0;
            let reason = format!("adds {minutes:.1} overloaded user-minutes; used at most to {peak:.1} %");
            Some(Candidate { server: servers.get(index)?, score: minutes, reason })
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        let Some(number) = self.find(placed.meeting, placed.now) else { return };
        let Some(&place) = self.by_name.get(placed.server) else { return };
        let (first, life) = self.rest(number, placed.now);
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let before = plan.places[number].replace(place);
        for (server, sign) in [(before, -1.0_f32), (Some(place), 1.0)] {
            let Some(pieces) = server.and_then(|server| plan.pieces[server].get_mut(first..)) else { continue };
            for ((work, users), (more_work, more_users)) in pieces.iter_mut().zip(life) {
                *work += sign * more_work;
                *users += sign * more_users;
            }
        }
    }
}
