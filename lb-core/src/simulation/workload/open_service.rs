//! The open service: anybody meets at any time, mostly once.
//!
//! Creates are a Poisson process whose rate follows the day (by thinning: Lewis and Shedler, "Simulation of nonhomogeneous
//! Poisson processes by thinning", 1979). Sizes have a Pareto tail, lengths are log-normal.

use std::collections::HashMap;

use super::draw::Draw;
use super::hints::hints;
use super::room::{ATTENDANCE, Coming, LATEST_MINUTES, Manner, Occasion, Room};
use super::size::Size;
use super::thin::thin;
use crate::meeting::MeetingKey;
use crate::simulation::SimulatedMeeting;

/// How many users a server of strength 1 has when most are there, so that a good policy overloads nothing.
pub(super) const USERS_PER_STRENGTH: f64 = 200.0;

/// How much goes on at each hour of a working day, and how much less on the weekend.
const DAY: [f64; 24] = [
    0.06, 0.04, 0.03, 0.03, 0.04, 0.08, 0.2, 0.45, 0.75, 0.95, 1.0, 0.95, 0.7, 0.75, 0.95, 1.0, 0.9, 0.7, 0.6, 0.65,
    0.6, 0.45, 0.25, 0.12,
];
const WEEKEND: f64 = 0.4;
/// Users of a meeting on average, and minutes in it: of the draws below.
const MEAN_USERS: f64 = 8.4;
const MEAN_MINUTES: f64 = 46.0;
/// So many more than are expected to be needed are made, and then thinned to the users aimed at.
const SPARE: f64 = 1.25;
/// Of the meetings, how many are in rooms that have met before.
const RECUR: f64 = 0.25;
/// Those rooms are so few for each user at once.
const STANDING: f64 = 0.05;

/// The meetings of an open service with at most `users` users at once.
pub(super) fn meetings(seed: u64, size: &Size, users: usize) -> Vec<SimulatedMeeting> {
    let mut draw = Draw::new(seed, "open service");
    let standing: Vec<_> =
        (0..(users as f64 * STANDING).ceil() as usize).map(|number| room("standing", number, &mut draw)).collect();
    let (begins, end) = (size.begins().as_millis(), (size.begins() + size.whole()).as_millis());
    let per_minute = users as f64 * SPARE / (MEAN_USERS * ATTENDANCE * MEAN_MINUTES);
    let mut meetings = Vec::new();
    let mut busy: HashMap<usize, u64> = HashMap::new();
    let mut minutes = 0.0;
    loop {
        minutes += draw.exponential(1.0 / per_minute);
        let bell = begins + (minutes * 60_000.0) as u64;
        if bell >= end {
            break;
        }
        if !draw.happens(rate(bell)) {
            continue;
        }
        let minutes = draw.log_normal(35.0, 0.75).clamp(3.0, 300.0);
        let known = draw.index(standing.len());
        // a room that is in use is not created again
        let free = draw.happens(RECUR) && busy.get(&known).is_none_or(|until| *until < bell);
        let made;
        let room = match standing.get(known).filter(|_| free) {
            Some(room) => {
                busy.insert(known, bell + ((minutes + LATEST_MINUTES) * 60_000.0) as u64);
                room
            }
            None => {
                made = self::room("meeting", meetings.len(), &mut draw);
                &made
            }
        };
        let mut meeting = room.meets(Occasion { bell, minutes }, &mut draw);
        meeting.hints.duration = meeting.hints.duration.map(|told| told.max(meeting.length));
        meetings.push(meeting);
    }
    thin(meetings, size, users, &mut Draw::new(seed, "thinned"))
}

/// How much goes on at this moment, 0 to 1.
fn rate(at: u64) -> f64 {
    let hours = at / 3_600_000;
    let (day, hour) = (hours / 24, (hours % 24) as usize);
    let from = DAY.get(hour).copied().unwrap_or_default();
    let to = DAY.get((hour + 1) % 24).copied().unwrap_or_default();
    let within = (at % 3_600_000) as f64 / 3_600_000.0;
    // 1970-01-01 was a Thursday: days 2 and 3 were the weekend
    let share = if matches!(day % 7, 2 | 3) { WEEKEND } else { 1.0 };
    share * (from + (to - from) * within)
}

fn room(kind: &str, number: usize, draw: &mut Draw) -> Room {
    let users = draw.pareto(2.5, 300.0, 1.25).round() as u32;
    let guest_camera = match users {
        0..=5 => 0.75,
        6..=20 => draw.between(0.1, 0.8),
        21..=60 => 0.1,
        _ => 0.02,
    };
    let manner = Manner { coming: Coming::OneByOne(2.5), host_camera: 0.85, guest_camera, voice: 0.95 };
    let website = ["open", "clubs", "churches", "firms"].get(draw.weighted([6.0, 2.0, 1.0, 1.0].into_iter()));
    Room {
        key: MeetingKey::new(*website.unwrap_or(&"open"), format!("{kind}-{number}")),
        users,
        manner,
        hints: hints(users, 60.0, draw),
        home: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_hours_and_a_week_its_end() {
        let hour = 3_600_000;
        let monday = super::super::MONDAY.as_millis();
        assert_eq!(rate(monday + 10 * hour), 1.0);
        assert!((rate(monday + 11 * hour / 2) - 0.14).abs() < 1e-9);
        assert_eq!(rate(monday + 4 * 24 * hour + 10 * hour), 1.0);
        assert_eq!(rate(monday + 5 * 24 * hour + 10 * hour), WEEKEND);
        assert_eq!(rate(monday - 24 * hour + 10 * hour), WEEKEND);
    }

    #[test]
    fn what_is_drawn_has_the_means_that_the_rate_is_made_from() {
        let mut draw = Draw::new(5, "test");
        let rooms = (0..40_000).map(|number| f64::from(room("meeting", number, &mut draw).users));
        let users = rooms.sum::<f64>() / 40_000.0;
        let minutes = (0..40_000).map(|_| draw.log_normal(35.0, 0.75).clamp(3.0, 300.0)).sum::<f64>() / 40_000.0;
        assert!((users / MEAN_USERS - 1.0).abs() < 0.05, "{users}");
        assert!((minutes / MEAN_MINUTES - 1.0).abs() < 0.05, "{minutes}");
    }
}
