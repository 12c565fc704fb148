//! [`Ring`]: one value for each step of time, as far back as courses go.

use std::collections::VecDeque;
use std::time::Duration;

use super::KEPT;
use crate::clock::Timestamp;

/// The values of the last day, one for each step; a step without one has the default, which says that nothing is known.
#[derive(Clone, Debug)]
pub(super) struct Ring<T> {
    every: u64,
    // the number of the step of the last value
    newest: u64,
    values: VecDeque<T>,
}

/// `at`, rounded down to a whole `every`.
pub(super) fn rounded(at: Timestamp, every: Duration) -> Timestamp {
    let every = every.as_millis() as u64;
    Timestamp::from_millis(at.as_millis() / every * every)
}

impl<T: Copy + Default> Ring<T> {
    pub(super) fn new(every: Duration) -> Self {
        Self { every: every.as_millis() as u64, newest: 0, values: VecDeque::new() }
    }

    /// How many steps there are in all, the present one among them.
    fn most(&self) -> usize {
        (KEPT.as_millis() as u64 / self.every) as usize + 1
    }

    fn step(&self, at: Timestamp) -> u64 {
        at.as_millis() / self.every
    }

    /// Whether the step of `now` has no value yet.
    pub(super) fn lacks(&self, now: Timestamp) -> bool {
        self.values.is_empty() || self.step(now) != self.newest
    }

    /// Puts the value of the step that `at` is in. A clock that was set back by more than a day begins anew; by less, what was
    /// known of the time that comes again is forgotten.
    pub(super) fn put(&mut self, at: Timestamp, value: T) {
        let (step, most) = (self.step(at), self.most());
        if step <= self.newest {
            let again = usize::try_from(self.newest - step + 1).unwrap_or(usize::MAX);
            let kept = self.values.len().saturating_sub(again);
            self.values.truncate(kept);
        } else if !self.values.is_empty() {
            let missing = usize::try_from(step - self.newest - 1).unwrap_or(usize::MAX).min(most);
            self.values.extend(std::iter::repeat_n(T::default(), missing));
        }
        self.newest = step;
        self.values.push_back(value);
        let beyond = self.values.len().saturating_sub(most);
        self.values.drain(..beyond);
    }

    /// The step of the last value.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        (!self.values.is_empty()).then(|| Timestamp::from_millis(self.newest * self.every))
    }

    /// The step of the first value.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        let first = self.newest.saturating_sub(self.values.len().saturating_sub(1) as u64);
        (!self.values.is_empty()).then(|| Timestamp::from_millis(first * self.every))
    }

    /// The value of every step of the day that ends with `now`, from the first that has one.
    pub(super) fn until(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, T)> {
        let (last, most) = (self.step(now), self.most() as u64);
        let begin = (self.newest + 1).saturating_sub(self.values.len() as u64);
        let first = begin.max((last + 1).saturating_sub(most));
        let steps = if self.values.is_empty() { first..first } else { first..last + 1 };
        steps.map(move |step| {
            let value = usize::try_from(step - begin).ok().and_then(|place| self.values.get(place)).copied();
            (Timestamp::from_millis(step * self.every), value.unwrap_or_default())
        })
    }
}
