//! What the calls about one meeting have in common: finding the meeting and its server, and passing the server's word on.

use std::sync::Arc;

use super::breakout::Room;
use super::{Answered, Balancer};
use crate::api::{Answer, Failure, Reply};
use crate::event::Ended;
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::meeting::{Meeting, MeetingId, MeetingKey};
use crate::network::Integration;
use crate::server::{ServerName, ServerState};
use crate::store::Entry;

/// What a call about one meeting is about.
pub(super) enum About {
    /// A meeting of the website.
    Meeting(Arc<Meeting>),
    /// A breakout room of one, which BBB itself made.
    Room(Room),
}

impl About {
    /// The server that it is on.
    pub(super) fn server(&self) -> &ServerName {
        match self {
            Self::Meeting(meeting) => &meeting.server,
            Self::Room(room) => &room.server,
        }
    }

    /// How that server is told of it.
    pub(super) fn id(&self) -> &MeetingId {
        match self {
            Self::Meeting(meeting) => &meeting.key.meeting_id,
            Self::Room(room) => &room.id,
        }
    }

    /// The meeting, if it is one that the balancer keeps.
    pub(super) fn meeting(&self) -> Option<&Arc<Meeting>> {
        match self {
            Self::Meeting(meeting) => Some(meeting),
            Self::Room(_) => None,
        }
    }
}

impl Balancer {
    /// Asks the server and passes its word on to the website.
    pub(super) async fn pass_on(&self, server: &FleetServer, call: ServerCall) -> Result<Answered, Failure> {
        Ok(self.passed_on(server, call).await?)
    }

    /// The same, where it matters why the server said nothing.
    pub(super) async fn passed_on(&self, server: &FleetServer, call: ServerCall) -> Result<Answered, GatewayError> {
        let name = server.server.name.clone();
        let read = |answer: &Answer<'_>| Answered {
            reply: Reply::xml(answer.for_website()),
            key: answer.key().into_owned().into(),
            success: answer.is_success(),
            server: Some(name),
        };
        self.ask(server, call, read).await
    }

    /// What a call is about that names `id`: a meeting of the integration, or a breakout room of one.
    pub(super) async fn about(
        &self,
        integration: &Integration,
        meeting_id: &MeetingId,
    ) -> Result<Option<About>, Failure> {
        Ok(match self.held(integration, meeting_id).await? {
            Some(meeting) => Some(About::Meeting(meeting)),
            None => self.room(integration, meeting_id).await?.map(About::Room),
        })
    }

    /// The meeting that the integration has under that id, or none. A claim whose creator is gone is settled first.
    pub(super) async fn held(
        &self,
        integration: &Integration,
        meeting_id: &MeetingId,
    ) -> Result<Option<Arc<Meeting>>, Failure> {
        let key = MeetingKey { integration: integration.name.clone(), meeting_id: meeting_id.clone() };
        let mut entry = self.stored(self.store.find(&key).await)?;
        if let Some(Entry::Claimed(claim)) = &entry
            && self.has_expired(claim)
        {
            // trouble has been told of, and leaves a meeting that nobody was told of
            let _ = self.settle(claim).await;
            entry = self.stored(self.store.find(&key).await)?;
        }
        match entry {
            Some(Entry::Held(meeting)) => Ok(Some(meeting)),
            // not acknowledged to anybody yet
            Some(Entry::Claimed(_)) | None => Ok(None),
        }
    }

    /// The server that holds the meeting, if calls may be sent to it.
    pub(super) fn server_of(&self, meeting: &Meeting) -> Result<Arc<FleetServer>, Failure> {
        self.server_called(&meeting.server)
    }

    /// The same by the server's name.
    pub(super) fn server_called(&self, name: &ServerName) -> Result<Arc<FleetServer>, Failure> {
        let server = self.fleet().server(name).cloned();
        server.filter(|server| server.state().takes_calls()).ok_or(Failure::ServerTrouble)
    }

    /// The same for a call that may find out whether a suspended server answers again: one in each interval is let through.
    pub(super) fn server_to_ask(&self, name: &ServerName) -> Result<Arc<FleetServer>, Failure> {
        let server = self.fleet().server(name).cloned();
        server.filter(|server| server.state().takes_calls() || self.try_again(server)).ok_or(Failure::ServerTrouble)
    }

    /// Takes the turn to try a suspended server.
    fn try_again(&self, server: &FleetServer) -> bool {
        let now = self.clock.now();
        server.state() == ServerState::Suspended
            && self.fleet.change(|fleet| {
                let mut free = false;
                let next = fleet.with_server(&server.server.name, now, |server| free = server.try_again(now));
                (next.filter(|_| free), free)
            })
    }

    /// Forgets a meeting that has ended, if it is still the incarnation held.
    pub(super) async fn forget(&self, meeting: &Meeting, how: Ended) -> Result<(), Failure> {
        let event = self.event(self.ended_kind(meeting, how).await);
        self.note(&meeting.server, |server, now| server.forgot_at = now).await;
        self.note_ends(std::slice::from_ref(&event)).await;
        let forgotten =
            self.stored(self.store.forget(&meeting.key, &meeting.internal_id, vec![event.clone()]).await)?;
        // whoever forgot it first has told of it
        self.presence.forget(&meeting.internal_id);
        if forgotten {
            self.unplace(&meeting.key, None, &meeting.server).await;
            self.show(&event);
            self.learn_end(std::slice::from_ref(&event), meeting);
            self.tell_hooks(&[event]).await;
            if meeting.records {
                self.recording_to_come(&meeting.server);
            }
        }
        Ok(())
    }
}
