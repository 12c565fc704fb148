use serde_json::{Value, json};

use super::super::fake::{Fake, lb, page};

fn moodle() -> Value {
    json!({
        "name": "moodle", "display_name": "Moodle", "active": true, "plan": "school", "router": "default",
        "partner": null, "position": { "latitude": -30.03, "longitude": -51.2 }, "required_tags": [],
        "preferred_tags": ["gpu"], "forbidden_tags": [], "callback_hosts": [],
        "create": { "default": {}, "forced": { "record": "false" }, "capped": {}, "blocked": ["logo"] },
        "join": { "default": {}, "forced": {}, "capped": {}, "blocked": [] },
        "secrets": [
            { "label": "", "created_at": null, "expires_at": "2026-12-22T19:00:00.000Z" },
            { "label": "2027", "created_at": null, "expires_at": null },
        ],
        "managed": false,
    })
}

fn with(mut value: Value, field: &str, to: Value) -> Value {
    value[field] = to;
    value
}

#[test]
fn what_is_listed_can_be_narrowed_down() {
    let fake = Fake::answering([page(json!([moodle()]), None)]);
    let (ran, asked) = fake.run(&["integration", "list", "--plan", "school", "--text", "a b"]);
    assert_eq!(
        ran.output(),
        "NAME    STATE   DISPLAY NAME  PARTNER  PLAN    ROUTER   SECRETS  MANAGED\n\
         moodle  active  Moodle        -        school  default        2  no\n"
    );
    assert_eq!(asked[0].line, "GET /api/v1/integrations?plan=school&text=a%20b&limit=200");
}

#[test]
fn one_is_shown_with_its_rules_and_the_labels_of_its_secrets() {
    let (ran, _) = Fake::answering([(200, "\"1\"", moodle())]).run(&["integration", "show", "moodle"]);
    let text = ran.output();
    for line in [
        "position             -30.03,-51.2\n",
        "preferred tags       gpu\n",
        "rules of creates     blocked: logo; forced: record=false\n",
        "rules of joins       -\n",
        "secrets              (no label) until 2026-12-22T19:00:00Z, 2027\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}

#[test]
fn a_new_one_shows_its_secret_and_what_the_website_is_told() {
    let made = with(moodle(), "secret", json!("dR4wn-s3cr3t"));
    let settings =
        json!({ "items": [{ "key": "listen.public_url", "value": "https://lb.example.org/", "default": false }] });
    let fake = Fake::answering([(201, "\"1\"", made), (200, "", settings)]);
    let words =
        ["integration", "create", "moodle", "--plan", "school", "--position", "-30.03,-51.2", "--partner", "none"];
    let (ran, asked) = fake.run(&words);
    let text = ran.output();
    assert!(text.starts_with("integration moodle is created.") && text.contains("\n  dR4wn-s3cr3t\n"), "{text}");
    assert!(text.contains(" URL https://lb.example.org/bigbluebutton/\n"), "{text}");
    assert!(text.contains("\n  lb call getMeetings --base https://lb.example.org --secret -\n"), "{text}");
    assert_eq!(asked[0].line, "PUT /api/v1/integrations/moodle");
    assert!(asked[0].head.contains(&"if-none-match: *".to_owned()));
    let position = json!({ "latitude": -30.03, "longitude": -51.2 });
    assert_eq!(asked[0].body, json!({ "plan": "school", "position": position, "partner": null }));
}

#[test]
fn one_that_exists_is_not_made_again() {
    let problem = json!({ "title": "exists", "detail": "integration moodle is there already" });
    let (ran, _) = Fake::answering([(412, "", problem)]).run(&["integration", "create", "moodle"]);
    assert_eq!(ran.failed(), "integration moodle is there already");
}

#[test]
fn a_website_keeps_the_secret_that_it_has() {
    let fake = Fake::answering([(201, "\"1\"", with(moodle(), "secret", json!("0ld-s3cr3t"))), (403, "", json!({}))]);
    let url = fake.option[1].clone();
    let words = ["integration", "create", "moodle", "--secret", "-", "--url", &url];
    let text = lb(&words, &[], "0ld-s3cr3t\n").output();
    assert!(text.contains("\n  0ld-s3cr3t\n") && text.contains(" URL PUBLIC_URL/bigbluebutton/"), "{text}");
    assert_eq!(fake.asked()[0].body, json!({ "secret": "0ld-s3cr3t" }));
}

#[test]
fn a_change_keeps_everything_else_and_sends_no_secrets() {
    let changed = with(moodle(), "plan", json!("university"));
    let fake = Fake::answering([(200, "\"4\"", moodle()), (200, "\"5\"", changed.clone())]);
    let (ran, asked) = fake.run(&["integration", "put", "moodle", "--plan", "university"]);
    assert_eq!(ran.output(), "integration moodle is changed\n");
    let mut sent = changed;
    for field in ["name", "secrets", "managed"] {
        sent.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(asked[1].body, sent);
}

#[test]
fn a_secret_is_rotated() {
    let added = json!({ "label": "2027", "secret": "n3w-s3cr3t", "expires_at": null });
    let (ran, asked) =
        Fake::answering([(201, "\"5\"", added)]).run(&["integration", "secret", "add", "moodle", "2027"]);
    assert!(ran.output().contains("\n  n3w-s3cr3t\n"));
    assert_eq!(asked[0].line, "POST /api/v1/integrations/moodle/secrets");
    assert_eq!(asked[0].body, json!({ "label": "2027", "expires_at": null }));

    let words = ["integration", "secret", "expire", "moodle", "", "--at", "2027-01-31"];
    let (ran, asked) = Fake::answering([(200, "\"6\"", moodle())]).run(&words);
    let sentence = "secret \"\" of integration moodle is valid until 2027-01-31T00:00:00.000Z\n";
    assert_eq!(ran.output(), sentence);
    assert_eq!(asked[0].line, "PATCH /api/v1/integrations/moodle/secrets");
    assert_eq!(asked[0].body, json!({ "label": "", "expires_at": "2027-01-31T00:00:00.000Z" }));

    let words = ["integration", "secret", "remove", "moodle", "old one", "--yes"];
    let (_, asked) = Fake::answering([(200, "\"7\"", moodle())]).run(&words);
    assert_eq!(asked[0].line, "DELETE /api/v1/integrations/moodle/secrets?label=old%20one");

    let shown = json!({ "secrets": [{ "label": "", "secret": "s3cr3t-1", "expires_at": null }] });
    let (ran, asked) = Fake::answering([(200, "", shown)]).run(&["integration", "secret", "reveal", "moodle"]);
    assert_eq!(ran.output(), "LABEL  SECRET    UNTIL\n-      s3cr3t-1  -\n");
    assert_eq!(asked[0].line, "POST /api/v1/integrations/moodle/reveal");
}

#[test]
fn none_is_removed_unasked() {
    let words = ["integration", "remove", "moodle", "--url", "http://127.0.0.1:1"];
    let sentence = lb(&words, &[], "").usage();
    assert_eq!(sentence, "Remove integration moodle with its secrets? Nobody is there to be asked: give --yes");
    let (ran, asked) = Fake::answering([(204, "", Value::Null)]).run(&["integration", "remove", "moodle", "--yes"]);
    assert_eq!(ran.output(), "integration moodle is removed\n");
    assert_eq!(asked[0].line, "DELETE /api/v1/integrations/moodle");
}

#[test]
fn it_is_let_in_and_kept_out() {
    let (ran, asked) = Fake::answering([(200, "\"5\"", moodle())]).run(&["integration", "deactivate", "moodle"]);
    assert_eq!(ran.output(), "integration moodle is not active\n");
    assert_eq!(asked[0].line, "POST /api/v1/integrations/moodle/deactivate");
}
