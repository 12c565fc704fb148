//! The region: websites, users and servers in several cities, on two sides of an ocean. Each city's day follows its clocks.

use super::cities::{CITIES, City};
use super::draw::Draw;
use super::fleet::fleet_at;
use super::hints::hints;
use super::room::{LATEST_MINUTES, Room};
use super::school_day::{manner, members, slots};
use super::size::Size;
use super::timetable::{Slot, Timetable};
use crate::meeting::MeetingKey;
use crate::position::Position;
use crate::simulation::{SimulatedMeeting, SimulatedServer};

/// How many users a server of strength 1 has when most are there, so that a good policy overloads nothing.
pub(super) const USERS_PER_STRENGTH: f64 = 205.0;

const MINUTES: f64 = 45.0;

/// The servers, where cities have some.
pub(super) fn servers(seed: u64, servers: usize) -> Vec<SimulatedServer> {
    let sites: Vec<(f64, Option<Position>)> =
        CITIES.iter().filter(|city| city.servers > 0.0).map(|city| (city.servers, Some(city.position))).collect();
    fleet_at(seed, servers, &sites)
}

/// The meetings of school days in all cities.
pub(super) fn meetings(seed: u64, size: &Size) -> Vec<SimulatedMeeting> {
    let users = size.users as f64 / most_together();
    let mut meetings = Vec::new();
    for city in &CITIES {
        let mut draw = Draw::new(seed, city.website);
        let slots = slots(users * city.users);
        let room = |number, most, draw: &mut Draw| class(city, number, most, draw);
        Timetable::fill(&slots, city.zone * 60, &mut draw, room).play(size, &mut draw, &mut meetings);
    }
    meetings
}

/// Users at once in the busiest hour of the world, where each city has at most its share.
fn most_together() -> f64 {
    let day = slots(1.0);
    let at = |hour: i64, city: &City| {
        let minute = (hour + city.zone) * 60;
        let there = |slot: &&Slot| slot.weekday == 0 && i64::from(slot.minute) == minute;
        day.iter().find(there).map_or(0.0, |slot| slot.users * city.users)
    };
    (0..24).map(|hour| CITIES.iter().map(|city| at(hour, city)).sum()).fold(0.0, f64::max)
}

fn class(city: &'static City, number: usize, most: u32, draw: &mut Draw) -> Room {
    let users = members(draw).min(most);
    Room {
        key: MeetingKey::new(city.website, format!("class-{number}")),
        users,
        manner: manner(users, draw),
        hints: hints(users, MINUTES + LATEST_MINUTES + 15.0, draw),
        home: Some(city),
    }
}
