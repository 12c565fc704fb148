//! The network of an [`InMemoryStore`].

use std::sync::Arc;

use async_trait::async_trait;

use super::InMemoryStore;
use crate::event::Event;
use crate::network::{Network, NetworkChange, Revision};
use crate::store::{NetworkStore, StoreError};

#[async_trait]
impl NetworkStore for InMemoryStore {
    fn network(&self) -> Arc<Network> {
        self.network.load()
    }

    async fn change_network(
        &self,
        base: Revision,
        changes: Vec<NetworkChange>,
        events: Vec<Event>,
    ) -> Result<Arc<Network>, StoreError> {
        let mut written = self.lock();
        let present = self.network.load();
        if present.revision() != base {
            return Err(StoreError::Overtaken);
        }
        let next = Arc::new(present.changed(&changes)?);
        self.network.publish(Arc::clone(&next));
        written.keep(events);
        Ok(next)
    }
}
