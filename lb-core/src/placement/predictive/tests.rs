//! The policy as a whole: fleets with lists, placements between two looks, and what is kept.

use std::sync::Arc;
use std::time::Duration;

use super::super::fixture::{Facts, NOW, fleet};
use super::memory::Memory;
use super::*;
use crate::fleet::{ListedMeeting, MeetingList, PackedXml, Stamp};
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::placement::{LEARNED_BYTES, MeetingHints};
use crate::server::ServerName;

const MINUTE: Duration = Duration::from_secs(60);

fn idle(name: &'static str) -> Facts {
    Facts { cpu: Some(10.0), ..Facts::named(name) }
}

fn listed(room: &str, users: u32, video: u32, minutes_old: u32, now: Timestamp) -> ListedMeeting {
    ListedMeeting {
        internal_id: identity(room, minutes_old),
        meeting_id: room.into(),
        create_time: now.before(MINUTE * minutes_old).as_millis(),
        users,
        moderators: users.min(1),
        audio: users / 2,
        video,
        ended: false,
        breakout: false,
        parent: None,
        voice_bridge: None,
        size_hint: None,
        stamp: Some(Stamp { guid: "guid".to_owned(), institution: "moodle".to_owned() }),
        people: Box::default(),
        xml: PackedXml::new(""),
    }
}

/// The fleet after `server` has listed these.
fn listing(fleet: &Fleet, server: &str, meetings: Vec<ListedMeeting>, now: Timestamp) -> Fleet {
    let list = Arc::new(MeetingList::new(now, meetings));
    fleet.with_server(&server.into(), now, |server| server.take_list(list, |_| None, "guid", now)).unwrap()
}

fn request<'a>(fleet: &'a Fleet, meeting: &'a MeetingKey, now: Timestamp) -> PlacementRequest<'a> {
    PlacementRequest { fleet, eligible: &|_| true, position: None, meeting, hints: MeetingHints::default(), now }
}

fn ranked(policy: &Predictive, fleet: &Fleet, room: &str, now: Timestamp) -> Vec<String> {
    let key = MeetingKey::new("moodle", room);
    let request = request(fleet, &key, now);
    policy.rank(&request).map(|candidate| candidate.server.server.name.to_string()).collect()
}

fn end(policy: &Predictive, room: &str, began: Timestamp, minutes: u32, most_users: u32) {
    let ended = began + MINUTE * minutes;
    // as it was listed, if it was
    let internal_id = identity(room, minutes);
    let meeting = MeetingKey::new("moodle", room);
    policy.ended(&FinishedMeeting { meeting: &meeting, internal_id: &internal_id, began, ended, most_users });
}

fn identity(room: &str, minutes_old: u32) -> InternalMeetingId {
    format!("{room}-{minutes_old}").into()
}

fn place(policy: &Predictive, room: &str, server: &ServerName) {
    let meeting = MeetingKey::new("moodle", room);
    policy.placed(&Placed { server, meeting: &meeting, hints: MeetingHints::default(), now: NOW });
}

/// How many of so many creates each server gets that come before anybody looks again.
fn spread_of_flash(policy: &Predictive, fleet: &Fleet, creates: usize) -> Vec<usize> {
    let mut counts = vec![0; fleet.servers().len()];
    for create in 0..creates {
        let room = format!("room-{create}");
        let first: ServerName = ranked(policy, fleet, &room, NOW).swap_remove(0).into();
        place(policy, &room, &first);
        counts[fleet.servers().iter().position(|server| server.server.name == first).unwrap()] += 1;
    }
    counts
}

#[test]
fn a_flash_of_creates_between_two_looks_spreads() {
    let policy = Predictive::default();
    let fleet = fleet(&[idle("a"), idle("b"), idle("c"), Facts { cpu: Some(70.0), users: 150, ..Facts::named("d") }]);
    policy.observe(&fleet, NOW);
    let counts = spread_of_flash(&policy, &fleet, 30);
    assert!(counts[..3].iter().all(|count| (8..=11).contains(count)) && counts[3] <= 3, "{counts:?}");
}

#[test]
fn a_flash_spreads_as_the_servers_are_strong() {
    let policy = Predictive::default();
    let strong = |name, capacity| Facts { capacity: Some(capacity), ..idle(name) };
    let fleet = fleet(&[strong("a", 100), strong("b", 200), strong("c", 400)]);
    policy.observe(&fleet, NOW);
    let counts = spread_of_flash(&policy, &fleet, 35);
    // somewhat fewer on the weak one: it could not bear a crowd
    assert!((1..=6).contains(&counts[0]) && (8..=12).contains(&counts[1]), "{counts:?}");
}

#[test]
fn placements_by_others_count_too_and_one_that_is_placed_again_counts_once() {
    let policy = Predictive::default();
    let before = fleet(&[idle("a"), idle("b")]);
    policy.observe(&before, NOW);
    let by_others = before
        .with_server(&"a".into(), NOW, |server| server.place(MeetingKey::new("other", "room"), None, NOW))
        .unwrap();
    assert_eq!(ranked(&policy, &by_others, "mine", NOW), ["b", "a"]);
    place(&policy, "mine", &"a".into());
    assert_eq!(ranked(&policy, &before, "next", NOW), ["b", "a"]);
    place(&policy, "mine", &"b".into());
    assert_eq!(ranked(&policy, &before, "next", NOW), ["a", "b"], "it failed on a");
}

#[test]
fn what_was_placed_counts_until_a_list_shows_it_or_denies_it() {
    let policy = Predictive::default();
    let before = fleet(&[idle("a"), idle("b")]);
    policy.observe(&before, NOW);
    place(&policy, "lecture", &"a".into());
    let soon = NOW + MINUTE / 2;
    policy.observe(&listing(&before, "a", vec![], soon), soon);
    assert_eq!(ranked(&policy, &before, "next", soon), ["b", "a"], "the list may have been asked for too early");
    let shown = listing(&before, "a", vec![listed("lecture", 1, 0, 1, soon + MINUTE / 4)], soon + MINUTE / 4);
    policy.observe(&shown, soon + MINUTE / 4);
    assert_eq!(ranked(&policy, &shown, "next", soon), ["b", "a"], "more people will come");
    let later = NOW + MINUTE * 2;
    policy.observe(&listing(&before, "a", vec![], later), later);
    assert_eq!(ranked(&policy, &before, "next", later), ["a", "b"], "it was not created after all");
}

#[test]
fn a_lecture_that_is_about_to_fill_up_repels_and_a_meeting_that_is_about_to_end_attracts() {
    let policy = Predictive::default();
    for week in 1..6 {
        let began = NOW.before(MINUTE * (7 * 24 * 60 * week));
        end(&policy, "lecture", began, 90, 150);
        end(&policy, "class", began, 45, 25);
        end(&policy, "next", began, 45, 25);
    }
    let servers = fleet(&[Facts { cpu: Some(12.0), ..idle("filling") }, Facts { cpu: Some(30.0), ..idle("ending") }]);
    let servers = listing(&servers, "filling", vec![listed("lecture", 12, 1, 2, NOW)], NOW);
    let ending = (0..4).map(|_| listed("class", 25, 3, 44, NOW));
    let ending = ending
        .enumerate()
        .map(|(number, class)| ListedMeeting { internal_id: format!("{number}").as_str().into(), ..class });
    let servers = listing(&servers, "ending", ending.collect(), NOW);
    let by_the_moment = ranked(&Predictive::default(), &servers, "next", NOW);
    assert_eq!(by_the_moment, ["filling", "ending"], "who looks at the moment takes the emptier one");
    policy.observe(&servers, NOW);
    assert_eq!(ranked(&policy, &servers, "next", NOW), ["ending", "filling"]);
}

#[test]
fn a_server_that_is_stronger_than_it_looks_is_found_out() {
    let policy = Predictive::default();
    let mut now = NOW;
    for minute in 0..120_u32 {
        now = NOW + MINUTE * minute;
        let report = |name: &str, fleet: Fleet, cpu: f64| {
            let fleet = fleet.with_server(&name.into(), now, |server| {
                server.measured.cpu = Some(cpu);
                server.measured.cpu_at = now;
            });
            listing(&fleet.unwrap(), name, vec![listed(&format!("room-of-{name}"), 60, 6, minute + 1, now)], now)
        };
        // the same work
        policy.observe(&report("weak", report("strong", fleet(&[idle("strong"), idle("weak")]), 12.0), 44.0), now);
    }
    // as many meetings as there is room for, at the same CPU
    let idle_now = |name| Facts { cpu: Some(20.0), ..Facts::named(name) };
    let servers = fleet(&[idle_now("strong"), idle_now("weak")]);
    policy.observe(&servers, now);
    let counts = spread_of_flash(&policy, &servers, 20);
    assert!(counts[0] > 2 * counts[1], "{counts:?}");
}

#[test]
fn what_is_kept_gives_the_same_rankings_and_the_same_bytes() {
    let policy = Predictive::default();
    assert_eq!(policy.keep(), None, "nothing learnt");
    let servers = fleet(&[idle("a"), Facts { cpu: Some(14.0), ..idle("b") }, idle("c")]);
    for number in 0..200 {
        end(&policy, &format!("room-{}", number % 50), NOW.before(MINUTE * (number + 30)), number % 90, number);
    }
    policy.observe(&servers, NOW);
    let kept = policy.keep().unwrap();
    assert_eq!(policy.keep(), None, "kept already");
    let again = Predictive::default();
    again.recall(&kept).unwrap();
    assert_eq!(again.keep(), None, "it is what was recalled");
    again.observe(&servers, NOW);
    [&policy, &again].iter().for_each(|policy| end(policy, "room-7", NOW, 40, 20));
    let both = [policy.keep().unwrap(), again.keep().unwrap()];
    assert!(both[0] == both[1] && both[0] != kept);
    for number in 0..50 {
        let key = MeetingKey::new("moodle", format!("room-{number}"));
        let ranking = |policy: &Predictive| {
            let request = request(&servers, &key, NOW);
            policy.rank(&request).map(|best| (best.score.to_bits(), best.reason)).collect::<Vec<_>>()
        };
        assert_eq!(ranking(&policy), ranking(&again));
    }
}

#[test]
fn bytes_that_cannot_be_read_change_nothing() {
    let policy = Predictive::default();
    end(&policy, "room", NOW, 45, 30);
    let kept = policy.keep().unwrap();
    let problem = |bytes: &[u8]| policy.recall(bytes).unwrap_err().to_string();
    assert!(problem(&[]).contains("predictive") && problem(&[]).contains("empty"));
    assert!(problem(&[99, 0, 0]).contains("version 99"));
    assert!(policy.recall(&kept[..kept.len() - 1]).is_err());
    assert!(policy.recall(&[&kept[..], &[0]].concat()).is_err());
    assert!(policy.recall(&[&kept[..1], &[255; 64]].concat()).is_err());
    end(&policy, "room", NOW, 45, 30);
    let twice = policy.keep().unwrap();
    assert_ne!(twice, kept, "the first meeting is still known");
}

#[test]
fn what_is_kept_at_the_most_is_within_its_bound() {
    use super::memory::{MOST_HOURS, MOST_INTEGRATIONS, MOST_ROOMS};
    use super::notebook::MOST_SERVERS;
    use super::record::Record;
    use super::spread::Spread;
    let spread = Spread { count: u16::MAX, mean: -1.0, variance: 1.0 };
    let record = Record { last: u32::MAX, users: spread, minutes: spread, cameras: spread, filling: spread };
    let records = |count: usize| (0..count as u64).map(move |key| (u64::MAX - key, record));
    let mut memory = Memory::default();
    memory.rooms = memory.rooms.filled(records(MOST_ROOMS + 1));
    memory.hours = memory.hours.filled(records(MOST_HOURS + 1));
    memory.integrations = memory.integrations.filled(records(MOST_INTEGRATIONS + 1));
    let strengths = (0..MOST_SERVERS as u64).map(|server| (u64::MAX - server, Default::default())).collect();
    let bytes = kept::write(&memory, &strengths).unwrap();
    assert!(bytes.len() <= LEARNED_BYTES, "{}", bytes.len());
    assert!(kept::read(&bytes).is_ok());
}

#[test]
fn whatever_lists_and_monitors_say_scores_are_numbers() {
    let policy = Predictive::default();
    let wild = |cpu| Facts { cpu: Some(cpu), weight: Some(f64::NAN), capacity: Some(u32::MAX), ..Facts::named("wild") };
    for cpu in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        let servers = fleet(&[wild(cpu), Facts { cpu: Some(cpu), capacity: Some(0), ..Facts::named("other") }]);
        let mut future = listed("future", u32::MAX / 2, u32::MAX / 2, 0, NOW);
        future.create_time = u64::MAX;
        let mut past = listed("past", u32::MAX / 2, 0, 0, NOW);
        past.create_time = 0;
        let servers = listing(&servers, "wild", vec![future, past], NOW);
        for at in [NOW, NOW + MINUTE, Timestamp::from_millis(u64::MAX), Timestamp::default()] {
            policy.observe(&servers, at);
            let key = MeetingKey::new("moodle", "room");
            let hints = MeetingHints {
                max_participants: Some(1),
                size: Some(u32::MAX),
                duration: Some(Duration::from_secs(u64::MAX)),
            };
            let request = PlacementRequest { hints, ..request(&servers, &key, at) };
            let scores: Vec<f64> = policy.rank(&request).map(|candidate| candidate.score).collect();
            assert!(scores.len() == 2 && scores.iter().all(|score| score.is_finite()), "{scores:?}");
        }
    }
    let meeting = MeetingKey::new("moodle", "room");
    let (began, ended) = (Timestamp::from_millis(u64::MAX), Timestamp::default());
    let internal_id = identity("room", 0);
    policy.ended(&FinishedMeeting { meeting: &meeting, internal_id: &internal_id, began, ended, most_users: u32::MAX });
    assert!(policy.recall(&policy.keep().unwrap()).is_ok());
}

#[test]
fn people_are_told_what_is_expected() {
    let policy = Predictive::default();
    for week in 1..4 {
        end(&policy, "lecture", NOW.before(MINUTE * (7 * 24 * 60 * week)), 90, 100);
    }
    let servers = fleet(&[Facts { cpu: Some(41.0), ..Facts::named("a") }, Facts::named("b")]);
    let key = MeetingKey::new("moodle", "lecture");
    let request = request(&servers, &key, NOW);
    let reasons: Vec<String> = policy.rank(&request).map(|candidate| candidate.reason).collect();
    let known = reasons.iter().find(|reason| reason.contains("CPU 41 % now")).unwrap();
    assert!(known.starts_with("expects ") && known.contains("(this room: 3 meetings)"), "{known}");
    assert!(reasons.iter().any(|reason| reason.contains("CPU unknown, reckoned 2 %")), "{reasons:?}");
}

#[test]
fn a_meeting_that_is_placed_afresh_comes_with_its_people_at_once() {
    use crate::server::Failed;
    let policy = Predictive::default();
    for day in 1..6 {
        ["class", "other"].iter().for_each(|room| end(&policy, room, NOW.before(MINUTE * (24 * 60 * day)), 45, 20));
    }
    let servers = fleet(&[idle("a"), idle("b"), idle("c")]);
    let servers = listing(&servers, "a", vec![listed("class", 90, 5, 20, NOW)], NOW);
    policy.observe(&servers, NOW);
    let score = |room: &str, fleet: &Fleet| {
        let key = MeetingKey::new("moodle", room);
        let request = request(fleet, &key, NOW);
        policy.rank(&request).find(|candidate| candidate.server.server.name.as_str() == "b").unwrap().score
    };
    assert!((score("class", &servers) - score("other", &servers)).abs() < 1e-9, "it is where it is");
    let failed = servers.with_server(&"a".into(), NOW, |server| {
        (0..9).for_each(|_| server.failed(Failed::Refused, NOW));
    });
    let failed = failed.unwrap();
    policy.observe(&failed, NOW + MINUTE / 6);
    let stranded = score("class", &failed);
    assert!(stranded > 1.5 * score("other", &failed), "{stranded}");
    end(&policy, "class", NOW.before(MINUTE * 20), 21, 90);
    policy.observe(&failed.without(&"a".into()), NOW + MINUTE / 3);
    assert!(score("class", &failed) < stranded / 1.2, "it has ended");
}

/// The users and minutes that are expected of a room.
fn expected(policy: &Predictive, room: &str, now: Timestamp) -> (f32, f32, u16) {
    let forecast = policy.mind.memory.load().forecast(&MeetingKey::new("moodle", room), &MeetingHints::default(), now);
    (forecast.users(), forecast.minutes(), forecast.meetings)
}

#[test]
fn a_room_that_meets_again_is_another_meeting_even_if_a_list_that_is_late_shows_the_first() {
    let policy = Predictive::default();
    let servers = fleet(&[idle("a"), idle("b")]);
    let mut now = NOW;
    let mut look = |meetings: [Vec<ListedMeeting>; 2]| {
        let [on_a, on_b] = meetings;
        policy.observe(&listing(&listing(&servers, "a", on_a, now), "b", on_b, now), now);
        now = now + MINUTE / 6;
        now
    };
    let first = ListedMeeting { internal_id: identity("room", 60), ..listed("room", 30, 2, 60, NOW) };
    let began = Timestamp::from_millis(first.create_time);
    look([vec![first.clone()], vec![]]);
    end(&policy, "room", began, 60, 30);
    look([vec![first], vec![]]);
    let now = look([vec![], vec![]]);
    let again = ListedMeeting { internal_id: identity("room", 20), ..listed("room", 10, 0, 0, now) };
    look([vec![], vec![again.clone()]]);
    look([vec![], vec![again]]);
    end(&policy, "room", now, 20, 10);
    let twenty_minutes_alone = Predictive::default();
    end(&twenty_minutes_alone, "room", began, 60, 30);
    end(&twenty_minutes_alone, "room", now, 20, 10);
    let minutes = |policy: &Predictive| expected(policy, "room", now).1;
    assert!((minutes(&policy) - minutes(&twenty_minutes_alone)).abs() < 0.5, "{}", minutes(&policy));
}

#[test]
fn a_meeting_that_was_placed_afresh_teaches_once_and_as_a_whole() {
    use crate::server::Failed;
    let policy = Predictive::default();
    let began = NOW.before(MINUTE * 30);
    let servers = fleet(&[idle("a"), idle("b")]);
    policy.observe(&listing(&servers, "a", vec![listed("room", 40, 8, 30, NOW)], NOW), NOW);
    let failed = listing(&servers, "a", vec![listed("room", 40, 8, 30, NOW)], NOW)
        .with_server(&"a".into(), NOW, |server| (0..9).for_each(|_| server.failed(Failed::Refused, NOW)))
        .unwrap();
    let soon = NOW + MINUTE / 6;
    policy.observe(&failed, soon);
    let afresh = ListedMeeting { internal_id: identity("room", 10), ..listed("room", 35, 1, 0, soon) };
    policy.observe(&listing(&failed, "b", vec![afresh], soon + MINUTE / 6), soon + MINUTE / 6);
    end(&policy, "room", soon, 10, 35);
    let whole = Predictive::default();
    end(&whole, "room", began, 40, 40);
    let (users, minutes, meetings) = expected(&policy, "room", NOW);
    let (whole_users, whole_minutes, _) = expected(&whole, "room", NOW);
    assert_eq!(meetings, 1);
    assert!((users - whole_users).abs() < 0.5 && (minutes - whole_minutes).abs() < 0.5, "{users} {minutes}");
}

#[test]
fn how_a_meeting_filled_up_is_learnt_only_where_its_beginning_was_seen() {
    let taught_from = |first_seen: u32| {
        let policy = Predictive::default();
        let servers = fleet(&[idle("a")]);
        let began = NOW.before(MINUTE * 60);
        for minute in first_seen..60 {
            let now = began + MINUTE * minute;
            let room = ListedMeeting { internal_id: identity("room", 60), ..listed("room", 40, 12, minute, now) };
            policy.observe(&listing(&servers, "a", vec![room], now), now);
        }
        end(&policy, "room", began, 60, 40);
        let record = *policy.mind.memory.load().rooms.iter().next().unwrap().1;
        (record.users.count, record.filling.count, record.cameras.count)
    };
    assert_eq!(taught_from(0), (1, 1, 1));
    assert_eq!(taught_from(30), (1, 0, 0), "the balancer was started again meanwhile");
}

#[test]
fn absurd_figures_are_bounded_and_what_was_learnt_can_be_recalled_and_one_that_cannot_be_costs_only_itself() {
    let policy = Predictive::default();
    for day in 1..9 {
        end(&policy, "lecture", NOW.before(MINUTE * (24 * 60 * day)), 90, 100);
    }
    let servers = fleet(&[Facts { cpu: Some(50.0), ..idle("wild") }]);
    for second in 0..50 {
        let now = NOW + Duration::from_secs(second);
        let mut wild = listed("wild", u32::MAX, u32::MAX, 1, NOW);
        wild.audio = u32::MAX;
        let measured = servers.with_server(&"wild".into(), now, |server| server.measured.cpu_at = now).unwrap();
        policy.observe(&listing(&measured, "wild", vec![wild], now), now);
    }
    end(&policy, "wild", Timestamp::default(), u32::MAX, u32::MAX);
    end(&policy, "wild", NOW, 0, 0);
    let again = Predictive::default();
    again.recall(&policy.keep().unwrap()).unwrap();
    assert_eq!(expected(&again, "lecture", NOW), expected(&policy, "lecture", NOW));
    assert_eq!(expected(&again, "wild", NOW).2, 2, "its records are sound as well");

    let mut memory = Memory::clone(&policy.mind.memory.load());
    let mut records: Vec<_> = memory.rooms.iter().map(|(key, record)| (*key, *record)).collect();
    let wild = memory::room_key(&MeetingKey::new("moodle", "wild"));
    records.iter_mut().filter(|(key, _)| *key == wild).for_each(|(_, record)| record.users.mean = f32::NAN);
    memory.rooms = memory.rooms.filled(records);
    again.recall(&kept::write(&memory, &Default::default()).unwrap()).unwrap();
    assert_eq!(expected(&again, "lecture", NOW), expected(&policy, "lecture", NOW));
    assert_eq!(expected(&again, "wild", NOW).2, 0);
}

#[test]
fn nothing_is_kept_anew_where_nothing_was_learnt() {
    let policy = Predictive::default();
    end(&policy, "room", NOW, 45, 30);
    assert!(policy.keep().is_some());
    let servers = fleet(&[idle("a"), idle("b")]);
    for minute in 0..10 {
        policy.observe(&servers, NOW + MINUTE * minute);
    }
    assert_eq!(policy.keep(), None, "idle servers show nothing of their strength");
}

#[test]
fn a_forecast_after_a_restart_stands_on_the_strengths_that_were_recalled() {
    let policy = Predictive::default();
    for minute in 0..120_u32 {
        let now = NOW + MINUTE * minute;
        let measured = fleet(&[idle("a"), idle("new")]).with_server(&"a".into(), now, |server| {
            server.measured.cpu = Some(60.0);
            server.measured.cpu_at = now;
        });
        policy.observe(&listing(&measured.unwrap(), "a", vec![listed("room", 60, 6, minute + 1, now)], now), now);
    }
    let again = Predictive::default();
    again.recall(&policy.keep().unwrap()).unwrap();
    let servers = fleet(&[idle("a"), idle("new")]);
    [&policy, &again].iter().for_each(|policy| policy.observe(&servers, NOW + MINUTE * 121));
    let rate = |policy: &Predictive| policy.mind.outlook.load().rate;
    assert!((rate(&again) - rate(&policy)).abs() < 0.01 && rate(&policy) > 1.5, "{} {}", rate(&again), rate(&policy));
}

#[test]
fn what_stands_on_the_last_list_of_a_dead_server_is_no_meeting_that_goes_on() {
    use crate::server::Failed;
    let policy = Predictive::default();
    let servers = fleet(&[idle("a"), idle("b")]);
    let first = listed("room", 30, 2, 60, NOW);
    let began = Timestamp::from_millis(first.create_time);
    let alive = listing(&servers, "a", vec![first], NOW);
    policy.observe(&alive, NOW);
    let fail = |server: &mut crate::fleet::FleetServer| (0..9).for_each(|_| server.failed(Failed::Refused, NOW));
    let dead = alive.with_server(&"a".into(), NOW, fail).unwrap();
    // placed afresh on b, and over before any list of b shows it
    let internal_id = identity("room", 1);
    let meeting = MeetingKey::new("moodle", "room");
    let ended = NOW + MINUTE;
    policy.ended(&FinishedMeeting { meeting: &meeting, internal_id: &internal_id, began: NOW, ended, most_users: 5 });
    let tomorrow = NOW + MINUTE * (24 * 60);
    policy.observe(&dead, tomorrow);
    let again = ListedMeeting { internal_id: identity("room", 20), ..listed("room", 10, 0, 0, tomorrow) };
    policy.observe(&listing(&dead, "b", vec![again], tomorrow + MINUTE / 6), tomorrow + MINUTE / 6);
    end(&policy, "room", tomorrow, 20, 10);
    let two = Predictive::default();
    end(&two, "room", began, 61, 30);
    end(&two, "room", tomorrow, 20, 10);
    let minutes = |policy: &Predictive| expected(policy, "room", tomorrow).1;
    assert!((minutes(&policy) - minutes(&two)).abs() < 1.0, "{} {}", minutes(&policy), minutes(&two));
}
