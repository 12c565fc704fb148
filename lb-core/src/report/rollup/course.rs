//! [`Course`]: how many meetings and users there were at every moment of a quarter, and the most of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quarter::{Quarter, begin, quarter_of};
use crate::clock::Timestamp;

/// Meetings and users.
pub(super) type Both = [u64; 2];

/// By how much the meetings or users of a place became more or fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    /// How many milliseconds after the one before, or after the begin of the quarter.
    after: u32,
    place: u32,
    meetings: i32,
    users: i32,
}

/// One quarter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Course {
    /// What is at each place at its first moment, what begins then included: meetings and users.
    start: Vec<(u32, u32, u32)>,
    /// What changes after that, one for each moment and place.
    changes: Vec<Change>,
}

/// What changed when and where.
pub(super) type Step = (Timestamp, u32, [i32; 2]);

impl Course {
    /// The courses of the quarters from `from` on and before `until`, of what changed before and in them.
    pub(super) fn of(mut steps: Vec<Step>, from: Quarter, until: Quarter) -> BTreeMap<Quarter, Self> {
        steps.sort_unstable_by_key(|(at, place, _)| (*at, *place));
        steps.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2[0] += next.2[0];
                kept.2[1] += next.2[1];
            }
            same
        });
        let mut now: BTreeMap<u32, [i32; 2]> = BTreeMap::new();
        let mut courses = BTreeMap::new();
        let mut steps = steps.into_iter().filter(|(_, _, by)| *by != [0, 0]).peekable();
        let mut quarter = from;
        while quarter < until {
            while let Some((_, place, by)) = steps.next_if(|(at, ..)| *at <= begin(quarter)) {
                let there = now.entry(place).or_default();
                *there = [there[0] + by[0], there[1] + by[1]];
            }
            now.retain(|_, there| *there != [0, 0]);
            let start = now.iter().map(|(place, there)| (*place, there[0].unsigned_abs(), there[1].unsigned_abs()));
            let mut course = Self { start: start.collect(), changes: Vec::new() };
            let mut last = begin(quarter);
            while let Some((at, place, by)) = steps.next_if(|(at, ..)| *at < begin(quarter.saturating_add(1))) {
                let there = now.entry(place).or_default();
                *there = [there[0] + by[0], there[1] + by[1]];
                let after = at.since(last).as_millis() as u32;
                course.changes.push(Change { after, place, meetings: by[0], users: by[1] });
                last = at;
            }
            if course != Self::default() {
                courses.insert(quarter, course);
            }
            // where nothing is and nothing changes, it is passed over
            let next = if now.values().all(|there| *there == [0, 0]) {
                steps.peek().map_or(until, |(at, ..)| quarter_of(*at))
            } else {
                quarter + 1
            };
            quarter = next.max(quarter + 1);
        }
        courses
    }
}

/// Finds the most there were at once, quarter by quarter, in groups of places and in all of these together.
#[derive(Debug)]
pub(super) struct Peaks {
    // of each group, and of all behind them
    groups: Vec<Level>,
    here: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    now: [i64; 2],
    most: [i64; 2],
    is_here: bool,
}

impl Peaks {
    pub(super) fn new(groups: usize) -> Self {
        Self { groups: vec![Level::default(); groups + 1], here: Vec::new() }
    }

    /// Tells `found` the most of each group in a quarter, and of all of them together (no group). Places without a group are
    /// passed over.
    pub(super) fn quarter(
        &mut self,
        course: &Course,
        group_of: impl Fn(u32) -> Option<u32>,
        mut found: impl FnMut(Option<u32>, Both),
    ) {
        let all = (self.groups.len() - 1) as u32;
        for (place, meetings, users) in &course.start {
            if let Some(group) = group_of(*place) {
                self.change([group, all], [i64::from(*meetings), i64::from(*users)]);
            }
        }
        raise(&mut self.groups, self.here.iter().copied());
        let mut moved: Vec<u32> = Vec::new();
        for (number, of) in course.changes.iter().enumerate() {
            if let Some(group) = group_of(of.place) {
                self.change([group, all], [i64::from(of.meetings), i64::from(of.users)]);
                moved.push(group);
            }
            // what changes at the same moment is looked at together
            let goes_on = course.changes.get(number + 1).is_some_and(|next| next.after == 0);
            if !goes_on && !moved.is_empty() {
                raise(&mut self.groups, moved.drain(..).chain([all]));
            }
        }
        for number in self.here.drain(..) {
            let Some(level) = self.groups.get_mut(number as usize) else { continue };
            let group = (number != all).then_some(number);
            found(group, [level.most[0].unsigned_abs(), level.most[1].unsigned_abs()]);
            *level = Level::default();
        }
    }

    fn change(&mut self, groups: [u32; 2], by: [i64; 2]) {
        for number in groups {
            let Some(level) = self.groups.get_mut(number as usize) else { continue };
            level.now = [level.now[0] + by[0], level.now[1] + by[1]];
            if !level.is_here {
                level.is_here = true;
                self.here.push(number);
            }
        }
    }
}

fn raise(groups: &mut [Level], which: impl Iterator<Item = u32>) {
    for number in which {
        if let Some(level) = groups.get_mut(number as usize) {
            level.most = [level.most[0].max(level.now[0]), level.most[1].max(level.now[1])];
        }
    }
}
