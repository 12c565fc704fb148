//! The rules of a network as a whole.

use super::*;
use crate::position::Position;
use crate::server::ServerName;

fn put(entity: impl Into<Entity>) -> NetworkChange {
    NetworkChange::Put(entity.into())
}

fn remove(name: impl Into<EntityName>) -> NetworkChange {
    NetworkChange::Remove(name.into())
}

fn integration(name: &str) -> Integration {
    Integration::new(name, format!("secret of {name}"))
}

/// A website with a plan, a partner and a router of its own.
fn network() -> Network {
    let website = Integration {
        plan: "small".into(),
        partner: Some("ufrgs".into()),
        router: "near".into(),
        ..integration("moodle")
    };
    let near = Router { fallback: Some("far".into()), ..Router::new("near") };
    Network::new([
        Entity::from(Plan::new("small")),
        Partner::new("ufrgs").into(),
        near.into(),
        Router::new("far").into(),
        website.into(),
        integration("portal").into(),
    ])
    .unwrap()
}

/// A whole server.
fn server(name: &str, facts: &dyn Fn(&mut ServerFacts)) -> NetworkServer {
    let mut server = NetworkServer::new(name);
    server.facts.api_url = crate::Server::api_url(&format!("https://{name}.example.org")).ok();
    server.facts.secret = Some(format!("secret of {name}").into());
    facts(&mut server.facts);
    server
}

fn refused(changes: &[NetworkChange]) -> String {
    network().changed(changes).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn whatever_is_wrong_is_named() {
    let router = |change: &dyn Fn(&mut Router)| {
        let mut router = Router::new("near");
        change(&mut router);
        put(router)
    };
    let mut doubled = integration("c");
    doubled.create.blocked.insert("record".to_owned());
    doubled.create.forced.insert("record".to_owned(), "true".to_owned());
    for (change, said) in [
        (
            put(Integration { plan: "big".into(), ..integration("c") }),
            "integration c has a plan that does not exist: big",
        ),
        (
            put(Integration { router: "r".into(), ..integration("c") }),
            "integration c has a router that does not exist: r",
        ),
        (put(Integration { partner: Some("p".into()), ..integration("c") }), "a partner that does not exist: p"),
        (put(Integration { secrets: vec![], ..integration("c") }), "integration c has no secrets"),
        (
            put(Integration {
                secrets: (0..17).map(|number| format!("number {number}").into()).collect(),
                ..integration("c")
            }),
            "integration c has more than 16 secrets",
        ),
        (put(Integration::new("c", "")), "integration c has an empty secret"),
        (put(Integration::new("c", "secret of portal")), "integrations portal and c share a secret"),
        (put(doubled), "integration c has two rules for the parameter record"),
        (put(integration("")), "a name must have"),
        (put(integration(" c")), "a name must have"),
        (put(integration("c\u{7}")), "a name must have"),
        (put(integration(&"c".repeat(256))), "a name must have"),
        (router(&|router| router.radius_km = -1.0), "router near has a radius that is not"),
        (router(&|router| router.radius_km = f64::NAN), "router near has a radius that is not"),
        (router(&|router| router.weights = [("bbb1".into(), -1.0)].into()), "router near has a radius that is not"),
        (router(&|router| router.refinements.canary_share = 1.5), "router near has a cap that is not"),
        (router(&|router| router.refinements.canary = Some("moon".into())), "a canary that is no other router: moon"),
        (router(&|router| router.refinements.canary = Some("near".into())), "a canary that is no other router: near"),
        (router(&|router| router.refinements.max_cpu = Some(0.0)), "router near has a cap that is not"),
        (router(&|router| router.refinements.tie_within = f64::NAN), "router near has a cap that is not"),
        (
            router(&|router| router.fallback = Some("moon".into())),
            "router near has a fallback that does not exist: moon",
        ),
        (router(&|router| router.fallback = Some("near".into())), "the fallbacks of router near lead back to it"),
        (
            put(Router { fallback: Some("near".into()), ..Router::new("far") }),
            "the fallbacks of router far lead back to it",
        ),
        (remove(PlanName::from("small")), "plan small is in use by integration moodle"),
        (remove(PartnerName::from("ufrgs")), "partner ufrgs is in use by integration moodle"),
        (remove(RouterName::from("near")), "router near is in use by integration moodle"),
        (remove(RouterName::from("far")), "router far is in use by router near"),
        (remove(PlanName::from("default")), "plan default cannot be removed"),
        (remove(RouterName::from("default")), "router default cannot be removed"),
        (remove(IntegrationName::from("c")), "there is no integration c"),
        (remove(ServerName::from("bbb9")), "there is no server bbb9"),
        (put(server("s", &|facts| facts.secret = Some("".into()))), "server s has an empty secret"),
        (put(server("s", &|facts| facts.capacity = Some(0))), "server s has a capacity of 0"),
        (put(server("s", &|facts| facts.weight = Some(0.001))), "a weight that is not a number from 0.01"),
        (put(server("s", &|facts| facts.weight = Some(f64::NAN))), "a weight that is not a number from 0.01"),
        (
            put(server("s", &|facts| facts.position = Some(Position { latitude: 91.0, longitude: 0.0 }))),
            "a position that is not on the globe",
        ),
        (put(server("s", &|facts| facts.api_url = "ftp://s/".parse().ok())), "the URL of server s is not"),
        (
            put(server("s", &|facts| facts.api_url = "https://s/bigbluebutton/".parse().ok())),
            "the URL of server s is not",
        ),
        (
            put(server("s", &|facts| facts.api_url = "https://a:b@s/bigbluebutton/api/".parse().ok())),
            "the URL of server s is not",
        ),
        (put(NetworkServer::new("")), "a name must have"),
    ] {
        let text = refused(&[change]);
        assert!(text.contains(said), "{text}");
        assert!(!text.contains("secret of"), "{text}");
    }
}

#[test]
fn changes_that_are_made_at_once_need_not_be_valid_in_between() {
    let network = network();
    let swapped = |name: &str, other: &str| put(Integration::new(name, format!("secret of {other}")));
    let next = network.changed(&[swapped("moodle", "portal"), swapped("portal", "moodle")]).unwrap();
    assert_eq!(next.integrations().owner(&"secret of moodle".into()).map(IntegrationName::as_str), Some("portal"));
    let renamed = [put(Integration::new("campus", "secret of portal")), remove(IntegrationName::from("portal"))];
    assert!(network.changed(&renamed).unwrap().integration("portal").is_none());
    let gone = [remove(PlanName::from("small")), put(Integration { plan: "default".into(), ..integration("moodle") })];
    assert!(network.changed(&gone).unwrap().plan("small").is_none());
    let new = [put(Integration { plan: "new".into(), ..integration("campus") }), put(Plan::new("new"))];
    let with_new = network.changed(&new).unwrap();
    assert_eq!(with_new.plan_of(with_new.integration("campus").unwrap()).name.as_str(), "new");
    assert_eq!(network.integrations().iter().len(), 2, "the one before stays as it is");
}

#[test]
fn a_version_is_the_revision_of_the_last_change_and_is_kept() {
    let first = network();
    let second = first.changed(&[put(Plan { active: false, ..Plan::new("small") })]).unwrap();
    let name = EntityName::Plan("small".into());
    assert!(second.revision() > first.revision() && second.version(&name) == Some(second.revision()));
    assert_eq!(second.version(&EntityName::Router("near".into())), first.version(&EntityName::Router("near".into())));
    let kept = second.entities().map(|entity| (second.version(&entity.name()).unwrap(), entity)).collect::<Vec<_>>();
    let restored = Network::restored(second.revision(), kept).unwrap();
    assert_eq!((restored.revision(), restored.version(&name)), (second.revision(), second.version(&name)));
    assert!(restored.entities().eq(second.entities()));
}

#[test]
fn integrations_alone_make_a_network_that_allows_everything() {
    let website =
        Integration { plan: "p".into(), router: "r".into(), partner: Some("u".into()), ..integration("moodle") };
    let network = Network::of(Integrations::new([website]).unwrap());
    let website = network.integration("moodle").unwrap();
    assert_eq!(**network.plan_of(website), Plan::new("p"));
    assert_eq!(**network.router_of(website), Router::new("r"));
    assert!(network.partner("u").is_some() && network.plan("default").is_some());
    assert!(network.changed(&[put(integration("portal"))]).is_ok());
}

fn in_step(network: &Network, declared: &[Entity]) -> Result<Network, BadNetwork> {
    let declared = Declared::new(declared.iter().cloned());
    let next = network.changed(&declared.changes(network))?;
    assert_eq!(declared.changes(&next), [], "once is enough");
    Ok(next)
}

#[test]
fn a_file_rules_what_it_declares_and_nothing_else() {
    let own = network();
    let declared: [Entity; 3] = [
        Plan { active: false, ..Plan::new("small") }.into(),
        integration("campus").into(),
        Plan { may_record: false, ..Plan::new("default") }.into(),
    ];
    let first = in_step(&own, &declared).unwrap();
    let plan = first.plan("small").unwrap();
    assert!(plan.managed && !plan.active, "the file takes over what has its name");
    assert!(first.integration("campus").unwrap().managed && !first.integration("moodle").unwrap().managed);

    // nothing names the plan any more but a website that the file does not declare
    let refused = in_step(&first, &declared[1..]).unwrap_err();
    assert_eq!(
        refused,
        BadNetwork::InUse { name: EntityName::Plan("small".into()), by: EntityName::Integration("moodle".into()) }
    );

    let second = in_step(&first, &declared[..1]).unwrap();
    assert!(second.integration("campus").is_none());
    assert_eq!(**second.plan("default").unwrap(), Plan::new("default"), "there is always one");
    assert!(second.integration("moodle").is_some() && second.router("near").is_some());
}

#[test]
fn each_server_is_a_server_of_its_own() {
    let same = |facts: &mut ServerFacts| facts.api_url = crate::Server::api_url("https://a.example.org/").ok();
    let both = [put(server("a", &|_| ())), put(server("b", &same))];
    assert!(refused(&both).contains("servers a and b have the same URL"));
    let one = network().changed(&both[..1]).unwrap();
    assert!(one.changed(&both[1..]).is_err());
    let renamed = [both[1].clone(), remove(ServerName::from("a"))];
    assert!(one.changed(&renamed).unwrap().server(&"b".into()).is_some());
    let bare = [put(NetworkServer::new("c")), put(NetworkServer::new("d"))];
    assert_eq!(one.changed(&bare).unwrap().servers().filter_map(|server| server.whole()).count(), 1);
}

#[test]
fn a_server_that_others_name_is_taken_away_by_the_file_only() {
    let lent = Partner { servers: vec!["a".into()], ..Partner::new("lends") };
    let weighed = Router { weights: [("b".into(), 2.0)].into(), ..Router::new("weighs") };
    let named = |managed: bool| {
        let own = |name: &str| put(NetworkServer { managed, ..server(name, &|_| ()) });
        network().changed(&[own("a"), own("b"), own("c"), put(lent.clone()), put(weighed.clone())]).unwrap()
    };
    let removed = |managed, name: &str| named(managed).changed(&[remove(ServerName::from(name))]).map(drop);
    let in_use = |name: &str, by: EntityName| Err(BadNetwork::InUse { name: EntityName::Server(name.into()), by });
    assert_eq!(removed(false, "a"), in_use("a", EntityName::Partner("lends".into())));
    assert_eq!(removed(false, "b"), in_use("b", EntityName::Router("weighs".into())));
    assert_eq!((removed(false, "c"), removed(true, "a"), removed(true, "b")), (Ok(()), Ok(()), Ok(())));
    let both = [remove(PartnerName::from("lends")), remove(ServerName::from("a"))];
    assert!(named(false).changed(&both).is_ok());
}
