//! Telling websites what the outbox has for them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future;
use futures_util::stream::{self, StreamExt};

use super::{Balancer, Relay};
use crate::api::Failure;
use crate::callback::{CallbackKind, CallbackUrl, Delivery, DeliveryId, Receipt, Signing, pause_after};
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

/// How it went.
enum Came {
    Through,
    /// Not, for this reason, and is tried again.
    NotNow(String),
    /// The same, where the reason is what is configured here: the website is not to blame.
    Unable(String),
    /// Not, and is not tried again.
    ToNothing(String),
    /// The hook that it is for was taken away.
    Unwanted,
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
                let came = match self.is_wanted(delivery).await? {
                    true => self.tell_website(relay, delivery).await,
                    false => Came::Unwanted,
                };
                let is_to_blame = matches!(came, Came::NotNow(_));
                let outcome = self.outcome(delivery, came);
                if is_to_blame && matches!(outcome.then, Then::Settle(Settled::GivenUp, _)) {
                    self.give_up_hook(delivery).await;
                }
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

    /// Tells a website, in the words and under the signature of this moment.
    async fn tell_website(&self, relay: &Relay, delivery: &Delivery) -> Came {
        let network = self.network();
        let found = network.integration(delivery.meeting.integration.as_str());
        let Some(integration) = found.filter(|integration| integration.active) else {
            return Came::ToNothing("its integration is gone or inactive".to_owned());
        };
        if !delivery.url.is_at(&integration.callback_hosts) {
            return Came::ToNothing(CallbackUrl::ELSEWHERE.to_owned());
        }
        let now = self.clock.now();
        let domain = relay.public_url.host_str().unwrap_or_default();
        let signing = integration.valid_secrets(now).next().map(|secret| Signing { secret, now, domain });
        let Some(request) = delivery.message.request(&delivery.url, &delivery.meeting.meeting_id, signing) else {
            return Came::Unable("its integration has no secret that is valid".to_owned());
        };
        match relay.sender.send(&request, DEADLINE).await {
            Ok(status) => match delivery.message.receipt(status) {
                Receipt::Yes => Came::Through,
                Receipt::NotNow => Came::NotNow(format!("status {status}")),
                Receipt::Never => Came::ToNothing(format!("status {status}")),
            },
            Err(problem) => Came::NotNow(problem.to_string()),
        }
    }

    fn outcome(&self, delivery: &Delivery, came: Came) -> Outcome {
        let (now, failures, kind) = (self.clock.now(), delivery.failures, delivery.id.kind);
        let (meeting, host) = (delivery.meeting.clone(), delivery.url.host());
        let (then, event) = match (came, pause_after(failures.saturating_add(1))) {
            (Came::Through, _) => {
                let event = EventKind::CallbackDelivered { meeting, kind, host, failures };
                (Then::Settle(Settled::Delivered, now), Some(event))
            }
            (Came::NotNow(problem) | Came::Unable(problem), Some(pause)) => {
                let first = EventKind::CallbackFailed { meeting, kind, host, problem, given_up: false };
                (Then::Retry(now + pause), Some(first).filter(|_| failures == 0))
            }
            (Came::NotNow(problem) | Came::Unable(problem) | Came::ToNothing(problem), _) => {
                let event = EventKind::CallbackFailed { meeting, kind, host, problem, given_up: true };
                (Then::Settle(Settled::GivenUp, now), Some(event))
            }
            (Came::Unwanted, _) => (Then::Settle(Settled::GivenUp, now), None),
        };
        // of the many things that hooks hear, only that one hears no more is worth keeping
        let given_up = matches!(then, Then::Settle(Settled::GivenUp, _));
        let event = event.filter(|_| kind != CallbackKind::Hook || given_up);
        Outcome { then, events: event.map(|event| self.event(event)).into_iter().collect() }
    }

    /// Forgets deliveries that were settled so long ago that nobody will ask for them any more: see
    /// [`CallbackKind::remembered`]. To be called now and then.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn forget_settled(&self) -> Result<(), Failure> {
        for kind in CallbackKind::ALL {
            let before = self.clock.now().before(kind.remembered());
            self.stored(self.store.forget_settled(kind, before).await)?;
        }
        Ok(())
    }
}
