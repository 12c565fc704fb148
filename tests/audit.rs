//! What administrators did, and what happened, as `lb audit` and `lb event` tell it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, integrations, simulated, until, unwatched};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

fn listed(lb: &Lb, line: &str) -> Value {
    let arguments: Vec<&str> = line.split(' ').chain(["--json"]).collect();
    let (code, output, errors) = lb.run(&arguments);
    assert_eq!(code, Some(0), "{line}: {errors}");
    serde_json::from_str(&output).unwrap()
}

fn done(lb: &Lb, arguments: &[&str]) {
    let (code, _, errors) = lb.run(arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {errors}");
}

/// Who did what to what, the newest first.
fn told(list: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let entry = |entry: &Value| {
        let subject = &entry["subject"];
        let by = word(&entry["by"]).trim_end_matches(|digit: char| digit.is_ascii_digit()).trim_end().to_owned();
        format!("{by}: {} {} {}", word(&entry["how"]), word(&subject["kind"]), word(&subject["name"]))
    };
    list["items"].as_array().unwrap().iter().map(entry).collect()
}

#[tokio::test]
async fn who_did_what_is_told_with_what_is_other_than_before_and_outlives_a_restart() {
    let servers = simulated(1).await;
    let config = |secret: &str| {
        integrations(&[("moodle", secret)]) + &unwatched(&servers) + "[plans.small]\ncalls_per_second = 50\n"
    };
    let mut lb = Lb::start(&config("moodle-s3cr3t")).await;
    let put = ["partner", "put", "ufrgs", "--display-name", "UFRGS"];
    done(&lb, &put);
    done(&lb, &put);
    done(&lb, &["partner", "put", "ufrgs", "--contact", "noc@ufrgs.example"]);
    done(&lb, &["partner", "remove", "ufrgs", "--yes"]);
    lb.configure(&config("another-s3cr3t").replace("50", "80"));
    lb.hang_up();
    let all = until(PATIENCE, "the configuration is taken over", async || {
        let all = listed(&lb, "audit list");
        told(&all).iter().any(|entry| entry == "configuration: changed integration moodle").then_some(all)
    })
    .await;

    let of = |list: &Value, what: &str| {
        let place = told(list).iter().position(|entry| entry == what).unwrap_or_else(|| panic!("no {what}: {list:#}"));
        list["items"][place]["changes"].clone()
    };
    let changed = json!([{"field": "contact", "from": "", "to": "noc@ufrgs.example"}]);
    assert_eq!(of(&all, "local user: changed partner ufrgs"), changed);
    let secret = json!([{"field": "secrets", "from": "(hidden)", "to": "(hidden)"}]);
    assert_eq!(of(&all, "configuration: changed integration moodle"), secret);
    let rate = json!([{"field": "calls_per_second", "from": "50", "to": "80"}]);
    assert_eq!(of(&all, "configuration: changed plan small"), rate);

    let partner = "audit list --kind partner --name ufrgs";
    let three = ["removed", "changed", "added"].map(|how| format!("local user: {how} partner ufrgs"));
    assert_eq!(told(&listed(&lb, partner)), three, "what was so already is no change");
    let by_file = told(&listed(&lb, "audit list --by configuration"));
    assert!(by_file.len() >= 4 && by_file.iter().all(|entry| entry.starts_with("configuration: ")), "{by_file:?}");
    assert_eq!(told(&listed(&lb, "audit list --by nobody")), [""; 0]);
    let first = listed(&lb, &format!("{partner} --until {}", listed(&lb, partner)["items"][1]["at"].as_str().unwrap()));
    assert_eq!(told(&first), three[2..]);

    let (_, table, _) = lb.run(&["audit", "list", "--kind", "partner", "--limit", "2"]);
    assert!(table.contains("changed partner ufrgs  contact:  → noc@ufrgs.example"), "{table}");
    assert!(table.contains("(2 are shown, there are more: --limit N)"), "{table}");

    lb.restart().await;
    assert_eq!(told(&listed(&lb, partner)), three);
}

#[tokio::test]
async fn what_happened_is_found_by_what_is_said_of_it_and_what_administrators_did_is_not_among_it() {
    let servers = simulated(2).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]) + &unwatched(&servers);
    let lb = Lb::start(&config).await;
    lb.ready().await;
    for (secret, room) in [("moodle-s3cr3t", "room-a"), ("moodle-s3cr3t", "room-b"), ("portal-s3cr3t", "room-a")] {
        lb.website(secret).create(room).await.success();
    }
    let events = |line: &str| listed(&lb, line)["items"].as_array().unwrap().clone();
    let rooms = |line: &str| {
        let room = |event: &Value| {
            format!("{} {}", event["integration"].as_str().unwrap(), event["meeting_id"].as_str().unwrap())
        };
        events(line).iter().map(room).collect::<Vec<_>>()
    };
    assert_eq!(rooms("event list --kind meeting-created"), ["portal room-a", "moodle room-b", "moodle room-a"]);
    assert_eq!(
        rooms("event list --kind meeting-created --kind user-joined --integration moodle"),
        ["moodle room-b", "moodle room-a"]
    );
    assert_eq!(rooms("event list --meeting room-a --kind meeting-created"), ["portal room-a", "moodle room-a"]);
    assert_eq!(rooms("event list --kind meeting-created --until 2020-01-01T00:00:00Z"), [""; 0]);
    let all = events("event list");
    assert!(all.iter().all(|event| event["event"] != "administered") && all.len() > 3, "{all:#?}");
    let (code, _, errors) = lb.run(&["event", "list", "--kind", "administered"]);
    assert_eq!((code, errors.contains("/audit")), (Some(2), true), "{errors}");
    let (status, _) = lb.get("/api/v1/audit").await.unwrap();
    assert_eq!(status, 401, "nobody has shown who they are");
}
