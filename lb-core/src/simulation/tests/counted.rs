//! What is counted.

use super::*;
use crate::placement::{PowerOfTwo, Random};

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
}

#[test]
fn user_minutes_over_eighty_per_cent_are_overloaded_and_at_eighty_none_is() {
    for (people, overloaded) in [(80, 0.0), (81, 81.0 * 60.0)] {
        let measures = played(&scenario(vec![meeting("lecture", 10, 60, people)]));
        close(measures.overloaded_user_minutes, overloaded);
        close(measures.user_minutes, people as f64 * 60.0);
        close(measures.peak_utilisation, people as f64);
    }
}

#[test]
fn a_stronger_server_is_used_less_by_the_same_and_cameras_cost_each_viewer() {
    let mut scenario = scenario(vec![meeting("class", 0, 120, 10)]);
    scenario.servers = vec![SimulatedServer { strength: 2.0, ..server("a") }];
    scenario.costs = Costs { idle: 4.0, meeting: 1.0, user: 0.5, voice: 0.25, camera: 3.0, view: 0.5 };
    let people = &mut scenario.meetings[0].people;
    people[0] = SimulatedPerson { voice: true, camera: (30 * MINUTE, 60 * MINUTE), ..people[0] };
    people[1] = SimulatedPerson { camera: (30 * MINUTE, 60 * MINUTE), ..people[1] };
    let outcome = simulate(&scenario, &player().with_course()).unwrap();
    let course = &outcome.course.unwrap().utilisation[0];
    assert_eq!(course.len(), 120);
    let (without, with) = ((4.0 + 1.0 + 5.0 + 0.25) / 2.0, (4.0 + 1.0 + 5.0 + 0.25 + 6.0 + 9.0) / 2.0);
    assert_eq!((course[29], course[30], course[60]), (Some(without), Some(with), Some(without)));
    close(outcome.measures.peak_utilisation, f64::from(with));
}

#[test]
fn the_ninety_ninth_hundredth_is_weighted_by_time_and_the_imbalance_is_the_deviation() {
    // one of two servers is at 50 % for 60 of 120 minutes: imbalance 25 % in half the time
    let measures = played(&scenario(vec![meeting("class", 0, 60, 50)]));
    close(measures.imbalance, 12.5);
    assert_eq!(measures.p99_utilisation, 50.0);
    // 2 of 240 server-minutes are above nothing
    let short = played(&scenario(vec![meeting("class", 0, 2, 50)]));
    assert!(short.p99_utilisation <= 0.1, "{}", short.p99_utilisation);
}

#[test]
fn people_are_as_far_away_as_their_server_is_and_light_takes_its_time() {
    let mut scenario = scenario(vec![meeting("class", 0, 60, 2)]);
    scenario.servers = vec![SimulatedServer { position: at(0.0, 0.0), ..server("a") }];
    scenario.meetings[0].people[0].position = at(0.0, 0.0).map(|here| here.going(90.0, 300.0));
    scenario.meetings[0].people[1] = SimulatedPerson { position: at(0.0, 0.0), ..person(0, 20) };
    let measures = played(&scenario);
    let mean = 300.0 * 60.0 / 80.0;
    assert!((measures.mean_km.unwrap() - mean).abs() < 1e-3, "{measures:?}");
    assert!((measures.mean_latency_ms.unwrap() - 10.0 - mean / 100.0).abs() < 1e-3, "{measures:?}");
    assert_eq!(played(&self::scenario(vec![meeting("class", 0, 60, 2)])).mean_km, None);
}

#[test]
fn a_meeting_that_finds_no_server_is_refused_with_all_its_people() {
    let mut scenario = scenario(vec![meeting("first", 0, 60, 20), meeting("second", 5, 60, 10)]);
    scenario.servers = vec![SimulatedServer { capacity: Some(20), ..server("a") }];
    let measures = played(&scenario);
    assert_eq!((measures.placements, measures.refused), (1, 1));
    close(measures.refused_user_minutes, 600.0);
    close(measures.placed_user_minutes, 1200.0);
}

#[test]
fn who_comes_before_or_stays_after_the_meeting_or_the_scenario_is_cut_off() {
    let mut scenario = scenario(vec![meeting("long", 100, 60, 1), meeting("short", 110, 5, 1)]);
    scenario.meetings[1].people = vec![person(0, 60), person(6, 9)];
    close(played(&scenario).user_minutes, 20.0 + 5.0);
}

#[test]
fn what_is_before_the_measured_time_is_lived_through_and_not_measured() {
    let mut scenario =
        scenario(vec![meeting("crowd", 0, 30, 100), meeting("class", 20, 60, 10), meeting("talk", 70, 10, 1)]);
    scenario.servers.iter_mut().for_each(|server| server.position = at(0.0, 0.0));
    scenario.meetings[1].people[0].position = at(1.0, 0.0);
    let whole = played(&scenario);
    scenario.measured_from = minutes(40);
    let outcome = simulate(&scenario, &player().with_course()).unwrap();
    let measures = outcome.measures;
    close(measures.user_minutes, 10.0 * 40.0 + 10.0);
    close(measures.placed_user_minutes, measures.user_minutes);
    assert_eq!((measures.overloaded_user_minutes, measures.placements, measures.peak_utilisation), (0.0, 1, 10.0));
    assert_eq!(measures.mean_km, whole.mean_km);
    assert_eq!(outcome.course.unwrap().utilisation[0].len(), 80);
    assert!(whole.overloaded_user_minutes > 0.0 && bound(&scenario).unwrap() == Bound::default());
}

#[test]
fn a_room_that_recurs_is_another_meeting_each_time() {
    let measures = played(&scenario(vec![meeting("room", 0, 30, 3), meeting("room", 30, 30, 4)]));
    assert_eq!(measures.placements, 2);
    close(measures.placed_user_minutes, 210.0);
}

/// Meetings of all sizes and lengths, with servers that fail, drain and refuse.
pub(super) fn busy(seed: u64) -> Scenario {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut meetings: Vec<_> = (0..200)
        .map(|number| {
            let mut meeting = meeting(&format!("room{number}"), 0, chance.u64(1..60), 0);
            meeting.at = BEGINS + Duration::from_millis(chance.u64(0..7_200_000));
            let people = (0..chance.u32(0..12)).map(|_| SimulatedPerson {
                comes: chance.u32(0..2_000_000),
                goes: chance.u32(2_000_000..5_000_000),
                voice: chance.bool(),
                camera: (chance.u32(0..1_000_000), chance.u32(1_000_000..2_000_000)),
                ..person(0, 0)
            });
            meeting.people = people.collect();
            meeting
        })
        .collect();
    meetings.sort_by_key(|meeting| meeting.at);
    let outage = |server, kind, from, until| Outage { server, kind, from: minutes(from), until: minutes(until) };
    Scenario {
        servers: ["a", "b", "c", "d", "e"].map(|name| SimulatedServer { capacity: Some(100), ..server(name) }).into(),
        outages: vec![
            outage(0, OutageKind::Fails, 20, 50),
            outage(1, OutageKind::Drains, 10, 90),
            outage(2, OutageKind::Fails, 60, 200),
            outage(3, OutageKind::Fails, 70, 71),
        ],
        costs: Costs { idle: 2.0, meeting: 0.5, user: 1.0, voice: 0.5, camera: 0.3, view: 0.1 },
        ..scenario(meetings)
    }
}

#[test]
fn every_user_is_somewhere_at_every_moment() {
    for seed in 0..20 {
        let scenario = busy(seed);
        let measures = simulate(&scenario, &Player::new(Arc::new(PowerOfTwo)).seeded(seed)).unwrap().measures;
        let placed = measures.placed_user_minutes;
        close(placed + measures.refused_user_minutes + measures.lost_user_minutes, measures.user_minutes);
        assert!(measures.lost_user_minutes > 0.0 && measures.moved > 0, "{measures:?}");
        assert!(measures.overloaded_user_minutes <= placed, "{measures:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_figures_byte_for_byte_and_another_seed_other_ones() {
    let scenario = busy(7);
    let json = |seed| {
        let sight = Sight { loss: 0.2, ..Sight::default() };
        let player = Player::new(Arc::new(LeastUsers)).seeing(sight).seeded(seed).with_course();
        let outcome = simulate(&scenario, &player).unwrap();
        (serde_json::to_vec(&outcome.measures).unwrap(), serde_json::to_vec(&outcome.course).unwrap())
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
    let at_random = || simulate(&scenario, &Player::new(Arc::new(Random))).unwrap();
    assert_eq!(at_random(), at_random());
}
