//! What an end does: it asks the meeting's server to end it. The meeting ends a little later, and is forgotten when its
//! server lists it no more.

use super::{Answered, Balancer};
use crate::api::{Failure, Params};
use crate::event::Ended;
use crate::gateway::ServerCall;
use crate::network::Integration;

impl Balancer {
    pub(super) async fn end(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let meeting = self.held(integration, &params.meeting_id()?).await?.ok_or_else(|| self.unknown_meeting())?;
        let server = self.server_to_ask(&meeting)?;
        let query = params.for_server(&meeting.key.meeting_id).encode();
        let call = ServerCall::change(&server.server, "end", &query, None, deadline.since(self.clock.now()))
            .on_behalf_of(&meeting.key.integration);
        let answered = self.pass_on(&server, call).await?;
        let now = self.clock.now();
        let old_enough = now.since(meeting.created_at.as_past(now)) > self.settings.grace;
        if !answered.success && old_enough && matches!(&*answered.key, "notFound" | "invalidMeetingIdentifier") {
            // the server's word is passed on even where it cannot be kept; lists will say it again
            let _ = self.forget(&meeting, Ended::NotFound).await;
        }
        Ok(answered)
    }
}
