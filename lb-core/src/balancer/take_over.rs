//! What becomes of the callbacks that a website asks for in a create: the balancer tells the website itself.
//!
//! ```text
//!   create ──▶ the website's URLs are sealed into tokens, one for each place, and the server gets
//!              meetingEndedURL=PUBLIC_URL/callbacks/ended/NAME/TOKEN, and where the website gave one of these
//!              meta_bbb-recording-ready-url=…/recording-ready/…, meta_analytics-callback-url=…/analytics/…
//! ```

use std::sync::Arc;

use url::Url;

use super::Balancer;
use super::create::Creating;
use crate::api::{Params, stamp};
use crate::callback::{CallbackId, CallbackPlace, CallbackSender, CallbackToken, CallbackUrls, Callbacks, ENDED_URL};
use crate::event::EventKind;
use crate::fleet::FleetServer;
use crate::meeting::MeetingId;
use crate::network::Integration;
use crate::rng::RngExt;

/// How callbacks are taken over: where servers reach this balancer, and who tells websites.
#[derive(Clone, Debug)]
pub struct Relay {
    /// The URL under which servers reach this balancer: `PUBLIC_URL/callbacks/PLACE/INTEGRATION/TOKEN`, see [`CallbackPlace`].
    pub public_url: Url,
    /// Who tells websites.
    pub sender: Arc<dyn CallbackSender>,
}

impl Balancer {
    /// The callbacks of a create that is about to be sent, under an id of their own; `None` where they are not taken over.
    pub(super) fn callbacks(&self, creating: &Creating<'_>) -> Option<Callbacks> {
        self.relay.as_ref()?;
        // the secret that they are sealed with
        creating.integration.valid_secrets(self.clock.now()).next()?;
        let id = self.rng.alphanumeric(CallbackId::LENGTH).into();
        Some(Callbacks { id, urls: creating.create.callbacks.clone() })
    }

    /// Puts the balancer's own callbacks into a create in place of the website's, and stamps it so that its meeting is known.
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
        let url = |place: CallbackPlace| {
            let token = token.seal(place, integration, &*self.rng)?;
            Some(place.url(&relay.public_url, &integration.name, &token))
        };
        let Some(ended) = url(CallbackPlace::Ended) else { return };
        CallbackUrls::take_from(params);
        params.set(ENDED_URL, ended);
        stamp::write_callback(params, &callbacks.id);
        let asked_for = [
            (CallbackPlace::RecordingReady, &callbacks.urls.recording_ready),
            (CallbackPlace::Analytics, &callbacks.urls.analytics),
        ];
        for (place, _) in asked_for.into_iter().filter(|(_, asked_for)| asked_for.is_some()) {
            if let (Some(key), Some(url)) = (place.metadata_key(), url(place)) {
                params.set(&format!("meta_{key}"), url);
            }
        }
    }

    /// Tells of callbacks that were given and that nobody can be told by.
    pub(super) async fn tell_unusable(&self, creating: &Creating<'_>) {
        for (kind, problem) in creating.create.unusable_callbacks.iter().filter(|_| self.relay.is_some()) {
            let (meeting, kind, problem) = (creating.key.clone(), *kind, (*problem).to_owned());
            let host = String::new();
            self.tell(EventKind::CallbackFailed { meeting, kind, host, problem, given_up: true }).await;
        }
    }
}
