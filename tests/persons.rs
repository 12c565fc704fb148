//! One person's data: shown and erased by `lb person`, through the balancer that runs.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, Website, integrations, simulated, until, unwatched};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

fn done(lb: &Lb, arguments: &[&str]) -> String {
    let (code, output, errors) = lb.run(arguments);
    assert_eq!(code, Some(0), "{output}{errors}");
    output
}

fn exported(lb: &Lb, who: &[&str]) -> Vec<Value> {
    let told = done(lb, &[&["person", "export", "--json"], who].concat());
    let mut told: Value = serde_json::from_str(&told).unwrap();
    told["items"].as_array_mut().map(std::mem::take).unwrap()
}

async fn join(website: &Website, name: &str, id: &str) {
    let join = [("fullName", name), ("meetingID", "room"), ("role", "VIEWER"), ("userID", id)];
    assert!(website.call("join", &join).await.location.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_erased_everywhere_and_nobody_else_is() {
    let servers = simulated(2).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]) + &unwatched(&servers);
    let lb = Lb::start(&config).await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
    for website in [&moodle, &portal] {
        website.create("room").await.success();
        join(website, "Zoraide Quintanilha", "4711").await;
        join(website, "Bob", "4712").await;
    }
    let ana = ["--integration", "moodle", "--user-id", "4711"];
    let shown = until(PATIENCE, "the join is stored", async || Some(exported(&lb, &ana)).filter(|all| !all.is_empty()));
    let shown = shown.await;
    assert_eq!((&shown[0]["event"], &shown[0]["data"]["name"]), (&"user-joined".into(), &"Zoraide Quintanilha".into()));
    assert!(shown[0]["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{shown:?}");
    assert!(shown.iter().all(|event| event["integration"] == "moodle"), "{shown:?}");
    assert!(exported(&lb, &["--name", "Zoraide"]).is_empty());

    let counted = done(&lb, &[&["person", "erase", "--dry-run"], &ana[..]].concat());
    assert!(counted.ends_with("nothing is changed\n"), "{counted}");
    assert!(!exported(&lb, &ana).is_empty());
    let (code, _, refusal) = lb.run(&[&["person", "erase"], &ana[..]].concat());
    assert_eq!(code, Some(2), "{refusal}");
    done(&lb, &[&["person", "erase", "--yes"], &ana[..]].concat());
    assert!(exported(&lb, &ana).is_empty());
    assert!(!exported(&lb, &["--integration", "portal", "--user-id", "4711"]).is_empty(), "another website's");
    assert!(!exported(&lb, &["--user-id", "4712"]).is_empty());
    let told = moodle.call("getMeetingEvents", &[("users", "2")]).await.success().text();
    assert!(told.contains("anonymous-") && told.contains("Bob") && !told.contains("Zoraide"), "{told}");

    done(&lb, &["person", "erase", "--yes", "--name", "Zoraide Quintanilha"]);
    let log = lb.log();
    assert!(log.contains("erased") && !log.contains("Zoraide") && !log.contains("4711"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_say_what_holds_and_no_secret() {
    let lb = Lb::start(
        "[monitor]\nkind = \"nagios\"\nurl = \"http://127.0.0.1:1/\"\nusername = \"lb\"\npassword = \"m0nit0r-pass\"\n",
    )
    .await;
    let told = done(&lb, &["settings", "--json"]);
    assert!(!told.contains("m0nit0r-pass"), "{told}");
    let told: Value = serde_json::from_str(&told).unwrap();
    let of = |key: &str| told["items"].as_array().unwrap().iter().find(|one| one["key"] == key).cloned().unwrap();
    assert_eq!((&of("monitor.kind")["value"], &of("monitor.kind")["default"]), (&"nagios".into(), &false.into()));
    assert_eq!(of("monitor.password")["value"], "(hidden)");
    assert_eq!((&of("health.down_after")["value"], &of("health.down_after")["default"]), (&"60s".into(), &true.into()));
    let text = done(&lb, &["settings", "listen.api"]);
    assert!(text.contains(&lb.address.to_string()), "{text}");
}
