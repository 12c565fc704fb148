//! What an end does: it asks the meeting's server to end it. The meeting ends a little later, and is forgotten when its
//! server lists it no more.

use super::proxied::About;
use super::{Answered, Balancer};
use crate::api::{Failure, Params};
use crate::clock::Timestamp;
use crate::event::Ended;
use crate::gateway::ServerCall;
use crate::network::{Integration, IntegrationName};

impl Balancer {
    pub(super) async fn end(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let about = self.about(integration, &params.meeting_id()?).await?.ok_or_else(|| self.unknown_meeting())?;
        self.end_there(&about, &integration.name, params, deadline).await
    }

    /// Sends an end to the server of what it is about.
    pub(super) async fn end_there(
        &self,
        about: &About,
        integration: &IntegrationName,
        params: Params,
        deadline: Timestamp,
    ) -> Result<Answered, Failure> {
        let server = self.server_to_ask(about.server())?;
        let query = params.for_server(about.id()).encode();
        let call = ServerCall::change(&server.server, "end", &query, None, deadline.since(self.clock.now()))
            .on_behalf_of(integration);
        let answered = self.pass_on(&server, call).await?;
        // a breakout room is not kept: there is nothing to forget
        let About::Meeting(meeting) = about else { return Ok(answered) };
        let now = self.clock.now();
        let old_enough = now.since(meeting.created_at.as_past(now)) > self.settings.grace;
        if !answered.success && old_enough && matches!(&*answered.key, "notFound" | "invalidMeetingIdentifier") {
            // the server's word is passed on even where it cannot be kept; lists will say it again
            let _ = self.forget(meeting, Ended::NotFound).await;
        }
        Ok(answered)
    }
}
