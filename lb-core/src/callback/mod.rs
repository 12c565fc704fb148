//! What a website wants to be told when its meeting has ended, and how it is told.
//!
//! BBB calls a website back when a meeting ends, at `meetingEndedURL` and at `meta_endCallbackUrl`. Behind a balancer that
//! goes wrong: a server that dies tells nobody. So the balancer takes both out of the create, hands the server a URL of its
//! own, and tells the website itself, however it learns of the end.
//!
//! | | |
//! |---|---|
//! | [`CallbackUrls`] | what the website gave |
//! | [`Callbacks`] | the same under an id, kept with the meeting |
//! | [`CallbackToken`] | the sealed part of the URL that the server is given |
//! | [`Delivery`] | one thing that one website is to be told, in the [`Outbox`](crate::store::Outbox) |
//! | [`Message`] | what it says, and how that is signed |
//! | [`CallbackSender`] | who tells it |

mod delivery;
mod message;
mod sender;
mod token;
mod url;

use serde::{Deserialize, Serialize};

pub use self::delivery::{CallbackKind, Delivery, DeliveryId, LONGEST_PAUSE, pause_after};
pub use self::message::{CallbackRequest, LONGEST_ANALYTICS, Message, Post, Receipt, Signing};
pub use self::sender::{CallbackSender, SendError};
pub use self::token::CallbackToken;
pub use self::url::{CallbackUrl, LONGEST_CALLBACK_URL};

use crate::api::Params;
use crate::meeting::MeetingKey;
use crate::names::name_type;

/// The parameter of a create that BBB calls when the meeting has ended.
pub(crate) const ENDED_URL: &str = "meetingEndedURL";

/// The metadata that does the same, older and still used; in lower case, as BBB keeps it.
pub(crate) const META_KEY: &str = "endcallbackurl";

name_type! {
    /// Names the callbacks of one create that was sent to one server. It is stamped on the meeting, so that the server's word
    /// on a meeting tells which create made it. No secret.
    CallbackId
}

impl CallbackId {
    /// Length in characters of an id that the balancer draws.
    pub const LENGTH: usize = 24;
}

/// The callbacks that a website asked for in a create.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackUrls {
    /// `meetingEndedURL`.
    pub ended: Option<CallbackUrl>,
    /// `meta_endCallbackUrl`, in any case of its key.
    pub meta: Option<CallbackUrl>,
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

impl CallbackUrls {
    /// Reads what a create asks for. The second is how many were given that nobody can be told by: no URL, another protocol
    /// than http and https, or one longer than [`LONGEST_CALLBACK_URL`].
    pub fn read(params: &Params) -> (Self, usize) {
        let mut unusable = 0;
        let mut read = |given: Option<&str>| {
            let given = given.filter(|url| !url.is_empty())?;
            let url = CallbackUrl::parse(given);
            unusable += usize::from(url.is_none());
            url
        };
        let ended = read(params.get(ENDED_URL));
        let meta = read(params.iter().find(|(name, _)| is_meta(name)).map(|(_, value)| value));
        (Self { ended, meta }, unusable)
    }

    /// Takes what the balancer tells websites itself out of a create.
    pub fn take_from(params: &mut Params) {
        params.retain(|name| name != ENDED_URL && !is_meta(name));
    }
}

fn is_meta(name: &str) -> bool {
    name.strip_prefix("meta_").is_some_and(|key| key.eq_ignore_ascii_case(META_KEY))
}

impl Callbacks {
    /// The same, where a server says which create made the meeting.
    #[must_use]
    pub fn made_by(self, callback: Option<CallbackId>) -> Self {
        Self { id: callback.unwrap_or(self.id), ..self }
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
    fn both_kinds_are_read_and_taken_out_whatever_the_case_of_the_meta_key() {
        let mut params = Params::parse(
            "name=a&meetingEndedURL=https://a.example/e?x=1&META_endCallbackUrl=x&meta_ENDCALLBACKURL=http://b.example/%23f\
             &meta_endcallbackurl=http://c.example&meetingendedurl=y",
        );
        let (urls, unusable) = CallbackUrls::read(&params);
        assert_eq!(urls.ended.as_ref().map(CallbackUrl::expose), Some("https://a.example/e?x=1"));
        assert_eq!(urls.meta.as_ref().map(CallbackUrl::expose), Some("http://b.example/#f"));
        assert_eq!(unusable, 0);
        CallbackUrls::take_from(&mut params);
        assert_eq!(params.encode(), "name=a&META_endCallbackUrl=x&meetingendedurl=y");
    }

    #[test]
    fn what_nobody_can_be_told_by_is_counted() {
        let long = "x".repeat(LONGEST_CALLBACK_URL);
        for (query, unusable) in [
            ("meetingEndedURL=&meta_endCallbackUrl=".to_owned(), 0),
            ("meetingEndedURL=ftp://a.example/&meta_endCallbackUrl=javascript:alert(1)".to_owned(), 2),
            ("meetingEndedURL=/ended".to_owned(), 1),
            (format!("meetingEndedURL=https://a.example/{long}"), 1),
        ] {
            assert_eq!(CallbackUrls::read(&Params::parse(&query)), (CallbackUrls::default(), unusable), "{query}");
        }
    }

    #[test]
    fn websites_are_told_as_bbb_tells_them() {
        let url = |text| CallbackUrl::parse(text);
        let urls = CallbackUrls { ended: url("https://a.example/e#top"), meta: url("http://b.example/?x=1") };
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
