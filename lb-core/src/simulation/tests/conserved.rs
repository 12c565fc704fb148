//! What is there does not vanish, and nothing comes from nowhere.

use super::counted::busy;
use super::*;
use crate::placement::{NAMES, named};

/// Nobody's server fails, and each user makes 1 %: so the servers bear in each minute just the people who are there, by a
/// count that knows nothing of the simulator's.
#[test]
fn all_servers_together_bear_in_every_minute_just_the_people_who_are_there() {
    for seed in 0..3 {
        let mut scenario = Scenario { outages: Vec::new(), ..busy(seed) };
        scenario.costs = super::scenario(Vec::new()).costs;
        scenario.servers.iter_mut().for_each(|server| server.capacity = None);
        let course = simulate(&scenario, &player().with_course()).unwrap().course.unwrap();
        let mut there = [0_u64; 120];
        for meeting in &scenario.meetings {
            let begins = meeting.at.since(BEGINS).as_millis() as u64;
            let ends = begins + meeting.length.as_millis() as u64;
            for person in &meeting.people {
                let (comes, goes) = (begins + u64::from(person.comes), (begins + u64::from(person.goes)).min(ends));
                for (minute, there) in there.iter_mut().enumerate() {
                    let (from, until) = (minute as u64 * 60_000, (minute as u64 + 1) * 60_000);
                    *there += goes.min(until).saturating_sub(comes.max(from));
                }
            }
        }
        for (minute, there) in there.into_iter().enumerate() {
            let borne: f64 = course.utilisation.iter().map(|server| f64::from(server[minute].unwrap())).sum();
            let people = there as f64 / 60_000.0;
            assert!((borne - people).abs() < 1e-3, "{borne} for {people} people in the minute {minute}");
        }
    }
}

#[test]
fn with_every_policy_every_user_is_placed_refused_or_lost_and_all_are_the_same_people() {
    let scenario = busy(3);
    let minutes = simulate(&scenario, &player()).unwrap().measures.user_minutes;
    assert!(minutes > 10_000.0, "{minutes}");
    for name in NAMES {
        let router = crate::network::Router { policy: name.to_owned(), ..crate::network::Router::new("simulated") };
        let it = simulate(&scenario, &Player::new(named(&router).unwrap())).unwrap().measures;
        assert_eq!(it.user_minutes, minutes, "{name}");
        let somewhere = it.placed_user_minutes + it.refused_user_minutes + it.lost_user_minutes;
        assert!((somewhere - minutes).abs() < 1e-6, "{name}: {it:?}");
    }
}
