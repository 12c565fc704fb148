//! The roll-ups of an [`InMemoryStore`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use async_trait::async_trait;

use super::InMemoryStore;
use crate::event::Event;
use crate::store::{
    EVENTS_PAGE, ROLLUP_MARKS, RollupChange, RollupMarks, RollupPage, RollupPart, RollupStore, StoreError,
};

/// How many days are kept; the oldest go first.
const DAYS_KEPT: usize = 400;

#[derive(Debug, Default)]
pub(super) struct Rollups {
    state: Option<Vec<u8>>,
    pages: BTreeMap<(u32, RollupPart), Vec<u8>>,
    marks: BTreeMap<u64, u32>,
    last_mark: u64,
}

impl Rollups {
    pub(super) fn mark(&mut self, days: impl IntoIterator<Item = u32>) {
        for day in days {
            self.last_mark += 1;
            self.marks.insert(self.last_mark, day);
        }
    }

    fn put(&mut self, change: RollupChange) {
        let RollupChange { pages, done, state } = change;
        for RollupPage { day, part, data } in pages {
            if data.is_empty() {
                self.pages.remove(&(day, part));
            } else {
                self.pages.insert((day, part), data);
            }
        }
        done.iter().for_each(|number| {
            self.marks.remove(number);
        });
        self.state = Some(state);
        let days: BTreeSet<u32> = self.pages.keys().map(|(day, _)| *day).filter(|day| *day > 0).collect();
        if let Some(oldest) = days.len().checked_sub(DAYS_KEPT).and_then(|surplus| days.iter().nth(surplus)) {
            self.pages.retain(|(day, _), _| *day == 0 || day >= oldest);
        }
    }
}

#[async_trait]
impl RollupStore for InMemoryStore {
    async fn rollup_state(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().rollups.state.clone())
    }

    async fn rollup_pages(&self, parts: &[RollupPart], days: Range<u32>) -> Result<Vec<RollupPage>, StoreError> {
        let written = self.lock();
        let pages = written.rollups.pages.iter();
        let wanted = pages.filter(|((day, part), _)| days.contains(day) && parts.contains(part));
        Ok(wanted.map(|((day, part), data)| RollupPage { day: *day, part: *part, data: data.clone() }).collect())
    }

    async fn put_rollups(&self, change: RollupChange) -> Result<(), StoreError> {
        self.lock().rollups.put(change);
        Ok(())
    }

    async fn mark_rollups(&self, days: Range<u32>) -> Result<(), StoreError> {
        self.lock().rollups.mark(days);
        Ok(())
    }

    async fn rollup_marks(&self) -> Result<RollupMarks, StoreError> {
        let written = self.lock();
        let marks = &written.rollups.marks;
        let days: BTreeSet<u32> = marks.values().copied().collect();
        let first = marks.iter().take(ROLLUP_MARKS).map(|(number, day)| (*number, *day));
        Ok(RollupMarks { marks: first.collect(), days: days.len() })
    }

    async fn events_behind(&self, after: u64, limit: usize) -> Result<Vec<(u64, Event)>, StoreError> {
        Ok(self.lock().events.behind(after, limit.min(EVENTS_PAGE)))
    }

    async fn last_event(&self) -> Result<u64, StoreError> {
        Ok(self.lock().events.last())
    }
}
