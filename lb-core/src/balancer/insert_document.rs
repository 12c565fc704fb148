//! What an insertDocument does: the slides go on to the meeting's server.

use super::{Answered, Balancer};
use crate::api::{Failure, SignedRequest};
use crate::gateway::ServerCall;
use crate::network::Integration;

impl Balancer {
    pub(super) async fn insert_document(
        &self,
        integration: &Integration,
        signed: SignedRequest,
    ) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let meeting_id = signed.params.meeting_id()?;
        let meeting = self.held(integration, &meeting_id).await?.ok_or_else(|| self.unknown_meeting())?;
        // the slides are in the body and nowhere else
        let slides = signed.xml.ok_or(Failure::UnsupportedContentType)?;
        let server = self.server_of(&meeting)?;
        let query = signed.params.for_server(&meeting.key.meeting_id).encode();
        let left = deadline.since(self.clock.now());
        let call = ServerCall::change(&server.server, "insertDocument", &query, Some(slides), left)
            .on_behalf_of(&meeting.key.integration);
        self.pass_on(&server, call).await
    }
}
