//! A disk that takes no more: nothing is acknowledged that is not kept, and what needs no write goes on.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::Command;
use std::time::Duration;

use harness::{Answer, Lb, Website, integrations, simulated, until, unwatched};
use lb_http::sim::SimulatedServer;

/// From now on no file may grow beyond `bytes` by what `lb` writes: each write fails with EFBIG.
fn limit_files(lb: &Lb, bytes: &str) {
    let id = lb.id().expect("it runs").to_string();
    let limited = Command::new("prlimit").args(["--pid", &id, &format!("--fsize={bytes}:")]).status();
    assert!(limited.expect("prlimit runs").success());
}

/// Creates meetings until the disk is full; those that were acknowledged.
async fn create_until_refused(website: &Website, told: &mut Vec<(String, String)>) -> Answer {
    // each takes some 8 KiB of the log that is written ahead
    for number in 0..200 {
        let meeting_id = format!("full-{number}");
        let answer = website.create(&meeting_id).await;
        if answer.value("returncode") != "SUCCESS" {
            return answer;
        }
        told.push((meeting_id, answer.value("internalMeetingID")));
    }
    panic!("the disk never became full");
}

async fn assert_known(website: &Website, servers: &[SimulatedServer], told: &[(String, String)]) {
    for (meeting_id, internal_id) in told {
        let info = website.call("getMeetingInfo", &[("meetingID", meeting_id)]).await.success();
        assert_eq!(info.value("internalMeetingID"), *internal_id);
        let join = website.call("join", &[("fullName", "Ana"), ("meetingID", meeting_id), ("role", "VIEWER")]).await;
        let location = join.location.expect("a redirect");
        assert!(servers.iter().any(|server| location.starts_with(server.url())));
    }
    let listed = website.call("getMeetings", &[]).await.success().text();
    for (meeting_id, _) in told {
        assert!(listed.contains(&format!("<meetingID>{meeting_id}</meetingID>")), "{meeting_id}: {listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_full_creates_are_refused_and_all_else_goes_on_and_nothing_told_is_lost() {
    let servers = simulated(2).await;
    let config =
        integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + "[monitor]\ninterval = \"500ms\"\n";
    let mut lb = Lb::start_after("trap '' XFSZ", &config).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let mut told = Vec::new();
    for number in 0..3 {
        let meeting_id = format!("early-{number}");
        let internal_id = moodle.create(&meeting_id).await.success().value("internalMeetingID");
        told.push((meeting_id, internal_id));
    }
    limit_files(&lb, "400000");
    let refused = create_until_refused(&moodle, &mut told).await;
    refused.failed("internalError");
    // what little is left would do for some changes and not for others
    limit_files(&lb, "1");
    let creates = || servers.iter().map(|server| server.calls()["create"]).sum::<u64>();
    // the claim of a create is smaller than what it comes to: a few may still fit
    let mut before = 0;
    for number in 0..50 {
        before = creates();
        moodle.create(&format!("filling-{number}")).await.failed("internalError");
        if creates() == before {
            break;
        }
    }
    for number in 0..5 {
        moodle.create(&format!("late-{number}")).await.failed("internalError");
    }
    assert_eq!(creates(), before, "no server is asked for what cannot be kept");

    let reasons = lb.unready().await;
    assert!(reasons.contains("the store cannot be used"), "{reasons}");
    assert_eq!(lb.get("/healthz").await.unwrap().0, 200);
    assert_eq!(lb.metric("lb_ready").await, Some(0.0));
    assert_known(&moodle, &servers, &told).await;
    let ended = told.remove(0).0;
    moodle.call("end", &[("meetingID", &ended)]).await.success();

    limit_files(&lb, "unlimited");
    lb.ready().await;
    until(Duration::from_secs(20), "the recovery is told", async || lb.log().contains("store-recovered").then_some(()))
        .await;
    for word in ["store-failed", "store-recovered"] {
        assert_eq!(lb.log().matches(word).count(), 1, "{word} is told once");
    }
    let internal_id = moodle.create("late-0").await.success().value("internalMeetingID");
    told.push(("late-0".to_owned(), internal_id));
    lb.kill();
    lb.restart().await;
    lb.ready().await;
    assert_known(&moodle, &servers, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_with_a_full_disk_it_knows_after_the_restart_all_that_it_told() {
    let servers = simulated(2).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers);
    let mut lb = Lb::start_after("trap '' XFSZ", &config).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let mut told = Vec::new();
    limit_files(&lb, "1000000");
    create_until_refused(&moodle, &mut told).await.failed("internalError");
    assert!(!told.is_empty());
    lb.kill();
    lb.restart().await;
    lb.ready().await;
    assert_known(&moodle, &servers, &told).await;
    moodle.create("after").await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let servers = simulated(2).await;
    let rhythm = "[monitor]\ninterval = \"200ms\"\n[log]\nlevel = \"debug\"\n";
    let config = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + rhythm;
    let lb = Lb::start_after("exec 2>/dev/full", &config).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    moodle.create("room-1").await.success();
    moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    moodle.call("getMeetingInfo", &[("meetingID", "room-2")]).await.failed("notFound");
    lb.website("wrong").call("getMeetings", &[]).await.failed("checksumError");
    servers[1].stop().await;
    lb.metric_is("lb_servers{name=\"suspended\"}", 1.0).await;
    servers[1].reopen().await.unwrap();
    lb.metric_is("lb_servers{name=\"suspended\"}", 0.0).await;
}
