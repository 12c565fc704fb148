//! What an insertDocument does: the slides go on to the meeting's server, while they come.

use super::{Answered, Balancer};
use crate::api::{Failure, SignedRequest, Upload};
use crate::gateway::ServerCall;
use crate::network::Integration;

impl Balancer {
    pub(super) async fn insert_document(
        &self,
        integration: &Integration,
        signed: SignedRequest,
        upload: Option<Upload>,
    ) -> Result<Answered, Failure> {
        let meeting_id = signed.params.meeting_id()?;
        let about = self.about(integration, &meeting_id).await?.ok_or_else(|| self.unknown_meeting())?;
        // the slides are in the body and nowhere else
        let slides = match (signed.xml, upload) {
            (Some((media_type, body)), _) => Some(Upload::whole(media_type, body)),
            (None, upload) => upload.and_then(Upload::of_xml),
        };
        let slides = slides.ok_or(Failure::UnsupportedContentType)?.without_document_type().await?;
        // the website may take its time with the beginning: that is not the server's
        let deadline = self.clock.now() + self.settings.budget;
        let server = self.server_called(about.server())?;
        let query = signed.params.for_server(about.id()).encode();
        let left = deadline.since(self.clock.now());
        let call =
            ServerCall::upload(&server.server, "insertDocument", &query, slides, left).on_behalf_of(&integration.name);
        self.pass_on(&server, call).await
    }
}
