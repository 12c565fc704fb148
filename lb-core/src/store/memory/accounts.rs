//! The accounts of an [`InMemoryStore`].

use std::sync::Arc;

use async_trait::async_trait;

use super::InMemoryStore;
use crate::account::{AccountChange, AccountUse, Accounts};
use crate::event::Event;
use crate::network::Revision;
use crate::store::{AccountStore, StoreError};

#[async_trait]
impl AccountStore for InMemoryStore {
    fn accounts(&self) -> Arc<Accounts> {
        self.accounts.load_full()
    }

    async fn change_accounts(
        &self,
        base: Revision,
        changes: Vec<AccountChange>,
        events: Vec<Event>,
    ) -> Result<Arc<Accounts>, StoreError> {
        let mut written = self.lock();
        let present = self.accounts.load_full();
        if present.revision() != base {
            return Err(StoreError::Overtaken);
        }
        let next = Arc::new(present.changed(&changes)?);
        self.accounts.store(Arc::clone(&next));
        written.keep(events);
        Ok(next)
    }

    fn note_use(&self, used: AccountUse) {
        let _turn = self.lock();
        if let Some(next) = self.accounts.load().used(&used) {
            self.accounts.store(Arc::new(next));
        }
    }
}
