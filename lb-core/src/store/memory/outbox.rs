//! The deliveries of an [`InMemoryStore`](super::InMemoryStore).

use std::collections::{BTreeMap, HashMap};

use crate::callback::{CallbackId, CallbackKind, Callbacks, Delivery, DeliveryId, LONGEST_PAUSE};
use crate::clock::Timestamp;
use crate::meeting::Meeting;
use crate::store::{OUTBOX_ANALYTICS, OUTBOX_PLACES};

/// Deliveries, waiting and settled.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    waiting: HashMap<DeliveryId, (Timestamp, Delivery)>,
    settled: BTreeMap<DeliveryId, Timestamp>,
    never: BTreeMap<CallbackId, Timestamp>,
}

impl Deliveries {
    pub(super) fn enqueue(&mut self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            let id = &delivery.id;
            let never = CallbackKind::ENDS.contains(&id.kind) && self.never.contains_key(&id.callback);
            let known = never || self.settled.contains_key(id) || self.waiting.contains_key(id);
            if !known && self.has_place_for(id.kind) {
                self.waiting.insert(delivery.id.clone(), (Timestamp::default(), delivery));
            }
        }
    }

    fn has_place_for(&self, kind: CallbackKind) -> bool {
        let analytics = || self.waiting.keys().filter(|id| id.kind == CallbackKind::Analytics).count();
        self.waiting.len() < OUTBOX_PLACES && (kind != CallbackKind::Analytics || analytics() < OUTBOX_ANALYTICS)
    }

    /// The end of a meeting was learnt otherwise than by a callback.
    pub(super) fn ended(&mut self, meeting: &Meeting) {
        let deliveries = |callbacks: &Callbacks| callbacks.deliveries(&meeting.key, false);
        self.enqueue(meeting.callbacks.as_ref().map(deliveries).unwrap_or_default());
    }

    pub(super) fn never(&mut self, callback: &CallbackId, at: Timestamp) {
        self.never.insert(callback.clone(), at);
    }

    /// A meeting has come to be held: what was said of its create is no more true.
    pub(super) fn held(&mut self, meeting: &Meeting) {
        if let Some(callbacks) = &meeting.callbacks {
            self.never.remove(&callbacks.id);
        }
    }

    pub(super) fn knows(&self, callback: &CallbackId) -> bool {
        let known = |id| self.waiting.contains_key(&id) || self.settled.contains_key(&id);
        self.never.contains_key(callback) || end_ids(callback).any(known)
    }

    pub(super) fn due(&self, now: Timestamp, limit: usize, for_one: usize) -> Vec<Delivery> {
        // what is due later than any pause ends was put off by a clock that has been set back since
        let is_due = |at: Timestamp| at <= now || at > now + LONGEST_PAUSE;
        let mut due: Vec<_> = self.waiting.values().filter(|(at, _)| is_due(*at)).collect();
        due.sort_by_key(|(at, delivery)| (*at, &delivery.id));
        let mut of_host: HashMap<String, usize> = HashMap::new();
        let has_place = |delivery: &&Delivery| {
            let taken = of_host.entry(delivery.url.host()).or_default();
            *taken += 1;
            *taken <= for_one
        };
        due.into_iter().map(|(_, delivery)| delivery).filter(has_place).take(limit).cloned().collect()
    }

    /// Whether it waited.
    pub(super) fn retry(&mut self, id: &DeliveryId, at: Timestamp) -> bool {
        let Some((due, delivery)) = self.waiting.get_mut(id) else { return false };
        *due = at;
        delivery.failures = delivery.failures.saturating_add(1);
        true
    }

    /// Whether it waited.
    pub(super) fn settle(&mut self, id: &DeliveryId, at: Timestamp) -> bool {
        let waited = self.waiting.remove(id).is_some();
        if waited {
            self.settled.insert(id.clone(), at);
        }
        waited
    }

    pub(super) fn forget_settled(&mut self, kind: CallbackKind, before: Timestamp) {
        self.settled.retain(|id, at| id.kind != kind || *at >= before);
        if CallbackKind::ENDS.contains(&kind) {
            self.never.retain(|_, at| *at >= before);
        }
    }
}

fn end_ids(callback: &CallbackId) -> impl Iterator<Item = DeliveryId> {
    CallbackKind::ENDS.into_iter().map(|kind| DeliveryId { callback: callback.clone(), kind })
}
