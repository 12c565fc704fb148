//! The university: lectures, seminars and office hours, a quarter of an hour after the full hour, until late.

use super::draw::Draw;
use super::hints::hints;
use super::room::{Coming, LATEST_MINUTES, Manner, Room};
use super::size::Size;
use super::timetable::{Slot, Timetable};
use crate::meeting::MeetingKey;
use crate::simulation::SimulatedMeeting;

/// How many users a server of strength 1 has when most are there, so that a good policy overloads nothing.
pub(super) const USERS_PER_STRENGTH: f64 = 190.0;

const MINUTES: f64 = 90.0;
const OFFICE_MINUTES: f64 = 20.0;
/// When lectures and seminars begin, minutes after midnight, and how full they are.
const HOURS: [(u32, f64); 7] = [
    (8 * 60 + 15, 0.75),
    (10 * 60 + 15, 1.0),
    (12 * 60 + 15, 0.7),
    (14 * 60 + 15, 0.95),
    (16 * 60 + 15, 0.7),
    (18 * 60 + 15, 0.35),
    (20 * 60 + 15, 0.2),
];
/// The shares of the users who are in each.
const LECTURES: f64 = 0.45;
const SEMINARS: f64 = 0.52;
const OFFICES: f64 = 0.03;
const FACULTIES: [(&str, f64); 5] =
    [("arts", 30.0), ("engineering", 25.0), ("medicine", 20.0), ("law", 15.0), ("music", 10.0)];

/// The meetings of university days.
pub(super) fn meetings(seed: u64, size: &Size) -> Vec<SimulatedMeeting> {
    let users = size.users as f64;
    let mut meetings = Vec::new();
    let mut add = |part: &str, slots: &[Slot], room: fn(usize, u32, &mut Draw) -> Room| {
        let mut draw = Draw::new(seed, part);
        let table = Timetable::fill(slots, 0, &mut draw, room);
        table.play(size, &mut draw, &mut meetings);
    };
    // where there are too few for a lecture, all are in seminars
    let lectures = if users * LECTURES < 100.0 { 0.0 } else { LECTURES };
    add("lectures", &teaching(users * lectures), lecture);
    add("seminars", &teaching(users * (LECTURES + SEMINARS - lectures)), seminar);
    add("offices", &office_hours(users * OFFICES), office);
    meetings
}

fn teaching(users: f64) -> Vec<Slot> {
    let days = |(minute, share): (u32, f64)| {
        (0..5).map(move |weekday| Slot { weekday, minute, minutes: MINUTES, users: users * share })
    };
    HOURS.into_iter().flat_map(days).collect()
}

/// Every half hour from 9 to 17.
fn office_hours(users: f64) -> Vec<Slot> {
    let slot = |weekday, minute| Slot { weekday, minute, minutes: OFFICE_MINUTES, users };
    (0..5).flat_map(|weekday| (18..34).map(move |half| slot(weekday, half * 30))).collect()
}

fn lecture(number: usize, most: u32, draw: &mut Draw) -> Room {
    let manner = Manner { coming: Coming::ToTheBell, host_camera: 0.97, guest_camera: 0.0, voice: 0.9 };
    // what is left of an hour's users may be few: then it is a small lecture
    let users = (draw.pareto(100.0, 300.0, 1.3).round() as u32).min(most);
    room("lecture", number, users, MINUTES, manner, draw)
}

fn seminar(number: usize, most: u32, draw: &mut Draw) -> Room {
    let guest_camera = draw.between(0.2, 0.8);
    let manner = Manner { coming: Coming::ToTheBell, host_camera: 0.95, guest_camera, voice: 0.95 };
    let users = (draw.log_normal(19.0, 0.25).clamp(8.0, 35.0).round() as u32).min(most);
    room("seminar", number, users, MINUTES, manner, draw)
}

fn office(number: usize, most: u32, draw: &mut Draw) -> Room {
    let manner = Manner { coming: Coming::ToTheBell, host_camera: 1.0, guest_camera: 1.0, voice: 1.0 };
    let users = if draw.happens(0.7) { 2 } else { 3 };
    room("office", number, users.min(most), OFFICE_MINUTES, manner, draw)
}

fn room(kind: &str, number: usize, users: u32, minutes: f64, manner: Manner, draw: &mut Draw) -> Room {
    let faculty = draw.weighted(FACULTIES.iter().map(|(_, share)| *share));
    let faculty = FACULTIES.get(faculty).map_or("faculty", |(name, _)| name);
    Room {
        key: MeetingKey::new(faculty, format!("{kind}-{number}")),
        users,
        manner,
        hints: hints(users, minutes + LATEST_MINUTES + 15.0, draw),
        home: None,
    }
}
