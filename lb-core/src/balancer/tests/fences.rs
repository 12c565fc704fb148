//! Policies that do what none may do cost nobody a meeting.

use super::*;
use crate::balancer::{Actor, Alarm, Expected, ExplainRequest};
use crate::network::{Entity, Integration, Router, RouterName};
use crate::placement::{Candidate, Misconduct, Placed, PlacementPolicy, PlacementRequest};

/// What an [`Odd`] policy does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Sound,
    PanicsAtOnce,
    PanicsLater,
    PanicsWhenPlaced,
    Doubles,
    NotOffered,
    Nan,
    Endless,
}

const BAD: [Way; 7] =
    [Way::PanicsAtOnce, Way::PanicsLater, Way::PanicsWhenPlaced, Way::Doubles, Way::NotOffered, Way::Nan, Way::Endless];

/// Ranks the last server first, or does worse.
#[derive(Debug)]
struct Odd {
    way: Mutex<Way>,
    asked: Mutex<u32>,
}

impl Odd {
    fn new(way: Way) -> Arc<Self> {
        Arc::new(Self { way: Mutex::new(way), asked: Mutex::default() })
    }

    fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }

    fn becomes(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    fn way(&self) -> Way {
        *self.way.lock().unwrap()
    }
}

impl PlacementPolicy for Odd {
    fn name(&self) -> &str {
        "odd"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        *self.asked.lock().unwrap() += 1;
        let way = self.way();
        assert!(way != Way::PanicsAtOnce, "no idea");
        let fleet = request.fleet.servers();
        let servers: Vec<_> = if way == Way::NotOffered {
            fleet.iter().map(Arc::as_ref).filter(|server| !(request.eligible)(server)).collect()
        } else {
            let mut servers: Vec<_> = request.eligible_servers().collect();
            servers.reverse();
            servers
        };
        let score = if way == Way::Nan { f64::NAN } else { 1.0 };
        let candidates = servers.into_iter().map(move |server| Candidate { server, score, reason: "odd".to_owned() });
        match way {
            Way::PanicsLater => Box::new(candidates.enumerate().map(|(place, candidate)| {
                assert!(place < 1, "no further idea");
                candidate
            })),
            Way::Doubles => Box::new(candidates.flat_map(|candidate| [candidate.clone(), candidate])),
            Way::Endless => Box::new(candidates.collect::<Vec<_>>().into_iter().cycle()),
            _ => Box::new(candidates),
        }
    }

    fn placed(&self, _: &Placed<'_>) {
        assert!(self.way() != Way::PanicsWhenPlaced, "no idea where to write that");
    }
}

impl Network {
    /// Three servers, of which the third is disabled; moodle goes through the router `own`, which `odd` places for.
    fn odd(odd: &Arc<Odd>, fallback: Option<&str>) -> Self {
        let adapt = |reported: &mut ReportedServer| {
            if reported.server.name.as_str() == "bbb3" {
                reported.host = HostStatus::Down;
            }
        };
        let mut network = Self::with(3, adapt, Settings::default());
        network.balancer =
            Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(2)))
                .settings(network.balancer.settings.clone())
                .succeeding(&network.balancer)
                .observer(network.witness.clone())
                .router("own", odd.clone())
                .build();
        let put = |entity: Entity| {
            block_on(network.balancer.put(entity, Expected::Any, &Actor::from("ana"))).unwrap();
        };
        put(Router { policy: "least-meetings".to_owned(), ..Router::new("second") }.into());
        put(Router { fallback: fallback.map(RouterName::from), ..Router::new("own") }.into());
        put(Integration { router: "own".into(), ..Integration::new("moodle", "moodle") }.into());
        network
    }

    fn fenced(&self) -> Vec<EventKind> {
        self.events().into_iter().filter(|event| matches!(event, EventKind::PolicyFenced { .. })).collect()
    }

    fn last_placement(&self) -> crate::event::Placement {
        let placements = self.events().into_iter().filter_map(|event| match event {
            EventKind::MeetingCreated { placement, .. } => Some(placement),
            _ => None,
        });
        placements.last().unwrap()
    }

    fn policy_alarms(&self) -> Vec<Alarm> {
        let alarms = self.balancer.alarms().into_iter();
        alarms.filter(|alarm| matches!(alarm, Alarm::PolicyFenced { .. })).collect()
    }
}

#[test]
fn whatever_a_policy_does_every_meeting_is_placed_and_an_alarm_names_it() {
    for way in BAD {
        let odd = Odd::new(way);
        let network = Network::odd(&odd, Some("second"));
        network.create("moodle", "room-1").success();
        let fenced = network.fenced();
        let [EventKind::PolicyFenced { router, policy, misconduct, .. }] = fenced.as_slice() else {
            panic!("{way:?}: {fenced:?}")
        };
        assert_eq!((router.as_str(), policy.as_str()), ("own", "odd"));
        let told = misconduct.to_string();
        let expected = match way {
            Way::PanicsAtOnce => "panicked while it ranked servers: no idea",
            Way::PanicsLater => "panicked while it ranked servers: no further idea",
            Way::PanicsWhenPlaced => "panicked while it noted a placement: no idea where to write that",
            Way::Doubles | Way::Endless => "ranked bbb2 twice",
            Way::NotOffered => "ranked bbb3, which it was not offered",
            Way::Nan => "gave bbb2 a score that is not a number",
            Way::Sound => unreachable!(),
        };
        assert_eq!(told, expected);
        assert_eq!(
            network.policy_alarms().iter().map(ToString::to_string).collect::<Vec<_>>(),
            [format!("the policy odd of router own is fenced off: it {expected}")]
        );

        // it is not asked again for a minute, and nobody is told again
        let asked = odd.asked();
        network.pass(59);
        for number in 2..10 {
            network.create("moodle", &format!("room-{number}")).success();
            assert_eq!(network.last_placement().policy, "least-meetings", "{way:?}");
        }
        assert_eq!((odd.asked(), network.fenced().len()), (asked, 1), "{way:?}");
        let reason = network.last_placement().reason;
        assert!(reason.starts_with("router own is fenced off, second: "), "{reason}");

        // then it is tried again
        network.pass(1);
        network.create("moodle", "again").success();
        assert_eq!((odd.asked() > asked, network.fenced().len()), (true, 2), "{way:?}");
    }
}

#[test]
fn a_policy_that_does_well_again_is_let_back_and_the_alarm_is_over() {
    let odd = Odd::new(Way::PanicsAtOnce);
    let network = Network::odd(&odd, Some("second"));
    network.create("moodle", "room-1").success();
    odd.becomes(Way::Sound);
    network.pass(60);
    assert_eq!(network.policy_alarms().len(), 1, "until it was tried");
    network.create("moodle", "room-2").success();
    assert_eq!(network.last_placement().policy, "odd");
    assert_eq!(network.policy_alarms(), []);
    let back = |event: &EventKind| matches!(event, EventKind::PolicyBack { .. });
    assert_eq!(network.events().iter().filter(|event| back(event)).count(), 1);
    network.create("moodle", "room-3").success();
    assert_eq!(network.events().iter().filter(|event| back(event)).count(), 1);
}

#[test]
fn without_a_fallback_the_default_router_stands_in_and_without_that_the_least_cpu() {
    let odd = Odd::new(Way::PanicsAtOnce);
    let network = Network::odd(&odd, None);
    network.create("moodle", "room-1").success();
    let placement = network.last_placement();
    assert_eq!(placement.policy, "nearest-least-cpu");
    assert!(placement.reason.starts_with("router own is fenced off, default: "), "{}", placement.reason);

    let both = Network::odd(&odd, None);
    let balancer = Balancer::builder(both.servers.clone(), both.clock.clone(), Arc::new(SeededRng::new(3)))
        .succeeding(&both.balancer)
        .observer(both.witness.clone())
        .router("own", odd)
        .router("default", Odd::new(Way::Doubles))
        .build();
    let both = Network { balancer, ..both };
    both.create("moodle", "room-1").success();
    both.create("moodle", "room-2").success();
    let placement = both.last_placement();
    assert_eq!(placement.policy, "least-cpu");
    assert!(placement.reason.starts_with("router default is fenced off: "), "{}", placement.reason);
    assert_eq!(both.policy_alarms().len(), 2);
}

#[test]
fn an_explanation_tells_what_happens_and_fences_nobody_off() {
    for way in BAD {
        let odd = Odd::new(way);
        let network = Network::odd(&odd, Some("second"));
        let explain = || block_on(network.balancer.explain(&ExplainRequest::new("moodle"))).unwrap();
        let explained = explain();
        assert_eq!((network.fenced(), network.policy_alarms()), (Vec::new(), Vec::new()), "{way:?}");
        let first = explained.candidates[0].clone();
        assert_eq!(explained.candidates.len(), 2, "{way:?}: each server once");
        if way != Way::PanicsWhenPlaced {
            let [fenced] = explained.fenced.as_slice() else { panic!("{way:?}: {:?}", explained.fenced) };
            assert_eq!((fenced.router.as_str(), fenced.until), ("own", None));
        }
        network.create("moodle", "room-1").success();
        assert_eq!(network.last_placement().policy, first.policy, "{way:?}");
        let fenced = explain().fenced;
        assert_eq!(fenced[0].until, Some(network.clock.now() + Duration::from_secs(60)), "{way:?}");
        assert_eq!(explain().candidates[0].policy, "least-meetings");
    }
}

#[test]
fn another_policy_in_its_place_is_asked_at_once() {
    let odd = Odd::new(Way::Nan);
    let network = Network::odd(&odd, None);
    network.create("moodle", "room-1").success();
    let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(3)))
        .succeeding(&network.balancer)
        .observer(network.witness.clone())
        .router("own", Odd::new(Way::Sound))
        .build();
    let network = Network { balancer, ..network };
    assert_eq!(network.policy_alarms(), []);
    network.create("moodle", "room-2").success();
    assert_eq!(network.last_placement().policy, "odd");
}

#[test]
fn whatever_a_refined_policy_does_is_told_as_what_it_is_and_meetings_are_placed() {
    use crate::network::Refinements;
    let by_cpu = |tie_break: &str| Refinements {
        tie_break: Some(tie_break.to_owned()),
        tie_within: 1e9,
        ..Refinements::default()
    };
    let refined = [
        ("odd", Refinements { max_users: Some(1e9), ..Refinements::default() }),
        ("odd", Refinements { prefer_tags: vec!["campus".to_owned()], ..Refinements::default() }),
        ("odd", by_cpu("least-users")),
        ("odd", Refinements { max_cpu: Some(1e9), prefer_tags: vec!["campus".to_owned()], ..by_cpu("least-users") }),
        ("least-cpu", by_cpu("odd")),
    ];
    // of two servers, each ranked by itself, there is no later one to panic at
    for way in BAD.into_iter().filter(|way| *way != Way::PanicsLater) {
        for (policy, refinements) in refined.clone() {
            if matches!(way, Way::Doubles | Way::Endless) && refinements.max_cpu.is_some() {
                // within three combinators nobody asks so far
                continue;
            }
            let odd = Odd::new(way);
            let mut network = Network::odd(&odd, Some("second"));
            let made = odd.clone();
            network.balancer =
                Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(3)))
                    .succeeding(&network.balancer)
                    .observer(network.witness.clone())
                    .policy("odd", Arc::new(move |_| made.clone() as Arc<dyn PlacementPolicy>))
                    .build();
            let router = Router {
                policy: policy.to_owned(),
                refinements: refinements.clone(),
                fallback: Some("second".into()),
                ..Router::new("own")
            };
            block_on(network.balancer.put(router, Expected::Any, &Actor::from("ana"))).unwrap();
            network.create("moodle", "room-1").success();
            let fenced = network.fenced();
            let [EventKind::PolicyFenced { router, misconduct, .. }] = fenced.as_slice() else {
                panic!("{way:?} {policy} {refinements:?}: {fenced:?}")
            };
            let expected = match way {
                Way::Doubles | Way::Endless => "ranked-twice",
                Way::NotOffered => "not-offered",
                Way::Nan => "not-a-number",
                _ => "panicked",
            };
            assert_eq!(
                (router.as_str(), misconduct.word()),
                ("own", expected),
                "{policy} {refinements:?}: {misconduct}"
            );
            network.create("moodle", "room-2").success();
            assert_eq!(network.last_placement().policy, "least-meetings", "{way:?}");
        }
    }
}

#[test]
fn a_misconduct_is_stored_as_it_is_told() {
    let told = Misconduct::NotOffered { server: "bbb3".into() };
    let text = serde_json::to_string(&told).unwrap();
    assert_eq!(text, r#"{"what":"not-offered","server":"bbb3"}"#);
    assert_eq!(serde_json::from_str::<Misconduct>(&text).unwrap(), told);
}
