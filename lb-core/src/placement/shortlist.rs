//! [`Shortlist`]: the best of what is left, by what the fleet's [standings](crate::fleet::Standings) tell alone.
//!
//! Usually the first candidate is looked at, or the first few. One pass over the standings finds the first; if more are
//! wanted, the next finds eight, the next 64 and so on. So nobody sorts a fleet of which few are asked for, and who asks
//! for all waits for a few passes, not for one each.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::PlacementRequest;
use super::yielded::Yielded;
use crate::clock::Timestamp;
use crate::fleet::{Circle, FleetServer, Standing};
use crate::position::UnitVector;

/// By how much more the next pass finds.
const GROWTH: usize = 8;

/// Yields eligible servers that it has not yielded yet, smallest key first; of equal keys the first by name.
#[derive(Debug)]
pub(super) struct Shortlist<K> {
    // found by the last pass and not yielded yet, the best last
    ready: Vec<(K, u32)>,
    // as many did the last pass look for
    limit: usize,
    // whether it found fewer
    whole: bool,
    yielded: Yielded,
}

impl<K> Default for Shortlist<K> {
    fn default() -> Self {
        Self { ready: Vec::new(), limit: 0, whole: false, yielded: Yielded::default() }
    }
}

impl<K: Ord> Shortlist<K> {
    /// The server left with the smallest key: in the circle, or anywhere.
    ///
    /// Until it answers `None`, it must be asked for the same circle and by the same key.
    pub(super) fn next<'a>(
        &mut self,
        request: &PlacementRequest<'a>,
        circle: Option<Circle>,
        key: impl Fn(&Standing) -> K,
    ) -> Option<&'a FleetServer> {
        if self.ready.is_empty() {
            if std::mem::take(&mut self.whole) {
                return None;
            }
            self.pass(request, circle, key);
        }
        let (_, index) = self.ready.pop()?;
        let servers = request.fleet.servers();
        self.yielded.insert(index as usize, servers.len());
        servers.get(index as usize).map(AsRef::as_ref)
    }

    /// The server left that is nearest to `from`; `None` if no position is known of any.
    pub(super) fn nearest<'a>(&self, request: &PlacementRequest<'a>, from: UnitVector) -> Option<&'a FleetServer> {
        let index = request.fleet.standings().nearest(from, |index| self.may_yield(request, index))?;
        request.fleet.servers().get(index).map(AsRef::as_ref)
    }

    fn may_yield(&self, request: &PlacementRequest<'_>, index: usize) -> bool {
        let eligible = || request.fleet.servers().get(index).is_some_and(|server| (request.eligible)(server));
        !self.yielded.contains(index) && eligible()
    }

    fn pass(&mut self, request: &PlacementRequest<'_>, circle: Option<Circle>, key: impl Fn(&Standing) -> K) {
        self.limit = (self.limit * GROWTH).clamp(1, request.fleet.servers().len().max(1));
        // the worst of the best on top
        let mut best: BinaryHeap<(K, u32)> = BinaryHeap::new();
        request.fleet.standings().visit(circle, |index, standing| {
            let candidate = (key(standing), index as u32);
            if best.len() == self.limit && best.peek().is_some_and(|worst| candidate >= *worst) {
                return;
            }
            // asked last: it costs most, and few come so far
            if self.may_yield(request, index) {
                if best.len() == self.limit {
                    best.pop();
                }
                best.push(candidate);
            }
        });
        self.whole = !best.is_empty() && best.len() < self.limit;
        self.ready = best.into_sorted_vec();
        self.ready.reverse();
    }
}

/// A number as a key; one that is none comes last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(f64);

impl Number {
    pub(super) fn new(number: f64) -> Self {
        // there is but one zero, and no negative NaN
        Self(if number.is_nan() { f64::NAN } else { number + 0.0 })
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

/// A key as [`by_cpu`](super::by_cpu).
pub(super) type ByCpu = (bool, Number, u32);

/// The key that [`by_cpu`](super::by_cpu) gives the same server.
pub(super) fn standing_by_cpu(standing: &Standing, now: Timestamp) -> ByCpu {
    let cpu = standing.expected_cpu(now);
    let load = if cpu.is_nan() { standing.expected_users(now) } else { cpu };
    (cpu.is_nan(), Number::new(load), standing.expected_meetings())
}
