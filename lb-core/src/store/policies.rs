//! [`PolicyStore`]: what placement policies have learnt, so that a restart does not forget it.

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;

use super::StoreError;
use crate::network::RouterName;

/// Keeps what the policies of routers have learnt, each under its router and its own name. What it is, only the policy knows.
#[async_trait]
pub trait PolicyStore: fmt::Debug + Send + Sync + 'static {
    /// What was kept last of the policy called `policy` of `router`.
    async fn learned(&self, router: &RouterName, policy: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps `learned` in place of what was kept before.
    ///
    /// # Errors
    /// [`StoreError`]: what was kept before is kept still.
    async fn keep_learned(&self, router: &RouterName, policy: &str, learned: Vec<u8>) -> Result<(), StoreError>;

    /// Forgets what the policies of all other routers had learnt.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was forgotten.
    async fn forget_learned_but(&self, routers: BTreeSet<RouterName>) -> Result<(), StoreError>;
}
