//! What becomes of the ends of meetings: servers' hints are verified.
//!
//! ```text
//!   server ──GET──▶ ended: open the token ──▶ known already? ──▶ ask the server ──▶ outbox, forget the meeting
//!                                              (told before)     (getMeetingInfo)
//! ```
//!
//! A hint is never believed: it only makes the balancer look. Whatever comes of it, the lists of the servers find each end
//! too, and the outbox takes each delivery once.

use super::Balancer;
use crate::api::create::Created;
use crate::api::{Params, stamp};
use crate::callback::{CallbackId, CallbackPlace, CallbackToken};
use crate::event::Ended;
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::meeting::{InternalMeetingId, MeetingId, MeetingKey};
use crate::store::Entry;

/// What came of a server's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is known, and the website is told. Status 200.
    Taken,
    /// The token is none of this balancer's. Status 404, and nothing else is to be said.
    Unknown,
    /// It was not signed by the server that the token names, or is about another meeting. Status 401.
    Forged,
    /// It cannot be read. Status 400.
    Malformed,
    /// Nobody can tell yet: the server says that its meeting runs, or does not answer, or is not known now, or the store fails.
    /// Status 503: a server tries again.
    Later,
}

/// What a server says of a meeting.
pub(super) struct Found {
    internal_id: InternalMeetingId,
    /// Which create made it.
    pub(super) callback: Option<CallbackId>,
    ended: bool,
}

impl Balancer {
    /// A server says that a meeting of `integration` has ended. It is asked whether that is so; then the meeting is forgotten
    /// and the website's own callbacks are in the outbox.
    ///
    /// `recording_marks`: the server's word whether a recording was started in it.
    ///
    /// # Cancel safety
    /// May be dropped at any time: the lists of the server find the end too.
    pub async fn ended(&self, integration: &str, token: &str, recording_marks: bool) -> Heard {
        let (key, token) = match self.opened(CallbackPlace::Ended, integration, token) {
            Ok(opened) => opened,
            Err(heard) => return heard,
        };
        self.verified(&key, &token, recording_marks).await.unwrap_or(Heard::Later)
    }

    /// Whether the token of a server's call is one of this balancer's for `place`: looked at before anything is read of what
    /// the server posts.
    ///
    /// # Errors
    /// What it is to be answered, where there is nothing to be read.
    pub fn admit_callback(&self, place: CallbackPlace, integration: &str, token: &str) -> Result<(), Heard> {
        self.opened(place, integration, token).map(|_| ())
    }

    /// What the token of a server's call says, and the meeting that it is about.
    ///
    /// # Errors
    /// What the server is to be answered, where there is nothing to be done.
    pub(super) fn opened(
        &self,
        place: CallbackPlace,
        integration: &str,
        token: &str,
    ) -> Result<(MeetingKey, CallbackToken), Heard> {
        let network = self.network();
        let integration = network.integration(integration);
        let token = CallbackToken::open(place, integration.map(|found| &**found), token).ok_or(Heard::Unknown)?;
        let integration = integration.ok_or(Heard::Unknown)?;
        if self.clock.now().since(token.sealed_at) > place.token_life() {
            return Err(Heard::Taken);
        }
        Ok((MeetingKey { integration: integration.name.clone(), meeting_id: token.meeting_id.clone() }, token))
    }

    async fn verified(&self, key: &MeetingKey, token: &CallbackToken, recording_marks: bool) -> Option<Heard> {
        let id = &token.callbacks.id;
        let held = match self.stored(self.store.find(key).await).ok()? {
            // a create is under way: the server calls again when that is settled
            Some(Entry::Claimed(_)) => return None,
            Some(Entry::Held(held)) if held.key == *key && held.server != token.server => {
                // a copy has ended: the room goes on elsewhere
                if !self.stored(self.store.knows(id).await).ok()? {
                    self.stored(self.store.never(id, self.clock.now()).await).ok()?;
                }
                return Some(Heard::Taken);
            }
            Some(Entry::Held(held)) => Some(held).filter(|held| held.key == *key),
            None => None,
        };
        let is_own =
            held.as_ref().and_then(|held| held.callbacks.as_ref()).is_some_and(|callbacks| callbacks.id == *id);
        if !is_own && self.stored(self.store.knows(id).await).ok()? {
            return Some(Heard::Taken);
        }
        let server = self.fleet().server(&token.server).cloned()?;
        let found = self.find_on(&server, &key.meeting_id).await.ok()?;
        let as_held = |found: &Found| held.as_ref().is_some_and(|held| held.internal_id == found.internal_id);
        let runs = found.as_ref().is_some_and(|found| {
            // where the server does not say whose doing it is, what is known of the incarnation tells
            let the_same = found.callback.as_ref().map_or_else(|| is_own && as_held(found), |callback| callback == id);
            the_same && !found.ended
        });
        if runs {
            return None;
        }
        let dropped = self.stored(self.store.enqueue(token.callbacks.deliveries(key, recording_marks)).await).ok()?;
        if dropped > 0 {
            return None;
        }
        // only the incarnation that the server denies, or says has ended: a newer one is none of this token's business
        let held_has_ended = found.as_ref().is_none_or(|found| found.ended && as_held(found));
        if let Some(held) = held.filter(|_| held_has_ended) {
            self.forget(&held, Ended::Callback).await.ok()?;
        }
        Some(Heard::Taken)
    }

    /// What `server` says of the meeting that it has under that id now.
    pub(super) async fn find_on(&self, server: &FleetServer, id: &MeetingId) -> Result<Option<Found>, GatewayError> {
        let query = Params::from_iter([("meetingID", id.as_str())]).encode();
        let call = ServerCall::read(&server.server, "getMeetingInfo", &query, self.settings.attempt);
        let found = self.ask(server, call, |answer| {
            if answer.is_not_found() {
                return Ok(None);
            }
            let created = Created::read(answer).filter(|_| answer.is_success());
            let root = answer.root();
            let found = |created: Created| Found {
                internal_id: created.internal_id,
                callback: root.child("metadata").and_then(stamp::read_callback),
                ended: root.flag("hasBeenForciblyEnded") || root.number("endTime").unwrap_or(0) > 0,
            };
            created
                .map(found)
                .map(Some)
                .ok_or_else(|| GatewayError::BadAnswer("it does not say whether it runs".into()))
        });
        found.await?
    }
}
