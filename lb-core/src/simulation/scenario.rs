//! [`Scenario`]: all that happens in a simulated time, whatever a policy does: the servers, the meetings with their people,
//! the outages.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::meeting::MeetingKey;
use crate::placement::MeetingHints;
use crate::position::Position;
use crate::server::ServerName;

/// What happens in a simulated time. The same scenario is played with every policy, so that they can be compared.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// What it is, for people and for tables.
    pub name: String,
    /// When it begins.
    pub begins: Timestamp,
    /// How long it is looked at. Meetings may go on beyond it.
    pub length: Duration,
    /// What is before this is lived through and not measured: the time in which a policy that learns may learn. Zero: all is
    /// measured.
    pub measured_from: Duration,
    /// The servers, each name once.
    pub servers: Vec<SimulatedServer>,
    /// The meetings, by the moment of their create.
    pub meetings: Vec<SimulatedMeeting>,
    /// When servers fail or are drained, in any order.
    pub outages: Vec<Outage>,
    /// What things cost.
    pub costs: Costs,
}

/// A server as it truly is.
#[derive(Clone, Debug)]
pub struct SimulatedServer {
    /// Its name.
    pub name: ServerName,
    /// Where it stands.
    pub position: Option<Position>,
    /// How strong it is beside the reference server that [`Costs`] are told for: 1 is as strong, 2 twice. Its operator knows:
    /// it is its [weight](crate::Server::weight).
    pub strength: f64,
    /// How many users its operator lets it have; absent: no limit.
    pub capacity: Option<u32>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A meeting as it will truly be, if it finds a server.
#[derive(Clone, Debug)]
pub struct SimulatedMeeting {
    /// Whose, and which: a room that recurs has the same key each time, and never twice at once.
    pub key: MeetingKey,
    /// When the website creates it.
    pub at: Timestamp,
    /// How long after that it ends.
    pub length: Duration,
    /// What its create says.
    pub hints: MeetingHints,
    /// Where the user is who asks for it, as far as the balancer can know.
    pub position: Option<Position>,
    /// Its people.
    pub people: Vec<SimulatedPerson>,
}

/// Somebody in a meeting. Times are milliseconds after its create; what lies behind its end is cut off.
#[derive(Clone, Copy, Debug)]
pub struct SimulatedPerson {
    /// When they come.
    pub comes: u32,
    /// When they go.
    pub goes: u32,
    /// Whether they have audio.
    pub voice: bool,
    /// From when until when they have a camera on; empty: never.
    pub camera: (u32, u32),
    /// Whether they are a moderator.
    pub moderator: bool,
    /// Where they are.
    pub position: Option<Position>,
}

/// A server that does not serve for a while.
#[derive(Clone, Debug)]
pub struct Outage {
    /// Which, by its place in [`Scenario::servers`].
    pub server: usize,
    /// How.
    pub kind: OutageKind,
    /// When it begins, after the scenario's begin.
    pub from: Duration,
    /// When the server is back.
    pub until: Duration,
}

/// How a server does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutageKind {
    /// It is dead at once, and its meetings with it.
    Fails,
    /// It is drained: its meetings go on, and no new ones come.
    Drains,
}

/// What things cost, per cent of the CPU of the reference server (strength 1: 8 cores, 16 GB).
///
/// BBB forwards every camera to every viewer, so the cost of a meeting grows with its users × its cameras.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// A server without meetings.
    pub idle: f64,
    /// A meeting, whoever is in it.
    pub meeting: f64,
    /// A user.
    pub user: f64,
    /// A user's audio.
    pub voice: f64,
    /// A camera that comes in.
    pub camera: f64,
    /// A camera that goes out to one other user.
    pub view: f64,
}

impl Default for Costs {
    /// Of BBB's rule of thumb: some 200 users on 8 cores, in classes of 25 with five cameras.
    fn default() -> Self {
        Self { idle: 2.0, meeting: 0.2, user: 0.12, voice: 0.08, camera: 0.15, view: 0.02 }
    }
}

impl Costs {
    /// What a meeting costs now, without [`idle`](Self::idle).
    pub fn of(&self, users: u32, voices: u32, cameras: u32) -> f64 {
        let (users, voices, cameras) = (f64::from(users), f64::from(voices), f64::from(cameras));
        let views = cameras * (users - 1.0).max(0.0);
        self.meeting + self.user * users + self.voice * voices + self.camera * cameras + self.view * views
    }
}
