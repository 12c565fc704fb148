//! [`Located`]: servers without a position get that of their address.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;

use super::{MonitorReport, ServerSource, SourceError};
use crate::position::Locator;
use crate::server::Server;

/// A source whose servers stand where a [`Locator`] says their address is, unless their position is already known.
///
/// Only addresses are looked up, never names: the core asks no name server. A monitor that knows a server by its name
/// alone leaves it without a position.
#[derive(Debug)]
pub struct Located<S> {
    source: S,
    locator: Arc<dyn Locator>,
}

impl<S> Located<S> {
    /// Places the servers of `source` by `locator`.
    pub fn new(source: S, locator: Arc<dyn Locator>) -> Self {
        Self { source, locator }
    }

    fn locate(&self, server: &mut Server) {
        let host = server.api_url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let address = [server.address.as_str(), host].iter().find_map(|text| text.parse::<IpAddr>().ok());
        if server.position.is_none() {
            server.position = address.and_then(|address| self.locator.locate(address)).and_then(|place| place.position);
        }
    }
}

#[async_trait]
impl<S: ServerSource> ServerSource for Located<S> {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let mut report = self.source.poll().await?;
        report.servers.iter_mut().for_each(|reported| self.locate(&mut reported.server));
        Ok(report)
    }
}
