//! What the balancer itself knows and tells hooks of: all of it for meetings on servers without bbb-webhooks, and the ends of
//! meetings on every server, because one that has died tells nobody. The deliveries of an end have the same ids, whoever tells.

use crate::balancer::Balancer;
use crate::event::{Event, EventKind};
use crate::hook::HookEvent;
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::server::ServerName;
use crate::store::{EndedMeeting, Entry};

/// A meeting that something happened in.
struct In<'a> {
    key: &'a MeetingKey,
    server: &'a ServerName,
}

impl Balancer {
    /// Tells hooks of what has just happened by the balancer's own doing or finding. A store in trouble has been told of; what
    /// could not be kept is not told.
    pub(in crate::balancer) async fn tell_hooks(&self, events: &[Event]) {
        let goes_on = |id: &InternalMeetingId| {
            let afresh = |event: &Event| matches!(&event.kind, EventKind::MeetingPlacedAfresh { superseded, .. } if superseded == id);
            events.iter().any(afresh)
        };
        for event in events.iter().filter(|_| self.relay.is_some()) {
            let is_waited_for = !matches!(event.kind, EventKind::UserJoined { .. });
            let (meeting, told) = match &event.kind {
                // the room has not ended: it is elsewhere now
                EventKind::MeetingEnded { internal_id, .. } if goes_on(internal_id) => continue,
                EventKind::MeetingCreated { meeting: key, internal_id, server, .. } => {
                    let meeting = In { key, server };
                    (meeting, self.own_creation(key, internal_id, server, event).await)
                }
                EventKind::MeetingEnded { meeting: key, internal_id, server, .. } => {
                    let told = HookEvent::meeting_ended(&key.meeting_id, internal_id, event.at);
                    (In { key, server }, Some(told))
                }
                EventKind::UserJoined { meeting: key, internal_id, server, name, user_id, role } => {
                    let who = (name.as_str(), user_id.as_deref(), *role);
                    let told = HookEvent::user_sent((&key.meeting_id, internal_id), who, event.at);
                    (In { key, server }, Some(told).filter(|_| !self.server_tells(server)))
                }
                _ => continue,
            };
            if let Some(told) = told {
                self.tell_hooks_of(&meeting, &told, is_waited_for).await;
            }
        }
    }

    async fn tell_hooks_of(&self, meeting: &In<'_>, told: &HookEvent, is_waited_for: bool) {
        let hooks = self.stored(self.stores.hooks.hooks_of(&meeting.key.integration).await).unwrap_or_default();
        if hooks.is_empty() {
            return;
        }
        let deliveries = self.hook_deliveries(&hooks, meeting.key, &meeting.key.meeting_id, meeting.server, told);
        if is_waited_for {
            let _ = self.stored(self.store.enqueue(deliveries).await);
        } else {
            // somebody stands at the door
            self.store.enqueue_soon(deliveries);
        }
    }

    /// Before meetings are forgotten: notes whose they were, where somebody wants to hear of them. Their server tells of their
    /// last moments, and of their recordings, when they are known no more.
    pub(in crate::balancer) async fn note_ends(&self, events: &[Event]) {
        for event in events.iter().filter(|_| self.relay.is_some()) {
            let EventKind::MeetingEnded { meeting, internal_id, server, .. } = &event.kind else { continue };
            let hooks = self.stored(self.stores.hooks.hooks_of(&meeting.integration).await).unwrap_or_default();
            if !hooks.is_empty() {
                let (internal_id, key, server) = (internal_id.clone(), meeting.clone(), server.clone());
                let ended = EndedMeeting { internal_id, key, server, at: event.at };
                let _ = self.stored(self.stores.hooks.note_ended(ended).await);
            }
        }
    }

    /// What is told of a new meeting, where its server does not tell of it.
    async fn own_creation(
        &self,
        key: &MeetingKey,
        internal_id: &InternalMeetingId,
        server: &ServerName,
        event: &Event,
    ) -> Option<HookEvent> {
        let hooks = self.stored(self.stores.hooks.hooks_of(&key.integration).await).unwrap_or_default();
        if hooks.is_empty() || self.server_tells(server) {
            return None;
        }
        let held = self.stored(self.store.find(key).await).ok()?.and_then(Entry::into_held)?;
        let told = HookEvent::meeting_created(&held, event.at);
        let held = Some(held).filter(|held| held.internal_id == *internal_id)?;
        self.hook_terms(told, &key.integration, &key.meeting_id, Some(&held))
    }
}
