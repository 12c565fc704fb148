//! getSessions: answered from what the servers listed last; no server is asked.

use super::{Answered, Balancer};
use crate::api::{Failure, get_sessions};
use crate::network::Integration;

impl Balancer {
    pub(super) async fn get_sessions(&self, integration: &Integration) -> Result<Answered, Failure> {
        let meetings = self.stored(self.store.meetings_of(&integration.name).await)?;
        let fleet = self.fleet();
        let with_servers =
            meetings.iter().map(|meeting| (&**meeting, fleet.server(&meeting.server).map(|server| &**server)));
        Ok(Answered::locally(get_sessions::reply(with_servers)))
    }
}
