//! [`WithFacts`]: what the operator wrote down of single servers goes over what the monitor says.

use std::collections::HashMap;

use async_trait::async_trait;

use super::{MonitorReport, ServerSource, SourceError};
use crate::checksum::Algorithm;
use crate::position::Position;
use crate::secret::Secret;
use crate::server::{Server, ServerName};

/// What the operator wrote down of one server. Absent parts leave the monitor's word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerFacts {
    /// The URL of its API.
    pub api_url: Option<url::Url>,
    /// Its secret.
    pub secret: Option<Secret>,
    /// Where it stands.
    pub position: Option<Position>,
    /// The most users it is to be given.
    pub capacity: Option<u32>,
    /// Its weight beside others.
    pub weight: Option<f64>,
    /// Its tags, instead of the monitor's.
    pub tags: Option<Vec<String>>,
    /// How calls to it are signed.
    pub checksum: Option<Algorithm>,
}

impl ServerFacts {
    fn write_over(&self, server: &mut Server) {
        let facts = self.clone();
        server.api_url = facts.api_url.unwrap_or_else(|| server.api_url.clone());
        server.secret = facts.secret.unwrap_or_else(|| server.secret.clone());
        server.position = facts.position.or(server.position);
        server.capacity = facts.capacity.or(server.capacity);
        server.weight = facts.weight.or(server.weight);
        server.tags = facts.tags.unwrap_or_else(|| std::mem::take(&mut server.tags));
        server.checksum = facts.checksum.unwrap_or(server.checksum);
    }
}

/// A source whose servers carry the operator's own facts, by name.
#[derive(Debug)]
pub struct WithFacts<S> {
    source: S,
    facts: HashMap<ServerName, ServerFacts>,
}

impl<S> WithFacts<S> {
    /// Lays `facts` over what `source` reports.
    pub fn new(source: S, facts: HashMap<ServerName, ServerFacts>) -> Self {
        Self { source, facts }
    }
}

#[async_trait]
impl<S: ServerSource> ServerSource for WithFacts<S> {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let mut report = self.source.poll().await?;
        for reported in &mut report.servers {
            if let Some(facts) = self.facts.get(&reported.server.name) {
                facts.write_over(&mut reported.server);
            }
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::source::StaticServers;

    fn polled(facts: ServerFacts) -> Server {
        let mut server = Server::new("a", "https://a.example.org", "monitor").unwrap();
        server.tags = vec!["monitor".into()];
        server.capacity = Some(100);
        let source = WithFacts::new(StaticServers::new([server]), HashMap::from([("a".into(), facts)]));
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
        let facts = HashMap::from([("other".into(), ServerFacts::default())]);
        let source = WithFacts::new(StaticServers::new([]), facts);
        assert!(source.poll().now_or_never().unwrap().unwrap().servers.is_empty());
    }
}
