//! [`EventStore`]: what happened, for reports; and how long names are kept.

mod person;
mod pseudonym;

use std::collections::BTreeSet;
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use async_trait::async_trait;

pub use self::person::{Erased, NobodyMeant, PersonQuery};
pub use self::pseudonym::{NAMES_PEOPLE, PseudonymKey, may_name_people};

use super::StoreError;
use crate::clock::Timestamp;
use crate::event::{Event, Role};
use crate::meeting::{InternalMeetingId, MeetingId};
use crate::network::IntegrationName;
use crate::server::ServerName;

/// How many events one page has at most.
pub const EVENTS_PAGE: usize = 1000;

/// How many meetings are told of at once.
pub const HISTORIES: usize = 100;

/// How many users of one meeting are told of, those that came first.
pub const USERS_TOLD: usize = 1000;

/// Reads the stored events, and lets them age.
///
/// Reading delays no call. Events that a [`MeetingStore`](super::MeetingStore) has recorded and not yet written, a second's
/// worth at most, need not be found; nor is what waits in memory while the store is in trouble. Whatever is read is as of
/// one moment.
///
/// # Cancel safety
/// Dropping the future of a change leaves it open whether it happens; it never half happens.
#[async_trait]
pub trait EventStore: fmt::Debug + Send + Sync + 'static {
    /// The events that fit `filter`, newest first: at most `limit`, and at most [`EVENTS_PAGE`]. `after` is where the page
    /// before ended. Events that come meanwhile move no page.
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError>;

    /// The events that fit `filter`, oldest first: at most `limit`, and at most [`EVENTS_PAGE`]. `after` is where the page
    /// before ended. It is made for reports, which want most kinds of a period, or all of one incarnation.
    async fn oldest_events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError>;

    /// The events by which meetings came to be from `from` on and before `until` and of which no end from before `until` is
    /// kept, oldest first: of one integration, or of all. At most `limit`, and at most [`EVENTS_PAGE`]; `after` is where the
    /// page before ended.
    async fn unended(
        &self,
        integration: Option<&IntegrationName>,
        from: Timestamp,
        until: Timestamp,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError>;

    /// The meetings that fit `query`, the one that was created last first: at most `query.limit`, and at most [`HISTORIES`].
    async fn meetings(&self, query: &MeetingQuery) -> Result<Vec<MeetingHistory>, StoreError>;

    /// Forgets events from before `before`, the oldest first, at most `at_most` of them. Answers how many.
    async fn forget_before(&self, before: Timestamp, at_most: usize) -> Result<usize, StoreError>;

    /// When the oldest event from before `before` happened that still names somebody, if there is one.
    async fn oldest_name(&self, before: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Puts pseudonyms of `key` in the place of names in events from `from` on and before `until`, at most `at_most` of them.
    /// Answers how many; each is done once.
    async fn anonymise(
        &self,
        from: Timestamp,
        until: Timestamp,
        key: &PseudonymKey,
        at_most: usize,
    ) -> Result<usize, StoreError>;

    /// The events that tell of somebody, newest first: at most `limit`, and at most [`EVENTS_PAGE`]. `after` is where the page
    /// before ended. A page may have fewer, even none, and yet not be the last: what is looked at at once is bounded.
    async fn events_of_person(
        &self,
        query: &PersonQuery,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError>;

    /// Puts pseudonyms that come of `key` in the place of somebody in a page of the events that tell of them, as
    /// [`events_of_person`](Self::events_of_person) finds it.
    async fn erase_person(
        &self,
        query: &PersonQuery,
        key: &PseudonymKey,
        after: Option<EventCursor>,
        at_most: usize,
    ) -> Result<Erased, StoreError>;
}

/// How many integrations [`EventFilter::within`] names at most: the events of further ones need not be found.
pub const WITHIN: usize = 10_000;

/// Which events are asked for: those that fit all that is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFilter {
    /// Whose.
    pub integration: Option<IntegrationName>,
    /// Of one of these, [`WITHIN`] at most: all that somebody may see. What is of no integration does not fit.
    pub within: Option<BTreeSet<IntegrationName>>,
    /// Of which meetings, by the website's id.
    pub meeting_id: Option<MeetingId>,
    /// Of which incarnation.
    pub internal_id: Option<InternalMeetingId>,
    /// Where.
    pub server: Option<ServerName>,
    /// One of these, by [word](crate::event::EventKind::word); empty: all.
    pub kinds: Vec<String>,
    /// Without what was [administered](crate::event::EventKind::Administered).
    pub without_administered: bool,
    /// What was administered by this user, with whatever token.
    pub by: Option<String>,
    /// What was administered of this [kind](crate::event::Subject::kind).
    pub subject_kind: Option<String>,
    /// What was administered under this [name](crate::event::Subject::name).
    pub subject_name: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Where a page of events ended. Its text may be handed out and read again.
///
/// ```
/// use lb_core::store::EventCursor;
/// let cursor: EventCursor = "1767225600000-17".parse()?;
/// assert_eq!(cursor.to_string(), "1767225600000-17");
/// # Ok::<(), lb_core::store::BadEventCursor>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventCursor {
    /// When the last event of the page happened.
    pub at: Timestamp,
    /// Its number in the store.
    pub id: u64,
}

impl fmt::Display for EventCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.as_millis(), self.id)
    }
}

/// A text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a list of events")]
pub struct BadEventCursor;

impl From<ParseIntError> for BadEventCursor {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}

impl FromStr for EventCursor {
    type Err = BadEventCursor;

    fn from_str(text: &str) -> Result<Self, BadEventCursor> {
        let (at, id) = text.split_once('-').ok_or(BadEventCursor)?;
        Ok(Self { at: Timestamp::from_millis(at.parse()?), id: id.parse()? })
    }
}

/// Some events, in the order in which they were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventPage {
    /// The events. Those that this version cannot read are left out, so there may be fewer than there is room for.
    pub events: Vec<Event>,
    /// Where the page ended; absent where it is the last.
    pub next: Option<EventCursor>,
}

/// Which meetings are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct MeetingQuery {
    /// Whose.
    pub integration: IntegrationName,
    /// Created at this moment or later.
    pub created_from: Option<Timestamp>,
    /// Ended before this moment: running ones do not fit.
    pub ended_before: Option<Timestamp>,
    /// So many joins, or more.
    pub users: u32,
    /// So many meetings at most.
    pub limit: usize,
}

/// One meeting that was, or is.
#[derive(Clone, Debug, PartialEq)]
pub struct MeetingHistory {
    /// The website's id of it.
    pub meeting_id: MeetingId,
    /// Its incarnation.
    pub internal_id: InternalMeetingId,
    /// Its name; empty for one that was adopted.
    pub name: String,
    /// When it was created; for one that was adopted, when it was found.
    pub created_at: Timestamp,
    /// When it ended; absent while it runs.
    pub ended_at: Option<Timestamp>,
    /// Where.
    pub server: ServerName,
    /// Who was sent to it, in that order: [`USERS_TOLD`] at most.
    pub users: Vec<SentUser>,
    /// The parameters of its create that were kept; none for one that was adopted.
    pub parameters: Vec<(String, String)>,
}

/// Somebody whom a website sent to a meeting: one join call.
#[derive(Clone, Debug, PartialEq)]
pub struct SentUser {
    /// The name given, or the pseudonym in its place.
    pub name: String,
    /// As what.
    pub role: Role,
    /// When.
    pub at: Timestamp,
}
