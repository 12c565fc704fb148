//! The simulator tested: what it counts, what the balancer sees in it, and what cannot be.

mod bad;
mod conserved;
mod counted;
mod herds;
mod limits;
mod outages;
mod queue;
mod repeated;
mod seen;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::meeting::MeetingKey;
use crate::placement::{
    BadMemory, Candidate, FinishedMeeting, Learner, LeastUsers, MeetingHints, PlacementPolicy, PlacementRequest,
};
use crate::position::Position;

const BEGINS: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const MINUTE: u32 = 60_000;

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn server(name: &str) -> SimulatedServer {
    SimulatedServer { name: name.into(), position: None, strength: 1.0, capacity: None, tags: Vec::new() }
}

/// Somebody who is there from one minute to another.
fn person(comes: u32, goes: u32) -> SimulatedPerson {
    SimulatedPerson {
        comes: comes * MINUTE,
        goes: goes * MINUTE,
        voice: false,
        camera: (0, 0),
        moderator: false,
        position: None,
    }
}

/// A meeting from one minute on, for so many minutes, with so many people all the time.
fn meeting(id: &str, at: u64, length: u64, people: usize) -> SimulatedMeeting {
    SimulatedMeeting {
        key: MeetingKey::new("moodle", id),
        at: BEGINS + minutes(at),
        length: minutes(length),
        hints: MeetingHints::default(),
        position: None,
        people: vec![person(0, length as u32); people],
    }
}

/// Two hours of two servers on which only users cost something: 1 % each.
fn scenario(meetings: Vec<SimulatedMeeting>) -> Scenario {
    Scenario {
        name: "test".to_owned(),
        begins: BEGINS,
        length: minutes(120),
        measured_from: Duration::ZERO,
        servers: vec![server("a"), server("b")],
        meetings,
        outages: Vec::new(),
        costs: Costs { idle: 0.0, meeting: 0.0, user: 1.0, voice: 0.0, camera: 0.0, view: 0.0 },
    }
}

/// A player that misses nothing.
fn player() -> Player {
    Player::new(Arc::new(LeastUsers)).seeing(Sight { loss: 0.0, ..Sight::default() })
}

fn played(scenario: &Scenario) -> Measures {
    simulate(scenario, &player()).unwrap().measures
}

/// Puts everything on the first server that may have it, and writes down what it sees.
#[derive(Debug, Default)]
struct Watcher {
    seen: Mutex<Vec<Seen>>,
    ended: Mutex<Vec<(String, u64, u32)>>,
}

/// What was seen of the first server.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    seconds: u64,
    users: u32,
    cpu: Option<f64>,
    listed: Vec<(String, u32, u32, u32)>,
}

impl PlacementPolicy for Watcher {
    fn name(&self) -> &str {
        "watcher"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let candidate = |server| Candidate { server, score: 0.0, reason: "the next".to_owned() };
        Box::new(request.eligible_servers().map(candidate))
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(self)
    }
}

impl Learner for Watcher {
    fn observe(&self, fleet: &Fleet, now: Timestamp) {
        let server = &fleet.servers()[0];
        let listed = server.list.iter().flat_map(|list| list.running());
        let listed =
            listed.map(|meeting| (meeting.meeting_id.as_str().to_owned(), meeting.users, meeting.audio, meeting.video));
        self.seen.lock().unwrap().push(Seen {
            seconds: now.since(BEGINS).as_secs(),
            users: server.users(),
            cpu: server.cpu(now),
            listed: listed.collect(),
        });
    }

    fn ended(&self, meeting: &FinishedMeeting<'_>) {
        let minutes = meeting.ended.since(meeting.began).as_secs() / 60;
        self.ended.lock().unwrap().push((meeting.meeting.meeting_id.as_str().to_owned(), minutes, meeting.most_users));
    }

    fn keep(&self) -> Option<Vec<u8>> {
        Some(b"kept".to_vec())
    }

    fn recall(&self, kept: &[u8]) -> Result<(), BadMemory> {
        let bad = || BadMemory { policy: "watcher".to_owned(), problem: "it is torn".to_owned() };
        if kept == b"kept" { Ok(()) } else { Err(bad()) }
    }
}

fn at(latitude: f64, longitude: f64) -> Option<Position> {
    Some(Position { latitude, longitude })
}
