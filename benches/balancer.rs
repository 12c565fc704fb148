//! One call through the whole balancer, without network: the server answers from memory.
#![allow(missing_docs, reason = "a benchmark")]

use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_executor::block_on;
use futures_util::FutureExt;
use lb_core::api::{ApiRequest, Reply};
use lb_core::balancer::Balancer;
use lb_core::checksum::{Algorithm, sign};
use lb_core::gateway::{Gateway, GatewayError, ScriptedServers, ServerCall, ServerReply};
use lb_core::source::StaticServers;
use lb_core::{Integration, Integrations, ManualClock, SeededRng, Server, Timestamp};

const SERVERS: usize = 10;

/// Simulated servers that compute their answers, but for getMeetingInfo: that one is ready once it is known.
#[derive(Debug)]
struct Servers {
    simulated: ScriptedServers,
    info: OnceLock<ServerReply>,
}

#[async_trait]
impl Gateway for Servers {
    async fn call(&self, server: &Server, call: ServerCall) -> Result<ServerReply, GatewayError> {
        match self.info.get().filter(|_| call.name == "getMeetingInfo") {
            Some(info) => Ok(info.clone()),
            None => self.simulated.call(server, call).await,
        }
    }
}

/// A balancer over ten servers with `meetings` meetings of five attendees each, all listed.
fn network(meetings: usize) -> (Arc<Servers>, Balancer) {
    let clock = Arc::new(ManualClock::default());
    let servers = Arc::new(Servers { simulated: ScriptedServers::new(clock.clone()), info: OnceLock::new() });
    let facts: Vec<Server> =
        (0..SERVERS).map(|number| servers.simulated.add(&format!("bbb{number}"), "server-secret")).collect();
    // other websites beside the one that calls
    let others = (0..1_000).map(|number| Integration::new(format!("site-{number}"), format!("secret-{number}")));
    let all = others.chain([Integration::new("moodle", "moodle-secret")]);
    let balancer = Balancer::builder(servers.clone(), clock.clone(), Arc::new(SeededRng::new(1)))
        .integrations(Integrations::new(all).expect("names and secrets differ"))
        .build();
    let source = StaticServers::new(facts.clone());
    balancer.refresh(&source).now_or_never().expect("a static list waits for nothing");
    for number in 0..meetings {
        let id = format!("room-{number}");
        let reply = handle(&balancer, &request("create", &format!("name=Introduction+to+algebra&meetingID={id}")));
        assert!(reply.body.to_bytes().starts_with(b"<response><returncode>SUCCESS"), "created");
        for (server, facts) in (0..SERVERS).zip(&facts) {
            servers.simulated.with(&format!("bbb{server}"), |bbb| {
                for user in 0..5 {
                    let query = format!("meetingID={id}&fullName=Attendee+Number+{user}&userID={user}&role=VIEWER");
                    let join = ServerCall::signed_url(facts, "join", &query);
                    bbb.handle(Timestamp::from_millis(1), "join", join.query().unwrap_or_default(), None);
                }
            });
        }
    }
    clock.advance(Duration::from_secs(1));
    for facts in &facts {
        balancer.follow(&facts.name).now_or_never().expect("no wait").expect("a list");
    }
    (servers, balancer)
}

fn request(call: &str, query: &str) -> ApiRequest {
    let digest = sign(Algorithm::Sha1, call, query, &"moodle-secret".into());
    let separator = if query.is_empty() { "" } else { "&" };
    let mut request = ApiRequest::get(&format!("/bigbluebutton/api/{call}?{query}{separator}checksum={digest}"));
    request.address = Some([192, 0, 2, 1].into());
    request
}

fn handle(balancer: &Balancer, request: &ApiRequest) -> Reply {
    block_on(balancer.handle(request))
}

fn calls(criterion: &mut Criterion) {
    let (servers, balancer) = network(1_000);
    let info = request("getMeetingInfo", "meetingID=room-1");
    let computed = handle(&balancer, &info);
    let call = |server: &Server| ServerCall::read(server, "getMeetingInfo", "meetingID=room-1", Duration::from_secs(1));
    let held = balancer.fleet().servers().iter().find_map(|server| {
        let reply = servers.simulated.call(&server.server, call(&server.server)).now_or_never()?.ok()?;
        reply.body.starts_with(b"<response><returncode>SUCCESS").then_some(reply)
    });
    servers.info.set(held.expect("one server has it")).expect("set once");
    assert_eq!(handle(&balancer, &info), computed, "the ready answer is the computed one");

    let mut group = criterion.benchmark_group("balancer/handle");
    for (name, request, contains) in [
        ("get-meeting-info-of-5-attendees", info, "Attendee Number 4"),
        ("join", request("join", "meetingID=room-1&fullName=Ana+Silva&role=VIEWER"), ""),
        ("is-meeting-running-unknown", request("isMeetingRunning", "meetingID=nobody"), "<running>false"),
        ("get-meetings-of-1000", request("getMeetings", ""), "<meetingID>room-999</meetingID>"),
    ] {
        let reply = handle(&balancer, &request);
        assert!(String::from_utf8_lossy(&reply.body.to_bytes()).contains(contains), "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| handle(&balancer, black_box(&request))));
    }
    group.finish();
}

/// The answer to getMeetings, which is written while it is sent.
fn get_meetings(criterion: &mut Criterion) {
    let (_, balancer) = network(10_000);
    let request = request("getMeetings", "");
    let answer = handle(&balancer, &request).body;
    let bytes = answer.to_bytes().len() as u64;
    assert!(answer.whole().is_none() && bytes > 10_000_000, "it is long");

    let mut group = criterion.benchmark_group("balancer/get-meetings-of-10000-with-5-attendees");
    group.bench_function("first-piece", |bencher| {
        bencher.iter(|| handle(&balancer, black_box(&request)).body.into_pieces().next().map(|piece| piece.len()));
    });
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("whole", |bencher| {
        bencher.iter(|| {
            let pieces = handle(&balancer, black_box(&request)).body.into_pieces();
            pieces.map(|piece| black_box(piece).len()).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(30);
    targets = calls, get_meetings
}
criterion_main!(benches);
