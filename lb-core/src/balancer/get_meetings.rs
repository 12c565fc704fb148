//! getMeetings: answered from what the servers listed last; no server is asked.

use super::{Answered, Balancer};
use crate::api::{Failure, get_meetings};
use crate::network::Integration;

impl Balancer {
    pub(super) async fn get_meetings(&self, integration: &Integration) -> Result<Answered, Failure> {
        let meetings = self.stored(self.store.meetings_of(&integration.name).await)?;
        Ok(Answered::locally(get_meetings::reply(meetings, self.fleet(), self.clock.now())))
    }
}
