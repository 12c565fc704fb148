//! [`Sent`]: how much was sent to a server, for rules that count what they did since they last looked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was sent to a server since the process has known it. It only grows: what came since a moment is a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Meetings placed on it, also those whose create failed then.
    pub creates: u64,
    /// Users sent into its meetings, whether they came or not.
    pub joins: u64,
}

impl Sent {
    /// What came after `earlier`; nothing where that is more, because the server was forgotten in between.
    #[must_use]
    pub fn since(self, earlier: Sent) -> Sent {
        Sent { creates: self.creates.saturating_sub(earlier.creates), joins: self.joins.saturating_sub(earlier.joins) }
    }
}

/// Counts it. Joins are counted without a change of the fleet: clones of a server share them.
#[derive(Clone, Debug, Default)]
pub(super) struct SentCounter {
    creates: u64,
    joins: Arc<AtomicU64>,
}

impl SentCounter {
    pub(super) fn count_create(&mut self) {
        self.creates += 1;
    }

    pub(super) fn count_join(&self) {
        // no other memory is ordered by it
        self.joins.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn sent(&self) -> Sent {
        Sent { creates: self.creates, joins: self.joins.load(Ordering::Relaxed) }
    }
}
