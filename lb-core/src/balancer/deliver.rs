//! Telling websites what the outbox has for them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future;
use futures_util::stream::{self, StreamExt};

use super::Balancer;
use crate::api::Failure;
use crate::callback::{Delivery, DeliveryId, pause_after};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::store::Settled;

/// How long one website may take to hear one thing.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many deliveries are looked up at once.
const LOOKED_UP: usize = 1024;

/// How many of them for one host, so that one with many keeps none from the others.
const LOOKED_UP_FOR_ONE: usize = 64;

/// To how many hosts is delivered at the same time.
const HOSTS_AT_ONCE: usize = 256;

/// How many deliveries are made to one host at the same time.
const AT_ONCE_TO_ONE: usize = 4;

/// How long a delivery that was settled is remembered: longer than a token is good for.
const REMEMBERED: Duration = Duration::from_secs(31 * 24 * 3600);

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
    /// Makes the deliveries that are due and waits for all of them: those of one host take up to 160 s where it does not
    /// answer. A program that cannot wait for the slowest takes [`due`](Self::due) and [`deliver_to`](Self::deliver_to)
    /// apart.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    ///
    /// # Cancel safety
    /// May be dropped at any time. A website that is being told may then be told twice.
    pub async fn deliver_due(&self) -> Result<(), Failure> {
        let made = stream::iter(self.due().await?).map(async |(_, due)| self.deliver_to(due, future::pending()).await);
        made.buffer_unordered(HOSTS_AT_ONCE).collect::<Vec<_>>().await.into_iter().collect()
    }

    /// The deliveries that are due, by host: at most 1024, at most 64 for one host. One that is under way is among them until
    /// its outcome is stored: whoever makes them must not make a host's twice at the same time.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn due(&self) -> Result<HashMap<String, Vec<Delivery>>, Failure> {
        let mut by_host = HashMap::<String, Vec<Delivery>>::new();
        if self.relay.is_some() {
            let due = self.store.due(self.clock.now(), LOOKED_UP, LOOKED_UP_FOR_ONE).await;
            for delivery in self.stored(due)? {
                by_host.entry(delivery.url.host()).or_default().push(delivery);
            }
        }
        Ok(by_host)
    }

    /// Makes deliveries to one host, four at the same time, and stores what came of each. None is begun once `stop` is ready;
    /// those that are not stay due.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if an outcome could not be stored. All are tried all the same.
    ///
    /// # Cancel safety
    /// May be dropped at any time. A website that is being told may then be told twice.
    pub async fn deliver_to(&self, due: Vec<Delivery>, stop: impl Future<Output = ()>) -> Result<(), Failure> {
        let made = stream::iter(due).take_until(stop).map(async |delivery| self.deliver(&delivery).await);
        made.buffer_unordered(AT_ONCE_TO_ONE).collect::<Vec<_>>().await.into_iter().collect()
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

    /// Forgets deliveries that were settled more than 31 days ago. To be called now and then.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn forget_settled(&self) -> Result<(), Failure> {
        self.stored(self.store.forget_settled(self.clock.now().before(REMEMBERED)).await)
    }
}
