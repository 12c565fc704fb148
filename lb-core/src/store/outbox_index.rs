//! [`OutboxIndex`]: which deliveries wait, in which order they are made, and for which more there is a place.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet};

use super::{
    OUTBOX_ANALYTICS, OUTBOX_ANALYTICS_OF_ONE, OUTBOX_HOOKS_OF_ONE, OUTBOX_LANES_OF_ONE, OUTBOX_OF_A_HOOK,
    OUTBOX_OF_ONE, OUTBOX_PLACES, OUTBOX_RESERVED,
};
use crate::callback::{CallbackKind, Delivery, DeliveryId, LONGEST_PAUSE};
use crate::clock::Timestamp;
use crate::network::IntegrationName;

/// What is made by one task: all deliveries of one hook, or all others of an integration to one host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    /// Whose they are.
    pub integration: IntegrationName,
    /// Whether they are made one after the other, in the order in which they were taken: a hook hears of things as they
    /// happened, and one that failed keeps back those behind it.
    pub in_order: bool,
    /// The host, or what the names of the deliveries of the hook begin with.
    pub to: Arc<str>,
}

impl Lane {
    /// The lane of the delivery `id` of `integration` to `host`.
    pub fn of(id: &DeliveryId, integration: &IntegrationName, host: &str) -> Self {
        let in_order = id.kind == CallbackKind::Hook;
        let hook = || id.callback.as_str().rsplit_once('-').map_or(id.callback.as_str(), |(hook, _)| hook);
        Self { integration: integration.clone(), in_order, to: if in_order { hook() } else { host }.into() }
    }
}

/// All deliveries that wait as one persistent value, without what they say: a change answers another index that shares nearly
/// everything.
#[derive(Clone, Debug, Default)]
pub struct OutboxIndex {
    waiting: HashMap<DeliveryId, Place>,
    integrations: OrdMap<IntegrationName, OfOne>,
    counts: Counts,
    // the number of the last one that was taken
    last: u64,
    // when it was last looked what is due: what is taken is due then, so that it does not pass those that wait for longer
    looked_at: Timestamp,
}

/// Where a delivery stands.
#[derive(Clone, Debug)]
struct Place {
    lane: Lane,
    key: Key,
}

/// Where a delivery stands in its lane: when it is due, and its number. In a lane that keeps the order the number alone tells.
type Key = (Timestamp, u64);

#[derive(Clone, Debug, Default)]
struct OfOne {
    lanes: HashMap<Lane, Waiting>,
    by_time: OrdSet<(Timestamp, Lane)>,
    counts: Counts,
}

/// What waits in one lane.
#[derive(Clone, Debug, Default)]
struct Waiting {
    by_key: OrdMap<Key, DeliveryId>,
    // of a lane that keeps the order
    due_at: Timestamp,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    all: usize,
    hooks: usize,
    analytics: usize,
}

impl Counts {
    fn of_kind(&mut self, kind: CallbackKind) -> Option<&mut usize> {
        match kind {
            CallbackKind::Hook => Some(&mut self.hooks),
            CallbackKind::Analytics => Some(&mut self.analytics),
            CallbackKind::Ended | CallbackKind::MetaEnded | CallbackKind::RecordingReady => None,
        }
    }

    fn add(&mut self, kind: CallbackKind) {
        self.all += 1;
        self.of_kind(kind).into_iter().for_each(|count| *count += 1);
    }

    fn remove(&mut self, kind: CallbackKind) {
        self.all -= 1;
        self.of_kind(kind).into_iter().for_each(|count| *count -= 1);
    }
}

impl Waiting {
    fn due_at(&self, lane: &Lane) -> Option<Timestamp> {
        let ((first, _), _) = self.by_key.get_min()?;
        Some(if lane.in_order { self.due_at } else { *first })
    }
}

impl OutboxIndex {
    /// How many deliveries of `integration` wait.
    pub fn waiting(&self, integration: &IntegrationName) -> usize {
        self.integrations.get(integration).map_or(0, |of_one| of_one.counts.all)
    }

    /// Whether a delivery waits.
    pub fn contains(&self, id: &DeliveryId) -> bool {
        self.waiting.contains_key(id)
    }

    /// Takes a delivery, unless it waits already or there is no place for it. Answers whether it waits now.
    pub fn add(&mut self, delivery: &Delivery) -> bool {
        let lane = Lane::of(&delivery.id, &delivery.meeting.integration, &delivery.url.host());
        let known = self.contains(&delivery.id);
        if !known && self.has_place(delivery.id.kind, &lane) {
            self.put(delivery.id.clone(), lane, self.looked_at);
            return true;
        }
        known
    }

    fn has_place(&self, kind: CallbackKind, lane: &Lane) -> bool {
        let of_one = self.integrations.get(&lane.integration);
        let counts = of_one.map(|of_one| of_one.counts).unwrap_or_default();
        let in_lane = of_one.and_then(|of_one| of_one.lanes.get(lane)).map_or(0, |waiting| waiting.by_key.len());
        let is_open = self.counts.all < OUTBOX_PLACES - OUTBOX_RESERVED;
        self.counts.all < OUTBOX_PLACES
            && counts.all < OUTBOX_OF_ONE
            && match kind {
                CallbackKind::Hook => is_open && counts.hooks < OUTBOX_HOOKS_OF_ONE && in_lane < OUTBOX_OF_A_HOOK,
                CallbackKind::Analytics => {
                    is_open && self.counts.analytics < OUTBOX_ANALYTICS && counts.analytics < OUTBOX_ANALYTICS_OF_ONE
                }
                CallbackKind::Ended | CallbackKind::MetaEnded | CallbackKind::RecordingReady => true,
            }
    }

    /// Puts a delivery behind those that are there, whatever the bounds: one that a store has kept.
    pub fn put(&mut self, id: DeliveryId, lane: Lane, due_at: Timestamp) {
        self.last += 1;
        let key = (if lane.in_order { Timestamp::default() } else { due_at }, self.last);
        self.counts.add(id.kind);
        let of_one = self.integrations.entry(lane.integration.clone()).or_default();
        of_one.counts.add(id.kind);
        of_one.change(&lane, |waiting| {
            if waiting.by_key.is_empty() {
                waiting.due_at = due_at;
            }
            waiting.by_key.insert(key, id.clone());
        });
        self.waiting.insert(id, Place { lane, key });
    }

    /// A delivery failed and is due again at `at`. Answers whether it waited.
    pub fn retry(&mut self, id: &DeliveryId, at: Timestamp) -> bool {
        let Some(place) = self.waiting.get_mut(id) else { return false };
        let Some(of_one) = self.integrations.get_mut(&place.lane.integration) else { return false };
        let before = place.key;
        if !place.lane.in_order {
            place.key.0 = at;
        }
        let after = place.key;
        of_one.change(&place.lane, |waiting| {
            if waiting.by_key.get_min().is_some_and(|(first, _)| *first == before) {
                waiting.due_at = at;
            }
            if let Some(id) = waiting.by_key.remove(&before) {
                waiting.by_key.insert(after, id);
            }
        });
        true
    }

    /// A delivery waits no more. Answers whether it did.
    pub fn remove(&mut self, id: &DeliveryId) -> bool {
        let Some(place) = self.waiting.remove(id) else { return false };
        self.counts.remove(id.kind);
        let (looked_at, integration) = (self.looked_at, place.lane.integration.clone());
        if let Some(of_one) = self.integrations.get_mut(&integration) {
            of_one.counts.remove(id.kind);
            of_one.change(&place.lane, |waiting| {
                if waiting.by_key.get_min().is_some_and(|(first, _)| *first == place.key) {
                    waiting.due_at = looked_at;
                }
                waiting.by_key.remove(&place.key);
            });
            if of_one.counts.all == 0 {
                self.integrations.remove(&integration);
            }
        }
        true
    }

    /// Nothing of an integration waits any more: it is itself removed.
    pub fn remove_all(&mut self, integration: &IntegrationName) {
        let of_one = self.integrations.get(integration).cloned().unwrap_or_default();
        for id in of_one.lanes.values().flat_map(|waiting| waiting.by_key.values()) {
            self.remove(id);
        }
    }

    /// See [`Outbox::due`](super::Outbox::due): which, and the lane of each.
    pub fn due(
        &mut self,
        now: Timestamp,
        limit: usize,
        for_one: usize,
        busy: &HashSet<Lane>,
    ) -> Vec<(Lane, DeliveryId)> {
        self.looked_at = now;
        let mut under_way = BTreeMap::<_, usize>::new();
        busy.iter().for_each(|lane| *under_way.entry(&lane.integration).or_default() += 1);
        // each integration's first lane comes before another's second
        let due_of = |(name, of_one): (_, &'_ OfOne)| of_one.due(now, busy, under_way.get(name).copied().unwrap_or(0));
        let mut lanes: Vec<(usize, Timestamp, Lane)> = self.integrations.iter().flat_map(due_of).collect();
        lanes.sort();
        let (mut due, mut left) = (Vec::new(), limit);
        for (_, _, lane) in lanes {
            let found = self.due_in(&lane, now, for_one.min(left));
            left -= found.len();
            due.extend(found.into_iter().map(|id| (lane.clone(), id)));
            if left == 0 {
                break;
            }
        }
        due
    }

    /// What is due in one lane, at most `limit`; of a lane that keeps the order all that is behind the first is due with it.
    pub fn due_in(&self, lane: &Lane, now: Timestamp, limit: usize) -> Vec<DeliveryId> {
        let waiting = self.integrations.get(&lane.integration).and_then(|of_one| of_one.lanes.get(lane));
        let Some(waiting) = waiting else { return Vec::new() };
        let all_are = lane.in_order && is_due(waiting.due_at, now);
        let due = waiting.by_key.iter().filter(|((at, _), _)| if lane.in_order { all_are } else { is_due(*at, now) });
        due.take(limit).map(|(_, id)| id.clone()).collect()
    }
}

/// What is due later than any pause ends was put off by a clock that has been set back since.
fn is_due(at: Timestamp, now: Timestamp) -> bool {
    at <= now || at > now + LONGEST_PAUSE
}

impl OfOne {
    /// Changes what waits in a lane, and keeps the times of the lanes as they are then.
    fn change(&mut self, lane: &Lane, change: impl FnOnce(&mut Waiting)) {
        let waiting = self.lanes.entry(lane.clone()).or_default();
        let before = waiting.due_at(lane);
        change(waiting);
        let after = waiting.due_at(lane);
        if before != after {
            before.into_iter().for_each(|at| drop(self.by_time.remove(&(at, lane.clone()))));
            after.into_iter().for_each(|at| drop(self.by_time.insert((at, lane.clone()))));
        }
        if after.is_none() {
            self.lanes.remove(lane);
        }
    }

    /// The lanes that are due and not busy, as many as may be made beside the `under_way` that are: the place of each, since
    /// when, and which.
    fn due(&self, now: Timestamp, busy: &HashSet<Lane>, under_way: usize) -> Vec<(usize, Timestamp, Lane)> {
        let due = self.by_time.iter().take_while(|(at, _)| *at <= now);
        // the times are in order: behind the last pause all are due again
        let late = self.by_time.iter().rev().take_while(|(at, _)| *at > now + LONGEST_PAUSE);
        let free = due.chain(late).filter(|(_, lane)| !busy.contains(lane));
        let free = free.take(OUTBOX_LANES_OF_ONE.saturating_sub(under_way)).enumerate();
        free.map(|(place, (at, lane))| (place + under_way, *at, lane.clone())).collect()
    }
}
