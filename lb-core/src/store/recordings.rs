//! [`RecordingStore`]: where recordings are kept, and [`RecordingIndex`](super::RecordingIndex), what it answers from.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::event::Event;
use crate::network::IntegrationName;
use crate::recording::{Recording, RecordingId, RecordingQuery, Selected};
use crate::server::ServerName;

/// Keeps what servers hold of recordings, and whose they are.
///
/// # Cancel safety
/// Dropping the future of a change leaves it open whether it happens; it never half happens.
#[async_trait]
pub trait RecordingStore: fmt::Debug + Send + Sync + 'static {
    /// The recording called `id`: of several copies, the one that has come furthest.
    async fn find(&self, id: &RecordingId) -> Result<Option<Arc<Recording>>, StoreError>;

    /// Every copy of the recording called `id`, by server.
    async fn copies(&self, id: &RecordingId) -> Result<Vec<Arc<Recording>>, StoreError>;

    /// All that a server holds, by id.
    async fn recordings_on(&self, server: &ServerName) -> Result<Vec<Arc<Recording>>, StoreError>;

    /// What `query` asks for. Of several copies of a recording it has one.
    async fn select(&self, query: &RecordingQuery) -> Result<Selected, StoreError>;

    /// Whose recordings there are: every name once.
    async fn owners_of_recordings(&self) -> Result<Vec<IntegrationName>, StoreError>;

    /// Makes those of `changes` that are of the recording as it is now, with their events, all in one transaction. Answers
    /// which were made. [`CHANGES_AT_ONCE`] at most should be given: other changes wait meanwhile.
    async fn change_recordings(&self, changes: Vec<RecordingChange>) -> Result<Vec<bool>, StoreError>;
}

/// How many changes of recordings should be made at once.
pub const CHANGES_AT_ONCE: usize = 1000;

/// One change of one recording on one server. It is made only where the recording is still as it was `before`: who decides
/// on it has not seen what others did meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingChange {
    /// The recording as it was when the change was decided on; absent: there was none.
    pub before: Option<Arc<Recording>>,
    /// The recording from then on; absent: it is forgotten.
    pub after: Option<Arc<Recording>>,
    /// What is stored with the change.
    pub events: Vec<Event>,
}

impl RecordingChange {
    /// The recording that it is about, as it was or will be; `None` where there is neither.
    pub fn subject(&self) -> Option<&Arc<Recording>> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// Whose an incarnation was of those who had one of that id, each with the server that it was on: the only one who had it at
/// all, or the only one who had it on `server`.
pub fn owner_among(owners: &[(IntegrationName, ServerName)], server: &ServerName) -> Option<IntegrationName> {
    let only = |mut owners: Vec<&IntegrationName>| {
        owners.sort_unstable();
        owners.dedup();
        if let [owner] = owners[..] { Some(owner.clone()) } else { None }
    };
    let there = owners.iter().filter(|(_, other)| other == server).map(|(owner, _)| owner);
    only(owners.iter().map(|(owner, _)| owner).collect()).or_else(|| only(there.collect()))
}
