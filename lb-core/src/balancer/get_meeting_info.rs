//! What a getMeetingInfo does: the meeting's server answers it, the stamps are taken out, and the website's own callbacks are
//! put back.

use super::{Answered, Balancer};
use crate::api::{Answer, Failure, Params, Reply, stamp};
use crate::gateway::ServerCall;
use crate::network::Integration;

impl Balancer {
    pub(super) async fn get_meeting_info(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let about = self.about(integration, &params.meeting_id()?).await?.ok_or_else(|| self.unknown_meeting())?;
        if about.meeting().is_some_and(|meeting| self.is_lost(meeting)) {
            // so that a website that asks before it creates will create
            return Err(self.unknown_meeting());
        }
        let server = self.server_to_ask(about.server())?;
        let query = params.for_server(about.id()).encode();
        let call = ServerCall::read(&server.server, "getMeetingInfo", &query, deadline.since(self.clock.now()))
            .on_behalf_of(&integration.name);
        let name = server.server.name.clone();
        let callbacks = about.meeting().and_then(|meeting| meeting.callbacks.as_ref());
        let read = |answer: &Answer<'_>| {
            // BBB finds meetings by the beginning of their internal id too: what carries another's stamp is another's
            let stamp = answer.root().child("metadata").and_then(stamp::read);
            let anothers = stamp.is_some_and(|stamp| {
                stamp.guid == self.settings.guid && stamp.institution != integration.name.as_str()
            });
            let (key, success) = (answer.key().into_owned().into(), answer.is_success());
            let reply = Reply::xml(answer.for_website_with(callbacks));
            (!anothers).then_some(Answered { reply, key, success, server: Some(name) })
        };
        self.ask(&server, call, read).await?.ok_or_else(|| self.unknown_meeting())
    }
}
