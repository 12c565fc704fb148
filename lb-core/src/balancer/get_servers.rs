//! getServers: the servers that may hold the website's meetings.

use super::{Answered, Balancer};
use crate::api::get_servers;
use crate::network::Integration;

impl Balancer {
    pub(super) fn get_servers(&self, integration: &Integration) -> Answered {
        let fleet = self.fleet();
        let allowed = fleet
            .servers()
            .iter()
            .filter(|server| !server.recording && integration.tags.allow(&server.server.tags))
            .map(|server| {
                let place = server.server.ip().and_then(|ip| self.locator.locate(ip));
                (&**server, place.unwrap_or_default())
            });
        Answered::locally(get_servers::reply(allowed))
    }
}
