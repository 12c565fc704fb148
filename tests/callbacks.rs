//! Websites are told that their meetings have ended, whatever becomes of the balancer meanwhile.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use harness::{Lb, fetch, integrations, simulated, until, unwatched};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use lb_core::Timestamp;
use lb_http::sim::{Fault, SimulatedServer};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(30);
const PRIVATE: &str = "[callbacks]\nallow_private_addresses = true\n[monitor]\ninterval = \"1s\"\n";

/// A website that notes what it is told, and answers with a status.
struct Told {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
    status: Arc<Mutex<u16>>,
}

impl Told {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, status) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(Mutex::new(200)));
        let (seen_by, says) = (Arc::clone(&seen), Arc::clone(&status));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, status) = (Arc::clone(&seen_by), Arc::clone(&says));
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let status = *status.lock().unwrap();
                    let uri = request.uri().path_and_query().unwrap().to_string();
                    seen.lock().unwrap().push(format!("{status} {} {uri}", request.method()));
                    let answer = Response::builder().status(status).body(Full::new(Bytes::new()));
                    async move { answer }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { url, seen, status }
    }

    fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    fn seen(&self) -> Vec<String> {
        let mut seen = self.seen.lock().unwrap().clone();
        seen.sort();
        seen
    }

    /// Waits until so many were seen.
    async fn heard(&self, count: usize) -> Vec<String> {
        until(PATIENCE, &format!("{count} callbacks"), async || Some(self.seen()).filter(|seen| seen.len() >= count))
            .await
    }

    /// The two that a meeting leaves.
    fn both(&self, meeting_id: &str) -> [String; 2] {
        [
            format!("200 GET /ended/{meeting_id}?key=s3cr3t-of-moodle&recordingmarks=false"),
            format!("200 GET /old?recordingmarks=false&meetingID={meeting_id}"),
        ]
    }
}

async fn create(lb: &Lb, told: &Told, meeting_id: &str) {
    let ended = format!("{}/ended/{meeting_id}?key=s3cr3t-of-moodle", told.url);
    let old = format!("{}/old", told.url);
    let params =
        [("name", "Algebra"), ("meetingID", meeting_id), ("meetingEndedURL", &ended), ("meta_endCallbackUrl", &old)];
    lb.website("moodle-s3cr3t").call("create", &params).await.success();
}

fn end(servers: &[SimulatedServer], meeting_id: &str) {
    let now = Timestamp::from_millis(u64::MAX / 2);
    assert!(servers.iter().any(|server| server.with(|bbb| bbb.end(now, meeting_id))), "{meeting_id} is somewhere");
}

/// What a server holding the meeting was told to call.
fn callback_of(servers: &[SimulatedServer], meeting_id: &str) -> String {
    let given = |server: &SimulatedServer| {
        server.with(|bbb| {
            bbb.meeting(meeting_id).and_then(|meeting| meeting.parameter("meetingEndedURL").map(str::to_owned))
        })
    };
    servers.iter().find_map(given).expect("a server has it")
}

fn config(servers: &[SimulatedServer], rest: &str) -> String {
    integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(servers) + rest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_is_told_at_once_and_never_again() {
    let (servers, told) = (simulated(2).await, Told::start().await);
    let mut lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    create(&lb, &told, "room-1").await;
    let callback = callback_of(&servers, "room-1");
    assert!(callback.starts_with(&format!("http://{}/callbacks/ended/moodle/", lb.address)), "{callback}");

    // nobody ends a meeting by calling
    let status = async |method: Method, url: &str| fetch(method, url, None, &[]).await.unwrap().status;
    assert_eq!(status(Method::GET, &callback).await, 503, "it runs");
    assert_eq!(status(Method::HEAD, &callback).await, 200);
    assert_eq!(status(Method::POST, &callback).await, 405);
    assert_eq!(status(Method::GET, &format!("{callback}x")).await, 404);
    assert_eq!(status(Method::GET, &callback.replace("moodle", "portal")).await, 404);
    lb.website("moodle-s3cr3t").call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();

    end(&servers, "room-1");
    assert_eq!(told.heard(2).await, told.both("room-1"));
    assert_eq!(status(Method::GET, &callback).await, 200, "a server may call twice");
    lb.metric_is("lb_events_total{name=\"callback-delivered\"}", 2.0).await;
    lb.restart().await;
    lb.ready().await;
    assert_eq!(status(Method::GET, &format!("{callback}?recordingmarks=true")).await, 200);
    create(&lb, &told, "room-2").await;
    end(&servers, "room-2");
    let all = [told.both("room-1"), told.both("room-2")].concat();
    let mut seen = told.heard(4).await;
    seen.sort_by_key(|line| line.contains("room-2"));
    assert_eq!(seen, all, "nothing is told twice");
    let log = lb.log();
    assert!(log.contains("callback-delivered") && !log.contains("s3cr3t-of-moodle"), "{log}");
    assert!(!log.contains(callback.rsplit('/').next().unwrap()), "no token in the log: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balancer_that_is_killed_between_the_end_and_the_delivery_delivers_after_its_restart() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let mut lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    create(&lb, &told, "room-1").await;
    told.answer(500);
    end(&servers, "room-1");
    told.heard(2).await;
    lb.metric_is("lb_events_total{name=\"callback-failed\"}", 2.0).await;
    lb.kill();
    told.answer(200);
    let before = told.seen().len();
    lb.restart().await;
    // ten seconds after the first failure
    told.heard(before + 2).await;
    lb.metric_is("lb_events_total{name=\"callback-delivered\"}", 2.0).await;
    let heard = told.seen().into_iter().filter(|line| line.starts_with("200")).collect::<Vec<_>>();
    assert_eq!(heard, told.both("room-1"));
}

/// How often each server was asked for its meetings.
fn polls(servers: &[SimulatedServer]) -> Vec<u64> {
    servers.iter().map(|server| server.calls().get("getMeetings").copied().unwrap_or(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_meetings_outlive_their_database_and_their_websites_are_told() {
    let (servers, told) = (simulated(4).await, Told::start().await);
    let private = PRIVATE.replace("1s", "3s");
    let mut lb = Lb::start(&config(&servers, &private)).await;
    lb.ready().await;
    let rooms: Vec<_> = (0..200).map(|number| format!("room-{number}")).collect();
    stream::iter(&rooms).for_each_concurrent(16, |room| create(&lb, &told, room)).await;
    lb.kill();
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let _ = std::fs::remove_file(lb.folder.path().join(format!("lb.sqlite3{suffix}")));
    }
    let before = polls(&servers);
    lb.restart().await;
    let website = lb.website("moodle-s3cr3t");
    until(PATIENCE, "all meetings are back", async || {
        let listed = website.call("getMeetings", &[]).await.text();
        (listed.matches("<meetingID>").count() == rooms.len()).then_some(())
    })
    .await;
    for (before, after) in before.iter().zip(polls(&servers)) {
        assert!(after - before <= 2, "{} polls", after - before);
    }
    for room in &rooms {
        website.call("getMeetingInfo", &[("meetingID", room)]).await.success();
    }
    rooms.iter().for_each(|room| end(&servers, room));
    let mut expected: Vec<_> = rooms.iter().flat_map(|room| told.both(room)).collect();
    expected.sort();
    assert_eq!(told.heard(2 * rooms.len()).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_calls_nobody_and_its_websites_are_told_all_the_same() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let grace = "[meetings]\ngrace = \"1s\"\n";
    let lb = Lb::start(&config(&servers, &format!("{PRIVATE}{grace}"))).await;
    lb.ready().await;
    create(&lb, &told, "room-1").await;
    // it forgets its meetings and its callbacks
    servers[0].with(|bbb| bbb.restart());
    assert_eq!(told.heard(2).await, told.both("room-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_in_a_private_network_is_not_called_unless_that_is_allowed() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let lb = Lb::start(&config(&servers, "")).await;
    lb.ready().await;
    create(&lb, &told, "room-1").await;
    end(&servers, "room-1");
    lb.metric_is("lb_events_total{name=\"callback-failed\"}", 2.0).await;
    assert!(lb.log().contains("allow_private_addresses"), "{}", lb.log());
    assert_eq!(told.seen(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_that_does_not_answer_delays_no_other() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    // it accepts connections, as far as the system does that for it, and never answers
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    let website = lb.website("moodle-s3cr3t");
    let hung = format!("http://{}/ended", silent.local_addr().unwrap());
    for number in 0..20 {
        let meeting_id = format!("hung-{number}");
        let params = [("name", "Algebra"), ("meetingID", meeting_id.as_str()), ("meetingEndedURL", &hung)];
        website.call("create", &params).await.success();
        end(&servers, &meeting_id);
    }
    create(&lb, &told, "room-1").await;
    let started = std::time::Instant::now();
    end(&servers, "room-1");
    told.heard(2).await;
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}: behind those that hang", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_asked_calls_again_or_the_lists_tell() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let lb = Lb::start(&config(&servers, &format!("{PRIVATE}[meetings]\ngrace = \"1s\"\n"))).await;
    lb.ready().await;
    create(&lb, &told, "room-1").await;
    let callback = callback_of(&servers, "room-1");
    servers[0].fault_on("getMeetingInfo", Fault::Html502);
    end(&servers, "room-1");
    let answer = fetch(Method::GET, &callback, None, &[]).await.unwrap();
    assert!(matches!(answer.status, 503 | 200), "200 once the lists have told: {}", answer.status);
    assert_eq!(told.heard(2).await, told.both("room-1"));
}
