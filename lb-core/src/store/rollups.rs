//! [`RollupStore`]: what reports need of past quarters of an hour, beside the events that it is made of.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use async_trait::async_trait;

use super::StoreError;
use crate::event::Event;

/// How many marks are told of at once.
pub const ROLLUP_MARKS: usize = 1000;

/// Keeps roll-ups: pages that only the balancer reads, and how far it is with them.
///
/// They name nobody, and stay when the events that they were made of are forgotten.
///
/// # Cancel safety
/// Dropping the future of a change leaves it open whether it happens; it never half happens.
#[async_trait]
pub trait RollupStore: fmt::Debug + Send + Sync + 'static {
    /// How far roll-ups are made, as it was put last.
    async fn rollup_state(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// The pages of these parts and days, by day. Those that there are not are left out.
    async fn rollup_pages(&self, parts: &[RollupPart], days: Range<u32>) -> Result<Vec<RollupPage>, StoreError>;

    /// Puts `change` in the place of what was there: all of it, or nothing.
    async fn put_rollups(&self, change: RollupChange) -> Result<(), StoreError>;

    /// Marks days of UTC, counted from 1970 on, of which the roll-ups are to be made anew. An erasure of somebody marks each day
    /// on which it changed an event, in the same transaction.
    async fn mark_rollups(&self, days: Range<u32>) -> Result<(), StoreError>;

    /// The marks, the oldest first, at most [`ROLLUP_MARKS`].
    async fn rollup_marks(&self) -> Result<RollupMarks, StoreError>;

    /// Stored events in the order in which they were stored, with their numbers: those behind the number `after`, at most
    /// `limit` and at most [`EVENTS_PAGE`](super::EVENTS_PAGE).
    async fn events_behind(&self, after: u64, limit: usize) -> Result<Vec<(u64, Event)>, StoreError>;

    /// The number of the last stored event; 0 where there was none.
    async fn last_event(&self) -> Result<u64, StoreError>;
}

/// What of a day is on one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RollupPart {
    /// What was in each of its quarters.
    Quarters,
    /// How many meetings and users there were at every moment.
    Courses,
    /// Hashes of the names that the others tell of.
    Names,
    /// The whole day in one.
    Summary,
    /// The most meetings and users there were at once in each of its quarters.
    Peaks,
    /// The places that the pages of all days tell of; under day 0.
    Places,
}

impl RollupPart {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Quarters, Self::Courses, Self::Names, Self::Summary, Self::Peaks, Self::Places];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarters => "quarters",
            Self::Courses => "courses",
            Self::Names => "names",
            Self::Summary => "summary",
            Self::Peaks => "peaks",
            Self::Places => "places",
        }
    }
}

/// One page of roll-ups.
#[derive(Clone, PartialEq, Eq)]
pub struct RollupPage {
    /// The day of UTC, counted from 1970 on.
    pub day: u32,
    /// What of it.
    pub part: RollupPart,
    /// What only the balancer reads. Without a byte in it there is no such page.
    pub data: Vec<u8>,
}

impl fmt::Debug for RollupPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RollupPage({} {}, {} bytes)", self.day, self.part.as_str(), self.data.len())
    }
}

/// What is put at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupChange {
    /// Pages in the place of those that were there.
    pub pages: Vec<RollupPage>,
    /// Marks that are done with, by number.
    pub done: Vec<u64>,
    /// How far roll-ups are made then.
    pub state: Vec<u8>,
}

/// Days that are to be made anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupMarks {
    /// Numbers of marks, and the days that they are of.
    pub marks: Vec<(u64, u32)>,
    /// How many different days are marked, those included that are not told of.
    pub days: usize,
}

/// The days that an erasure marks which changes `events`: those on which they name somebody who was there.
pub fn rollup_days<'a>(events: impl IntoIterator<Item = &'a Event>) -> BTreeSet<u32> {
    const DAY: u64 = 24 * 3600 * 1000;
    let there = events.into_iter().filter(|event| matches!(event.kind.word(), "user-joined" | "user-entered"));
    there.filter_map(|event| u32::try_from(event.at.as_millis() / DAY).ok()).collect()
}
