//! [`Play`]: the time of a scenario goes by.

use std::collections::HashMap;

use super::course::Course;
use super::placing::Fence;
use super::seeing::{Rounds, first_sight};
use super::server::{Place, TrueMeeting, TrueServer};
use super::tally::Tally;
use super::timeline::{Crowd, Happens, Step, Timeline, presence};
use super::{OutageKind, Outcome, Player, Scenario, SimulatedPerson, SimulationError};
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::meeting::MeetingKey;
use crate::placement::FinishedMeeting;
use crate::server::AdministratorWord;

const MINUTE: u64 = 60_000;

/// How often a policy that learns looks at all servers, milliseconds.
const OBSERVED_EVERY: u64 = 10_000;

/// Where the names of a key lie in memory. Every copy of a key has the scenario's own names: to compare texts millions of times
/// would take a quarter of a simulation's time.
pub(super) type Identity = (usize, usize);

pub(super) fn identity(key: &MeetingKey) -> Identity {
    (key.integration.as_str().as_ptr().addr(), key.meeting_id.as_str().as_ptr().addr())
}

/// A scenario under way. Times are milliseconds after its begin; servers and meetings go by their places in it.
pub(super) struct Play<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) player: &'a Player,
    pub(super) fence: Fence<'a>,
    pub(super) now: u64,
    /// What the balancer sees.
    pub(super) fleet: Fleet,
    /// Where each server stands in the fleet.
    pub(super) in_fleet: Vec<usize>,
    /// Which server stands where in the fleet.
    pub(super) of_fleet: Vec<usize>,
    pub(super) servers: Vec<TrueServer>,
    pub(super) meetings: Vec<TrueMeeting>,
    /// The meetings that are on a server or lost with it.
    pub(super) held: HashMap<Identity, u32>,
    pub(super) tally: Tally,
    pub(super) luck: fastrand::Rng,
    course: Option<Vec<Vec<Option<f32>>>>,
}

/// A server begins not to serve, or serves again.
#[derive(Clone, Copy)]
struct Turn {
    at: u64,
    server: usize,
    kind: OutageKind,
    begins: bool,
}

impl<'a> Play<'a> {
    /// Before anything has happened.
    pub(super) fn new(scenario: &'a Scenario, player: &'a Player) -> Result<Self, SimulationError> {
        let fleet = first_sight(scenario, player)?;
        let place = |server: &super::SimulatedServer| fleet.index_of(&server.name).unwrap_or_default();
        let in_fleet: Vec<_> = scenario.servers.iter().map(place).collect();
        let mut of_fleet = vec![0; in_fleet.len()];
        in_fleet.iter().enumerate().for_each(|(server, &index)| of_fleet[index] = server);
        Ok(Self {
            scenario,
            player,
            fence: Fence::around(&*player.policy),
            now: 0,
            fleet,
            in_fleet,
            of_fleet,
            servers: scenario.servers.iter().map(|server| TrueServer::new(server, &scenario.costs)).collect(),
            meetings: vec![TrueMeeting::new(); scenario.meetings.len()],
            held: HashMap::new(),
            tally: Tally::new(),
            luck: fastrand::Rng::with_seed(player.seed),
            course: player.course.then(|| vec![Vec::new(); scenario.servers.len()]),
        })
    }

    /// The present moment, as the balancer's clock shows it.
    pub(super) fn clock(&self) -> Timestamp {
        self.scenario.begins + std::time::Duration::from_millis(self.now)
    }

    /// Lets all of it happen, to the end.
    pub(super) fn run(mut self) -> Result<Outcome, SimulationError> {
        if let Some(kept) = &self.player.memory {
            self.fence.recall(kept)?;
        }
        let end = self.scenario.length.as_millis() as u64;
        let timeline = Timeline::of(self.scenario);
        let turns = self.turns();
        let (mut steps, mut turns) = (timeline.steps.iter(), turns.iter());
        let mut lists = Rounds::of(self.servers.len(), self.player.sight.list);
        let mut reports = Rounds::of(self.servers.len(), self.player.sight.monitor);
        let (mut minute, mut observed) = (MINUTE, OBSERVED_EVERY);
        let mut measured = Some(self.measured_from()).filter(|from| *from > 0);
        loop {
            let step = steps.as_slice().first().map_or(u64::MAX, |step| step.at);
            let turn = turns.as_slice().first().map_or(u64::MAX, |turn| turn.at);
            let polled = lists.next().min(reports.next()).min(observed);
            let next = step.min(turn).min(polled).min(minute).min(measured.unwrap_or(u64::MAX));
            if next >= end {
                break;
            }
            self.now = next;
            self.tally.pass(next);
            if measured == Some(next) {
                self.begin_measuring();
                (measured, minute) = (None, next + MINUTE);
            } else if next == minute {
                self.mark_minute();
                minute += MINUTE;
            } else if next == turn {
                turns.next().map_or(Ok(()), |turn| self.turn(*turn))?;
            } else if next == step {
                steps.next().map_or(Ok(()), |step| self.step(*step))?;
            } else if next == lists.next() {
                let server = lists.take();
                self.list(server)?;
            } else if next == reports.next() {
                let server = reports.take();
                self.report(server);
            } else {
                self.fence.observe(&self.fleet, self.clock())?;
                observed += OBSERVED_EVERY;
            }
        }
        self.now = end;
        self.tally.pass(end);
        self.mark_minute();
        (0..self.meetings.len()).for_each(|meeting| self.see_people_off(meeting));
        let servers = || self.scenario.servers.iter().map(|server| server.name.clone()).collect();
        Ok(Outcome {
            measures: self.tally.measures(timeline.people_ms),
            course: self.course.map(|utilisation| Course { servers: servers(), utilisation }),
            learnt: self.fence.keep()?,
        })
    }

    fn measured_from(&self) -> u64 {
        self.scenario.measured_from.as_millis() as u64
    }

    /// What was before counts no more.
    fn begin_measuring(&mut self) {
        self.mark_minute();
        self.tally.begin();
        self.course.iter_mut().flatten().for_each(Vec::clear);
    }

    fn turns(&self) -> Vec<Turn> {
        let outages = self.scenario.outages.iter().filter(|outage| outage.from < outage.until);
        let mut turns: Vec<_> = outages
            .flat_map(|outage| {
                [(outage.from, true), (outage.until, false)].map(|(at, begins)| Turn {
                    at: at.as_millis() as u64,
                    server: outage.server,
                    kind: outage.kind,
                    begins,
                })
            })
            .collect();
        turns.sort_by_key(|turn| turn.at);
        turns
    }

    fn turn(&mut self, Turn { server, kind, begins, .. }: Turn) -> Result<(), SimulationError> {
        self.servers[server].settle(self.now, &mut self.tally);
        let count = |count: u32| if begins { count + 1 } else { count.saturating_sub(1) };
        match kind {
            OutageKind::Fails => {
                let was_dead = self.servers[server].is_dead();
                self.servers[server].failures = count(self.servers[server].failures);
                if begins && !was_dead {
                    self.fail(server);
                }
            }
            OutageKind::Drains => {
                let drains = count(self.servers[server].drains);
                self.servers[server].drains = drains;
                let word = if drains > 0 { AdministratorWord::Draining } else { AdministratorWord::Automatic };
                let now = self.clock();
                self.fleet.change_server(self.in_fleet[server], now, |server| server.word = word);
            }
        }
        Ok(())
    }

    /// The server is dead from now on, and its meetings with it.
    fn fail(&mut self, server: usize) {
        for meeting in 0..self.meetings.len() {
            if self.meetings[meeting].place == Place::On(server) {
                self.see_people_off(meeting);
                self.move_people(meeting, Place::Lost(server));
                self.meetings[meeting].changed = false;
                self.servers[server].lost.push(meeting as u32);
            }
        }
        self.servers[server].lose_all();
    }

    fn step(&mut self, step: Step) -> Result<(), SimulationError> {
        let meeting = step.meeting as usize;
        match step.what {
            Happens::Created => {
                self.change(meeting, |_| {});
                return self.place(meeting, Vec::new());
            }
            Happens::Ends => return self.end(meeting),
            _ => {}
        }
        let scenario = self.scenario;
        let Some(person) = scenario.meetings[meeting].people.get(step.person as usize) else { return Ok(()) };
        if step.what == Happens::Goes {
            self.see_off(meeting, step.person as usize, person);
        }
        self.change(meeting, |crowd| crowd.take(step.what, person));
        if let (Happens::Comes, Place::On(server)) = (step.what, self.meetings[meeting].place) {
            self.count_joins(server, 1);
        }
        Ok(())
    }

    /// Users were sent to a server.
    fn count_joins(&self, server: usize, users: u32) {
        if let Some(server) = self.fleet.servers().get(self.in_fleet[server]) {
            (0..users).for_each(|_| server.count_join());
        }
    }

    /// Something changes in a meeting, and so on its server.
    fn change(&mut self, number: usize, change: impl FnOnce(&mut Crowd)) {
        let meeting = &mut self.meetings[number];
        let (users, work) = (meeting.crowd.users, meeting.work);
        change(&mut meeting.crowd);
        meeting.work = meeting.crowd.work(&self.scenario.costs);
        if let Some(whereabouts) = meeting.place.whereabouts() {
            self.tally.go(whereabouts, users);
            self.tally.come(whereabouts, meeting.crowd.users);
        }
        if let Place::On(server) = meeting.place {
            let server = &mut self.servers[server];
            server.settle(self.now, &mut self.tally);
            server.take_work(meeting.work - work);
            server.users = server.users - users + meeting.crowd.users;
            if !std::mem::replace(&mut meeting.changed, true) {
                server.changed.push(number as u32);
            }
        }
    }

    /// The people of a meeting are elsewhere from now on.
    pub(super) fn move_people(&mut self, meeting: usize, place: Place) {
        let meeting = &mut self.meetings[meeting];
        if let Some(whereabouts) = meeting.place.whereabouts() {
            self.tally.go(whereabouts, meeting.crowd.users);
        }
        meeting.place = place;
        if let Some(whereabouts) = meeting.place.whereabouts() {
            self.tally.come(whereabouts, meeting.crowd.users);
        }
    }

    fn end(&mut self, number: usize) -> Result<(), SimulationError> {
        let key = &self.scenario.meetings[number].key;
        let meeting = &mut self.meetings[number];
        let before = meeting.place;
        let (since, most_users) = (meeting.since, meeting.most_seen);
        if let Place::On(server) = before {
            let server = &mut self.servers[server];
            server.settle(self.now, &mut self.tally);
            server.take_work(-meeting.work);
            server.users -= meeting.crowd.users;
            server.meetings -= 1;
            if !std::mem::replace(&mut meeting.changed, true) {
                server.changed.push(number as u32);
            }
        }
        self.move_people(number, Place::Nowhere);
        if let Place::On(server) | Place::Lost(server) = before {
            self.held.remove(&identity(key));
            let now = self.clock();
            self.fleet.change_server(self.in_fleet[server], now, |server| server.unplace(key, None, now));
            let began = self.scenario.begins + std::time::Duration::from_millis(since);
            if let Some(internal_id) = &self.meetings[number].internal_id {
                self.fence.ended(&FinishedMeeting { meeting: key, internal_id, began, ended: now, most_users })?;
            }
        }
        Ok(())
    }

    /// Counts how far from the server everybody was who is in the meeting now.
    fn see_people_off(&mut self, meeting: usize) {
        let scenario = self.scenario;
        for (number, person) in scenario.meetings[meeting].people.iter().enumerate() {
            let (comes, goes) = presence(scenario, meeting, number);
            if comes < self.now && self.now <= goes {
                self.see_off(meeting, number, person);
            }
        }
    }

    /// Counts how far from the server somebody was who goes now.
    fn see_off(&mut self, meeting: usize, number: usize, person: &SimulatedPerson) {
        let TrueMeeting { place: Place::On(server), since, .. } = self.meetings[meeting] else { return };
        if let (Some(here), Some(there)) = (person.position, self.scenario.servers[server].position) {
            let (comes, _) = presence(self.scenario, meeting, number);
            let from = comes.max(since).max(self.measured_from());
            self.tally.distant(here.km_to(there), self.now.saturating_sub(from));
        }
    }

    fn mark_minute(&mut self) {
        for server in &mut self.servers {
            server.settle(self.now, &mut self.tally);
        }
        let minutes: Vec<_> = self.servers.iter_mut().map(TrueServer::take_minute).collect();
        self.tally.minute(minutes.iter().copied().flatten());
        if let Some(course) = &mut self.course {
            course.iter_mut().zip(minutes).for_each(|(course, mean)| course.push(mean.map(|mean| mean as f32)));
        }
    }

    /// Those who were lost with a server that is now known to have failed are put elsewhere by their websites.
    pub(super) fn place_lost(&mut self, server: usize) -> Result<(), SimulationError> {
        let name = &self.scenario.servers[server].name;
        for meeting in std::mem::take(&mut self.servers[server].lost) {
            let number = meeting as usize;
            if self.meetings[number].place == Place::Lost(server) {
                let key = &self.scenario.meetings[number].key;
                let now = self.clock();
                self.fleet.change_server(self.in_fleet[server], now, |server| server.unplace(key, None, now));
                self.held.remove(&identity(key));
                self.tally.moved += u64::from(self.meetings[number].crowd.users);
                self.place(number, vec![name.clone()])?;
            }
        }
        Ok(())
    }

    /// A meeting gets a server that lives.
    pub(super) fn put(&mut self, number: usize, index: usize) {
        self.meetings[number].internal_id = Some(format!("{number:08}-{}", self.clock().as_millis()).into());
        self.meetings[number].since = self.now;
        self.meetings[number].changed = true;
        self.move_people(number, Place::On(index));
        self.held.insert(identity(&self.scenario.meetings[number].key), number as u32);
        let server = &mut self.servers[index];
        server.settle(self.now, &mut self.tally);
        server.take_work(self.meetings[number].work);
        server.users += self.meetings[number].crowd.users;
        server.meetings += 1;
        server.changed.push(number as u32);
        self.tally.placements += 1;
        // those who were in it elsewhere come back
        self.count_joins(index, self.meetings[number].crowd.users);
    }
}
