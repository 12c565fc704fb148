//! [`Table`]: records by key, at most so many.

use imbl::OrdMap;

use super::record::{Lesson, Record};

/// A week of hours: how much longer a record is kept for each meeting that came again.
const WEEK: u32 = 7 * 24;

/// Records by the hash of what they are of. A clone shares all that stays the same.
#[derive(Clone, Debug)]
pub(super) struct Table {
    most: usize,
    memory: u16,
    records: OrdMap<u64, Record>,
}

impl Table {
    /// An empty table of at most so many records, each of which remembers so many meetings.
    pub(super) fn new(most: usize, memory: u16) -> Self {
        Self { most, memory, records: OrdMap::new() }
    }

    pub(super) fn get(&self, key: u64) -> Option<&Record> {
        self.records.get(&key)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&u64, &Record)> {
        self.records.iter()
    }

    /// Takes in what a meeting of `key` teaches.
    pub(super) fn learn(&mut self, key: u64, lesson: &Lesson, hour: u32) {
        self.records.entry(key).or_default().learn(lesson, self.memory, hour);
        if self.records.len() > self.most {
            self.forget();
        }
    }

    /// The same with `records`, as many as there is room for.
    pub(super) fn filled(mut self, records: impl IntoIterator<Item = (u64, Record)>) -> Self {
        self.records = records.into_iter().take(self.most).collect();
        self
    }

    /// Drops a twentieth: what was not heard of for the longest. What came again is kept a week longer each time, up to
    /// eight: a room of every Monday outlives a crowd of rooms that were used once.
    fn forget(&mut self) {
        let kept_until = |record: &Record| {
            let again = u32::from(record.users.count.clamp(1, 9)) - 1;
            record.last.saturating_add(again * WEEK)
        };
        let mut by_age: Vec<_> = self.records.iter().map(|(key, record)| (kept_until(record), *key)).collect();
        by_age.sort_unstable();
        let dropped = (by_age.len() - self.most) + self.most / 20;
        for (_, key) in by_age.into_iter().take(dropped) {
            self.records.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: Lesson = Lesson { users: 10, minutes: 45.0, cameras: None, filling: None };

    #[test]
    fn it_stays_bounded_and_a_weekly_room_outlives_those_that_were_used_once() {
        let mut table = Table::new(100, 8);
        for week in 0..3 {
            table.learn(7, &LESSON, week * WEEK);
        }
        for once in 1000..2000 {
            table.learn(once, &LESSON, 2 * WEEK + 100);
            assert!(table.len() <= 100);
        }
        assert!(table.get(7).is_some() && table.get(1999).is_some() && table.get(1000).is_none());
        for once in 2000..3000 {
            table.learn(once, &LESSON, 9 * WEEK);
        }
        assert!(table.get(7).is_none(), "it did not come again for weeks");
    }
}
