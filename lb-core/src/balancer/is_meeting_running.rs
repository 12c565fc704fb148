//! What an isMeetingRunning does: the meeting's server answers it; where there is no such meeting, nobody is in it.

use super::{Answered, Balancer};
use crate::api::{Failure, Params, is_meeting_running};
use crate::gateway::ServerCall;
use crate::network::Integration;

impl Balancer {
    pub(super) async fn is_meeting_running(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let meeting_id = match params.get("meetingID") {
            Some("") => return Err(Failure::MeetingIdSize),
            Some(meeting_id) => meeting_id.into(),
            None => return Ok(Answered::locally(is_meeting_running::reply(false))),
        };
        let Some(about) = self.about(integration, &meeting_id).await? else {
            return Ok(Answered::locally(is_meeting_running::reply(false)));
        };
        if about.meeting().is_some_and(|meeting| self.is_lost(meeting)) {
            return Ok(Answered::locally(is_meeting_running::reply(false)));
        }
        let server = self.server_to_ask(about.server())?;
        let query = params.for_server(about.id()).encode();
        let call = ServerCall::read(&server.server, "isMeetingRunning", &query, deadline.since(self.clock.now()))
            .on_behalf_of(&integration.name);
        self.pass_on(&server, call).await
    }
}
