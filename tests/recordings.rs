//! Recordings over the real thing: from a meeting's end to the website's list, through a restart and while servers are away.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, Website, integrations, simulated, until, unwatched};
use lb_core::Timestamp;
use lb_http::sim::Fault;

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the website is told of a recording whose XML has `text`; answers the recordID.
async fn told(website: &Website, params: &[(&str, &str)], text: &str) -> String {
    until(PATIENCE, text, async || {
        let answer = website.call("getRecordings", params).await.success().text();
        let id = answer.split("<recordID>").nth(1)?.split('<').next()?.to_owned();
        answer.contains(text).then_some(id)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_listed_changed_and_kept_while_its_server_is_away() {
    let servers = simulated(1).await;
    let websites = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]);
    let config = websites + &unwatched(&servers) + "[monitor]\ninterval = \"1s\"\n[recordings]\ninterval = \"1s\"\n";
    let mut lb = Lb::start(&config).await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
    let params = [("name", "Algebra"), ("meetingID", "room"), ("record", "true"), ("meta_course", "7")];
    moodle.call("create", &params).await.success();
    let now = Timestamp::from_millis(u64::MAX / 2);
    assert!(servers[0].with(|bbb| bbb.end(now, "room")));
    let id = told(&moodle, &[("meetingID", "room")], "<course>7</course>").await;
    assert_eq!(portal.call("getRecordings", &[]).await.success().value("messageKey"), "noRecordings");
    portal.call("deleteRecordings", &[("recordID", &id)]).await.failed("notFound");

    moodle.call("publishRecordings", &[("recordID", &id), ("publish", "false")]).await.success();
    let unpublished = [("recordID", id.as_str()), ("state", "unpublished"), ("limit", "10")];
    let answer = moodle.call("getRecordings", &unpublished).await.success();
    assert_eq!(answer.value("totalElements"), "1", "{}", answer.text());

    servers[0].fault(Some(Fault::Html502));
    lb.restart().await;
    let moodle = lb.website("moodle-s3cr3t");
    told(&moodle, &unpublished, "<published>false</published>").await;
    moodle.call("deleteRecordings", &[("recordID", &id)]).await.failed("internalError");
    servers[0].fault(None);
    until(PATIENCE, "the server is called again", async || {
        let answer = moodle.call("deleteRecordings", &[("recordID", &id)]).await;
        (answer.value("deleted") == "true").then_some(())
    })
    .await;
    assert_eq!(moodle.call("getRecordings", &[]).await.success().value("messageKey"), "noRecordings");
    lb.metric_is("lb_events_total{name=\"recording-deleted\"}", 1.0).await;
    let log = lb.log();
    assert!(log.contains("recording-unpublished") && !log.contains("s3cr3t"), "{log}");
}
