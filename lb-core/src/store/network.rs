//! [`NetworkStore`]: where integrations, plans, partners and routers are kept.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::event::Event;
use crate::network::{Network, NetworkChange, Revision};

/// Keeps the network. It has the present one in memory, so that every call can look at it.
#[async_trait]
pub trait NetworkStore: fmt::Debug + Send + Sync + 'static {
    /// The network as it is now: what [`change_network`](Self::change_network) answered last. It takes no lock and reads
    /// nothing but memory.
    fn network(&self) -> Arc<Network>;

    /// Makes `changes`, all at once, of the network at revision `base`, and stores `events` with them. Answers the network that
    /// came of it; from then on it is the present one.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] where the network is no longer at `base`: whoever decided on the changes must look again.
    /// [`StoreError::BadNetwork`] where the network would not be whole. Whatever the error, nothing is changed.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the change happens; where it does, it is present like any other.
    async fn change_network(
        &self,
        base: Revision,
        changes: Vec<NetworkChange>,
        events: Vec<Event>,
    ) -> Result<Arc<Network>, StoreError>;
}
