use super::*;
use crate::fleet::{FleetRules, ListedMeeting, MeetingList, PackedXml};
use crate::server::{HostStatus, Load, Server};
use crate::source::{MonitorReport, ReportedServer};

const HOUR: Duration = Duration::from_secs(3600);

fn at(minutes: u64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + minutes * 60_000)
}

fn fleet(cpu: &[(&str, Option<f64>)], now: Timestamp) -> Fleet {
    let reported = cpu.iter().map(|(name, cpu)| ReportedServer {
        server: Server::new(*name, "https://bbb.example.org", "secret").unwrap(),
        host: HostStatus::Up,
        services: Vec::new(),
        load: Load { cpu: *cpu, cpu_at: now, memory: Some(40.0), ..Load::default() },
        recording: false,
    });
    let (report, rules) = (MonitorReport::of(reported.collect::<Vec<_>>()), Arc::new(FleetRules::default()));
    Fleet::default().with_report(report, &BTreeMap::new(), &rules, now).unwrap()
}

fn listing(fleet: &Fleet, name: &str, users: u32, now: Timestamp) -> Fleet {
    let meeting = ListedMeeting {
        internal_id: "i".into(),
        meeting_id: "m".into(),
        create_time: 1,
        users,
        moderators: 0,
        audio: users / 2,
        video: 1,
        size_hint: None,
        ended: false,
        breakout: false,
        parent: None,
        voice_bridge: None,
        stamp: None,
        people: Box::default(),
        xml: PackedXml::new(""),
    };
    let list = Arc::new(MeetingList::new(now, vec![meeting]));
    fleet.with_server(&name.into(), now, |server| server.take_list(list, |_| None, "lb", now)).unwrap()
}

#[test]
fn what_is_not_known_is_a_gap_and_never_nothing() {
    let fleet = fleet(&[("a", Some(20.0)), ("b", None)], at(0));
    let both = listing(&fleet, "a", 10, at(0));
    let (course, step) = Course::default().recorded(&both, at(0));
    assert_eq!(step.unwrap().servers.len(), 2, "the memory of b is known");
    let points = course.totals(at(3));
    let total = points[0].sample;
    assert_eq!((total.users, total.meetings, total.audio, total.video), (Some(10), Some(1), Some(5), Some(1)));
    assert_eq!((total.cpu, total.memory), (Some(20.0), Some(40.0)), "the mean of what is known");
    assert_eq!(points.len(), 4);
    assert!(points[1..].iter().all(|point| !point.sample.is_known()));
    let b = course.server(&"b".into(), at(0));
    assert_eq!((b[0].sample.users, b[0].sample.cpu), (None, None));
    assert_eq!(course.server(&"c".into(), at(0)), []);
    // the last list of a server that fell silent says nothing of now
    let (course, _) = course.recorded(&both, at(10));
    assert_eq!(course.totals(at(10)).last().unwrap().sample.users, None);
}

#[test]
fn samples_are_taken_once_in_their_rhythm() {
    let fleet = listing(&fleet(&[("a", Some(20.0))], at(0)), "a", 10, at(0));
    let mut course = Course::default();
    let (mut steps, mut samples) = (0, 0);
    for second in 0..15 * 60 {
        let now = at(0) + Duration::from_secs(second);
        samples += u32::from(course.is_due(now));
        let (next, step) = course.recorded(&fleet, now);
        if let Some(step) = step {
            steps += 1;
            assert_eq!(step.totals.len(), if steps == 1 { 1 } else { 5 });
        }
        course = next;
    }
    assert_eq!((samples, steps), (15, 3));
    assert_eq!(course.server(&"a".into(), at(14)).len(), 3);
}

#[test]
fn a_course_goes_back_for_a_day_and_a_server_that_left_goes_with_it() {
    let (both, one) = (fleet(&[("a", Some(1.0)), ("b", Some(2.0))], at(0)), fleet(&[("a", Some(1.0))], at(0)));
    let mut course = Course::default();
    for minute in 0..26 * 60 {
        let of = if minute < 60 { &both } else { &one };
        let now = at(minute);
        let fresh = of.with_server(&"a".into(), now, |server| server.measured.cpu_at = now).unwrap();
        course = course.recorded(&fresh, now).0;
    }
    let now = at(26 * 60 - 1);
    assert_eq!(course.totals(now).len(), 24 * 60 + 1);
    assert_eq!(course.server(&"a".into(), now).len(), 24 * 12 + 1);
    assert_eq!(course.server(&"b".into(), now).len(), 0);
    assert_eq!(course.since(), Some(now.before(24 * HOUR)));
}

#[test]
fn a_course_goes_on_after_a_restart_with_a_gap_where_nobody_looked() {
    let fleet = fleet(&[("a", Some(20.3))], at(0));
    let (mut before, mut steps) = (Course::default(), Vec::new());
    for minute in 0..=10 {
        let (next, step) = before.recorded(&fleet, at(minute));
        before = next;
        steps.extend(step);
    }
    let resumed = Course::default().resumed(&steps, at(30));
    assert_eq!(resumed.totals(at(10)), before.totals(at(10)));
    assert_eq!(resumed.server(&"a".into(), at(10)), before.server(&"a".into(), at(10)));
    let (course, step) = resumed.recorded(&fleet, at(30));
    assert_eq!(step.unwrap().totals.len(), 1, "the others are kept already");
    let points = course.server(&"a".into(), at(30));
    let known: Vec<_> = points.iter().map(|point| point.sample.memory.is_some()).collect();
    assert_eq!(known, [true, true, false, false, false, false, false]);
    assert_eq!(points[0].sample.cpu, Some(20.5), "in steps of a half");
    let early = Course::default().resumed(&steps, at(7));
    assert_eq!(
        early.totals(at(7)).iter().filter(|point| point.sample.is_known()).count(),
        6,
        "a step from the future is not believed"
    );
}

#[test]
fn a_clock_that_is_set_back_forgets_the_time_that_comes_again() {
    let fleet = fleet(&[("a", Some(20.0))], at(0));
    let mut course = Course::default();
    for minute in [100, 101, 102, 103, 101, 102] {
        course = course.recorded(&fleet, at(minute)).0;
    }
    assert_eq!(course.totals(at(102)).len(), 3);
    course = course.recorded(&fleet, at(1)).0;
    assert_eq!(course.totals(at(2)).len(), 2);
}

#[test]
fn thousands_of_servers_fit_into_few_megabytes() {
    assert_eq!(size_of::<Packed>(), 10);
    let most = Sample { users: Some(u32::MAX), cpu: Some(1e9), memory: Some(-1.0), ..Sample::default() };
    let packed = Packed::from(most).unpack();
    assert_eq!((packed.users, packed.cpu, packed.memory, packed.video), (Some(65_534), Some(127.0), Some(0.0), None));
}
