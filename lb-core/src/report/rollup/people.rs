//! [`People`]: different people of each meeting, so that those of any period can be counted.

use serde::{Deserialize, Serialize};

use super::quarter::Quarter;

/// The people of a block of quarters: each as often as meetings that they were in, once in each.
///
/// Of each it is known when they were there before, in the same meeting: never, or so many quarters before the block begins. In
/// a period from `a` on that the block is in, those are new who were last there before `a`. So the different people of a period
/// are the sum over its blocks, whatever period it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct People {
    first: u32,
    /// How many were last there so many quarters before the block began, the fewest first.
    back: Vec<(u32, u32)>,
}

impl People {
    /// Counts somebody who was last there `gap` quarters before the block began; absent: never.
    pub(super) fn came(&mut self, gap: Option<u32>) {
        match gap {
            Some(gap) => self.came_back(gap, 1),
            None => self.first += 1,
        }
    }

    fn came_back(&mut self, gap: u32, times: u32) {
        match self.back.binary_search_by_key(&gap, |(gap, _)| *gap) {
            Ok(place) => {
                if let Some((_, count)) = self.back.get_mut(place) {
                    *count += times;
                }
            }
            Err(place) => self.back.insert(place, (gap, times)),
        }
    }

    /// How many of a block that begins at `begin` were not there from `from` on until then.
    pub(super) fn since(&self, begin: Quarter, from: Quarter) -> u64 {
        let near = begin.saturating_sub(from);
        let back = self.back.iter().filter(|(gap, _)| *gap > near).map(|(_, count)| u64::from(*count));
        u64::from(self.first) + back.sum::<u64>()
    }

    /// Adds those of a block that begins `later` quarters after this one and is a part of it.
    pub(super) fn add(&mut self, other: &Self, later: u32) {
        self.first += other.first;
        for (gap, count) in &other.back {
            // who was there in this block already was counted then
            if let Some(gap) = gap.checked_sub(later).filter(|gap| *gap > 0) {
                self.came_back(gap, *count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_there_in_the_same_period_before_is_not_counted_again() {
        let mut people = People::default();
        // in quarter 100: one for the first time, one who was in 99 too, two who were in 90
        for gap in [None, Some(1), Some(10), Some(10)] {
            people.came(gap);
        }
        for (from, count) in [(100, 4), (99, 3), (91, 3), (90, 1), (0, 1)] {
            assert_eq!(people.since(100, from), count, "from {from}");
        }
    }

    #[test]
    fn a_longer_block_counts_each_once() {
        // quarters 96 and 97 of a block from 96 on
        let (mut first, mut second, mut block) = (People::default(), People::default(), People::default());
        [None, Some(1)].into_iter().for_each(|gap| first.came(gap));
        [Some(1), Some(2), Some(7), None].into_iter().for_each(|gap| second.came(gap));
        block.add(&first, 0);
        block.add(&second, 1);
        assert_eq!(block, People { first: 2, back: vec![(1, 2), (6, 1)] });
        assert_eq!((block.since(96, 96), block.since(96, 95), block.since(96, 90), block.since(96, 89)), (5, 3, 2, 2));
    }
}
