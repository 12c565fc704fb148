//! [`Machines`]: the servers of the past day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use lb_core::Timestamp;
use lb_core::fleet::{Fleet, FleetRules};
use lb_core::server::{HostStatus, Load, Server, Service, ServiceState};
use lb_core::source::{MonitorReport, ReportedServer};

use super::super::cast::{CPU_PER_USER, SERVERS, ServerRole};

/// What ails a server for a while: the service that tells of it, its state, and what its check prints.
const TROUBLES: [(&str, ServiceState, &str); 4] = [
    ("Memory Report", ServiceState::Warning, "Memory usage: 11520MB of 16000MB (72%)"),
    ("Disk Report", ServiceState::Critical, "Disk usage: 149GB of 157GB (95%)"),
    ("Processor Report", ServiceState::Warning, "CPU usage: 74.0% Model: Simulated CPU (8 cores)"),
    ("BigBlueButton API", ServiceState::Critical, "connect to address 127.0.0.1: Connection refused"),
];

struct Trouble {
    server: usize,
    what: usize,
    from: Timestamp,
    until: Timestamp,
}

/// What stands on the servers, and what ails them.
pub(super) struct Machines {
    /// Meetings and users on each, in the order of [`SERVERS`].
    pub(super) held: [(u32, u32); SERVERS.len()],
    pub(super) fleet: Fleet,
    troubles: Vec<Trouble>,
    rules: Arc<FleetRules>,
}

impl Machines {
    /// Servers on which nothing stands yet; each trouble comes once in the `day` that begins at `from`.
    pub(super) fn new(from: Timestamp, day: Duration, rng: &mut Rng) -> Self {
        let part = day / TROUBLES.len() as u32;
        let trouble = |what: usize| {
            let begin = from + part * what as u32 + part.mul_f64(0.7 * rng.f64());
            let lasting = Duration::from_secs(rng.u64(8 * 60..35 * 60));
            Trouble { server: rng.usize(..SERVERS.len()), what, from: begin, until: begin + lasting }
        };
        let troubles = (0..TROUBLES.len()).map(trouble).collect();
        Self { held: Default::default(), fleet: Fleet::default(), troubles, rules: Arc::default() }
    }

    /// The monitor is polled.
    pub(super) fn poll(&mut self, now: Timestamp, rng: &mut Rng) {
        let reported = SERVERS.iter().enumerate().filter_map(|(number, role)| self.reported(number, role, now, rng));
        let report = MonitorReport::of(reported.collect::<Vec<_>>());
        // a report that is refused changes nothing
        if let Ok(fleet) = self.fleet.with_report(report, &BTreeMap::new(), &self.rules, now) {
            self.fleet = fleet;
        }
    }

    fn reported(&self, number: usize, role: &ServerRole, now: Timestamp, rng: &mut Rng) -> Option<ReportedServer> {
        let mut server = Server::new(role.name, &format!("https://{}.example.org", role.name), "simulated").ok()?;
        server.position = Some(role.position);
        let (meetings, users) = self.held.get(number).copied().unwrap_or_default();
        let mut services = BTreeMap::from([
            ("BigBlueButton API", (ServiceState::Ok, "HTTP OK")),
            ("Disk Report", (ServiceState::Ok, "Disk usage: 31GB of 157GB (19%)")),
            ("Memory Report", (ServiceState::Ok, "Memory usage: 2600MB of 16000MB (16%)")),
            ("Processor Report", (ServiceState::Ok, "CPU usage is usual")),
        ]);
        let ails = |trouble: &&Trouble| trouble.server == number && (trouble.from..trouble.until).contains(&now);
        for (service, state, output) in self.troubles.iter().filter(ails).filter_map(|ill| TROUBLES.get(ill.what)) {
            services.insert(service, (*state, output));
        }
        let services = services.into_iter().map(|(name, (state, output))| Service {
            name: name.to_owned(),
            state,
            output: output.to_owned(),
            checked_at: Some(now),
        });
        let cpu = role.base_cpu + CPU_PER_USER * f64::from(users) + 2.0 * rng.f64();
        let load = Load {
            cpu: Some(cpu.min(100.0)),
            cpu_at: now,
            memory: Some(16.0 + 0.1 * f64::from(users)),
            disk: Some(19.0),
            meetings: Some(meetings),
            users: Some(users),
            audio: Some(users * 7 / 10),
            video: Some(users / 3),
        };
        let services = services.collect();
        Some(ReportedServer { host: HostStatus::Up, services, load, ..ReportedServer::unwatched(server) })
    }
}
