//! What reports need of past quarters of an hour, made in advance and kept.
//!
//! | file | what |
//! |---|---|
//! | `round` | what is made when: new quarters, those that later events say more of, days that are to be made anew |
//! | `news` | which quarters events say something of that were made already |
//! | `make` | quarters of events, and into the store |
//! | `fresh` | the quarters that are not made yet, for one report |
//! | `read` | a report of all this |

mod fresh;
mod make;
mod news;
mod read;
mod round;

use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;

use self::fresh::Fresh;
use super::{Actor, AdministrationError, Balancer};
use crate::clock::Timestamp;
use crate::event::{Administered, Change, Subject};
use crate::report::rollup::{Places, RollupState, begin, day_of, quarter_of};
use crate::store::{EventFilter, RollupPart, StoreError};

/// What the balancers of one process share.
#[derive(Debug, Default)]
pub(super) struct Rollups {
    /// Whether a round is under way.
    busy: AtomicBool,
    fresh: ArcSwapOption<Fresh>,
}

/// The one round at a time.
struct Turn<'a>(&'a AtomicBool);

impl Rollups {
    fn turn(&self) -> Option<Turn<'_>> {
        (!self.busy.swap(true, Ordering::Acquire)).then_some(Turn(&self.busy))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// How far what reports need is made in advance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RollupProgress {
    /// All before this moment is made; absent where nothing is.
    pub until: Option<Timestamp>,
    /// How many days of UTC are to be made anew.
    pub days_left: usize,
}

impl Balancer {
    /// How far what reports need is made in advance.
    ///
    /// # Errors
    /// [`StoreError`].
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn rollup_progress(&self) -> Result<RollupProgress, StoreError> {
        let until = self.rollup_state().await?.map(|state| begin(state.until));
        Ok(RollupProgress { until, days_left: self.stores.rollups.rollup_marks().await?.days })
    }

    /// Has what reports need made anew of all events that are kept; `by` is told to have asked for it. It is made by the next
    /// [rounds](Self::roll_up), a day after the other; until a day is made, reports go by what there is of it. The first day of
    /// which not all events are kept any more stays as it is, and so do those before. Answers how many days it takes.
    ///
    /// # Errors
    /// [`AdministrationError::Store`].
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn rebuild_rollups(&self, by: &Actor) -> Result<usize, AdministrationError> {
        let days = self.mark_all().await.map_err(|error| {
            self.tell_store_failed(&error);
            AdministrationError::Store(error)
        })?;
        let count = Change::new("days", None, Some(days.to_string()));
        self.tell_administered(by, Administered::Rebuilt, Subject::new("reports", ""), vec![count]).await;
        Ok(days)
    }

    async fn mark_all(&self) -> Result<usize, StoreError> {
        let Some(state) = self.rollup_state().await? else { return Ok(0) };
        let oldest = self.stores.events.oldest_events(&EventFilter::default(), None, 1).await?;
        let Some(oldest) = oldest.events.first().map(|event| day_of(quarter_of(event.at))) else { return Ok(0) };
        let gone_before = self.settings.events.retention.map(|kept| self.clock.now().before(kept));
        let is_cut = day_of(state.from) < oldest || gone_before.is_some_and(|gone| day_of(quarter_of(gone)) >= oldest);
        let first = if is_cut { oldest + 1 } else { oldest };
        let end = day_of(state.until.saturating_sub(1)) + 1;
        if first < end {
            self.stores.rollups.mark_rollups(first..end).await?;
        }
        Ok(end.saturating_sub(first) as usize)
    }

    async fn rollup_state(&self) -> Result<Option<RollupState>, StoreError> {
        let state = self.stores.rollups.rollup_state().await?;
        Ok(state.and_then(|bytes| RollupState::read(&bytes)))
    }

    async fn rollup_places(&self) -> Result<Places, StoreError> {
        let pages = self.stores.rollups.rollup_pages(&[RollupPart::Places], 0..1).await?;
        let places = pages.first().map(|page| Places::unpack(&page.data)).transpose();
        places.map(Option::unwrap_or_default).map_err(|_| unreadable())
    }
}

/// What was kept is not what comes back.
fn unreadable() -> StoreError {
    StoreError::Corrupt("what was rolled up for reports cannot be read".to_owned())
}
