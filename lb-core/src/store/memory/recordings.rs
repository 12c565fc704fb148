//! The recordings of an [`InMemoryStore`].

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::InMemoryStore;
use super::events::Kept;
use crate::event::EventKind;
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;
use crate::recording::{Recording, RecordingId, RecordingQuery, Selected};
use crate::server::ServerName;
use crate::store::{RecordingChange, RecordingIndex, RecordingStore, StoreError, owner_among};

#[async_trait]
impl RecordingStore for InMemoryStore {
    async fn find(&self, id: &RecordingId) -> Result<Option<Arc<Recording>>, StoreError> {
        Ok(self.recordings.load().find(id))
    }

    async fn copies(&self, id: &RecordingId) -> Result<Vec<Arc<Recording>>, StoreError> {
        Ok(self.recordings.load().copies(id))
    }

    async fn recordings_on(&self, server: &ServerName) -> Result<Vec<Arc<Recording>>, StoreError> {
        Ok(self.recordings.load().recordings_on(server))
    }

    async fn select(&self, query: &RecordingQuery) -> Result<Selected, StoreError> {
        Ok(self.recordings.load().select(query))
    }

    async fn owners_of_recordings(&self) -> Result<Vec<IntegrationName>, StoreError> {
        Ok(self.recordings.load().owners())
    }

    async fn change_recordings(&self, changes: Vec<RecordingChange>) -> Result<Vec<bool>, StoreError> {
        let mut written = self.lock();
        let mut index = RecordingIndex::clone(&self.recordings.load());
        let made: Vec<bool> = changes.iter().map(|change| index.change(change)).collect();
        self.recordings.publish(index);
        let of_made = changes.into_iter().zip(&made).filter(|(_, made)| **made);
        written.keep(of_made.flat_map(|(change, _)| change.events).collect());
        Ok(made)
    }
}

/// See [`MeetingStore::owners_of`](crate::store::MeetingStore::owners_of).
pub(super) fn owners_of(
    events: &Kept,
    incarnations: &[InternalMeetingId],
    server: &ServerName,
) -> Vec<Option<IntegrationName>> {
    let mut owners: HashMap<&InternalMeetingId, Vec<(IntegrationName, ServerName)>> =
        incarnations.iter().map(|id| (id, Vec::new())).collect();
    for event in events.oldest_first() {
        let (EventKind::MeetingCreated { meeting, internal_id, server, .. }
        | EventKind::MeetingAdopted { meeting, internal_id, server, .. }
        | EventKind::MeetingPlacedAfresh { meeting, internal_id, server, .. }
        | EventKind::MeetingEnded { meeting, internal_id, server, .. }) = &event.kind
        else {
            continue;
        };
        if let Some(owners) = owners.get_mut(internal_id) {
            owners.push((meeting.integration.clone(), server.clone()));
        }
    }
    incarnations.iter().map(|id| owner_among(owners.get(id)?, server)).collect()
}
