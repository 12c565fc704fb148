//! How stored events age: after a time they name nobody, and after a longer one they are gone.

use std::time::Duration;

use super::Balancer;
use crate::api::Failure;
use crate::clock::Timestamp;
use crate::store::PseudonymKey;

/// How many events one transaction of the store takes: a create that comes at that moment waits for no more.
const BATCH: usize = 500;

/// After how many batches a round ends, if it is not in the middle of a day.
const ROUND: usize = 100;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long events are kept, and how long they name people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRules {
    /// Older ones are forgotten; absent: never.
    pub retention: Option<Duration>,
    /// Names in those of a UTC day that is longer over than this become pseudonyms; absent: never.
    pub anonymise_after: Option<Duration>,
}

impl Default for EventRules {
    fn default() -> Self {
        Self { retention: Some(400 * DAY), anonymise_after: Some(90 * DAY) }
    }
}

impl Balancer {
    /// Forgets events that are old enough and takes the names out of others, as [`Settings::events`](super::Settings::events)
    /// say. Answers whether there is more to do: it does some 50,000 events at once, or one day's. It should be called again
    /// in a minute then, and in an hour otherwise.
    ///
    /// The names of one UTC day are replaced together, under a key that is drawn for it and nowhere kept. So somebody has one
    /// pseudonym in all events of a day, and another on every other day. What of a day is done later, after a failure or a
    /// stop, has other pseudonyms.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails. What was done stays done.
    ///
    /// # Cancel safety
    /// May be dropped at any time. The next round goes on where it was.
    pub async fn age_events(&self) -> Result<bool, Failure> {
        let (events, now) = (&self.stores.events, self.clock.now());
        let mut batches = 0;
        if let Some(retention) = self.settings.events.retention {
            while self.stored(events.forget_before(now.before(retention), BATCH).await)? == BATCH {
                batches += 1;
                if batches >= ROUND {
                    return Ok(true);
                }
            }
        }
        let Some(anonymise_after) = self.settings.events.anonymise_after else { return Ok(false) };
        let before = day_of(now.before(anonymise_after));
        while let Some(oldest) = self.stored(events.oldest_name(before).await)? {
            if batches >= ROUND {
                return Ok(true);
            }
            let (day, key) = (day_of(oldest), PseudonymKey::draw(&*self.rng));
            loop {
                batches += 1;
                if self.stored(events.anonymise(day, day + DAY, &key, BATCH).await)? < BATCH {
                    break;
                }
            }
        }
        Ok(false)
    }
}

/// The first moment of the UTC day of `at`.
fn day_of(at: Timestamp) -> Timestamp {
    let day = DAY.as_millis() as u64;
    Timestamp::from_millis(at.as_millis() / day * day)
}
