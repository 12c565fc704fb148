//! [`CallbackUrl`]: a URL of a website, which may carry a secret.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

/// The longest URL that a website is told by, bytes. A longer one is not kept.
pub const LONGEST_CALLBACK_URL: usize = 2048;

/// Where a website wants to be told something: http or https, with a host. It prints its host alone: websites put secrets
/// into the rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallbackUrl(Arc<str>);

impl CallbackUrl {
    /// The URL that `text` is, kept as it is written: a website may have signed it. `None` if it is none, of another protocol,
    /// without a host, or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let short = Some(text).filter(|text| text.len() <= LONGEST_CALLBACK_URL);
        let url = short.and_then(|text| Url::parse(text).ok())?;
        let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
        // written anew it may have become longer
        (usable && url.as_str().len() <= LONGEST_CALLBACK_URL).then(|| Self(text.into()))
    }

    /// The URL that a store kept.
    pub fn kept(text: String) -> Self {
        Self(text.into())
    }

    /// The URL. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The host and, if it says one, the port: all of it that may be told.
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        let authority = url.as_ref().and_then(|url| {
            let host = url.host_str()?;
            Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
        });
        authority.unwrap_or_default()
    }

    /// The URL with parameters behind those that it has, before a fragment.
    #[must_use]
    pub fn with(&self, parameters: &[(&str, &str)]) -> Self {
        let Ok(mut url) = Url::parse(&self.0) else { return self.clone() };
        url.query_pairs_mut().extend_pairs(parameters);
        Self(String::from(url).into())
    }
}

impl CallbackUrl {
    /// The URL as it is written with a checksum at its end, as bbb-webhooks does it.
    pub(super) fn with_checksum(&self, checksum: &str) -> Self {
        let (url, fragment) = self.0.split_at(self.0.find('#').unwrap_or(self.0.len()));
        let separator = if url.contains('?') { "&" } else { "?" };
        Self([url, separator, "checksum=", checksum, fragment].concat().into())
    }
}

impl fmt::Debug for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackUrl({})", self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_go_behind_those_that_are_there() {
        for (given, with) in [
            ("https://a.example", "https://a.example/?m=1"),
            ("https://a.example/p?", "https://a.example/p?m=1"),
            ("https://a.example/p?a=%20b&c", "https://a.example/p?a=%20b&c&m=1"),
            ("https://a.example/p?a#f?g", "https://a.example/p?a&m=1#f?g"),
        ] {
            assert_eq!(CallbackUrl::parse(given).unwrap().with(&[("m", "1")]).expose(), with);
        }
    }

    #[test]
    fn only_the_host_is_shown() {
        let url = CallbackUrl::parse("https://user:s3cr3t@lms.example:8443/s3cr3t?token=s3cr3t").unwrap();
        assert_eq!(format!("{url:?}"), "CallbackUrl(lms.example:8443)");
        assert_eq!(url.host(), "lms.example:8443");
    }
}
