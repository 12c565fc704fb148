//! Integrations, plans, partners and routers are changed while the balancer runs.

use futures_util::future::join_all;

use super::*;
use crate::balancer::{Actor, AdministrationError, Expected};
use crate::event::{Administered, Change, Placement, Subject};
use crate::network::{
    BadNetwork, Declared, Entity, EntityName, IntegrationName, Partner, Plan, PlanName, Refinements, Revision, Router,
    RouterName,
};
use crate::placement::{Candidate, LeastUsers, PlacementPolicy, PlacementRequest};

fn ana() -> Actor {
    "ana@example.org".into()
}

fn moodle() -> IntegrationName {
    "moodle".into()
}

impl Network {
    fn put(&self, entity: impl Into<Entity>) -> Result<(Entity, Revision), AdministrationError> {
        block_on(self.balancer.put(entity, Expected::Any, &ana()))
    }

    fn version(&self, name: impl Into<EntityName>) -> Revision {
        self.balancer.network().version(&name.into()).unwrap()
    }

    /// What was told of changes, the newest last.
    fn changes(&self) -> Vec<(String, Administered, String)> {
        let told = |event: EventKind| match event {
            EventKind::Administered { by, how, subject, .. } => Some((by, how, subject.to_string())),
            _ => None,
        };
        self.events().into_iter().filter_map(told).collect()
    }
}

#[test]
fn a_website_that_is_switched_off_is_refused_at_its_next_call() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let switch = |active| block_on(network.balancer.set_active(&moodle(), active, Expected::Any, &ana())).unwrap();
    switch(false);
    network.call("moodle", "getMeetings", &[]).failed("permissionDenied");
    network.call("portal", "getMeetings", &[]).success();
    switch(true);
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    let by_ana = |how| ("ana@example.org".to_owned(), how, "integration moodle".to_owned());
    assert_eq!(network.changes(), [by_ana(Administered::SwitchedOff), by_ana(Administered::SwitchedOn)]);
}

#[test]
fn a_secret_is_changed_with_both_valid_for_a_time() {
    let network = Network::of(1);
    let add = |label: &str, expected| block_on(network.balancer.add_secret(&moodle(), label, None, expected, &ana()));
    let (new, version) = add("2027", Expected::Any).unwrap();
    assert!(new.expose().len() == 40 && new.expose().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(version, network.version(moodle()));
    for secret in ["moodle", new.expose()] {
        network.call(secret, "getMeetings", &[]).success();
    }
    assert_eq!(add("2027", Expected::Any).map(drop), Err(AdministrationError::LabelTaken { name: moodle() }));
    let late = add("2028", Expected::Version(Revision(0))).map(drop);
    assert_eq!(late, Err(AdministrationError::Overtaken { name: moodle().into() }));

    let in_a_minute = Some(network.clock.now() + Duration::from_secs(60));
    let expire =
        |label: &str, at| block_on(network.balancer.expire_secret(&moodle(), label, at, Expected::Any, &ana()));
    expire("", in_a_minute).unwrap();
    network.pass(59);
    network.call("moodle", "getMeetings", &[]).success();
    network.pass(1);
    network.call("moodle", "getMeetings", &[]).failed("checksumError");
    network.call(new.expose(), "getMeetings", &[]).success();
    expire("", None).unwrap();
    network.call("moodle", "getMeetings", &[]).success();
    assert_eq!(expire("2030", None), Err(AdministrationError::Label { name: moodle(), found: 0 }));

    let remove = |label: &str| block_on(network.balancer.remove_secret(&moodle(), label, Expected::Any, &ana()));
    remove("").unwrap();
    network.call("moodle", "getMeetings", &[]).failed("checksumError");
    assert_eq!(remove("2027"), Err(BadNetwork::NoSecret { name: moodle() }.into()), "nobody could call any more");
    let told = format!("{:?}", network.events());
    assert!(!told.contains(new.expose()), "a secret is told to nobody else");
    let how: Vec<_> = network.changes().into_iter().map(|(_, how, _)| how).collect();
    use Administered::{SecretAdded, SecretExpires, SecretRemoved};
    assert_eq!(how, [SecretAdded, SecretExpires, SecretExpires, SecretRemoved]);
}

#[test]
fn a_new_website_gets_a_secret_and_one_that_is_put_again_keeps_its_own() {
    let network = Network::of(1);
    let without = || Integration { secrets: Vec::new(), ..Integration::new("campus", "") };
    let (Entity::Integration(campus), version) = network.put(without()).unwrap() else { panic!("another entity") };
    let secret = campus.secrets[0].secret.clone();
    assert_eq!((secret.expose().len(), campus.secrets[0].created_at), (40, Some(network.clock.now())));
    network.create(secret.expose(), "room-1").success();
    network.put(Plan { may_record: false, ..Plan::new("small") }).unwrap();
    let smaller = Integration { plan: "small".into(), managed: true, ..without() };
    let put = |expected| block_on(network.balancer.put(smaller.clone(), expected, &ana()));
    assert_eq!(
        put(Expected::Absent),
        Err(AdministrationError::Exists { name: EntityName::Integration("campus".into()) })
    );
    let (now, next) = put(Expected::Version(version)).unwrap();
    assert!(next > version && !now.is_managed(), "only the file declares");
    assert_eq!(put(Expected::Version(version)), Err(AdministrationError::Overtaken { name: now.name() }));
    assert_eq!(put(Expected::Version(next)).unwrap().1, next, "what is so already is not changed");
    let calling = network.balancer.network();
    assert!(!calling.plan_of(calling.integration("campus").unwrap()).may_record);
    network.call(secret.expose(), "getMeetingInfo", &[("meetingID", "room-1")]).success();

    let remove = |name: EntityName| block_on(network.balancer.remove(name, Expected::Any, &ana()));
    let in_use = remove(PlanName::from("small").into()).unwrap_err();
    assert_eq!(in_use.to_string(), "plan small is in use by integration campus: it cannot be removed");
    remove(now.name()).unwrap();
    network.call(secret.expose(), "getMeetings", &[]).failed("checksumError");
    remove(PlanName::from("small").into()).unwrap();
    assert_eq!(remove(now.name()).unwrap_err().to_string(), "there is no integration campus");
}

#[test]
fn what_the_file_declares_only_the_file_changes() {
    let network = Network::of(1);
    let declare = |entities: Vec<Entity>| block_on(network.balancer.declare(&Declared::new(entities)));
    let website = Integration { plan: "small".into(), ..Integration::new("moodle", "of the file") };
    declare(vec![Plan::new("small").into(), Partner::new("ufrgs").into(), website.into()]).unwrap();
    network.call("of the file", "getMeetings", &[]).success();
    network.call("moodle", "getMeetings", &[]).failed("checksumError");
    network.call("portal", "getMeetings", &[]).success();
    let said = "is declared in the configuration file: change it there and reload the configuration";
    let balancer = &network.balancer;
    for (refused, name) in [
        (network.put(Integration::new("moodle", "x")).map(drop), "integration moodle"),
        (network.put(Plan::new("small")).map(drop), "plan small"),
        (block_on(balancer.remove(EntityName::Partner("ufrgs".into()), Expected::Any, &ana())), "partner ufrgs"),
        (block_on(balancer.set_active(&moodle(), false, Expected::Any, &ana())).map(drop), "integration moodle"),
        (block_on(balancer.add_secret(&moodle(), "x", None, Expected::Any, &ana())).map(drop), "integration moodle"),
    ] {
        assert_eq!(refused.unwrap_err().to_string(), format!("{name} {said}"));
    }
    network.put(Integration { plan: "small".into(), ..Integration::new("portal", "portal") }).unwrap();
    let refused = declare(Vec::new()).unwrap_err();
    assert_eq!(refused.to_string(), "plan small is in use by integration portal: it cannot be removed");
    network.call("of the file", "getMeetings", &[]).success();
    declare(vec![Plan::new("small").into()]).unwrap();
    network.call("of the file", "getMeetings", &[]).failed("checksumError");
    let by_file = |how, which: &str| ("configuration".to_owned(), how, which.to_owned());
    let by_ana = |how, which: &str| ("ana@example.org".to_owned(), how, which.to_owned());
    assert_eq!(
        network.changes(),
        [
            by_file(Administered::Added, "plan small"),
            by_file(Administered::Added, "partner ufrgs"),
            by_file(Administered::TakenOver, "integration moodle"),
            by_ana(Administered::Changed, "integration portal"),
            by_file(Administered::Removed, "partner ufrgs"),
            by_file(Administered::Removed, "integration moodle"),
        ]
    );
}

#[test]
fn it_is_told_who_did_what_from_where_and_what_is_other_than_before() {
    let network = Network::of(1);
    let by = Actor::new("ana@example.org", Some([192, 0, 2, 7].into()));
    let put = |plan: Plan| block_on(network.balancer.put(plan, Expected::Any, &by)).unwrap();
    put(Plan { calls_per_second: Some(50), ..Plan::new("small") });
    put(Plan { calls_per_second: Some(80), ..Plan::new("small") });
    put(Plan { calls_per_second: Some(80), ..Plan::new("small") });
    let drained =
        network.balancer.tell_administered(&by, Administered::Drained, Subject::new("server", "bbb1"), vec![]);
    block_on(drained);
    let event = |how, subject: Subject, changes: &[(Option<&str>, &str)]| {
        let text = |text: &str| text.to_owned();
        let change =
            |(from, to): &(Option<&str>, &str)| Change::new("calls_per_second", from.map(text), Some(text(to)));
        let (by, address) = (by.name().to_owned(), by.address());
        EventKind::Administered { by, address, how, subject, changes: changes.iter().map(change).collect() }
    };
    let small = || Subject::new("plan", "small");
    let events = [
        event(Administered::Added, small(), &[(None, "50")]),
        event(Administered::Changed, small(), &[(Some("50"), "80")]),
        event(Administered::Drained, Subject::new("server", "bbb1"), &[]),
    ];
    let told: Vec<_> =
        network.events().into_iter().filter(|kind| matches!(kind, EventKind::Administered { .. })).collect();
    assert_eq!(told, events);
    let stored = block_on(network.balancer.store.latest_events(1)).unwrap();
    assert_eq!(
        stored.first().map(|event| &event.kind),
        events.last(),
        "what the network does not keep is stored by itself"
    );
}

#[test]
fn many_things_that_change_at_once_are_told_one_by_one() {
    let network = Network::of(1);
    let websites = (0..250).map(|number| Integration::new(format!("site{number}"), format!("s{number}")).into());
    block_on(network.balancer.declare(&Declared::new(websites))).unwrap();
    let told: Vec<_> = network.changes().into_iter().map(|(_, how, which)| (how, which)).collect();
    let website = |number| (Administered::Added, format!("integration site{number}"));
    assert_eq!(told, (0..250).map(website).collect::<Vec<_>>());
    assert_eq!(network.balancer.network().revision(), Revision(1), "all of it is one change");
}

#[test]
fn of_those_who_change_the_same_thing_one_is_heard_and_of_different_things_all() {
    let network = Network::of(1);
    let version = Expected::Version(network.version(moodle()));
    let (by, name) = (ana(), moodle());
    let outcomes = block_on(join_all((0..20).map(|_| network.balancer.set_active(&name, false, version, &by))));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let puts = (0..50).map(|number| network.balancer.put(Plan::new(format!("plan{number}")), Expected::Absent, &by));
    assert!(block_on(join_all(puts)).iter().all(Result::is_ok));
    assert_eq!(network.balancer.network().plans().len(), 51);
}

#[test]
fn a_change_that_cannot_be_kept_does_not_hold() {
    let network = Network::of(1);
    let nonsense = Router { policy: "best".to_owned(), ..Router::new("new") };
    let refused = network.put(nonsense).unwrap_err();
    assert_eq!(refused.to_string(), "router new has a policy that does not exist: best");
    let refused = network.put(Integration { plan: "none".into(), ..Integration::new("moodle", "moodle") }).unwrap_err();
    assert_eq!(refused.to_string(), "integration moodle has a plan that does not exist: none");
    assert_eq!(network.changes(), []);
    network.call("moodle", "getMeetings", &[]).success();
}

/// Finds no server.
#[derive(Debug)]
struct Nobody;

impl PlacementPolicy for Nobody {
    fn name(&self) -> &str {
        "nobody"
    }

    fn rank<'a>(&'a self, _: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        Box::new(std::iter::empty())
    }
}

#[test]
fn where_a_router_finds_no_server_its_fallback_is_asked_and_the_reason_says_so() {
    let network = Network::of(2);
    let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(2)))
        .network(crate::Network::clone(&network.balancer.network()))
        .succeeding(&network.balancer)
        .observer(network.witness.clone())
        .policy("nobody", Arc::new(|_| Arc::new(Nobody)))
        .router("own", Arc::new(LeastUsers))
        .build();
    let put = |entity: Entity| block_on(balancer.put(entity, Expected::Any, &ana())).unwrap();
    let router = |name: &str, policy: &str, fallback: Option<&str>| Router {
        policy: policy.to_owned(),
        fallback: fallback.map(RouterName::from),
        ..Router::new(name)
    };
    put(router("last", "least-meetings", None).into());
    put(router("second", "nobody", Some("last")).into());
    put(router("first", "nobody", Some("second")).into());
    put(router("own", "unheard of", None).into());
    let through = |name: &str, id: &str| {
        put(Integration { router: name.into(), ..Integration::new("moodle", "moodle") }.into());
        let create = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", id)]);
        let said = Said(block_on(balancer.handle(&create)));
        let placements = network.events().into_iter().filter_map(|event| match event {
            EventKind::MeetingCreated { placement, .. } => Some(placement),
            _ => None,
        });
        (said, placements.last())
    };
    let (said, placement) = through("first", "room-1");
    said.success();
    let placement = placement.unwrap();
    assert_eq!(placement.policy, "least-meetings");
    assert!(placement.reason.starts_with("router second found no server, last: "), "{}", placement.reason);
    let (said, placement) = through("own", "room-2");
    said.success();
    assert_eq!(placement.map(|placement| placement.policy).as_deref(), Some("least-users"));
    put(router("second", "nobody", None).into());
    through("first", "room-3").0.failed("internalError");
    put(router("first", "round-robin", None).into());
    let (said, placement) = through("first", "room-3");
    said.success();
    assert_eq!(placement.map(|placement| placement.policy).as_deref(), Some("round-robin"), "from the next call on");
}

#[test]
fn a_canary_places_its_share_of_the_rooms_and_where_it_finds_no_server_its_router_does() {
    let network = Network::of(3);
    let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(2)))
        .network(crate::Network::clone(&network.balancer.network()))
        .succeeding(&network.balancer)
        .observer(network.witness.clone())
        .policy("nobody", Arc::new(|_| Arc::new(Nobody)))
        .build();
    let put = |entity: Entity| block_on(balancer.put(entity, Expected::Any, &ana())).unwrap();
    let by = |policy: &str| Router { policy: policy.to_owned(), ..Router::new("tried") };
    put(by("least-users").into());
    let refinements = Refinements { canary: Some("tried".into()), canary_share: 0.25, ..Refinements::default() };
    put(Router { policy: "least-meetings".to_owned(), refinements, ..Router::new("default") }.into());
    let created = |id: &str| {
        let create = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", id)]);
        Said(block_on(balancer.handle(&create))).success();
        let placements = network.events().into_iter().filter_map(|event| match event {
            EventKind::MeetingCreated { placement, .. } => Some(placement),
            _ => None,
        });
        placements.last().unwrap()
    };
    let rooms =
        |numbers: std::ops::Range<u32>| numbers.map(|number| created(&format!("room-{number}"))).collect::<Vec<_>>();
    let (tried, others): (Vec<_>, Vec<_>) = rooms(0..80).into_iter().partition(|one| one.policy == "least-users");
    assert!((10..30).contains(&tried.len()), "{}", tried.len());
    assert!(tried.iter().all(|one| one.reason.starts_with("canary tried: ")), "{tried:?}");
    assert!(others.iter().all(|one| one.policy == "least-meetings" && !one.reason.contains("canary")), "{others:?}");
    put(by("nobody").into());
    let without = rooms(80..120);
    assert!(without.iter().all(|one| one.policy == "least-meetings"), "{without:?}");
    let passed_on = |one: &&Placement| one.reason.starts_with("router tried found no server, default: ");
    assert!((3..20).contains(&without.iter().filter(passed_on).count()), "{without:?}");
}
