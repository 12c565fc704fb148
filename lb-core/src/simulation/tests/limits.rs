//! What no placement can beat, and what is hard to beat.

use super::counted::busy;
use super::*;
use crate::network::Router;
use crate::placement::{self, LeastMeetings, Random};
use crate::simulation::workload::{Size, Workload};

/// The fewest users on overloaded servers of all ways to place meetings that are there all the time.
fn fewest(rooms: &[f64], meetings: &[(f64, u32)], may_refuse: bool) -> u32 {
    let choices = rooms.len() + usize::from(may_refuse);
    let all = choices.pow(meetings.len() as u32);
    let suffering = |way: usize| {
        let (mut work, mut users) = (vec![0.0; choices], vec![0; choices]);
        let mut way = way;
        for (cost, people) in meetings {
            work[way % choices] += cost;
            users[way % choices] += people;
            way /= choices;
        }
        let bad = |server: &usize| rooms.get(*server).is_none_or(|room| work[*server] > room + 1e-9);
        (0..choices).filter(bad).map(|server| users[server]).sum()
    };
    (0..all).map(suffering).min().unwrap_or_default()
}

#[test]
fn no_way_to_place_a_few_meetings_beats_the_bound_and_the_bound_is_not_idle() {
    let mut chance = fastrand::Rng::with_seed(11);
    let (mut bounds, mut best) = (0.0, 0.0);
    for _ in 0..200 {
        let servers = chance.usize(1..=3);
        let strengths: Vec<f64> = (0..servers).map(|_| chance.f64() + 0.3).collect();
        let sizes: Vec<u32> = (0..chance.usize(1..=6)).map(|_| chance.u32(1..50)).collect();
        let mut scenario = scenario(Vec::new());
        scenario.costs = Costs { idle: 3.0, meeting: 2.0, user: 1.0, voice: 0.0, camera: 0.0, view: 0.0 };
        scenario.servers = strengths
            .iter()
            .enumerate()
            .map(|(number, strength)| SimulatedServer { strength: *strength, ..server(&format!("s{number}")) })
            .collect();
        let named = |(number, size): (usize, &u32)| meeting(&format!("room{number}"), 0, 120, *size as usize);
        scenario.meetings = sizes.iter().enumerate().map(named).collect();
        let rooms: Vec<f64> = strengths.iter().map(|strength| (80.0 * strength - 3.0).max(0.0)).collect();
        let meetings: Vec<_> = sizes.iter().map(|size| (2.0 + f64::from(*size), *size)).collect();
        let bound = bound(&scenario).unwrap();
        let (overloaded, suffered) = (fewest(&rooms, &meetings, false), fewest(&rooms, &meetings, true));
        assert!(bound.overloaded_user_minutes <= f64::from(overloaded) * 120.0, "{bound:?} {rooms:?} {meetings:?}");
        assert!(bound.suffered_user_minutes <= f64::from(suffered) * 120.0, "{bound:?} {rooms:?} {meetings:?}");
        assert!(bound.suffered_user_minutes <= bound.overloaded_user_minutes);
        bounds += bound.overloaded_user_minutes;
        best += f64::from(overloaded) * 120.0;
    }
    assert!(bounds > 0.6 * best, "{bounds} of {best}");
}

#[test]
fn the_bound_is_what_it_says_where_it_can_be_seen() {
    let classes = |count: usize| (0..count).map(|number| meeting(&format!("room{number}"), 0, 60, 20));
    // two servers for 80 users each
    let eight = bound(&scenario(classes(8).collect())).unwrap();
    assert_eq!(eight, Bound::default());
    // a ninth: one server is given up, and 100 users have no place on the other
    let nine = bound(&scenario(classes(9).collect())).unwrap();
    // what fits in part counts as 1.6 % less work at most
    let nearly = |found: f64, users: f64, fitting: f64| {
        let (most, least) = (users * 60.0, (users - 0.016 * fitting) * 60.0);
        assert!((least..=most).contains(&found), "{nine:?}");
    };
    nearly(nine.overloaded_user_minutes, 100.0, 80.0);
    nearly(nine.suffered_user_minutes, 20.0, 160.0);
    // a lecture that fits nowhere suffers, alone where the rest fits beside it
    let mut lecture = scenario(vec![meeting("lecture", 0, 60, 90), meeting("talk", 0, 60, 30)]);
    let alone = bound(&lecture).unwrap();
    assert!((alone.overloaded_user_minutes - 90.0 * 60.0).abs() < 0.01, "{alone:?}");
    // and everybody while there is no server
    lecture.outages =
        [0, 1].map(|server| Outage { server, kind: OutageKind::Fails, from: minutes(30), until: minutes(40) }).into();
    let dead = bound(&lecture).unwrap();
    assert!((dead.suffered_user_minutes - (90.0 * 60.0 + 30.0 * 10.0)).abs() < 0.01, "{dead:?}");
}

#[test]
fn nobody_beats_the_bound_and_the_clairvoyant_is_nearer_to_it_than_chance() {
    let (mut seer, mut random) = (0.0, 0.0);
    for seed in 0..10 {
        let scenario = busy(seed);
        let least = bound(&scenario).unwrap().suffered_user_minutes;
        let suffered = |policy: Arc<dyn PlacementPolicy>| {
            let measures = simulate(&scenario, &Player::new(policy)).unwrap().measures;
            assert!(measures.suffered_user_minutes() >= least, "{least} {measures:?}");
            measures.suffered_user_minutes()
        };
        seer += suffered(Arc::new(Clairvoyant::of(&scenario).unwrap()));
        random += suffered(Arc::new(Random));
        suffered(Arc::new(LeastMeetings));
    }
    assert!(seer < 0.8 * random, "{seer} {random}");
}

/// Gives no meeting any server.
#[derive(Debug)]
struct Refuses;

impl PlacementPolicy for Refuses {
    fn name(&self) -> &str {
        "refuses"
    }

    fn rank<'a>(&'a self, _: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        Box::new(std::iter::empty())
    }
}

#[test]
fn no_policy_beats_the_bound_by_refusing_or_by_losing_people() {
    // servers fail in it, and it has twice the users that they could well serve
    let crowded = Workload::FailureDay.size_for(3);
    let crowded = Size { users: crowded.users * 2, warm_up: Duration::ZERO, ..crowded };
    for scenario in [Workload::FailureDay.scenario(1, &crowded).unwrap(), busy(3)] {
        let least = bound(&scenario).unwrap();
        assert!(least.suffered_user_minutes > 0.0);
        let named = |name: &str| placement::named(&Router { policy: name.to_owned(), ..Router::new("tried") }).unwrap();
        let clairvoyant: Arc<dyn PlacementPolicy> = Arc::new(Clairvoyant::of(&scenario).unwrap());
        for policy in placement::NAMES.into_iter().map(named).chain([clairvoyant]) {
            let measures = simulate(&scenario, &Player::new(Arc::clone(&policy))).unwrap().measures;
            let suffered = measures.suffered_user_minutes();
            assert!(suffered >= least.suffered_user_minutes, "{}: {least:?} {measures:?}", policy.name());
            assert!(measures.lost_user_minutes > 0.0);
        }
        let refused = simulate(&scenario, &Player::new(Arc::new(Refuses))).unwrap().measures;
        assert_eq!(refused.overloaded_user_minutes, 0.0, "of those alone there is no bound");
        assert!((refused.suffered_user_minutes() - refused.user_minutes).abs() < 1e-6);
        assert!(refused.suffered_user_minutes() >= least.suffered_user_minutes);
    }
}

#[test]
fn the_clairvoyant_knows_that_a_small_meeting_will_be_large() {
    // whoever goes by what is there puts the two that will be large on one server
    let grown = |id: &str, at, people| {
        let mut meeting = meeting(id, at, 60, 0);
        meeting.people = vec![SimulatedPerson { comes: 10 * MINUTE, ..person(0, 60) }; people];
        meeting
    };
    let meetings =
        vec![grown("large-1", 0, 45), grown("small-1", 1, 10), grown("large-2", 2, 45), grown("small-2", 3, 10)];
    let scenario = Scenario { costs: Costs { meeting: 0.1, ..scenario(Vec::new()).costs }, ..scenario(meetings) };
    let with = |policy: Arc<dyn PlacementPolicy>| {
        simulate(&scenario, &Player::new(policy)).unwrap().measures.overloaded_user_minutes
    };
    assert_eq!(with(Arc::new(Clairvoyant::of(&scenario).unwrap())), 0.0);
    assert!(with(Arc::new(LeastMeetings)) > 0.0);
}

#[test]
fn the_clairvoyant_keeps_the_contract_of_policies() {
    crate::testkit::policy::every_clause(&Clairvoyant::of(&busy(1)).unwrap());
    assert!(Clairvoyant::of(&Scenario::default()).is_err());
}
