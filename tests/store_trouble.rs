//! A database that another program has locked, or that is gone: what needs no write goes on, the rest is refused or, where
//! the configuration allows it, waits in memory; the trouble is told once, and ends by itself.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use futures_util::future::join_all;
use harness::{Lb, Website, copies, integrations, simulated, until, unwatched};
use lb_http::sim::{Fault, SimulatedServer};
use rusqlite::Connection;

const PATIENCE: Duration = Duration::from_secs(30);
const RHYTHM: &str = "[monitor]\ninterval = \"500ms\"\n";
const REMEMBER: &str = "[store]\nurl = \"sqlite:lb.sqlite3\"\ncreate_when_unavailable = true\n";

fn config(servers: &[SimulatedServer], more: &str) -> String {
    integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(servers) + RHYTHM + more
}

/// Another program that begins to write and does not end.
fn lock(lb: &Lb) -> Connection {
    let other = Connection::open(lb.folder.path().join("lb.sqlite3")).unwrap();
    other.busy_timeout(PATIENCE).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    other
}

async fn assert_joined(moodle: &Website, servers: &[SimulatedServer], meeting_id: &str) {
    let join = moodle.call("join", &[("fullName", "Ana"), ("meetingID", meeting_id), ("role", "VIEWER")]).await;
    let location = join.location.unwrap_or_else(|| panic!("no redirect to {meeting_id}"));
    let holder = servers.iter().find(|server| server.with(|bbb| bbb.meeting(meeting_id).is_some())).expect("a server");
    assert!(location.starts_with(holder.url()), "{meeting_id} is on {}, not {location}", holder.url());
}

/// Every call but create, about a meeting that is known.
async fn assert_served(moodle: &Website, servers: &[SimulatedServer], meeting_id: &str) {
    let own = [("meetingID", meeting_id)];
    moodle.call("getMeetingInfo", &own).await.success();
    moodle.call("isMeetingRunning", &own).await.success();
    let listed = moodle.call("getMeetings", &[]).await.success().text();
    assert!(listed.contains(&format!("<meetingID>{meeting_id}</meetingID>")), "{listed}");
    assert_joined(moodle, servers, meeting_id).await;
    // the same create again is an answer of its server, and changes nothing
    moodle.create(meeting_id).await.success();
    assert_eq!(moodle.call("isMeetingRunning", &[("meetingID", "unknown")]).await.success().value("running"), "false");
    moodle.call("getMeetingInfo", &[("meetingID", "unknown")]).await.failed("notFound");
}

async fn assert_alarm(lb: &Lb, said: &str) -> String {
    let reasons = lb.unready().await;
    assert!(reasons.contains("the store cannot be used") && reasons.contains(said), "{reasons}");
    assert_eq!(lb.get("/healthz").await.unwrap().0, 200);
    lb.metric_is("lb_store_failing", 1.0).await;
    until(PATIENCE, "the trouble is told", async || lb.log().contains("store-failed").then_some(())).await;
    let log = lb.log();
    let line = log.lines().find(|line| line.contains("store-failed")).unwrap();
    assert!(line.contains("ERROR") && line.contains(said), "{line}");
    reasons
}

async fn assert_recovered(lb: &Lb) {
    lb.ready().await;
    lb.metric_is("lb_store_failing", 0.0).await;
    lb.metric_is("lb_store_unwritten_changes", 0.0).await;
    for word in ["store-failed", "store-recovered"] {
        assert_eq!(lb.log().matches(word).count(), 1, "{word} is told once: {}", lb.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_program_has_locked_the_database_creates_are_refused_and_all_else_goes_on() {
    let servers = simulated(2).await;
    let lb = Lb::start(&config(&servers, "")).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    moodle.create("room-1").await.success();
    let other = lock(&lb);
    moodle.create("room-2").await.failed("internalError");
    assert_eq!(copies(&servers, "room-2"), [0, 0], "no server is asked for what cannot be kept");
    assert_alarm(&lb, "database is locked").await;
    assert_served(&moodle, &servers, "room-1").await;
    moodle.call("end", &[("meetingID", "room-1")]).await.success();
    other.execute_batch("ROLLBACK").unwrap();
    assert_recovered(&lb).await;
    moodle.create("room-2").await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_is_noticed_and_told_though_nobody_calls() {
    let servers = simulated(1).await;
    let lb = Lb::start(&config(&servers, "")).await;
    lb.ready().await;
    let other = lock(&lb);
    until(PATIENCE, "the trouble is told", async || lb.log().contains("store-failed").then_some(())).await;
    other.execute_batch("ROLLBACK").unwrap();
    until(PATIENCE, "its end is told", async || lb.log().contains("store-recovered").then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_moved_away_is_not_written_to_until_it_is_back() {
    let servers = simulated(2).await;
    let mut lb = Lb::start(&config(&servers, "")).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    moodle.create("room-1").await.success();
    let (there, away) = (lb.folder.path().join("lb.sqlite3"), lb.folder.path().join("away"));
    fs::rename(&there, &away).unwrap();
    moodle.create("room-2").await.failed("internalError");
    assert_alarm(&lb, "lb.sqlite3 is gone").await;
    assert_served(&moodle, &servers, "room-1").await;
    fs::write(&there, "another file").unwrap();
    assert!(lb.unready().await.contains("another file has taken the place of lb.sqlite3"));
    fs::rename(&away, &there).unwrap();
    assert_recovered(&lb).await;

    // what is open stays open
    fs::set_permissions(&there, PermissionsExt::from_mode(0o000)).unwrap();
    let told = moodle.create("room-2").await.success().value("internalMeetingID");
    lb.kill();
    fs::set_permissions(&there, PermissionsExt::from_mode(0o600)).unwrap();
    lb.restart().await;
    lb.ready().await;
    let info = moodle.call("getMeetingInfo", &[("meetingID", "room-2")]).await.success();
    assert_eq!(info.value("internalMeetingID"), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn creates_that_may_go_on_in_memory_are_made_once_and_written_when_the_database_is_back() {
    let servers = simulated(2).await;
    let mut lb = Lb::start(&config(&servers, REMEMBER)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    moodle.create("room-1").await.success();
    let other = lock(&lb);
    let first = moodle.create("room-2").await.success().value("internalMeetingID");
    let again = moodle.create("room-2").await.success().value("internalMeetingID");
    assert_eq!(first, again);
    let together = join_all((0..16).map(|_| moodle.create("room-3"))).await;
    let ids: Vec<_> = together.into_iter().map(|answer| answer.success().value("internalMeetingID")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(copies(&servers, "room-3").iter().sum::<usize>(), 1);
    let reasons = assert_alarm(&lb, "database is locked").await;
    assert!(reasons.contains("changes are in memory only"), "{reasons}");
    assert!(lb.metric("lb_store_unwritten_changes").await > Some(0.0));
    assert_served(&moodle, &servers, "room-2").await;
    other.execute_batch("ROLLBACK").unwrap();
    assert_recovered(&lb).await;
    // nothing can be learnt from the servers: what is known was in the database
    for server in &servers {
        server.fault_on("getMeetings", Fault::HangBefore);
        server.fault_on("getMeetingInfo", Fault::HangBefore);
    }
    lb.kill();
    lb.restart().await;
    lb.ready().await;
    for meeting_id in ["room-1", "room-2", "room-3"] {
        assert_joined(&moodle, &servers, meeting_id).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_memory_only_at_a_crash_is_learnt_back_from_the_servers() {
    let servers = simulated(2).await;
    let mut lb = Lb::start(&config(&servers, REMEMBER)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let other = lock(&lb);
    let told = moodle.create("room-1").await.success().value("internalMeetingID");
    lb.kill();
    other.execute_batch("ROLLBACK").unwrap();
    lb.restart().await;
    let info = until(PATIENCE, "the meeting is learnt back", async || {
        let info = moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await;
        (info.value("returncode") == "SUCCESS").then_some(info)
    });
    assert_eq!(info.await.value("internalMeetingID"), told);
    assert_joined(&moodle, &servers, "room-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_writes_what_was_in_memory_if_it_can_and_says_so_if_not() {
    let servers = simulated(1).await;
    let mut lb = Lb::start(&config(&servers, REMEMBER)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let other = lock(&lb);
    moodle.create("room-1").await.success();
    assert_eq!(lb.terminate().await, Some(0));
    assert!(lb.log().contains("changes could not be written before the end"), "{}", lb.log());
    other.execute_batch("ROLLBACK").unwrap();
}
