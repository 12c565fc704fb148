//! Calls about one meeting that its server may not have, and those that the balancer does not know: BBB grows. They go to the
//! meeting's server, and its word is passed on.

use super::ask::{is_sound, unsound};
use super::{Answered, Balancer, Known};
use crate::api::json::JsonAnswer;
use crate::api::{Answer, ApiRequest, Failure, Method, Params, Reply, Route, stamp};
use crate::fleet::FleetServer;
use crate::gateway::{CallBody, FORM, GatewayError, ServerCall, ServerReply};
use crate::network::Integration;

/// What unknown calls are called in events and metrics: their own names may be anything.
pub(super) const UNKNOWN: &str = "unknown";

/// Calls of a browser's session: they are between it and its server.
const OF_SESSIONS: [&str; 9] = [
    "enter",
    "stuns",
    "signOut",
    "guestWait",
    "learningDashboard",
    "getJoinUrl",
    "feedback",
    "configXML",
    "setPollXML",
];

/// Parameters that name something that may be another website's, and that the balancer would have to look at; in lower case.
const NAMES_OF_OTHERS: [&str; 4] = ["recordid", "internalmeetingid", "parentmeetingid", "sessiontoken"];

/// The longest name of a call that is passed on.
const LONGEST_NAME: usize = 64;

/// Whether a call that the balancer does not know may go to a server.
fn may_pass(call: &str, params: &Params) -> bool {
    let plain = !call.is_empty() && call.len() <= LONGEST_NAME && call.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let of_session = OF_SESSIONS.iter().any(|name| name.eq_ignore_ascii_case(call));
    let mut names = params.iter().map(|(name, _)| name);
    let of_others = names.any(|name| {
        let lower = name.to_ascii_lowercase();
        NAMES_OF_OTHERS.contains(&lower.as_str()) || lower == "meetingid" && name != "meetingID"
    });
    plain && !of_session && !of_others && params.given("meetingID").is_some()
}

impl Balancer {
    /// A call that the balancer does not know: the server of the meeting that it names may.
    pub(super) async fn answer_unknown(
        &self,
        request: &ApiRequest,
        route: Route<'_>,
        known: &mut Known,
    ) -> Result<Answered, Failure> {
        let signed = request.read().ok().filter(|signed| may_pass(route.call, &signed.params));
        let signed = signed.ok_or(Failure::UnsupportedRequest)?;
        let (integration, _) = self.admitted(route.call, request, route, &signed, known).await?;
        let deadline = self.clock.now() + self.settings.budget;
        let about = self.about(&integration, &signed.params.meeting_id()?).await?.ok_or(Failure::UnsupportedRequest)?;
        let server = self.server_called(about.server())?;
        let query = signed.params.for_server(about.id()).encode();
        let body = match signed.xml {
            None if request.method == Method::Post => Some((FORM.to_owned(), bytes::Bytes::new())),
            xml => xml,
        };
        // it may change something: it is never sent twice
        let call = ServerCall {
            url: ServerCall::signed_url(&server.server, route.call, &query),
            body: body.map(|(content_type, bytes)| CallBody::Whole(content_type, bytes)),
            ..ServerCall::change(&server.server, UNKNOWN, "", None, deadline.since(self.clock.now()))
                .on_behalf_of(&integration.name)
        };
        self.forward(&server, call).await
    }

    /// sendChatMessage: BBB has it since 3.0.
    pub(super) async fn send_chat_message(
        &self,
        integration: &Integration,
        params: Params,
    ) -> Result<Answered, Failure> {
        let deadline = self.clock.now() + self.settings.budget;
        let about = self.about(integration, &params.meeting_id()?).await?.ok_or_else(|| self.unknown_meeting())?;
        let server = self.server_called(about.server())?;
        let query = params.for_server(about.id()).encode();
        let left = deadline.since(self.clock.now());
        self.forward(
            &server,
            ServerCall::change(&server.server, "sendChatMessage", &query, None, left).on_behalf_of(&integration.name),
        )
        .await
    }

    /// Sends a call that the server may not have, and passes its word on, whatever its form.
    pub(super) async fn forward(&self, server: &FleetServer, call: ServerCall) -> Result<Answered, Failure> {
        let name = call.name;
        let answered = self.ask_raw(server, call, is_about_the_call, |reply| word(name, reply)).await?;
        let answered = answered.ok_or(Failure::UnsupportedRequest)?;
        Ok(Answered { server: Some(server.server.name.clone()), ..answered })
    }
}

/// Whether a reply tells nothing of the server's health.
fn is_about_the_call(reply: &ServerReply) -> bool {
    (400..500).contains(&reply.status)
}

/// What the server says; `None` if it has no such call.
fn word(name: &str, reply: &ServerReply) -> Result<Option<Answered>, GatewayError> {
    if is_missing(reply) {
        return Ok(None);
    }
    if reply.status != 200 {
        return Err(GatewayError::BadAnswer(format!("HTTP status {}", reply.status)));
    }
    let content_type = reply.content_type.as_deref().unwrap_or(Reply::XML).to_ascii_lowercase();
    // a page is for people, and no script of a server is to run under the balancer's address
    if content_type.contains("xml") || content_type.contains("html") {
        let answer = Answer::read(reply)?;
        is_sound(name, &answer)?;
        let (key, success) = (answer.key().into_owned().into(), answer.is_success());
        return Ok(Some(Answered { reply: Reply::xml(answer.for_website()), key, success, server: None }));
    }
    // stamps can be cut out of XML alone
    if stamp::is_in(&reply.body) {
        return Err(GatewayError::BadAnswer("it shows the balancer's own metadata".to_owned()));
    }
    let read = JsonAnswer::parse(&reply.body);
    let (success, key) = read.map_or((true, String::new()), |answer| (answer.success, answer.key));
    if !success && key == "checksumError" {
        return Err(unsound());
    }
    let reply = Reply { content_type: content_type.into(), ..Reply::xml(reply.body.clone()) };
    Ok(Some(Answered { reply, key: key.into(), success, server: None }))
}

/// Whether a server says that it has no such call: BBB answers a page then.
pub(super) fn is_missing(reply: &ServerReply) -> bool {
    matches!(reply.status, 404 | 405 | 501)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_calls_about_a_meeting_and_nothing_else_may_pass() {
        let may = |call: &str, query: &str| may_pass(call, &Params::parse(query));
        assert!(may("modifyMeetingDuration", "meetingID=a&x=1") && may("v2", "x&meetingID=a"));
        for call in ["", "signOut", "SIGNOUT", "getjoinurl", "hooks/create", "a/../create", "a%2fb", "é", "a.b"] {
            assert!(!may(call, "meetingID=a"), "{call}");
        }
        assert!(!may(&"x".repeat(65), "meetingID=a"));
        for query in [
            "",
            "meetingID=",
            "meetingId=a",
            "meetingID=a&meetingid=b",
            "meetingID=a&recordID=b",
            "meetingID=a&sessionToken=b",
        ] {
            assert!(!may("extend", query), "{query}");
        }
    }
}
