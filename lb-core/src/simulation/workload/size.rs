//! [`Size`]: how large a workload is made, and [`BadWorkload`], why it cannot be.

use std::time::Duration;

use super::Workload;
use crate::clock::Timestamp;

/// The first measured moment of every workload: Monday, 2 March 2026, 00:00 UTC.
pub const MONDAY: Timestamp = Timestamp::from_millis(1_772_409_600_000);

/// A day.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// How large a workload is. [`Workload::size`] has what suits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Servers: 1 to [`MOST_SERVERS`](Self::MOST_SERVERS).
    pub servers: usize,
    /// How many users are aimed at as the most at once: 1 to [`MOST_USERS`](Self::MOST_USERS).
    pub users: usize,
    /// The time that is measured, from a Monday 00:00 UTC on: 1 hour to [`LONGEST`](Self::LONGEST).
    pub length: Duration,
    /// The time before it, in which a policy that learns may learn: at most [`LONGEST`](Self::LONGEST), or none.
    pub warm_up: Duration,
}

impl Size {
    /// More servers are refused.
    pub const MOST_SERVERS: usize = 20_000;
    /// More users at once are refused.
    pub const MOST_USERS: usize = 1_000_000;
    /// A longer time, or warm-up, is refused.
    pub const LONGEST: Duration = Duration::from_secs(56 * 24 * 3600);
    /// More than so many users at once times days, the warm-up among them, are refused: they would not fit into memory.
    pub const MOST_USER_DAYS: usize = 4_000_000;

    const SHORTEST: Duration = Duration::from_secs(3600);

    /// # Errors
    /// What of it cannot be.
    pub(super) fn check(&self) -> Result<(), BadWorkload> {
        let within = |what, given, least, most| {
            if (least..=most).contains(&given) { Ok(()) } else { Err(BadWorkload::Size { what, given, least, most }) }
        };
        let hours = |time: Duration| usize::try_from(time.as_secs() / 3600).unwrap_or(usize::MAX);
        within("servers", self.servers, 1, Self::MOST_SERVERS)?;
        within("users at once", self.users, 1, Self::MOST_USERS)?;
        within("hours", hours(self.length), hours(Self::SHORTEST), hours(Self::LONGEST))?;
        within("hours of warm-up", hours(self.warm_up), 0, hours(Self::LONGEST))?;
        let days = hours(self.whole()).div_ceil(24);
        within("users at once times days", self.users * days, 1, Self::MOST_USER_DAYS)
    }

    /// The warm-up and the measured time.
    pub(super) fn whole(&self) -> Duration {
        self.length.saturating_add(self.warm_up)
    }

    /// When the warm-up begins.
    pub(super) fn begins(&self) -> Timestamp {
        MONDAY.before(self.warm_up)
    }

    /// The days of the calendar that the whole time reaches into.
    pub(super) fn days(&self) -> impl Iterator<Item = Day> + use<> {
        let day = DAY.as_millis() as u64;
        let (begins, end) = (self.begins().as_millis(), (self.begins() + self.whole()).as_millis());
        // the evening before is there too: far west it is still that day
        (begins / day - 1..end.div_ceil(day) + 1).map(move |number| Day { number, begin: number * day })
    }
}

/// A day of the calendar, UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    /// Days since 1970-01-01.
    pub(super) number: u64,
    /// Its midnight, milliseconds since 1970-01-01.
    pub(super) begin: u64,
}

impl Day {
    /// 0 is Monday. (1970-01-01 was a Thursday.)
    pub(super) fn weekday(self) -> usize {
        ((self.number + 3) % 7) as usize
    }
}

/// Why a workload cannot be made. Each is a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadWorkload {
    /// There is none of this name.
    #[error("there is no workload {name:?}; there are {}", super::NAMES.join(", "))]
    Unknown {
        /// The name.
        name: String,
    },
    /// It cannot be so large, or so small.
    #[error("a workload cannot have {given} {what}: {least} to {most}")]
    Size {
        /// What of it.
        what: &'static str,
        /// How much was asked for.
        given: usize,
        /// The least that can be.
        least: usize,
        /// The most.
        most: usize,
    },
    /// It cannot be made of so few users.
    #[error("workload {workload} cannot have {given} users at once: {least} or more")]
    TooFew {
        /// Which.
        workload: Workload,
        /// How many were asked for.
        given: usize,
        /// The fewest that can be.
        least: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_time_begins_on_a_monday() {
        let size = Size { warm_up: DAY * 3, ..Workload::SchoolDay.size() };
        let weekdays: Vec<_> = size.days().map(Day::weekday).collect();
        assert_eq!(size.begins() + DAY * 3, MONDAY);
        assert_eq!(weekdays, [3, 4, 5, 6, 0, 1]);
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_could() {
        let good = Workload::SchoolDay.size();
        let told = |size: Size| size.check().unwrap_err().to_string();
        assert_eq!(told(Size { servers: 0, ..good }), "a workload cannot have 0 servers: 1 to 20000");
        assert!(told(Size { users: 0, ..good }).contains("0 users at once"));
        assert!(told(Size { users: usize::MAX, ..good }).contains("1 to 1000000"));
        assert!(told(Size { length: Duration::ZERO, ..good }).contains("0 hours: 1 to 1344"));
        assert!(told(Size { length: Duration::MAX, ..good }).contains("hours: 1 to 1344"));
        assert!(told(Size { warm_up: Duration::MAX, ..good }).contains("hours of warm-up"));
        assert!(told(Size { users: 1_000_000, ..good }).contains("users at once times days"));
    }
}
