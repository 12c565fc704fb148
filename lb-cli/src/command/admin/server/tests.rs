use serde_json::{Value, json};

use super::super::fake::{Fake, page};

fn server(name: &str, state: &str) -> Value {
    json!({
        "name": name, "url": null, "position": null, "capacity": 200, "weight": null, "tags": null, "checksum": null,
        "has_secret": false, "managed": false, "word": "automatic",
        "status": {
            "state": state, "reasons": [], "meetings": 3, "users": 40, "capacity": 200, "cpu": 12.4, "memory": null,
            "meetings_to_come": 1, "users_to_come": 14.6, "answered_seconds_ago": 4, "tags": ["gpu"],
            "url": "https://bbb1.example.org/bigbluebutton/api/",
            "position": { "latitude": -30.03, "longitude": -51.2 },
            "services": [{ "name": "Disk", "state": "WARNING", "output": "91 %", "checked_at": null }],
        },
        "said_by": { "url": "monitor", "position": "monitor", "capacity": "administrator", "secret": "monitor" },
    })
}

#[test]
fn a_list_has_state_and_load_and_servers_that_are_not_in_use() {
    let bare = json!({ "name": "bbb2", "status": null });
    let (ran, asked) = Fake::answering([page(json!([server("bbb1", "enabled"), bare]), None)])
        .run(&["server", "list", "--state", "enabled", "--tag", "gpu"]);
    let text = ran.output();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let first =
        ["bbb1", "enabled", "3", "40", "200", "12", "%", "-", "1", "(15", "users)", "4", "s", "ago", "gpu", "-"];
    assert_eq!(rows[1], first, "{text}");
    assert_eq!(rows[2][..4], ["bbb2", "not", "in", "use"], "{text}");
    assert_eq!(asked[0].line, "GET /api/v1/servers?state=enabled&tag=gpu&limit=200");
}

#[test]
fn one_server_is_shown_with_its_services_and_who_says_what() {
    let (ran, _) = Fake::answering([(200, "", server("bbb1", "warning"))]).run(&["server", "show", "bbb1"]);
    let text = ran.output();
    for line in [
        "URL                   https://bbb1.example.org/bigbluebutton/api/ (monitor)",
        "secret                hidden (monitor)",
        "position              -30.03,-51.2 (monitor)",
        "capacity              200 (administrator)",
        "SERVICE  STATE    CHECKED  OUTPUT",
        "Disk     WARNING  -        91 %",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
    }
}

#[test]
fn what_was_shown_can_be_given_back_and_only_what_operators_say_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bbb1.json");
    std::fs::write(&path, server("bbb1", "enabled").to_string()).unwrap();
    let fake = Fake::answering([(200, "\"3\"", server("bbb1", "enabled")), (200, "\"4\"", server("bbb1", "enabled"))]);
    let secret = "s3cr3t-of-bbb1";
    let line = ["server", "put", "bbb1", "-f", path.to_str().unwrap(), "--weight", "0.5", "--secret", secret];
    let (ran, asked) = fake.run(&line);
    assert_eq!(ran.output(), "server bbb1 is changed\n");
    let sent = json!({ "url": null, "position": null, "capacity": 200, "weight": 0.5, "tags": null, "checksum": null,
        "word": "automatic", "secret": secret });
    assert_eq!(asked[1].body, sent);
    assert!(asked[1].head.contains(&"if-match: \"3\"".to_owned()));
}

#[test]
fn a_word_is_said_of_one_server() {
    for (word, sentence) in [
        ("force-enable", "server bbb1 is used whatever its services say\n"),
        ("force-disable", "server bbb1 gets no new meetings\n"),
        ("automatic", "server bbb1 is used as its services say\n"),
        ("undrain", "server bbb1 is used again\n"),
        ("drain", "server bbb1 gets no new meetings, and is disabled when its last one has ended\n"),
    ] {
        let (ran, asked) = Fake::answering([(200, "", server("bbb1", "enabled"))]).run(&["server", word, "bbb1"]);
        assert_eq!(ran.output(), sentence);
        assert_eq!(asked[0].line, format!("POST /api/v1/servers/bbb1/{word}"));
    }
}

#[test]
fn a_drain_is_waited_for() {
    let drained = |drained: bool, word: &str, meetings: u32| {
        (200, "", json!({ "drained": drained, "word": word, "meetings": meetings, "users": 2 * meetings }))
    };
    let begun = || (200, "", server("bbb1", "draining"));
    let fake = Fake::answering([begun(), drained(false, "draining", 2), drained(true, "force-disabled", 0)]);
    let (ran, asked) = fake.run(&["server", "drain", "bbb1", "--wait"]);
    assert_eq!(ran.output(), "server bbb1 has 2 meetings left, with 4 users\nserver bbb1 is drained\n");
    assert_eq!(asked[1].line, "GET /api/v1/servers/bbb1/drained?wait=30");
    let fake = Fake::answering([begun(), drained(false, "automatic", 2)]);
    let (ran, _) = fake.run(&["server", "drain", "bbb1", "--wait"]);
    assert!(ran.failed().contains("not drained any more"));
}

#[test]
fn a_server_is_taken_away_only_by_somebody_who_means_it() {
    let (ran, asked) = Fake::answering([(204, "", Value::Null)]).run(&["server", "remove", "bbb1", "--yes"]);
    assert_eq!(ran.output(), "server bbb1 is removed\n");
    assert_eq!(asked[0].line, "DELETE /api/v1/servers/bbb1");
    let (ran, _) = Fake::answering([]).run(&["server", "remove", "bbb1"]);
    assert!(ran.usage().contains("--yes"));
}

#[test]
fn a_secret_is_shown_alone() {
    let (ran, asked) = Fake::answering([(200, "", json!({ "secret": "abc" }))]).run(&["server", "reveal", "bbb1"]);
    assert_eq!((ran.output().as_str(), asked[0].line.as_str()), ("abc\n", "POST /api/v1/servers/bbb1/reveal"));
}
