//! Time, handed in from the edge: [`Clock`], [`Timestamp`], and [`ManualClock`] that a test moves by hand.

use std::fmt;
use std::ops::Add;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use event_listener::{Event, listener};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01 UTC, as BBB's `createTime` counts them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment `millis` milliseconds after 1970-01-01 UTC.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time from `earlier` until this moment; zero if `earlier` is later.
    pub const fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This moment, as one that was written down before `now`. One that seems yet to come was read from a clock that has been
    /// set back since: it counts as long past.
    pub const fn as_past(self, now: Timestamp) -> Timestamp {
        if self.0 > now.0 { Timestamp(0) } else { self }
    }

    /// The moment `duration` before this one, at the earliest 1970.
    pub fn before(self, duration: Duration) -> Timestamp {
        Self(self.0.saturating_sub(duration.as_millis() as u64))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, duration: Duration) -> Timestamp {
        Self(self.0.saturating_add(duration.as_millis() as u64))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

/// Where the balancer learns the time and how it waits. The core reads no clock of its own.
///
/// An implementation should not run backwards while the process lives: ages and deadlines are differences of two
/// readings. (A difference that would be negative counts as zero.)
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Returns after `duration`.
    ///
    /// # Cancel safety
    /// Dropping the future stops the wait and has no other effect.
    async fn sleep(&self, duration: Duration);
}

/// A clock that stands still until [`advance`](ManualClock::advance) moves it: for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    millis: AtomicU64,
    moved: Event,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { millis: AtomicU64::new(start.as_millis()), moved: Event::new() }
    }

    /// Moves the clock on and wakes every sleeper whose time has come.
    pub fn advance(&self, duration: Duration) {
        self.millis.fetch_add(duration.as_millis() as u64, Ordering::SeqCst);
        self.moved.notify(usize::MAX);
    }
}

impl Default for ManualClock {
    /// A clock that shows 2026-01-01 00:00 UTC.
    fn default() -> Self {
        Self::new(Timestamp::from_millis(1_767_225_600_000))
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.millis.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now() + duration;
        loop {
            listener!(self.moved => moved);
            if self.now() >= until {
                return;
            }
            moved.await;
        }
    }
}
