//! [`WithFacts`]: what the operator wrote down of single servers goes over what the monitor says.

use std::collections::HashMap;

use async_trait::async_trait;

use super::{MonitorReport, ServerSource, SourceError};
use crate::checksum::Algorithm;
use crate::position::Position;
use crate::secret::Secret;
use crate::server::{Server, ServerName};

/// What the operator wrote down of one server. Absent parts leave the monitor's word.
#[derive(Clone, Debug, Default)]
pub struct ServerFacts {
    /// The URL of its API.
    pub api_url: Option<url::Url>,
    /// Its secret.
    pub secret: Option<Secret>,
    /// Where it stands.
    pub position: Option<Position>,
    /// The most users it is to be given.
    pub capacity: Option<u32>,
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
