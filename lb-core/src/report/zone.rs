//! [`Zone`]: a time zone of the IANA database, which is built in: no file is read.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{ToSpan, Zoned};

use super::Step;
use crate::clock::Timestamp;

/// Moments from before 1970 or after this are none that events have.
const LATEST_YEAR: i16 = 9000;

/// Milliseconds.
const HOUR: u64 = 3_600_000;

/// A time zone, by its name in the IANA list.
#[derive(Clone, PartialEq)]
pub struct Zone(TimeZone);

/// There is no time zone of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such time zone: it must be a name of the IANA list, such as America/Sao_Paulo or UTC")]
pub struct UnknownZone;

/// A text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no moment: it must be a day such as 2026-03-01, or a time such as 2026-03-01T14:30:00Z")]
pub struct BadMoment;

impl Zone {
    /// The zone of that name, such as `America/Sao_Paulo`.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        if name == "UTC" {
            return Ok(Self::utc());
        }
        TimeZoneDatabase::bundled().get(name).map(Self).map_err(|_| UnknownZone)
    }

    /// The zone without any shift.
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The moment that `text` means: a day, which means its begin here; a date and time, which is one here; or one with an
    /// offset of its own.
    ///
    /// # Errors
    /// [`BadMoment`].
    pub fn moment(&self, text: &str) -> Result<Timestamp, BadMoment> {
        let text = text.trim();
        let found = if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            moment
        } else if text.len() <= "2026-03-01".len() {
            let day: Date = text.parse().map_err(|_| BadMoment)?;
            self.0
                .to_zoned(day.at(0, 0, 0, 0))
                .and_then(|zoned| zoned.start_of_day())
                .map_err(|_| BadMoment)?
                .timestamp()
        } else {
            let time: DateTime = text.parse().map_err(|_| BadMoment)?;
            self.0.to_timestamp(time).map_err(|_| BadMoment)?
        };
        let fits = self.0.to_datetime(found).year() <= LATEST_YEAR;
        let millis = u64::try_from(found.as_millisecond()).ok().filter(|_| fits).ok_or(BadMoment)?;
        Ok(Timestamp::from_millis(millis))
    }

    /// The last `step` that was over at `now`: from its begin until its end.
    pub fn last(&self, step: Step, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let until = self.begin(step, now)?;
        let from = self.begin(step, Timestamp::from_millis(until.as_millis().checked_sub(1)?))?;
        Some((from, until))
    }

    /// When the step that `at` is in began.
    pub fn begin(&self, step: Step, at: Timestamp) -> Option<Timestamp> {
        let here = self.at(at)?;
        let day = here.date();
        let day = match step {
            Step::Whole => return None,
            Step::Hour => return Some(Timestamp::from_millis(at.as_millis().checked_sub(self.since_full_hour(at)?)?)),
            Step::Day => day,
            Step::Week => day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).ok()?,
            Step::Month => day.first_of_month(),
            Step::Quarter => Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1).ok()?,
            Step::Year => day.first_of_year(),
        };
        self.midnight(day)
    }

    /// When the step that `at` is in ends and the next one begins.
    pub(super) fn next(&self, step: Step, at: Timestamp) -> Option<Timestamp> {
        let length = match step {
            Step::Whole => return None,
            // counted from here: where the clocks are set by half an hour, an hour has begun before
            Step::Hour => return Some(Timestamp::from_millis(at.as_millis() + HOUR - self.since_full_hour(at)?)),
            Step::Day => 1.day(),
            Step::Week => 1.week(),
            Step::Month => 1.month(),
            Step::Quarter => 3.months(),
            Step::Year => 1.year(),
        };
        let begin = self.begin(step, at)?;
        self.midnight(self.at(begin)?.date().checked_add(length).ok()?).filter(|next| *next > at)
    }

    /// How many milliseconds it is since the last full hour of the clock.
    fn since_full_hour(&self, at: Timestamp) -> Option<u64> {
        let here = self.at(at)?;
        let millis =
            i64::from(here.minute()) * 60_000 + i64::from(here.second()) * 1000 + i64::from(here.millisecond());
        u64::try_from(millis).ok()
    }

    /// How people call the step that `at` is in.
    pub fn label(&self, step: Step, at: Timestamp) -> String {
        let Some(here) = self.at(at) else { return String::new() };
        match step {
            Step::Hour => here.strftime("%Y-%m-%dT%H:%M%:z").to_string(),
            Step::Day => here.strftime("%Y-%m-%d").to_string(),
            Step::Week => here.strftime("%G-W%V").to_string(),
            Step::Month => here.strftime("%Y-%m").to_string(),
            Step::Quarter => format!("{}-Q{}", here.year(), (here.month() - 1) / 3 + 1),
            Step::Year => here.year().to_string(),
            Step::Whole => String::new(),
        }
    }

    fn at(&self, at: Timestamp) -> Option<Zoned> {
        let at = jiff::Timestamp::from_millisecond(i64::try_from(at.as_millis()).ok()?).ok()?;
        Some(at.to_zoned(self.0.clone()))
    }

    /// The first moment of a day; not every day begins at 0:00.
    fn midnight(&self, day: Date) -> Option<Timestamp> {
        let begin = self.0.to_zoned(day.at(0, 0, 0, 0)).ok()?.start_of_day().ok()?;
        Some(Timestamp::from_millis(u64::try_from(begin.timestamp().as_millisecond()).ok()?))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}
