//! [`Trace`]: all that is known of one meeting, in the order in which it happened.
//!
//! ```text
//!   stored events of the meeting ────────┐
//!   stored events of its servers ────────┼──▶ ordered by time, each with a sentence
//!   calls and lists, as remembered ──────┘
//! ```
//!
//! Names of people are not in it: who came and went is counted.

mod people;
mod sentence;

use std::time::Duration;

use super::Balancer;
use crate::api::Failure;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind, Placement};
use crate::journal::{Entry, Noted};
use crate::meeting::{InternalMeetingId, MeetingId, MeetingKey};
use crate::network::IntegrationName;
use crate::server::ServerName;
use crate::store::{EVENTS_PAGE, EventFilter};

/// How many pages of events are read of what the balancer did, and of who came and went; the newest.
const PAGES: usize = 4;

/// How many incarnations have the states of their servers told, the newest.
const SERVERS_OF: usize = 20;

/// How many changes of state of one server are told.
const STATES: usize = 100;

/// How long before its creation and how long after its end what names no incarnation may be about one.
const AROUND: Duration = Duration::from_secs(60);

/// What is read of a meeting itself.
const OF_MEETINGS: [&str; 15] = [
    "meeting-created",
    "meeting-adopted",
    "meeting-ended",
    "meeting-placed-afresh",
    "last-resort",
    "stray-noted",
    "stray-ended",
    "copy-in-use",
    "callback-delivered",
    "callback-failed",
    "recording-seen",
    "recording-published",
    "recording-unpublished",
    "recording-deleted",
    "recording-updated",
];

/// What is read of the people in it.
const OF_PEOPLE: [&str; 3] = ["user-joined", "user-entered", "user-left"];

/// What is read of its servers.
const OF_SERVERS: [&str; 4] = ["server-state-changed", "server-confirmed-down", "meetings-released", "server-dropped"];

/// Where an entry is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An event that is stored.
    Stored,
    /// The memory of this process: a restart forgets it.
    Memory,
}

impl Source {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Memory => "memory",
        }
    }
}

/// One life of the meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incarnation {
    /// BBB's id of it.
    pub internal_id: InternalMeetingId,
    /// Where.
    pub server: ServerName,
    /// When it was created or found.
    pub created_at: Timestamp,
    /// When its end was learnt; absent where it runs, or nobody knows.
    pub ended_at: Option<Timestamp>,
}

/// A website's call.
#[derive(Clone, Debug, PartialEq)]
pub struct TracedCall {
    /// Which.
    pub call: String,
    /// BBB's messageKey, empty where there was none.
    pub key: String,
    /// Whether it was answered with a success.
    pub success: bool,
    /// The longest that it took.
    pub took: Duration,
}

/// One thing that happened, or the same thing several times in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceEntry {
    /// When, the first time.
    pub at: Timestamp,
    /// When, the last time.
    pub until: Timestamp,
    /// How often.
    pub times: u32,
    /// Where it is from.
    pub source: Source,
    /// The word for it: that of the event, `call`, `seen` or `missed`.
    pub word: &'static str,
    /// Which server.
    pub server: Option<ServerName>,
    /// Which incarnation.
    pub internal_id: Option<InternalMeetingId>,
    /// A sentence for people.
    pub says: String,
    /// The call, if it is one.
    pub call: Option<TracedCall>,
    /// The fewest and the most users that lists showed, if it is such.
    pub users: Option<(u32, u32)>,
    /// Why the meeting was placed there, if it is that.
    pub placement: Option<Placement>,
    /// What is stored, for who tells it in words of their own. Absent for people who came or went: a trace names nobody.
    pub event: Option<EventKind>,
}

/// All that is known of one meeting.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Whose, and which.
    pub meeting: MeetingKey,
    /// Where it runs now.
    pub runs_on: Option<ServerName>,
    /// Its lives, the first one first.
    pub incarnations: Vec<Incarnation>,
    /// What happened, the earliest first.
    pub entries: Vec<TraceEntry>,
    /// Whether there are older events that are left out.
    pub older: bool,
    /// Since when calls and lists are remembered: since the start of this process. What was before is in the stored events alone.
    pub remembered_since: Timestamp,
    /// How many older calls and lists were forgotten to make room.
    pub forgotten: u64,
}

impl Balancer {
    /// All that is known of a meeting of `integration`: of all its incarnations, or of one. `meeting_id` may also be the id of
    /// an incarnation. `None` where nothing is known of such a meeting.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn trace(
        &self,
        integration: &IntegrationName,
        meeting_id: &MeetingId,
        incarnation: Option<&InternalMeetingId>,
    ) -> Result<Option<Trace>, Failure> {
        let asked = MeetingKey { integration: integration.clone(), meeting_id: meeting_id.clone() };
        let (key, named) = self.traced(asked).await?;
        let incarnation = incarnation.cloned().or(named);
        let of = |kinds: &[&str]| EventFilter {
            integration: Some(key.integration.clone()),
            meeting_id: Some(key.meeting_id.clone()),
            kinds: kinds.iter().map(|&kind| kind.to_owned()).collect(),
            ..EventFilter::default()
        };
        let (mut events, more) = self.newest(&of(&OF_MEETINGS), PAGES).await?;
        let mut incarnations = incarnations(&events);
        let (people, more_people) = self.newest(&of(&OF_PEOPLE), PAGES).await?;
        events.extend(people);
        events.extend(self.states_of(&incarnations).await?);
        let held = self.stored(self.store.find(&key).await)?.and_then(crate::store::Entry::into_held);
        let mut entries = people::counted(events);
        let mut forgotten = 0;
        let ids = incarnations.iter().map(|one| MeetingKey::new(key.integration.clone(), one.internal_id.as_str()));
        for noted_as in std::iter::once(key.clone()).chain(ids) {
            let notes = self.support.journal.of(&noted_as);
            forgotten += notes.dropped;
            entries.extend(notes.entries.iter().map(TraceEntry::noted));
        }
        // those of one moment stay as they are: what is stored comes before what the website was answered
        entries.sort_by_key(|entry| entry.at);
        if let Some(only) = &incarnation {
            let Some(span) = span(&incarnations, only) else { return Ok(None) };
            entries.retain(|entry| match &entry.internal_id {
                Some(id) => id == only,
                None => span.0 <= entry.until && entry.at <= span.1,
            });
            incarnations.retain(|one| one.internal_id == *only);
        }
        if entries.is_empty() && held.is_none() {
            return Ok(None);
        }
        Ok(Some(Trace {
            runs_on: held.map(|meeting| meeting.server.clone()),
            meeting: key,
            incarnations,
            entries,
            older: more || more_people,
            remembered_since: self.support.since(),
            forgotten,
        }))
    }

    /// The meeting meant, and its incarnation where it was named by the id of that.
    async fn traced(&self, asked: MeetingKey) -> Result<(MeetingKey, Option<InternalMeetingId>), Failure> {
        let held = self.stored(self.store.find(&asked).await)?.and_then(crate::store::Entry::into_held);
        let by_id = held.filter(|meeting| meeting.key != asked);
        if let Some(meeting) = by_id {
            return Ok((meeting.key.clone(), Some(meeting.internal_id.clone())));
        }
        let internal_id = InternalMeetingId::from(asked.meeting_id.as_str());
        let kinds = ["meeting-created", "meeting-adopted"].map(str::to_owned).to_vec();
        let filter = EventFilter {
            integration: Some(asked.integration.clone()),
            internal_id: Some(internal_id.clone()),
            kinds,
            ..EventFilter::default()
        };
        let page = self.read(self.stores.events.events(&filter, None, 1).await)?;
        let found = page.events.first().and_then(|event| event.kind.meeting().cloned());
        Ok(found.map_or((asked, None), |key| (key, Some(internal_id))))
    }

    /// The newest events, at most so many pages; and whether there are more.
    async fn newest(&self, filter: &EventFilter, pages: usize) -> Result<(Vec<Event>, bool), Failure> {
        let (mut events, mut after) = (Vec::new(), None);
        for _ in 0..pages {
            let page = self.read(self.stores.events.events(filter, after, EVENTS_PAGE).await)?;
            events.extend(page.events);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok((events, after.is_some()))
    }

    /// What became of the servers while the incarnations were on them.
    async fn states_of(&self, incarnations: &[Incarnation]) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        for one in incarnations.iter().rev().take(SERVERS_OF) {
            let filter = EventFilter {
                server: Some(one.server.clone()),
                kinds: OF_SERVERS.map(str::to_owned).to_vec(),
                from: Some(one.created_at),
                until: one.ended_at,
                ..EventFilter::default()
            };
            for event in self.read(self.stores.events.events(&filter, None, STATES).await)?.events {
                // one incarnation may have been taken up twice
                if !events.contains(&event) {
                    events.push(event);
                }
            }
        }
        Ok(events)
    }

    fn read<T>(&self, read: Result<T, crate::store::StoreError>) -> Result<T, Failure> {
        read.map_err(|_| Failure::StoreTrouble)
    }
}

/// The lives of a meeting by its events, the first one first.
fn incarnations(events: &[Event]) -> Vec<Incarnation> {
    let mut all: Vec<Incarnation> = Vec::new();
    let mut in_order: Vec<_> = events.iter().collect();
    in_order.sort_by_key(|event| event.at);
    for event in in_order {
        match &event.kind {
            EventKind::MeetingCreated { internal_id, server, .. }
            | EventKind::MeetingAdopted { internal_id, server, .. }
                if !all.iter().any(|known| known.internal_id == *internal_id) =>
            {
                let (internal_id, server) = (internal_id.clone(), server.clone());
                all.push(Incarnation { internal_id, server, created_at: event.at, ended_at: None });
            }
            EventKind::MeetingEnded { internal_id, .. } => {
                let ended = all.iter_mut().filter(|known| known.internal_id == *internal_id);
                ended.for_each(|known| known.ended_at = Some(event.at));
            }
            _ => {}
        }
    }
    all
}

/// From when to when what names no incarnation may be about this one.
fn span(incarnations: &[Incarnation], only: &InternalMeetingId) -> Option<(Timestamp, Timestamp)> {
    let one = incarnations.iter().find(|one| one.internal_id == *only)?;
    let end = one.ended_at.map_or(Timestamp::from_millis(u64::MAX), |end| end + AROUND);
    Some((one.created_at.before(AROUND), end))
}

impl TraceEntry {
    /// Whether it is about the server as a whole, and not only about the meeting.
    pub fn is_of_server(&self) -> bool {
        OF_SERVERS.contains(&self.word)
    }

    /// What a stored event tells.
    fn stored(event: Event) -> Self {
        let says = sentence::of_event(&event.kind);
        let internal_id = event.kind.internal_id().map(InternalMeetingId::from);
        Self {
            at: event.at,
            until: event.at,
            times: 1,
            source: Source::Stored,
            word: event.kind.word(),
            server: event.kind.server().cloned(),
            internal_id,
            says,
            call: None,
            users: None,
            placement: match &event.kind {
                EventKind::MeetingCreated { placement, .. } => Some(placement.clone()),
                _ => None,
            },
            event: (!OF_PEOPLE.contains(&event.kind.word())).then_some(event.kind),
        }
    }

    /// What was noted.
    fn noted(entry: &Entry) -> Self {
        let (word, call, users) = match &entry.what {
            Noted::Call { call, key, success, took } => {
                let (call, key) = (call.to_string(), key.to_string());
                ("call", Some(TracedCall { call, key, success: *success, took: *took }), None)
            }
            Noted::Seen { least, most } => ("seen", None, Some((*least, *most))),
            Noted::Missed => ("missed", None, None),
        };
        Self {
            at: entry.at,
            until: entry.until,
            times: entry.times,
            source: Source::Memory,
            word,
            server: entry.server.clone(),
            internal_id: None,
            says: sentence::of_note(entry),
            call,
            users,
            placement: None,
            event: None,
        }
    }
}
