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

use std::fmt;

use async_trait::async_trait;

use super::StoreError;
use crate::callback::{CallbackId, CallbackKind, Delivery, DeliveryId};
use crate::clock::Timestamp;
use crate::event::Event;

/// How many deliveries wait at most. What comes beyond is dropped: so many wait only where websites have been away for long,
/// and the ends of meetings are worth less than the meetings.
pub const OUTBOX_PLACES: usize = 100_000;

/// How many of them may be analytics, which are long. What comes beyond is dropped.
pub const OUTBOX_ANALYTICS: usize = 1000;

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
    /// Takes deliveries that are due at once. Those that are known stay as they are; those beyond [`OUTBOX_PLACES`] are
    /// dropped.
    async fn enqueue(&self, deliveries: Vec<Delivery>) -> Result<(), StoreError>;

    /// Has no end ever told of the create that `callback` names, because nobody was told that it succeeded: until a meeting
    /// with these callbacks comes to be held after all. What waits already is not touched, nor are other kinds.
    async fn never(&self, callback: &CallbackId, at: Timestamp) -> Result<(), StoreError>;

    /// Whether the end of what `callback` names is known: a delivery of one of [`CallbackKind::ENDS`].
    async fn knows(&self, callback: &CallbackId) -> Result<bool, StoreError>;

    /// Deliveries whose time has come, the longest due first: at most `limit`, and at most `for_one` to one
    /// [host](crate::callback::CallbackUrl::host), so that one that does not answer keeps none from the others. A store may
    /// answer fewer where they are long.
    async fn due(&self, now: Timestamp, limit: usize, for_one: usize) -> Result<Vec<Delivery>, StoreError>;

    /// A delivery failed once more and is due again at `at`; stores `events`. One that does not wait is left alone.
    async fn retry(&self, id: &DeliveryId, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError>;

    /// A delivery needs no more tries; stores `events`. One that does not wait is left alone.
    async fn settle(&self, id: &DeliveryId, how: Settled, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError>;

    /// Forgets the deliveries of `kind` that were settled before `before`.
    async fn forget_settled(&self, kind: CallbackKind, before: Timestamp) -> Result<(), StoreError>;
}
