//! getDefaultConfigXML and setConfigXML, which BBB had until 2.3: the client's configuration, in which a website sees the
//! balancer where a server sees itself.

use super::ask::unsound;
use super::pass_through::is_missing;
use super::{Answered, Balancer};
use crate::api::config_xml::readdressed;
use crate::api::{Answer, Failure, Params, Reply};
use crate::gateway::{GatewayError, ServerCall, ServerReply};
use crate::network::Integration;
use crate::xml::Document;

/// The parameter that carries the configuration.
const CONFIG: &str = "configXML";

/// How many servers are asked for it: one that does not have it says nothing of the others.
const MOST_ASKED: usize = 4;

impl Balancer {
    /// Any server's will do.
    pub(super) async fn get_default_config_xml(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let public_url = self.settings.public_url.as_ref().ok_or(Failure::UnsupportedRequest)?;
        let deadline = self.clock.now() + self.settings.budget;
        let mut params = params;
        params.retain(|name| !matches!(name, "checksum" | "integrationName"));
        let query = params.encode();
        let fleet = self.fleet();
        let usable = fleet.servers().iter().filter(|server| {
            !server.recording && server.state().takes_calls() && integration.tags.allow(&server.server.tags)
        });
        let mut usable: Vec<_> = usable.collect();
        usable.sort_by_key(|server| !server.state().takes_new_meetings());
        let mut failure = if usable.is_empty() { Failure::ServerTrouble } else { Failure::UnsupportedRequest };
        for server in usable.into_iter().take(MOST_ASKED) {
            let left = deadline.since(self.clock.now()).min(self.settings.attempt);
            if left.is_zero() {
                break;
            }
            let call =
                ServerCall::read(&server.server, "getDefaultConfigXML", &query, left).on_behalf_of(&integration.name);
            let read = |reply: &ServerReply| configuration(reply);
            // whatever it answers
            match self.ask_raw(server, call, |_| true, read).await {
                Ok(Some(text)) => {
                    let text = readdressed(&text, &server.server.api_url, public_url);
                    let name = Some(server.server.name.clone());
                    return Ok(Answered { server: name, ..Answered::locally(Reply::xml(text)) });
                }
                Ok(None) => {}
                Err(GatewayError::TooLong) => return Err(Failure::TooLong),
                Err(_) => failure = Failure::ServerTrouble,
            }
        }
        Err(failure)
    }

    /// The meeting's server is told, in a form as BBB wants it.
    pub(super) async fn set_config_xml(&self, integration: &Integration, params: Params) -> Result<Answered, Failure> {
        let public_url = self.settings.public_url.as_ref().ok_or(Failure::UnsupportedRequest)?;
        let deadline = self.clock.now() + self.settings.budget;
        let meeting = self.held(integration, &params.meeting_id()?).await?.ok_or_else(|| self.unknown_meeting())?;
        let server = self.server_of(&meeting)?;
        let mut form = params.for_server(&meeting.key.meeting_id);
        if let Some(config) = form.get(CONFIG).map(|config| readdressed(config, public_url, &server.server.api_url)) {
            form.set(CONFIG, config);
        }
        let left = deadline.since(self.clock.now());
        self.forward(
            &server,
            ServerCall::form(&server.server, "setConfigXML", &form, left).on_behalf_of(&integration.name),
        )
        .await
    }
}

/// The configuration in a reply; `None` if the server has no such call.
fn configuration(reply: &ServerReply) -> Result<Option<String>, GatewayError> {
    if is_missing(reply) {
        return Ok(None);
    }
    if reply.status != 200 {
        return Err(GatewayError::BadAnswer(format!("HTTP status {}", reply.status)));
    }
    if Answer::read(reply).is_ok_and(|answer| answer.key() == "checksumError") {
        return Err(unsound());
    }
    let document = Document::parse(&reply.body).map_err(|error| GatewayError::BadAnswer(error.to_string()))?;
    if document.root().is("html") || document.root().is("response") {
        return Err(GatewayError::BadAnswer("XML that is no configuration of a client".to_owned()));
    }
    // a document is text
    Ok(Some(String::from_utf8_lossy(&reply.body).into_owned()))
}
