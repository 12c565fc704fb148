//! The most there were at the same time.
//!
//! What is kept is by how much something changed at which moment. What ends at the same millisecond as another begins is not
//! there at the same time, so one number for each moment is enough: what is there after it.

use super::steps::Steps;
use super::{Limits, TooMuch};
use crate::clock::Timestamp;

/// So many are put together no sooner than that.
const FEW: usize = 1 << 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    at: Timestamp,
    group: u32,
    by: i32,
}

/// By how much something became more or fewer, and when.
#[derive(Debug)]
pub(super) struct Changes {
    limit: usize,
    changes: Vec<Change>,
    merge_at: usize,
}

/// The most there were at once.
#[derive(Debug, Default)]
pub(super) struct Peaks {
    /// In a group and a step; absent where there was nothing.
    pub(super) cells: Vec<(u32, u32, u64)>,
    /// In each step, of all groups together.
    pub(super) steps: Vec<u64>,
}

impl Changes {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { limit: limits.changes, changes: Vec::new(), merge_at: FEW }
    }

    /// One more of `group` from `from` on and before `until`.
    pub(super) fn add(&mut self, group: u32, from: Timestamp, until: Timestamp) -> Result<(), TooMuch> {
        if from < until {
            self.changes.push(Change { at: from, group, by: 1 });
            self.changes.push(Change { at: until, group, by: -1 });
        }
        if self.changes.len() > self.merge_at {
            self.merge();
            TooMuch::unless(self.changes.len(), self.limit, "comings and goings")?;
            self.merge_at = (self.changes.len() * 2).min(self.limit) + FEW;
        }
        Ok(())
    }

    /// One change for each moment and group.
    fn merge(&mut self) {
        self.changes.sort_unstable();
        self.changes.dedup_by(|next, kept| {
            let same = (next.at, next.group) == (kept.at, kept.group);
            if same {
                kept.by += next.by;
            }
            same
        });
        self.changes.retain(|change| change.by != 0);
    }

    /// The peaks of each step, of each of so many groups and of all together.
    pub(super) fn peaks(mut self, steps: &Steps, groups: usize) -> Peaks {
        self.merge();
        let mut now = vec![0_i64; groups];
        let mut most = vec![0_i64; groups];
        let mut all = 0;
        let mut changes = self.changes.into_iter().peekable();
        let mut peaks = Peaks::default();
        for (number, step) in (0..).zip(steps.spans()) {
            // what is there at its begin: also what begins at that very moment
            while let Some(Change { group, by, .. }) = changes.next_if(|change| change.at <= step.from) {
                all += i64::from(by);
                if let Some(now) = now.get_mut(group as usize) {
                    *now += i64::from(by);
                }
            }
            most.clone_from(&now);
            let mut most_of_all = all;
            while let Some(at) = changes.peek().map(|change| change.at).filter(|at| *at < step.until) {
                while let Some(Change { group, by, .. }) = changes.next_if(|change| change.at == at) {
                    all += i64::from(by);
                    if let (Some(now), Some(most)) = (now.get_mut(group as usize), most.get_mut(group as usize)) {
                        *now += i64::from(by);
                        *most = (*most).max(*now);
                    }
                }
                most_of_all = most_of_all.max(all);
            }
            let some = (0..).zip(&most).filter(|(_, most)| **most > 0);
            peaks.cells.extend(some.map(|(group, most)| (group, number, most.unsigned_abs())));
            peaks.steps.push(most_of_all.unsigned_abs());
        }
        peaks
    }
}
