//! [`LiveFleet`]: the present fleet behind one atomic pointer.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Fleet;

/// The present fleet. Readers never lock; writers take turns.
#[derive(Debug, Default)]
pub struct LiveFleet {
    current: ArcSwap<Fleet>,
    // serialises writers, held for one pure function
    writing: Mutex<()>,
}

impl LiveFleet {
    /// The fleet as it is now.
    pub fn load(&self) -> Arc<Fleet> {
        self.current.load_full()
    }

    /// Lets `change` decide on the present fleet and puts the one that it answers, if any, in its place. No other change
    /// comes between: so a placement sees every placement before it.
    pub fn change<T>(&self, change: impl FnOnce(&Fleet) -> (Option<Fleet>, T)) -> T {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, result) = change(&self.current.load());
        if let Some(next) = next {
            self.current.store(Arc::new(next));
        }
        result
    }
}
