//! How much a report may hold.

use super::*;

fn added(limits: Limits, events: &[Event]) -> Result<Table, TooMuch> {
    let mut report = Report::new(query("05 00:00", "06 00:00", Step::Hour), Owners::default(), limits).unwrap();
    for event in events {
        report.add(event)?;
    }
    report.finish(march("20 00:00"))
}

#[test]
fn a_report_that_would_hold_too_much_is_refused() {
    let events = Told::of("moodle")
        .created("a", "05 10:00")
        .entered("a", "1", "05 10:00")
        .entered("a", "2", "05 10:00")
        .created("b", "05 10:00")
        .events;
    let enough = Limits { stays: 2, meetings: 2, rows: 100, ..Limits::default() };
    assert!(added(enough, &events).is_ok());
    for (limits, what) in [
        (Limits { stays: 1, ..enough }, "stays"),
        (Limits { meetings: 1, ..enough }, "meetings"),
        (Limits { rows: 3, ..enough }, "lines"),
    ] {
        let refused = added(limits, &events).unwrap_err();
        assert!(refused.what.contains(what) && refused.to_string().contains("shorter period"), "{refused}");
    }
}

#[test]
fn what_ended_long_ago_is_let_go() {
    let mut told = Told::of("moodle");
    for day in 1..=20 {
        let (id, at) = (format!("m{day}"), format!("{day:02} 10:00"));
        told = told.created(&id, &at).entered(&id, "1", &at).entered(&id, "2", &at);
        told = told.ended(&id, &format!("{day:02} 11:00"), None);
    }
    let limits = Limits { stays: 6, ..Limits::default() };
    let mut report = Report::new(query("01 00:00", "21 00:00", Step::Day), Owners::default(), limits).unwrap();
    for event in &told.events {
        report.add(event).unwrap();
    }
    let table = report.finish(march("25 00:00")).unwrap();
    assert_eq!((table.total.participants, by_step(&table, |figures| figures.participants)), (40, vec![2; 20]));
}
