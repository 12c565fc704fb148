//! What becomes of the analytics of a meeting: its server posts them, and the website gets them in its own terms.

use std::time::Duration;

use super::{Balancer, Heard};
use crate::callback::{
    CallbackKind, CallbackPlace, CallbackToken, Delivery, DeliveryId, Message, analytics_for_website,
};
use crate::jwt::{self, JwtAlgorithm};
use crate::meeting::MeetingKey;

/// How far a server's clock may be behind: its token is good for so long after its end.
const LEEWAY: Duration = Duration::from_secs(300);

/// A server that may post the analytics of a meeting: it showed that it is the one that has them.
#[derive(Debug)]
pub struct AdmittedAnalytics {
    key: MeetingKey,
    token: CallbackToken,
}

impl Balancer {
    /// Whether a server's call with analytics is one: looked at before its body is read, which may be long. `bearer` is the
    /// token of its header `Authorization` (HS512).
    ///
    /// # Errors
    /// What it is to be answered, where there is nothing to be read.
    pub fn admit_analytics(&self, integration: &str, token: &str, bearer: &str) -> Result<AdmittedAnalytics, Heard> {
        let (key, token) = self.opened(CallbackPlace::Analytics, integration, token)?;
        let server = self.fleet().server(&token.server).cloned().ok_or(Heard::Later)?;
        let forged = |problem| self.forged(key.clone(), CallbackKind::Analytics, token.server.clone(), problem);
        let Some(claims) = jwt::verify(bearer, JwtAlgorithm::Hs512, &server.server.secret) else {
            return Err(forged("it is not signed by its server"));
        };
        let end = claims.get("exp").and_then(|end| end.as_f64());
        let now = self.clock.now().before(LEEWAY).as_millis() as f64 / 1000.0;
        if end.is_none_or(|end| end < now) {
            return Err(forged("its token has expired"));
        }
        Ok(AdmittedAnalytics { key, token })
    }

    /// Takes the analytics of a meeting, at most [`LONGEST_ANALYTICS`](crate::callback::LONGEST_ANALYTICS) bytes. The website's
    /// own callback is in the outbox when this returns [`Heard::Taken`].
    ///
    /// # Cancel safety
    /// May be dropped at any time; a server that is not answered calls again.
    pub async fn analytics(&self, admitted: AdmittedAnalytics, body: &[u8]) -> Heard {
        let AdmittedAnalytics { key, token } = admitted;
        let network = self.network();
        let Some(integration) = network.integration(key.integration.as_str()) else { return Heard::Unknown };
        let Some(analytics) = analytics_for_website(integration, body) else { return Heard::Malformed };
        if analytics.meeting_id != token.meeting_id.as_str() {
            return self.forged(key, CallbackKind::Analytics, token.server, "it is about another meeting");
        }
        let Some(url) = token.callbacks.urls.analytics else { return Heard::Taken };
        let id = DeliveryId { callback: token.callbacks.id, kind: CallbackKind::Analytics };
        let message = Message::Analytics { body: analytics.body };
        self.taken_in(Delivery { id, meeting: key, url, message, failures: 0 }).await
    }
}
