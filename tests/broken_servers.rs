//! Servers and monitors that answer nonsense or nothing: the call fails or goes elsewhere, what was known stays.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::Arc;
use std::time::{Duration, Instant};

use harness::{Lb, integrations, simulated, until, unwatched};
use lb_http::sim::{
    Fault, NagiosFault, SimulatedHost, SimulatedNagios, SimulatedNagiosSettings, SimulatedServer,
    SimulatedServerSettings,
};

/// Every fault but one that only delays.
const FAULTS: [Fault; 11] = [
    Fault::HangBefore,
    Fault::HangAfter,
    Fault::Slow(Duration::from_secs(10)),
    Fault::Html502,
    Fault::Empty,
    Fault::Garbage,
    Fault::NotHttp,
    Fault::Close,
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::ResetMiddle,
];

/// Longer than any answer that is read.
const TOO_LONG: Fault = Fault::Huge(256 << 20);

const PATIENCE: Duration = Duration::from_secs(20);

const NEVER_SUSPENDED: &str = "[health]\nfailures = 100000\n[upstream]\ntimeout = \"1s\"\nconnect_timeout = \"1s\"\n";

async fn assert_alive(lb: &Lb) {
    assert_eq!(lb.get("/ping").await, Ok((200, "pong".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_to_a_broken_server_is_an_internal_error_told_once_in_the_log() {
    let servers = simulated(1).await;
    let rest = "[log]\nlevel = \"info,lb_http=debug\"\n[monitor]\ninterval = \"1h\"\n";
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + NEVER_SUSPENDED + rest))
        .await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let created = moodle.create("room-1").await.success();
    let failures = || lb.log().lines().filter(|line| line.contains("server-failed")).count();
    for (number, fault) in FAULTS.into_iter().chain([TOO_LONG]).enumerate() {
        servers[0].fault_on("getMeetingInfo", fault);
        let begun = Instant::now();
        moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.failed("internalError");
        assert!(begun.elapsed() < Duration::from_secs(5), "{fault:?}");
        until(PATIENCE, "the failure is in the log", async || (failures() > number).then_some(())).await;
        assert_eq!(failures(), number + 1, "{fault:?} is told once: {}", lb.log());
        assert_alive(&lb).await;
    }
    servers[0].fault(None);
    let info = moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    assert_eq!(info.value("internalMeetingID"), created.value("internalMeetingID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_of_a_broken_server_forgets_nothing_and_delays_no_other() {
    let servers = simulated(2).await;
    let rest = "[monitor]\ninterval = \"100ms\"\n[meetings]\ngrace = \"1ms\"\n";
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + NEVER_SUSPENDED + rest))
        .await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    for number in 0..4 {
        moodle.create(&format!("room-{number}")).await.success();
    }
    for fault in FAULTS.into_iter().chain([TOO_LONG]) {
        servers[0].fault_on("getMeetings", fault);
        let failed = "lb_server_failures_total{server=\"bbb1\"}";
        let before = lb.metric(failed).await.unwrap_or(0.0);
        let polls = |server: &SimulatedServer| server.calls().get("getMeetings").copied().unwrap_or(0);
        let polls_before = polls(&servers[1]);
        until(PATIENCE, "three polls failed", async || {
            (lb.metric(failed).await.unwrap_or(0.0) >= before + 3.0).then_some(())
        })
        .await;
        assert!(polls(&servers[1]) >= polls_before + 3, "{fault:?} delays the other server's polls");
        assert_alive(&lb).await;
        for number in 0..4 {
            moodle.call("getMeetingInfo", &[("meetingID", &format!("room-{number}"))]).await.success();
        }
    }
}

struct Watched {
    lb: Lb,
    nagios: SimulatedNagios,
    servers: Vec<Arc<SimulatedServer>>,
}

impl Watched {
    async fn start() -> Self {
        let (mut servers, mut hosts) = (Vec::new(), Vec::new());
        for name in ["bbb1", "bbb2"] {
            let server = Arc::new(SimulatedServer::start(SimulatedServerSettings::default()).await.unwrap());
            hosts.push(SimulatedHost::new(name, Arc::clone(&server)));
            servers.push(server);
        }
        let nagios = SimulatedNagios::start(SimulatedNagiosSettings::default(), hosts).await.unwrap();
        let monitor = format!(
            "[monitor]\nkind = \"nagios\"\nurl = \"{}\"\nusername = \"lb\"\npassword = \"simulated\"\ninterval = \"200ms\"\n",
            nagios.url()
        );
        let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &monitor)).await;
        lb.ready().await;
        Self { lb, nagios, servers }
    }

    /// The fleet is whole, and meetings are placed on it.
    async fn assert_placing(&self, meeting_id: &str) {
        assert_eq!(self.lb.metric("lb_servers{name=\"enabled\"}").await, Some(2.0), "{meeting_id}");
        assert_eq!(self.lb.get("/readyz").await.unwrap().0, 200, "{meeting_id}");
        let moodle = self.lb.website("moodle-s3cr3t");
        moodle.create(meeting_id).await.success();
        moodle.call("getMeetingInfo", &[("meetingID", meeting_id)]).await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_monitor_leaves_the_fleet_as_it_was() {
    let watched = Watched::start().await;
    watched.assert_placing("room-before").await;
    for (number, fault) in [
        NagiosFault::Stopped,
        NagiosFault::Stale(Duration::from_secs(3600)),
        NagiosFault::Pending,
        NagiosFault::EmptyList,
        NagiosFault::Unauthorized,
        NagiosFault::Garbage,
        NagiosFault::Hang,
    ]
    .into_iter()
    .enumerate()
    {
        watched.nagios.fault(Some(fault));
        watched.lb.metric_is("lb_monitor_failing", 1.0).await;
        watched.assert_placing(&format!("room-{number}")).await;
        watched.nagios.fault(None);
        watched.lb.metric_is("lb_monitor_failing", 0.0).await;
    }
    watched.nagios.stop().await;
    watched.lb.metric_is("lb_monitor_failing", 1.0).await;
    watched.assert_placing("room-stopped").await;
    watched.nagios.reopen().await.unwrap();
    watched.lb.metric_is("lb_monitor_failing", 0.0).await;
    let held: usize = watched.servers.iter().map(|server| server.with(|bbb| bbb.meetings().count())).sum();
    assert_eq!(held, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_while_the_monitor_is_away_the_last_good_fleet_serves() {
    let mut watched = Watched::start().await;
    watched.assert_placing("room-before").await;
    watched.lb.kill();
    watched.nagios.stop().await;
    watched.lb.restart().await;
    watched.lb.metric_is("lb_monitor_failing", 1.0).await;
    watched.assert_placing("room-after").await;
    watched.lb.website("moodle-s3cr3t").call("getMeetingInfo", &[("meetingID", "room-before")]).await.success();
}
