//! [`Places`]: how many calls to one server may be under way at once, so that a hung one cannot hold them all.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use lb_core::ServerName;
use tokio::sync::Semaphore;

/// A limit for each server. Reading it takes no lock; a server that is called for the first time costs a copy of the map.
#[derive(Debug)]
pub(super) struct Places {
    limit: usize,
    by_server: ArcSwap<HashMap<ServerName, Arc<Semaphore>>>,
}

impl Places {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, by_server: ArcSwap::default() }
    }

    /// The places of one server.
    pub(super) fn of(&self, server: &ServerName) -> Arc<Semaphore> {
        if let Some(places) = self.by_server.load().get(server) {
            return Arc::clone(places);
        }
        let fresh = Arc::new(Semaphore::new(self.limit));
        self.by_server.rcu(|map| {
            let mut map = HashMap::clone(map);
            map.entry(server.clone()).or_insert_with(|| Arc::clone(&fresh));
            map
        });
        self.by_server.load().get(server).cloned().unwrap_or(fresh)
    }
}
