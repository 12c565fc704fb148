//! The real binary, watched servers and a real Nagios Core 4: what Nagios finds decides where meetings go, and no trouble of
//! Nagios takes a server away.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::nagios::{Checks, RealNagios};
use harness::{Lb, Website, integrations, until};
use lb_core::server::ServiceState::{Critical, Ok, Warning};
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};

const NAMES: [&str; 3] = ["bbb1", "bbb2", "bbb3"];
const INTERVAL: Duration = Duration::from_secs(2);
/// Two polls, and what a busy machine takes for the answers.
const TWO_POLLS: Duration = Duration::from_secs(2 * INTERVAL.as_secs() + 2);
/// From a change on a server to Nagios and on to the balancer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Three servers, a Nagios that watches them, a balancer that asks it, and a website. What is dropped first is stopped first.
struct Network {
    lb: Lb,
    moodle: Website,
    nagios: RealNagios,
    servers: Vec<(&'static str, SimulatedServer)>,
}

impl Network {
    /// Starts all of it and waits until every server may be used; `monitor` are further keys of `[monitor]`.
    async fn start(monitor: &str) -> Self {
        let mut servers = Vec::new();
        for name in NAMES {
            let server = SimulatedServer::start(SimulatedServerSettings::default()).await;
            servers.push((name, server.expect("loopback has a free port")));
        }
        let nagios = RealNagios::start(&servers).await;
        let config = integrations(&[("moodle", "moodle-secret")]) + &nagios.monitor(INTERVAL, monitor);
        let lb = Lb::start(&config).await;
        let moodle = lb.website("moodle-secret");
        let network = Self { lb, moodle, nagios, servers };
        network.shows("lb_servers{name=\"enabled\"}", 3.0, PATIENCE).await;
        network
    }

    /// Waits until `/metrics` shows this value.
    async fn shows(&self, metric: &str, value: f64, patience: Duration) {
        let what = format!("{metric} is {value}");
        until(patience, &what, async || (self.metric(metric).await == Some(value)).then_some(())).await;
    }

    async fn metric(&self, name: &str) -> Option<f64> {
        let (_, text) = self.lb.get("/metrics").await.ok()?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        value.parse().ok()
    }

    /// Creates so many meetings; the server that each is on.
    async fn create(&self, ids: &str, count: usize) -> Vec<&'static str> {
        let mut places = Vec::new();
        for number in 0..count {
            let id = format!("{ids}-{number}");
            self.moodle.create(&id).await.success();
            let holds = |(_, server): &&(&str, SimulatedServer)| server.with(|bbb| bbb.meeting(&id).is_some());
            places.push(self.servers.iter().find(holds).expect("a server has it").0);
        }
        places
    }

    /// Waits until the balancer finds its monitor in trouble for this reason; nothing else has changed.
    async fn keeps_its_servers(&self, situation: &str, problem: &str) {
        self.shows("lb_monitor_failing", 1.0, PATIENCE).await;
        let told = || self.lb.log().lines().rfind(|line| line.contains("monitor-failed")).map(str::to_owned);
        let what = format!("the log says: {problem}");
        until(PATIENCE, &what, async || told().filter(|line| line.contains(problem))).await;
        assert_eq!(self.metric("lb_servers{name=\"enabled\"}").await, Some(3.0), "{situation}");
        self.create(situation, 1).await;
        self.moodle.call("getMeetingInfo", &[("meetingID", "before-0")]).await.success();
        assert_eq!(self.metric("lb_monitor_failing").await, Some(1.0), "{situation}: it did not pass meanwhile");
    }

    async fn recovers(&self) {
        self.shows("lb_monitor_failing", 0.0, PATIENCE).await;
        assert_eq!(self.metric("lb_servers{name=\"enabled\"}").await, Some(3.0));
    }
}

#[tokio::test]
async fn meetings_go_where_nagios_finds_the_least_cpu_in_use() {
    let network = Network::start("").await;
    for figures in [[62.0, 35.0, 8.0], [5.0, 40.0, 66.0], [55.0, 12.5, 50.0]] {
        for (host, cpu) in NAMES.into_iter().zip(figures) {
            network.nagios.report_cpu(host, cpu);
        }
        for (host, cpu) in NAMES.into_iter().zip(figures) {
            network.shows(&format!("lb_server_cpu_percent{{server=\"{host}\"}}"), cpu, PATIENCE).await;
        }
        let least = NAMES.into_iter().zip(figures).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
        assert_eq!(network.create(&format!("on-{least}"), 3).await, [least; 3], "{figures:?}");
    }
}

#[tokio::test]
async fn a_service_in_trouble_takes_its_server_out_within_two_polls_and_ok_brings_it_back() {
    let network = Network::start("").await;
    let nagios = &network.nagios;
    for (host, cpu) in [("bbb1", 5.0), ("bbb2", 30.0), ("bbb3", 60.0)] {
        nagios.report_cpu(host, cpu);
        network.shows(&format!("lb_server_cpu_percent{{server=\"{host}\"}}"), cpu, PATIENCE).await;
    }
    assert_eq!(network.create("well", 1).await, ["bbb1"]);

    for (percent, state, word) in [(95, Critical, "critical"), (75, Warning, "warning")] {
        nagios.report_memory("bbb1", percent);
        nagios.knows("bbb1", "Memory Report", state).await;
        network.shows(&format!("lb_servers{{name=\"{word}\"}}"), 1.0, TWO_POLLS).await;
        assert_eq!(network.create(word, 2).await, ["bbb2"; 2], "bbb1 is {word}");
        network.moodle.call("getMeetingInfo", &[("meetingID", "well-0")]).await.success();
        nagios.report_memory("bbb1", 36);
        nagios.knows("bbb1", "Memory Report", Ok).await;
        network.shows("lb_servers{name=\"enabled\"}", 3.0, TWO_POLLS).await;
        assert_eq!(network.create(&format!("{word}-no-more"), 1).await, ["bbb1"]);
    }

    // a server in WARNING is better than none, one in CRITICAL is not
    nagios.report_memory("bbb1", 75);
    nagios.report_cpu("bbb2", 97.0);
    nagios.report_memory("bbb3", 99);
    network.shows("lb_servers{name=\"warning\"}", 1.0, PATIENCE).await;
    network.shows("lb_servers{name=\"critical\"}", 2.0, PATIENCE).await;
    assert_eq!(network.create("last-resort", 1).await, ["bbb1"]);
    nagios.report_memory("bbb1", 95);
    network.shows("lb_servers{name=\"critical\"}", 3.0, PATIENCE).await;
    network.moodle.create("nowhere").await.failed("internalError");
}

#[tokio::test]
async fn a_nagios_that_was_stopped_or_has_checked_nothing_yet_takes_no_server_away() {
    let mut network = Network::start("").await;
    network.create("before", 1).await;
    network.nagios.stop().await;
    network.keeps_its_servers("stopped", "it is empty, as Nagios answers when it is stopped").await;
    network.nagios.run(Checks::On);
    network.recovers().await;

    network.nagios.kill();
    network.nagios.run(Checks::Off);
    network.keeps_its_servers("restarted", "nothing is checked yet").await;
    network.nagios.kill();
    network.nagios.run(Checks::On);
    network.recovers().await;
}

#[tokio::test]
async fn a_nagios_that_was_killed_is_found_out_by_the_age_of_its_data() {
    let mut network = Network::start("max_age = \"5s\"").await;
    network.create("before", 1).await;
    network.nagios.kill();
    network.keeps_its_servers("killed", "the monitor's data are").await;
    // a balancer that starts while there is no monitor goes on with the servers that it knew
    network.lb.restart().await;
    network.lb.ready().await;
    network.keeps_its_servers("killed-and-restarted", "the monitor's data are").await;
    network.nagios.run(Checks::On);
    network.recovers().await;
}

#[tokio::test]
async fn a_wrong_password_lost_rights_or_an_empty_host_group_take_no_server_away() {
    let mut network = Network::start("").await;
    network.create("before", 1).await;
    network.nagios.set_password("another");
    network.keeps_its_servers("wrong-password", "wrong user or password").await;
    network.nagios.restore_password();
    network.recovers().await;

    network.nagios.set_rights(false);
    network.keeps_its_servers("no-rights", "it lists no server (has its user lost the right to see them?)").await;
    network.nagios.set_rights(true);
    network.recovers().await;

    network.nagios.set_members(false);
    network.nagios.kill();
    network.nagios.run(Checks::On);
    network.keeps_its_servers("empty-group", "it shows no host group bbb").await;
    network.nagios.set_members(true);
    network.nagios.kill();
    network.nagios.run(Checks::On);
    network.recovers().await;
    assert!(!network.lb.log().contains("nagios-password"));
}
