//! What the balancer sees.

use super::*;
use crate::placement::LeastMeetings;

fn watched(scenario: &Scenario, sight: Sight) -> Arc<Watcher> {
    let watcher = Arc::new(Watcher::default());
    simulate(scenario, &Player::new(watcher.clone()).seeing(sight)).unwrap();
    watcher
}

fn at_second(watcher: &Watcher, seconds: u64) -> Seen {
    watcher.seen.lock().unwrap().iter().find(|seen| seen.seconds == seconds).unwrap().clone()
}

#[test]
fn lists_show_who_is_there_at_the_poll_and_not_what_happens_after_it() {
    let mut class = meeting("class", 0, 30, 0);
    // a poll of the first server is at each full ten seconds
    let second = |comes: u32, goes: u32| SimulatedPerson { comes: comes * 1000, goes: goes * 1000, ..person(0, 0) };
    class.people = vec![
        SimulatedPerson { voice: true, camera: (31_000, 45_000), ..second(15, 900) },
        second(25, 38),
        SimulatedPerson { voice: true, ..second(10, 50) },
    ];
    let watcher = watched(&scenario(vec![class]), Sight { loss: 0.0, ..Sight::default() });
    let listed = |seconds| at_second(&watcher, seconds).listed;
    let class = |users, audio, video| vec![("class".to_owned(), users, audio, video)];
    assert_eq!(listed(10), class(1, 1, 0));
    assert_eq!(listed(20), class(2, 2, 0));
    assert_eq!(listed(30), class(3, 2, 0));
    assert_eq!(listed(40), class(2, 2, 1));
    assert_eq!(listed(50), class(1, 1, 0));
    assert_eq!(at_second(&watcher, 50).users, 1);
    assert_eq!(listed(1800), []);
    assert_eq!(*watcher.ended.lock().unwrap(), [("class".to_owned(), 30, 3)]);
}

#[test]
fn the_cpu_is_the_mean_since_the_last_report_and_never_over_a_hundred() {
    let mut crowd = meeting("crowd", 0, 60, 0);
    crowd.people = vec![SimulatedPerson { comes: 20_000, goes: 3_000_000, ..person(0, 0) }; 60];
    crowd.people.extend(vec![SimulatedPerson { comes: 300_000, goes: 600_000, ..person(0, 0) }; 90]);
    let watcher = watched(&scenario(vec![crowd]), Sight { loss: 0.0, ..Sight::default() });
    let cpu = |seconds| at_second(&watcher, seconds).cpu;
    // reports at 15, 30, 45 s …; 60 users for 10 of 15 seconds
    assert_eq!((cpu(20), cpu(30), cpu(50)), (Some(0.0), Some(40.0), Some(60.0)));
    assert_eq!((cpu(400), cpu(700)), (Some(100.0), Some(60.0)));
}

#[test]
fn polls_that_are_lost_leave_what_was_known_until_it_is_too_old() {
    let scenario = scenario(vec![meeting("class", 0, 60, 5)]);
    let blind = watched(&scenario, Sight { loss: 1.0, ..Sight::default() });
    assert_eq!(at_second(&blind, 60), Seen { seconds: 60, users: 0, cpu: Some(0.0), listed: Vec::new() });
    assert_eq!(at_second(&blind, 70).cpu, None);
}

#[test]
fn what_is_placed_counts_before_it_is_seen() {
    // 40 creates in one second, between two polls of nearly everyone
    let mut burst: Vec<_> = (0..40).map(|number| meeting(&format!("room{number}"), 1, 60, 10)).collect();
    for (number, meeting) in burst.iter_mut().enumerate() {
        meeting.at = meeting.at + Duration::from_millis(25 * number as u64);
    }
    let mut scenario = scenario(burst);
    scenario.servers = ["a", "b", "c", "d", "e", "f", "g", "h"].map(server).into();
    for policy in [Arc::new(LeastMeetings) as Arc<dyn PlacementPolicy>, Arc::new(LeastUsers)] {
        let spread = simulate(&scenario, &Player::new(Arc::clone(&policy))).unwrap().measures;
        assert_eq!(spread.peak_utilisation, 50.0, "{}", policy.name());
    }
}

#[test]
fn what_a_policy_keeps_is_given_back_and_torn_memory_is_an_error() {
    let scenario = scenario(Vec::new());
    let player = Player::new(Arc::new(Watcher::default()));
    let kept = simulate(&scenario, &player).unwrap().learnt;
    assert_eq!(kept.as_deref(), Some(b"kept".as_slice()));
    assert!(simulate(&scenario, &player.clone().remembering(b"kept".to_vec())).is_ok());
    let torn = simulate(&scenario, &player.remembering(b"torn".to_vec())).unwrap_err();
    assert_eq!(torn.to_string(), "what the policy watcher had learnt cannot be read: it is torn");
    assert!(simulate(&scenario, &self::player().remembering(b"torn".to_vec())).is_ok(), "it does not learn");
}
