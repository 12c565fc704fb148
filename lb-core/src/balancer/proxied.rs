//! What the calls about one meeting have in common: finding the meeting and its server, and passing the server's word on.

use std::sync::Arc;

use super::{Answered, Balancer};
use crate::api::{Answer, Failure, Reply};
use crate::event::{Ended, EventKind};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::meeting::{Meeting, MeetingId, MeetingKey};
use crate::network::Integration;
use crate::server::ServerState;
use crate::store::Entry;

impl Balancer {
    /// Asks the server and passes its word on to the website.
    pub(super) async fn pass_on(&self, server: &FleetServer, call: ServerCall) -> Result<Answered, Failure> {
        let name = server.server.name.clone();
        let read = |answer: &Answer<'_>| Answered {
            reply: Reply::xml(answer.for_website()),
            key: answer.key().into_owned().into(),
            success: answer.is_success(),
            server: Some(name),
        };
        self.ask(server, call, read).await.map_err(|error| match error {
            GatewayError::TooLong => Failure::TooLong,
            _ => Failure::ServerTrouble,
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
        let server = self.fleet().server(&meeting.server).cloned();
        server.filter(|server| server.state().takes_calls()).ok_or(Failure::ServerTrouble)
    }

    /// The same for a call that may find out whether a suspended server answers again: one in each interval is let through.
    pub(super) fn server_to_ask(&self, meeting: &Meeting) -> Result<Arc<FleetServer>, Failure> {
        let server = self.fleet().server(&meeting.server).cloned();
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
        let event = self.event(EventKind::MeetingEnded {
            meeting: meeting.key.clone(),
            internal_id: meeting.internal_id.clone(),
            server: meeting.server.clone(),
            how,
        });
        self.note(&meeting.server, |server, now| server.forgot_at = now).await;
        let forgotten =
            self.stored(self.store.forget(&meeting.key, &meeting.internal_id, vec![event.clone()]).await)?;
        if forgotten {
            self.unplace(&meeting.key, None, &meeting.server).await;
            self.show(&event);
            if meeting.records {
                self.recording_to_come(&meeting.server);
            }
        }
        Ok(())
    }
}
