//! The meetings that run, as administrators see them.

use super::*;
use crate::account::Reach;
use crate::balancer::{EndMeetingError, Expected, MeetingSearch, MeetingsPage};
use crate::event::Administered;
use crate::gateway::Fault;
use crate::meeting::MeetingKey;
use crate::network::Partner;

fn keys(page: &MeetingsPage) -> Vec<String> {
    page.meetings.iter().map(|running| running.meeting.key.to_string()).collect()
}

fn list(network: &Network, search: &MeetingSearch) -> Vec<String> {
    keys(&block_on(network.balancer.running_meetings(search, None, 100)).unwrap())
}

/// Two servers; moodle is the partner's, portal is nobody's.
fn network() -> (Network, Reach) {
    let network = Network::of(2);
    let by = "ana".into();
    block_on(network.balancer.put(Partner::new("ufrgs"), Expected::Any, &by)).unwrap();
    let moodle = Integration { partner: Some("ufrgs".into()), ..Integration::new("moodle", "moodle") };
    block_on(network.balancer.put(moodle, Expected::Any, &by)).unwrap();
    (network, Reach::Partner("ufrgs".into()))
}

#[test]
fn meetings_are_listed_within_reach_by_what_is_asked_for() {
    let (network, partner) = network();
    for (website, id) in [("portal", "b"), ("moodle", "b"), ("moodle", "Algebra-2"), ("portal", "a1")] {
        network.create(website, &id.repeat(2)).success();
    }
    let all = MeetingSearch::within(Reach::Network);
    assert_eq!(list(&network, &all), ["moodle/Algebra-2Algebra-2", "moodle/bb", "portal/a1a1", "portal/bb"]);
    let own = MeetingSearch::within(partner);
    assert_eq!(list(&network, &own), ["moodle/Algebra-2Algebra-2", "moodle/bb"]);
    let of = |integration: &str, search: &MeetingSearch| {
        list(&network, &MeetingSearch { integration: Some(integration.into()), ..search.clone() })
    };
    assert_eq!(of("portal", &all), ["portal/a1a1", "portal/bb"]);
    assert_eq!((of("portal", &own), of("nobody", &all)), (vec![], vec![]));
    assert_eq!(list(&network, &MeetingSearch { text: Some("A1".into()), ..all.clone() }), ["portal/a1a1"]);
    let by_name = MeetingSearch { text: Some("algebra".into()), ..all.clone() };
    assert_eq!(list(&network, &by_name).len(), 4, "the name of them all");
    let on =
        |number: usize| list(&network, &MeetingSearch { server: Some(format!("bbb{number}").into()), ..all.clone() });
    let (first, second) = (on(1), on(2));
    assert!(first.iter().all(|key| !second.contains(key)) && first.len() + second.len() == 4);
    assert!(!first.is_empty() && !second.is_empty());
}

#[test]
fn pages_follow_each_other_and_end() {
    let network = Network::of(2);
    let mut expected: Vec<_> = (0..300).map(|number| format!("moodle/room-{number}")).collect();
    (0..300).for_each(|number| drop(network.create("moodle", &format!("room-{number}")).success()));
    network.create("portal", "last").success();
    expected.sort();
    expected.push("portal/last".to_owned());
    let search = MeetingSearch::within(Reach::Network);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = block_on(network.balancer.running_meetings(&search, after.as_ref(), 43)).unwrap();
        assert!(page.meetings.len() == 43 || page.next.is_none());
        seen.extend(keys(&page));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected, "7 pages of 43 are all");
    let whole = block_on(network.balancer.running_meetings(&search, None, 301)).unwrap();
    assert_eq!((whole.meetings.len(), whole.next), (301, None));
}

#[test]
fn one_meeting_shows_why_it_is_where_it_is_and_who_is_in_it() {
    let (network, partner) = network();
    network.create("moodle", "room-1").success();
    let key = MeetingKey::new("moodle", "room-1");
    let look = |key: &MeetingKey, reach: &Reach| block_on(network.balancer.running_meeting(key, reach)).unwrap();
    let shown = look(&key, &partner).unwrap();
    let placement = shown.placement.unwrap();
    assert_eq!((placement.policy.as_str(), placement.candidates), ("nearest-least-cpu", 2));
    assert_eq!((shown.router.unwrap().as_str(), shown.found, shown.running.seen), ("default", None, None));
    let params = [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "VIEWER")];
    network.servers.browse(&network.call("moodle", "join", &params).location()).unwrap();
    network.follow();
    let internal = shown.running.meeting.internal_id.as_str();
    let seen = look(&MeetingKey::new("moodle", internal), &Reach::Network).unwrap().running.seen.unwrap();
    assert_eq!((seen.users, seen.at), (1, network.clock.now()));
    assert_eq!(look(&MeetingKey::new("portal", "room-1"), &Reach::Network), None);
    network.create("portal", "room-2").success();
    assert_eq!(look(&MeetingKey::new("portal", "room-2"), &partner), None, "out of reach");
}

#[test]
fn an_administrator_ends_a_meeting_as_its_website_would() {
    let (network, partner) = network();
    network.create("moodle", "room-1").success();
    network.create("portal", "room-2").success();
    let end = |website: &str, id: &str, reach: &Reach| {
        block_on(network.balancer.end_meeting(&MeetingKey::new(website, id), reach, &"ana".into()))
    };
    assert_eq!(end("portal", "room-2", &partner), Err(EndMeetingError::NoSuchMeeting));
    assert_eq!(end("moodle", "room-2", &partner), Err(EndMeetingError::NoSuchMeeting));
    assert_eq!(end("moodle", "room-1", &partner), Ok(()));
    assert_eq!((network.holders("room-1").len(), network.holders("room-2").len()), (0, 1));
    let told = network.events().into_iter().filter_map(|event| match event {
        EventKind::Administered { by, how: Administered::Ended, subject, .. } => Some((by, subject.to_string())),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [("ana".to_owned(), "meeting moodle/room-1".to_owned())]);
    network.pass(60);
    (0..2).for_each(|_| network.follow());
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).failed("notFound");
    assert_eq!(end("moodle", "room-1", &partner), Err(EndMeetingError::NoSuchMeeting));

    let at = network.holders("room-2")[0];
    network.servers.fault(&format!("bbb{at}"), Some(Fault::Refuse));
    assert_eq!(end("portal", "room-2", &Reach::Network), Err(EndMeetingError::ServerTrouble));
}
