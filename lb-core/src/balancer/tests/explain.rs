//! What is told of a placement is what happens.

use proptest::prelude::*;

use super::*;
use crate::balancer::{ExplainError, ExplainRequest, Explanation, Outcome};
use crate::event::{NextBest, Placement, PositionFrom};
use crate::gateway::Fault;
use crate::network::{Network as Settled, Plan, Router, TagRules};
use crate::placement::{LeftOut, NAMES, Way};
use crate::position::{KnownNetworks, Place, Position};
use crate::server::{AdministratorWord, ServerState, Service, ServiceState};

/// What is random of one server.
#[derive(Clone, Debug)]
struct Facts {
    position: Option<Position>,
    cpu: Option<f64>,
    users: u32,
    capacity: Option<u32>,
    weight: Option<f64>,
    tags: Vec<String>,
    service: ServiceState,
    word: AdministratorWord,
    recording: bool,
    suspended: bool,
    foreign: bool,
}

/// A random network, and what moodle's website does in it.
#[derive(Clone, Debug)]
struct Scene {
    servers: Vec<Facts>,
    tags: TagRules,
    routers: [usize; 3],
    radius_km: f64,
    home: Option<Position>,
    last_resort: bool,
    meetings: Option<u32>,
    creates: Vec<(bool, u8, Option<usize>, Option<Position>)>,
}

fn position() -> impl Strategy<Value = Position> {
    (-40..60_i32, -80..40_i32)
        .prop_map(|(latitude, longitude)| Position { latitude: latitude.into(), longitude: longitude.into() })
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(vec!["eu".to_owned(), "gpu".to_owned(), "old".to_owned()], 0..=3)
}

fn facts() -> impl Strategy<Value = Facts> {
    let services = prop_oneof![
        5 => Just(ServiceState::Ok),
        2 => Just(ServiceState::Warning),
        1 => Just(ServiceState::Critical),
    ];
    let words = prop_oneof![
        6 => Just(AdministratorWord::Automatic),
        1 => Just(AdministratorWord::ForceEnabled),
        1 => Just(AdministratorWord::ForceDisabled),
        1 => Just(AdministratorWord::Draining),
    ];
    let load = (prop::option::of(0.0..100.0), 0..50_u32, prop::option::of(10..80_u32), prop::option::of(0.5..4.0));
    let odd = || prop::bool::weighted(0.08);
    let flags = (odd(), odd(), odd());
    (prop::option::of(position()), load, tags(), services, words, flags).prop_map(
        |(position, (cpu, users, capacity, weight), tags, service, word, (recording, suspended, foreign))| Facts {
            position,
            cpu,
            users,
            capacity,
            weight,
            tags,
            service,
            word,
            recording,
            suspended,
            foreign,
        },
    )
}

fn scene() -> impl Strategy<Value = Scene> {
    let few = || prop_oneof![3 => Just(Vec::new()), 1 => tags()];
    let rules = (few(), few(), few()).prop_map(|(required, preferred, forbidden)| TagRules {
        required,
        preferred,
        forbidden: forbidden.into_iter().filter(|tag| tag == "old").collect(),
    });
    let create = (any::<bool>(), 0..4_u8, prop::option::weighted(0.2, 0..8_usize), prop::option::of(position()));
    let creates = prop::collection::vec(create, 1..8);
    let routers = [0..NAMES.len(), 0..NAMES.len(), 0..NAMES.len()];
    let rest = (prop::option::of(position()), any::<bool>(), prop::option::weighted(0.2, 1..4_u32), creates);
    (prop::collection::vec(facts(), 0..8), rules, routers, 0.0..3000.0, rest).prop_map(
        |(servers, tags, routers, radius_km, (home, last_resort, meetings, creates))| Scene {
            servers,
            tags,
            routers,
            radius_km,
            home,
            last_resort,
            meetings,
            creates,
        },
    )
}

/// The balancer of a scene, with everything as the scene says.
fn network(scene: &Scene) -> Network {
    let number_of = |reported: &ReportedServer| reported.server.name.as_str()[3..].parse::<usize>().unwrap() - 1;
    let adapt = |reported: &mut ReportedServer| {
        let facts = &scene.servers[number_of(reported)];
        let server = &mut reported.server;
        (server.position, server.capacity, server.weight) = (facts.position, facts.capacity, facts.weight);
        server.tags.clone_from(&facts.tags);
        (reported.load.cpu, reported.load.users) = (facts.cpu, Some(facts.users));
        reported.services =
            vec![Service { name: "Disk Report".into(), state: facts.service, output: String::new(), checked_at: None }];
        reported.recording = facts.recording;
    };
    let settings = Settings { last_resort: scene.last_resort, ..Settings::default() };
    let mut network = Network::with(scene.servers.len(), adapt, settings);
    let [first, second, third] = scene.routers;
    let router = |name: &str, policy: usize, fallback: Option<&str>| Router {
        policy: NAMES[policy].to_owned(),
        radius_km: scene.radius_km,
        fallback: fallback.map(Into::into),
        ..Router::new(name)
    };
    let moodle = Integration {
        router: "first".into(),
        plan: "small".into(),
        tags: scene.tags.clone(),
        position: scene.home,
        ..Integration::new("moodle", "moodle")
    };
    let portal = Integration { router: "default".into(), ..Integration::new("portal", "portal") };
    let settled = Settled::new([
        router("default", third, None).into(),
        router("second", second, Some("default")).into(),
        router("first", first, Some("second")).into(),
        Plan { max_concurrent_meetings: scene.meetings, ..Plan::new("small") }.into(),
        moodle.into(),
        portal.into(),
    ]);
    network.balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
        .network(settled.unwrap())
        .succeeding(&network.balancer)
        .settings(network.balancer.settings.clone())
        .locator(Arc::new(everywhere(scene)))
        .observer(network.witness.clone())
        .build();
    for (number, facts) in (1..).zip(&scene.servers) {
        let name = format!("bbb{number}");
        if facts.foreign {
            let now = network.clock.now();
            network.servers.with(&name, |bbb| bbb.put_foreign(now, "room-0", 3)).unwrap();
            let _ = block_on(network.balancer.follow(&name.as_str().into()));
        }
        block_on(network.balancer.set_word(&name.as_str().into(), facts.word, &"a test".into())).unwrap();
        if facts.suspended {
            network.servers.fault(&name, Some(Fault::Refuse));
            for _ in 0..3 {
                let _ = block_on(network.balancer.follow(&name.as_str().into()));
            }
        }
    }
    network
}

/// The address of the user of the n-th create.
fn address(number: usize) -> std::net::IpAddr {
    [192, 0, 2, u8::try_from(number).unwrap()].into()
}

fn everywhere(scene: &Scene) -> KnownNetworks {
    let positions = scene.creates.iter().map(|create| create.3).enumerate();
    let known = positions.filter_map(|(number, position)| Some((address(number), position?)));
    KnownNetworks::new(
        known.map(|(address, position)| (address.into(), Place { position: Some(position), ..Place::default() })),
    )
}

fn explain(network: &Network, request: &ExplainRequest) -> Explanation {
    let before = network.balancer.fleet();
    let explained = block_on(network.balancer.explain(request)).unwrap();
    let again = block_on(network.balancer.explain(request)).unwrap();
    assert_eq!(format!("{explained:?}"), format!("{again:?}"), "to look changes nothing");
    assert!(Arc::ptr_eq(&before, &network.balancer.fleet()), "to look changes nothing");
    explained
}

fn created(network: &Network) -> Vec<(String, Placement)> {
    let created = network.events().into_iter().filter_map(|event| match event {
        EventKind::MeetingCreated { server, placement, .. } => Some((server.to_string(), placement)),
        _ => None,
    });
    created.collect()
}

/// Makes the creates of a scene, each explained before, and compares.
fn live_through(scene: &Scene) {
    let network = network(scene);
    let all = network.balancer.fleet().servers().len();
    for (number, (of_portal, room, preferred, _)) in scene.creates.iter().enumerate() {
        let website = if *of_portal { "portal" } else { "moodle" };
        let room = format!("room-{room}");
        let preferred = preferred.map(|number| format!("bbb{}", number + 1));
        let asked = ExplainRequest {
            meeting_id: Some(room.as_str().into()),
            forwarded_for: vec![address(number)],
            preferred_server: preferred.clone(),
            ..ExplainRequest::new(website)
        };
        let explained = explain(&network, &asked);
        let told: Vec<_> = explained.candidates.iter().map(|one| one.server.to_string()).collect();
        let others = explained.left_out.iter().map(|one| one.server.to_string());
        let mut both: Vec<_> = told.iter().cloned().chain(others).collect();
        both.sort();
        both.dedup();
        assert_eq!(both.len(), all, "each server is told of");
        assert_eq!(told.len() + explained.left_out.len(), all, "and once");
        assert!(explained.left_out.iter().all(|one| !one.reasons.is_empty()));

        let before = created(&network).len();
        let mut params = vec![("name", "Algebra"), ("meetingID", room.as_str())];
        params.extend(preferred.as_deref().map(|server| ("preferredServer", server)));
        let mut request = network.request(website, "create", &params);
        request.forwarded_for = vec![address(number)];
        let said = network.send(&request);
        let new = created(&network).split_off(before);
        match &explained.outcome {
            Outcome::Placed { server, .. } => {
                said.success();
                let [(at, placement)] = &new[..] else { panic!("{new:?}") };
                let first = &explained.candidates[0];
                assert_eq!((at.as_str(), at.as_str()), (server.as_str(), first.server.as_str()));
                assert_eq!(
                    (&placement.policy, placement.score, &placement.reason, placement.attempt),
                    (&first.policy, first.score, &first.reason, 1)
                );
                let next: Vec<_> = placement.next.iter().map(|next| (next.server.to_string(), next.score)).collect();
                let told = explained.candidates[1..].iter().take(2);
                assert_eq!(next, told.map(|one| (one.server.to_string(), one.score)).collect::<Vec<_>>());
                assert_eq!(placement.position_from, Some(explained.whereabouts.from));
                assert_eq!(placement.candidates + placement.left_out.values().sum::<u32>(), all as u32);
                let last_resort = network.events().iter().any(
                    |event| matches!(event, EventKind::LastResort { meeting, .. } if meeting.meeting_id.as_str() == room && meeting.integration.as_str() == website),
                );
                assert_eq!(explained.is_last_resort(), last_resort);
            }
            Outcome::There { meeting, answers: true } => {
                assert_eq!(said.success().value("internalMeetingID"), meeting.internal_id.as_str());
                assert!(new.is_empty());
            }
            Outcome::Refused(failure) | Outcome::NoServer(failure) => {
                said.failed(failure.key());
                assert_eq!(said.value("message"), failure.message());
                assert!(new.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_create_goes_where_the_explanation_says(scene in scene()) {
        live_through(&scene);
    }
}

#[test]
fn every_server_that_is_left_out_says_why() {
    let adapt = |reported: &mut ReportedServer| {
        let server = &mut reported.server;
        match server.name.as_str() {
            "bbb2" => {
                reported.services = vec![Service {
                    name: "Disk Report".into(),
                    state: ServiceState::Critical,
                    output: String::new(),
                    checked_at: None,
                }];
            }
            "bbb3" => server.capacity = Some(0),
            "bbb4" => server.tags = vec!["old".into(), "gpu".into()],
            "bbb5" => server.tags = vec![],
            "bbb6" => reported.recording = true,
            _ => {}
        }
        if server.tags.is_empty() && server.name.as_str() != "bbb5" {
            server.tags = vec!["gpu".into()];
        }
    };
    let network = Network::with(8, adapt, Settings::default());
    let tags = TagRules { required: vec!["gpu".into()], forbidden: vec!["old".into()], ..TagRules::default() };
    let moodle = Integration { tags, ..Integration::new("moodle", "moodle") };
    block_on(network.balancer.put(moodle, crate::balancer::Expected::Any, &"ana".into())).unwrap();
    let now = network.clock.now();
    network.servers.with("bbb8", |bbb| bbb.put_foreign(now, "room-1", 3)).unwrap();
    network.follow();
    block_on(network.balancer.set_word(&"bbb7".into(), AdministratorWord::Draining, &"a test".into())).unwrap();
    let asked = ExplainRequest { meeting_id: Some("room-1".into()), ..ExplainRequest::new("moodle") };
    let explained = explain(&network, &asked);
    let left_out: Vec<_> = explained
        .left_out
        .iter()
        .map(|one| (one.server.as_str(), one.reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        left_out,
        [
            ("bbb2", vec!["it is critical: Disk Report is CRITICAL"]),
            ("bbb3", vec!["it has or expects 0 users, and its capacity is 0"]),
            ("bbb4", vec!["it carries what is forbidden: old"]),
            ("bbb5", vec!["it lacks what is required: gpu"]),
            ("bbb6", vec!["it is recording: it is a recording server"]),
            ("bbb7", vec!["it is force-disabled: an administrator disabled it"]),
            ("bbb8", vec!["somebody made a meeting of the same id on it past the balancer"]),
        ]
    );
    assert_eq!(explained.outcome, Outcome::Placed { server: "bbb1".into(), afresh_from: None });

    network.create("moodle", "room-1").success();
    let placement = created(&network).remove(0).1;
    let word = |word: &'static str| (word.into(), 1);
    let words = ["critical", "force-disabled", "forbidden-tag", "foreign-meeting", "full", "lacks-tag", "recording"];
    assert_eq!((placement.candidates, placement.left_out), (1, words.map(word).into()));
    let portal = ExplainRequest { integration: "portal".into(), ..asked };
    let explained = explain(&network, &portal);
    let why = explained.left_out.iter().find(|one| one.server.as_str() == "bbb1").map(|one| one.reasons[0].why);
    assert_eq!(why, Some(LeftOut::Occupied));
}

#[test]
fn a_meeting_that_exists_stays_where_it_is_and_a_lost_one_is_placed_afresh() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let asked = ExplainRequest { meeting_id: Some("room-1".into()), ..ExplainRequest::new("moodle") };
    let at = network.holders("room-1")[0];
    let there = |explained: Explanation| match explained.outcome {
        Outcome::There { meeting, answers } => (meeting.server.to_string(), answers),
        other => panic!("{other:?}"),
    };
    assert_eq!(there(explain(&network, &asked)), (format!("bbb{at}"), true));
    network.servers.fault(&format!("bbb{at}"), Some(Fault::Refuse));
    (0..3).for_each(|_| network.follow());
    assert_eq!(there(explain(&network, &asked)), (format!("bbb{at}"), false));
    network.pass(120);
    let (lost, other) = (format!("bbb{at}"), format!("bbb{}", 3 - at));
    let afresh = Outcome::Placed { server: other.as_str().into(), afresh_from: Some(lost.as_str().into()) };
    let explained = explain(&network, &asked);
    assert_eq!(explained.outcome, afresh);
    let why: Vec<_> = explained.left_out[0].reasons.iter().map(|reason| reason.why.as_str()).collect();
    assert_eq!(why, ["suspended", "tried"]);
    network.create("moodle", "room-1").success();
    assert_eq!(created(&network)[1].0, other);
}

#[test]
fn what_the_plan_refuses_is_said_and_the_ranking_is_shown_all_the_same() {
    let network = Network::of(2);
    let plan = Plan { may_record: false, max_concurrent_meetings: Some(1), ..Plan::new("default") };
    block_on(network.balancer.put(plan, crate::balancer::Expected::Any, &"ana".into())).unwrap();
    let any = ExplainRequest::new("moodle");
    assert!(matches!(explain(&network, &any).outcome, Outcome::Placed { .. }));
    let refused = |request: &ExplainRequest| {
        let explained = explain(&network, request);
        assert_eq!(explained.candidates.len(), 2);
        match explained.outcome {
            Outcome::Refused(failure) => failure.reason(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&ExplainRequest { records: true, ..any.clone() }), "recording");
    network.create("moodle", "room-1").success();
    assert_eq!(refused(&any), "concurrent-meetings");
    let bad = ExplainRequest { meeting_id: Some("a,b".into()), ..any };
    assert_eq!(refused(&bad), "validationError");
    let nobody = block_on(network.balancer.explain(&ExplainRequest::new("nobody")));
    assert_eq!(nobody.map(drop), Err(ExplainError::NoSuchIntegration("nobody".into())));
}

#[test]
fn it_is_told_where_the_user_is_taken_to_be_and_by_which_way_each_server_was_found() {
    let there = Position { latitude: -30.0, longitude: -51.0 };
    let adapt = |reported: &mut ReportedServer| match reported.server.name.as_str() {
        "bbb1" => {
            reported.services = vec![Service {
                name: "Disk Report".into(),
                state: ServiceState::Warning,
                output: String::new(),
                checked_at: None,
            }];
        }
        "bbb2" => reported.server.tags = vec!["gpu".into()],
        _ => reported.server.position = Some(there),
    };
    let network = Network::with(4, adapt, Settings::default());
    let tags = TagRules { preferred: vec!["gpu".into()], ..TagRules::default() };
    let moodle = Integration { tags, position: Some(there), ..Integration::new("moodle", "moodle") };
    block_on(network.balancer.put(moodle, crate::balancer::Expected::Any, &"ana".into())).unwrap();
    let ways = |request: &ExplainRequest| -> Vec<_> {
        explain(&network, request).candidates.iter().map(|one| (one.server.to_string(), one.way)).collect()
    };
    let way = |number: usize, way| (format!("bbb{number}"), way);
    let (tagged, router, last) = (Way::PreferredTags, Way::Router, Way::LastResort);
    let any = ExplainRequest::new("moodle");
    assert_eq!(ways(&any), [way(2, tagged), way(3, router), way(4, router), way(1, last)]);
    let prefers = ExplainRequest { preferred_server: Some("bbb4".into()), ..any.clone() };
    assert_eq!(ways(&prefers), [way(4, Way::PreferredServer), way(2, tagged), way(3, router), way(1, last)]);
    let from = |request: &ExplainRequest| explain(&network, request).whereabouts.from;
    assert_eq!(from(&any), PositionFrom::Integration);
    assert_eq!(from(&ExplainRequest { position: Some(there), ..any }), PositionFrom::Given);
    assert_eq!(from(&ExplainRequest::new("portal")), PositionFrom::Nowhere);
    assert_eq!(explain(&network, &prefers).candidates[0].km, Some(0.0));
}

#[test]
fn what_is_kept_of_a_placement_is_small() {
    let states = ServerState::ALL.map(LeftOut::State).map(LeftOut::as_str);
    let others = [LeftOut::Full, LeftOut::Occupied, LeftOut::Tried, LeftOut::NotTheParents, LeftOut::LacksTag];
    let words = states.into_iter().chain(others.map(LeftOut::as_str)).chain(["forbidden-tag", "foreign-meeting"]);
    let next = |server: String| NextBest { server: server.into(), score: Some(12.345_678_901_234_5) };
    let placement = Placement {
        policy: "nearest-least-cpu".to_owned(),
        router: Some("x".repeat(63).into()),
        score: Some(12.345_678_901_234_5),
        reason: "1234 km away, within 300 km of the nearest (1234 km), least CPU there: 12.3 %".to_owned(),
        attempt: 3,
        candidates: u32::MAX,
        next: vec![next("x".repeat(63)); Placement::NEXT_KEPT],
        left_out: words.map(|word| (word.into(), 10_000)).collect(),
        position_from: Some(PositionFrom::ForwardedAddress),
    };
    let text = serde_json::to_string(&placement).unwrap();
    assert!(text.len() < 1024, "{}", text.len());
    let old = r#"{"policy":"least-cpu","score":1.0,"reason":"r","attempt":1}"#;
    let read: Placement = serde_json::from_str(old).unwrap();
    assert_eq!((read.policy.as_str(), read.candidates, read.position_from), ("least-cpu", 0, None), "as kept before");
}
