//! What stands along a chart: times below, figures at its left.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::drawing::{At, Drawing};
use super::scale::Scale;
use super::writing::Writing;
use super::{FOOT, HEAD, WIDTH};

/// How many times stand below a chart, at most.
const TICKS: i64 = 7;

/// The last minute of which there are ticks.
const MINUTES: i64 = 24 * 60;

/// From one tick to the next.
#[derive(Clone, Copy)]
enum Pace {
    /// So many minutes, from midnight on.
    Minutes(i64),
    /// So many days, from the first of a month on; 7: from Monday to Monday.
    Days(i64),
    /// So many months, from January on.
    Months(i64),
    /// So many years.
    Years(i64),
}

impl Pace {
    const ALL: [Self; 22] = [
        Self::Minutes(5),
        Self::Minutes(15),
        Self::Minutes(30),
        Self::Minutes(60),
        Self::Minutes(120),
        Self::Minutes(180),
        Self::Minutes(240),
        Self::Minutes(360),
        Self::Minutes(720),
        Self::Days(1),
        Self::Days(2),
        Self::Days(5),
        Self::Days(7),
        Self::Days(14),
        Self::Months(1),
        Self::Months(2),
        Self::Months(3),
        Self::Months(6),
        Self::Years(1),
        Self::Years(2),
        Self::Years(10),
        Self::Years(100),
    ];

    fn minutes(self) -> i64 {
        match self {
            Self::Minutes(minutes) => minutes,
            Self::Days(days) => days * MINUTES,
            Self::Months(months) => months * 30 * MINUTES,
            Self::Years(years) => years * 365 * MINUTES,
        }
    }

    /// The first tick from the begin of the day of `at` on, or a little before.
    fn first(self, at: &Zoned) -> Option<Zoned> {
        let day = at.date();
        let day = match self {
            Self::Minutes(_) => day,
            Self::Days(7 | 14) => day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).ok()?,
            Self::Days(1) => day,
            Self::Days(_) => day.first_of_month(),
            Self::Months(_) => day.first_of_year(),
            Self::Years(years) => {
                let year = i64::from(day.year());
                jiff::civil::Date::new(i16::try_from(year - year.rem_euclid(years)).ok()?, 1, 1).ok()?
            }
        };
        day.to_zoned(at.time_zone().clone()).ok()
    }

    fn next(self, tick: &Zoned) -> Option<Zoned> {
        let day = tick.date();
        match self {
            Self::Minutes(minutes) => {
                let now = i64::from(tick.hour()) * 60 + i64::from(tick.minute());
                let next = (now / minutes + 1) * minutes;
                if next >= MINUTES {
                    return day.checked_add(1.day()).ok()?.to_zoned(tick.time_zone().clone()).ok();
                }
                let time = Time::new(i8::try_from(next / 60).ok()?, i8::try_from(next % 60).ok()?, 0, 0).ok()?;
                let next = day.to_datetime(time).to_zoned(tick.time_zone().clone()).ok()?;
                // where the clock jumps over the next one
                if next > *tick { Some(next) } else { tick.checked_add(SignedDuration::from_mins(minutes)).ok() }
            }
            Self::Days(days @ (1 | 7 | 14)) => {
                day.checked_add(days.days()).ok()?.to_zoned(tick.time_zone().clone()).ok()
            }
            Self::Days(days) => {
                let next = day.checked_add(days.days()).ok()?;
                // the last days of a month have none: the next one's first would stand beside it
                let month = day.first_of_month().checked_add(1.month()).ok()?;
                let close = month.duration_since(next) < SignedDuration::from_hours(24 * days / 2);
                if close { month } else { next }.to_zoned(tick.time_zone().clone()).ok()
            }
            Self::Months(months) => day.checked_add(months.months()).ok()?.to_zoned(tick.time_zone().clone()).ok(),
            Self::Years(years) => day.checked_add(years.years()).ok()?.to_zoned(tick.time_zone().clone()).ok(),
        }
    }

    fn label(self, tick: &Zoned, writing: &Writing) -> String {
        let midnight = tick.hour() == 0 && tick.minute() == 0;
        match self {
            Self::Minutes(_) if !midnight => format!("{:02}:{:02}", tick.hour(), tick.minute()),
            Self::Minutes(_) | Self::Days(_) => writing.day(tick),
            Self::Months(_) if tick.month() != 1 => writing.month(tick).to_owned(),
            Self::Months(_) | Self::Years(_) => tick.year().to_string(),
        }
    }
}

/// A moment below a chart.
#[derive(Debug, PartialEq)]
pub(super) struct Tick {
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// How it is called.
    pub(super) label: String,
}

/// Moments that people think in, between two others (milliseconds since 1970): full hours, midnights, first days of months, as
/// the clock of the zone shows them.
pub(super) fn ticks(from: i64, until: i64, zone: &TimeZone, writing: &Writing) -> Vec<Tick> {
    let minutes = (until - from) / 60_000;
    let Some(pace) = Pace::ALL.into_iter().find(|pace| minutes / pace.minutes() <= TICKS) else { return Vec::new() };
    let Ok(begin) = Timestamp::from_millisecond(from) else { return Vec::new() };
    let mut tick = pace.first(&begin.to_zoned(zone.clone()));
    let mut ticks = Vec::new();
    while let Some(at) =
        tick.filter(|tick| tick.timestamp().as_millisecond() < until && ticks.len() < 2 * TICKS as usize)
    {
        let millis = at.timestamp().as_millisecond();
        if millis >= from {
            ticks.push(Tick { at: millis, label: pace.label(&at, writing) });
        }
        tick = pace.next(&at);
    }
    ticks
}

/// The part of a chart that figures are drawn in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    /// How high the whole chart is.
    pub(super) height: f64,
}

impl Plot {
    /// Where nought is.
    pub(super) fn ground(self) -> f64 {
        self.height - FOOT
    }

    /// How high up `figure` is.
    pub(super) fn y(self, scale: &Scale, figure: f64) -> f64 {
        self.ground() - scale.share(figure) * (self.ground() - HEAD)
    }

    /// The lines of the scale, with their figures above them: so a long figure takes no room from the chart.
    pub(super) fn lines(self, drawing: &mut Drawing, scale: &Scale) {
        for line in &scale.lines {
            let y = self.y(scale, *line);
            let class = if *line == 0.0 { "ground" } else { "grid" };
            drawing.empty("path", &[("class", &class), ("d", &format!("M0 {}h{WIDTH}", At(y)))]);
        }
    }

    /// Those figures. They are drawn last, and seen over what stands there.
    pub(super) fn figures(self, drawing: &mut Drawing, scale: &Scale, writing: &Writing) {
        for line in scale.lines.iter().filter(|line| **line > 0.0) {
            let y = self.y(scale, *line) - 5.0;
            drawing.text("text", &[("class", &"figure"), ("x", &0), ("y", &At(y))], &writing.short(*line));
        }
    }

    /// A word below the chart.
    pub(super) fn word(self, drawing: &mut Drawing, x: f64, word: &str) {
        // at the edges it must not be cut off
        let anchor = match x {
            x if x < 24.0 => "start",
            x if x > WIDTH - 24.0 => "end",
            _ => "middle",
        };
        drawing.text("text", &[("x", &At(x)), ("y", &At(self.height - 6.0)), ("text-anchor", &anchor)], word);
    }
}

#[cfg(test)]
mod tests {
    use lb_core::report::Zone;

    use super::super::super::language::Language;
    use super::*;

    fn labels(from: &str, until: &str, zone: &str, writing: &Writing) -> Vec<String> {
        let moment = |text| i64::try_from(Zone::named(zone).unwrap().moment(text).unwrap().as_millis()).unwrap();
        let zone = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap();
        ticks(moment(from), moment(until), &zone, writing).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn times_are_those_that_people_think_in() {
        for (from, until, expected) in [
            ("2026-03-01T13:07", "2026-03-01T14:00", "13:10? 13:15 13:30 13:45"),
            ("2026-03-01T13:07", "2026-03-01T13:40", "13:10 13:15 13:20 13:25 13:30 13:35"),
            ("2026-03-01T13:00", "2026-03-02T13:00", "16:00 20:00 2 Mar 04:00 08:00 12:00"),
            ("2026-03-01", "2026-03-08", "1 Mar 2 Mar 3 Mar 4 Mar 5 Mar 6 Mar 7 Mar"),
            ("2026-03-01", "2026-04-01", "1 Mar 6 Mar 11 Mar 16 Mar 21 Mar 26 Mar"),
            ("2026-01-01", "2026-04-01", "12 Jan 26 Jan 9 Feb 23 Feb 9 Mar 23 Mar"),
            ("2025-10-01", "2026-05-01", "Oct Nov Dec 2026 Feb Mar Apr"),
            ("2020-01-01", "2027-01-01", "2020 2021 2022 2023 2024 2025 2026"),
        ] {
            let expected = expected.replace("13:10? ", "");
            assert_eq!(
                labels(from, until, "UTC", Writing::of(Language::English)).join(" "),
                expected,
                "{from} {until}"
            );
        }
        let brazil = labels("2026-02-01", "2026-02-04", "America/Sao_Paulo", Writing::of(Language::Portuguese));
        assert_eq!(brazil, ["1 fev", "12:00", "2 fev", "12:00", "3 fev", "12:00"]);
    }

    #[test]
    fn days_on_which_clocks_are_set_have_the_times_of_the_clock() {
        // 2:00 does not come
        let spring = labels("2026-03-29", "2026-03-29T08:00", "Europe/Berlin", Writing::of(Language::English));
        assert_eq!(spring, ["29 Mar", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00"]);
        let autumn = labels("2026-10-25", "2026-10-26", "Europe/Berlin", Writing::of(Language::English));
        assert_eq!(autumn, ["25 Oct", "04:00", "08:00", "12:00", "16:00", "20:00"]);
        // 2:00 comes twice, and is named once
        let twice = labels("2026-10-25", "2026-10-25T06:00", "Europe/Berlin", Writing::of(Language::English));
        assert_eq!(twice, ["25 Oct", "01:00", "02:00", "03:00", "04:00", "05:00"]);
    }

    #[test]
    fn impossible_times_have_no_ticks() {
        assert_eq!(ticks(5, 5, &TimeZone::UTC, Writing::of(Language::English)), []);
        assert_eq!(ticks(10, 5, &TimeZone::UTC, Writing::of(Language::English)), []);
        assert!(ticks(0, i64::MAX, &TimeZone::UTC, Writing::of(Language::English)).len() <= 16);
        assert_eq!(ticks(i64::MIN / 4, i64::MIN / 4 + 100_000, &TimeZone::UTC, Writing::of(Language::English)), []);
    }
}
