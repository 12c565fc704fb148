//! [`Contacts`]: how the balancer and each server get on.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Balancer;
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::gateway::{GatewayError, ServerCall, ServerReply};
use crate::server::{CallOutcome, Contact, Line, PastCall, Server, ServerName};

/// The line to each server. Reading and noting takes no lock; a server that is called for the first time costs a copy of the
/// map, in which those that the fleet has no more are left out.
#[derive(Debug, Default)]
pub(super) struct Contacts(ArcSwap<HashMap<ServerName, Arc<Line>>>);

impl Contacts {
    fn of(&self, server: &ServerName, fleet: impl FnOnce() -> Arc<Fleet>) -> Arc<Line> {
        if let Some(line) = self.0.load().get(server) {
            return Arc::clone(line);
        }
        let (fleet, fresh) = (fleet(), Arc::new(Line::default()));
        self.0.rcu(|lines| {
            let known = lines.iter().filter(|(name, _)| fleet.server(name).is_some());
            let mut lines: HashMap<_, _> = known.map(|(name, line)| (name.clone(), Arc::clone(line))).collect();
            lines.entry(server.clone()).or_insert_with(|| Arc::clone(&fresh));
            lines
        });
        self.0.load().get(server).cloned().unwrap_or(fresh)
    }
}

/// A call that was sent, until it is known what became of it.
#[derive(Debug)]
pub(super) struct Sent {
    line: Arc<Line>,
    began_at: Timestamp,
    over_at: Timestamp,
}

impl Sent {
    /// Notes what became of the call. What was never sent, and a website's own body that broke off, say nothing.
    pub(super) fn came_to<T>(&self, result: &Result<T, GatewayError>) {
        let outcome = match result {
            Ok(_) => CallOutcome::Answered,
            Err(GatewayError::Unreachable(_)) => CallOutcome::Refused,
            Err(GatewayError::Busy | GatewayError::TooLong | GatewayError::Interrupted(_)) => return,
            Err(_) => CallOutcome::Failed,
        };
        self.line.ended(PastCall { at: self.over_at, took: self.over_at.since(self.began_at), outcome });
    }
}

/// A call that is under way, until this is dropped.
struct UnderWay<'l>(&'l Line);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.left();
    }
}

impl Balancer {
    /// How the balancer and the server called `name` get on: calls that are under way, and what the last ones came to.
    pub fn contact(&self, name: &ServerName) -> Contact {
        self.contacts.0.load().get(name).map(|line| line.contact()).unwrap_or_default()
    }

    /// Sends `call` to `server`. Whoever looks into the answer says by the second what became of it.
    pub(super) async fn send(&self, server: &Server, call: ServerCall) -> (Result<ServerReply, GatewayError>, Sent) {
        let line = self.contacts.of(&server.name, || self.fleet());
        let began_at = self.clock.now();
        let reply = {
            line.began();
            let _under_way = UnderWay(&line);
            self.gateway.call(server, call).await
        };
        (reply, Sent { began_at, over_at: self.clock.now(), line })
    }

    /// The same where nothing but whether there is an answer counts.
    pub(super) async fn send_simply(&self, server: &Server, call: ServerCall) -> Result<ServerReply, GatewayError> {
        let (reply, sent) = self.send(server, call).await;
        sent.came_to(&reply);
        reply
    }
}
