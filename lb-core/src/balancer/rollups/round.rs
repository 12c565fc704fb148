//! One round: new quarters, those that later events say more of, and days that are to be made anew.

use std::time::Duration;

use super::super::Balancer;
use super::super::report::ReportError;
use super::make::Kept;
use crate::clock::Timestamp;
use crate::report::READ;
use crate::report::rollup::{NameKey, Quarters, RollupState, day_of, first_of, quarter_of};
use crate::store::{EventFilter, RollupPart, StoreError};

/// So long a quarter has been over when it is made: what happened in it is stored within a second, and lists are a few
/// seconds old.
const SETTLES: Duration = Duration::from_secs(120);

/// How many days one round makes at most, of new ones and of those that are to be made anew.
const DAYS: usize = 4;

/// How many days one round hides the names of.
const HIDDEN: u32 = 31;

impl Balancer {
    /// Makes in advance what reports need of past quarters of an hour: a few days' worth at most. Answers whether there is more
    /// to do. It should be called again at once then, and in some minutes otherwise.
    ///
    /// A quarter is made when it is over, and anew when a later event says something of it. What is made is kept together with
    /// how far it is: whoever is killed goes on there.
    ///
    /// It reads the events, and computes without a pause: it should run where that delays no call.
    ///
    /// # Errors
    /// [`ReportError`]. What was done stays done.
    ///
    /// # Cancel safety
    /// May be dropped at any time. The next round goes on where it was.
    pub async fn roll_up(&self) -> Result<bool, ReportError> {
        let Some(_turn) = self.rollups.turn() else { return Ok(false) };
        let now = self.clock.now();
        let Some(state) = self.rollup_state_or_new(now).await? else { return Ok(false) };
        let places = self.rollup_places().await?;
        let mut kept = Kept { places_stored: places.len(), places, state };

        let news = self.news(&kept.state).await?;
        for range in news.stale {
            self.make_anew(&mut kept, range, now).await?;
        }
        if news.heard > kept.state.heard {
            kept.state.heard = news.heard;
            self.put_state(&kept.state, Vec::new(), Vec::new()).await?;
        }
        if news.is_more {
            return Ok(true);
        }
        let is_behind = self.roll_on(&mut kept, now).await?;
        let is_marked = self.make_marked(&mut kept, now).await?;
        let shows_names = self.hide_names(&mut kept.state, now).await?;
        Ok(is_behind || is_marked || shows_names)
    }

    /// How far it is; from the oldest event on, where nothing was made yet. `None` where there is nothing to begin with.
    async fn rollup_state_or_new(&self, now: Timestamp) -> Result<Option<RollupState>, StoreError> {
        if let Some(state) = self.rollup_state().await? {
            return Ok(Some(state));
        }
        // what is stored from here on is news
        let heard = self.stores.rollups.last_event().await?;
        let kinds = READ.iter().map(|word| (*word).to_owned()).collect();
        let oldest =
            self.stores.events.oldest_events(&EventFilter { kinds, ..EventFilter::default() }, None, 1).await?;
        let Some(oldest) = oldest.events.first() else { return Ok(None) };
        let from = first_of(day_of(quarter_of(oldest.at.min(now))));
        Ok(Some(RollupState::new(NameKey::draw(&*self.rng), from, heard)))
    }

    /// Makes the quarters that are over. Answers whether there are more.
    async fn roll_on(&self, kept: &mut Kept, now: Timestamp) -> Result<bool, ReportError> {
        let until = quarter_of(now.before(SETTLES));
        for _ in 0..DAYS {
            let from = kept.state.until;
            if from >= until {
                return Ok(false);
            }
            self.make_anew(kept, from..until.min(first_of(day_of(from) + 1)), now).await?;
        }
        Ok(kept.state.until < until)
    }

    /// Makes days anew that are marked. Answers whether there are more.
    async fn make_marked(&self, kept: &mut Kept, now: Timestamp) -> Result<bool, ReportError> {
        let marks = self.stores.rollups.rollup_marks().await?.marks;
        let mut days: Vec<u32> = marks.iter().map(|(_, day)| *day).collect();
        days.sort_unstable();
        days.dedup();
        let is_more = days.len() > DAYS;
        for day in days.into_iter().take(DAYS) {
            let done: Vec<u64> = marks.iter().filter(|(_, of)| *of == day).map(|(number, _)| *number).collect();
            let range = first_of(day)..first_of(day + 1).min(kept.state.until);
            // what is not made yet will be made as all others
            if !range.is_empty() {
                let reaches = self.make_anew(kept, range, now).await?;
                // whoever is there still on the next day is in its roll-ups too
                let behind = day_of(reaches.min(kept.state.until).saturating_sub(1)) + 1;
                if behind > day + 1 {
                    self.stores.rollups.mark_rollups(day + 1..behind).await?;
                }
            }
            self.put_state(&kept.state, Vec::new(), done).await?;
        }
        Ok(is_more || !self.stores.rollups.rollup_marks().await?.marks.is_empty())
    }

    /// Puts other hashes in the place of those of names, of days whose events name nobody any more or are gone: under keys that
    /// are drawn for each day and nowhere kept, as with pseudonyms. Answers whether there are more.
    async fn hide_names(&self, state: &mut RollupState, now: Timestamp) -> Result<bool, ReportError> {
        let rules = self.settings.events;
        let unnamed = rules.anonymise_after.map_or(0, |after| day_of(quarter_of(now.before(after))));
        let gone = rules.retention.map_or(0, |after| day_of(quarter_of(now.before(after))) + 1);
        let before = unnamed.max(gone).min(day_of(state.until));
        let from = state.hidden_before.max(day_of(state.from));
        if from >= before {
            return Ok(false);
        }
        let until = before.min(from + HIDDEN);
        let pages = self.stores.rollups.rollup_pages(&[RollupPart::Names], from..until).await?;
        let hidden = pages.iter().map(|page| Quarters::hide_names(page, &NameKey::draw(&*self.rng)));
        let mut next = state.clone();
        next.hidden_before = until;
        self.put_state(&next, hidden.collect(), Vec::new()).await?;
        *state = next;
        Ok(until < before)
    }
}
