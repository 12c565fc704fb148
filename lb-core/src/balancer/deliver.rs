//! Telling websites what the outbox has for them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::Balancer;
use crate::api::Failure;
use crate::callback::{Delivery, DeliveryId, pause_after};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::store::Settled;

/// How long one website may take to hear one thing.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many deliveries are made at the same time.
pub const DELIVERED_AT_ONCE: usize = 256;

/// How many of them to one host.
pub const DELIVERED_TO_ONE: usize = 4;

/// How long a delivery that was settled is remembered. A server repeats its hint for some minutes.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// What came of a delivery and is not stored yet.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    then: Then,
    events: Vec<Event>,
}

/// Outcomes that could not be stored yet. Held for one look or one change.
#[derive(Debug, Default)]
pub(super) struct Undelivered(Mutex<HashMap<DeliveryId, Outcome>>);

impl Undelivered {
    fn lock(&self) -> MutexGuard<'_, HashMap<DeliveryId, Outcome>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, Debug)]
enum Then {
    Settle(Settled, Timestamp),
    Retry(Timestamp),
}

impl Balancer {
    /// Makes every delivery that is due, several at the same time, and waits for all of them. One host's take no longer than
    /// 10 s. A program that cannot wait for the slowest takes [`due`](Self::due) and [`deliver`](Self::deliver) apart.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    ///
    /// # Cancel safety
    /// May be dropped at any time. A website that is being told may then be told twice.
    pub async fn deliver_due(&self) -> Result<(), Failure> {
        let due = self.due().await?;
        let made = stream::iter(due).map(async |delivery| self.deliver(&delivery).await);
        made.buffer_unordered(DELIVERED_AT_ONCE).collect::<Vec<_>>().await.into_iter().collect()
    }

    /// The deliveries that are due: at most [`DELIVERED_AT_ONCE`], at most [`DELIVERED_TO_ONE`] for one host. One that is
    /// under way is among them until its outcome is stored: whoever makes them must not make one twice at the same time.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn due(&self) -> Result<Vec<Delivery>, Failure> {
        if self.relay.is_none() {
            return Ok(Vec::new());
        }
        self.stored(self.store.due(self.clock.now(), DELIVERED_AT_ONCE, DELIVERED_TO_ONE).await)
    }

    /// Makes one delivery and stores what came of it. If that cannot be stored, the next call for this delivery tries only
    /// that: the website is not told again.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the outcome could not be stored.
    ///
    /// # Cancel safety
    /// Dropped half-way, the website may be told twice.
    pub async fn deliver(&self, delivery: &Delivery) -> Result<(), Failure> {
        let Some(relay) = &self.relay else { return Ok(()) };
        let unstored = self.undelivered.lock().get(&delivery.id).cloned();
        let outcome = match unstored {
            Some(outcome) => outcome,
            None => {
                let sent = relay.sender.send(&delivery.url, DEADLINE).await;
                let outcome = self.outcome(delivery, sent.map_err(|error| error.to_string()));
                outcome.events.iter().for_each(|event| self.show(event));
                outcome
            }
        };
        let events = outcome.events.clone();
        let stored = match outcome.then {
            Then::Settle(how, at) => self.store.settle(&delivery.id, how, at, events).await,
            Then::Retry(at) => self.store.retry(&delivery.id, at, events).await,
        };
        let stored = self.stored(stored);
        match &stored {
            Ok(()) => self.undelivered.lock().remove(&delivery.id),
            Err(_) => self.undelivered.lock().insert(delivery.id.clone(), outcome),
        };
        stored
    }

    fn outcome(&self, delivery: &Delivery, sent: Result<(), String>) -> Outcome {
        let (now, failures) = (self.clock.now(), delivery.failures);
        let (meeting, host) = (delivery.meeting.clone(), delivery.url.host());
        let (then, kind) = match (sent, pause_after(failures.saturating_add(1))) {
            (Ok(()), _) => {
                let kind = EventKind::CallbackDelivered { meeting, host, failures };
                (Then::Settle(Settled::Delivered, now), Some(kind))
            }
            (Err(problem), Some(pause)) => {
                let first = EventKind::CallbackFailed { meeting, host, problem, given_up: false };
                (Then::Retry(now + pause), Some(first).filter(|_| failures == 0))
            }
            (Err(problem), None) => {
                let kind = EventKind::CallbackFailed { meeting, host, problem, given_up: true };
                (Then::Settle(Settled::GivenUp, now), Some(kind))
            }
        };
        Outcome { then, events: kind.map(|kind| self.event(kind)).into_iter().collect() }
    }

    /// Forgets deliveries that were settled more than seven days ago. To be called now and then.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn forget_settled(&self) -> Result<(), Failure> {
        self.stored(self.store.forget_settled(self.clock.now().before(REMEMBERED)).await)
    }
}
