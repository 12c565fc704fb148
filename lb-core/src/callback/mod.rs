//! What a website wants to be told of its meetings, and how it is told.
//!
//! BBB calls a website back when a meeting ends (`meetingEndedURL`, `meta_endCallbackUrl`), when its recording is ready
//! (`meta_bbb-recording-ready-url`), and with what went on in it (`meta_analytics-callback-url`). Behind a balancer that goes
//! wrong: a server that dies tells nobody, and the others sign with secrets that no website knows. So the balancer takes these
//! URLs out of the create, hands the server URLs of its own, and tells the website itself: of the end however it learns of it.
//!
//! | | |
//! |---|---|
//! | [`CallbackUrls`] | what the website gave |
//! | [`CallbackPlace`] | where servers call in its place |
//! | [`Callbacks`] | the same under an id, kept with the meeting |
//! | [`CallbackToken`] | the sealed part of the URL that the server is given |
//! | [`Delivery`] | one thing that one website is to be told, in the [`Outbox`](crate::store::Outbox) |
//! | [`Message`] | what it says, and how that is signed |
//! | [`CallbackSender`] | who tells it |

mod analytics;
mod delivery;
mod message;
mod place;
mod sender;
mod token;
mod url;
mod urls;

use serde::{Deserialize, Serialize};

pub(crate) use self::analytics::analytics_for_website;
pub use self::delivery::{CallbackKind, Delivery, DeliveryId, LONGEST_PAUSE, pause_after};
pub use self::message::{CallbackRequest, LONGEST_ANALYTICS, Message, Post, Receipt, Signing};
pub(crate) use self::place::is_own_metadata;
pub use self::place::{CallbackPlace, metadata_for_website};
pub use self::sender::{CallbackSender, SendError};
pub use self::token::CallbackToken;
pub use self::url::{CallbackUrl, LONGEST_CALLBACK_URL};
pub(crate) use self::urls::is_callback;
pub use self::urls::{CallbackUrls, Unusable};

use crate::meeting::MeetingKey;
use crate::names::name_type;

/// The parameter of a create that BBB calls when the meeting has ended.
pub(crate) const ENDED_URL: &str = "meetingEndedURL";

/// The metadata that does the same, older and still used; in lower case, as BBB keeps it.
const META_KEY: &str = "endcallbackurl";

name_type! {
    /// Names the callbacks of one create that was sent to one server. It is stamped on the meeting, so that the server's word
    /// on a meeting tells which create made it. No secret.
    CallbackId
}

impl CallbackId {
    /// Length in characters of an id that the balancer draws.
    pub const LENGTH: usize = 24;
}

/// The callbacks of one meeting, as they are kept with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callbacks {
    /// Names them.
    pub id: CallbackId,
    /// What the website asked for; perhaps nothing.
    #[serde(flatten)]
    pub urls: CallbackUrls,
}

impl Callbacks {
    /// The same, where a server says which create made the meeting.
    #[must_use]
    pub fn made_by(self, callback: Option<CallbackId>) -> Self {
        Self { id: callback.unwrap_or(self.id), ..self }
    }

    /// The metadata that the website gave and its server was not told of: keys in lower case, as BBB keeps them.
    pub(crate) fn metadata(&self) -> impl Iterator<Item = (&'static str, &CallbackUrl)> {
        let given = [
            (Some(META_KEY), &self.urls.meta),
            (CallbackPlace::RecordingReady.metadata_key(), &self.urls.recording_ready),
            (CallbackPlace::Analytics.metadata_key(), &self.urls.analytics),
        ];
        given.into_iter().filter_map(|(key, url)| Some((key?, url.as_ref()?)))
    }

    /// What is to be delivered now that the meeting `key` has ended. `recording_marks`: whether somebody pressed the button
    /// that starts a recording; `false` where nobody knows.
    pub fn deliveries(&self, key: &MeetingKey, recording_marks: bool) -> Vec<Delivery> {
        let marks = ("recordingmarks", if recording_marks { "true" } else { "false" });
        let delivery = |kind, url| Delivery {
            id: DeliveryId { callback: self.id.clone(), kind },
            meeting: key.clone(),
            url,
            message: Message::Ended,
            failures: 0,
        };
        let ended = self.urls.ended.iter().map(|url| delivery(CallbackKind::Ended, url.with(&[marks])));
        let meta = self.urls.meta.iter().map(|url| {
            let url = url.with(&[marks, ("meetingID", key.meeting_id.as_str())]);
            delivery(CallbackKind::MetaEnded, url)
        });
        ended.chain(meta).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websites_are_told_as_bbb_tells_them() {
        let url = |text| CallbackUrl::parse(text);
        let urls = CallbackUrls {
            ended: url("https://a.example/e#top"),
            meta: url("http://b.example/?x=1"),
            ..CallbackUrls::default()
        };
        let callbacks = Callbacks { id: "c1".into(), urls };
        let deliveries = callbacks.deliveries(&MeetingKey::new("moodle", "room 1&2"), true);
        let told: Vec<_> = deliveries.iter().map(|delivery| delivery.url.expose()).collect();
        assert_eq!(
            told,
            [
                "https://a.example/e?recordingmarks=true#top",
                "http://b.example/?x=1&recordingmarks=true&meetingID=room+1%262"
            ]
        );
        let shown = format!("{callbacks:?} {deliveries:?}");
        assert!(!shown.contains("x=1") && !shown.contains("room+1"), "{shown}");
    }
}
