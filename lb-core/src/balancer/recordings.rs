//! What administrators do about recordings: see those that are nobody's, and say whose they are.

use std::sync::Arc;

use super::change_recordings::Wanted;
use super::{Actor, Balancer};
use crate::api::Failure;
use crate::event::{Administered, Change, Event, Subject};
use crate::network::IntegrationName;
use crate::recording::{Recording, RecordingId, RecordingQuery};
use crate::store::{RecordingChange, RecordingStore};

/// How often a change is tried anew where others change the same recording.
const TRIES: usize = 3;

/// What an administrator does to a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingAction {
    /// Lets people play it.
    Publish,
    /// Takes it back.
    Unpublish,
    /// Deletes it.
    Delete,
}

impl Balancer {
    /// The recordings.
    pub fn recordings(&self) -> &Arc<dyn RecordingStore> {
        &self.stores.recordings
    }

    /// The recordings that no website sees: nobody knows whose they are, or the integration is no more. Newest first.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`].
    pub async fn unattributed_recordings(&self) -> Result<Vec<Arc<Recording>>, Failure> {
        let network = self.network();
        let owners = self.stored(self.stores.recordings.owners_of_recordings().await)?;
        let gone = owners.into_iter().filter(|owner| network.integration(owner.as_str()).is_none());
        let mut found = Vec::new();
        for owner in [None].into_iter().chain(gone.map(Some)) {
            let query = RecordingQuery::all_of(owner);
            found.extend(self.stored(self.stores.recordings.select(&query).await)?.recordings);
        }
        found.sort_by(|one, other| (other.start, &one.id).cmp(&(one.start, &other.id)));
        Ok(found)
    }

    /// An administrator says whose a recording is; `None`: what is stamped on it, or the meeting, is to tell again at the next
    /// list of its server. Answers whether it is so now: not where there is no such recording or integration.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`].
    pub async fn assign_recording(
        &self,
        id: &RecordingId,
        owner: Option<&IntegrationName>,
        by: &Actor,
    ) -> Result<bool, Failure> {
        let network = self.network();
        let integration = owner.map(|owner| network.integration(owner.as_str()));
        let Some(integration) = integration.map_or(Some(None), |found| found.map(|one| Some(one.name.clone()))) else {
            return Ok(false);
        };
        let assigned = |recording: &Recording| {
            let (integration, assigned) = (integration.clone(), integration.is_some());
            Some(Recording { integration, assigned, ..recording.clone() })
        };
        let copies = self.stored(self.stores.recordings.copies(id).await)?;
        let before = copies.first().and_then(|copy| copy.integration.clone());
        for copy in &copies {
            self.change_recording(copy, assigned, |before, after| self.told_of(Some(before), after)).await?;
            if owner.is_none() {
                self.recordings_due(&copy.server);
            }
        }
        if copies.is_empty() {
            return Ok(false);
        }
        let text = |owner: Option<&IntegrationName>| owner.map(|owner| owner.as_str().to_owned());
        let change = Change { field: "integration".to_owned(), from: text(before.as_ref()), to: text(owner) };
        self.tell_administered(by, Administered::Assigned, Subject::new("recording", id), vec![change]).await;
        Ok(true)
    }

    /// Publishes, takes back or deletes a recording, whosever it is: its server does it.
    ///
    /// # Errors
    /// [`Failure::RecordingNotFound`]; [`Failure::RecordingTrouble`] where its server did not surely do it;
    /// [`Failure::StoreTrouble`].
    ///
    /// # Cancel safety
    /// Must run to its end: dropped, its server may have done it, and nobody was told. Its next list tells.
    pub async fn administer_recording(
        &self,
        id: &RecordingId,
        action: RecordingAction,
        by: &Actor,
    ) -> Result<(), Failure> {
        let recording = self.stored(self.stores.recordings.find(id).await)?.ok_or(Failure::RecordingNotFound)?;
        let owner = recording.integration.clone();
        let (wanted, how) = match action {
            RecordingAction::Publish => (Wanted::publish(owner, true), Administered::Published),
            RecordingAction::Unpublish => (Wanted::publish(owner, false), Administered::Unpublished),
            RecordingAction::Delete => (Wanted::delete(owner), Administered::Deleted),
        };
        self.change_recordings([id.clone()].into(), wanted).await?;
        self.tell_administered(by, how, Subject::new("recording", id), Vec::new()).await;
        Ok(())
    }

    /// Changes a recording as it is now, with the events that `tell` of it. `change` answers nothing where there is nothing to
    /// change.
    pub(super) async fn change_recording(
        &self,
        seen: &Arc<Recording>,
        change: impl Fn(&Recording) -> Option<Recording> + Send + Sync,
        tell: impl Fn(&Recording, &Recording) -> Vec<Event> + Send + Sync,
    ) -> Result<(), Failure> {
        let mut present = Some(Arc::clone(seen));
        for _ in 0..TRIES {
            let Some(before) = present else { return Ok(()) };
            let Some(after) = change(&before).filter(|after| *after != *before) else { return Ok(()) };
            let events = tell(&before, &after);
            let change = RecordingChange { before: Some(before), after: Some(after.into()), events: events.clone() };
            if self.stored(self.stores.recordings.change_recordings(vec![change]).await)? == [true] {
                events.iter().for_each(|event| self.show(event));
                return Ok(());
            }
            let copies = self.stored(self.stores.recordings.copies(&seen.id).await)?;
            present = copies.into_iter().find(|copy| copy.server == seen.server);
        }
        Ok(())
    }
}
