//! How a report of the monitor becomes the next fleet.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::member::{FleetRules, FleetServer};
use super::{Fleet, MonitorNews, Servers};
use crate::clock::Timestamp;
use crate::server::{AdministratorWord, HostStatus, Load, ServerName, Service, ServiceState};
use crate::source::{MonitorReport, ReportedServer};

/// Why a report is no news: taking it over would wipe a fleet that may be well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportRefused {
    /// It has no server, and the fleet has: a user without rights, or a monitor that lost its configuration.
    #[error("it lists no server (has its user lost the right to see them?)")]
    Empty,
    /// Nothing in it was ever checked: the monitor has just restarted.
    #[error("nothing is checked yet (it has just restarted)")]
    AllPending,
}

impl Fleet {
    /// The fleet after a poll of the monitor. `words` are what administrators said of servers that the fleet does not have
    /// yet.
    ///
    /// Servers that the report lacks stay, as gone. What is PENDING in the report is no news: what was known stays.
    ///
    /// # Errors
    /// [`ReportRefused`] if the report would wipe the fleet. The fleet then stays as it is.
    pub fn with_report(
        &self,
        report: MonitorReport,
        words: &BTreeMap<ServerName, AdministratorWord>,
        rules: &Arc<FleetRules>,
        now: Timestamp,
    ) -> Result<Fleet, ReportRefused> {
        if report.servers.is_empty() && !self.servers.is_empty() && !report.may_be_empty {
            return Err(ReportRefused::Empty);
        }
        if !report.servers.is_empty() && report.servers.iter().all(is_pending) {
            return Err(ReportRefused::AllPending);
        }
        let mut servers: BTreeMap<ServerName, FleetServer> = BTreeMap::new();
        for reported in report.servers {
            let name = reported.server.name.clone();
            let word = words.get(&name).copied().unwrap_or_default();
            let known = self.server(&name).map(|known| FleetServer::clone(known));
            let known = known.unwrap_or_else(|| FleetServer::new(reported.server.clone(), word, Arc::clone(rules)));
            servers.entry(name).or_insert_with(|| known.with_news(reported, rules, now));
        }
        for known in self.servers.iter().filter(|known| !servers.contains_key(&known.server.name)).collect::<Vec<_>>() {
            let mut gone = FleetServer::clone(known);
            gone.gone = true;
            gone.rules = Arc::clone(rules);
            servers.insert(known.server.name.clone(), gone);
        }
        let judged = servers.into_values().map(|mut server| {
            server.judge();
            Arc::new(server)
        });
        let servers: Servers = judged.collect();
        let freeze = self.freeze.without_silent(&servers, now);
        let monitor = MonitorNews { good_at: Some(now), trouble: None };
        let standings = self.standings.after(&self.servers, &servers);
        Ok(Fleet { servers, monitor, freeze, rooms: self.rooms.clone(), standings })
    }
}

impl FleetServer {
    fn with_news(mut self, reported: ReportedServer, rules: &Arc<FleetRules>, now: Timestamp) -> Self {
        let pending = |service: &Service| service.state == ServiceState::Pending;
        self.services = reported
            .services
            .into_iter()
            .map(|service| match self.services.iter().find(|known| known.name == service.name) {
                Some(known) if pending(&service) => known.clone(),
                _ => service,
            })
            .collect();
        if reported.host != HostStatus::Pending {
            self.host = reported.host;
            let down = reported.host == HostStatus::Down;
            self.host_down_since = if down { self.host_down_since.or(Some(now)) } else { None };
        }
        self.take_load(reported.load);
        if *self.server != reported.server {
            self.server = Arc::new(reported.server);
        }
        self.recording = reported.recording;
        self.gone = false;
        self.rules = Arc::clone(rules);
        self
    }

    /// Takes over what the monitor measured. A figure that is missing now may only be pending: it goes on aging.
    pub(crate) fn take_load(&mut self, load: Load) {
        self.measured = Load {
            cpu: load.cpu.or(self.measured.cpu),
            cpu_at: if load.cpu.is_some() { load.cpu_at } else { self.measured.cpu_at },
            ..load
        };
    }
}

fn is_pending(reported: &ReportedServer) -> bool {
    let services_pending = reported.services.iter().all(|service| service.state == ServiceState::Pending);
    match reported.host {
        HostStatus::Undefined => !reported.services.is_empty() && services_pending,
        HostStatus::Pending => services_pending,
        // Nagios believes an unchecked host to be up
        HostStatus::Up => !reported.services.is_empty() && services_pending,
        HostStatus::Down | HostStatus::Unreachable => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{Server, ServerState};

    fn reported(name: &str, state: ServiceState) -> ReportedServer {
        ReportedServer {
            server: Server::new(name, "https://bbb.example.org", "secret").unwrap(),
            host: HostStatus::Up,
            services: vec![Service { name: "CPU".into(), state, output: String::new(), checked_at: None }],
            load: Load { cpu: Some(10.0), ..Load::default() },
            recording: false,
        }
    }

    fn next(fleet: &Fleet, servers: Vec<ReportedServer>) -> Result<Fleet, ReportRefused> {
        fleet.with_report(MonitorReport::of(servers), &BTreeMap::new(), &Arc::default(), Timestamp::default())
    }

    fn states(fleet: &Fleet) -> Vec<(&str, ServerState)> {
        fleet.servers().iter().map(|server| (server.server.name.as_str(), server.state())).collect()
    }

    #[test]
    fn an_empty_or_all_pending_report_is_refused() {
        let fleet = next(&Fleet::default(), vec![reported("a", ServiceState::Ok)]).unwrap();
        assert_eq!(next(&fleet, vec![]).unwrap_err(), ReportRefused::Empty);
        assert_eq!(next(&fleet, vec![reported("a", ServiceState::Pending)]).unwrap_err(), ReportRefused::AllPending);
        assert!(next(&Fleet::default(), vec![]).is_ok(), "nothing to lose");
    }

    #[test]
    fn a_pending_service_keeps_what_was_known() {
        let fleet =
            next(&Fleet::default(), vec![reported("a", ServiceState::Critical), reported("b", ServiceState::Ok)])
                .unwrap();
        let later = next(&fleet, vec![reported("a", ServiceState::Pending), reported("b", ServiceState::Ok)]).unwrap();
        assert_eq!(states(&later), [("a", ServerState::Critical), ("b", ServerState::Enabled)]);
    }

    #[test]
    fn a_server_that_the_monitor_no_longer_has_is_gone_and_can_come_back() {
        let fleet =
            next(&Fleet::default(), vec![reported("b", ServiceState::Ok), reported("a", ServiceState::Ok)]).unwrap();
        let without = next(&fleet, vec![reported("b", ServiceState::Ok)]).unwrap();
        assert_eq!(states(&without), [("a", ServerState::Gone), ("b", ServerState::Enabled)]);
        let back = next(&without, vec![reported("b", ServiceState::Ok), reported("a", ServiceState::Ok)]).unwrap();
        assert_eq!(states(&back), [("a", ServerState::Enabled), ("b", ServerState::Enabled)]);
    }
}
