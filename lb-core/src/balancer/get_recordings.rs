//! getRecordings: answered from what the servers listed last; no server is asked.

use super::{Answered, Balancer};
use crate::api::{Failure, Params, get_recordings};
use crate::network::Integration;

impl Balancer {
    pub(super) async fn get_recordings(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let query = get_recordings::query(&params, integration.name.clone());
        let selected = self.stored(self.stores.recordings.select(&query).await)?;
        Ok(Answered::locally(get_recordings::reply(selected, query.page.is_some())))
    }
}
