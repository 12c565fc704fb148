//! [`Outbox`]: what websites are still to be told, and what they were told a while ago.
//!
//! ```text
//!            enqueue, forget, adopt            settle(id, Delivered)
//!   unknown ───────────────────────▶ waiting ───────────────────────▶ settled ──forget_settled──▶ unknown
//!      │                              │   ▲      settle(id, GivenUp)     ▲
//!      │                              └───┘ retry                        │
//!      └───────────────────────── never(callback) ───────────────────────┘
//! ```
//!
//! A delivery that is waiting or settled is known: it is not taken again, however often the end of its meeting is learnt.

use std::collections::HashSet;
use std::fmt;

use async_trait::async_trait;

use super::{Lane, StoreError};
use crate::callback::{CallbackId, CallbackKind, Delivery, DeliveryId};
use crate::clock::Timestamp;
use crate::event::Event;
use crate::network::IntegrationName;

/// How many deliveries wait at most. What comes beyond is dropped: so many wait only where websites have been away for long,
/// and the ends of meetings are worth less than the meetings.
pub const OUTBOX_PLACES: usize = 100_000;

/// How many of them are kept for the ends of meetings and for recordings that are ready: hooks and analytics do not get these.
pub const OUTBOX_RESERVED: usize = 20_000;

/// How many of them may be of one integration. What comes beyond is dropped: a website that is away for long misses what
/// happened, and takes no places from others.
pub const OUTBOX_OF_ONE: usize = 20_000;

/// How many of one integration may be of its hooks.
pub const OUTBOX_HOOKS_OF_ONE: usize = 5000;

/// How many of these may be of one hook.
pub const OUTBOX_OF_A_HOOK: usize = 1000;

/// How many of them may be analytics, which are long. What comes beyond is dropped.
pub const OUTBOX_ANALYTICS: usize = 1000;

/// How many of these may be of one integration.
pub const OUTBOX_ANALYTICS_OF_ONE: usize = 100;

/// How many [lanes](Lane) of one integration are due at the same time.
pub const OUTBOX_LANES_OF_ONE: usize = 16;

/// How a delivery was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The website knows.
    Delivered,
    /// It could not be told for too long.
    GivenUp,
}

impl Settled {
    /// The word that it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
        }
    }
}

/// Keeps deliveries until they are made. Changes are as durable as those of a [`MeetingStore`](super::MeetingStore).
///
/// # Cancel safety
/// Dropping the future of a change leaves it open whether it happens; it never half happens.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync + 'static {
    /// Takes deliveries that are due at once. Those that are known stay as they are; those for which there is no place are
    /// dropped: [`OUTBOX_PLACES`] and the bounds below it. Answers how many were dropped.
    async fn enqueue(&self, deliveries: Vec<Delivery>) -> Result<usize, StoreError>;

    /// The same for those that nobody waits for: it returns at once, and they are kept soon after. They are lost where a store
    /// is in trouble.
    fn enqueue_soon(&self, deliveries: Vec<Delivery>);

    /// Has no end ever told of the create that `callback` names, because nobody was told that it succeeded: until a meeting
    /// with these callbacks comes to be held after all. What waits already is not touched, nor are other kinds.
    async fn never(&self, callback: &CallbackId, at: Timestamp) -> Result<(), StoreError>;

    /// Whether the end of what `callback` names is known: a delivery of one of [`CallbackKind::ENDS`].
    async fn knows(&self, callback: &CallbackId) -> Result<bool, StoreError>;

    /// How many deliveries of `integration` wait.
    async fn waiting(&self, integration: &IntegrationName) -> Result<usize, StoreError>;

    /// Deliveries whose time has come, but for those in the lanes that are `busy`: at most `limit`, at most `for_one` of one
    /// lane, and of one integration so many lanes that with the busy ones there are [`OUTBOX_LANES_OF_ONE`]. Each
    /// integration's lane that is due for longest comes before the second of another, so that neither a website nor a host that
    /// does not answer keeps any from the others. A store may answer fewer where they are long.
    async fn due(
        &self,
        now: Timestamp,
        limit: usize,
        for_one: usize,
        busy: &HashSet<Lane>,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Deliveries of one lane whose time has come, the longest due first, at most `limit`. In a lane that keeps the order, all
    /// that wait behind one that is due are due too.
    async fn due_in(&self, lane: &Lane, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError>;

    /// A delivery failed once more and is due again at `at`; stores `events`. One that does not wait is left alone.
    async fn retry(&self, id: &DeliveryId, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError>;

    /// A delivery needs no more tries; stores `events`. One that does not wait is left alone.
    async fn settle(&self, id: &DeliveryId, how: Settled, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError>;

    /// Forgets deliveries of `kind` that were settled before `before`, at most `at_most`. Answers how many: fewer than
    /// `at_most` where there are no more.
    async fn forget_settled(&self, kind: CallbackKind, before: Timestamp, at_most: usize) -> Result<usize, StoreError>;
}
