//! The contract of [`Gateway`], one function for each clause.
//!
//! A clause is given servers that behave as its name says: a sound BBB server, one that refuses connections, one that
//! accepts and never answers, one whose web server answers an error page.

use std::time::Duration;

use crate::api::Answer;
use crate::gateway::{Gateway, GatewayError, ServerCall};
use crate::server::Server;

/// How long a clause lets a hanging server hang, by the gateway's own clock.
pub const DEADLINE: Duration = Duration::from_millis(300);

/// What a server says reaches the caller, whatever it says: its word, SUCCESS or FAILED.
pub async fn an_answer_is_passed_on(gateway: &dyn Gateway, sound: &Server) {
    for (call, success) in [("getMeetings", true), ("getMeetingInfo", false)] {
        let reply = match gateway.call(sound, ServerCall::read(sound, call, "", Duration::from_secs(10))).await {
            Ok(reply) => reply,
            Err(error) => panic!("{call}: {error}"),
        };
        match Answer::read(&reply) {
            Ok(answer) => assert_eq!(answer.is_success(), success, "{call}"),
            Err(error) => panic!("{call}: {error}"),
        }
    }
}

/// A connection that is refused: the call was surely not sent.
pub async fn a_refused_connection_is_not_sent(gateway: &dyn Gateway, refusing: &Server) {
    let result = gateway.call(refusing, change(refusing)).await;
    assert!(matches!(result, Err(GatewayError::Unreachable(_))), "{result:?}");
}

/// A server that never answers: after the deadline nobody knows whether it did what it was told.
pub async fn a_hanging_server_ends_with_the_deadline(gateway: &dyn Gateway, hanging: &Server) {
    let result = gateway.call(hanging, change(hanging)).await;
    assert!(matches!(result, Err(GatewayError::Unknown(_))), "{result:?}");
}

/// An error page is an answer of HTTP, and whoever reads it decides: the gateway does not.
pub async fn an_error_page_is_passed_on_with_its_status(gateway: &dyn Gateway, broken: &Server) {
    match gateway.call(broken, ServerCall::read(broken, "getMeetings", "", Duration::from_secs(10))).await {
        Ok(reply) => assert!(reply.status >= 500, "status {}", reply.status),
        Err(error) => panic!("{error}"),
    }
}

fn change(server: &Server) -> ServerCall {
    ServerCall::change(server, "create", "name=Algebra&meetingID=contract", None, DEADLINE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_executor::block_on;
    use futures_util::FutureExt;

    use super::*;
    use crate::clock::ManualClock;
    use crate::gateway::{Fault, ScriptedServers};

    #[test]
    fn scripted_servers_keep_the_contract() {
        let clock = Arc::new(ManualClock::default());
        let servers = ScriptedServers::new(clock.clone());
        let server = servers.add("bbb1", "secret");
        block_on(an_answer_is_passed_on(&servers, &server));
        servers.fault("bbb1", Some(Fault::Refuse));
        block_on(a_refused_connection_is_not_sent(&servers, &server));
        servers.fault("bbb1", Some(Fault::Html502));
        block_on(an_error_page_is_passed_on_with_its_status(&servers, &server));
        servers.fault("bbb1", Some(Fault::HangBefore));
        let mut hanging = Box::pin(a_hanging_server_ends_with_the_deadline(&servers, &server));
        assert!((&mut hanging).now_or_never().is_none(), "it hangs");
        clock.advance(DEADLINE);
        block_on(hanging);
    }
}
