//! The deliveries of an [`InMemoryStore`](super::InMemoryStore).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::callback::{CallbackId, CallbackKind, Callbacks, Delivery, DeliveryId};
use crate::clock::Timestamp;
use crate::meeting::Meeting;
use crate::network::IntegrationName;
use crate::store::{Lane, OutboxIndex};

/// Deliveries, waiting and settled.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    index: OutboxIndex,
    waiting: HashMap<DeliveryId, Delivery>,
    settled: BTreeMap<DeliveryId, Timestamp>,
    never: BTreeMap<CallbackId, Timestamp>,
}

impl Deliveries {
    /// Answers how many were dropped.
    pub(super) fn enqueue(&mut self, deliveries: Vec<Delivery>) -> usize {
        let mut dropped = 0;
        for delivery in deliveries {
            let id = &delivery.id;
            let never = CallbackKind::ENDS.contains(&id.kind) && self.never.contains_key(&id.callback);
            if never || self.settled.contains_key(id) || self.waiting.contains_key(id) {
                continue;
            }
            if self.index.add(&delivery) {
                self.waiting.insert(delivery.id.clone(), delivery);
            } else {
                dropped += 1;
            }
        }
        dropped
    }

    pub(super) fn waiting(&self, integration: &IntegrationName) -> usize {
        self.index.waiting(integration)
    }

    /// Nothing of an integration waits any more: it is itself removed.
    pub(super) fn remove_all(&mut self, integration: &IntegrationName) {
        self.index.remove_all(integration);
        self.waiting.retain(|_, delivery| delivery.meeting.integration != *integration);
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

    pub(super) fn due(&mut self, now: Timestamp, limit: usize, for_one: usize, busy: &HashSet<Lane>) -> Vec<Delivery> {
        let due = self.index.due(now, limit, for_one, busy);
        due.iter().filter_map(|(_, id)| self.waiting.get(id).cloned()).collect()
    }

    pub(super) fn due_in(&self, lane: &Lane, now: Timestamp, limit: usize) -> Vec<Delivery> {
        let due = self.index.due_in(lane, now, limit);
        due.iter().filter_map(|id| self.waiting.get(id).cloned()).collect()
    }

    /// Whether it waited.
    pub(super) fn retry(&mut self, id: &DeliveryId, at: Timestamp) -> bool {
        let Some(delivery) = self.waiting.get_mut(id) else { return false };
        delivery.failures = delivery.failures.saturating_add(1);
        self.index.retry(id, at)
    }

    /// Whether it waited.
    pub(super) fn settle(&mut self, id: &DeliveryId, at: Timestamp) -> bool {
        let waited = self.waiting.remove(id).is_some();
        if waited {
            self.index.remove(id);
            self.settled.insert(id.clone(), at);
        }
        waited
    }

    /// Answers how many.
    pub(super) fn forget_settled(&mut self, kind: CallbackKind, before: Timestamp, at_most: usize) -> usize {
        let old = self.settled.iter().filter(|(id, at)| id.kind == kind && **at < before);
        let old: Vec<_> = old.take(at_most).map(|(id, _)| id.clone()).collect();
        for id in &old {
            self.settled.remove(id);
        }
        if CallbackKind::ENDS.contains(&kind) {
            self.never.retain(|_, at| *at >= before);
        }
        old.len()
    }
}

fn end_ids(callback: &CallbackId) -> impl Iterator<Item = DeliveryId> {
    CallbackKind::ENDS.into_iter().map(|kind| DeliveryId { callback: callback.clone(), kind })
}
