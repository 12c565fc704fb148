//! A stop asked for by SIGTERM cuts no call, lets nobody new in, and ends with exit code 0.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, copies, integrations, simulated, until, unwatched};
use lb_http::sim::Fault;
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_under_way_is_answered_while_new_connections_are_refused() {
    let servers = simulated(1).await;
    servers[0].fault_on("create", Fault::Slow(Duration::from_secs(2)));
    let mut lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers))).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let idle = TcpStream::connect(lb.address).await.unwrap();
    let create = tokio::spawn({
        let moodle = moodle.clone();
        async move { moodle.create("room-1").await }
    });
    let patience = Duration::from_secs(20);
    until(patience, "the server has the create", async || servers[0].calls().contains_key("create").then_some(()))
        .await;
    lb.ask_to_stop();
    until(patience, "no new connection", async || TcpStream::connect(lb.address).await.is_err().then_some(())).await;
    assert!(!create.is_finished(), "the call is still under way");
    let created = create.await.unwrap().success();
    assert_eq!(lb.stopped().await, Some(0));
    drop(idle);

    servers[0].fault(None);
    lb.restart().await;
    lb.ready().await;
    let info = moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    assert_eq!(info.value("internalMeetingID"), created.value("internalMeetingID"));
    assert_eq!(copies(&servers, "room-1"), [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_website_has_gone_is_completed_before_the_end() {
    let servers = simulated(1).await;
    servers[0].fault_on("create", Fault::Slow(Duration::from_secs(1)));
    let mut lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers))).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let create = tokio::spawn({
        let moodle = moodle.clone();
        async move { moodle.create("room-1").await }
    });
    let patience = Duration::from_secs(20);
    until(patience, "the server has the create", async || servers[0].calls().contains_key("create").then_some(()))
        .await;
    create.abort();
    assert_eq!(lb.terminate().await, Some(0));
    lb.restart().await;
    lb.ready().await;
    // no claim is left that would have to expire first
    moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
}
