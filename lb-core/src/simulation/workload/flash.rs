//! The flash: a quiet network, and then 15 meetings for each server are created within 10 seconds.

use std::time::Duration;

use super::draw::Draw;
use super::hints::hints;
use super::open_service;
use super::room::{ATTENDANCE, Coming, Manner, Occasion, Room};
use super::size::{MONDAY, Size};
use crate::meeting::MeetingKey;
use crate::simulation::SimulatedMeeting;

/// How many users a server of strength 1 has when most are there, so that a good policy overloads nothing.
pub(super) const USERS_PER_STRENGTH: f64 = 220.0;

/// How many meetings are created at once for each server, so that a large network is hit as hard as a small one …
const CREATES_PER_SERVER: usize = 15;
/// … and how many at least.
const LEAST_CREATES: usize = 300;
const WITHIN_MILLIS: f64 = 10_000.0;
/// When: in the middle of the morning; where less is measured, when a quarter of it is over.
const AT: Duration = Duration::from_secs(10 * 3600 + 1800);
const MINUTES: f64 = 60.0;
/// How long a meeting takes to fill, on average of its people.
const FILLING_MINUTES: f64 = 3.0;
/// The share of the users who are there already.
const QUIET: f64 = 0.06;

/// The meetings of a flash, and of the quiet network around it.
pub(super) fn meetings(seed: u64, size: &Size) -> Vec<SimulatedMeeting> {
    let quiet = (size.users as f64 * QUIET).round() as usize;
    let creates = creates(size.servers);
    let mut meetings = if quiet > 0 { open_service::meetings(seed, size, quiet) } else { Vec::new() };
    let mut draw = Draw::new(seed, "flash");
    let flash = (MONDAY + if size.length > AT { AT } else { size.length / 4 }).as_millis();
    let users = sizes((size.users - quiet) as f64 / ATTENDANCE / 0.97, creates, &mut draw);
    for (number, users) in users.into_iter().enumerate() {
        let room = room(number, users, &mut draw);
        let bell = flash + draw.between(0.0, WITHIN_MILLIS) as u64;
        meetings.push(room.meets(Occasion { bell, minutes: MINUTES }, &mut draw));
    }
    meetings
}

/// Fewer users than this cannot be in all of its meetings.
pub(super) fn least_users(servers: usize) -> usize {
    creates(servers).saturating_mul(2)
}

/// How many meetings a network of so many servers is to take at once.
fn creates(servers: usize) -> usize {
    servers.saturating_mul(CREATES_PER_SERVER).max(LEAST_CREATES)
}

/// Heavy-tailed sizes of so many meetings that are so many users together.
fn sizes(users: f64, creates: usize, draw: &mut Draw) -> Vec<u32> {
    let drawn: Vec<_> = (0..creates).map(|_| draw.log_normal(1.0, 0.7)).collect();
    let whole: f64 = drawn.iter().sum();
    drawn.into_iter().map(|size| (size / whole * users).round().max(1.0) as u32).collect()
}

fn room(number: usize, users: u32, draw: &mut Draw) -> Room {
    let guest_camera = if users > 40 { 0.02 } else { draw.between(0.02, 0.35) };
    let coming = Coming::OneByOne(FILLING_MINUTES);
    Room {
        key: MeetingKey::new("exams", format!("exam-{number}")),
        users,
        manner: Manner { coming, host_camera: 0.9, guest_camera, voice: 0.85 },
        hints: hints(users, MINUTES + 30.0, draw),
        home: None,
    }
}
