//! [`NetworkServer`]: what operators say of one server.

use std::ops::RangeInclusive;

use url::Url;

use super::BadNetwork;
use crate::checksum::Algorithm;
use crate::position::Position;
use crate::secret::Secret;
use crate::server::{Server, ServerName};

/// The weights that a server may have.
const WEIGHTS: RangeInclusive<f64> = 0.01..=1000.0;

/// One server as operators write it down: a whole server, or what they know of one better than the monitor does.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkServer {
    /// Its name, unique in the network: the monitor's host name where there is a monitor.
    pub name: ServerName,
    /// What is said of it.
    pub facts: ServerFacts,
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
}

/// What the operator wrote down of one server. Absent parts leave the monitor's word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerFacts {
    /// The URL of its API, as [`Server::api_url`] makes it.
    pub api_url: Option<Url>,
    /// Its secret.
    pub secret: Option<Secret>,
    /// Where it stands.
    pub position: Option<Position>,
    /// The most users it is to be given; 1 or more.
    pub capacity: Option<u32>,
    /// Its weight beside others, 0.01 to 1000.
    pub weight: Option<f64>,
    /// Its tags, instead of the monitor's.
    pub tags: Option<Vec<String>>,
    /// How calls to it are signed.
    pub checksum: Option<Algorithm>,
}

impl NetworkServer {
    /// A server of which nothing is said.
    pub fn new(name: impl Into<ServerName>) -> Self {
        Self { name: name.into(), facts: ServerFacts::default(), managed: false }
    }

    /// The server that it is by itself, without a monitor: `None` unless its URL and its secret are said.
    pub fn whole(&self) -> Option<Server> {
        let (api_url, secret) = (self.facts.api_url.clone()?, self.facts.secret.clone()?);
        let mut server = Server {
            name: self.name.clone(),
            address: api_url.host_str().unwrap_or_default().to_owned(),
            api_url,
            secret,
            position: None,
            capacity: None,
            weight: None,
            tags: Vec::new(),
            checksum: Algorithm::Sha256,
        };
        self.facts.write_over(&mut server);
        Some(server)
    }

    pub(super) fn check(&self) -> Result<(), BadNetwork> {
        let server = || self.name.clone();
        let facts = &self.facts;
        if facts.api_url.as_ref().is_some_and(|url| !is_api_url(url)) {
            return Err(BadNetwork::ServerUrl { server: server() });
        }
        if facts.secret.as_ref().is_some_and(Secret::is_empty) {
            return Err(BadNetwork::EmptyServerSecret { server: server() });
        }
        let on_the_globe = |at: Position| Position::try_new(at.latitude, at.longitude).is_some();
        let in_range = facts.capacity.is_none_or(|users| users > 0)
            && facts.weight.is_none_or(|weight| WEIGHTS.contains(&weight))
            && facts.position.is_none_or(on_the_globe);
        if in_range { Ok(()) } else { Err(BadNetwork::ServerNumber { server: server() }) }
    }
}

impl ServerFacts {
    /// Lays what is said over what `server` has.
    pub(crate) fn write_over(&self, server: &mut Server) {
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

/// Whether `url` is one that calls can be sent to, and that can be shown: without user name and password.
fn is_api_url(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none();
    plain && Server::api_url(url.as_str()).is_ok_and(|api| api == *url)
}
