use std::collections::BTreeMap;

use super::*;
use crate::api::{Answer, get_meetings};
use crate::fleet::MeetingList;
use crate::gateway::ServerReply;

/// One server's list: meetings by internal id, each with the ids and names of who is in it.
struct World(MeetingList);

impl World {
    fn of(asked_at: u64, meetings: &[(&str, &[(&str, &str)])]) -> Self {
        let attendee = |(id, name): &(&str, &str)| {
            format!("<attendee><userID>{id}</userID><fullName>{name}</fullName></attendee>")
        };
        let meeting = |(id, users): &(&str, &[(&str, &str)])| {
            let (count, attendees) = (users.len(), users.iter().map(attendee).collect::<String>());
            format!(
                "<meeting><meetingID>{id}</meetingID><internalMeetingID>{id}</internalMeetingID>\
                 <participantCount>{count}</participantCount><attendees>{attendees}</attendees></meeting>"
            )
        };
        let meetings: String = meetings.iter().map(meeting).collect();
        let xml = format!("<response><returncode>SUCCESS</returncode><meetings>{meetings}</meetings></response>");
        let reply = ServerReply { status: 200, content_type: None, body: xml.into() };
        Self(get_meetings::read(&Answer::read(&reply).unwrap(), at(asked_at)))
    }
}

impl Listed for &World {
    fn users(&self) -> u32 {
        self.0.running().map(|meeting| meeting.users).sum()
    }

    fn meeting(&self, id: &InternalMeetingId) -> Option<(Timestamp, &ListedMeeting)> {
        Some((self.0.asked_at, self.0.find(id)?))
    }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + second * 1000)
}

const ALL_3: Limits = Limits { all: Some(3), meeting: None };
const MEETING_2: Limits = Limits { all: None, meeting: Some(2) };

/// Somebody joins at a second: `#id` with an id, else a name.
fn join(seats: &Seats, world: &World, second: u64, meeting: &str, who: &str, limits: Limits) -> Result<(), Full> {
    let meeting = meeting.into();
    let who = who.strip_prefix('#').map_or_else(|| Who::Named(who.to_owned()), |id| Who::Id(id.to_owned()));
    seats.take(&"moodle".into(), Joining { meeting: &meeting, who, breakout: false }, limits, at(second), || world)
}

#[test]
fn joins_count_until_a_list_shows_them_and_then_in_the_list() {
    let (seats, empty) = (Seats::default(), World::of(0, &[("m1", &[]), ("m2", &[])]));
    for (meeting, who) in [("m1", "#a"), ("m2", "#b"), ("m1", "Guest")] {
        assert_eq!(join(&seats, &empty, 1, meeting, who, ALL_3), Ok(()));
    }
    assert_eq!(join(&seats, &empty, 1, "m1", "#d", ALL_3), Err(Full::All));
    let shown = World::of(10, &[("m1", &[("a", "Ana"), ("w_1", "Guest")]), ("m2", &[("b", "Bo")])]);
    assert_eq!(join(&seats, &shown, 11, "m1", "#d", ALL_3), Err(Full::All), "they are in, and on no way any more");
    let one_left = World::of(20, &[("m1", &[("a", "Ana")]), ("m2", &[("b", "Bo")])]);
    assert_eq!(join(&seats, &one_left, 21, "m1", "#d", ALL_3), Ok(()));
    assert_eq!(join(&seats, &one_left, 21, "m1", "#e", ALL_3), Err(Full::All));
}

#[test]
fn who_is_in_or_on_the_way_is_not_counted_anew() {
    let (seats, world) = (Seats::default(), World::of(0, &[("m1", &[("a", "Ana")])]));
    let again = |who| join(&seats, &world, 1, "m1", who, MEETING_2);
    assert_eq!([again("#a"), again("#b"), again("#b"), again("#a")], [Ok(()); 4]);
    assert_eq!(again("#c"), Err(Full::Meeting));
    assert_eq!(join(&seats, &world, 1, "m2", "#a", ALL_3), Ok(()), "in another meeting it is one more user");
    assert_eq!(join(&seats, &world, 1, "m2", "#c", ALL_3), Err(Full::All));
}

#[test]
fn who_does_not_come_within_a_minute_gives_room() {
    let (seats, world) = (Seats::default(), World::of(0, &[("m1", &[])]));
    assert_eq!(
        [join(&seats, &world, 0, "m1", "#a", MEETING_2), join(&seats, &world, 30, "m1", "#b", MEETING_2)],
        [Ok(()); 2]
    );
    assert_eq!(join(&seats, &world, 59, "m1", "#c", MEETING_2), Err(Full::Meeting));
    assert_eq!(join(&seats, &world, 60, "m1", "#c", MEETING_2), Ok(()));
    assert_eq!(join(&seats, &world, 60, "m1", "#d", MEETING_2), Err(Full::Meeting));
}

#[test]
fn people_of_one_name_are_told_apart_by_their_number() {
    let (seats, before) = (Seats::default(), World::of(0, &[("m1", &[("w_1", "Guest")])]));
    let limits = Limits { all: Some(4), meeting: Some(4) };
    assert_eq!(
        [join(&seats, &before, 1, "m1", "Guest", limits), join(&seats, &before, 1, "m1", "Guest", limits)],
        [Ok(()); 2]
    );
    let one_came = World::of(10, &[("m1", &[("w_1", "Guest"), ("w_2", "Guest")])]);
    assert_eq!(join(&seats, &one_came, 11, "m1", "Guest", limits), Ok(()), "two are in, one is on the way");
    assert_eq!(join(&seats, &one_came, 11, "m1", "Guest", limits), Err(Full::Meeting));
    let both_came = World::of(20, &[("m1", &[("w_1", "Guest"), ("w_2", "Guest"), ("w_3", "Guest"), ("w_4", "Guest")])]);
    let limits = Limits { all: Some(5), meeting: Some(5) };
    assert_eq!(join(&seats, &both_came, 21, "m1", "Guest", limits), Ok(()), "four are in, none is on the way");
    assert_eq!(join(&seats, &both_came, 21, "m1", "Guest", limits), Err(Full::Meeting));
}

#[test]
fn users_of_breakout_rooms_and_of_other_integrations_count_for_themselves() {
    let (seats, world) = (Seats::default(), World::of(0, &[("m1", &[])]));
    let room = "room".into();
    let in_room = |number: u32| {
        let joining = Joining { meeting: &room, who: Who::Id(number.to_string()), breakout: true };
        let limits = Limits { all: Some(3), meeting: Some(5) };
        seats.take(&"moodle".into(), joining, limits, at(1), || &world)
    };
    assert_eq!((0..6).map(in_room).collect::<Vec<_>>(), [vec![Ok(()); 5], vec![Err(Full::Meeting)]].concat());
    let elsewhere = Joining { meeting: &room, who: Who::Id("x".to_owned()), breakout: false };
    assert_eq!(seats.take(&"portal".into(), elsewhere, ALL_3, at(1), || &world), Ok(()));
    for who in ["#a", "#b", "#c"] {
        assert!(!seats.reached(&"moodle".into(), 3, at(1), || &world));
        assert_eq!(join(&seats, &world, 1, "m1", who, ALL_3), Ok(()));
    }
    assert!(seats.reached(&"moodle".into(), 3, at(1), || &world));
    seats.give_back(&"moodle".into(), &"m1".into(), &Who::Id("b".to_owned()));
    assert!(!seats.reached(&"moodle".into(), 3, at(1), || &world));
}

#[test]
fn of_a_hundred_threads_as_many_get_in_as_the_limit_says() {
    let (seats, world) = (Seats::default(), World::of(0, &[("m1", &[("a", "Ana")])]));
    let limits = Limits { all: Some(41), meeting: None };
    let mut told: BTreeMap<bool, usize> = BTreeMap::new();
    std::thread::scope(|scope| {
        let (seats, world) = (&seats, &world);
        let threads: Vec<_> = (0..100)
            .map(|n| scope.spawn(move || join(seats, world, 1, &format!("m{}", n % 7), &format!("#{n}"), limits)))
            .collect();
        for thread in threads {
            *told.entry(thread.join().unwrap().is_ok()).or_default() += 1;
        }
    });
    assert_eq!(told, BTreeMap::from([(true, 40), (false, 60)]));
}
