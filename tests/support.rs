//! Somebody finds out what went wrong: the real binary, over its local socket, after calls over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, fetch, integrations, simulated, until, unwatched};
use hyper::Method;
use lb_core::checksum::{Algorithm, sign};
use serde_json::Value;

/// What `lb` answers as JSON.
#[track_caller]
fn json(lb: &Lb, words: &[&str]) -> Value {
    let (code, output, errors) = lb.run(&[words, &["--json"]].concat());
    assert_eq!(code, Some(0), "{errors}");
    serde_json::from_str(&output).unwrap()
}

async fn balancer(count: usize) -> (Lb, Vec<lb_http::sim::SimulatedServer>) {
    let servers = simulated(count).await;
    let websites = integrations(&[("moodle", "moodle-secret"), ("portal", "portal-secret")]);
    let lb = Lb::start(&(websites + &unwatched(&servers) + "[monitor]\ninterval = \"1s\"\n")).await;
    lb.ready().await;
    (lb, servers)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_which_mistake_makes_a_checksum_wrong() {
    let (lb, _servers) = balancer(1).await;
    let moodle = lb.website("moodle-secret");
    let sent = "name=Algebra+1%2F2&meetingID=room-1&attendeePW=ap-hidden";
    for (call, signed, secret, expected) in [
        ("create", "name=Algebra 1/2&meetingID=room-1&attendeePW=ap-hidden", "moodle-secret", "decoded"),
        ("create", "name=Algebra%201%2F2&meetingID=room-1&attendeePW=ap-hidden", "moodle-secret", "other-spaces"),
        ("create", "attendeePW=ap-hidden&meetingID=room-1&name=Algebra+1%2F2", "moodle-secret", "other-order"),
        ("join", sent, "moodle-secret", "other-name"),
        ("create", sent, "moodle-secret\n", "secret-with-blanks"),
        ("create", sent, "\"moodle-secret\"", "secret-quoted"),
        ("create", sent, "nobody's-secret", "unknown"),
    ] {
        let digest = sign(Algorithm::Sha256, call, signed, &secret.into());
        let base = moodle.base.replace("/bigbluebutton/", "/moodle/bigbluebutton/");
        let url = format!("{base}create?{sent}&checksum={digest}");
        fetch(Method::GET, &url, None, &[]).await.unwrap().failed("checksumError");
        let found = json(&lb, &["integration", "doctor", "moodle"]);
        let newest = &found["refused_calls"][0];
        assert_eq!((&newest["mistakes"][0], &newest["address"]), (&expected.into(), &"127.0.0.1".into()), "{found}");
        let (code, told, errors) = lb.run(&["integration", "doctor", "moodle"]);
        assert_eq!(code, Some(0), "{errors}");
        for hidden in ["ap-hidden", "moodle-secret", &digest] {
            assert!(!told.contains(hidden) && !found.to_string().contains(hidden), "{told}");
        }
    }
    moodle.create("room-1").await.success();
    let found = json(&lb, &["integration", "doctor", "moodle"]);
    assert_eq!(found["last_success_from"], "127.0.0.1", "{found}");
    // those of one address within a second are one
    let times = found["refused_calls"].as_array().unwrap().iter().map(|call| call["times"].as_u64().unwrap());
    assert_eq!(times.sum::<u64>(), 7, "{found}");
    let (_, well, _) = lb.run(&["integration", "doctor", "portal"]);
    assert!(well.starts_with("integration portal: nothing keeps it from working\n"), "{well}");
    let (code, _, errors) = lb.run(&["integration", "doctor", "nobody"]);
    assert!(code == Some(1) && errors.contains("there is no integration nobody"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_told_from_its_create_on() {
    let (mut lb, _servers) = balancer(2).await;
    let moodle = lb.website("moodle-secret");
    moodle.create("room 1/2").await.success();
    moodle.call("getMeetingInfo", &[("meetingID", "room 1/2")]).await.success();
    moodle.call("end", &[("meetingID", "nothing")]).await.failed("notFound");
    let whats = |trace: &Value| {
        let entries = trace["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let trace = until(Duration::from_secs(30), "its lists are noted", async || {
        let trace = json(&lb, &["meeting", "trace", "room 1/2"]);
        let lists = trace["entries"].as_array().unwrap().iter().find(|entry| entry["what"] == "seen");
        (lists.is_some_and(|seen| seen["times"].as_u64() >= Some(2))).then_some(trace)
    })
    .await;
    let told = whats(&trace);
    assert!(told.contains(&"meeting-created".to_owned()) && told.contains(&"call".to_owned()), "{trace}");
    assert_eq!((&trace["integration"], &trace["forgotten"]), (&"moodle".into(), &0.into()));
    let (_, table, _) = lb.run(&["meeting", "trace", "room 1/2"]);
    assert!(table.contains("It was created on bbb") && table.contains("The website called getMeetingInfo"), "{table}");
    let (code, _, errors) = lb.run(&["meeting", "trace", "nothing"]);
    assert!(code == Some(1) && errors.contains("--integration"), "{errors}");
    let refused = json(&lb, &["meeting", "trace", "nothing", "--integration", "moodle"]);
    assert_eq!(whats(&refused), ["call"], "{refused}");
    lb.restart().await;
    lb.ready().await;
    let after = json(&lb, &["meeting", "trace", "room 1/2", "--integration", "moodle"]);
    assert!(whats(&after).contains(&"meeting-created".to_owned()), "{after}");
    assert!(!whats(&after).contains(&"call".to_owned()), "a restart forgets calls: {after}");
    lb.website("portal-secret").create("room 1/2").await.success();
    let (code, _, errors) = lb.run(&["meeting", "trace", "room 1/2"]);
    // what happened in the last second may be read a moment later
    assert!(code == Some(2) && errors.contains("moodle, portal") || code == Some(0), "{errors}");
}
