//! [`WithFacts`]: what the operator wrote down of single servers goes over what the monitor says.

use std::sync::Arc;

use async_trait::async_trait;

use super::{MonitorReport, ServerSource, SourceError};
use crate::store::NetworkStore;

/// A source whose servers carry the operator's own facts, by name: those that the network has at each poll.
#[derive(Debug)]
pub struct WithFacts<S> {
    source: S,
    store: Arc<dyn NetworkStore>,
}

impl<S> WithFacts<S> {
    /// Lays what the network in `store` says of servers over what `source` reports.
    pub fn new(source: S, store: Arc<dyn NetworkStore>) -> Self {
        Self { source, store }
    }
}

#[async_trait]
impl<S: ServerSource> ServerSource for WithFacts<S> {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let mut report = self.source.poll().await?;
        let network = self.store.network();
        for reported in &mut report.servers {
            if let Some(known) = network.server(&reported.server.name) {
                known.facts.write_over(&mut reported.server);
            }
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::checksum::Algorithm;
    use crate::network::{Network, NetworkServer, ServerFacts};
    use crate::position::Position;
    use crate::server::Server;
    use crate::source::StaticServers;
    use crate::store::InMemoryStore;

    fn written(name: &str, facts: ServerFacts) -> Arc<dyn NetworkStore> {
        let server = NetworkServer { facts, ..NetworkServer::new(name) };
        Arc::new(InMemoryStore::of(Network::new([server.into()]).unwrap()))
    }

    fn polled(facts: ServerFacts) -> Server {
        let mut server = Server::new("a", "https://a.example.org", "monitor").unwrap();
        server.tags = vec!["monitor".into()];
        server.capacity = Some(100);
        let source = WithFacts::new(StaticServers::new([server]), written("a", facts));
        source.poll().now_or_never().unwrap().unwrap().servers.remove(0).server
    }

    #[test]
    fn what_the_operator_wrote_goes_over_what_the_monitor_says() {
        let server = polled(ServerFacts {
            api_url: Some(Server::api_url("https://b.example.org").unwrap()),
            secret: Some("operator".into()),
            position: Position::try_new(1.0, 2.0),
            capacity: Some(200),
            weight: Some(1.5),
            tags: Some(vec![]),
            checksum: Some(Algorithm::Sha1),
        });
        assert_eq!(server.api_url.host_str(), Some("b.example.org"));
        assert_eq!(server.secret.expose(), "operator");
        assert_eq!(server.position, Position::try_new(1.0, 2.0));
        assert_eq!((server.capacity, server.tags.len(), server.checksum), (Some(200), 0, Algorithm::Sha1));
        assert_eq!(server.weight, Some(1.5));
    }

    #[test]
    fn what_the_operator_did_not_write_stays_the_monitors() {
        let server = polled(ServerFacts { position: Position::try_new(1.0, 2.0), ..ServerFacts::default() });
        assert_eq!(server.api_url.host_str(), Some("a.example.org"));
        assert_eq!(server.secret.expose(), "monitor");
        assert_eq!((server.capacity, server.tags), (Some(100), vec!["monitor".to_owned()]));
    }

    #[test]
    fn facts_of_a_server_that_the_monitor_does_not_have_add_none() {
        let facts = written("other", ServerFacts::default());
        let source = WithFacts::new(StaticServers::new([]), facts);
        assert!(source.poll().now_or_never().unwrap().unwrap().servers.is_empty());
    }
}
