//! A website creates a meeting through the real binary, somebody joins it on its server, and a stop cuts nothing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, integrations, static_servers, until};
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};

#[tokio::test]
async fn a_meeting_is_created_joined_listed_and_ended() {
    let server = SimulatedServer::start(SimulatedServerSettings::default()).await.unwrap();
    let servers = static_servers([("bbb1", server.url().to_string(), server.secret().expose().to_owned())]);
    let mut lb =
        Lb::start(&(integrations(&[("moodle", "moodle-secret")]) + &servers + "[monitor]\ninterval = \"1s\"\n")).await;
    lb.ready().await;
    let moodle = lb.website("moodle-secret");
    let created = moodle.create("room-1").await.success();
    let join = [("fullName", "Ana"), ("meetingID", "room-1"), ("password", &*created.value("moderatorPW"))];
    let join = moodle.call("join", &join).await;
    let location = join.location.expect("a redirect");
    assert!(location.starts_with(&server.url().to_string()), "to the meeting's server: {location}");
    let landed = harness::fetch(hyper::Method::GET, &location, None, &[]).await.unwrap();
    assert_eq!(landed.status, 302);
    let listed = async || moodle.call("getMeetings", &[]).await.success();
    until(Duration::from_secs(20), "Ana is listed", async || {
        listed().await.text().contains("<fullName>Ana</fullName>").then_some(())
    })
    .await;
    assert!(!listed().await.text().contains("mconflb"));
    moodle.call("end", &[("meetingID", "room-1")]).await.success();
    let (_, metrics) = lb.get("/metrics").await.unwrap();
    assert!(metrics.contains("lb_calls_total{call=\"create\",outcome=\"success\"} 1"), "{metrics}");
    assert_eq!(lb.terminate().await, Some(0));
    assert!(!lb.log().contains("moodle-secret") && !lb.log().contains("checksum="), "{}", lb.log());
}
