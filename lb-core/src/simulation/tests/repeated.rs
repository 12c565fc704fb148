//! The same seed, the same figures.

use super::workload::{Size, Workload};
use super::*;
use crate::placement::{NAMES, named};

/// What came of it, as bytes.
fn bytes(scenario: &Scenario, policy: Arc<dyn PlacementPolicy>) -> Vec<u8> {
    let player = Player::new(policy).seeded(5).with_course();
    let Outcome { measures, course, learnt } = simulate(scenario, &player).unwrap();
    serde_json::to_vec(&(measures, course, learnt)).unwrap()
}

#[test]
fn every_policy_does_the_same_twice_byte_for_byte_with_what_it_has_learnt() {
    let size = Size { servers: 3, users: 250, length: minutes(180), warm_up: minutes(120) };
    let scenario = || Workload::OpenService.scenario(5, &size).unwrap();
    let (once, again) = (scenario(), scenario());
    assert_eq!(format!("{once:?}"), format!("{again:?}"), "the scenario itself");
    for name in NAMES {
        let router = crate::network::Router { policy: name.to_owned(), ..crate::network::Router::new("simulated") };
        let new = || named(&router).unwrap();
        assert!(bytes(&once, new()) == bytes(&again, new()), "{name} does something else each time");
    }
    let seer = |scenario: &Scenario| bytes(scenario, Arc::new(Clairvoyant::of(scenario).unwrap()));
    assert!(seer(&once) == seer(&again), "the clairvoyant does something else each time");
}
