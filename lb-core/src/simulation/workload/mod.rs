//! What people do on a day, made up: the [`Workload`]s that policies are compared on.
//!
//! | | |
//! |---|---|
//! | `school_day`, `university`, `open_service`, `flash`, `regional`, `failure_day` | one workload each |
//! | `size` | how large it is made |
//! | `timetable`, `room` | who meets when, and how a meeting goes |
//! | `fleet`, `cities`, `hints` | servers, places, and what creates say |
//! | `draw` | chance, and its distributions |
//!
//! The same workload of the same size by the same seed is the same scenario. What people do is not taken from any one
//! network; a [replay](super::replay) is.

mod cities;
mod draw;
mod failure_day;
mod flash;
mod fleet;
mod hints;
mod open_service;
mod regional;
mod room;
mod school_day;
mod size;
#[cfg(test)]
mod tests;
mod thin;
mod timetable;
mod university;

use std::fmt;

pub use self::fleet::fleet;
use self::size::DAY;
pub use self::size::{BadWorkload, MONDAY, Size};
use super::{Outage, Scenario, SimulatedMeeting, SimulatedServer};

/// What people do, and what befalls the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Workload {
    /// Lessons at the full hour.
    SchoolDay,
    /// Lectures, seminars, office hours and evening courses.
    University,
    /// Anybody, at any time, mostly once.
    OpenService,
    /// 15 creates for each server, and 300 at least, within 10 seconds.
    Flash,
    /// Users and servers in several cities.
    Regional,
    /// The school day, with servers that fail and are drained.
    FailureDay,
}

/// The names of all, as they stand in tables.
pub const NAMES: [&str; 6] = ["school-day", "university", "open-service", "flash", "regional", "failure-day"];

/// The workload called `name`.
///
/// # Errors
/// [`BadWorkload::Unknown`] with the names that there are.
pub fn named(name: &str) -> Result<Workload, BadWorkload> {
    let found = Workload::ALL.into_iter().find(|workload| workload.name() == name);
    found.ok_or_else(|| BadWorkload::Unknown { name: name.to_owned() })
}

impl Workload {
    /// All, in the order of [`NAMES`].
    pub const ALL: [Self; NAMES.len()] =
        [Self::SchoolDay, Self::University, Self::OpenService, Self::Flash, Self::Regional, Self::FailureDay];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SchoolDay => "school-day",
            Self::University => "university",
            Self::OpenService => "open-service",
            Self::Flash => "flash",
            Self::Regional => "regional",
            Self::FailureDay => "failure-day",
        }
    }

    /// What it is, in a sentence for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::SchoolDay => {
                "Lessons of 45 minutes at the full hour from 8 to 17, 5 to 300 people, in rooms that recur every week."
            }
            Self::University => {
                "Lectures of 100 to 300, seminars of 20 with many cameras, office hours and evening courses, a quarter past."
            }
            Self::OpenService => {
                "Creates at random over the day, sizes and lengths with long tails, rooms that mostly meet once."
            }
            Self::Flash => {
                "A quiet network, and then 15 creates for each server, 300 at least, within 10 seconds; each meeting fills over some minutes."
            }
            Self::Regional => {
                "School days of 14 cities in South America and Europe by their own clocks, with servers in some of them."
            }
            Self::FailureDay => {
                "The school day, while servers fail in the middle of lessons, are drained and come back."
            }
        }
    }

    /// 20 servers, as many users as those can well serve, and the time that suits it.
    pub fn size(self) -> Size {
        self.size_for(20)
    }

    /// The same for so many servers.
    pub fn size_for(self, servers: usize) -> Size {
        let (per_strength, length, warm_up) = match self {
            Self::SchoolDay => (school_day::USERS_PER_STRENGTH, DAY, DAY * 14),
            Self::University => (university::USERS_PER_STRENGTH, DAY, DAY * 14),
            Self::OpenService => (open_service::USERS_PER_STRENGTH, DAY, DAY * 2),
            Self::Flash => (flash::USERS_PER_STRENGTH, DAY / 2, DAY),
            Self::Regional => (regional::USERS_PER_STRENGTH, DAY, DAY * 14),
            Self::FailureDay => (failure_day::USERS_PER_STRENGTH, DAY, DAY * 14),
        };
        let users = (servers as f64 * fleet::MEAN_STRENGTH * per_strength).round() as usize;
        Size { servers, users, length, warm_up }
    }

    /// Whether it can be of this size: cheap, where its scenarios may take a while to make.
    ///
    /// # Errors
    /// [`BadWorkload`] where it cannot.
    pub fn check(self, size: &Size) -> Result<(), BadWorkload> {
        size.check()?;
        let least = if self == Self::Flash { flash::least_users(size.servers) } else { 1 };
        let given = size.users;
        if given < least { Err(BadWorkload::TooFew { workload: self, given, least }) } else { Ok(()) }
    }

    /// The scenario of this size by this seed.
    ///
    /// # Errors
    /// [`BadWorkload`] where it [cannot be](Self::check) of this size.
    pub fn scenario(self, seed: u64, size: &Size) -> Result<Scenario, BadWorkload> {
        self.check(size)?;
        let servers = match self {
            Self::Regional => regional::servers(seed, size.servers),
            _ => fleet(seed, size.servers),
        };
        let meetings = match self {
            Self::SchoolDay | Self::FailureDay => school_day::meetings(seed, size),
            Self::University => university::meetings(seed, size),
            Self::OpenService => open_service::meetings(seed, size, size.users),
            Self::Flash => flash::meetings(seed, size),
            Self::Regional => regional::meetings(seed, size),
        };
        let outages = match self {
            Self::FailureDay => failure_day::outages(seed, size),
            _ => Vec::new(),
        };
        Ok(self.stage(size, servers, meetings, outages))
    }

    /// What happens within the time of `size`.
    fn stage(
        self,
        size: &Size,
        servers: Vec<SimulatedServer>,
        mut meetings: Vec<SimulatedMeeting>,
        outages: Vec<Outage>,
    ) -> Scenario {
        let (begins, end) = (size.begins(), size.begins() + size.whole());
        meetings.retain(|meeting| (begins..end).contains(&meeting.at));
        meetings.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        Scenario {
            name: self.name().to_owned(),
            begins,
            length: size.whole(),
            measured_from: size.warm_up,
            servers,
            meetings,
            outages,
            ..Scenario::default()
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
