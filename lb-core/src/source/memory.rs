//! [`StaticServers`]: a list of servers that nobody watches.

use std::sync::Mutex;

use async_trait::async_trait;

use super::{MonitorReport, ReportedServer, ServerSource, SourceError};
use crate::server::Server;

/// Reports the servers it was given, as they were given; a program (or a test) may exchange them at any time.
#[derive(Debug)]
pub struct StaticServers {
    // held for one clone or one assignment, never across an await
    reported: Mutex<Vec<ReportedServer>>,
}

impl StaticServers {
    /// Servers of which only the facts are known.
    pub fn new(servers: impl IntoIterator<Item = Server>) -> Self {
        Self::reporting(servers.into_iter().map(ReportedServer::unwatched))
    }

    /// Servers with what a monitor would say of them.
    pub fn reporting(servers: impl IntoIterator<Item = ReportedServer>) -> Self {
        Self { reported: Mutex::new(servers.into_iter().collect()) }
    }

    /// Reports `servers` from the next poll on.
    pub fn set(&self, servers: impl IntoIterator<Item = ReportedServer>) {
        *self.reported.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = servers.into_iter().collect();
    }
}

#[async_trait]
impl ServerSource for StaticServers {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let servers = self.reported.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        Ok(MonitorReport::of(servers))
    }
}

#[cfg(feature = "testkit")]
#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;
    use crate::clock::{ManualClock, Timestamp};
    use crate::server::Load;
    use crate::testkit::source as contract;

    fn server(name: &str) -> Server {
        Server::new(name, &format!("https://{name}.example.org"), "secret").unwrap()
    }

    /// Runs a future that waits for nothing.
    fn run<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().expect("a static list waits for nothing")
    }

    #[test]
    fn it_keeps_the_contract_of_every_source() {
        let source = StaticServers::new([server("a"), server("b")]);
        run(contract::names_are_unique_and_not_empty(&source));
        run(contract::urls_are_those_of_an_api(&source));
        run(contract::figures_are_within_their_range(&source));
        run(contract::a_poll_can_be_repeated(&source));
        run(contract::a_poll_may_be_dropped(&source));
        run(contract::a_poll_ends_within(&source, &ManualClock::default(), Duration::from_secs(1)));
    }

    #[test]
    fn the_contract_notices_what_breaks_it() {
        fn breaks(clause: impl AsyncFnOnce(&dyn ServerSource), source: &StaticServers) -> bool {
            let run = std::panic::AssertUnwindSafe(|| run(clause(source)));
            std::panic::catch_unwind(run).is_err()
        }
        let with = |load| StaticServers::reporting([ReportedServer { load, ..ReportedServer::unwatched(server("a")) }]);
        let cpu_at = Timestamp::from_millis(1);
        assert!(breaks(contract::names_are_unique_and_not_empty, &StaticServers::new([server("a"), server("a")])));
        assert!(breaks(
            contract::figures_are_within_their_range,
            &with(Load { cpu: Some(101.0), cpu_at, ..Load::default() })
        ));
        assert!(breaks(contract::figures_are_within_their_range, &with(Load { cpu: Some(1.0), ..Load::default() })));
        assert!(!breaks(
            contract::figures_are_within_their_range,
            &with(Load { cpu: Some(1.0), cpu_at, ..Load::default() })
        ));
        let mut odd = server("a");
        odd.api_url.set_path("/bigbluebutton/");
        assert!(breaks(contract::urls_are_those_of_an_api, &StaticServers::new([odd])));
    }

    #[test]
    fn servers_may_be_exchanged_at_any_time() {
        let source = StaticServers::new([server("a")]);
        source.set([ReportedServer::unwatched(server("b"))]);
        let report = run(source.poll()).unwrap();
        assert_eq!(report.servers.len(), 1);
        assert_eq!(report.servers[0].server.name.as_str(), "b");
    }
}
