use std::collections::BTreeMap;

use super::*;
use crate::api::{Answer, get_meetings};
use crate::fleet::MeetingList;
use crate::gateway::ServerReply;

/// One server's list: meetings by internal id, each with the ids and names of who is in it.
struct World {
    list: MeetingList,
    // whether it is known which meetings there are
    sums: bool,
}

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
        Self { list: get_meetings::read(&Answer::read(&reply).unwrap(), at(asked_at)), sums: true }
    }
}

impl Listed for &World {
    fn at_most(&self) -> u32 {
        self.list.users_at_most(&"moodle".into())
    }

    fn lists(&self) -> u64 {
        self.list.asked_at.as_millis()
    }

    fn users(&self) -> Option<u32> {
        self.sums.then(|| self.list.running().map(|meeting| meeting.users).sum())
    }

    fn meeting(&self, _: &ServerName, id: &InternalMeetingId) -> Option<(Timestamp, &ListedMeeting)> {
        Some((self.list.asked_at, self.list.find(id)?))
    }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + second * 1000)
}

const ALL_3: Limits = Limits { all: Some(3), meeting: None };
const MEETING_2: Limits = Limits { all: None, meeting: Some(2) };

/// Somebody joins at a second: `#id` with an id, else a name.
fn join(seats: &Seats, world: &World, second: u64, meeting: &str, who: &str, limits: Limits) -> Result<(), Full> {
    take(seats, world, second, meeting, who, limits).map(|_| ())
}

fn who(who: &str) -> Who {
    who.strip_prefix('#').map_or_else(|| Who::Named(who.to_owned()), |id| Who::Id(id.to_owned()))
}

fn take(
    seats: &Seats,
    world: &World,
    second: u64,
    meeting: &str,
    name: &str,
    limits: Limits,
) -> Result<Option<SeatNumber>, Full> {
    let (meeting, server, who) = (meeting.into(), "bbb1".into(), who(name));
    let joining = Joining { meeting: &meeting, server: &server, who: &who };
    seats.take(&"moodle".into(), joining, limits, at(second), || world)
}

fn give_back(seats: &Seats, meeting: &str, name: &str, seat: Option<SeatNumber>) {
    let (meeting, server, who) = (meeting.into(), "bbb1".into(), who(name));
    seats.give_back(&"moodle".into(), Joining { meeting: &meeting, server: &server, who: &who }, seat.unwrap());
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
fn one_user_id_lets_nobody_past_a_limit_but_who_comes_again() {
    let (seats, empty) = (Seats::default(), World::of(0, &[("m1", &[])]));
    let limits = Limits { all: Some(5), meeting: None };
    let joins = |world: &World, second| {
        (0..5000).filter(|_| join(&seats, world, second, "m1", "#guest", limits).is_ok()).count()
    };
    assert_eq!(joins(&empty, 1), 7, "five, and two who come again");
    let people = [("guest", "Guest"); 7];
    let shown = World::of(10, &[("m1", &people)]);
    assert_eq!((joins(&shown, 11), joins(&World::of(20, &[("m1", &people[..3])]), 21)), (0, 2));
}

#[test]
fn who_came_again_is_counted_when_the_first_join_is_no_more() {
    let (seats, world) = (Seats::default(), World::of(0, &[("m1", &[])]));
    let first = take(&seats, &world, 0, "m1", "#a", MEETING_2).unwrap();
    take(&seats, &world, 30, "m1", "#a", MEETING_2).unwrap();
    join(&seats, &world, 30, "m1", "#b", MEETING_2).unwrap();
    give_back(&seats, "m1", "#a", first);
    assert_eq!(join(&seats, &world, 30, "m1", "#c", MEETING_2), Err(Full::Meeting));
    let again = take(&seats, &world, 45, "m1", "#a", MEETING_2).unwrap();
    give_back(&seats, "m1", "#a", again);
    assert_eq!(join(&seats, &world, 89, "m1", "#c", MEETING_2), Err(Full::Meeting), "its second join is on the way");
    assert_eq!(join(&seats, &world, 90, "m1", "#c", MEETING_2), Ok(()));
}

#[test]
fn a_join_far_from_the_limit_asks_for_no_meeting_but_its_own_and_one_near_it_once_for_each_list() {
    let world = |asked_at, sums| World { sums, ..World::of(asked_at, &[("m1", &[("a", "Ana"), ("b", "Bo")])]) };
    let seats = Seats::default();
    let unsure = world(0, false);
    let limits = Limits { all: Some(4), meeting: None };
    assert_eq!(join(&seats, &world(0, false), 1, "m1", "#c", limits), Ok(()));
    assert_eq!(seats.reached(&"moodle".into(), 4, at(1), || &unsure), Some(false));
    assert_eq!(join(&seats, &world(0, false), 1, "m1", "#d", limits), Ok(()));
    assert_eq!(join(&seats, &world(0, false), 1, "m1", "#e", limits), Err(Full::Unsure));
    assert_eq!(join(&seats, &world(0, true), 1, "m1", "#e", limits), Err(Full::All));
    assert_eq!(join(&seats, &world(0, false), 1, "m1", "#e", limits), Err(Full::All));
    assert_eq!(seats.reached(&"moodle".into(), 4, at(1), || &unsure), Some(true));
    assert_eq!(join(&seats, &world(0, false), 2, "m1", "#e", limits), Err(Full::Unsure), "a second later");
    assert_eq!(join(&seats, &world(2, false), 2, "m1", "#e", limits), Err(Full::Unsure), "another list");
}

#[test]
fn users_of_other_integrations_count_for_themselves() {
    let (seats, world) = (Seats::default(), World::of(0, &[("m1", &[])]));
    let (m1, server, x) = ("m1".into(), "bbb1".into(), Who::Id("x".to_owned()));
    let elsewhere = Joining { meeting: &m1, server: &server, who: &x };
    for _ in 0..3 {
        assert!(seats.take(&"portal".into(), elsewhere, ALL_3, at(1), || &world).is_ok());
    }
    let mut last = None;
    for who in ["#a", "#b", "#c"] {
        assert_eq!(seats.reached(&"moodle".into(), 3, at(1), || &world), Some(false));
        last = take(&seats, &world, 1, "m1", who, ALL_3).unwrap();
    }
    assert_eq!(seats.reached(&"moodle".into(), 3, at(1), || &world), Some(true));
    give_back(&seats, "m1", "#c", last);
    assert_eq!(seats.reached(&"moodle".into(), 3, at(1), || &world), Some(false));
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
