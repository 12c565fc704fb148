//! Steps of the calendar, where clocks change and where they do not.

use super::*;

fn steps(zone: &str, step: Step, from: &str, until: &str) -> Vec<(String, u64)> {
    let zone = Zone::named(zone).unwrap();
    let (from, until) = (zone.moment(from).unwrap(), zone.moment(until).unwrap());
    let query = ReportQuery { from, until, zone, step, by: By::Nothing, filter: Filter::default() };
    let report = Report::new(query, Owners::default(), Limits::default()).unwrap();
    let steps = report.finish(until).unwrap().steps;
    assert!(steps.windows(2).all(|pair| pair[0].until == pair[1].from), "no gap: {steps:?}");
    assert_eq!((steps[0].from, steps[steps.len() - 1].until), (from, until));
    steps.into_iter().map(|step| (step.label, step.until.since(step.from).as_secs() / 60)).collect()
}

fn hours(of: &[(String, u64)]) -> Vec<(&str, u64)> {
    of.iter().map(|(label, minutes)| (label.as_str(), minutes / 60)).collect()
}

#[test]
fn a_day_has_23_or_25_hours_where_the_clocks_change() {
    let spring = steps("Europe/Berlin", Step::Day, "2026-03-28", "2026-03-31");
    assert_eq!(hours(&spring), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-03-30", 24)]);
    let autumn = steps("Europe/Berlin", Step::Day, "2026-10-25", "2026-10-26");
    assert_eq!(hours(&autumn), [("2026-10-25", 25)]);
    let in_hours = steps("Europe/Berlin", Step::Hour, "2026-10-25", "2026-10-26");
    assert_eq!(in_hours.len(), 25);
    assert_eq!(hours(&in_hours)[2..4], [("2026-10-25T02:00+02:00", 1), ("2026-10-25T02:00+01:00", 1)]);
    assert_eq!(steps("Europe/Berlin", Step::Hour, "2026-03-29", "2026-03-30").len(), 23);
}

#[test]
fn a_day_begins_when_its_first_moment_is_where_midnight_is_left_out() {
    // the clocks went from 0:00 to 1:00
    let days = steps("America/Sao_Paulo", Step::Day, "2018-11-03", "2018-11-06");
    assert_eq!(hours(&days), [("2018-11-03", 24), ("2018-11-04", 23), ("2018-11-05", 24)]);
    let zone = Zone::named("America/Sao_Paulo").unwrap();
    assert_eq!(zone.moment("2018-11-04"), zone.moment("2018-11-04T03:00:00Z"));
}

#[test]
fn an_hour_is_one_of_the_clock_also_where_zones_are_off_by_half_of_one() {
    let here = steps("Asia/Kolkata", Step::Hour, "2026-03-05T10:00", "2026-03-05T12:00");
    assert_eq!(hours(&here), [("2026-03-05T10:00+05:30", 1), ("2026-03-05T11:00+05:30", 1)]);
    // clocks go back by half an hour at 2:00
    let set_back = steps("Australia/Lord_Howe", Step::Hour, "2026-04-05T01:00", "2026-04-05T03:00");
    assert_eq!(set_back.iter().map(|(_, minutes)| *minutes).collect::<Vec<_>>(), [60, 30, 60]);
}

#[test]
fn weeks_months_quarters_and_years_are_those_of_the_calendar() {
    let weeks = steps("UTC", Step::Week, "2026-02-27", "2026-03-10");
    assert_eq!(hours(&weeks), [("2026-W09", 3 * 24), ("2026-W10", 7 * 24), ("2026-W11", 24)]);
    let months = steps("UTC", Step::Month, "2026-01-15", "2026-03-02");
    assert_eq!(hours(&months), [("2026-01", 17 * 24), ("2026-02", 28 * 24), ("2026-03", 24)]);
    let quarters = steps("UTC", Step::Quarter, "2026-01-01", "2027-01-01");
    assert_eq!(
        quarters.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(),
        ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    );
    let years = steps("Pacific/Auckland", Step::Year, "2025-06-01", "2027-01-01");
    assert_eq!(hours(&years), [("2025", 214 * 24 - 1), ("2026", 365 * 24)]);
    assert_eq!(hours(&steps("UTC", Step::Whole, "2026-01-01", "2026-01-03")), [("", 48)]);
}

#[test]
fn minutes_of_a_day_are_those_that_it_has() {
    let events = Told::of("moodle").created("a", "27 00:00").entered("a", "ana", "27 00:00").events;
    let zone = Zone::named("Europe/Berlin").unwrap();
    let (from, until) = (zone.moment("2026-03-28").unwrap(), zone.moment("2026-03-31").unwrap());
    let query = ReportQuery { from, until, zone, step: Step::Day, by: By::Nothing, filter: Filter::default() };
    let table = told(query, Owners::default(), &events, Timestamp::from_millis(u64::MAX / 4));
    assert_eq!(by_step(&table, Figures::participant_minutes), [1440.0, 1380.0, 1440.0]);
}

#[test]
fn the_last_full_step_is_the_one_before_the_present_one() {
    let zone = Zone::named("America/Sao_Paulo").unwrap();
    let moment = |text| zone.moment(text).unwrap();
    // still February there
    let now = moment("2026-03-01T02:59:59Z");
    assert_eq!(zone.last(Step::Month, now), Some((moment("2026-01-01"), moment("2026-02-01"))));
    let now = moment("2026-03-01T03:00:00Z");
    assert_eq!(zone.last(Step::Month, now), Some((moment("2026-02-01"), moment("2026-03-01"))));
    assert_eq!(zone.last(Step::Quarter, now), Some((moment("2025-10-01"), moment("2026-01-01"))));
    assert_eq!(zone.last(Step::Whole, now), None);
}

#[test]
fn moments_are_days_times_and_times_of_elsewhere() {
    let zone = Zone::named("America/Sao_Paulo").unwrap();
    let utc = |text| Zone::utc().moment(text).unwrap();
    assert_eq!(zone.moment("2026-03-01"), Ok(utc("2026-03-01T03:00:00Z")));
    assert_eq!(zone.moment("2026-03-01T10:30"), Ok(utc("2026-03-01T13:30:00Z")));
    assert_eq!(zone.moment("2026-03-01T10:30:00+01:00"), Ok(utc("2026-03-01T09:30:00Z")));
    for wrong in ["", "yesterday", "2026-13-01", "1969-12-31", "2026-02-30", "-009999-01-01", "9999-12-31T23:00:00Z"] {
        assert_eq!(zone.moment(wrong), Err(BadMoment), "{wrong:?}");
    }
    for wrong in ["", "Berlin", "Mars/Olympus", "../etc/passwd"] {
        assert_eq!(Zone::named(wrong), Err(UnknownZone), "{wrong:?}");
    }
    assert_eq!(Zone::named("europe/berlin").unwrap().name(), "Europe/Berlin");
    assert_eq!(Zone::named("UTC").unwrap().name(), "UTC");
}

#[test]
fn a_period_must_have_some_length_and_not_too_many_steps() {
    let empty = Report::new(query("05 00:00", "05 00:00", Step::Day), Owners::default(), Limits::default());
    assert_eq!(empty.err(), Some(BadReportQuery::Empty));
    let zone = Zone::utc();
    let (from, until) = (zone.moment("1970-01-01").unwrap(), zone.moment("9000-01-01").unwrap());
    let query = ReportQuery { from, until, zone, step: Step::Hour, by: By::Nothing, filter: Filter::default() };
    let long = Report::new(query, Owners::default(), Limits::default());
    assert!(matches!(long.err(), Some(BadReportQuery::TooManySteps(_))));
}
