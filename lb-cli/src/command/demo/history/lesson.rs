//! [`Lesson`]: one meeting of the past day as it was meant.

use std::time::Duration;

use fastrand::Rng;

use super::super::cast::{SUBJECTS, WebsiteRole, person};

/// People in the largest one.
const MOST_PEOPLE: u32 = 42;

/// How busy an hour of the day is where people live by the clock: a share of the busiest.
const HOURS: [f64; 24] = [
    0.05, 0.03, 0.02, 0.02, 0.02, 0.04, 0.1, 0.3, 0.8, 1.0, 1.0, 0.9, 0.5, 0.7, 1.0, 1.0, 0.9, 0.7, 0.8, 0.9, 0.7, 0.4,
    0.2, 0.1,
];

/// One meeting. All of it follows from the seed.
#[derive(Debug)]
pub(super) struct Lesson {
    pub(super) role: &'static WebsiteRole,
    pub(super) id: String,
    pub(super) name: String,
    /// What stands for the city of who asks for it.
    pub(super) address: &'static str,
    pub(super) records: bool,
    pub(super) lasts: Duration,
    pub(super) people: Vec<Person>,
}

/// Somebody in it.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: String,
    /// From the create to their join.
    pub(super) comes: Duration,
    /// From the create until they leave.
    pub(super) leaves: Duration,
}

/// How busy `role` is at that hour of UTC, from 0 to 1.
pub(super) fn busyness(role: &WebsiteRole, hour_of_utc: i64) -> f64 {
    let hour = (hour_of_utc + role.hours_before_utc).rem_euclid(24);
    usize::try_from(hour).ok().and_then(|hour| HOURS.get(hour)).copied().unwrap_or_default()
}

impl Lesson {
    /// The one of that number of the day.
    pub(super) fn draw(role: &'static WebsiteRole, number: usize, rng: &mut Rng) -> Self {
        let (city, address) = role.audience.get(rng.usize(..role.audience.len())).copied().unwrap_or_default();
        let subject = SUBJECTS[rng.usize(..SUBJECTS.len())];
        let lasts = Duration::from_secs(rng.u64(20 * 60..100 * 60));
        let count = if rng.u32(..6) == 0 { rng.u32(20..=MOST_PEOPLE) } else { rng.u32(2..=14) };
        let first = rng.usize(..208);
        let people = (0..count as usize).map(|number| {
            let comes = if number == 0 { rng.u64(2..20) } else { rng.u64(10..540) };
            let share = if rng.u32(..4) == 0 { 0.35 + 0.6 * rng.f64() } else { 1.0 };
            let (comes, leaves) = (Duration::from_secs(comes), lasts.mul_f64(share));
            Person { name: person(first + number), comes, leaves: leaves.max(comes + Duration::from_secs(60)) }
        });
        let people = people.collect();
        let records = rng.u32(..4) == 0;
        let (id, name) = (format!("{}-yesterday-{number}", role.name), format!("{city}, {subject}"));
        Self { role, id, name, address, records, lasts, people }
    }
}
