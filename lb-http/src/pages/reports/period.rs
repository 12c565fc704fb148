//! [`Period`]: which time is reported, and the one before it.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp as Moment, ToSpan, Zoned};
use lb_core::Timestamp;
use lb_core::report::{Step, Zone};

/// Milliseconds. Reports read what is rolled up where they begin and end with quarters of an hour; else every event.
const QUARTER: u64 = 15 * 60 * 1000;

/// A time from a moment on and before another, in a zone.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) zone: Zone,
}

/// The periods that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preset {
    This(Step),
    Last(Step),
}

impl Preset {
    /// Each with its word in a query.
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("this-month", Self::This(Step::Month)),
        ("last-month", Self::Last(Step::Month)),
        ("this-quarter", Self::This(Step::Quarter)),
        ("last-quarter", Self::Last(Step::Quarter)),
        ("this-year", Self::This(Step::Year)),
        ("last-year", Self::Last(Step::Year)),
    ];

    /// The one of that word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, preset)| preset)
    }

    /// Its time, as seen at `now`. One that is not over is whole nevertheless.
    pub(super) fn period(self, zone: &Zone, now: Timestamp) -> Option<Period> {
        let (from, until) = match self {
            Self::Last(step) => zone.last(step, now)?,
            Self::This(step) => {
                let from = zone.begin(step, now)?;
                let months = match step {
                    Step::Year => 12,
                    Step::Quarter => 3,
                    _ => 1,
                };
                (from, stamp(&shifted(&zoned(from, &clock(zone))?, months)?)?)
            }
        };
        Some(Period { from, until, zone: zone.clone() })
    }
}

impl Period {
    /// The one before, of the same length: so many months, days or, of what begins or ends in a day, hours and minutes. Of a period
    /// that is not over at `now` it is the part up to the same time after its begin, in whole quarters of an hour.
    pub(crate) fn before(&self, now: Timestamp) -> Option<Self> {
        let clock = clock(&self.zone);
        let (from, until) = (zoned(self.from, &clock)?, zoned(self.until, &clock)?);
        let begin = |zoned: &Zoned| zoned.start_of_day().is_ok_and(|start| start == *zoned);
        let first = |zoned: &Zoned| begin(zoned) && zoned.day() == 1;
        let earlier = if first(&from) && first(&until) {
            let months = |zoned: &Zoned| i32::from(zoned.year()) * 12 + i32::from(zoned.month());
            shifted(&from, months(&from) - months(&until))?
        } else if begin(&from) && begin(&until) {
            let days = from.date().duration_until(until.date()).as_hours() / 24;
            from.date().checked_sub(days.days()).ok()?.to_zoned(clock).ok()?
        } else {
            from.checked_sub(from.duration_until(&until)).ok()?
        };
        let earlier = stamp(&earlier)?;
        let until = if self.runs(now) {
            let passed = u64::try_from(now.since(self.from).as_millis()).ok()?;
            Timestamp::from_millis((earlier.as_millis() + passed) / QUARTER * QUARTER).min(self.from)
        } else {
            self.from
        };
        (earlier < until).then(|| Self { from: earlier, until, zone: self.zone.clone() })
    }

    /// Whether it is not over at `now`.
    pub(crate) fn runs(&self, now: Timestamp) -> bool {
        self.from < now && now < self.until
    }

    /// What it is cut into where nothing is said: into some dozens.
    pub(crate) fn usual_step(&self) -> Step {
        match self.until.since(self.from).as_secs() / 3600 {
            0..=49 => Step::Hour,
            50..=1500 => Step::Day,
            1501..=4500 => Step::Week,
            4501..=40_000 => Step::Month,
            _ => Step::Year,
        }
    }

    /// Its clock.
    pub(crate) fn clock(&self) -> TimeZone {
        clock(&self.zone)
    }

    /// A moment of it, as its clock shows it.
    pub(crate) fn at(&self, at: Timestamp) -> Zoned {
        zoned(at, &self.clock()).unwrap_or_default()
    }
}

fn clock(zone: &Zone) -> TimeZone {
    TimeZoneDatabase::bundled().get(zone.name()).unwrap_or(TimeZone::UTC)
}

fn zoned(at: Timestamp, clock: &TimeZone) -> Option<Zoned> {
    let at = Moment::from_millisecond(i64::try_from(at.as_millis()).ok()?).ok()?;
    Some(at.to_zoned(clock.clone()))
}

/// The begin of the day so many months later.
fn shifted(from: &Zoned, months: i32) -> Option<Zoned> {
    from.date().checked_add(months.months()).ok()?.to_zoned(from.time_zone().clone()).ok()
}

fn stamp(at: &Zoned) -> Option<Timestamp> {
    Some(Timestamp::from_millis(u64::try_from(at.timestamp().as_millisecond()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn period(name: &str, from: &str, until: &str) -> Period {
        let zone = zone(name);
        Period { from: zone.moment(from).unwrap(), until: zone.moment(until).unwrap(), zone }
    }

    fn said(period: &Period) -> String {
        let at = |at| period.at(at).strftime("%Y-%m-%dT%H:%M").to_string();
        format!("{} {}", at(period.from), at(period.until))
    }

    #[test]
    fn named_periods_are_those_of_the_calendar_there() {
        let zone = zone("America/Sao_Paulo");
        // there it is still March
        let now = Zone::utc().moment("2026-04-01T02:00:00Z").unwrap();
        for (word, expected) in [
            ("this-month", "2026-03-01T00:00 2026-04-01T00:00"),
            ("last-month", "2026-02-01T00:00 2026-03-01T00:00"),
            ("this-quarter", "2026-01-01T00:00 2026-04-01T00:00"),
            ("last-quarter", "2025-10-01T00:00 2026-01-01T00:00"),
            ("this-year", "2026-01-01T00:00 2027-01-01T00:00"),
            ("last-year", "2025-01-01T00:00 2026-01-01T00:00"),
        ] {
            assert_eq!(said(&Preset::of(word).unwrap().period(&zone, now).unwrap()), expected, "{word}");
        }
        assert_eq!(Preset::of("tomorrow"), None);
    }

    #[test]
    fn the_period_before_is_as_long_in_months_days_or_hours() {
        let later = Zone::utc().moment("2030-01-01").unwrap();
        for (zone, from, until, before) in [
            ("UTC", "2026-03-01", "2026-04-01", "2026-02-01T00:00 2026-03-01T00:00"),
            ("UTC", "2026-01-01", "2027-01-01", "2025-01-01T00:00 2026-01-01T00:00"),
            ("UTC", "2026-03-02", "2026-03-09", "2026-02-23T00:00 2026-03-02T00:00"),
            // the week in which the clocks are set has an hour less, and begins at midnight all the same
            ("Europe/Berlin", "2026-03-30", "2026-04-06", "2026-03-23T00:00 2026-03-30T00:00"),
            ("Europe/Berlin", "2026-03-29", "2026-03-30", "2026-03-28T00:00 2026-03-29T00:00"),
            ("UTC", "2026-03-02T10:00", "2026-03-02T12:30", "2026-03-02T07:30 2026-03-02T10:00"),
        ] {
            assert_eq!(said(&period(zone, from, until).before(later).unwrap()), before, "{from} {until}");
        }
    }

    #[test]
    fn what_is_not_over_is_compared_with_as_much_of_the_one_before() {
        let march = period("UTC", "2026-03-01", "2026-04-01");
        let now = Zone::utc().moment("2026-03-11T12:00").unwrap();
        assert_eq!(said(&march.before(now).unwrap()), "2026-02-01T00:00 2026-02-11T12:00");
        // a moment that begins no quarter would have every event read
        let odd = Timestamp::from_millis(now.as_millis() + 14 * 60_000 + 59_999);
        assert_eq!(march.before(odd).unwrap().until, Zone::utc().moment("2026-02-11T12:00").unwrap());
        let early = Timestamp::from_millis(march.from.as_millis() + 60_000);
        assert!(march.before(early).is_none(), "nothing can be compared yet");
        // a shorter month is over before
        let end = Zone::utc().moment("2026-03-31T12:00").unwrap();
        assert_eq!(said(&march.before(end).unwrap()), "2026-02-01T00:00 2026-03-01T00:00");
        // nothing has happened yet
        let future = Zone::utc().moment("2026-02-11").unwrap();
        assert!(march.before(future).is_some());
        assert!(period("UTC", "1970-01-01", "1980-01-01").before(now).is_none());
    }

    #[test]
    fn a_period_is_cut_into_some_dozens() {
        for (until, step) in [
            ("2026-01-02", Step::Hour),
            ("2026-02-01", Step::Day),
            ("2026-04-01", Step::Week),
            ("2027-01-01", Step::Month),
            ("2036-01-01", Step::Year),
        ] {
            assert_eq!(period("UTC", "2026-01-01", until).usual_step(), step, "{until}");
        }
    }
}
