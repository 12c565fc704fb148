//! A running balancer is administered from the command line, over its local socket.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::Command;

use harness::{Lb, lb_binary, simulated, unwatched};
use serde_json::Value;

/// What a run that did what was asked for said.
fn said(lb: &Lb, line: &[&str]) -> String {
    let (code, output, errors) = lb.run(line);
    assert_eq!(code, Some(0), "{line:?}: {errors}");
    output
}

/// The sentence of a run that failed.
fn refused(lb: &Lb, line: &[&str]) -> String {
    failed(lb, line, 1)
}

/// What the balancer says of a request that it finds wrong.
fn wrong(lb: &Lb, line: &[&str]) -> String {
    failed(lb, line, 2)
}

fn failed(lb: &Lb, line: &[&str], exit: i32) -> String {
    let (code, output, errors) = lb.run(line);
    assert_eq!((code, output.as_str()), (Some(exit), ""), "{line:?}: {errors}");
    errors
}

fn json(lb: &Lb, line: &[&str]) -> Value {
    serde_json::from_str(&said(lb, &[line, &["--json"]].concat())).unwrap()
}

/// The secret in what was said of it: a line of its own.
fn secret(told: &str) -> String {
    told.lines().find_map(|line| line.strip_prefix("  ").filter(|secret| !secret.contains(' '))).unwrap().to_owned()
}

#[tokio::test]
async fn a_website_is_served_as_soon_as_it_is_created_and_as_long_as_it_is_active() {
    let servers = simulated(1).await;
    let lb = Lb::start(&unwatched(&servers)).await;
    lb.ready().await;
    let told = said(&lb, &["integration", "create", "moodle"]);
    let url = format!(" URL http://{}/bigbluebutton/\n", lb.address);
    assert!(told.starts_with("integration moodle is created.") && told.contains(&url), "{told}");
    let website = lb.website(&secret(&told));
    website.create("room").await.success();

    assert_eq!(said(&lb, &["integration", "deactivate", "moodle"]), "integration moodle is not active\n");
    website.call("getMeetings", &[]).await.failed("permissionDenied");
    assert_eq!(said(&lb, &["integration", "activate", "moodle"]), "integration moodle is active\n");
    website.call("getMeetings", &[]).await.success();

    let new = lb.website(&secret(&said(&lb, &["integration", "secret", "add", "moodle", "2027"])));
    new.call("getMeetings", &[]).await.success();
    website.call("getMeetings", &[]).await.success();
    said(&lb, &["integration", "secret", "expire", "moodle", ""]);
    website.call("getMeetings", &[]).await.failed("checksumError");
    said(&lb, &["integration", "secret", "remove", "moodle", "", "--yes"]);
    new.call("getMeetings", &[]).await.success();
    let shown = json(&lb, &["integration", "secret", "reveal", "moodle"]);
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);

    assert!(refused(&lb, &["integration", "create", "moodle"]).contains("moodle"));
    let (code, _, errors) = lb.run(&["integration", "remove", "moodle"]);
    assert!(code == Some(2) && errors.contains("give --yes"), "{errors}");
    said(&lb, &["integration", "remove", "moodle", "--yes"]);
    new.call("getMeetings", &[]).await.failed("checksumError");
}

#[tokio::test]
async fn plans_partners_and_routers_are_made_changed_listed_and_removed() {
    let lb = Lb::start("[plans.fixed]\nmay_record = false\n").await;
    assert_eq!(said(&lb, &["plan", "put", "school", "--max-concurrent-meetings", "40"]), "plan school is created\n");
    assert_eq!(said(&lb, &["plan", "put", "school", "--max-duration", "4h"]), "plan school is changed\n");
    assert_eq!(said(&lb, &["plan", "put", "school", "--max-duration", "4h"]), "plan school is so already\n");
    let plan = json(&lb, &["plan", "show", "school"]);
    assert_eq!((&plan["max_concurrent_meetings"], &plan["max_duration_seconds"]), (&40.into(), &14_400.into()));
    said(&lb, &["plan", "put", "school", "--max-concurrent-meetings", "none"]);
    assert_eq!(json(&lb, &["plan", "show", "school"])["max_concurrent_meetings"], Value::Null);

    said(&lb, &["partner", "put", "ufrgs", "--display-name", "Universidade Federal", "--servers", "poa1,poa2"]);
    assert_eq!(json(&lb, &["partner", "show", "ufrgs"])["servers"], serde_json::json!(["poa1", "poa2"]));
    said(&lb, &["router", "put", "south", "--policy", "least-users", "--fallback", "default"]);
    assert_eq!(json(&lb, &["router", "show", "south"])["fallback"], "default");
    said(&lb, &["integration", "create", "moodle", "--plan", "school", "--partner", "ufrgs", "--router", "south"]);

    for noun in ["plan", "partner", "router"] {
        let list = json(&lb, &[noun, "list"]);
        assert!(list["items"].as_array().unwrap().len() < 4 && list["next"].is_null(), "{list}");
    }
    for (noun, name) in [("plan", "school"), ("partner", "ufrgs"), ("router", "south")] {
        let sentence = refused(&lb, &[noun, "remove", name, "--yes"]);
        assert!(sentence.contains(name) && sentence.lines().count() == 1, "it is used: {sentence}");
    }
    said(&lb, &["integration", "remove", "moodle", "--yes"]);
    for (noun, name) in [("plan", "school"), ("partner", "ufrgs"), ("router", "south")] {
        assert_eq!(said(&lb, &[noun, "remove", name, "--yes"]), format!("{noun} {name} is removed\n"));
        assert!(refused(&lb, &[noun, "show", name]).contains(name));
    }
    assert!(
        refused(&lb, &["plan", "put", "fixed", "--may-record", "yes"]).contains("configuration"),
        "it is the file's"
    );
    assert!(wrong(&lb, &["router", "put", "default", "--policy", "guess"]).contains("policy"));
}

#[tokio::test]
async fn a_thing_goes_from_one_balancer_to_another_as_json() {
    let (one, other) = (Lb::start("").await, Lb::start("").await);
    said(&one, &["plan", "put", "school", "--may-record", "no", "--allowed-calls", "create,join"]);
    let path = other.folder.path().join("school.json");
    std::fs::write(&path, said(&one, &["plan", "show", "school", "--json"])).unwrap();
    said(&other, &["plan", "put", "university", "-f", "school.json", "--calls-per-second", "5"]);
    let plan = json(&other, &["plan", "show", "university"]);
    assert_eq!((&plan["may_record"], &plan["calls_per_second"]), (&false.into(), &5.into()));
    assert_eq!(plan["allowed_calls"], serde_json::json!(["create", "join"]));
    std::fs::write(&path, "{\"colour\": \"red\"}").unwrap();
    assert!(wrong(&other, &["plan", "put", "school", "-f", "school.json"]).contains("colour"));
}

#[tokio::test]
async fn tables_fit_sixty_columns_and_have_no_colours_in_a_pipe() {
    let lb = Lb::start("").await;
    for index in 0..3 {
        let name = format!("a-website-with-a-long-name-{index}");
        said(&lb, &["integration", "create", &name, "--display-name", "A website of a university in the south"]);
    }
    let narrow = |line: &[&str]| {
        let mut command = Command::new(lb_binary());
        let ran = command.args(line).env("COLUMNS", "60").env("NO_COLOR", "1").current_dir(lb.folder.path()).output();
        let text = String::from_utf8(ran.unwrap().stdout).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 60) && !text.contains('\x1b'), "{text}");
        text
    };
    let text = narrow(&["integration", "list"]);
    assert!(text.contains("a-website-with-a-long-name-2") && text.contains("(no room for managed"), "{text}");
    narrow(&["integration", "show", "a-website-with-a-long-name-0"]);
    narrow(&["plan", "list"]);
    assert_eq!(
        said(&lb, &["integration", "list", "--limit", "2"]).lines().count(),
        4,
        "heading, two, and that there are more"
    );
    assert_eq!(said(&lb, &["recording", "list"]), "");
}

#[tokio::test]
async fn who_reaches_no_balancer_is_told_what_was_tried() {
    let mut lb = Lb::start("").await;
    assert_eq!(lb.terminate().await, Some(0));
    let sentence = refused(&lb, &["plan", "list"]);
    assert!(sentence.starts_with("no balancer answers (lb.sock: is not there; /run/lb/lb.sock: "), "{sentence}");
    let (code, _, errors) = lb.run(&["plan", "list", "--url", "http://127.0.0.1:1", "--socket", "lb.sock"]);
    assert!(code == Some(2) && errors.contains("--socket"), "{errors}");
}

#[tokio::test]
async fn who_comes_over_the_network_needs_a_token() {
    let lb = Lb::start("").await;
    let url = format!("http://{}", lb.pages);
    let sentence = refused(&lb, &["plan", "list", "--url", &url]);
    assert!(sentence.ends_with("(give a valid token with --token, LB_TOKEN or --profile)\n"), "{sentence}");
    let sentence = refused(&lb, &["plan", "list", "--url", &url, "--token", "lb_no-such-token"]);
    assert!(!sentence.contains("no-such-token"), "{sentence}");
}

#[tokio::test]
async fn a_network_is_exported_and_applied_to_another_balancer_and_applied_twice_changes_nothing() {
    let (one, other) = (Lb::start("").await, Lb::start("").await);
    said(&one, &["plan", "put", "school", "--may-record", "no", "--max-duration", "90m"]);
    let secret = secret(&said(&one, &["integration", "create", "moodle", "--plan", "school"]));
    let file = said(&one, &["export", "--secrets"]);
    assert!(file.contains(&secret) && !said(&one, &["export"]).contains(&secret), "{file}");
    std::fs::write(other.folder.path().join("network.toml"), &file).unwrap();

    let shown = said(&other, &["apply", "-f", "network.toml", "--dry-run"]);
    assert!(shown.contains("+ plan school\n") && shown.contains("+ integration moodle\n"), "{shown}");
    assert!(!shown.contains(&secret), "{shown}");
    other.website(&secret).call("getMeetings", &[]).await.failed("checksumError");
    let (code, _, errors) = other.run(&["apply", "-f", "network.toml"]);
    assert!(code == Some(2) && errors.contains("give --yes"), "{errors}");
    assert!(said(&other, &["apply", "-f", "network.toml", "--yes"]).contains("\ndone: "));
    other.website(&secret).call("getMeetings", &[]).await.success();
    assert_eq!(said(&other, &["apply", "-f", "network.toml", "--yes"]), "nothing to change\n");
    assert_eq!(json(&other, &["plan", "show", "school"])["max_duration_seconds"], 5400);

    said(&other, &["router", "put", "south", "--policy", "random"]);
    assert_eq!(said(&other, &["apply", "-f", "network.toml", "--prune", "--dry-run"]), "- router south\n");
    said(&other, &["apply", "-f", "network.toml", "--prune", "--yes"]);
    refused(&other, &["router", "show", "south"]);
}

#[tokio::test]
async fn the_whole_network_is_on_one_screen() {
    let servers = simulated(2).await;
    let lb = Lb::start(&unwatched(&servers)).await;
    lb.ready().await;
    lb.website(&secret(&said(&lb, &["integration", "create", "moodle"]))).create("room").await.success();
    let text = said(&lb, &["status"]);
    assert!(text.starts_with("balancer  ready, version ") && text.contains("\nSERVER"), "{text}");
    let all = json(&lb, &["status"]);
    assert_eq!(all["servers"].as_array().unwrap().len(), 2);
    let busiest = &all["status"]["busiest"];
    assert_eq!((&busiest[0]["integration"], &busiest[0]["meetings"]), (&"moodle".into(), &1.into()), "{busiest}");
}
