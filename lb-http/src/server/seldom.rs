//! [`Seldom`]: keeps a warning that strangers can cause from filling the log.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often the same warning may be written.
const EVERY: Duration = Duration::from_secs(10);

/// Lets something be said once in ten seconds, with how often it happened.
#[derive(Debug, Default)]
pub(super) struct Seldom(Mutex<(Option<Instant>, u64)>);

impl Seldom {
    /// It happened. Answers how often it happened since it was last to be said, this time included, if it is to be said now.
    pub(super) fn happened(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (said, times) = &mut *state;
        *times += 1;
        let now = Instant::now();
        if said.is_some_and(|said| now < said + EVERY) {
            return None;
        }
        *said = Some(now);
        Some(std::mem::take(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_happens_often_is_said_seldom_with_how_often() {
        let seldom = Seldom::default();
        assert_eq!(seldom.happened(), Some(1));
        for _ in 0..5 {
            assert_eq!(seldom.happened(), None);
        }
        tokio::time::advance(EVERY).await;
        assert_eq!(seldom.happened(), Some(6));
    }
}
