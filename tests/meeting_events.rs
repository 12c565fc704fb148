//! getMeetingEvents from the database: what it tells, and when that is forgotten.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, Website, integrations, simulated, until, unwatched};

const PATIENCE: Duration = Duration::from_secs(20);

async fn events(website: &Website, params: &[(&str, &str)]) -> String {
    website.call("getMeetingEvents", params).await.success().text()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_reads_who_joined_also_after_a_restart_until_its_events_are_too_old() {
    let servers = simulated(1).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]) + &unwatched(&servers);
    let mut lb = Lb::start(&config).await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
    moodle.create("room").await.success();
    for name in ["Ana", "Bob & Co"] {
        let join = [("fullName", name), ("meetingID", "room"), ("role", "MODERATOR")];
        assert!(moodle.call("join", &join).await.location.is_some());
    }
    let both = [("users", "2")];
    let told = until(PATIENCE, "the joins are there", async || {
        let told = events(&moodle, &both).await;
        told.contains("<meetingID>room</meetingID>").then_some(told)
    });
    let told = told.await;
    assert!(told.contains("<user><name>Ana</name><role>moderator</role><createdAt>"), "{told}");
    assert!(told.contains("<name>Bob &amp; Co</name>") && !told.contains("endedAt"), "{told}");
    assert!(events(&portal, &[("users", "0")]).await.contains("<events/>"));

    lb.restart().await;
    lb.ready().await;
    assert_eq!(events(&moodle, &both).await, told);

    lb.configure(&format!("{config}\n[events]\nretention = \"1ms\"\n"));
    lb.hang_up();
    until(PATIENCE, "all events are forgotten", async || {
        events(&moodle, &[("users", "0")]).await.contains("<events/>").then_some(())
    })
    .await;
    let running = moodle.call("isMeetingRunning", &[("meetingID", "room")]).await.success();
    assert!(!running.text().is_empty());
    moodle.call("getMeetingInfo", &[("meetingID", "room")]).await.success();
}
