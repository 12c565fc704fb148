//! Whether the store can be written to: found out, and told once when it changes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::Balancer;
use crate::api::Failure;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::store::StoreError;

/// How long a good check is believed. Each one writes to the disk, and anybody may ask for `/readyz`.
const GOOD_FOR: Duration = Duration::from_secs(5);

/// What was last found out of the store.
#[derive(Debug, Default)]
pub(super) struct StoreHealth {
    failed: AtomicBool,
    // when the last good check was asked for, in the milliseconds of the balancer's clock
    good_at: AtomicU64,
}

impl StoreHealth {
    /// Whether a check of a moment ago still stands. One that went wrong never does.
    fn was_just_good(&self, now: Timestamp) -> bool {
        let good_at = self.good_at.load(Ordering::Relaxed);
        !self.failed.load(Ordering::Relaxed) && good_at > 0 && now.since(Timestamp::from_millis(good_at)) < GOOD_FOR
    }
}

impl Balancer {
    /// Whether the store was in trouble when something was last written to it.
    pub fn store_failing(&self) -> bool {
        self.store_health.failed.load(Ordering::Relaxed)
    }

    /// Whether the store can be written to; tells when its trouble begins and ends. What was good less than five seconds
    /// ago, and has not failed since, is not tried again.
    pub(super) async fn check_store(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        if self.store_health.was_just_good(now) {
            return Ok(());
        }
        if let Err(error) = self.store.check().await {
            self.tell_store_failed(&error);
            return Err(error);
        }
        self.store_health.good_at.store(now.as_millis(), Ordering::Relaxed);
        if self.store_health.failed.swap(false, Ordering::Relaxed) {
            self.emit(EventKind::StoreRecovered);
        }
        Ok(())
    }

    /// The trouble of the store in a sentence, if it is in any.
    pub(super) async fn store_trouble(&self) -> Option<String> {
        let error = self.check_store().await.err()?;
        Some(match self.store.unwritten() {
            0 => error.to_string(),
            unwritten => format!("{error}; {unwritten} changes are in memory only and wait to be written"),
        })
    }

    /// Passes a result of the store on, and tells when its trouble begins. A success does not end it: stores go on
    /// answering from memory while nothing can be written.
    pub(super) fn stored<T>(&self, result: Result<T, StoreError>) -> Result<T, Failure> {
        result.map_err(|error| {
            if error != StoreError::Fenced {
                self.tell_store_failed(&error);
            }
            Failure::StoreTrouble
        })
    }

    pub(super) fn tell_store_failed(&self, error: &StoreError) {
        if !self.store_health.failed.swap(true, Ordering::Relaxed) {
            self.emit(EventKind::StoreFailed { problem: error.to_string() });
        }
    }
}
