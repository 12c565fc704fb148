use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::simulation::SimulatedPerson;

const MINUTE: u64 = 60_000;

/// What is so minute by minute: users in meetings, and what all meetings cost of the whole strength, per cent.
fn course(scenario: &Scenario) -> (Vec<i64>, Vec<f64>) {
    let minutes = (scenario.length.as_secs() / 60) as usize + 240;
    let (mut users, mut costs) = (vec![0; minutes], vec![0.0; minutes]);
    let strength: f64 = scenario.servers.iter().map(|server| server.strength).sum();
    for meeting in &scenario.meetings {
        let from = meeting.at.since(scenario.begins).as_millis() as u64 / MINUTE;
        for minute in from..from + meeting.length.as_millis() as u64 / MINUTE + 1 {
            let at = minute * MINUTE;
            let now = at.saturating_sub(meeting.at.since(scenario.begins).as_millis() as u64) as u32;
            let there = || meeting.people.iter().filter(move |person| person.comes <= now && now < person.goes);
            let count = there().count();
            let voices = there().filter(|person| person.voice).count();
            let cameras = there().filter(|person| person.camera.0 <= now && now < person.camera.1).count();
            let Some(slot) = users.get_mut(minute as usize) else { break };
            *slot += count as i64;
            costs[minute as usize] += scenario.costs.of(count as u32, voices as u32, cameras as u32) / strength;
        }
    }
    (users, costs)
}

fn most(list: &[f64]) -> f64 {
    list.iter().copied().fold(0.0, f64::max)
}

#[test]
fn every_workload_is_found_by_its_name_and_says_what_it_is() {
    assert_eq!(Workload::ALL.map(Workload::name), NAMES);
    for workload in Workload::ALL {
        assert_eq!(named(workload.name()), Ok(workload));
        assert!(workload.about().ends_with('.'));
    }
    let unknown = named("holidays").unwrap_err().to_string();
    assert!(unknown.starts_with("there is no workload \"holidays\"; there are school-day"), "{unknown}");
}

#[test]
fn the_same_seed_is_the_same_scenario_and_another_seed_is_another() {
    for workload in Workload::ALL {
        let size = Size { warm_up: Duration::ZERO, ..workload.size_for(10) };
        let made = |seed| format!("{:?}", workload.scenario(seed, &size).unwrap());
        assert_eq!(made(7), made(7), "{workload}");
        assert_ne!(made(7), made(8), "{workload}");
    }
}

#[test]
fn as_many_users_are_there_at_once_as_were_aimed_at() {
    for workload in Workload::ALL {
        for seed in 0..3 {
            let size = Size { warm_up: Duration::ZERO, ..workload.size() };
            let scenario = workload.scenario(seed, &size).unwrap();
            let (users, costs) = course(&scenario);
            let peak = users.iter().copied().max().unwrap_or(0) as f64;
            let aim = size.users as f64;
            println!("{workload} {seed}: {peak} of {aim}, {:.1} %", most(&costs));
            assert!((peak / aim - 1.0).abs() < 0.15, "{workload}, seed {seed}: {peak} of {aim}");
            let used = most(&costs) + scenario.costs.idle;
            assert!((55.0..75.0).contains(&used), "{workload}, seed {seed}: {used} %");
        }
    }
}

#[test]
fn every_scenario_is_whole() {
    for workload in Workload::ALL {
        let size = Size { warm_up: DAY * 2, ..workload.size_for(15) };
        let scenario = workload.scenario(3, &size).unwrap();
        let end = scenario.begins + scenario.length;
        assert_eq!(scenario.begins + scenario.measured_from, MONDAY, "{workload}");
        assert_eq!(scenario.servers.len(), 15);
        assert_eq!(scenario.servers.iter().map(|server| &server.name).collect::<HashSet<_>>().len(), 15);
        assert!(scenario.meetings.is_sorted_by_key(|meeting| meeting.at));
        let mut ends: HashMap<_, Timestamp> = HashMap::new();
        for meeting in &scenario.meetings {
            let before = ends.insert(&meeting.key, meeting.at + meeting.length);
            assert!(before.is_none_or(|before| before <= meeting.at), "{workload}: {} is twice at once", meeting.key);
            assert!((scenario.begins..end).contains(&meeting.at));
            assert!(!meeting.people.is_empty());
            let fits = |person: &SimulatedPerson| {
                person.comes <= person.goes
                    && u128::from(person.goes) <= meeting.length.as_millis()
                    && person.camera.0 <= person.camera.1
            };
            assert!(meeting.people.iter().all(fits), "{workload}");
            assert!(
                meeting.hints.duration.is_none_or(|most| meeting.length <= most),
                "{workload}: cut off by its hint"
            );
            let most = meeting.hints.max_participants;
            assert!(most.is_none_or(|most| meeting.people.len() as u32 <= most), "{workload}: people kept out");
        }
    }
}

#[test]
fn rooms_of_a_school_recur_at_the_same_hour_of_the_week_with_about_the_same_people() {
    let size = Size { warm_up: DAY * 7, ..Workload::SchoolDay.size() };
    let scenario = Workload::SchoolDay.scenario(1, &size).unwrap();
    let week = DAY * 7;
    let (before, now): (Vec<_>, Vec<_>) = scenario.meetings.iter().partition(|meeting| meeting.at < MONDAY);
    let (mut recur, mut alike) = (0, 0);
    for meeting in &now {
        let same = |other: &&&SimulatedMeeting| {
            let moved = (other.at + week).as_millis().abs_diff(meeting.at.as_millis());
            other.key == meeting.key && moved < 15 * MINUTE
        };
        if let Some(same) = before.iter().find(same) {
            recur += 1;
            let (old, new) = (same.people.len() as f64, meeting.people.len() as f64);
            alike += usize::from((old - new).abs() <= 2.0 + 0.25 * old);
        }
    }
    let (recur, alike) = (recur as f64 / now.len() as f64, f64::from(alike as u32) / recur as f64);
    assert!((0.8..0.99).contains(&recur), "{recur}");
    assert!(alike > 0.97, "{alike}");
}

#[test]
fn classes_have_5_to_300_people_and_few_are_large() {
    let scenario = Workload::SchoolDay.scenario(1, &Workload::SchoolDay.size_for(100)).unwrap();
    let sizes: Vec<_> = scenario.meetings.iter().map(|meeting| meeting.people.len()).collect();
    let share = |of: fn(&usize) -> bool| sizes.iter().filter(|size| of(size)).count() as f64 / sizes.len() as f64;
    assert!(sizes.iter().all(|size| *size <= 300));
    assert!(share(|size| *size < 4) < 0.02);
    assert!((0.01..0.08).contains(&share(|size| *size > 60)), "{}", share(|size| *size > 60));
    assert!((0.4..0.75).contains(&share(|size| (12..=35).contains(size))));
    let at_the_hour =
        |meeting: &&SimulatedMeeting| (meeting.at.as_millis() + 15 * MINUTE) % (60 * MINUTE) < 20 * MINUTE;
    assert_eq!(scenario.meetings.iter().filter(at_the_hour).count(), scenario.meetings.len());
}
