//! The network of an [`InMemoryStore`].

use std::sync::Arc;

use async_trait::async_trait;

use super::InMemoryStore;
use crate::event::Event;
use crate::network::{EntityName, Network, NetworkChange, Revision};
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
        for change in &changes {
            // another one of that name later is another website
            if let NetworkChange::Remove(EntityName::Integration(name)) = change {
                self.hooks.remove_all(name);
                written.deliveries.remove_all(name);
                written.ended.retain(|_, ended| ended.key.integration != *name);
            }
        }
        written.keep(events);
        Ok(next)
    }
}
