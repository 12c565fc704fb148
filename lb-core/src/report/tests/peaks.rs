//! The most at the same time.

use super::*;

#[test]
fn what_ends_as_another_begins_is_not_there_at_the_same_time() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .ended("a", "05 11:00", None)
        .created("b", "05 11:00")
        .ended("b", "05 12:00", None)
        .events;
    let table = told(query("05 00:00", "06 00:00", Step::Hour), Owners::default(), &events, march("20 00:00"));
    let peaks = by_step(&table, |figures| figures.peak_meetings);
    assert_eq!((&peaks[9..13], table.total.peak_meetings), (&[0, 1, 1, 0][..], 1));
}

#[test]
fn what_is_there_at_the_begin_of_a_step_is_in_its_peak() {
    let events = Told::of("moodle")
        .created("a", "05 10:10")
        .created("b", "05 10:20")
        .ended("b", "05 11:10", None)
        .created("c", "05 11:30")
        .created("d", "05 11:40")
        .ended("c", "05 12:00", None)
        .ended("a", "05 14:00", None)
        .ended("d", "05 14:30", None)
        .events;
    let table = told(query("05 10:00", "05 15:00", Step::Hour), Owners::default(), &events, march("20 00:00"));
    assert_eq!(by_step(&table, |figures| figures.peak_meetings), [2, 3, 2, 2, 1]);
    assert_eq!(table.total.peak_meetings, 3);
}

#[test]
fn the_peak_of_all_is_what_they_had_together() {
    let one = Told::of("moodle")
        .created("a", "05 10:00")
        .entered("a", "1", "05 10:00")
        .entered("a", "2", "05 10:00")
        .left("a", "2", "05 10:30", None)
        .ended("a", "05 12:00", None)
        .events;
    let other = Told::of("portal")
        .created("a", "05 11:00")
        .entered("a", "1", "05 11:00")
        .entered("a", "2", "05 11:00")
        .ended("a", "05 12:00", None)
        .events;
    let table =
        told(query("05 00:00", "06 00:00", Step::Whole), Owners::default(), &[one, other].concat(), march("20 00:00"));
    let peaks: Vec<_> = table.groups.iter().map(|row| row.figures.peak_users).collect();
    // neither four, which there never were, nor two
    assert_eq!((peaks, table.total.peak_users, table.total.peak_meetings), (vec![2, 2], 3, 2));
}

#[test]
fn the_peak_of_an_hour_is_the_largest_of_its_quarters() {
    let mut told_so = Told::of("moodle").created("a", "05 10:00");
    for minute in 0..60 {
        let who = format!("user {minute}");
        let at = |minute: u32| format!("05 {}:{:02}", 10 + minute / 60, minute % 60);
        told_so = told_so.entered("a", &who, &at(minute)).left("a", &who, &at(minute + minute % 17 + 1), None);
    }
    let events = told_so.ended("a", "05 12:00", None).events;
    let quarter = |from: &str, until: &str| total(query(from, until, Step::Whole), &events, "20 00:00").peak_users;
    let quarters = [
        quarter("05 10:00", "05 10:15"),
        quarter("05 10:15", "05 10:30"),
        quarter("05 10:30", "05 10:45"),
        quarter("05 10:45", "05 11:00"),
    ];
    assert_eq!(quarters.iter().max(), Some(&quarter("05 10:00", "05 11:00")));
    // counted by hand: how many of the users are there at each minute
    let there = |at: u32| (0..60).filter(|m| *m <= at && at < m + m % 17 + 1).count() as u64;
    assert_eq!(quarters.map(Some), [0, 15, 30, 45].map(|begin| (begin..begin + 15).map(there).max()));
}
