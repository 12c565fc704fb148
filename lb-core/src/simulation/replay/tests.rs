use std::io::{self, BufReader, Read};

use super::*;
use crate::event::{Ended, Found, Placement, Role, SeenBy, UserId};
use crate::meeting::MeetingKey;
use crate::placement::MeetingHints;
use crate::simulation::SimulatedPerson;
use crate::simulation::workload::fleet;

/// 2026-03-02 09:00 UTC.
const NINE: u64 = 1_772_442_000_000;
const SECOND: u64 = 1000;

fn key(id: &str) -> MeetingKey {
    MeetingKey::new("moodle", id)
}

/// The internal id of an incarnation that was created so many seconds after nine.
fn id(of: &str, seconds: i64) -> InternalMeetingId {
    format!("{of}-{}", NINE.saturating_add_signed(seconds * 1000)).into()
}

fn event(seconds: u64, kind: EventKind) -> Event {
    Event { at: Timestamp::from_millis(NINE + seconds * SECOND), kind }
}

fn created(seconds: u64, room: &str, parameters: &[(&str, &str)]) -> Event {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    event(
        seconds,
        EventKind::MeetingCreated {
            meeting: key(room),
            internal_id: id(room, seconds as i64),
            name: room.to_owned(),
            server: "bbb1".into(),
            records: false,
            placement: Placement::default(),
            parameters,
            router: None,
            partner: None,
        },
    )
}

fn entered(seconds: u64, room: &str, begun: i64, user: &str, role: Role) -> Event {
    event(
        seconds,
        EventKind::UserEntered {
            meeting: key(room),
            internal_id: id(room, begun),
            server: "bbb1".into(),
            user: user.into(),
            external_user_id: user.to_owned(),
            name: user.to_owned(),
            role,
            seen_by: SeenBy::Webhook,
        },
    )
}

fn left(seconds: u64, room: &str, begun: i64, user: &str) -> Event {
    let (meeting, internal_id, user): (_, _, UserId) = (key(room), id(room, begun), user.into());
    let kind = EventKind::UserLeft {
        meeting,
        internal_id,
        server: "bbb1".into(),
        user,
        until: None,
        seen_by: SeenBy::Webhook,
    };
    event(seconds, kind)
}

/// Somebody left a room that began at nine, and that was noticed late.
fn left_at(seconds: u64, room: &str, user: &str, at: u64) -> Event {
    let mut event = left(seconds, room, 0, user);
    if let EventKind::UserLeft { until, .. } = &mut event.kind {
        *until = Some(Timestamp::from_millis(NINE + at * SECOND));
    }
    event
}

fn ended(seconds: u64, room: &str, begun: i64, until: Option<u64>) -> Event {
    let until = until.map(|until| Timestamp::from_millis(NINE + until * SECOND));
    let (meeting, internal_id, how) = (key(room), id(room, begun), Ended::Unlisted);
    let kind = EventKind::MeetingEnded { meeting, internal_id, server: "bbb1".into(), how, until, most_users: 2 };
    event(seconds, kind)
}

/// A class with a teacher and a pupil.
fn class() -> Vec<Event> {
    vec![
        created(0, "7b", &[("maxParticipants", "30"), ("meta_bbb-meeting-size-hint", "25")]),
        entered(2, "7b", 0, "teacher", Role::Moderator),
        entered(10, "7b", 0, "pupil", Role::Attendee),
        left(2700, "7b", 0, "pupil"),
        left(2710, "7b", 0, "teacher"),
        ended(2790, "7b", 0, Some(2770)),
    ]
}

fn replayed(events: Vec<Event>) -> Result<Replayed, BadReplay> {
    replay(events.into_iter(), fleet(1, 2))
}

fn refused(more: Vec<Event>) -> String {
    replayed([class(), more].concat()).unwrap_err().to_string()
}

#[test]
fn a_class_is_exactly_what_its_events_tell_in_whatever_order_they_come() {
    let person = |comes: u32, goes: u32, moderator| SimulatedPerson {
        comes: comes * 1000,
        goes: goes * 1000,
        voice: true,
        camera: (comes * 1000, goes * 1000),
        moderator,
        position: None,
    };
    let meeting = SimulatedMeeting {
        key: key("7b"),
        at: Timestamp::from_millis(NINE),
        length: Duration::from_secs(2770),
        hints: MeetingHints { max_participants: Some(30), size: Some(25), duration: None },
        position: None,
        people: vec![person(2, 2700 + 10, true), person(10, 2700, false)],
    };
    let scenario = Scenario {
        name: "replay".to_owned(),
        begins: Timestamp::from_millis(NINE),
        length: Duration::from_secs(2790),
        servers: fleet(1, 2),
        meetings: vec![meeting],
        ..Scenario::default()
    };
    for events in [class(), class().into_iter().rev().collect()] {
        let replayed = replayed(events).unwrap();
        assert_eq!(format!("{:?}", replayed.scenario), format!("{scenario:?}"));
        assert!(replayed.repaired.is_nothing());
    }
    let names: Vec<_> = servers(&class()).into_iter().map(|server| server.name).collect();
    assert_eq!(names, ["bbb1".into()]);
}

#[test]
fn lines_are_read_as_they_are_stored_as_they_are_shown_and_as_a_page() {
    let stored: Vec<_> = class().iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let read_all = |lines: &[String]| {
        read(lines.join("\n").as_bytes()).unwrap().into_iter().map(|read| read.event).collect::<Vec<_>>()
    };
    assert_eq!(read_all(&stored), class());
    let shown = r#"{"at":"2026-03-02T09:46:30.000Z","event":"meeting-ended","integration":"moodle","meeting_id":"7b",
        "internal_id":"7b-1772442000000","server":"bbb1",
        "data":{"how":"unlisted","until":"2026-03-02T09:46:10.000Z","most_users":2}}"#
        .replace('\n', "");
    let last = class().split_off(5);
    assert_eq!(read_all(&[String::new(), shown.clone()]), last);
    assert_eq!(read_all(&[format!(r#"{{"items":[{shown},{shown}],"next":null}}"#)]), [last.clone(), last].concat());
    // what a newer version tells besides is passed over
    assert_eq!(read_all(&[r#"{"at":1,"event":"moon-landed","crew":3}"#.to_owned()]), []);
}

#[test]
fn a_line_that_is_no_event_is_told_with_its_number() {
    let good = serde_json::to_string(&class()[0]).unwrap();
    let told = |line: &str| read(format!("{good}\n{line}").as_bytes()).unwrap_err().to_string();
    for (line, sentence) in [
        ("{", "line 2: it is no whole JSON object; one event stands on one line"),
        ("at,event", "line 2: it is no JSON: expected value at byte 1"),
        ("[1]", "line 2: it is no JSON object"),
        ("{\"at\":1}", "line 2: it has no \"event\""),
        ("{\"at\":1,\"event\":\"user-left\"}", "line 2: it has neither \"meeting\" nor \"data\""),
        ("{\"event\":\"user-left\",\"data\":{}}", "line 2: it has no \"integration\""),
        ("{\"at\":1,\"event\":\"user-left\",\"meeting\":{}}", "line 2: it is no user-left: "),
        ("{\"items\":[3]}", "line 2: item 1 is no JSON object"),
        ("{\"items\":[{}]}", "line 2: item 1: it has no \"event\""),
        (
            "{\"at\":\"noon\",\"event\":\"user-left\",\"integration\":\"a\",\"meeting_id\":\"b\",\"data\":{}}",
            "line 2: \"at\" is no moment: \"noon\"",
        ),
    ] {
        assert!(told(line).starts_with(sentence), "{line}: {}", told(line));
    }
    let no_text = [good.as_bytes(), b"\n\xff\xfe"].concat();
    assert_eq!(read(&*no_text).unwrap_err().to_string(), "line 2: it is no text in UTF-8");
    let good = format!("{good}\n");
    let broken = BufReader::new(good.as_bytes().chain(Broken));
    assert_eq!(read(broken).unwrap_err().to_string(), "line 2 cannot be read: the disk is gone");
    assert!(matches!(read(&b""[..]), Err(BadReplay::Empty)));
    assert!(matches!(read(&b"  \n\n"[..]), Err(BadReplay::Empty)));
}

/// A disk that is gone.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn a_line_without_end_is_read_no_further_than_a_line_may_be_long() {
    let good = serde_json::to_string(&class()[0]).unwrap();
    // it would go on for ever
    let first = format!("{good}\n");
    let endless = BufReader::new(first.as_bytes().chain(io::repeat(b' ')));
    let told = read(endless).unwrap_err().to_string();
    assert!(told.starts_with("line 2: it has more than 16777216 bytes"), "{told}");
    let longest = format!("{good}{}\n{good}", " ".repeat(lines::LONGEST_LINE - good.len() - 1));
    assert_eq!(read(longest.as_bytes()).unwrap().len(), 2);
}

#[test]
fn nothing_to_place_or_nowhere_to_place_it_is_refused() {
    assert!(matches!(replayed(vec![]), Err(BadReplay::Empty)));
    assert!(matches!(replayed(vec![event(0, EventKind::MonitorRecovered)]), Err(BadReplay::NoMeetings)));
    assert!(matches!(replay(class().into_iter(), vec![]), Err(BadReplay::NoServers)));
    assert!(matches!(replay(std::iter::empty::<Event>(), vec![]), Err(BadReplay::Empty)));
    let twice = [fleet(1, 1), fleet(1, 1)].concat();
    assert_eq!(replay(class().into_iter(), twice).unwrap_err().to_string(), "two servers are called bbb-1");
}

#[test]
fn what_no_real_network_tells_is_refused() {
    for (more, sentence) in [
        (
            vec![entered(300, "8a", 200, "ghost", Role::Attendee)],
            "something happens in meeting moodle/8a, which never was",
        ),
        (vec![ended(300, "8a", 200, None)], "something happens in meeting moodle/8a, which never was"),
        (vec![created(900, "8a", &[]), ended(800, "8a", 900, None)], "meeting moodle/8a ends before it begins"),
        (vec![left(300, "7b", 0, "ghost")], "user ghost leaves meeting moodle/7b and never came into it"),
        (vec![left(5, "7b", 0, "pupil")], "user pupil leaves meeting moodle/7b and never came into it"),
        (
            vec![created(900, "8a", &[]), entered(100, "8a", 900, "early", Role::Attendee)],
            "user early comes into meeting moodle/8a before it begins",
        ),
        // noticed late, and said to have been earlier than it can have been, or later than it was told
        (vec![created(900, "8a", &[]), ended(990, "8a", 900, Some(800))], "meeting moodle/8a ends before it begins"),
        (
            vec![created(900, "8a", &[]), ended(990, "8a", 900, Some(5000))],
            "what happened in meeting moodle/8a is told before it happened: at 2026-03-02T10:23:20Z, told",
        ),
        (
            vec![created(0, "8a", &[]), entered(500, "8a", 0, "ana", Role::Attendee), left_at(600, "8a", "ana", 400)],
            "user ana leaves meeting moodle/8a before they came",
        ),
        (vec![created(900, "7b", &[])], "meeting moodle/7b begins again while it still runs"),
        (
            vec![created(900, "8a", &[]), Event { at: Timestamp::from_millis(NINE), ..created(900, "8a", &[]) }],
            "meeting moodle/8a is created twice with the same internal id",
        ),
        (
            vec![event(
                9,
                EventKind::MeetingAdopted {
                    meeting: key("other"),
                    internal_id: id("7b", 0),
                    server: "bbb1".into(),
                    how: Found::Listed,
                },
            )],
            "have the same internal id",
        ),
    ] {
        let told = refused(more);
        assert!(told.contains(sentence), "{told}");
    }
}

#[test]
fn what_contradicts_itself_is_told_with_its_line() {
    let lines = |events: &[Event]| {
        let lines: Vec<_> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let events = read(lines.join("\n").as_bytes()).unwrap();
        replay(events.into_iter(), fleet(1, 2)).unwrap_err().to_string()
    };
    let with = |more: Vec<Event>| lines(&[class(), more].concat());
    let years = Event { at: Timestamp::from_millis(5), ..ended(0, "7b", 0, None) };
    for (more, sentence) in [
        (vec![ended(300, "8a", 200, None)], "line 7: something happens in meeting moodle/8a"),
        (vec![ended(800, "8a", 900, None), created(900, "8a", &[])], "line 7: meeting moodle/8a ends before it begins"),
        (vec![left(300, "7b", 0, "ghost")], "line 7: user ghost leaves meeting"),
        (
            vec![created(900, "8a", &[]), entered(100, "8a", 900, "early", Role::Attendee)],
            "line 8: user early comes into meeting",
        ),
        (vec![created(900, "7b", &[])], "line 7: meeting moodle/7b begins again while it still runs"),
        (
            vec![created(900, "8a", &[]), Event { at: Timestamp::from_millis(NINE), ..created(900, "8a", &[]) }],
            "line 8: meeting moodle/8a is created twice",
        ),
        (
            vec![years],
            "from 1970-01-01T00:00:00.005Z (line 7, the first event) until 2026-03-02T09:46:30Z (line 6, the last one) is more",
        ),
    ] {
        let told = with(more);
        assert!(told.starts_with(sentence), "{told}");
    }
}

#[test]
fn what_real_life_leaves_out_is_put_right_and_counted() {
    let length = |replayed: &Replayed, room: &str| {
        let of = |meeting: &&SimulatedMeeting| meeting.key == key(room);
        replayed.scenario.meetings.iter().find(of).map(|meeting| meeting.length.as_secs())
    };
    let with = |more: Vec<Event>| replayed([class(), more].concat()).unwrap();

    // two exports that overlap
    let twice = replayed([class(), class()].concat()).unwrap();
    assert_eq!(twice.repaired, Repaired { repeated: 6, ..Repaired::default() });
    assert_eq!(format!("{:?}", twice.scenario), format!("{:?}", replayed(class()).unwrap().scenario));

    // the first half is not in the file
    let half = with(vec![left(600, "8a", -3600, "ana"), ended(700, "8a", -3600, None)]);
    assert_eq!(half.repaired, Repaired { begun_before: 1, ..Repaired::default() });
    assert_eq!(length(&half, "8a"), Some(700));

    // it crashed, and was created again
    let crashed = with(vec![
        created(100, "8a", &[]),
        entered(110, "8a", 100, "ana", Role::Attendee),
        created(500, "8a", &[]),
        ended(900, "8a", 500, None),
    ]);
    assert_eq!(crashed.repaired, Repaired { unended: 1, ..Repaired::default() });
    assert_eq!(length(&crashed, "8a"), Some(400));
    assert_eq!(crashed.scenario.meetings[1].people[0].goes, 400_000);

    // it was left by all, and nobody noticed its end; or nobody came
    let forgotten = vec![
        created(100, "8a", &[]),
        entered(110, "8a", 100, "ana", Role::Attendee),
        left(400, "8a", 100, "ana"),
        created(100, "8c", &[]),
    ];
    let forgotten = with(forgotten);
    assert_eq!(forgotten.repaired, Repaired { unended: 2, ..Repaired::default() });
    assert_eq!((length(&forgotten, "8a"), length(&forgotten, "8c")), (Some(360), Some(300)));

    // it runs
    let runs = with(vec![created(790, "8a", &[]), entered(1000, "8a", 790, "ana", Role::Attendee)]);
    assert_eq!(runs.repaired, Repaired { running: 1, ..Repaired::default() });
    assert_eq!(length(&runs, "8a"), Some(2000));

    // nobody saw them go, and somebody came when all was over
    let strange = with(vec![
        created(100, "8a", &[]),
        entered(110, "8a", 100, "ana", Role::Attendee),
        ended(400, "8a", 100, None),
        entered(410, "8a", 100, "bia", Role::Attendee),
    ]);
    assert_eq!(strange.repaired, Repaired { unleft: 1, after_end: 1, ..Repaired::default() });
    assert_eq!(strange.repaired.to_string(), "1 person who never left, 1 person who came after the end");

    // an end that was noticed late
    let late = with(vec![created(2750, "7b", &[]), ended(2780, "7b", 2750, None)]);
    assert_eq!(late.repaired, Repaired { overlapping: 1, ..Repaired::default() });
    assert_eq!(length(&late, "7b"), Some(2750));

    // their people are in the class
    let rooms = with(vec![created(100, "7b-1", &[("isBreakout", "true")])]);
    assert_eq!(rooms.repaired, Repaired { breakouts: 1, ..Repaired::default() });
    assert_eq!(rooms.scenario.meetings.len(), 1);
}
