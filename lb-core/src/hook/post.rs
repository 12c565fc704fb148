//! [`HookPost`]: what bbb-webhooks posts, and whether it is signed.

use std::fmt;

use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::HookEvent;
use crate::checksum::{self, Checksum};
use crate::secret::Secret;

/// How many events one post may carry. bbb-webhooks sends one; older versions up to ten.
pub const MOST_EVENTS: usize = 100;

/// One post to the balancer's own hook on a server.
#[derive(Clone, Copy)]
pub struct HookPost<'a> {
    /// The `checksum` in the query, if there is one.
    pub checksum: Option<&'a str>,
    /// The `Authorization` header, if there is one.
    pub authorization: Option<&'a str>,
    /// The body: a form.
    pub body: &'a [u8],
}

impl HookPost<'_> {
    /// Whether the server whose secret is `secret` sent it to the hook at `url`: its checksum is right, or it carries the secret
    /// itself, as with `auth2_0` in the configuration of bbb-webhooks.
    pub fn is_signed(&self, url: &str, secret: &Secret) -> bool {
        let bearer = self.authorization.and_then(|header| header.strip_prefix("Bearer "));
        if bearer.is_some_and(|bearer| !secret.is_empty() && *secret == Secret::from(bearer)) {
            return true;
        }
        let given = self.checksum.and_then(|text| Some((text, Checksum::parse(text)?)));
        let (Some((text, checksum)), Ok(body)) = (given, std::str::from_utf8(self.body)) else { return false };
        let right = checksum::sign(checksum.algorithm(), url, body, secret);
        right.as_bytes().ct_eq(text.to_ascii_lowercase().as_bytes()).into()
    }

    /// The events that it carries; `None` where it is no post of bbb-webhooks, or carries more than [`MOST_EVENTS`].
    pub fn events(&self) -> Option<Vec<HookEvent>> {
        let mut form = form_urlencoded::parse(self.body);
        let (_, event) = form.find(|(name, _)| name == "event")?;
        HookEvent::read_all(&event).filter(|events| events.len() <= MOST_EVENTS)
    }
}

impl fmt::Debug for HookPost<'_> {
    /// Without what it is signed with, and without what people said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookPost").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Algorithm;

    const URL: &str = "https://lb.example/callbacks/hook/bbb1/t?x=1";
    const BODY: &str = "domain=bbb1.example&event=%5B%7B%7D%5D&timestamp=1";

    #[test]
    fn a_post_is_signed_over_url_and_body_with_any_algorithm() {
        let secret = Secret::from("s3cr3t");
        let post = |checksum: &str, authorization: Option<&str>, body: &str| {
            HookPost { checksum: Some(checksum), authorization, body: body.as_bytes() }.is_signed(URL, &secret)
        };
        for algorithm in Algorithm::ALL {
            let right = checksum::sign(algorithm, URL, BODY, &secret);
            assert!(post(&right, None, BODY) && post(&right.to_uppercase(), None, BODY), "{algorithm:?}");
            assert!(!post(&right, None, "domain=x") && !post(&right[2..], None, BODY), "{algorithm:?}");
            assert!(!post(&checksum::sign(algorithm, URL, BODY, &"other".into()), None, BODY), "{algorithm:?}");
        }
        assert!(post("", Some("Bearer s3cr3t"), BODY));
        assert!(!post("", Some("Bearer s3cr3"), BODY) && !post("", Some("s3cr3t"), BODY) && !post("", None, BODY));
        let nobody = HookPost { checksum: None, authorization: Some("Bearer "), body: BODY.as_bytes() };
        assert!(!nobody.is_signed(URL, &"".into()));
    }

    #[test]
    fn what_is_no_list_of_events_is_none() {
        let events = |event: &str| {
            let body = form_urlencoded::Serializer::new(String::new()).append_pair("event", event).finish();
            HookPost { checksum: None, authorization: None, body: body.as_bytes() }.events().map(|events| events.len())
        };
        assert_eq!(events("[]"), Some(0));
        assert_eq!(events("[{\"data\":{\"id\":\"meeting-ended\"}},7]"), Some(1), "what is no event is passed over");
        for bad in ["", "7", "{", "\u{0}", &"[".repeat(100_000)] {
            assert_eq!(events(bad), None, "{} bytes", bad.len());
        }
        let many = vec!["{\"data\":{\"id\":\"a\"}}"; MOST_EVENTS + 1].join(",");
        assert_eq!(events(&format!("[{many}]")), None);
        assert_eq!(HookPost { checksum: None, authorization: None, body: b"domain=x" }.events().map(|_| ()), None);
    }
}
