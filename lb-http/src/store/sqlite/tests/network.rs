//! Integrations, plans, partners, routers and servers outlive the process.

use lb_core::Integration;
use lb_core::network::{
    Entity, EntityName, IntegrationSecret, Network, NetworkChange, NetworkServer, Partner, Plan, Router, ServerFacts,
};

use super::*;

fn change(store: &SqliteStore, changes: Vec<NetworkChange>) -> Arc<Network> {
    let base = store.network().revision();
    run(store.change_network(base, changes, vec![joined("a")])).unwrap()
}

fn put(entity: impl Into<Entity>) -> NetworkChange {
    NetworkChange::Put(entity.into())
}

fn entities() -> Vec<Entity> {
    let old = IntegrationSecret {
        label: "old".to_owned(),
        expires_at: Some(Timestamp::from_millis(7)),
        created_at: Some(Timestamp::from_millis(3)),
        ..IntegrationSecret::from("one")
    };
    let plan = Plan {
        max_concurrent_users: Some(7),
        max_duration: Some(Duration::from_secs(90)),
        allowed_calls: Some(["create".to_owned()].into()),
        managed: true,
        ..Plan::new("small")
    };
    let partner = Partner { servers: vec!["bbb1".into()], contact: "Ana".to_owned(), ..Partner::new("ufrgs") };
    let router =
        Router { weights: [("bbb1".into(), 2.5)].into(), fallback: Some("default".into()), ..Router::new("near") };
    let mut integration = Integration {
        active: false,
        secrets: vec!["two".into(), old],
        plan: plan.name.clone(),
        partner: Some(partner.name.clone()),
        router: router.name.clone(),
        position: Position::try_new(-30.033_1, -51.2),
        callback_hosts: vec!["lms.example".to_owned()],
        managed: true,
        ..Integration::new("moodle", "")
    };
    integration.tags.preferred = vec!["gpu".to_owned()];
    integration.create.capped.insert("duration".to_owned(), 60);
    integration.join.blocked.insert("guest".to_owned());
    let facts = ServerFacts {
        api_url: Some(lb_core::Server::api_url("https://bbb1.example.org").unwrap()),
        secret: Some("of bbb1".into()),
        position: Position::try_new(-30.033_1, -51.2),
        capacity: Some(200),
        weight: Some(2.5),
        tags: Some(vec!["gpu".to_owned()]),
        checksum: Some(lb_core::checksum::Algorithm::Sha512),
    };
    let server = NetworkServer { facts, managed: true, ..NetworkServer::new("bbb1") };
    let bare = NetworkServer::new("bbb2");
    vec![
        server.into(),
        bare.into(),
        plan.into(),
        partner.into(),
        router.into(),
        integration.into(),
        Integration::new("campus", "three").into(),
    ]
}

#[test]
fn everything_is_there_after_a_restart_with_its_version() {
    let store = Disposable::new();
    change(&store, entities().into_iter().map(NetworkChange::Put).collect());
    let before = change(&store, vec![put(Plan { active: false, ..Plan::new("default") })]);
    let store = store.reopened();
    let now = store.network();
    assert_eq!(now.revision(), before.revision());
    for entity in before.entities() {
        let name = entity.name();
        assert_eq!(now.entity(&name), Some(entity));
        assert_eq!(now.version(&name), before.version(&name), "{name}");
    }
    for entity in entities() {
        assert_eq!(now.entity(&entity.name()), Some(entity));
    }
    // a secret moves, and what is removed stays away
    let moved =
        [put(Integration::new("campus", "two")), NetworkChange::Remove(EntityName::Integration("moodle".into()))];
    change(&store, moved.to_vec());
    let store = store.reopened();
    let now = store.network();
    assert!(now.integration("moodle").is_none());
    assert_eq!(now.integrations().owner(&"two".into()).map(|name| name.as_str()), Some("campus"));
    assert!(now.revision() > before.revision());
    assert_eq!(run(store.latest_events(9)).unwrap().len(), 3, "one with each change");
}

#[test]
fn what_cannot_be_written_does_not_hold() {
    let store = Disposable::new();
    let before = change(&store, vec![put(Integration::new("campus", "three"))]);
    let refusing = "CREATE TRIGGER refuse BEFORE INSERT ON plans BEGIN SELECT RAISE(ABORT, 'no'); END";
    run(store.execute(refusing));
    let changes = vec![put(Integration::new("moodle", "one")), put(Plan::new("small"))];
    assert!(run(store.change_network(before.revision(), changes, vec![])).is_err());
    let now = store.network();
    assert!(now.revision() == before.revision() && now.integration("moodle").is_none());
    let store = store.reopened();
    assert!(store.network().integration("moodle").is_none());
}
