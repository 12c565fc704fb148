//! What becomes of the ends of meetings: websites' callbacks are taken over, and servers' hints are verified.
//!
//! ```text
//!   create ──▶ the website's URLs are sealed into a token, and the server gets meetingEndedURL=…/callbacks/ended/NAME/TOKEN
//!   server ──GET──▶ ended: open the token ──▶ known already? ──▶ ask the server ──▶ outbox, forget the meeting
//!                                              (told before)     (getMeetingInfo)
//! ```
//!
//! A hint is never believed: it only makes the balancer look. Whatever comes of it, the lists of the servers find each end
//! too, and the outbox takes each delivery once.

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use super::Balancer;
use super::create::Creating;
use crate::api::create::Created;
use crate::api::{Params, stamp};
use crate::callback::{CallbackId, CallbackKind, CallbackSender, CallbackToken, CallbackUrls, Callbacks, ENDED_URL};
use crate::event::{Ended, EventKind};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::meeting::{InternalMeetingId, MeetingId, MeetingKey};
use crate::network::Integration;
use crate::rng::RngExt;
use crate::store::Entry;

/// The segments of a path that stand before an integration's name and a token.
const PLACE: [&str; 2] = ["callbacks", "ended"];

/// How long a token is good for: longer than any meeting, and shorter than what was delivered is remembered. An older one that
/// somebody found in a log tells no website anything.
const TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

/// How callbacks are taken over: where servers reach this balancer, and who tells websites.
#[derive(Clone, Debug)]
pub struct Relay {
    /// The URL under which servers reach [`Balancer::ended`]: `PUBLIC_URL/callbacks/ended/INTEGRATION/TOKEN`.
    pub public_url: Url,
    /// Who tells websites.
    pub sender: Arc<dyn CallbackSender>,
}

/// What came of a server's hint that a meeting has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The end is known, and the website is told. Status 200.
    Taken,
    /// The token is none of this balancer's. Status 404, and nothing else is to be said.
    Unknown,
    /// The meeting is not known to have ended: its server says that it runs, or does not answer, or the store fails. Status
    /// 503: a server tries again.
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
    /// The integration's name and the token in the path of a hint, whatever prefix the path has.
    pub fn hint_in(path: &str) -> Option<(String, &str)> {
        let mut segments = path.rsplit('/');
        let (token, name) = (segments.next()?, segments.next()?);
        let mut place = PLACE.iter().rev();
        if !place.all(|expected| segments.next() == Some(expected)) || token.is_empty() {
            return None;
        }
        Some((percent_decode_str(name).decode_utf8().ok()?.into_owned(), token))
    }

    /// A server says that a meeting of `integration` has ended. It is asked whether that is so; then the meeting is forgotten
    /// and the website's own callbacks are in the outbox.
    ///
    /// `recording_marks`: the server's word whether a recording was started in it.
    ///
    /// # Cancel safety
    /// May be dropped at any time: the lists of the server find the end too.
    pub async fn ended(&self, integration: &str, token: &str, recording_marks: bool) -> Heard {
        let network = self.network();
        let integration = network.integration(integration);
        let Some(token) = CallbackToken::open(integration.map(|found| &**found), token) else { return Heard::Unknown };
        let Some(integration) = integration else { return Heard::Unknown };
        if self.clock.now().since(token.sealed_at) > TOKEN_LIFE {
            return Heard::Taken;
        }
        let key = MeetingKey { integration: integration.name.clone(), meeting_id: token.meeting_id.clone() };
        self.verified(&key, &token, recording_marks).await.unwrap_or(Heard::Later)
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
        self.stored(self.store.enqueue(token.callbacks.deliveries(key, recording_marks)).await).ok()?;
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

    /// The callbacks of a create that is about to be sent, under an id of their own; `None` where they are not taken over.
    pub(super) fn callbacks(&self, creating: &Creating<'_>) -> Option<Callbacks> {
        self.relay.as_ref()?;
        // the secret that they are sealed with
        creating.integration.secrets.first()?;
        let id = self.rng.alphanumeric(CallbackId::LENGTH).into();
        Some(Callbacks { id, urls: creating.create.callbacks.clone() })
    }

    /// Puts the balancer's own callback into a create in place of the website's, and stamps it so that its meeting is known.
    pub(super) fn take_over(
        &self,
        params: &mut Params,
        integration: &Integration,
        server: &FleetServer,
        meeting_id: &MeetingId,
        callbacks: Option<&Callbacks>,
    ) {
        let (Some(relay), Some(callbacks)) = (&self.relay, callbacks) else { return };
        let (meeting_id, server) = (meeting_id.clone(), server.server.name.clone());
        let token = CallbackToken { sealed_at: self.clock.now(), meeting_id, server, callbacks: callbacks.clone() };
        let Some(token) = token.seal(integration, &*self.rng) else { return };
        CallbackUrls::take_from(params);
        let mut url = relay.public_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(PLACE).extend([integration.name.as_str(), &token]);
        }
        params.set(ENDED_URL, String::from(url));
        stamp::write_callback(params, &callbacks.id);
    }

    /// Tells of callbacks that were given and that nobody can be told by.
    pub(super) async fn tell_unusable(&self, creating: &Creating<'_>) {
        let unusable = if self.relay.is_some() { creating.create.unusable_callbacks } else { 0 };
        for _ in 0..unusable {
            let problem = "it is no URL of http or https, or too long".to_owned();
            let meeting = creating.key.clone();
            let (kind, host) = (CallbackKind::Ended, String::new());
            self.tell(EventKind::CallbackFailed { meeting, kind, host, problem, given_up: true }).await;
        }
    }
}
