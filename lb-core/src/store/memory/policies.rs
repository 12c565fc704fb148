//! What policies have learnt in an [`InMemoryStore`]: as long as that lives, for a balancer that is put together anew over it.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::InMemoryStore;
use crate::network::RouterName;
use crate::store::{PolicyStore, StoreError};

#[async_trait]
impl PolicyStore for InMemoryStore {
    async fn learned(&self, router: &RouterName, policy: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().learned.get(&(router.clone(), policy.to_owned())).cloned())
    }

    async fn keep_learned(&self, router: &RouterName, policy: &str, learned: Vec<u8>) -> Result<(), StoreError> {
        self.lock().learned.insert((router.clone(), policy.to_owned()), learned);
        Ok(())
    }

    async fn forget_learned_but(&self, routers: BTreeSet<RouterName>) -> Result<(), StoreError> {
        self.lock().learned.retain(|(router, _), _| routers.contains(router));
        Ok(())
    }
}
