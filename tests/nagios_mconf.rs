//! The real binary and a Nagios of Mconf's networks (`format = "mconf"`): what it tells decides where meetings go, and no
//! trouble of it takes a server away.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::Arc;
use std::time::Duration;

use harness::{Lb, Website, integrations, simulated, until};
use lb_core::server::ServiceState;
use lb_http::sim::{NagiosFault, SimulatedHost, SimulatedNagios, SimulatedNagiosSettings, SimulatedServer};

const PATIENCE: Duration = Duration::from_secs(30);

/// Two servers for meetings, `bbb1` and `bbb2`, one for recordings, `bbb3`, and all that belongs to them.
struct Network {
    lb: Lb,
    moodle: Website,
    nagios: SimulatedNagios,
    servers: Vec<Arc<SimulatedServer>>,
}

impl Network {
    async fn start() -> Self {
        let servers: Vec<_> = simulated(3).await.into_iter().map(Arc::new).collect();
        let hosts = servers.iter().enumerate().map(|(index, server)| {
            let mut host = SimulatedHost::new(format!("bbb{}", index + 1), Arc::clone(server));
            if index == 2 {
                host.groups.push("mconf-recording-server".to_owned());
            }
            host
        });
        let nagios = SimulatedNagios::start(SimulatedNagiosSettings::default(), hosts.collect()).await.unwrap();
        servers[2].with(|bbb| bbb.set_cpu(0.0, 0.0));
        let config = format!(
            "[monitor]\nkind = \"nagios\"\nformat = \"mconf\"\nurl = \"{}\"\nusername = \"lb\"\npassword = \"simulated\"\n\
             hostgroup = \"mconf-node\"\nrecording_hostgroup = \"mconf-recording-server\"\ninterval = \"300ms\"\n\
             max_age = \"4s\"\n",
            nagios.url()
        );
        let lb = Lb::start(&(config + &integrations(&[("moodle", "moodle-secret")]))).await;
        let moodle = lb.website("moodle-secret");
        lb.metric_is("lb_servers{name=\"enabled\"}", 2.0).await;
        lb.metric_is("lb_servers{name=\"recording\"}", 1.0).await;
        Self { lb, moodle, nagios, servers }
    }

    async fn cpu(&self, figures: [f64; 2]) {
        for (server, cpu) in self.servers.iter().zip(figures) {
            server.with(|bbb| bbb.set_cpu(cpu, 0.0));
        }
        for (number, cpu) in figures.into_iter().enumerate() {
            self.lb.metric_is(&format!("lb_server_cpu_percent{{server=\"bbb{}\"}}", number + 1), cpu).await;
        }
    }

    /// Creates a meeting; the numbers of the servers that have it.
    async fn create(&self, id: &str) -> Vec<usize> {
        self.moodle.create(id).await.success();
        (1..)
            .zip(&self.servers)
            .filter(|(_, one)| one.with(|bbb| bbb.meeting(id).is_some()))
            .map(|(it, _)| it)
            .collect()
    }
}

#[tokio::test]
async fn meetings_go_to_the_least_cpu_and_never_to_a_server_of_recordings() {
    let network = Network::start().await;
    for (figures, server) in [([40.0, 12.5], 2), ([3.0, 60.0], 1)] {
        network.cpu(figures).await;
        assert_eq!(network.create(&format!("least-{server}")).await, [server]);
    }
    network.nagios.set_service("bbb1", "Disk Report", Some(ServiceState::Critical));
    network.lb.metric_is("lb_servers{name=\"critical\"}", 1.0).await;
    assert_eq!(network.create("critical").await, [2]);
}

#[tokio::test]
async fn no_trouble_of_the_monitor_takes_a_server_away() {
    let network = Network::start().await;
    for (fault, problem) in [
        (NagiosFault::Stopped, "it is a page of HTML, as status-json.cgi answers when Nagios is stopped"),
        (NagiosFault::Stale(Duration::from_secs(3600)), "the monitor's data are"),
        (NagiosFault::Pending, "nothing is checked yet"),
        (NagiosFault::EmptyList, "it shows no host group mconf-node"),
        (NagiosFault::Unauthorized, "wrong user or password"),
        (NagiosFault::Garbage, "most likely a quote or backslash"),
    ] {
        network.nagios.fault(Some(fault));
        let told = async || network.lb.log().contains(problem).then_some(());
        until(PATIENCE, &format!("the log says: {problem}"), told).await;
        assert_eq!(network.lb.metric("lb_servers{name=\"enabled\"}").await, Some(2.0), "{fault:?}");
        assert_eq!(network.create(&format!("{fault:?}")).await.len(), 1);
        network.nagios.fault(None);
        network.lb.metric_is("lb_monitor_failing", 0.0).await;
    }
}
