//! Reports of what is stored: what was before the period and what is after it is found.

use super::*;
use crate::clock::Timestamp;
use crate::event::{Ended, Placement, Role, SeenBy};
use crate::meeting::MeetingKey;
use crate::report::{By, Filter, ReportQuery, Step, Table, Zone};
use crate::store::MeetingStore;

const DAY: u64 = 24 * 60;

/// Minutes after the begin of the period, which is a hundred days after the clock's.
fn at(minutes: i64) -> Timestamp {
    let begin = ManualClock::default().now() + Duration::from_secs(100 * DAY * 60);
    let millis = i64::try_from(begin.as_millis()).unwrap() + minutes * 60_000;
    Timestamp::from_millis(u64::try_from(millis).unwrap())
}

impl Network {
    fn happened(&self, minutes: i64, kind: EventKind) {
        block_on(self.store.record(vec![Event { at: at(minutes), kind }])).unwrap();
    }

    fn created(&self, website: &str, id: &str, minutes: i64) {
        let kind = EventKind::MeetingCreated {
            meeting: MeetingKey::new(website, id),
            internal_id: id.into(),
            name: id.to_owned(),
            server: "bbb1".into(),
            records: false,
            placement: Placement::default(),
            parameters: Vec::new(),
            router: None,
            partner: None,
        };
        self.happened(minutes, kind);
    }

    fn ended(&self, website: &str, id: &str, minutes: i64) {
        let (meeting, how) = (MeetingKey::new(website, id), Ended::Callback);
        let (internal_id, server) = (id.into(), "bbb1".into());
        self.happened(
            minutes,
            EventKind::MeetingEnded { meeting, internal_id, server, how, until: None, most_users: 0 },
        );
    }

    fn stayed(&self, website: &str, id: &str, who: &str, minutes: i64, until: Option<i64>) {
        let (meeting, server, seen_by) = (MeetingKey::new(website, id), "bbb1", SeenBy::List);
        let entered = EventKind::UserEntered {
            meeting: meeting.clone(),
            internal_id: id.into(),
            server: server.into(),
            user: who.into(),
            external_user_id: who.to_owned(),
            name: who.to_owned(),
            role: Role::Attendee,
            seen_by,
        };
        self.happened(minutes, entered);
        if let Some(until) = until {
            let (internal_id, server, user) = (id.into(), server.into(), who.into());
            self.happened(until, EventKind::UserLeft { meeting, internal_id, server, user, until: None, seen_by });
        }
    }

    /// One day, at a moment 200 days after the clock's begin.
    fn report(&self, websites: Option<&[&str]>) -> Table {
        self.clock.advance(at(100 * DAY as i64).since(self.clock.now()));
        let integrations = websites.map(|names| names.iter().map(|name| (*name).into()).collect());
        let filter = Filter { integrations, ..Filter::default() };
        let (from, until, zone) = (at(0), at(DAY as i64), Zone::utc());
        let query = ReportQuery { from, until, zone, step: Step::Whole, by: By::Integration, filter };
        block_on(self.balancer.report(query)).unwrap()
    }
}

#[test]
fn meetings_and_people_from_before_a_period_are_in_it_and_what_is_told_later_counts() {
    let network = Network::of(1);
    let day = DAY as i64;
    // all day long, and nothing happens
    network.created("moodle", "silent", -3 * day);
    network.stayed("moodle", "silent", "ana", -2 * day, Some(2 * day));
    network.ended("moodle", "silent", 3 * day);
    // for so long that nobody looks for it, but it ends in the period
    network.created("moodle", "old", -60 * day);
    network.stayed("moodle", "old", "bob", -50 * day, None);
    network.ended("moodle", "old", 60);
    // over before
    network.created("moodle", "over", -day);
    network.stayed("moodle", "over", "cid", -day, None);
    network.ended("moodle", "over", -1);
    // begins in it, ends a month later
    network.created("portal", "long", 1000);
    network.stayed("portal", "long", "dan", 1010, Some(20 * day));
    network.ended("portal", "long", 30 * day);
    // after it
    network.created("portal", "later", day);
    let report = network.report(None);
    let told = |table: &Table| {
        let rows = table.groups.iter().map(|row| {
            let figures = &row.figures;
            let (meetings, people) = ((figures.meetings, figures.meetings_running), figures.participants);
            (row.group.clone().unwrap(), meetings, people, figures.participant_minutes())
        });
        rows.collect::<Vec<_>>()
    };
    let moodle = ("moodle".to_owned(), (0, 2), 2, 1440.0 + 60.0);
    let portal = ("portal".to_owned(), (1, 1), 1, 430.0);
    assert_eq!(told(&report), [moodle.clone(), portal.clone()]);
    assert_eq!(report.total.longest, Duration::from_secs((30 * DAY - 1000) * 60));
    assert_eq!((report.total.peak_users, report.total.peak_meetings), (2, 2));
    // and the same when websites are read one by one
    assert_eq!(network.report(Some(&["moodle", "portal"])), report);
    assert_eq!(told(&network.report(Some(&["portal"]))), [portal]);
    let many: Vec<_> = (0..100).map(|number| format!("website {number}")).chain(["moodle".to_owned()]).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(told(&network.report(Some(&many))), [moodle]);
}

#[test]
fn a_report_reads_page_after_page() {
    let network = Network::of(1);
    network.created("moodle", "a", 0);
    for number in 0..1200 {
        network.stayed("moodle", "a", &format!("user {number}"), 1 + number % 60, Some(90 + number % 7));
    }
    network.ended("moodle", "a", 120);
    let total = network.report(None).total;
    let minutes: i64 = (0..1200).map(|number| 90 + number % 7 - 1 - number % 60).sum();
    assert_eq!((total.participants, total.peak_users), (1200, 1200));
    assert!((total.participant_minutes() - minutes as f64).abs() < 0.001, "{minutes}");
}
