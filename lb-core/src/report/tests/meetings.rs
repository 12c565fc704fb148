//! What is a meeting, when it begins and ends.

use std::time::Duration;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_meeting_belongs_to_the_period_in_which_it_begins() {
    let events = Told::of("moodle").created("a", "05 23:30").ended("a", "06 01:30", None).events;
    let table = told(query("05 00:00", "07 00:00", Step::Day), Owners::default(), &events, march("20 00:00"));
    assert_eq!(by_step(&table, |figures| figures.meetings), [1, 0]);
    assert_eq!(by_step(&table, |figures| figures.meetings_running), [1, 1]);
    assert_eq!(by_step(&table, Figures::average), [Some(2 * HOUR), None]);
    assert_eq!((table.total.meetings, table.total.meetings_running), (1, 1));
    // its end is known, though it is after the period
    let fifth = total(query("05 00:00", "06 00:00", Step::Whole), &events, "20 00:00");
    assert_eq!((fifth.meetings, fifth.meetings_ended, fifth.longest), (1, 1, 2 * HOUR));
    let sixth = total(query("06 00:00", "07 00:00", Step::Whole), &events, "20 00:00");
    assert_eq!((sixth.meetings, sixth.meetings_running, sixth.average()), (0, 1, None));
}

#[test]
fn begin_belongs_to_a_period_and_end_does_not() {
    let at_begin = Told::of("moodle").created("a", "05 00:00").ended("a", "05 01:00", None).events;
    let at_end = Told::of("moodle").created("a", "06 00:00").ended("a", "06 01:00", None).events;
    let till_begin = Told::of("moodle").created("a", "04 23:00").ended("a", "05 00:00", None).events;
    let day = || query("05 00:00", "06 00:00", Step::Whole);
    let counts = |figures: Figures| (figures.meetings, figures.meetings_running, figures.peak_meetings);
    assert_eq!(counts(total(day(), &at_begin, "20 00:00")), (1, 1, 1));
    assert_eq!(counts(total(day(), &at_end, "20 00:00")), (0, 0, 0));
    assert_eq!(counts(total(day(), &till_begin, "20 00:00")), (0, 0, 0));
}

#[test]
fn an_end_that_was_noticed_late_was_when_it_says() {
    let late = Told::of("moodle").created("a", "05 10:00").ended("a", "05 15:00", Some("05 11:00")).events;
    let figures = total(query("05 00:00", "06 00:00", Step::Hour), &late, "20 00:00");
    assert_eq!((figures.longest, figures.length), (HOUR, HOUR));
    let afternoon = total(query("05 11:00", "06 00:00", Step::Whole), &late, "20 00:00");
    assert_eq!(afternoon.meetings_running, 0);
    // never before it began
    let early = Told::of("moodle").created("a", "05 10:00").ended("a", "05 10:01", Some("05 09:00")).events;
    let figures = total(query("05 00:00", "06 00:00", Step::Whole), &early, "20 00:00");
    assert_eq!((figures.meetings_ended, figures.longest, figures.peak_meetings), (1, Duration::ZERO, 0));
}

#[test]
fn a_meeting_without_an_end_runs_until_the_moment_of_the_report() {
    let events = Told::of("moodle").created("a", "05 10:00").entered("a", "ana", "05 10:00").events;
    let table = told(query("05 00:00", "08 00:00", Step::Day), Owners::default(), &events, march("06 12:00"));
    assert_eq!(by_step(&table, |figures| figures.meetings_running), [1, 1, 0]);
    assert_eq!(by_step(&table, |figures| figures.participant_minutes()), [14.0 * 60.0, 12.0 * 60.0, 0.0]);
    assert_eq!(by_step(&table, |figures| figures.peak_users), [1, 1, 0]);
    assert_eq!((table.total.meetings_ended, table.total.average()), (0, None));
}

#[test]
fn a_meeting_that_is_found_again_is_the_same_and_ended_when_it_first_did() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .ended("a", "05 11:00", None)
        .adopted("a", "05 11:30")
        .ended("a", "05 12:00", None)
        .events;
    let figures = total(query("05 00:00", "06 00:00", Step::Whole), &events, "20 00:00");
    assert_eq!((figures.meetings, figures.meetings_ended, figures.longest), (1, 1, HOUR));
    // also where it is found again in the period alone
    let later = total(query("05 11:15", "06 00:00", Step::Whole), &events, "20 00:00");
    assert_eq!((later.meetings, later.meetings_running), (0, 0));
    // and days later, when it was counted long ago
    let later = Told { integration: "moodle", events }.adopted("a", "09 11:30").ended("a", "09 12:00", None).events;
    let others = Told::of("moodle").created("b", "08 00:00").ended("b", "08 01:00", None).events;
    let figures = total(query("01 00:00", "20 00:00", Step::Whole), &[later, others].concat(), "20 00:00");
    assert_eq!((figures.meetings, figures.longest), (2, HOUR));
}

#[test]
fn an_adopted_meeting_begins_when_it_is_found() {
    let events = Told::of("moodle").adopted("a", "05 10:00").ended("a", "05 11:00", None).events;
    let figures = total(query("05 00:00", "06 00:00", Step::Whole), &events, "20 00:00");
    assert_eq!((figures.meetings, figures.longest), (1, HOUR));
}

#[test]
fn two_websites_may_have_the_same_ids() {
    let one = Told::of("moodle").created("a", "05 10:00").ended("a", "05 11:00", None).events;
    let other = Told::of("portal").created("a", "05 10:00").ended("a", "05 12:00", None).events;
    let table =
        told(query("05 00:00", "06 00:00", Step::Whole), Owners::default(), &[one, other].concat(), march("20 00:00"));
    let told: Vec<_> = table.groups.iter().map(|row| (row.group.as_deref().unwrap(), row.figures.longest)).collect();
    assert_eq!(told, [("moodle", HOUR), ("portal", 2 * HOUR)]);
    assert_eq!((table.total.meetings, table.total.average(), table.total.longest), (2, Some(HOUR * 3 / 2), 2 * HOUR));
}

#[test]
fn breakout_rooms_of_websites_are_left_out() {
    let room = MeetingKey::new("moodle", "breakout");
    let events = Told::of("moodle")
        .tell("05 10:00", created(room, "b", "bbb1", &[("name", "x"), ("isBreakout", "true")]))
        .joined("b", "Ana", "05 10:01")
        .ended("b", "05 11:00", None)
        .events;
    assert_eq!(total(query("05 00:00", "06 00:00", Step::Whole), &events, "20 00:00"), Figures::default());
}

#[test]
fn a_meeting_whose_begin_is_no_longer_kept_counts_by_its_people_alone() {
    let events = Told::of("moodle").entered("a", "ana", "05 10:00").ended("a", "05 11:00", None).events;
    let figures = total(query("05 00:00", "06 00:00", Step::Whole), &events, "20 00:00");
    assert_eq!((figures.meetings, figures.meetings_running, figures.participants), (0, 0, 1));
    assert!((figures.participant_minutes() - 60.0).abs() < f64::EPSILON);
}
