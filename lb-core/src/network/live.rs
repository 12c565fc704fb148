//! [`LiveNetwork`]: the present network behind one atomic pointer.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Network;

/// The present network. Readers never lock; the store that has it serialises its changes.
#[derive(Debug, Default)]
pub struct LiveNetwork(ArcSwap<Network>);

impl LiveNetwork {
    /// Begins with `network`.
    pub fn new(network: impl Into<Arc<Network>>) -> Self {
        Self(ArcSwap::new(network.into()))
    }

    /// The network as it is now.
    pub fn load(&self) -> Arc<Network> {
        self.0.load_full()
    }

    /// Puts `network` in place of the present one.
    pub fn publish(&self, network: Arc<Network>) {
        self.0.store(network);
    }
}
