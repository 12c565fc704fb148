//! The hooks of an [`InMemoryStore`].

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;

use super::InMemoryStore;
use crate::clock::Timestamp;
use crate::hook::{Hook, HookId, HookWish};
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;
use crate::server::ServerName;
use crate::store::{EndedMeeting, HookAdded, HookIndex, HookStore, StoreError};

/// What is known of hooks. The index is changed under the lock of the store, and read without.
#[derive(Debug, Default)]
pub(super) struct Hooks(ArcSwap<HookIndex>);

/// Meetings that have ended, by incarnation.
pub(super) type Ended = HashMap<InternalMeetingId, EndedMeeting>;

impl Hooks {
    /// Takes all hooks of an integration away, which is itself removed. Under the lock of the store.
    pub(super) fn remove_all(&self, integration: &IntegrationName) {
        let mut index = HookIndex::clone(&self.0.load());
        index.remove_all(integration);
        self.0.store(Arc::new(index));
    }
}

impl InMemoryStore {
    fn change_hooks<T>(&self, change: impl FnOnce(&mut HookIndex) -> T) -> T {
        let _turn = self.lock();
        let mut index = HookIndex::clone(&self.hooks.0.load());
        let result = change(&mut index);
        self.hooks.0.store(Arc::new(index));
        result
    }
}

#[async_trait]
impl HookStore for InMemoryStore {
    async fn add_hook(&self, wish: HookWish) -> Result<HookAdded, StoreError> {
        Ok(self.change_hooks(|index| index.add(wish).0))
    }

    async fn remove_hook(&self, integration: &IntegrationName, id: HookId) -> Result<bool, StoreError> {
        Ok(self.change_hooks(|index| index.remove(integration, id)))
    }

    async fn hooks_of(&self, integration: &IntegrationName) -> Result<Arc<[Arc<Hook>]>, StoreError> {
        Ok(self.hooks.0.load().of(integration))
    }

    async fn note_ended(&self, ended: EndedMeeting) -> Result<(), StoreError> {
        self.lock().ended.insert(ended.internal_id.clone(), ended);
        Ok(())
    }

    async fn ended_meeting(
        &self,
        internal_id: &InternalMeetingId,
        server: &ServerName,
    ) -> Result<Option<EndedMeeting>, StoreError> {
        Ok(self.lock().ended.get(internal_id).filter(|ended| ended.server == *server).cloned())
    }

    async fn forget_ended(&self, before: Timestamp) -> Result<(), StoreError> {
        self.lock().ended.retain(|_, ended| ended.at >= before);
        Ok(())
    }
}
