//! What users of other load balancers suffer from, seen in the simulator too.

use super::*;
use crate::network::Router;
use crate::placement::peers::{Bbblb, Scalelite};

/// How much each server is used in that minute, per cent: as many users.
fn used(scenario: &Scenario, policy: Arc<dyn PlacementPolicy>, minute: usize) -> Vec<f32> {
    let sight = Sight { loss: 0.0, ..Sight::default() };
    let outcome = simulate(scenario, &Player::new(policy).seeing(sight).with_course()).unwrap();
    outcome.course.unwrap().utilisation.iter().map(|server| server[minute].unwrap()).collect()
}

/// Three servers with a lecture each, one that is empty, and 40 creates within two seconds, between two polls: four people
/// come into each of these meetings two minutes later.
fn burst() -> Scenario {
    let lectures = (0..3).map(|number| meeting(&format!("lecture{number}"), 0, 120, 50));
    let burst = (0..40).map(|number| {
        let mut meeting = meeting(&format!("room{number}"), 30, 60, 0);
        meeting.at = meeting.at + Duration::from_millis(1000 + 50 * number);
        meeting.people = vec![person(2, 60); 4];
        meeting
    });
    let mut scenario = scenario(lectures.chain(burst).collect());
    scenario.servers = ["a", "b", "c", "d"].map(server).into();
    scenario
}

#[test]
fn forty_of_forty_creates_between_two_polls_of_scalelite_go_to_one_server() {
    // a create counts as one until the next poll, a lecture as fifty: forty creates do not make up for it
    assert_eq!(used(&burst(), Arc::new(Scalelite::default()), 40), [50.0, 50.0, 50.0, 160.0]);
}

#[test]
fn none_of_our_policies_that_look_at_load_sends_forty_of_forty_creates_to_one_server() {
    for name in ["nearest-least-cpu", "least-cpu", "least-users", "least-meetings", "weighted", "predictive"] {
        let used = used(&burst(), ours(name), 40);
        assert!(used.iter().all(|used| *used <= 130.0), "{name}: {used:?}");
    }
    // where a create counts as the users that it will bring, nobody is much above eighty
    let used = used(&burst(), ours("least-users"), 40);
    assert!(used.iter().all(|used| *used <= 90.0), "{used:?}");
}

fn ours(name: &str) -> Arc<dyn PlacementPolicy> {
    let router = Router { policy: name.to_owned(), ..Router::new("simulated") };
    crate::placement::named(&router).unwrap()
}

#[test]
fn without_its_decay_the_reserve_of_bbblb_sends_a_meeting_to_the_fuller_server() {
    let small = |number| meeting(&format!("small{number}"), number, 120, 2);
    let mut meetings = vec![meeting("lecture", 0, 120, 60)];
    meetings.extend([1, 2, 3].map(small));
    meetings.push(meeting("talk", 60, 30, 30));
    let scenario = scenario(meetings);
    for policy in [Bbblb::as_designed, Bbblb::as_built] {
        assert_eq!(used(&scenario, Arc::new(policy()), 50), [60.0, 6.0]);
    }
    assert_eq!(used(&scenario, Arc::new(Bbblb::as_designed()), 70), [60.0, 36.0]);
    assert_eq!(used(&scenario, Arc::new(Bbblb::as_built()), 70), [90.0, 6.0]);
}
