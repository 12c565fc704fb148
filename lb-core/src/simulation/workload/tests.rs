use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::placement::LeastUsers;
use crate::simulation::{Player, SimulatedPerson, simulate};

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

#[test]
fn what_cannot_be_is_refused_by_every_workload() {
    for workload in Workload::ALL {
        let none = workload.scenario(1, &Size { servers: 0, ..workload.size() }).unwrap_err();
        assert_eq!(none.to_string(), "a workload cannot have 0 servers: 1 to 20000");
        let one = workload.scenario(1, &Size { servers: 1, users: 1, ..workload.size() });
        assert_eq!(one.is_ok(), workload != Workload::Flash, "{workload}");
    }
    let few = Workload::Flash.scenario(1, &Size { users: 599, ..Workload::Flash.size() }).unwrap_err();
    assert_eq!(few.to_string(), "workload flash cannot have 599 users at once: 600 or more");
}

#[test]
fn a_flash_of_20_servers_is_300_creates_in_10_seconds_in_a_quiet_network_and_fills_over_minutes() {
    let scenario = Workload::Flash.scenario(1, &Workload::Flash.size()).unwrap();
    let (exams, others): (Vec<_>, Vec<_>) =
        scenario.meetings.iter().partition(|meeting| meeting.key.integration == "exams".into());
    let first = exams.first().unwrap().at;
    assert_eq!(exams.len(), 300);
    assert!(exams.iter().all(|meeting| meeting.at.since(first).as_secs() < 10));
    assert_eq!(first.since(MONDAY).as_secs() / 60, 10 * 60 + 29);
    let (users, _) = course(&scenario);
    let minute = (first.since(scenario.begins).as_secs() / 60) as usize;
    assert!((50..600).contains(&users[minute - 1]), "{}", users[minute - 1]);
    assert!(users[minute + 1] < users[minute + 15] / 2 && users[minute + 5] > users[minute + 15] / 2);
    assert!(others.len() > 100);
}

#[test]
fn a_flash_is_as_hard_on_a_large_network_and_never_less_than_300_creates() {
    for (servers, expected) in [(3, 300), (20, 300), (21, 315), (60, 900)] {
        let size = Size { warm_up: Duration::ZERO, ..Workload::Flash.size_for(servers) };
        let scenario = Workload::Flash.scenario(1, &size).unwrap();
        let exams = scenario.meetings.iter().filter(|meeting| meeting.key.integration == "exams".into()).count();
        assert_eq!(exams, expected, "{servers} servers");
    }
    // so many meetings need as many people
    let few = Size { users: 1000, ..Workload::Flash.size_for(60) };
    let told = Workload::Flash.scenario(1, &few).unwrap_err().to_string();
    assert_eq!(told, "workload flash cannot have 1000 users at once: 1800 or more");
}

#[test]
fn a_university_has_lectures_seminars_and_office_hours_a_quarter_past() {
    let size = Size { warm_up: Duration::ZERO, ..Workload::University.size_for(60) };
    let scenario = Workload::University.scenario(1, &size).unwrap();
    let of = |kind: &'static str| {
        let all = scenario.meetings.iter();
        all.filter(move |meeting| meeting.key.meeting_id.as_str().starts_with(kind)).collect::<Vec<_>>()
    };
    let mean = |meetings: &[&SimulatedMeeting]| {
        meetings.iter().map(|meeting| meeting.people.len()).sum::<usize>() as f64 / meetings.len() as f64
    };
    let cameras = |meetings: &[&SimulatedMeeting]| {
        let people = meetings.iter().flat_map(|meeting| &meeting.people);
        people.clone().filter(|person| person.camera.1 > 0).count() as f64 / people.count() as f64
    };
    let (lectures, seminars, offices) = (of("lecture"), of("seminar"), of("office"));
    assert!((110.0..200.0).contains(&mean(&lectures)), "{}", mean(&lectures));
    assert!((15.0..22.0).contains(&mean(&seminars)), "{}", mean(&seminars));
    assert!(offices.iter().all(|meeting| (1..=3).contains(&meeting.people.len())) && !offices.is_empty());
    assert!(cameras(&lectures) < 0.015 && (0.4..0.7).contains(&cameras(&seminars)) && cameras(&offices) == 1.0);
    let quarter = |meeting: &&&SimulatedMeeting| {
        let minute = meeting.at.as_millis() / MINUTE % 60;
        (2..=18).contains(&minute)
    };
    assert_eq!(
        lectures.iter().chain(&seminars).filter(|meeting| quarter(meeting)).count(),
        lectures.len() + seminars.len()
    );
    let late = seminars.iter().filter(|meeting| meeting.at.since(MONDAY) > Duration::from_secs(18 * 3600)).count();
    assert!(late * 20 > seminars.len(), "evening courses: {late} of {}", seminars.len());
}

#[test]
fn creates_of_an_open_service_are_as_irregular_as_a_poisson_process_and_its_sizes_have_a_tail() {
    let size = Size { warm_up: Duration::ZERO, ..Workload::OpenService.size_for(60) };
    let scenario = Workload::OpenService.scenario(1, &size).unwrap();
    // the hours from 9 to 11 and 14 to 16 are about as busy as each other
    let mut creates = [0.0; 240];
    for meeting in &scenario.meetings {
        let minute = (meeting.at.since(MONDAY).as_secs() / 60) as usize;
        match minute {
            540..660 => creates[minute - 540] += 1.0,
            840..960 => creates[minute - 840 + 120] += 1.0,
            _ => {}
        }
    }
    let mean = creates.iter().sum::<f64>() / 240.0;
    let variance = creates.iter().map(|count: &f64| (count - mean).powi(2)).sum::<f64>() / 239.0;
    assert!((0.75..1.35).contains(&(variance / mean)), "{variance} / {mean}");
    let sizes: Vec<_> = scenario.meetings.iter().map(|meeting| meeting.people.len()).collect();
    let share = |least: usize| sizes.iter().filter(|size| **size >= least).count() as f64 / sizes.len() as f64;
    // a Pareto tail of shape 1.25 from 2.5: (10 / 2.5)^-1.25, and for 60
    assert!((0.13..0.21).contains(&share(10)) && (0.009..0.025).contains(&share(60)), "{} {}", share(10), share(60));
    let keys: HashSet<_> = scenario.meetings.iter().map(|meeting| &meeting.key).collect();
    let again = 1.0 - keys.len() as f64 / scenario.meetings.len() as f64;
    assert!((0.03..0.3).contains(&again), "{again}");
}

#[test]
fn regions_wake_one_after_the_other_and_stay_near_their_cities() {
    let size = Size { warm_up: Duration::ZERO, ..Workload::Regional.size() };
    let scenario = Workload::Regional.scenario(1, &size).unwrap();
    let users_at = |hour: u64, from: f64, to: f64| {
        let now = Duration::from_secs(hour * 3600 + 1200);
        let (mut there, began) = (0, scenario.begins + now);
        for meeting in scenario.meetings.iter().filter(|meeting| meeting.at <= began) {
            let since = began.since(meeting.at).as_millis() as u32;
            let here = |person: &&SimulatedPerson| {
                person.comes <= since
                    && since < person.goes
                    && person.position.is_some_and(|position| (from..to).contains(&position.longitude))
            };
            there += meeting.people.iter().filter(here).count();
        }
        there
    };
    let (europe, america) = ((-15.0, 15.0), (-65.0, -40.0));
    assert!(users_at(8, europe.0, europe.1) > 700);
    assert_eq!(users_at(8, america.0, america.1), 0, "it is five in the morning there");
    assert!(users_at(17, america.0, america.1) > 2000);
    assert!(users_at(17, europe.0, europe.1) < 400);
    let cities: HashSet<_> = scenario.servers.iter().map(|server| format!("{:?}", server.position.unwrap())).collect();
    assert!((8..=9).contains(&cities.len()), "{cities:?}");
    let known = scenario.meetings.iter().filter(|meeting| meeting.position.is_some()).count() as f64;
    assert!((0.9..0.99).contains(&(known / scenario.meetings.len() as f64)));
}

#[test]
fn every_workload_can_be_lived_through() {
    for workload in Workload::ALL {
        let scenario = workload.scenario(5, &Size { warm_up: Duration::ZERO, ..workload.size() }).unwrap();
        let measures = simulate(&scenario, &Player::new(Arc::new(LeastUsers))).unwrap().measures;
        assert!(measures.placed_user_minutes > 0.9 * measures.user_minutes, "{workload}: {measures:?}");
        assert_eq!(measures.mean_km.is_some(), workload == Workload::Regional);
        assert_eq!(measures.lost_user_minutes > 0.0, workload == Workload::FailureDay, "{workload}: {measures:?}");
    }
}
