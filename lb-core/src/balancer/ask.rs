//! A call to a server, and what it tells of the server's health.

use std::sync::Arc;

use super::Balancer;
use super::pass_through::UNKNOWN;
use crate::api::Answer;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::fleet::{Fleet, FleetServer};
use crate::gateway::{GatewayError, ServerCall, ServerReply};
use crate::server::{Failed, ServerName};

/// The call that servers are followed and probed by.
const POLL: &str = "getMeetings";

/// A server that does not take the balancer's signature would answer every website's call with a checksumError, look
/// empty, and draw all new meetings. It counts as failing.
pub(super) fn is_sound(call: &str, answer: &Answer<'_>) -> Result<(), GatewayError> {
    let key = if answer.is_success() { return Ok(()) } else { answer.key() };
    match &*key {
        "checksumError" => Err(unsound()),
        key if call == POLL => Err(GatewayError::BadAnswer(format!("it does not list its meetings: {key}"))),
        _ => Ok(()),
    }
}

/// Calls that say nothing of how well meetings are held: recordings may lie on a disk of their own, and one website alone could
/// otherwise have a server suspended for all. Of them, only that nobody takes connections counts.
const BESIDE_MEETINGS: [&str; 7] = [
    "publishRecordings",
    "deleteRecordings",
    "updateRecordings",
    "getRecordingTextTracks",
    "putRecordingTextTrack",
    "getDefaultConfigXML",
    "setConfigXML",
];

/// What is wrong with a server that refuses the balancer's signature.
pub(super) fn unsound() -> GatewayError {
    GatewayError::BadAnswer("it refuses the balancer's signature: is its secret right?".into())
}

/// Whether a reply without use is about this one call and not about the server's health. The poll is always the same: of it
/// nothing is.
fn is_about_the_call(name: &str, reply: &ServerReply) -> bool {
    match name {
        POLL => false,
        // BBB ≥ 3.0 answers nothing at all to slides in which it finds no document
        "insertDocument" if reply.status == 200 && reply.body.is_empty() => true,
        // a query too long for the server's proxy, say
        _ => (400..500).contains(&reply.status),
    }
}

impl Balancer {
    /// Sends `call` to `server` and passes its word to `read`. Whether it answered is noted.
    ///
    /// # Errors
    /// [`GatewayError`] where the server gave no usable answer.
    pub(super) async fn ask<T>(
        &self,
        server: &FleetServer,
        call: ServerCall,
        read: impl FnOnce(&Answer<'_>) -> T + Send,
    ) -> Result<T, GatewayError> {
        let name = call.name;
        let read = |reply: &ServerReply| {
            let answer = Answer::read(reply)?;
            is_sound(name, &answer)?;
            Ok(read(&answer))
        };
        self.ask_raw(server, call, |reply| is_about_the_call(name, reply), read).await
    }

    /// The same for a call whose answer may be anything. Where the reply is `about_the_call`, it tells nothing of the server's
    /// health; those of calls [beside meetings](BESIDE_MEETINGS) never do.
    pub(super) async fn ask_raw<T>(
        &self,
        server: &FleetServer,
        call: ServerCall,
        about_the_call: impl FnOnce(&ServerReply) -> bool + Send,
        read: impl FnOnce(&ServerReply) -> Result<T, GatewayError> + Send,
    ) -> Result<T, GatewayError> {
        let name = call.name;
        let (reply, sent) = self.send(&server.server, call).await;
        let beside_meetings = BESIDE_MEETINGS.contains(&name) && !matches!(reply, Err(GatewayError::Unreachable(_)));
        let about_the_call = beside_meetings || reply.as_ref().is_ok_and(about_the_call);
        let result = reply.and_then(|reply| read(&reply));
        sent.came_to(&result);
        let name_of = &server.server.name;
        match &result {
            Ok(_) if about_the_call => {}
            // what counts is what is known now, not when the call began: others have ended meanwhile
            Ok(_) if self.fleet().server(name_of).is_none_or(|server| server.reachability.is_spotless()) => {}
            Ok(_) => {
                self.note(name_of, |server, _| server.answered()).await;
            }
            Err(GatewayError::TooLong | GatewayError::Interrupted(_)) => {}
            Err(error) => {
                // one that nobody knows may be one that every server stumbles over, or is slow at
                let tells = name != UNKNOWN || matches!(error, GatewayError::Unreachable(_));
                let counts = tells && !about_the_call && *error != GatewayError::Busy;
                let how =
                    if matches!(error, GatewayError::Unreachable(_)) { Failed::Refused } else { Failed::Unanswered };
                let noted = if counts { self.note(name_of, |server, now| server.failed(how, now)).await } else { None };
                let first = noted.is_some_and(|before| before.reachability.is_spotless());
                let (server, call, problem) = (name_of.clone(), name.into(), error.to_string());
                self.emit(EventKind::ServerFailed { server, call, problem, first });
            }
        }
        result
    }

    /// Changes what is known of one server, and tells if its state follows. Answers the server as it was.
    pub(super) async fn note(
        &self,
        name: &ServerName,
        change: impl FnOnce(&mut FleetServer, Timestamp),
    ) -> Option<Arc<FleetServer>> {
        let now = self.clock.now();
        let (before, after, freezes) = self.fleet.change(|fleet| {
            let next = fleet.with_server(name, now, |server| change(server, now));
            let after = next.as_ref().and_then(|next| next.server(name).cloned());
            let freezes = (fleet.freeze(), next.as_ref().map_or(fleet.freeze(), Fleet::freeze));
            (next, (fleet.server(name).cloned(), after, freezes))
        });
        if let (Some(before), Some(after)) = (&before, &after)
            && before.state() != after.state()
        {
            let (from, to, reasons) = (Some(before.state()), after.state(), after.reasons().to_vec());
            self.tell(EventKind::ServerStateChanged { server: name.clone(), from, to, reasons }).await;
            self.tell_freeze(freezes.0, freezes.1).await;
        }
        before
    }

    /// Tells of every server whose state differs between two fleets.
    pub(super) async fn tell_state_changes(&self, before: &Fleet, after: &Fleet) {
        for server in after.servers() {
            let name = &server.server.name;
            let from = before.server(name).map(|server| server.state());
            if from != Some(server.state()) {
                let reasons = server.reasons().to_vec();
                self.tell(EventKind::ServerStateChanged { server: name.clone(), from, to: server.state(), reasons })
                    .await;
            }
        }
    }
}
