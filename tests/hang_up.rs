//! Websites that hang up: a create under way goes on, and what was not asked for whole has no effect.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, Website, copies, integrations, simulated, until, unwatched};
use lb_http::sim::{Fault, SimulatedServer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);

/// The target of a call's URL: path and query.
fn target(url: &str) -> &str {
    let origin_end = url.match_indices('/').nth(2).expect("a URL has a path").0;
    &url[origin_end..]
}

fn creates_seen(servers: &[SimulatedServer]) -> u64 {
    servers.iter().map(|server| server.calls().get("create").copied().unwrap_or(0)).sum()
}

/// Sends a create and hangs up when a server has it.
async fn create_and_hang_up(lb: &Lb, website: &Website, servers: &[SimulatedServer], meeting_id: &str, reset: bool) {
    let before = creates_seen(servers);
    let url = website.url("create", &[("name", "Algebra"), ("meetingID", meeting_id)]);
    let mut stream = TcpStream::connect(lb.address).await.unwrap();
    let head = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", target(&url), lb.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    until(PATIENCE, "the create is on its way", async || (creates_seen(servers) > before).then_some(())).await;
    if reset {
        stream.set_zero_linger().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_website_hangs_up_is_completed() {
    let servers = simulated(3).await;
    for server in &servers {
        server.fault_on("create", Fault::Slow(Duration::from_secs(1)));
    }
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers))).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    for (meeting_id, reset) in [("room-closed", false), ("room-reset", true)] {
        create_and_hang_up(&lb, &moodle, &servers, meeting_id, reset).await;
        moodle.call("getMeetingInfo", &[("meetingID", meeting_id)]).await.failed("notFound");
        let info = until(PATIENCE, "the meeting is known", async || {
            let info = moodle.call("getMeetingInfo", &[("meetingID", meeting_id)]).await;
            (info.value("returncode") == "SUCCESS").then_some(info)
        })
        .await;
        let again = moodle.create(meeting_id).await.success();
        assert_eq!(again.value("messageKey"), "duplicateWarning");
        for name in ["internalMeetingID", "createTime", "attendeePW", "moderatorPW", "voiceBridge"] {
            assert!(!again.value(name).is_empty(), "{name}");
            assert_eq!(again.value(name), info.value(name), "{name}");
        }
        assert_eq!(copies(&servers, meeting_id).iter().sum::<usize>(), 1);
    }
    assert_eq!(lb.metric("lb_events_total{name=\"meeting-created\"}").await, Some(2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_again_while_the_first_is_under_way_gets_the_same_meeting() {
    let servers = simulated(3).await;
    for server in &servers {
        server.fault_on("create", Fault::Slow(Duration::from_secs(1)));
    }
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers))).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    create_and_hang_up(&lb, &moodle, &servers, "room-1", true).await;
    // as a website does whose user clicks once more
    let again = moodle.create("room-1").await.success();
    assert_eq!(again.value("messageKey"), "duplicateWarning");
    assert_eq!(copies(&servers, "room-1").iter().sum::<usize>(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_breaks_off_has_no_effect() {
    let servers = simulated(1).await;
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers))).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let url = moodle.url("create", &[("name", "Algebra"), ("meetingID", "room-1")]);
    let target = target(&url);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let broken = [
        target[..20].to_owned(),
        format!("GET {}", &target[..target.len() - 4]),
        format!("GET {target} HTTP/1.1\r\nHost: lb\r\nAccept: te"),
        format!("POST {target} HTTP/1.1\r\nHost: lb\r\n{form}Content-Length: 100\r\n\r\nwelcome=hel"),
        format!("POST {target} HTTP/1.1\r\nHost: lb\r\n{form}Transfer-Encoding: chunked\r\n\r\n40\r\nwelcome=hel"),
    ];
    for request in &broken {
        for reset in [false, true] {
            let mut stream = TcpStream::connect(lb.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            if reset {
                stream.set_zero_linger().unwrap();
            }
            drop(stream);
            assert_eq!(lb.get("/ping").await, Ok((200, "pong".to_owned())));
        }
    }
    moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.failed("notFound");
    assert_eq!((creates_seen(&servers), copies(&servers, "room-1")), (0, vec![0]));
    let created = moodle.create("room-1").await.success();
    assert_eq!(created.value("messageKey"), "", "the first one");
}
