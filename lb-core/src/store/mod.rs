//! Where meetings are kept: [`MeetingStore`], its protocol; [`FleetStore`] for the last good fleet, [`NetworkStore`] for who
//! may use the balancer, [`AccountStore`] for who may run it, [`RecordingStore`] for recordings, [`EventStore`] for what
//! happened, [`CourseStore`] for the course of the load, [`RollupStore`] for what reports need,
//! [`PolicyStore`] for what placement policies have learnt.
//!
//! | implementation | for |
//! |---|---|
//! | [`InMemoryStore`] | tests, simulations, embedders for whom a restart may forget |
//! | `lb_http::store::SqliteStore` | one balancer: durable, answers from memory |
//!
//! # The protocol of a create
//!
//! ```text
//!                 claim(key, server, …)
//!    nothing ────────────────────────────▶ claimed ──confirm(token, meeting, events)──▶ held
//!       ▲                                   │   │ ▲                                       │
//!       └─────────release(token)────────────┘   └─┘ claim, same token: to another server  │
//!       └──────────────────────────────forget(key, incarnation, events)───────────────────┘
//! ```
//!
//! A claim is durable before the create is sent, so a balancer that dies in between knows after its restart where to
//! ask. Its token fences: a confirm or release with the token of a claim that is gone changes nothing.
//!
//! An incarnation that is forgotten or replaced leaves its [callbacks](Meeting::callbacks) in the [`Outbox`], in the same
//! transaction: however an end is learnt, its website is told.
//!
//! Implementations prove themselves by running `lb_core::testkit::store` (feature `testkit`).

mod accounts;
mod course;
mod events;
mod hooks;
mod index;
mod memory;
mod network;
mod outbox;
mod outbox_index;
mod policies;
mod recording_index;
mod recordings;
mod rollups;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::accounts::AccountStore;
pub use self::course::CourseStore;
pub use self::events::{
    BadEventCursor, EVENTS_PAGE, Erased, EventCursor, EventFilter, EventPage, EventStore, HISTORIES, MeetingHistory,
    MeetingQuery, NAMES_PEOPLE, NobodyMeant, PersonQuery, PseudonymKey, SentUser, USERS_TOLD, WITHIN, may_name_people,
};
pub use self::hooks::{EndedMeeting, HookAdded, HookIndex, HookStore};
pub use self::index::{Entry, MeetingIndex, NowHeld, PublishedIndex};
pub use self::memory::{EVENTS_KEPT, InMemoryStore};
pub use self::network::NetworkStore;
pub use self::outbox::{
    OUTBOX_ANALYTICS, OUTBOX_ANALYTICS_OF_ONE, OUTBOX_HOOKS_OF_ONE, OUTBOX_LANES_OF_ONE, OUTBOX_OF_A_HOOK,
    OUTBOX_OF_ONE, OUTBOX_PLACES, OUTBOX_RESERVED, Outbox, Settled,
};
pub use self::outbox_index::{Lane, OutboxIndex};
pub use self::policies::PolicyStore;
pub use self::recording_index::{PublishedRecordings, RecordingIndex};
pub use self::recordings::{CHANGES_AT_ONCE, RecordingChange, RecordingStore, owner_among};
pub use self::rollups::{ROLLUP_MARKS, RollupChange, RollupMarks, RollupPage, RollupPart, RollupStore, rollup_days};

use crate::account::BadAccounts;
use crate::clock::Timestamp;
use crate::event::Event;
use crate::meeting::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingId, MeetingKey, Stray};
use crate::network::{BadNetwork, IntegrationName};
use crate::server::{AdministratorWord, HostStatus, Server, ServerName, ServiceState};

/// The stores that a balancer is given: one that keeps everything, or each kind of thing apart.
#[derive(Clone, Debug)]
pub struct Stores {
    /// Claims, meetings, strays, events, and what websites are to be told.
    pub meetings: Arc<dyn MeetingStore>,
    /// The last good fleet and the administrator's words.
    pub fleet: Arc<dyn FleetStore>,
    /// Integrations, plans, partners and routers.
    pub network: Arc<dyn NetworkStore>,
    /// Users, tokens and sessions.
    pub accounts: Arc<dyn AccountStore>,
    /// Hooks of websites.
    pub hooks: Arc<dyn HookStore>,
    /// Recordings.
    pub recordings: Arc<dyn RecordingStore>,
    /// The events that the others store, to be read.
    pub events: Arc<dyn EventStore>,
    /// The course of the load.
    pub course: Arc<dyn CourseStore>,
    /// What reports need of them, rolled up.
    pub rollups: Arc<dyn RollupStore>,
    /// What placement policies have learnt.
    pub policies: Arc<dyn PolicyStore>,
}

impl Stores {
    /// All of them in one.
    pub fn one<S>(store: Arc<S>) -> Self
    where
        S: MeetingStore
            + FleetStore
            + NetworkStore
            + AccountStore
            + RecordingStore
            + HookStore
            + EventStore
            + CourseStore
            + RollupStore
            + PolicyStore,
    {
        Self {
            meetings: store.clone(),
            fleet: store.clone(),
            network: store.clone(),
            accounts: store.clone(),
            recordings: store.clone(),
            hooks: store.clone(),
            events: store.clone(),
            course: store.clone(),
            rollups: store.clone(),
            policies: store,
        }
    }
}

/// Keeps claims, meetings, strays and events. See the module for the protocol.
///
/// Every method that changes something returns only when the change is as durable as the store can make it, with the
/// one exception of [`record`](MeetingStore::record).
///
/// # Cancel safety
/// Dropping the future of a change leaves it open whether it happens; it never half happens.
#[async_trait]
pub trait MeetingStore: Outbox {
    /// What is known under `key`: a meeting, a claim, or nothing. `key.meeting_id` may also be the internal id of a
    /// meeting of that integration, as BBB ≥ 2.6 accepts.
    async fn find(&self, key: &MeetingKey) -> Result<Option<Entry>, StoreError>;

    /// Integrations that have a meeting or claim under `meeting_id`, [`OWNERS_NAMED`] at most: a hint where to look first.
    async fn owners(&self, meeting_id: &MeetingId) -> Result<Vec<IntegrationName>, StoreError>;

    /// The servers that may not be given a meeting called `key.meeting_id` by `key.integration`, because they hold, are
    /// about to hold, or may hold one of that id: another integration's, or a stray of its own.
    async fn occupied(&self, key: &MeetingKey) -> Result<Vec<ServerName>, StoreError>;

    /// All meetings of an integration, by meetingID.
    async fn meetings_of(&self, integration: &IntegrationName) -> Result<Vec<Arc<Meeting>>, StoreError>;

    /// All meetings held on a server.
    async fn meetings_on(&self, server: &ServerName) -> Result<Vec<Arc<Meeting>>, StoreError>;

    /// The first `limit` meetings behind `after`, by integration and meetingID; from the first on where nothing is said.
    async fn meetings_after(&self, after: Option<&MeetingKey>, limit: usize) -> Result<Vec<Arc<Meeting>>, StoreError>;

    /// Whether a meeting or claim uses `voice_bridge`: on `server`, or anywhere where `None` is asked. The meeting or claim
    /// of `except` does not count.
    async fn voice_bridge_taken(
        &self,
        voice_bridge: u32,
        server: Option<&ServerName>,
        except: &MeetingKey,
    ) -> Result<bool, StoreError>;

    /// Every stray that is noted.
    async fn strays(&self) -> Result<Vec<Stray>, StoreError>;

    /// Every claim, expired or not.
    async fn claims(&self) -> Result<Vec<Arc<Claim>>, StoreError>;

    /// [`claim_counted`](Self::claim_counted) where no limit holds.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was claimed.
    async fn claim(&self, claim: Claim) -> Result<ClaimOutcome, StoreError> {
        self.claim_counted(claim, Counted::Always).await
    }

    /// Takes the right to create `claim.key` on `claim.server`. A claim under the token that already holds the key moves
    /// it to another server. `counted` says whether a limit of its integration holds for it: who comes beyond it is told so,
    /// however many come at once. A claim that moves, or that takes the place of a meeting, is no new one.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was claimed.
    async fn claim_counted(&self, claim: Claim, counted: Counted) -> Result<ClaimOutcome, StoreError>;

    /// Makes the claim under `token` the meeting that came of it, and stores `events`, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if no such claim is held any more; any other: nothing was confirmed.
    async fn confirm(
        &self,
        token: &ClaimToken,
        meeting: Meeting,
        events: Vec<Event>,
    ) -> Result<Arc<Meeting>, StoreError>;

    /// Gives the claim under `token` up. Releasing a claim that is gone is no error.
    async fn release(&self, token: &ClaimToken) -> Result<(), StoreError>;

    /// Returns when the claim under `token` is settled one way or the other, at once if it is already.
    ///
    /// # Cancel safety
    /// Dropping the future stops the wait and has no other effect.
    async fn settled(&self, token: &ClaimToken);

    /// Keeps a meeting that was found, in place of what its finder knew under its key, and stores `events`. Where it takes
    /// the place of another incarnation, what that one's website is to be told is in the outbox from now on.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if something else than `replaces` is known under the key by now: nothing is changed.
    async fn adopt(&self, meeting: Meeting, replaces: Replaces, events: Vec<Event>)
    -> Result<Arc<Meeting>, StoreError>;

    /// Forgets one incarnation of a meeting and stores `events`. What its website is to be told is in the outbox from now on.
    /// Answers whether it was held: if not, nothing is stored.
    async fn forget(
        &self,
        key: &MeetingKey,
        internal_id: &InternalMeetingId,
        events: Vec<Event>,
    ) -> Result<bool, StoreError>;

    /// Notes that a server may hold a copy of a meeting that nobody was sent to, and stores `events`. Answers whether it was
    /// noted: it is not where the meeting itself is held on that server, and nothing is stored then. A meeting that comes
    /// to be held there is no stray any more.
    async fn note_stray(&self, stray: Stray, events: Vec<Event>) -> Result<bool, StoreError>;

    /// Takes a stray off the list: it was ended, or was never there.
    async fn clear_stray(&self, key: &MeetingKey, server: &ServerName, events: Vec<Event>) -> Result<(), StoreError>;

    /// Stores events that nothing else depends on. They may wait up to one second to be written with others; where the
    /// queue is full they are dropped and counted.
    async fn record(&self, events: Vec<Event>) -> Result<(), StoreError>;

    /// The newest stored events, newest first, at most `limit`: those that [`record`](MeetingStore::record) took and that
    /// wait to be written are among them.
    async fn latest_events(&self, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// Whose meetings incarnations were, in the order given, as far as the stored events tell: they are still known when the
    /// meetings have long ended. Where integrations had the same one at once, the one that had it on `server` counts.
    async fn owners_of(
        &self,
        incarnations: Vec<InternalMeetingId>,
        server: &ServerName,
    ) -> Result<Vec<Option<IntegrationName>>, StoreError>;

    /// Whether the store can be written to now.
    ///
    /// # Errors
    /// The trouble it is in.
    async fn check(&self) -> Result<(), StoreError>;

    /// How many changes it has accepted and could not write yet: a crash would forget them. Always 0 for a store that
    /// accepts only what it can keep, or that keeps nothing.
    fn unwritten(&self) -> usize {
        0
    }
}

/// How many owners of one meetingID are named. Ids are mostly drawn at random; one that everybody uses (`1`, `test`) must not
/// make every call about it dear.
pub const OWNERS_NAMED: usize = 8;

/// What an [adopted](MeetingStore::adopt) meeting takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaces {
    /// Nothing was known under its key.
    Nothing,
    /// The claim under this token.
    Claim(ClaimToken),
    /// This incarnation.
    Incarnation(InternalMeetingId),
}

/// Whether a claim may be had beside the meetings and claims of its integration that are there. Breakout rooms that a website
/// asks for are meetings as all others; those that BBB makes by itself are in no store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// However many there are.
    Always,
    /// Only while there are fewer than so many.
    Below(u32),
}

/// What came of a [`claim`](MeetingStore::claim).
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimOutcome {
    /// The claim is held, durably.
    Claimed,
    /// Somebody else holds one for the same key.
    Pending(Arc<Claim>),
    /// The meeting is there already.
    Held(Arc<Meeting>),
    /// The server came to hold a meeting of the same id of another integration, or a stray, since it was ranked.
    Occupied,
    /// The integration has as many meetings and claims as it may.
    LimitReached,
}

/// Keeps the last good fleet and the administrator's words, for a start while the monitor is away.
#[async_trait]
pub trait FleetStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps `record` in place of the one before.
    async fn save_fleet(&self, record: FleetRecord) -> Result<(), StoreError>;

    /// The record kept last, if any.
    async fn load_fleet(&self) -> Result<Option<FleetRecord>, StoreError>;

    /// Keeps the administrator's words on servers that the fleet does not have yet, in place of those before.
    async fn save_awaited_words(&self, words: BTreeMap<ServerName, AdministratorWord>) -> Result<(), StoreError>;

    /// The words on servers that the fleet does not have yet, as they were kept last.
    async fn load_awaited_words(&self) -> Result<BTreeMap<ServerName, AdministratorWord>, StoreError>;
}

/// The servers of the last good poll and what administrators said of them.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetRecord {
    /// When the monitor last said so.
    pub good_at: Timestamp,
    /// Each server, by name.
    pub servers: Vec<KeptServer>,
}

/// What is kept of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptServer {
    /// Its facts.
    pub server: Server,
    /// The administrator's word.
    pub word: AdministratorWord,
    /// Whether it only holds recordings.
    pub recording: bool,
    /// Whether the monitor's last good poll lacked it.
    pub gone: bool,
    /// The monitor's word on the machine.
    pub host: HostStatus,
    /// The states of its services, by name.
    pub services: BTreeMap<String, ServiceState>,
}

impl KeptServer {
    /// A server of which only its facts are known.
    pub fn new(server: Server) -> Self {
        Self {
            server,
            word: AdministratorWord::Automatic,
            recording: false,
            gone: false,
            host: HostStatus::Undefined,
            services: BTreeMap::new(),
        }
    }
}

/// Why the store could not do what it was asked. The texts are for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The claim or incarnation meant is no longer the one held. Nothing was changed.
    #[error("another call settled this meeting first")]
    Fenced,
    /// The network, or the accounts, have changed since the change was decided on. Nothing was changed.
    #[error("another change came first")]
    Overtaken,
    /// The network would not be whole. Nothing was changed.
    #[error(transparent)]
    BadNetwork(#[from] BadNetwork),
    /// The accounts would not be whole. Nothing was changed.
    #[error(transparent)]
    BadAccounts(#[from] BadAccounts),
    /// The store cannot be read or written now.
    #[error("the store cannot be used: {0}")]
    Unavailable(String),
    /// The store's data cannot be read.
    #[error("the store's data cannot be read: {0}")]
    Corrupt(String),
}
