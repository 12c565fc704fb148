//! Telling websites what the outbox has for them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{self, FusedFuture, FutureExt};
use futures_util::stream::{self, StreamExt};

use super::{Balancer, Relay};
use crate::api::Failure;
use crate::callback::{CallbackKind, CallbackUrl, Delivery, DeliveryId, Receipt, Signing, pause_after};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::store::{Lane, Settled};

/// How long one website may take to hear one thing.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many deliveries are looked up at once.
const LOOKED_UP: usize = 1024;

/// How many of them in one lane, so that one with many keeps none from the others.
const LOOKED_UP_IN_ONE: usize = 16;

/// How often in a row more is looked up in one lane before others get its place.
const TURNS: usize = 16;

/// In how many lanes is delivered at the same time.
const LANES_AT_ONCE: usize = 256;

/// How many deliveries are made in one lane at the same time, where their order does not count.
const AT_ONCE_IN_ONE: usize = 4;

/// How many settled deliveries are forgotten at once: the store has other things to do in between.
const FORGOTTEN_AT_ONCE: usize = 500;

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

impl Came {
    /// What went wrong, if anything did.
    fn problem(&self) -> Option<String> {
        match self {
            Self::Through | Self::Unwanted => None,
            Self::NotNow(problem) | Self::Unable(problem) | Self::ToNothing(problem) => Some(problem.clone()),
        }
    }
}

impl Outcome {
    /// When it is tried again, if it is.
    fn next_try(&self) -> Option<Timestamp> {
        match self.then {
            Then::Settle(..) => None,
            Then::Retry(at) => Some(at),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Then {
    Settle(Settled, Timestamp),
    Retry(Timestamp),
}

impl Balancer {
    /// Makes the deliveries that are due and waits for all of them, which takes minutes where a host does not answer. A program
    /// that cannot wait for the slowest takes [`due`](Self::due) and [`deliver_in`](Self::deliver_in) apart.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    ///
    /// # Cancel safety
    /// May be dropped at any time. A website that is being told may then be told twice.
    pub async fn deliver_due(&self) -> Result<(), Failure> {
        let due = self.due(&HashSet::new()).await?;
        let made = stream::iter(due).map(async |(lane, due)| self.deliver_in(&lane, due, future::pending()).await);
        made.buffer_unordered(LANES_AT_ONCE).collect::<Vec<_>>().await.into_iter().collect()
    }

    /// The deliveries that are due, by lane, but for those in the lanes that are `busy`: at most 1024, at most 16 in one lane,
    /// and at most 16 lanes of one integration, busy ones among them. Whoever makes them must not work in one lane twice at the
    /// same time.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn due(&self, busy: &HashSet<Lane>) -> Result<Vec<(Lane, Vec<Delivery>)>, Failure> {
        let mut by_lane = Vec::<(Lane, Vec<Delivery>)>::new();
        if self.relay.is_some() {
            let due = self.store.due(self.clock.now(), LOOKED_UP, LOOKED_UP_IN_ONE, busy).await;
            for delivery in self.stored(due)? {
                let lane = Lane::of(&delivery.id, &delivery.meeting.integration, &delivery.url.host());
                match by_lane.last_mut().filter(|(last, _)| *last == lane) {
                    Some((_, of_lane)) => of_lane.push(delivery),
                    None => by_lane.push((lane, vec![delivery])),
                }
            }
        }
        Ok(by_lane)
    }

    /// Makes deliveries of one lane, and stores what came of each: those of a hook one after the other, until one fails; four of
    /// others at the same time. Then those that are due next, for some turns. None is begun once `stop` is ready; those that are
    /// not made stay due.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if an outcome could not be stored.
    ///
    /// # Cancel safety
    /// May be dropped at any time. A website that is being told may then be told twice.
    pub async fn deliver_in(
        &self,
        lane: &Lane,
        due: Vec<Delivery>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Failure> {
        let (mut due, mut stop) = (due, Box::pin(stop.fuse()));
        for _turn in 0..TURNS {
            let at_once = if lane.in_order { 1 } else { AT_ONCE_IN_ONE };
            let begun = stream::iter(due).take_until(&mut stop);
            let mut made = begun.map(async |delivery| self.deliver(&delivery).await).buffer_unordered(at_once);
            let mut failed = None;
            while let Some(outcome) = made.next().await {
                match outcome {
                    // what is behind it waits for it
                    Ok(true) if lane.in_order => return Ok(()),
                    Ok(_) => {}
                    Err(failure) if lane.in_order => return Err(failure),
                    Err(failure) => failed = Some(failure),
                }
            }
            drop(made);
            if let Some(failure) = failed {
                return Err(failure);
            }
            if stop.is_terminated() {
                return Ok(());
            }
            due = self.stored(self.store.due_in(lane, self.clock.now(), LOOKED_UP_IN_ONE).await)?;
            if due.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Makes one delivery and stores what came of it. If that cannot be stored, the next call for this delivery tries only
    /// that: the website is not told again. Answers whether it is to be tried again.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the outcome could not be stored.
    ///
    /// # Cancel safety
    /// Dropped half-way, the website may be told twice.
    pub async fn deliver(&self, delivery: &Delivery) -> Result<bool, Failure> {
        let Some(relay) = &self.relay else { return Ok(true) };
        let unstored = self.undelivered.lock().get(&delivery.id).cloned();
        let outcome = match unstored {
            Some(outcome) => outcome,
            None => {
                let came = match self.is_wanted(delivery).await? {
                    true => self.tell_website(relay, delivery).await,
                    false => Came::Unwanted,
                };
                let problem = came.problem();
                let is_to_blame = matches!(came, Came::NotNow(_));
                let outcome = self.outcome(delivery, came);
                self.note_reached(delivery, problem, outcome.next_try());
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
        let is_again = matches!(outcome.then, Then::Retry(_));
        let stored = self.stored(stored);
        match &stored {
            Ok(()) => self.undelivered.lock().remove(&delivery.id),
            Err(_) => self.undelivered.lock().insert(delivery.id.clone(), outcome),
        };
        stored.map(|()| is_again)
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
            while self.stored(self.store.forget_settled(kind, before, FORGOTTEN_AT_ONCE).await)? == FORGOTTEN_AT_ONCE {}
        }
        Ok(())
    }
}
