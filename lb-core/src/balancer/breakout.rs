//! Breakout rooms by their own ids: BBB makes them, and no store keeps them; what is known of them is in the lists.

use super::Balancer;
use crate::api::Failure;
use crate::meeting::{MeetingId, MeetingKey};
use crate::network::Integration;
use crate::server::ServerName;
use crate::store::Entry;

/// A breakout room of a meeting of the website that asks.
pub(super) struct Room {
    /// Where its parent is held.
    pub(super) server: ServerName,
    /// Its internal id, which BBB knows it by in every version that has breakout rooms.
    pub(super) id: MeetingId,
}

impl Balancer {
    /// The breakout room that `id` means, by its meetingID or its internal id, if its parent is a meeting of the integration.
    pub(super) async fn room(&self, integration: &Integration, id: &MeetingId) -> Result<Option<Room>, Failure> {
        let fleet = self.fleet();
        for (server, room) in fleet.rooms_called(id.as_str()) {
            let Some(parent) = &room.parent else { continue };
            let key = MeetingKey::new(integration.name.clone(), parent.as_str());
            let entry = self.stored(self.store.find(&key).await)?;
            let held = entry.and_then(Entry::into_held).filter(|meeting| {
                meeting.internal_id == *parent
                    && meeting.key.integration == integration.name
                    && meeting.server == *server
            });
            if held.is_some() {
                return Ok(Some(Room { server: server.clone(), id: room.internal_id.as_str().into() }));
            }
        }
        Ok(None)
    }
}
