//! What users of other load balancers suffer from, seen in the simulator too.

use super::*;
use crate::placement::peers::{Bbblb, Scalelite};

/// How much each server is used in that minute, per cent: as many users.
fn used(scenario: &Scenario, policy: Arc<dyn PlacementPolicy>, minute: usize) -> Vec<f32> {
    let sight = Sight { loss: 0.0, ..Sight::default() };
    let outcome = simulate(scenario, &Player::new(policy).seeing(sight).with_course()).unwrap();
    outcome.course.unwrap().utilisation.iter().map(|server| server[minute].unwrap()).collect()
}

#[test]
fn forty_of_forty_creates_between_two_polls_of_scalelite_go_to_one_server() {
    let lectures = (0..3).map(|number| meeting(&format!("lecture{number}"), 0, 120, 50));
    let burst = (0..40).map(|number| {
        let mut meeting = meeting(&format!("room{number}"), 30, 60, 0);
        meeting.at = meeting.at + Duration::from_millis(1000 + 50 * number);
        // they come two minutes later
        meeting.people = vec![person(2, 60); 2];
        meeting
    });
    let mut scenario = scenario(lectures.chain(burst).collect());
    scenario.servers = ["a", "b", "c", "d"].map(server).into();
    assert_eq!(used(&scenario, Arc::new(Scalelite::default()), 40), [50.0, 50.0, 50.0, 80.0]);
    // where a create counts as the users that it will bring, not all go there
    let ours = used(&scenario, Arc::new(LeastUsers), 40);
    assert!(ours.iter().all(|used| *used <= 75.0), "{ours:?}");
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
