//! [`NetworkServers`]: the servers that operators administer, watched by nobody else.

use std::sync::Arc;

use async_trait::async_trait;

use super::{MonitorReport, ReportedServer, ServerSource, SourceError};
use crate::store::NetworkStore;

/// Reports the servers that the network has at each poll: those whose URL and secret are said. The others cannot be used.
///
/// What it lists is what operators want, so a list without servers is believed.
#[derive(Debug)]
pub struct NetworkServers {
    store: Arc<dyn NetworkStore>,
}

impl NetworkServers {
    /// Reports the servers of the network in `store`.
    pub fn new(store: Arc<dyn NetworkStore>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ServerSource for NetworkServers {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let network = self.store.network();
        let servers = network.servers().filter_map(|server| server.whole()).map(ReportedServer::unwatched);
        Ok(MonitorReport { servers: servers.collect(), may_be_empty: true })
    }
}

#[cfg(feature = "testkit")]
#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;
    use crate::checksum::Algorithm;
    use crate::clock::ManualClock;
    use crate::network::{EntityName, Network, NetworkChange, NetworkServer, ServerFacts};
    use crate::server::Server;
    use crate::store::InMemoryStore;
    use crate::testkit::source as contract;

    fn server(name: &str) -> NetworkServer {
        let facts = ServerFacts {
            api_url: Some(Server::api_url(&format!("https://{name}.example.org")).unwrap()),
            secret: Some("secret".into()),
            capacity: Some(7),
            ..ServerFacts::default()
        };
        NetworkServer { facts, ..NetworkServer::new(name) }
    }

    fn store(servers: impl IntoIterator<Item = NetworkServer>) -> Arc<InMemoryStore> {
        Arc::new(InMemoryStore::of(Network::new(servers.into_iter().map(Into::into)).unwrap()))
    }

    /// Runs a future that waits for nothing.
    fn run<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().expect("memory waits for nothing")
    }

    #[test]
    fn it_keeps_the_contract_of_every_source() {
        let source = NetworkServers::new(store([server("a"), server("b")]));
        run(contract::names_are_unique_and_not_empty(&source));
        run(contract::urls_are_those_of_an_api(&source));
        run(contract::figures_are_within_their_range(&source));
        run(contract::a_poll_can_be_repeated(&source));
        run(contract::a_poll_may_be_dropped(&source));
        run(contract::a_poll_ends_within(&source, &ManualClock::default(), Duration::from_secs(1)));
    }

    #[test]
    fn a_poll_has_the_servers_of_the_moment_that_can_be_used() {
        let no_secret = NetworkServer { facts: ServerFacts { secret: None, ..server("b").facts }, ..server("b") };
        let store = store([server("a"), no_secret]);
        let source = NetworkServers::new(store.clone());
        let polled = || {
            let report = run(source.poll()).unwrap();
            assert!(report.may_be_empty);
            report.servers.into_iter().map(|reported| reported.server).collect::<Vec<_>>()
        };
        let first = polled();
        assert_eq!((first.len(), first[0].name.as_str(), first[0].capacity), (1, "a", Some(7)));
        assert_eq!((first[0].address.as_str(), first[0].checksum), ("a.example.org", Algorithm::Sha256));
        let changes = [NetworkChange::Remove(EntityName::Server("a".into())), NetworkChange::Put(server("b").into())];
        run(store.change_network(store.network().revision(), changes.to_vec(), vec![])).unwrap();
        assert_eq!(polled()[0].name.as_str(), "b");
    }
}
