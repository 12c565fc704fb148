//! Events that nothing else depends on, while they wait to be written with others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lb_core::event::Event;

/// How many events wait at most; what comes beyond is dropped and counted.
pub(super) const CAPACITY: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct EventBuffer {
    // held for one push or one swap, never across an await
    waiting: Mutex<Waiting>,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    events: Vec<Event>,
    // taken by the writer, not written yet
    taken: usize,
}

impl EventBuffer {
    pub(super) fn push(&self, events: Vec<Event>) {
        let mut waiting = self.lock();
        let places = CAPACITY.saturating_sub(waiting.taken + waiting.events.len());
        let surplus = events.len().saturating_sub(places);
        waiting.events.extend(events.into_iter().take(places));
        self.dropped.fetch_add(surplus as u64, Ordering::Relaxed);
    }

    /// Moves what waits to the end of `taken`, whose events keep their places until they are [`written`](Self::written).
    pub(super) fn take(&self, taken: &mut Vec<Event>) {
        let mut waiting = self.lock();
        taken.append(&mut waiting.events);
        waiting.taken = taken.len();
    }

    /// The events taken are in the database.
    pub(super) fn written(&self) {
        self.lock().taken = 0;
    }

    /// `count` events taken could never be written.
    pub(super) fn given_up(&self, count: usize) {
        self.dropped.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
