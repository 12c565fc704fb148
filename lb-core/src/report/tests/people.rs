//! Stays, participants, minutes, names.

use super::*;

fn day() -> ReportQuery {
    query("05 00:00", "06 00:00", Step::Whole)
}

#[test]
fn a_stay_over_midnight_is_shared_between_two_days() {
    let events = Told::of("moodle")
        .created("a", "05 23:00")
        .entered("a", "ana", "05 23:30")
        .left("a", "ana", "06 00:45", None)
        .ended("a", "06 01:00", None)
        .events;
    let table = told(query("05 00:00", "07 00:00", Step::Day), Owners::default(), &events, march("20 00:00"));
    assert_eq!(by_step(&table, Figures::participant_minutes), [30.0, 45.0]);
    assert_eq!(by_step(&table, |figures| figures.participants), [1, 1]);
    assert_eq!(by_step(&table, |figures| figures.unique_names), [1, 1]);
    assert_eq!((table.total.participant_minutes(), table.total.participants, table.total.unique_names), (75.0, 1, 1));
    // each day asked for by itself says the same
    for (from, until, minutes) in [("05 00:00", "06 00:00", 30.0), ("06 00:00", "07 00:00", 45.0)] {
        let figures = total(query(from, until, Step::Whole), &events, "20 00:00");
        assert_eq!((figures.participant_minutes(), figures.participants), (minutes, 1));
    }
}

#[test]
fn a_stay_ends_with_its_leaving_else_with_its_meeting() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .entered("a", "left", "05 10:00")
        .left("a", "left", "05 10:10", None)
        .entered("a", "noticed late", "05 10:00")
        .left("a", "noticed late", "05 10:40", Some("05 10:20"))
        .entered("a", "never left", "05 10:00")
        .entered("a", "left after the end", "05 10:30")
        .left("a", "left after the end", "05 11:30", None)
        .ended("a", "05 11:15", Some("05 11:00"))
        .events;
    // 10, 20, 60 and 30 minutes
    assert_eq!(total(day(), &events, "20 00:00").participant_minutes(), 120.0);
}

#[test]
fn leaving_that_is_told_after_the_period_counts_for_what_was_in_it() {
    let events = Told::of("moodle")
        .created("a", "05 23:00")
        .entered("a", "ana", "05 23:00")
        .left("a", "ana", "06 02:00", Some("05 23:10"))
        .ended("a", "06 09:00", Some("05 23:20"))
        .events;
    let figures = total(day(), &events, "20 00:00");
    assert_eq!((figures.participant_minutes(), figures.longest.as_secs()), (10.0, 20 * 60));
}

#[test]
fn what_would_last_less_than_nothing_lasts_nothing_and_is_counted() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .entered("a", "ana", "05 10:30")
        .left("a", "ana", "05 10:40", Some("05 10:20"))
        .entered("a", "late", "05 11:30")
        .ended("a", "05 11:00", None)
        .left("a", "nobody", "05 10:40", None)
        .events;
    let figures = total(day(), &events, "20 00:00");
    assert_eq!((figures.participants, figures.participant_minutes(), figures.peak_users), (2, 0.0, 0));
}

#[test]
fn of_two_stays_of_the_same_name_the_first_counts() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .entered("a", "ana", "05 10:00")
        .left("a", "ana", "05 10:10", None)
        .entered("a", "ana", "05 10:30")
        .ended("a", "05 11:00", None)
        .events;
    assert_eq!(total(day(), &events, "20 00:00").participant_minutes(), 10.0);
}

#[test]
fn who_comes_back_is_one_participant_and_who_was_in_two_meetings_is_two() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .stays("a", "stay-1", "u-1", "Ana", "05 10:00")
        .left("a", "stay-1", "05 10:10", None)
        .stays("a", "stay-2", "u-1", "Ana", "05 10:20")
        // two browsers at once
        .stays("a", "stay-3", "u-1", "Ana", "05 10:25")
        .stays("a", "stay-4", "u-2", "Ana", "05 10:25")
        .ended("a", "05 10:30", None)
        .created("b", "05 12:00")
        .stays("b", "stay-1", "u-1", "Ana", "05 12:00")
        .ended("b", "05 12:30", None)
        .events;
    let figures = total(day(), &events, "20 00:00");
    assert_eq!((figures.participants, figures.unique_names, figures.peak_users), (3, 1, 3));
    assert_eq!(figures.participant_minutes(), 10.0 + 10.0 + 5.0 + 5.0 + 30.0);
    let hours = told(query("05 10:00", "05 13:00", Step::Hour), Owners::default(), &events, march("20 00:00"));
    assert_eq!(by_step(&hours, |figures| figures.participants), [2, 0, 1]);
    assert_eq!(by_step(&hours, |figures| figures.unique_names), [1, 0, 1]);
}

#[test]
fn a_person_in_several_steps_is_one_in_the_total() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .stays("a", "s1", "u-1", "Ana", "05 10:00")
        .stays("a", "s2", "u-2", "Bob", "05 11:30")
        .ended("a", "05 13:00", None)
        .events;
    let hours = told(query("05 10:00", "05 13:00", Step::Hour), Owners::default(), &events, march("20 00:00"));
    assert_eq!(by_step(&hours, |figures| figures.participants), [1, 2, 2]);
    assert_eq!((hours.total.participants, hours.total.unique_names), (2, 2));
    assert_eq!((hours.groups[0].figures.participants, hours.groups[0].figures.unique_names), (2, 2));
}

#[test]
fn names_of_two_websites_are_never_the_same_person() {
    let one = Told::of("moodle").created("a", "05 10:00").entered("a", "Ana", "05 10:00").events;
    let other = Told::of("portal").created("a", "05 10:00").entered("a", "Ana", "05 10:00").events;
    let all = [one, other].concat();
    for by in [By::Integration, By::Server, By::Nothing] {
        let table = told(ReportQuery { by, ..day() }, Owners::default(), &all, march("20 00:00"));
        assert_eq!(table.total.unique_names, 2, "{by:?}");
    }
}

#[test]
fn join_calls_count_only_where_nobody_was_ever_seen_and_are_marked() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .joined("a", "Ana", "05 10:00")
        .joined("a", "Ana", "05 10:05")
        .joined("a", "Bob", "05 10:06")
        .ended("a", "05 11:00", None)
        .created("b", "05 12:00")
        .joined("b", "Ana", "05 12:00")
        .joined("b", "Bob", "05 12:00")
        .entered("b", "Ana", "05 12:01")
        .joined("b", "Cid", "05 12:02")
        .ended("b", "05 13:00", None)
        .events;
    let figures = total(day(), &events, "20 00:00");
    assert_eq!((figures.participants, figures.participants_from_joins), (3, 2));
    assert_eq!((figures.participant_minutes(), figures.unique_names), (59.0, 1));
}

#[test]
fn somebody_seen_before_or_after_the_period_makes_its_join_calls_count_for_nothing() {
    let seen = |at: &str| {
        let told = Told::of("moodle").created("a", "04 10:00").joined("a", "Bob", "05 10:00").entered("a", "Ana", at);
        told.left("a", "Ana", at, None).ended("a", "06 12:00", None).events
    };
    for at in ["04 11:00", "06 11:00"] {
        assert_eq!(total(day(), &seen(at), "20 00:00").participants, 0, "seen at {at}");
    }
    assert_eq!(total(day(), &seen("21 00:00"), "20 00:00").participants_from_joins, 1);
}

#[test]
fn who_was_there_before_the_period_and_stays_is_in_it() {
    let events = Told::of("moodle")
        .created("a", "04 10:00")
        .entered("a", "stays", "04 10:00")
        .entered("a", "leaves", "04 10:00")
        .left("a", "leaves", "05 00:00", None)
        .ended("a", "07 10:00", None)
        .events;
    let figures = total(day(), &events, "20 00:00");
    assert_eq!((figures.participants, figures.participant_minutes()), (1, 1440.0));
    assert_eq!((figures.peak_users, figures.peak_meetings), (1, 1));
}
