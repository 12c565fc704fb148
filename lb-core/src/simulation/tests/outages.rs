//! Servers that fail and are drained.

use super::*;
use crate::placement::RoundRobin;

fn outage(server: usize, kind: OutageKind, from: u64, until: u64) -> Outage {
    Outage { server, kind, from: minutes(from), until: minutes(until) }
}

/// Six servers, of which the first fails with one meeting of ten on it.
fn failing(from: u64, until: u64) -> Scenario {
    let mut scenario = scenario(vec![meeting("class", 1, 100, 10)]);
    scenario.servers = ["a", "b", "c", "d", "e", "f"].map(server).into();
    scenario.outages = vec![outage(0, OutageKind::Fails, from, until)];
    scenario
}

#[test]
fn a_meeting_whose_server_fails_is_created_again_when_the_failure_is_known() {
    let measures = played(&failing(30, 500));
    assert_eq!((measures.moved, measures.placements, measures.retried), (10, 2, 0));
    // suspended with the third poll that fails, down a minute later
    let lost = measures.lost_user_minutes / 10.0;
    assert!((1.3..=1.7).contains(&lost), "lost for {lost} min");
    assert!((measures.placed_user_minutes - (1000.0 - 10.0 * lost)).abs() < 1e-6);
}

#[test]
fn who_has_gone_meanwhile_is_not_moved() {
    let mut scenario = failing(30, 500);
    scenario.meetings[0].people[0].goes = 29 * MINUTE + 10_000;
    scenario.meetings[0].people[1].goes = 60 * MINUTE;
    assert_eq!(played(&scenario).moved, 9);
}

#[test]
fn a_server_that_is_back_before_it_is_missed_has_lost_its_meetings_all_the_same() {
    let mut scenario = failing(30, 500);
    scenario.outages[0].until = minutes(30) + Duration::from_secs(5);
    let measures = played(&scenario);
    assert_eq!(measures.moved, 10);
    let lost = measures.lost_user_minutes / 10.0;
    // two lists without them
    assert!((0.2..=0.5).contains(&lost), "lost for {lost} min");
}

#[test]
fn a_create_on_a_server_that_is_dead_and_not_yet_known_to_be_goes_to_the_next() {
    let mut scenario = failing(30, 500);
    // between two polls of either kind
    scenario.outages[0].from = minutes(30) + Duration::from_secs(1);
    scenario.meetings = vec![meeting("class", 30, 20, 10)];
    scenario.meetings[0].at = scenario.meetings[0].at + Duration::from_secs(2);
    let measures = simulate(&scenario, &Player::new(Arc::new(RoundRobin::default()))).unwrap().measures;
    assert_eq!((measures.retried, measures.placements, measures.refused), (1, 1, 0));
    assert_eq!(measures.lost_user_minutes, 0.0);
    // once it is suspended nobody tries it
    scenario.meetings[0].at = BEGINS + minutes(32);
    let later = simulate(&scenario, &Player::new(Arc::new(RoundRobin::default()))).unwrap().measures;
    assert_eq!((later.retried, later.placements), (0, 1));
}

#[test]
fn where_half_of_all_fail_at_once_nothing_is_moved_until_one_is_back() {
    let mut scenario = failing(30, 500);
    scenario
        .outages
        .extend([1, 2].map(|server| outage(server, OutageKind::Fails, 30, if server == 1 { 40 } else { 500 })));
    let measures = played(&scenario);
    assert_eq!(measures.moved, 10);
    let lost = measures.lost_user_minutes / 10.0;
    assert!((11.0..=11.6).contains(&lost), "lost for {lost} min");
}

#[test]
fn a_drained_server_keeps_what_it_has_and_gets_nothing_new() {
    let mut scenario =
        scenario(vec![meeting("before", 1, 60, 10), meeting("while", 20, 60, 40), meeting("after", 50, 60, 5)]);
    scenario.outages = vec![outage(1, OutageKind::Drains, 10, 45)];
    let outcome = simulate(&scenario, &player().with_course()).unwrap();
    let course = outcome.course.unwrap().utilisation;
    assert_eq!((course[0][30], course[1][30]), (Some(50.0), Some(0.0)));
    assert_eq!((course[0][55], course[1][55]), (Some(50.0), Some(5.0)));
    assert_eq!(outcome.measures.moved, 0);
}

#[test]
fn a_server_that_fails_does_not_serve_and_comes_back_empty() {
    let mut scenario = failing(30, 60);
    scenario.meetings.push(meeting("late", 70, 10, 3));
    let outcome = simulate(&scenario, &player().with_course()).unwrap();
    let course = &outcome.course.unwrap().utilisation;
    assert_eq!((course[0][29], course[0][30], course[0][59], course[0][60]), (Some(10.0), None, None, Some(0.0)));
    assert_eq!(course.iter().map(|server| server[75].unwrap()).sum::<f32>(), 13.0);
    assert_eq!(course[0][75], Some(3.0), "it is used again");
}
