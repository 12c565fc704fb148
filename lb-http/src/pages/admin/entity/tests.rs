//! What a form shows and sends back unchanged changes nothing, whatever stands in it; and every field of a body is in its form.

use std::collections::BTreeSet;
use std::time::Duration;

use lb_core::account::{Principal, Role, TokenScope};
use lb_core::balancer::{Actor, Expected};
use lb_core::checksum::Algorithm;
use lb_core::network::{
    Entity, Integration, NetworkServer, ParameterRules, Partner, Plan, Refinements, Router, ServerFacts, TagRules,
};
use lb_core::{Position, Secret, Server};
use serde_json::{Value, json};

use super::{EntityKind, Ground, Refused};
use crate::config::Config;
use crate::pages::admin::integrations::Integrations;
use crate::pages::admin::partners::Partners;
use crate::pages::admin::plans::Plans;
use crate::pages::admin::routers::Routers;
use crate::pages::admin::servers::Servers;
use crate::pages::fields::{Filled, Posted};
use crate::pages::visitor::Visitor;
use crate::rest::Caller;
use crate::run::{Prepared, prepare};

/// A name that is no name of anything else.
const HOSTILE: &str = "<b>\"'&amp; \u{202e}🎓 = new";

fn visitor(role: Role) -> Visitor {
    let principal = Principal { user: "root".into(), role, scope: TokenScope::Full };
    let caller = Caller::of_session(principal, "192.0.2.1".parse().unwrap());
    Visitor { caller: Some(caller), ..Visitor::default() }
}

fn rules() -> ParameterRules {
    let text = |text: &str| text.to_owned();
    ParameterRules {
        default: [(text("welcome"), text("line\nline = 2\\")), (text("logo"), text(""))].into(),
        forced: [(text("moderatorPW"), text("hush")), (text("meta_a b"), text(" <i> "))].into(),
        capped: [(text("duration"), 90), (text("maxParticipants"), u64::MAX)].into(),
        blocked: [text("guestPolicy"), text(" odd ")].into(),
    }
}

/// One of each kind in which nothing is as it is for a new one.
fn all() -> Vec<Entity> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let at = Position { latitude: -30.0331, longitude: 1e-7 };
    let facts = ServerFacts {
        api_url: Server::api_url("https://bbb1.example.org/bigbluebutton/").ok(),
        secret: Some(Secret::from("the-secret-of-bbb1")),
        position: Some(at),
        capacity: Some(u32::MAX),
        weight: Some(0.1),
        tags: Some(Vec::new()),
        checksum: Some(Algorithm::Sha512),
    };
    vec![
        Plan {
            active: false,
            may_record: false,
            max_concurrent_meetings: Some(0),
            max_concurrent_users: Some(u32::MAX),
            max_users_per_meeting: Some(7),
            max_duration: Some(Duration::from_secs(86_461)),
            calls_per_second: Some(1),
            allowed_calls: Some(["create".to_owned(), "of another version".to_owned()].into()),
            ..Plan::new(HOSTILE)
        }
        .into(),
        NetworkServer { facts, ..NetworkServer::new(HOSTILE) }.into(),
        Partner {
            display_name: "é <script>".to_owned(),
            contact: "a@b, +55 51".to_owned(),
            servers: vec![HOSTILE.into(), "b".into()],
            ..Partner::new(HOSTILE)
        }
        .into(),
        Router {
            policy: "weighted".to_owned(),
            radius_km: 0.5,
            weights: [(HOSTILE.into(), 0.01), ("b".into(), 1e9)].into(),
            fallback: Some("default".into()),
            refinements: Refinements {
                only_tags: texts(&["gpu", "a, b"]),
                prefer_tags: texts(&["large"]),
                max_users: Some(150.0),
                max_cpu: Some(70.5),
                tie_break: Some("nearest".to_owned()),
                tie_within: 2.5,
                canary: Some("default".into()),
                canary_share: 0.1,
            },
            ..Router::new(HOSTILE)
        }
        .into(),
        Integration {
            display_name: "Moodle".to_owned(),
            active: false,
            partner: Some(HOSTILE.into()),
            plan: HOSTILE.into(),
            router: HOSTILE.into(),
            position: Some(at),
            tags: TagRules {
                required: texts(&["gpu", "a, b"]),
                preferred: texts(&["large"]),
                forbidden: texts(&["old", "old"]),
            },
            create: rules(),
            join: rules(),
            callback_hosts: texts(&["b.example", "a.example"]),
            ..Integration::new(HOSTILE, "the-secret-of-moodle")
        }
        .into(),
    ]
}

async fn prepared() -> Prepared {
    let config = "[listen]\napi = \"127.0.0.1:0\"\n[store]\nurl = \"memory:\"\n";
    let prepared = prepare(Config::from_text("lb.toml", config, std::iter::empty()).unwrap(), []).await.unwrap();
    for entity in all() {
        prepared.balancer().put(entity, Expected::Any, &Actor::from("a test")).await.unwrap();
    }
    prepared
}

/// What a browser sends back of a form as it is shown.
fn sent_back(form: &Filled) -> Posted {
    form.carried().into_iter().map(|(name, text)| (name, text.replace('\n', "\r\n"))).collect()
}

/// What the form of the one called `HOSTILE` would change, if `given` is posted.
fn changes<K: EntityKind>(ground: &Ground<'_>, given: &dyn Fn(Posted) -> Posted) -> Result<usize, Refused> {
    let (fields, body) = (K::fields(ground, Some(HOSTILE)), K::body(ground, Some(HOSTILE)).unwrap());
    let posted = given(sent_back(&Filled::with(fields.clone(), body.clone())));
    let read = Filled::posted(fields, body, &posted).read(&ground.w.form).expect("nothing is wrong with it");
    let wish = K::wish(ground, HOSTILE, read)?;
    let applied = ground.balancer().would_apply(&wish).map_err(|error| Refused::of(error, HOSTILE, &ground.w.form))?;
    Ok(applied.iter().map(|one| one.changes.len()).sum())
}

/// The places in a body, and whether a form has each.
fn places(value: &Value, before: &str, fields: &BTreeSet<&str>, missing: &mut Vec<String>) {
    let Value::Object(map) = value else { return missing.push(before.to_owned()) };
    for (name, value) in map {
        let place = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        if !fields.contains(place.as_str()) {
            places(value, &place, fields, missing);
        }
    }
}

fn unchanged<K: EntityKind>(ground: &Ground<'_>) {
    assert!(matches!(changes::<K>(ground, &|posted| posted), Ok(0)), "{}", K::BASE);
    let fields = K::fields(ground, Some(HOSTILE));
    let keys: BTreeSet<_> = fields.iter().map(|field| field.key).collect();
    let mut missing = Vec::new();
    places(&K::body(ground, Some(HOSTILE)).unwrap(), "", &keys, &mut missing);
    assert!(missing.is_empty(), "{}: {missing:?} cannot be changed", K::BASE);
    let new = Filled::with(K::fields(ground, None), K::body(ground, None).unwrap());
    assert!(!new.is_wrong());
}

#[tokio::test]
async fn what_a_form_shows_and_sends_back_unchanged_changes_nothing() {
    let prepared = prepared().await;
    for role in [Role::Administrator, Role::PartnerManager(HOSTILE.into())] {
        let visitor = visitor(role.clone());
        let ground = Ground::of(prepared.service(), &visitor).unwrap();
        unchanged::<Integrations>(&ground);
        if role == Role::Administrator {
            unchanged::<Plans>(&ground);
            unchanged::<Partners>(&ground);
            unchanged::<Routers>(&ground);
            unchanged::<Servers>(&ground);
        }
    }
}

#[tokio::test]
async fn one_field_that_is_sent_back_otherwise_is_one_change() {
    let prepared = prepared().await;
    let visitor = visitor(Role::Administrator);
    let ground = Ground::of(prepared.service(), &visitor).unwrap();
    let with = |key: &'static str, text: &'static str| {
        move |mut posted: Posted| {
            posted.retain(|(name, _)| name != key);
            posted.push((key.to_owned(), text.to_owned()));
            posted
        }
    };
    for (key, text) in [("max_duration_seconds", "2h"), ("max_concurrent_meetings", ""), ("allowed_calls", "*")] {
        assert!(matches!(changes::<Plans>(&ground, &with(key, text)), Ok(1)), "{key}");
    }
    for (key, text) in [("weights", "b = 2"), ("fallback", ""), ("policy", "random"), ("radius_km", "1,5")] {
        assert!(matches!(changes::<Routers>(&ground, &with(key, text)), Ok(1)), "{key}");
    }
    for (key, text) in [("tags", "x"), ("tags", ""), ("secret", "another-secret"), ("url", "https://other.example/")] {
        assert!(matches!(changes::<Servers>(&ground, &with(key, text)), Ok(1)), "{key}");
    }
    for (key, text) in
        [("create.forced", "moderatorPW = other"), ("required_tags", "gpu"), ("partner", ""), ("join.blocked", "")]
    {
        assert!(matches!(changes::<Integrations>(&ground, &with(key, text)), Ok(1)), "{key}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_told_at_its_field() {
    let prepared = prepared().await;
    let visitor = visitor(Role::Administrator);
    let ground = Ground::of(prepared.service(), &visitor).unwrap();
    let set = |name: &str, value: &str, mut body: Value| {
        body[name] = json!(value);
        body
    };
    let body = Servers::body(&ground, Some(HOSTILE)).unwrap();
    for bad in ["ftp://x/", "https://user:pw@x/", "no url"] {
        let refused = Servers::wish(&ground, "b", set("url", bad, body.clone())).and_then(|wish| {
            ground.balancer().would_apply(&wish).map_err(|error| Refused::of(error, "b", &ground.w.form))
        });
        assert!(matches!(refused, Err(Refused::Field("url", _))), "{bad}");
    }
    let same = Servers::wish(&ground, "b", set("secret", "another-secret", body)).ok().unwrap();
    let refused = ground.balancer().would_apply(&same).unwrap_err();
    assert!(matches!(Refused::of(refused, "b", &ground.w.form), Refused::Field("url", why) if why.contains(HOSTILE)));
    let body = Routers::body(&ground, Some("default")).unwrap();
    let circle = Routers::wish(&ground, "default", set("fallback", HOSTILE, body)).ok().unwrap();
    let refused = ground.balancer().would_apply(&circle).unwrap_err();
    assert!(matches!(Refused::of(refused, "default", &ground.w.form), Refused::Field("fallback", _)));
}

#[tokio::test]
async fn who_looks_after_a_partner_finds_locked_what_only_administrators_change() {
    let prepared = prepared().await;
    let visitor = visitor(Role::PartnerManager(HOSTILE.into()));
    let ground = Ground::of(prepared.service(), &visitor).unwrap();
    let forged = |mut posted: Posted| {
        for (key, text) in [("active", "yes"), ("plan", "default"), ("router", "default"), ("partner", "")] {
            posted.push((key.to_owned(), text.to_owned()));
        }
        posted
    };
    assert!(matches!(changes::<Integrations>(&ground, &forged), Ok(0)));
    let other = visitor_of_another();
    let ground = Ground::of(prepared.service(), &other).unwrap();
    assert_eq!(Integrations::body(&ground, Some(HOSTILE)).unwrap_err().status(), 404);
}

fn visitor_of_another() -> Visitor {
    visitor(Role::PartnerManager("another".into()))
}
