//! [`Names`]: how many different names there were.

use super::super::TooMuch;

/// Different names in each group, and in all groups together, of some time.
///
/// Names that may come again are held, each once. Those that cannot, such as hidden ones of a day that is over, are only
/// counted.
#[derive(Debug)]
pub(super) struct Names {
    // whether no name is in two groups
    adds_up: bool,
    limit: usize,
    held: Vec<Vec<u64>>,
    many: usize,
    compare_at: usize,
    counted: Vec<u64>,
    counted_in_all: u64,
}

/// How many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HowMany {
    /// In each group, by its number; nothing is said of groups without any.
    pub(super) groups: Vec<(u32, u64)>,
    /// In all groups together.
    pub(super) all: u64,
}

impl Names {
    /// None yet. At most `limit` may be held; `adds_up` says that no name is in two groups.
    pub(super) fn new(groups: usize, adds_up: bool, limit: usize) -> Self {
        let (held, counted) = (vec![Vec::new(); groups], vec![0; groups]);
        Self { adds_up, limit, held, many: 0, compare_at: limit, counted, counted_in_all: 0 }
    }

    /// Holds names of a group.
    ///
    /// # Errors
    /// [`TooMuch`].
    pub(super) fn hold(&mut self, group: u32, names: impl IntoIterator<Item = u64>) -> Result<(), TooMuch> {
        let Some(held) = self.held.get_mut(group as usize) else { return Ok(()) };
        let before = held.len();
        held.extend(names);
        self.many += held.len() - before;
        self.bound()
    }

    /// Counts names that never come again.
    pub(super) fn count(&mut self, names: &HowMany) {
        for (group, count) in &names.groups {
            if let Some(counted) = self.counted.get_mut(*group as usize) {
                *counted += count;
            }
        }
        self.counted_in_all += names.all;
    }

    /// Holds all that `other` holds, which is left with none, and nothing counted.
    ///
    /// # Errors
    /// [`TooMuch`].
    pub(super) fn take(&mut self, other: &mut Self) -> Result<(), TooMuch> {
        for (held, more) in self.held.iter_mut().zip(&mut other.held) {
            if held.is_empty() {
                std::mem::swap(held, more);
            } else {
                held.append(more);
            }
        }
        self.many += other.many;
        other.clear();
        self.bound()
    }

    /// Whether none is held.
    pub(super) fn is_empty(&self) -> bool {
        self.many == 0
    }

    /// Lets all go.
    pub(super) fn clear(&mut self) {
        self.held.iter_mut().for_each(Vec::clear);
        self.counted.fill(0);
        (self.many, self.compare_at, self.counted_in_all) = (0, self.limit, 0);
    }

    /// How many there are.
    pub(super) fn how_many(&mut self) -> HowMany {
        self.compare();
        let groups = (0..).zip(self.held.iter().zip(&self.counted));
        let groups: Vec<_> = groups.map(|(group, (held, counted))| (group, held.len() as u64 + counted)).collect();
        let held = if self.adds_up {
            self.many
        } else {
            let mut all = self.held.concat();
            distinct(&mut all);
            all.len()
        };
        let groups = groups.into_iter().filter(|(_, count)| *count > 0).collect();
        HowMany { groups, all: held as u64 + self.counted_in_all }
    }

    // whoever comes each day must not be held once for each
    fn bound(&mut self) -> Result<(), TooMuch> {
        if self.many > self.compare_at {
            self.compare();
            TooMuch::unless(self.many, self.limit, "names")?;
            self.compare_at = self.many + self.limit;
        }
        Ok(())
    }

    fn compare(&mut self) {
        self.held.iter_mut().for_each(distinct);
        self.many = self.held.iter().map(Vec::len).sum();
    }
}

fn distinct(names: &mut Vec<u64>) {
    // of parts that are in order for the most part: it merges them
    names.sort();
    names.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(adds_up: bool, limit: usize) -> Names {
        Names::new(2, adds_up, limit)
    }

    #[test]
    fn names_of_several_groups_count_once_in_all() {
        let mut names = names(false, 10);
        names.hold(0, [3, 1, 3]).unwrap();
        names.hold(1, [3, 2]).unwrap();
        names.count(&HowMany { groups: vec![(1, 5)], all: 4 });
        assert_eq!(names.how_many(), HowMany { groups: vec![(0, 2), (1, 7)], all: 3 + 4 });
        let mut longer = Names::new(2, false, 10);
        longer.hold(0, [1, 4]).unwrap();
        longer.take(&mut names).unwrap();
        assert_eq!(longer.how_many(), HowMany { groups: vec![(0, 3), (1, 2)], all: 4 });
        assert_eq!(names.how_many(), HowMany::default());
    }

    #[test]
    fn names_that_come_again_are_held_once_and_others_up_to_a_limit() {
        let (mut same, mut others) = (names(true, 4), names(true, 4));
        for number in 0..100 {
            same.hold(0, [1, 2, 3]).unwrap();
            assert!(same.many <= 4 + 4 + 3, "{}", same.many);
            assert_eq!(others.hold(1, [number]).is_err(), number >= 4, "{number}");
        }
        assert_eq!(same.how_many().all, 3);
    }
}
