//! Servers that vanish and return, before the real binary and its database.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, Website, copies, integrations, simulated, until, unwatched};
use lb_http::sim::SimulatedServer;

const PATIENCE: Duration = Duration::from_secs(40);
const QUICK: &str = "[monitor]\ninterval = \"500ms\"\n[health]\ndown_after = \"2s\"\n[meetings]\ngrace = \"1s\"\n";

async fn start(servers: &[SimulatedServer]) -> Lb {
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(servers) + QUICK)).await;
    lb.ready().await;
    lb
}

fn holder(servers: &[SimulatedServer], meeting_id: &str) -> usize {
    copies(servers, meeting_id).iter().position(|&count| count > 0).expect("a server has it")
}

fn polls(server: &SimulatedServer) -> u64 {
    server.calls().get("getMeetings").copied().unwrap_or(0)
}

/// Waits until a server was asked for its meetings so many times more.
async fn rounds(server: &SimulatedServer, count: u64) {
    let before = polls(server);
    until(PATIENCE, "polls", async || (polls(server) >= before + count).then_some(())).await;
}

async fn created(website: &Website, meeting_id: &str) -> harness::Answer {
    until(PATIENCE, meeting_id, async || {
        Some(website.create(meeting_id).await).filter(|answer| answer.value("returncode") == "SUCCESS")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rooms_of_a_server_that_vanished_can_be_created_again_and_its_empty_copies_are_ended() {
    let servers = simulated(2).await;
    let mut lb = start(&servers).await;
    let website = lb.website("moodle-s3cr3t");
    let first = website.create("room-1").await.success();
    let lost = holder(&servers, "room-1");
    servers[lost].stop().await;
    lb.metric_is("lb_servers{name=\"suspended\"}", 1.0).await;
    website.create("room-1").await.failed("internalError");
    website.call("getMeetingInfo", &[("meetingID", "room-1")]).await.failed("internalError");

    let second = created(&website, "room-1").await;
    assert_ne!(second.value("internalMeetingID"), first.value("internalMeetingID"));
    assert_eq!(second.value("attendeePW"), first.value("attendeePW"));
    lb.metric_is("lb_alarms{name=\"server-down\"}", 1.0).await;
    lb.kill();
    lb.restart().await;
    lb.ready().await;
    let create_time = first.value("createTime");
    let join = [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "VIEWER"), ("createTime", create_time.as_str())];
    let location = website.call("join", &join).await.location.expect("an old link works");
    assert!(location.starts_with(servers[1 - lost].url()), "{location}");
    assert!(location.contains(&format!("createTime={}", second.value("createTime"))));

    servers[lost].reopen().await.unwrap();
    until(PATIENCE, "the copy is ended", async || (copies(&servers, "room-1")[lost] == 0).then_some(())).await;
    lb.metric_is("lb_alarms{name=\"server-down\"}", 0.0).await;
    let info = website.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    assert_eq!(info.value("internalMeetingID"), second.value("internalMeetingID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_half_the_servers_are_away_nothing_is_placed_afresh_and_an_alarm_says_so() {
    let servers = simulated(4).await;
    let lb = start(&servers).await;
    let website = lb.website("moodle-s3cr3t");
    let mut rooms = Vec::new();
    for number in 0..8 {
        let meeting_id = format!("room-{number}");
        let internal_id = website.create(&meeting_id).await.success().value("internalMeetingID");
        rooms.push((meeting_id, internal_id));
    }
    tokio::join!(servers[0].stop(), servers[1].stop());
    lb.metric_is("lb_alarms{name=\"freeze\"}", 1.0).await;
    // three times as long as one server alone would take to be confirmed down
    for _ in 0..12 {
        rounds(&servers[2], 1).await;
        for (meeting_id, _) in &rooms {
            let _ = website.create(meeting_id).await;
        }
    }
    assert_eq!(lb.metric("lb_alarms{name=\"freeze\"}").await, Some(1.0));
    for server in &servers[..2] {
        server.reopen().await.unwrap();
    }
    lb.metric_is("lb_alarms{name=\"freeze\"}", 0.0).await;
    lb.metric_is("lb_servers{name=\"suspended\"}", 0.0).await;
    for (meeting_id, internal_id) in &rooms {
        assert_eq!(created(&website, meeting_id).await.value("internalMeetingID"), *internal_id, "{meeting_id}");
        assert_eq!(copies(&servers, meeting_id).iter().sum::<usize>(), 1, "{meeting_id}");
    }
    assert_eq!(lb.metric("lb_events_total{name=\"meeting-placed-afresh\"}").await, None);
}
