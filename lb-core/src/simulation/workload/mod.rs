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
mod fleet;
mod hints;
mod room;
mod school_day;
mod size;
#[cfg(test)]
mod tests;
mod timetable;

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
}

/// The names of all, as they stand in tables.
pub const NAMES: [&str; 1] = ["school-day"];

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
    pub const ALL: [Self; NAMES.len()] = [Self::SchoolDay];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SchoolDay => "school-day",
        }
    }

    /// What it is, in a sentence for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::SchoolDay => {
                "Lessons of 45 minutes at the full hour from 8 to 17, 5 to 300 people, in rooms that recur every week."
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
        };
        let users = (servers as f64 * fleet::MEAN_STRENGTH * per_strength).round() as usize;
        Size { servers, users, length, warm_up }
    }

    /// The scenario of this size by this seed.
    ///
    /// # Errors
    /// [`BadWorkload`] where it cannot be of this size.
    pub fn scenario(self, seed: u64, size: &Size) -> Result<Scenario, BadWorkload> {
        size.check()?;
        Ok(match self {
            Self::SchoolDay => {
                self.stage(size, fleet(seed, size.servers), school_day::meetings(seed, size), Vec::new())
            }
        })
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
