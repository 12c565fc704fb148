//! How integrations, plans, partners, routers and servers are kept.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::{START, callbacks};
use crate::callback::CallbackUrl;
use crate::checksum::Algorithm;
use crate::event::{Administered, Event, EventKind, Subject};
use crate::hook::HookWish;
use crate::meeting::MeetingKey;
use crate::network::{
    BadNetwork, Entity, EntityName, Integration, IntegrationSecret, NetworkChange, NetworkServer, ParameterRules,
    Partner, Plan, Refinements, Revision, Router, ServerFacts, TagRules,
};
use crate::position::Position;
use crate::server::Server;
use crate::store::{EndedMeeting, HookStore, MeetingStore, NetworkStore, StoreError};

fn put(entity: impl Into<Entity>) -> NetworkChange {
    NetworkChange::Put(entity.into())
}

fn removed(name: &str) -> NetworkChange {
    NetworkChange::Remove(EntityName::Integration(name.into()))
}

async fn change(store: &dyn NetworkStore, changes: Vec<NetworkChange>) -> Result<Revision, StoreError> {
    let base = store.network().revision();
    store.change_network(base, changes, Vec::new()).await.map(|network| network.revision())
}

/// One of each with every fact said.
pub(crate) fn full() -> Vec<Entity> {
    let plan = Plan {
        active: false,
        may_record: false,
        max_concurrent_meetings: Some(40),
        max_concurrent_users: Some(u32::MAX),
        max_users_per_meeting: Some(0),
        max_duration: Some(Duration::from_millis(14_400_001)),
        calls_per_second: Some(50),
        allowed_calls: Some(["create".to_owned(), "join".to_owned()].into()),
        managed: true,
        ..Plan::new("large \"plan\"")
    };
    let partner = Partner {
        display_name: "Universidade <b>Federal</b>".to_owned(),
        contact: "Ana, +55 51 …".to_owned(),
        servers: vec!["bbb2".into(), "bbb1".into()],
        managed: true,
        ..Partner::new("ufrgs")
    };
    let spare = Router { policy: "weighted".to_owned(), ..Router::new("spare") };
    let router = Router {
        policy: "nearest-least-cpu".to_owned(),
        radius_km: 120.5,
        weights: [("bbb1".into(), 0.1), ("bbb2".into(), 7.0)].into(),
        fallback: Some("spare".into()),
        refinements: Refinements {
            only_tags: vec!["campus".to_owned()],
            prefer_tags: vec!["new".to_owned(), "gpu".to_owned()],
            max_users: Some(150.0),
            max_cpu: Some(70.5),
            tie_break: Some("nearest".to_owned()),
            tie_within: 2.5,
            canary: Some("spare".into()),
            canary_share: 0.1,
        },
        managed: true,
        ..Router::new("near")
    };
    let text = |text: &str| text.to_owned();
    let rules = ParameterRules {
        default: [(text("record"), text("true"))].into(),
        forced: [(text("logo"), text("https://e.org/\"l'ogo\".png")), (text("welcome"), String::new())].into(),
        capped: [(text("duration"), 240)].into(),
        blocked: [text("bannerText"), text("meta_a'b")].into(),
    };
    let old = IntegrationSecret {
        label: "2025".to_owned(),
        created_at: Some(START),
        expires_at: Some(START + Duration::from_secs(60)),
        ..IntegrationSecret::from("old s3cr3t \"'é")
    };
    let integration = Integration {
        display_name: "Moodle – Física".to_owned(),
        active: false,
        secrets: vec!["new s3cr3t".into(), old],
        partner: Some(partner.name.clone()),
        plan: plan.name.clone(),
        router: router.name.clone(),
        position: Some(Position { latitude: -30.033_1, longitude: -51.2 }),
        tags: TagRules {
            required: vec!["gpu".to_owned(), "a,b".to_owned()],
            preferred: vec!["near".to_owned()],
            forbidden: vec!["old".to_owned()],
        },
        join: ParameterRules { blocked: [text("guest")].into(), ..ParameterRules::default() },
        create: rules,
        callback_hosts: vec!["lms.example".to_owned(), "*.example".to_owned()],
        managed: true,
        ..Integration::new("moodle", "")
    };
    let facts = ServerFacts {
        api_url: Server::api_url("https://bbb1.example.org").ok(),
        secret: Some("bbb's \"s3cr3t\"".into()),
        position: Some(Position { latitude: 89.999_9, longitude: 179.5 }),
        capacity: Some(u32::MAX),
        weight: Some(0.1),
        tags: Some(vec!["gpu".to_owned(), "a,b".to_owned()]),
        checksum: Some(Algorithm::Sha384),
    };
    let server = NetworkServer { facts, managed: true, ..NetworkServer::new("bbb 1 \"é\"") };
    let untagged = ServerFacts { tags: Some(Vec::new()), ..ServerFacts::default() };
    let bare = NetworkServer { facts: untagged, ..NetworkServer::new("bbb2") };
    vec![server.into(), bare.into(), plan.into(), partner.into(), spare.into(), router.into(), integration.into()]
}

/// Before anything is said there are the plan and the router that hold where nothing is.
pub async fn a_new_store_has_a_plan_and_a_router_for_all(store: &dyn NetworkStore) {
    let network = store.network();
    assert_eq!(network.plan("default").map(|plan| Plan::clone(plan)), Some(Plan::new("default")));
    assert_eq!(network.router("default").map(|router| Router::clone(router)), Some(Router::new("default")));
    assert_eq!((network.integrations().iter().len(), network.partners().len()), (0, 0));
    assert_eq!(network.servers().len(), 0);
}

/// Every fact of everything that was put is there, as soon as the change is answered.
pub async fn a_change_is_present_with_every_fact_once_it_is_answered(store: &dyn NetworkStore) {
    let at = |how| {
        let (by, subject) = ("ana".to_owned(), Subject::new("integration", "moodle"));
        vec![Event {
            at: START,
            kind: EventKind::Administered { by, address: None, how, subject, changes: Vec::new() },
        }]
    };
    let base = store.network().revision();
    let changes = full().into_iter().map(NetworkChange::Put).collect();
    let answered = store.change_network(base, changes, at(Administered::Added)).await.unwrap();
    let present = store.network();
    assert!(answered.revision() > base && present.revision() == answered.revision());
    for entity in full() {
        assert_eq!(present.entity(&entity.name()).as_ref(), Some(&entity));
        assert_eq!(present.version(&entity.name()), Some(present.revision()));
    }
    let bare = Integration::new("moodle", "other");
    change(store, vec![put(bare.clone())]).await.unwrap();
    let now = store.network();
    assert_eq!(now.integration("moodle").map(|found| Integration::clone(found)), Some(bare));
    assert_eq!(now.integrations().owner(&"new s3cr3t".into()), None, "it can be another's from now on");
    assert_eq!(now.version(&EntityName::Router("near".into())), Some(present.revision()), "it has not changed");
    assert_eq!(present.integration("moodle").map(|found| found.secrets.len()), Some(2), "a snapshot stays as it is");
}

/// Whoever decided on an earlier network must look again.
pub async fn a_change_that_was_overtaken_changes_nothing(store: &dyn NetworkStore) {
    let base = store.network().revision();
    change(store, vec![put(Integration::new("a", "one"))]).await.unwrap();
    let late = store.change_network(base, vec![put(Integration::new("b", "two"))], Vec::new()).await;
    assert_eq!(late.map(|network| network.revision()), Err(StoreError::Overtaken));
    assert!(store.network().integration("b").is_none());
}

/// What breaks a rule of the network is refused as a whole, and the next change goes on from what was there.
pub async fn a_network_that_would_not_be_whole_is_refused(store: &dyn NetworkStore) {
    change(store, vec![put(Integration::new("a", "one"))]).await.unwrap();
    let before = store.network();
    let both = vec![put(Integration::new("b", "two")), put(Integration::new("c", "one"))];
    let refused = change(store, both).await;
    assert_eq!(refused, Err(BadNetwork::SameSecret { first: "a".into(), second: "c".into() }.into()));
    let lost = Integration { plan: "none".into(), ..Integration::new("b", "two") };
    assert!(matches!(change(store, vec![put(lost)]).await, Err(StoreError::BadNetwork(_))));
    assert_eq!(store.network().revision(), before.revision());
    assert!(store.network().integration("b").is_none());
    change(store, vec![put(Integration::new("b", "two"))]).await.unwrap();
}

/// Each of those who change something at the same time is overtaken or heard.
pub async fn of_many_changes_at_once_none_is_lost(store: &dyn NetworkStore) {
    let one = async |number: usize| {
        let changes = || vec![put(Integration::new(format!("site{number}"), format!("secret{number}")))];
        loop {
            match change(store, changes()).await {
                Err(StoreError::Overtaken) => {}
                other => return other,
            }
        }
    };
    let answers = join_all((0..20).map(one)).await;
    let mut revisions: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), 20, "each is the answer to one change");
    assert_eq!(store.network().integrations().iter().len(), 20);
}

/// What comes back under an old name is another thing: who knows the version of the earlier one cannot take it for that.
pub async fn what_is_removed_is_gone_and_a_version_never_comes_again(store: &dyn NetworkStore) {
    let name = EntityName::Integration("a".into());
    change(store, vec![put(Integration::new("a", "one"))]).await.unwrap();
    let first = store.network().version(&name);
    change(store, vec![removed("a")]).await.unwrap();
    assert_eq!((store.network().entity(&name), store.network().version(&name)), (None, None));
    assert_eq!(
        change(store, vec![removed("a")]).await,
        Err(BadNetwork::NoSuch { name: name.clone() }.into()),
        "there is nothing to remove"
    );
    change(store, vec![put(Integration::new("b", "one"))]).await.unwrap();
    change(store, vec![removed("b"), put(Integration::new("a", "one"))]).await.unwrap();
    assert!(store.network().version(&name) > first);
}

/// What a website asked for is not for another one that gets its name later.
pub async fn an_integration_that_is_removed_takes_its_hooks_along(
    store: &(impl NetworkStore + HookStore + MeetingStore),
) {
    let put = |name: &str| NetworkChange::Put(Entity::Integration(Arc::new(Integration::new(name, name))));
    let change = async |change| {
        let base = store.network().revision();
        store.change_network(base, vec![change], Vec::new()).await.unwrap();
    };
    let key = |integration: &str| MeetingKey::new(integration, "a");
    let waiting = async || {
        let due = store.due(START, 100, 100, &HashSet::new()).await.unwrap();
        due.into_iter().map(|due| due.meeting.integration.to_string()).collect::<Vec<_>>()
    };
    for name in ["moodle", "portal"] {
        change(put(name)).await;
        let url = CallbackUrl::kept("https://lms.example/h".to_owned());
        let wish = HookWish { integration: name.into(), url, meeting: None, events: Vec::new() };
        store.add_hook(wish).await.unwrap();
        let mut told = callbacks(name).deliveries(&key(name), false);
        store.enqueue(told.split_off(1)).await.unwrap();
        let ended = EndedMeeting { internal_id: name.into(), key: key(name), server: "bbb1".into(), at: START };
        store.note_ended(ended).await.unwrap();
    }
    assert_eq!(waiting().await, ["moodle", "portal"]);
    change(NetworkChange::Remove(EntityName::Integration("moodle".into()))).await;
    change(put("moodle")).await;
    let hooks = async |name: &str| store.hooks_of(&name.into()).await.unwrap().len();
    assert_eq!((hooks("moodle").await, hooks("portal").await), (0, 1));
    assert_eq!(waiting().await, ["portal"]);
    assert_eq!(store.ended_meeting(&"moodle".into(), &"bbb1".into()).await, Ok(None));
    let again = callbacks("moodle").deliveries(&key("moodle"), false).split_off(1);
    assert_eq!(store.enqueue(again).await, Ok(0));
    assert_eq!(waiting().await.len(), 2, "it is not known as settled");
}
