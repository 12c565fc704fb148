//! [`Located`]: servers without a position get that of their address.

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
        if server.position.is_none() {
            server.position =
                server.ip().and_then(|address| self.locator.locate(address)).and_then(|place| place.position);
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::position::{KnownNetworks, Place, Position};
    use crate::source::StaticServers;

    fn position(url: &str, address: Option<&str>, known: Option<Position>) -> Option<Position> {
        let place = |latitude| Place { position: Position::try_new(latitude, 0.0), ..Place::default() };
        let locator = KnownNetworks::new([
            ("192.0.2.0/24".parse().unwrap(), place(1.0)),
            ("2001:db8::/32".parse().unwrap(), place(2.0)),
        ]);
        let mut server = Server::new("a", url, "secret").unwrap();
        server.address = address.map_or(server.address, str::to_owned);
        server.position = known;
        let source = Located::new(StaticServers::new([server]), Arc::new(locator));
        source.poll().now_or_never().unwrap().unwrap().servers.remove(0).server.position
    }

    #[test]
    fn a_server_stands_where_its_address_is() {
        let name = "https://a.example.org";
        assert_eq!(position(name, Some("192.0.2.7"), None), Position::try_new(1.0, 0.0));
        assert_eq!(position("http://192.0.2.7", Some("a.example.org"), None), Position::try_new(1.0, 0.0));
        assert_eq!(position("http://[2001:db8::1]/", None, None), Position::try_new(2.0, 0.0));
        assert_eq!(position(name, None, None), None);
        assert_eq!(position(name, Some("198.51.100.1"), None), None);
    }

    #[test]
    fn a_position_that_is_known_stays() {
        let known = Position::try_new(50.0, 4.0);
        assert_eq!(position("https://a.example.org", Some("192.0.2.7"), known), known);
    }
}
