use serde_json::{Value, json};

use super::super::fake::{Fake, page};
use super::scalelite::read;

const FILE: &str = "---
servers:
  bbb1.example.org:
    secret: 's3cr3t-one'
  bbb2:
    url: https://two.example.org/bigbluebutton/api/
    secret: s3cr3t-two
    enabled: false
    load_multiplier: 2.0
    tag: gpu
    online: true
";

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn servers_are_read_with_what_scalelite_leaves_out() {
    let servers = read(FILE).unwrap();
    let fields: Vec<Value> = servers.iter().map(|server| server.fields()).collect();
    assert_eq!(
        fields,
        [
            json!({ "url": "https://bbb1.example.org/bigbluebutton/api/", "secret": "s3cr3t-one", "weight": 1.0, "tags": [] }),
            json!({ "url": "https://two.example.org/bigbluebutton/api/", "secret": "s3cr3t-two", "weight": 0.5,
                "tags": ["gpu"], "word": "force-disabled" }),
        ]
    );
    assert!(!format!("{servers:?}").contains("s3cr3t"));
}

#[test]
fn each_entry_that_is_wrong_is_named_and_no_secret_with_it() {
    let wrong = "servers:
  a: {secret: 12345678}
  b: {url: https://b}
  c: {secret: s3cr3t-c, url: ftp://c}
  d: {secret: s3cr3t-d, load_multiplier: 0}
  e: {secret: s3cr3t-e, enabled: maybe}
  f: {secret: short}
  g: {secret: s3cr3t-g, url: https://same}
  h: {secret: s3cr3t-h, url: https://same/}
  i: text
";
    let problems = read(wrong).unwrap_err();
    let names: Vec<_> = problems.iter().map(|problem| problem.split(':').next().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f", "h", "i"].map(|name| format!("server {name}")));
    assert!(problems.iter().all(|problem| !problem.contains("s3cr3t")), "{problems:?}");
    for (text, said) in [("servers: {}", "has no servers"), ("[]", "has no servers"), ("a: [", "is no YAML")] {
        assert!(read(text).unwrap_err()[0].contains(said), "{text}");
    }
}

#[test]
fn a_dry_run_shows_what_would_be_done() {
    let file = file(FILE);
    let here = json!([{ "name": "bbb2", "url": null, "managed": false }]);
    let (ran, asked) =
        Fake::answering([page(here, None)]).run(&["import", "scalelite", file.path().to_str().unwrap(), "--dry-run"]);
    let text = ran.output();
    let rows: Vec<_> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        rows[1..],
        [
            "bbb1.example.org would be created https://bbb1.example.org/bigbluebutton/api/ 1.0 - automatic",
            "bbb2 would be changed https://two.example.org/bigbluebutton/api/ 0.5 gpu force-disabled",
        ]
    );
    assert_eq!(asked.len(), 1);
}

#[test]
fn each_server_is_put() {
    let file = file(FILE);
    let none = || (404, "", json!({ "title": "there is none" }));
    let made = || (201, "\"1\"", json!({}));
    let (ran, asked) = Fake::answering([page(json!([]), None), none(), made(), none(), made()]).run(&[
        "import",
        "scalelite",
        file.path().to_str().unwrap(),
        "--json",
    ]);
    let told: Value = serde_json::from_str(&ran.output()).unwrap();
    assert_eq!((&told["servers"][0]["done"], &told["servers"][1]["done"]), (&json!("created"), &json!("created")));
    assert!(!told.to_string().contains("s3cr3t"), "{told}");
    assert_eq!(asked[4].line, "PUT /api/v1/servers/bbb2");
    assert_eq!(asked[4].body["word"], "force-disabled");
}

#[test]
fn where_one_cannot_be_taken_over_none_is() {
    let file = file(FILE);
    let here = json!([
        { "name": "bbb2", "url": null, "managed": true },
        { "name": "other", "url": "https://bbb1.example.org/bigbluebutton/api/", "managed": false },
    ]);
    let (ran, asked) = Fake::answering([page(here, None)]).run(&["import", "scalelite", file.path().to_str().unwrap()]);
    let said = ran.failed();
    assert!(said.contains("bbb2 is declared in the configuration file"), "{said}");
    assert!(said.contains("bbb1.example.org has the URL of server other"), "{said}");
    assert_eq!(asked.len(), 1);
}
