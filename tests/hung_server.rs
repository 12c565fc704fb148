//! A server on which calls hang costs the calls and the polls of the others nothing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use harness::{Lb, Website, integrations, simulated, until, unwatched};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_http::sim::{Fault, SimulatedServer};

/// Calls that hang at the same time.
const HANGING: u64 = 50;

/// Calls whose median is taken, one after the other.
const CALLS: usize = 150;

/// Rounds at most. Each compares calls beside the hanging ones with calls just before; a busy machine spoils some.
const ROUNDS: usize = 12;

/// How much slower calls may be beside hanging ones.
const FACTOR: f64 = 1.2;

const PATIENCE: Duration = Duration::from_secs(20);

fn count(server: &SimulatedServer, call: &str) -> u64 {
    server.calls().get(call).copied().unwrap_or(0)
}

/// One website's connection, kept open, so that nothing but the call is measured.
struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl Caller {
    fn new(website: &Website, room: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, url: website.url("getMeetingInfo", &[("meetingID", room)]) }
    }

    async fn call(&self) -> Duration {
        let begun = Instant::now();
        let request = Request::get(&self.url).body(Full::default()).unwrap();
        let answer = self.client.request(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"<response><returncode>SUCCESS"), "{body:?}");
        begun.elapsed()
    }

    async fn median(&self) -> Duration {
        let mut took = Vec::with_capacity(CALLS);
        for _ in 0..CALLS {
            took.push(self.call().await);
        }
        took.sort_unstable();
        took[CALLS / 2]
    }
}

/// Two servers with a room each: `(lb, servers, the room on the first, the room on the second)`.
async fn network(interval: &str) -> (Lb, Vec<SimulatedServer>, String, String) {
    let servers = simulated(2).await;
    let rest = format!(
        "[monitor]\ninterval = \"{interval}\"\n[health]\nfailures = 100000\n[upstream]\ntimeout = \"1m\"\n\
         [routers.default]\npolicy = \"round-robin\"\n"
    );
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + &rest)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    for room in ["room-1", "room-2"] {
        moodle.create(room).await.success();
    }
    let on =
        |server: &SimulatedServer| server.with(|bbb| bbb.meetings().map(|meeting| meeting.meeting_id.clone()).next());
    let [first, second] = [0, 1].map(|index| on(&servers[index]).expect("a room on each server"));
    (lb, servers, first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_fifty_hanging_calls_the_median_of_the_others_stays_within_a_fifth_of_what_it_was() {
    let (lb, servers, hung, sound) = network("1h").await;
    let moodle = lb.website("moodle-s3cr3t");
    let caller = Caller::new(&moodle, &sound);
    caller.median().await;
    servers[0].fault_on("getMeetingInfo", Fault::HangBefore);
    let mut medians = Vec::new();
    for _ in 0..ROUNDS {
        let before = caller.median().await;
        let already = count(&servers[0], "getMeetingInfo");
        let hanging: Vec<_> = (0..HANGING)
            .map(|_| {
                let (moodle, hung) = (moodle.clone(), hung.clone());
                tokio::spawn(async move { moodle.try_call("getMeetingInfo", &[("meetingID", &hung)]).await })
            })
            .collect();
        until(PATIENCE, "all of them hang", async || {
            (count(&servers[0], "getMeetingInfo") == already + HANGING).then_some(())
        })
        .await;
        let beside = caller.median().await;
        assert!(hanging.iter().all(|call| !call.is_finished()), "they hang as long as is measured");
        hanging.iter().for_each(tokio::task::JoinHandle::abort);
        join_all(hanging).await;
        medians.push((before, beside));
        let best = |which: fn(&(Duration, Duration)) -> Duration| medians.iter().map(which).min().unwrap();
        // noise only adds: the best of each is nearest to what the balancer itself takes
        if medians.len() >= 3 && best(|round| round.1) <= best(|round| round.0).mul_f64(FACTOR) {
            return;
        }
    }
    panic!("before and beside: {medians:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_server_and_fifty_calls_to_it_hang_the_others_are_polled_as_often_as_before() {
    let (lb, servers, hung, _) = network("50ms").await;
    let moodle = lb.website("moodle-s3cr3t");
    let ten_polls = async || {
        let (begun, already) = (Instant::now(), count(&servers[1], "getMeetings"));
        until(PATIENCE, "ten polls", async || (count(&servers[1], "getMeetings") >= already + 10).then_some(())).await;
        begun.elapsed()
    };
    let mut before = Vec::new();
    for _ in 0..4 {
        before.push(ten_polls().await);
    }
    servers[0].fault(Some(Fault::HangBefore));
    let hanging: Vec<_> = (0..HANGING)
        .map(|_| {
            let (moodle, hung) = (moodle.clone(), hung.clone());
            tokio::spawn(async move { moodle.try_call("getMeetingInfo", &[("meetingID", &hung)]).await })
        })
        .collect();
    until(PATIENCE, "all of them hang", async || (count(&servers[0], "getMeetingInfo") >= HANGING).then_some(())).await;
    let polls_of_the_hung = count(&servers[0], "getMeetings");
    let mut beside = Vec::new();
    let most = before.iter().min().unwrap().mul_f64(FACTOR);
    // noise only adds: one good one of them tells
    while beside.len() < 4 || (beside.iter().all(|took| *took > most) && beside.len() < ROUNDS) {
        beside.push(ten_polls().await);
    }
    assert!(beside.iter().any(|took| *took <= most), "{before:?} {beside:?}");
    assert!(count(&servers[0], "getMeetings") <= polls_of_the_hung + 1, "one that hangs is not asked again meanwhile");
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
}
