//! [`Notebook`]: what is written down of running meetings and of servers, and how an [`Outlook`] is made of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::attended::Attended;
use super::forecast::{Forecast, Seen};
use super::memory::{Memory, room_key, server_key};
use super::outlook::{Outlook, Pending, Slot, fade, measured};
use super::steps::STEPS;
use super::strength::{Strength, told};
use super::work::Work;
use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer, ListedMeeting};
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::server::ServerName;

/// Meetings that are followed at most; those beyond are reckoned afresh each time.
const MOST_MEETINGS: usize = 100_000;
/// Servers whose strength is remembered at most.
pub(super) const MOST_SERVERS: usize = 20_000;
/// What no list shows any more is forgotten after this: until then its end may be told.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);

/// What is written down between two looks at the fleet.
#[derive(Debug, Default)]
pub(super) struct Notebook {
    meetings: HashMap<InternalMeetingId, Attended>,
    // the last incarnation of a room
    rooms: HashMap<u64, InternalMeetingId>,
    // meetings of whose end was told, and when they ended: a list that was asked for before may come after
    ended: HashMap<InternalMeetingId, Timestamp>,
    pub(super) strengths: BTreeMap<u64, Strength>,
    // the hashes of the servers' names
    keys: HashMap<ServerName, u64>,
    // whether a strength is other than when it was asked last
    learnt: bool,
}

impl Notebook {
    /// Looks at the fleet, and tells what is to be expected of it. `placed` knows what was expected of a meeting, by the hash of
    /// its room, when it was placed.
    pub(super) fn look(
        &mut self,
        fleet: &Fleet,
        memory: &Memory,
        placed: &dyn Fn(u64) -> Option<Forecast>,
        work: &Work,
        now: Timestamp,
    ) -> Outlook {
        let any = memory.forecast_of_any();
        self.hash_names(fleet);
        let rate = self.usual_rate(fleet);
        let mut outlook =
            Outlook { slots: Vec::with_capacity(fleet.servers().len()), rate, ..Outlook::unknown(&any, work) };
        for server in fleet.servers() {
            outlook.slots.push(self.look_at(server, memory, placed, work, rate, now));
        }
        self.meetings.retain(|_, meeting| now.since(meeting.at) < FORGOTTEN_AFTER);
        self.ended.retain(|_, at| now.since(*at) < FORGOTTEN_AFTER);
        let stranded = |meeting: &Attended| Some((meeting.room?, meeting.stranded(now)?));
        outlook.stranded = self.rooms.values().filter_map(|id| stranded(self.meetings.get(id)?)).collect();
        let meetings = &self.meetings;
        self.rooms.retain(|_, id| meetings.contains_key(id));
        outlook
    }

    /// Whether the last look showed a meeting of this room running, on a server that answers.
    pub(super) fn shows(&self, room: u64, now: Timestamp) -> bool {
        self.rooms
            .get(&room)
            .and_then(|id| self.meetings.get(id))
            .is_some_and(|meeting| meeting.at == now && meeting.answered)
    }

    /// What was seen of a meeting that has ended at `now`.
    pub(super) fn end(&mut self, room: u64, id: &InternalMeetingId, now: Timestamp) -> Option<Attended> {
        if self.ended.len() < MOST_MEETINGS {
            self.ended.insert(id.clone(), now);
        }
        if self.rooms.get(&room) == Some(id) || !self.meetings.contains_key(id) {
            // where it was placed afresh and ended before a list showed it, it is known as what it was before
            return self.rooms.remove(&room).and_then(|last| self.meetings.remove(&last));
        }
        self.meetings.remove(id)
    }

    /// Whether anything that is to be kept was learnt of servers since this was asked last.
    pub(super) fn take_learnt(&mut self) -> bool {
        std::mem::take(&mut self.learnt)
    }

    /// Writes down what each server is remembered by.
    fn hash_names(&mut self, fleet: &Fleet) {
        if self.keys.len() > 2 * fleet.servers().len() + 100 {
            self.keys.clear();
        }
        for server in fleet.servers() {
            if !self.keys.contains_key(&server.server.name) {
                self.keys.insert(server.server.name.clone(), server_key(server.server.name.as_str()));
            }
        }
    }

    fn look_at(
        &mut self,
        server: &FleetServer,
        memory: &Memory,
        placed: &dyn Fn(u64) -> Option<Forecast>,
        work: &Work,
        usual_rate: f32,
        now: Timestamp,
    ) -> Slot {
        let (mut present, mut load, mut users) = (0.0, [0.0; STEPS], [0.0; STEPS]);
        let name = &server.server.name;
        let key = self.keys.get(name).copied().unwrap_or_else(|| server_key(name.as_str()));
        if let Some(list) = &server.list {
            for meeting in list.running() {
                let (forecast, seen) = self.follow(meeting, (key, !server.is_suspended()), memory, placed, now);
                // also of one that has ended since: it was there while the CPU was measured
                present += work.of(seen.users, seen.users * seen.voices, seen.cameras);
                if self.ended.contains_key(&meeting.internal_id) {
                    continue;
                }
                let life = forecast.life(&seen, work);
                for step in 0..STEPS {
                    load[step] += life.alive[step] * life.work[step];
                    // people in breakout rooms are in the parent meeting too
                    users[step] += if meeting.breakout { 0.0 } else { life.alive[step] * life.users[step] };
                }
            }
        } else {
            let counted = server.users() as f32;
            present = work.of_users(counted);
            (load, users) = ([present; STEPS], [counted; STEPS]);
        }
        let prior = usual_rate / told(&server.server);
        let cpu = measured(server, now);
        let strength = self.strengths.entry(key).or_default();
        self.learnt |= strength.measure(cpu, server.measured.cpu_at, work.idle + present, prior);
        let (rate, offset) = (strength.rate(prior), strength.offset());
        let mut reckoned = load.map(|load| rate * (work.idle + load));
        reckoned.iter_mut().enumerate().for_each(|(step, cpu)| *cpu = (*cpu + offset * fade(step)).max(0.0));
        Slot {
            name: name.clone(),
            cpu: reckoned,
            users,
            rate,
            seen: (cpu, server.users() as f32),
            pending: Pending::default(),
        }
    }

    fn follow(
        &mut self,
        meeting: &ListedMeeting,
        (server, answered): (u64, bool),
        memory: &Memory,
        placed: &dyn Fn(u64) -> Option<Forecast>,
        now: Timestamp,
    ) -> (Forecast, Seen) {
        // a fault, but it must not matter whose turn is first: two servers that list one meeting have one each
        let known = self.meetings.get_mut(&meeting.internal_id).filter(|known| known.server == server);
        if let Some(known) = known {
            known.answered = answered;
            return (known.forecast, known.see(meeting, now));
        }
        let began = Timestamp::from_millis(meeting.create_time).min(now);
        let key = key_of(meeting);
        let room = key.as_ref().filter(|_| !meeting.breakout).map(room_key);
        let expected = room.and_then(placed).or_else(|| {
            let known = key.as_ref().filter(|_| room.is_some());
            known.map(|key| memory.forecast(key, &Default::default(), began))
        });
        let integration = meeting.stamp.as_ref().map_or("", |stamp| stamp.institution.as_str());
        let forecast = expected.unwrap_or_else(|| memory.forecast_of_integration(integration, began));
        // one that is placed afresh goes on where it was; another one on the same server is another one
        let before = room.and_then(|room| self.meetings.get(self.rooms.get(&room)?));
        let before = before.filter(|before| before.server != server && (before.at < now || !before.answered));
        let mut attended = before
            .map_or_else(|| Attended::new(forecast, room, server, (began, now)), |before| before.on(server, forecast));
        let seen = attended.see(meeting, now);
        // what stands on the last list of a server that does not answer may be over for long
        if answered && self.meetings.len() < MOST_MEETINGS && !self.ended.contains_key(&meeting.internal_id) {
            if let Some(room) = room {
                self.rooms.insert(room, meeting.internal_id.clone());
            }
            self.meetings.insert(meeting.internal_id.clone(), attended);
        }
        (forecast, seen)
    }

    /// Per cent of CPU for each unit of work on a server of strength 1: the median of what was learnt, as far as operators
    /// say how strong their servers are.
    fn usual_rate(&mut self, fleet: &Fleet) -> f32 {
        let mut rates: Vec<f32> = Vec::with_capacity(fleet.servers().len());
        for server in fleet.servers() {
            let Some(key) = self.keys.get(&server.server.name) else { continue };
            let told = told(&server.server);
            rates.extend(self.strengths.get(key).and_then(Strength::learnt).map(|rate| rate * told));
        }
        if self.strengths.len() > MOST_SERVERS.max(fleet.servers().len()) {
            let keys: HashSet<_> =
                fleet.servers().iter().map(|server| server_key(server.server.name.as_str())).collect();
            self.strengths.retain(|key, _| keys.contains(key));
        }
        let middle = rates.len() / 2;
        if rates.is_empty() {
            return 1.0;
        }
        *rates.select_nth_unstable_by(middle, f32::total_cmp).1
    }
}

/// Whose meeting it is, and which, as far as its stamp tells.
pub(super) fn key_of(meeting: &ListedMeeting) -> Option<MeetingKey> {
    let stamp = meeting.stamp.as_ref()?;
    Some(MeetingKey::new(stamp.institution.as_str(), meeting.meeting_id.clone()))
}
