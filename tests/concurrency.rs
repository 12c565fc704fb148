//! Many websites and calls at once: one meeting stays one, a burst spreads, and two integrations never share a server for
//! one meetingID.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::collections::HashSet;

use futures_util::future::join_all;
use harness::{Lb, copies, integrations, simulated, unwatched};

/// Polls so far apart that none falls into a test, but for the first.
const NO_POLLS: &str = "[monitor]\ninterval = \"1h\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_creates_of_one_meeting_make_one_and_all_are_answered_alike() {
    let servers = simulated(4).await;
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + NO_POLLS)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let answers = join_all((0..100).map(|_| moodle.create("room-1"))).await;
    let told: HashSet<_> = answers
        .into_iter()
        .map(|answer| {
            let answer = answer.success();
            ["internalMeetingID", "moderatorPW", "attendeePW", "createTime"].map(|name| answer.value(name))
        })
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(copies(&servers, "room-1").iter().sum::<usize>(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_between_two_polls_spreads_over_equal_servers() {
    let servers = simulated(4).await;
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + NO_POLLS)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let ids: Vec<_> = (0..40).map(|number| format!("room-{number}")).collect();
    for answer in join_all(ids.iter().map(|id| moodle.create(id))).await {
        answer.success();
    }
    let shares: Vec<_> = servers.iter().map(|server| server.with(|bbb| bbb.meetings().count())).collect();
    assert_eq!(shares.iter().sum::<usize>(), 40);
    assert!(shares.iter().all(|share| *share <= 12), "{shares:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_integrations_with_one_meeting_id_have_two_meetings_on_two_servers() {
    let servers = simulated(2).await;
    let websites = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]);
    let rhythm = "[monitor]\ninterval = \"200ms\"\n";
    let lb = Lb::start(&(websites + &unwatched(&servers) + rhythm)).await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
    for number in 0..10 {
        let id = format!("room-{number}");
        let (of_moodle, of_portal) = tokio::join!(moodle.create(&id), portal.create(&id));
        let (of_moodle, of_portal) = (of_moodle.success(), of_portal.success());
        assert_ne!(of_moodle.value("moderatorPW"), of_portal.value("moderatorPW"));
        assert_eq!(copies(&servers, &id), [1, 1], "{id}");
        for (website, created) in [(&moodle, &of_moodle), (&portal, &of_portal)] {
            let info = website.call("getMeetingInfo", &[("meetingID", &id)]).await.success();
            for name in ["moderatorPW", "createTime"] {
                assert_eq!(info.value(name), created.value(name), "{id}");
            }
        }
    }
    servers[1].stop().await;
    lb.metric_is("lb_servers{name=\"suspended\"}", 1.0).await;
    let (of_moodle, of_portal) = tokio::join!(moodle.create("room-last"), portal.create("room-last"));
    let (first, second) =
        if of_moodle.value("returncode") == "SUCCESS" { (of_moodle, of_portal) } else { (of_portal, of_moodle) };
    first.success();
    second.failed("idNotUnique");
    assert_eq!(copies(&servers, "room-last"), [1, 0]);
}
