use super::*;
use crate::clock::Timestamp;
use crate::network::{IntegrationSecret, Refinements, RouterName};
use crate::position::Position;
use crate::secret::Secret;
use crate::server::Server;

fn told(before: Option<&Entity>, after: Option<&Entity>) -> Vec<String> {
    differences(before, after).iter().map(ToString::to_string).collect()
}

fn between(before: impl Into<Entity>, after: impl Into<Entity>) -> Vec<String> {
    told(Some(&before.into()), Some(&after.into()))
}

fn website(secrets: &[(&str, &str)]) -> Integration {
    let secret = |(secret, label): &(&str, &str)| IntegrationSecret {
        secret: Secret::from(*secret),
        label: (*label).to_owned(),
        created_at: None,
        expires_at: None,
    };
    Integration { secrets: secrets.iter().map(secret).collect(), ..Integration::new("moodle", "") }
}

#[test]
fn every_field_that_is_other_than_before_is_told_as_the_file_writes_it() {
    let plan = Plan {
        active: false,
        may_record: false,
        max_concurrent_meetings: Some(40),
        max_concurrent_users: Some(2000),
        max_users_per_meeting: Some(200),
        max_duration: Some(Duration::from_secs(5400)),
        calls_per_second: Some(50),
        allowed_calls: Some(["join".to_owned(), "create".to_owned()].into()),
        managed: true,
        ..Plan::new("small")
    };
    let changes = [
        "active: true → false",
        "may_record: true → false",
        "max_concurrent_meetings: – → 40",
        "max_concurrent_users: – → 2000",
        "max_users_per_meeting: – → 200",
        "max_duration: – → 1h 30m",
        "calls_per_second: – → 50",
        r#"allowed_calls: – → ["create","join"]"#,
        "managed: false → true",
    ];
    assert_eq!(between(Plan::new("small"), plan.clone()), changes);
    assert_eq!(told(None, Some(&plan.clone().into())), changes, "of something new: what differs from the default");
    assert_eq!(told(Some(&plan.clone().into()), None), [""; 0], "what is gone is gone whole");
    assert_eq!(between(plan.clone(), plan), [""; 0]);

    let partner = Partner {
        display_name: "Federal".to_owned(),
        contact: "Ana".to_owned(),
        servers: vec!["bbb2".into(), "bbb1".into()],
        managed: true,
        ..Partner::new("ufrgs")
    };
    let changes = [
        "display_name: ufrgs → Federal",
        "contact:  → Ana",
        r#"servers: [] → ["bbb2","bbb1"]"#,
        "managed: false → true",
    ];
    assert_eq!(between(Partner::new("ufrgs"), partner), changes);

    let router = Router {
        policy: "weighted".to_owned(),
        radius_km: 120.5,
        weights: [("bbb1".into(), 0.1)].into(),
        fallback: Some(RouterName::from("spare")),
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
    let changes = [
        "policy: nearest-least-cpu → weighted",
        "radius_km: 300 → 120.5",
        r#"weights: {} → {"bbb1":0.1}"#,
        "fallback: – → spare",
        r#"only_tags: [] → ["campus"]"#,
        r#"prefer_tags: [] → ["new","gpu"]"#,
        "max_users: – → 150",
        "max_cpu: – → 70.5",
        "tie_break: – → nearest",
        "tie_within: 0 → 2.5",
        "canary: – → spare",
        "canary_share: 0 → 0.1",
        "managed: false → true",
    ];
    assert_eq!(between(Router::new("near"), router), changes);

    let text = |text: &str| text.to_owned();
    let next = Integration {
        display_name: "Moodle".to_owned(),
        active: false,
        partner: Some("ufrgs".into()),
        plan: "small".into(),
        router: "near".into(),
        position: Some(Position { latitude: -30.033_1, longitude: -51.2 }),
        tags: TagRules { required: vec![text("gpu")], preferred: vec![text("near")], forbidden: vec![text("old")] },
        create: ParameterRules {
            default: [(text("record"), text("true"))].into(),
            forced: [(text("logo"), text("l"))].into(),
            capped: [(text("duration"), 240)].into(),
            blocked: [text("bannerText")].into(),
        },
        join: ParameterRules { blocked: [text("guest")].into(), ..ParameterRules::default() },
        callback_hosts: vec![text("lms.example")],
        managed: true,
        ..website(&[("s", "")])
    };
    let changes = [
        "display_name: moodle → Moodle",
        "active: true → false",
        "plan: default → small",
        "router: default → near",
        "partner: – → ufrgs",
        "latitude: – → -30.0331",
        "longitude: – → -51.2",
        r#"required_tags: [] → ["gpu"]"#,
        r#"preferred_tags: [] → ["near"]"#,
        r#"forbidden_tags: [] → ["old"]"#,
        r#"callback_hosts: [] → ["lms.example"]"#,
        r#"create.default: {} → {"record":"true"}"#,
        r#"create.forced: {} → {"logo":"l"}"#,
        r#"create.capped: {} → {"duration":240}"#,
        r#"create.blocked: [] → ["bannerText"]"#,
        r#"join.blocked: [] → ["guest"]"#,
        "managed: false → true",
    ];
    assert_eq!(between(website(&[("s", "")]), next), changes);
}

#[test]
fn of_a_secret_is_told_that_it_changed_and_not_what_it_is() {
    for (before, after, changes) in [
        (&[("one", "")][..], &[("two", "")][..], &["secrets: (hidden) → (hidden)"][..]),
        (&[("one", "a")], &[("one", "a"), ("two", "b")], &["secrets.b: – → (hidden)"]),
        (&[("one", "a"), ("two", "b")], &[("two", "b")], &["secrets.a: (hidden) → –"]),
        (&[("one", "a")], &[("two", "b")], &["secrets.b: – → (hidden)", "secrets.a: (hidden) → –"]),
        (&[("one", "a")], &[("one", "b")], &["secrets.a.label: a → b"]),
        (
            &[("one", ""), ("two", "b")],
            &[("two", "b"), ("one", "")],
            &[r#"secrets (their order): ["","b"] → ["b",""]"#],
        ),
    ] {
        let found = between(website(before), website(after));
        assert_eq!(found, changes);
        assert!(!found.concat().contains("one") && !found.concat().contains("two"));
    }
    let new = told(None, Some(&website(&[("one", "2026")]).into()));
    assert_eq!(new, ["secrets.2026: – → (hidden)"]);
    let mut ends = website(&[("one", "2026")]);
    ends.secrets[0].expires_at = Some(Timestamp::from_millis(1_767_225_600_000));
    assert_eq!(between(website(&[("one", "2026")]), ends), ["secrets.2026.expires: – → 2026-01-01T00:00:00Z"]);
}

#[test]
fn of_a_parameter_that_may_be_a_password_is_told_that_it_changed_and_not_what_it_is() {
    let forced = |value: &str| {
        let pairs = [("moderatorPW", value), ("logo", "l")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let create = ParameterRules { forced: pairs.into(), ..ParameterRules::default() };
        Integration { create, ..website(&[("s", "")]) }
    };
    let shown = r#"{"logo":"l","moderatorPW":"(hidden)"}"#;
    assert_eq!(between(forced("one"), forced("two")), [format!("create.forced: {shown} → {shown}")]);
    assert_eq!(between(forced("one"), forced("one")), [""; 0]);
}

#[test]
fn of_a_server_all_but_its_secret_is_told() {
    let facts = ServerFacts {
        api_url: Server::api_url("https://bbb1.example.org").ok(),
        secret: Some("s3cr3t".into()),
        position: Position::try_new(1.5, 2.5),
        capacity: Some(200),
        weight: Some(0.5),
        tags: Some(vec!["gpu".to_owned()]),
        checksum: Some(Algorithm::Sha1),
    };
    let full = NetworkServer { facts, ..NetworkServer::new("bbb1") };
    assert_eq!(
        told(None, Some(&full.clone().into())),
        [
            "url: – → https://bbb1.example.org/bigbluebutton/api/",
            "secret: – → (hidden)",
            "latitude: – → 1.5",
            "longitude: – → 2.5",
            "capacity: – → 200",
            "weight: – → 0.5",
            "tags: – → [\"gpu\"]",
            "checksum: – → sha1",
        ]
    );
    let other = ServerFacts { secret: Some("other".into()), weight: None, ..full.facts.clone() };
    let next = NetworkServer { facts: other, managed: true, ..full.clone() };
    assert_eq!(between(full, next), ["secret: (hidden) → (hidden)", "weight: 0.5 → –", "managed: false → true"]);
}
