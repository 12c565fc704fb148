//! The school day: lessons of 45 minutes from the full hour on, in rooms that recur every week.

use super::draw::Draw;
use super::hints::hints;
use super::room::{Coming, LATEST_MINUTES, Manner, Room};
use super::size::Size;
use super::timetable::{Slot, Timetable};
use crate::meeting::MeetingKey;
use crate::simulation::SimulatedMeeting;

/// How many users a server of strength 1 has when most are there, so that a good policy overloads nothing.
pub(super) const USERS_PER_STRENGTH: f64 = 235.0;

const MINUTES: f64 = 45.0;
/// When lessons begin, and how full the hour is.
const HOURS: [(u32, f64); 9] =
    [(8, 0.85), (9, 0.97), (10, 1.0), (11, 0.9), (12, 0.45), (13, 0.6), (14, 0.85), (15, 0.7), (16, 0.4)];
/// The schools, and how large each is.
const SCHOOLS: [(&str, f64); 6] = [
    ("school-a", 30.0),
    ("school-b", 24.0),
    ("school-c", 18.0),
    ("school-d", 14.0),
    ("school-e", 9.0),
    ("school-f", 5.0),
];

/// The meetings of school days.
pub(super) fn meetings(seed: u64, size: &Size) -> Vec<SimulatedMeeting> {
    let users = size.users as f64;
    let mut draw = Draw::new(seed, "timetable");
    let table = Timetable::fill(&slots(users), 0, &mut draw, class);
    let mut meetings = Vec::new();
    table.play(size, &mut Draw::new(seed, "lessons"), &mut meetings);
    meetings
}

/// The hours of the five school days of a week.
pub(super) fn slots(users: f64) -> Vec<Slot> {
    let days = |(hour, share): (u32, f64)| {
        (0..5).map(move |weekday| Slot { weekday, minute: hour * 60, minutes: MINUTES, users: users * share })
    };
    HOURS.into_iter().flat_map(days).collect()
}

/// A class.
fn class(number: usize, most: u32, draw: &mut Draw) -> Room {
    let school = draw.weighted(SCHOOLS.iter().map(|(_, share)| *share));
    let school = SCHOOLS.get(school).map_or("school", |(name, _)| name);
    let users = members(draw).min(most);
    let manner = manner(users, draw);
    Room {
        key: MeetingKey::new(school, format!("class-{number}")),
        users,
        manner,
        hints: hints(users, MINUTES + LATEST_MINUTES + 15.0, draw),
        home: None,
    }
}

/// How many belong to a class: mostly some 22, and now and then half the school: 5 to 300.
pub(super) fn members(draw: &mut Draw) -> u32 {
    let users = if draw.happens(0.04) { draw.pareto(60.0, 300.0, 1.2) } else { draw.log_normal(22.0, 0.55) };
    users.clamp(5.0, 300.0).round() as u32
}

/// Teachers nearly always have their camera on. In some small classes all have, in most few, in some none.
pub(super) fn manner(users: u32, draw: &mut Draw) -> Manner {
    let guest_camera = match draw.unit() {
        _ if users > 60 => 0.01,
        all if all < 0.12 && users <= 30 => 0.85,
        few if few < 0.7 => draw.between(0.04, 0.2),
        _ => 0.0,
    };
    Manner { coming: Coming::ToTheBell, host_camera: 0.92, guest_camera, voice: 0.85 }
}
