//! [`Message`]: what a delivery says, and [`CallbackRequest`], the request that says it.
//!
//! A message is signed when it is sent, with a secret that the integration has at that moment: one that waited while a secret
//! was rotated is read with the new one, and none is kept with it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::form_urlencoded;

use super::CallbackUrl;
use crate::checksum::{self, Algorithm};
use crate::clock::Timestamp;
use crate::jwt::{self, JwtAlgorithm};
use crate::meeting::MeetingId;
use crate::secret::Secret;

/// How long a website may use the token of an analytics callback, as BBB's.
const ANALYTICS_TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);

const FORM: &str = "application/x-www-form-urlencoded";

/// What a website is told by one delivery.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "kebab-case")]
pub enum Message {
    /// A meeting has ended: its URL is got, and says all.
    Ended,
    /// A recording can be watched: a form with a token (HS256) that names meeting and recording.
    RecordingReady {
        /// BBB's id of the recording.
        record_id: Arc<str>,
    },
    /// What went on in a meeting: JSON, with a bearer token (HS512) that is good for 24 hours.
    Analytics {
        /// The JSON, at most [`LONGEST_ANALYTICS`] bytes.
        body: Arc<str>,
    },
    /// Something that happened, for a hook: the form that bbb-webhooks posts, with a checksum in the URL.
    Hook {
        /// Which hook.
        hook: Arc<str>,
        /// What happened: a JSON array as text.
        event: Arc<str>,
        /// When, in milliseconds since 1970.
        timestamp: u64,
    },
}

/// The longest analytics that are taken, bytes.
pub const LONGEST_ANALYTICS: usize = 1 << 20;

/// What a message is signed with.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// A secret of the integration.
    pub secret: &'a Secret,
    /// The present moment.
    pub now: Timestamp,
    /// The balancer's host, which hooks are told as the server's.
    pub domain: &'a str,
}

/// What an answer says of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// The website knows.
    Yes,
    /// It does not, and may later.
    NotNow,
    /// It does not, and does not want to.
    Never,
}

impl Message {
    /// What is to be sent to `url`, about the meeting `meeting_id`; `None` if it must be signed and there is nothing to sign
    /// with.
    pub fn request(
        &self,
        url: &CallbackUrl,
        meeting_id: &MeetingId,
        signing: Option<Signing<'_>>,
    ) -> Option<CallbackRequest> {
        let form = |body: String| Post { content_type: FORM, authorization: None, body: body.into() };
        let request = match self {
            Self::Ended => CallbackRequest { url: url.clone(), post: None },
            Self::RecordingReady { record_id } => {
                let claims = json!({ "meeting_id": meeting_id.as_str(), "record_id": &**record_id });
                let token = jwt::sign(JwtAlgorithm::Hs256, &claims, signing?.secret);
                let body =
                    form_urlencoded::Serializer::new(String::new()).append_pair("signed_parameters", &token).finish();
                CallbackRequest { url: url.clone(), post: Some(form(body)) }
            }
            Self::Analytics { body } => {
                let signing = signing?;
                let claims = json!({ "exp": (signing.now + ANALYTICS_TOKEN_LIFE).as_millis() / 1000 });
                let token = jwt::sign(JwtAlgorithm::Hs512, &claims, signing.secret);
                let authorization = Some(format!("Bearer {token}").into());
                let post = Post {
                    content_type: "application/json",
                    authorization,
                    body: Bytes::copy_from_slice(body.as_bytes()),
                };
                CallbackRequest { url: url.clone(), post: Some(post) }
            }
            Self::Hook { event, timestamp, .. } => {
                let signing = signing?;
                let body = form_urlencoded::Serializer::new(String::new())
                    .append_pair("domain", signing.domain)
                    .append_pair("event", event)
                    .append_pair("timestamp", &timestamp.to_string())
                    .finish();
                let checksum = checksum::sign(Algorithm::Sha1, url.expose(), &body, signing.secret);
                CallbackRequest { url: url.with_checksum(&checksum), post: Some(form(body)) }
            }
        };
        Some(request)
    }

    /// What `status` of a website's answer says.
    pub fn receipt(&self, status: u16) -> Receipt {
        match (self, status) {
            (_, 200..=299) => Receipt::Yes,
            // as BBB's script: the meeting was deleted there; nobody wants to know
            (Self::RecordingReady { .. }, 410) => Receipt::Yes,
            (Self::RecordingReady { .. }, 404) => Receipt::Never,
            // as bbb-webhooks: it came, and was not wanted
            (Self::Hook { .. }, 401) => Receipt::Yes,
            _ => Receipt::NotNow,
        }
    }

    /// Whether it cannot be sent without a secret.
    pub fn is_signed(&self) -> bool {
        !matches!(self, Self::Ended)
    }
}

impl fmt::Debug for Message {
    /// Which, without what it says: events and analytics name people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "Ended",
            Self::RecordingReady { .. } => "RecordingReady",
            Self::Analytics { .. } => "Analytics",
            Self::Hook { .. } => "Hook",
        })
    }
}

/// One request to a website, signed and ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackRequest {
    /// Where to, signature included.
    pub url: CallbackUrl,
    /// What is posted; absent: GET.
    pub post: Option<Post>,
}

/// What is posted.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// What the body is.
    pub content_type: &'static str,
    /// The header `Authorization`. It is not for another host that the website may redirect to.
    pub authorization: Option<Secret>,
    /// The body. It may carry a token.
    pub body: Bytes,
}

impl fmt::Debug for CallbackRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackRequest").field("url", &self.url).field("post", &self.post).finish()
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("content_type", &self.content_type).field("bytes", &self.body.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "LBtest-0a1B2c3D4e5F";

    fn request(message: &Message, url: &str) -> CallbackRequest {
        let secret = SECRET.into();
        let signing = Signing { secret: &secret, now: Timestamp::from_millis(1_700_000_000_500), domain: "lb.example" };
        let url = CallbackUrl::parse(url).unwrap();
        if message.is_signed() {
            assert_eq!(message.request(&url, &"room-1".into(), None), None);
        }
        message.request(&url, &"room-1".into(), Some(signing)).unwrap()
    }

    fn text(request: &CallbackRequest) -> String {
        String::from_utf8(request.post.as_ref().unwrap().body.to_vec()).unwrap()
    }

    #[test]
    fn a_recording_is_told_of_as_bbb_does() {
        let record_id = "0e9770ee13188deca3cd34f598eb93650a2f97c3-1700000000000".into();
        let request = request(&Message::RecordingReady { record_id }, "https://lms.example/ready?x=1");
        assert_eq!(request.url.expose(), "https://lms.example/ready?x=1");
        assert_eq!(request.post.as_ref().map(|post| post.content_type), Some("application/x-www-form-urlencoded"));
        assert_eq!(
            text(&request),
            "signed_parameters=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJtZWV0aW5nX2lkIjoicm9vbS0xIiwicmVjb3JkX2lkIjoiMGU5Nz\
             cwZWUxMzE4OGRlY2EzY2QzNGY1OThlYjkzNjUwYTJmOTdjMy0xNzAwMDAwMDAwMDAwIn0.xfbVLKqRLP4KLv6qIk160fiM6BBePZZkLKq8NpfSOmQ"
        );
    }

    #[test]
    fn analytics_carry_a_token_that_ends_a_day_later() {
        let request = request(&Message::Analytics { body: "{\"a\":\"é\"}".into() }, "https://lms.example/analytics");
        let post = request.post.as_ref().unwrap();
        assert_eq!((post.content_type, text(&request).as_str()), ("application/json", "{\"a\":\"é\"}"));
        let token = post.authorization.as_ref().unwrap().expose().strip_prefix("Bearer ").unwrap();
        let claims = jwt::verify(token, JwtAlgorithm::Hs512, &SECRET.into()).unwrap();
        assert_eq!(serde_json::Value::Object(claims), json!({ "exp": 1_700_086_400 }));
    }

    #[test]
    fn a_hook_is_signed_in_its_url_as_given() {
        let message = Message::Hook { hook: "3".into(), event: r#"[{"data":{"id":"a b"}}]"#.into(), timestamp: 17 };
        for (given, sent) in [
            ("https://lms.example", "https://lms.example?checksum="),
            ("https://LMS.example/h?x=1&y=%C3%A9", "https://LMS.example/h?x=1&y=%C3%A9&checksum="),
            ("https://lms.example/h#part", "https://lms.example/h?checksum="),
        ] {
            let request = request(&message, given);
            let body = "domain=lb.example&event=%5B%7B%22data%22%3A%7B%22id%22%3A%22a+b%22%7D%7D%5D&timestamp=17";
            assert_eq!(text(&request), body);
            let checksum = checksum::sign(Algorithm::Sha1, "", &format!("{given}{body}"), &SECRET.into());
            let expected = request.url.expose().split('#').next().unwrap();
            assert_eq!(expected, format!("{sent}{checksum}"));
        }
    }

    #[test]
    fn what_an_answer_says_depends_on_what_was_told() {
        let ready = Message::RecordingReady { record_id: "r".into() };
        let hook = Message::Hook { hook: "1".into(), event: "[]".into(), timestamp: 0 };
        let analytics = Message::Analytics { body: "{}".into() };
        for message in [&Message::Ended, &ready, &hook, &analytics] {
            for (status, receipt) in
                [(200, Receipt::Yes), (204, Receipt::Yes), (500, Receipt::NotNow), (302, Receipt::NotNow)]
            {
                assert_eq!(message.receipt(status), receipt, "{message:?} {status}");
            }
        }
        let of = |status: u16| [&Message::Ended, &ready, &hook, &analytics].map(|message| message.receipt(status));
        assert_eq!(of(401), [Receipt::NotNow, Receipt::NotNow, Receipt::Yes, Receipt::NotNow]);
        assert_eq!(of(410), [Receipt::NotNow, Receipt::Yes, Receipt::NotNow, Receipt::NotNow]);
        assert_eq!(of(404), [Receipt::NotNow, Receipt::Never, Receipt::NotNow, Receipt::NotNow]);
    }

    #[test]
    fn nothing_of_a_message_is_shown() {
        let message = Message::Analytics { body: "Ada".into() };
        let request = request(&message, "https://lms.example/analytics?key=s3cr3t");
        let shown = format!("{message:?} {request:?}");
        assert_eq!(
            shown,
            "Analytics CallbackRequest { url: CallbackUrl(lms.example), post: Some(Post { content_type: \
             \"application/json\", bytes: 3 }) }"
        );
    }
}
