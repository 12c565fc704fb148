//! Calls about one meeting that its server answers: isMeetingRunning, end, getMeetingInfo.

use std::sync::Arc;

use super::{Answered, Balancer};
use crate::api::{Answer, Failure, Params, Reply, end, get_meeting_info, is_meeting_running};
use crate::event::{Ended, EventKind};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::integration::Integration;
use crate::meeting::{Meeting, MeetingId, MeetingKey};
use crate::store::Entry;

impl Balancer {
    pub(super) async fn is_meeting_running(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let meeting_id = match params.get("meetingID") {
            Some("") => return Err(Failure::MeetingIdSize),
            Some(meeting_id) => meeting_id.into(),
            None => return Ok(Answered::locally(is_meeting_running::reply(false))),
        };
        let Some(meeting) = self.held(integration, &meeting_id).await? else {
            return Ok(Answered::locally(is_meeting_running::reply(false)));
        };
        let server = self.server_of(&meeting)?;
        let query = end::query(params, &meeting.key.meeting_id);
        let call = ServerCall::read(&server.server, "isMeetingRunning", &query, self.settings.budget);
        self.pass_on(&server, call).await
    }

    pub(super) async fn get_meeting_info(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let meeting_id = get_meeting_info::meeting_id(&params)?;
        let meeting = self.held(integration, &meeting_id).await?.ok_or_else(|| self.unknown_meeting())?;
        let server = self.server_of(&meeting)?;
        let query = get_meeting_info::query(params, &meeting.key.meeting_id);
        self.pass_on(&server, ServerCall::read(&server.server, "getMeetingInfo", &query, self.settings.budget)).await
    }

    pub(super) async fn end(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let meeting_id = end::meeting_id(&params)?;
        let meeting = self.held(integration, &meeting_id).await?.ok_or_else(|| self.unknown_meeting())?;
        let server = self.server_of(&meeting)?;
        let query = end::query(params, &meeting.key.meeting_id);
        let call = ServerCall::change(&server.server, "end", &query, None, self.settings.budget);
        let answered = self.pass_on(&server, call).await?;
        let old_enough = self.clock.now().since(meeting.created_at) > self.settings.grace;
        if !answered.success && old_enough && matches!(&*answered.key, "notFound" | "invalidMeetingIdentifier") {
            self.forget(&meeting, Ended::NotFound).await?;
        }
        Ok(answered)
    }

    /// Asks the server and passes its word on to the website.
    pub(super) async fn pass_on(&self, server: &FleetServer, call: ServerCall) -> Result<Answered, Failure> {
        let name = server.server.name.clone();
        let read = |answer: &Answer<'_>| Answered {
            reply: Reply::xml(answer.for_website()),
            key: answer.key().into_owned().into(),
            success: answer.is_success(),
            server: Some(name.clone()),
        };
        let result: Result<Answered, GatewayError> = if call.changes_state {
            self.ask(server, call, read).await
        } else {
            self.ask_twice(server, call, read).await
        };
        Ok(result?)
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
            && claim.expires <= self.clock.now()
        {
            self.settle(claim).await?;
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

    /// Forgets a meeting that has ended, if it is still the incarnation held.
    pub(super) async fn forget(&self, meeting: &Meeting, how: Ended) -> Result<(), Failure> {
        let event = self.event(EventKind::MeetingEnded {
            meeting: meeting.key.clone(),
            internal_id: meeting.internal_id.clone(),
            server: meeting.server.clone(),
            how,
        });
        let forgotten =
            self.stored(self.store.forget(&meeting.key, &meeting.internal_id, vec![event.clone()]).await)?;
        if forgotten {
            self.unplace(&meeting.key, &meeting.server).await;
            self.show(&event);
        }
        Ok(())
    }
}
