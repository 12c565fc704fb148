//! [`CallbackUrl`]: a URL of a website, which may carry a secret.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

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
        // URLs have no blanks and control characters: what is read in spite of them is written anew
        let odd = text.contains(|c: char| c.is_whitespace() || c.is_control());
        let written = if odd { url.as_str() } else { text };
        // written anew it may have become longer
        (usable && url.as_str().len() <= LONGEST_CALLBACK_URL).then(|| Self(written.into()))
    }

    /// The URL that a store kept.
    pub fn kept(text: String) -> Self {
        Self(text.into())
    }

    /// The URL. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The host alone, in lower case; `None` where the URL is none.
    pub fn host_name(&self) -> Option<String> {
        Url::parse(&self.0).ok()?.host_str().map(str::to_owned)
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

    /// Why a URL is not told that is not [at](Self::is_at) the hosts of its integration.
    pub const ELSEWHERE: &'static str = "its host is none that the integration names";

    /// Whether it leads to one of `hosts`, or there are none. `*.example.org` means all hosts below example.org, and not that one
    /// itself; case, port and a dot at the end do not count.
    pub fn is_at(&self, hosts: &[String]) -> bool {
        let url = Url::parse(&self.0).ok();
        let Some(host) = url.as_ref().and_then(Url::host_str).map(|host| host.trim_end_matches('.')) else {
            return false;
        };
        // as a URL has it: in lower case, other scripts in their ASCII form
        let written = |host: &str| Host::parse(host.trim_end_matches('.')).map(|host| host.to_string()).ok();
        hosts.is_empty()
            || hosts.iter().any(|known| match known.strip_prefix("*.") {
                Some(parent) => written(parent).is_some_and(|parent| {
                    host.strip_suffix(&*parent).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
                }),
                None => written(known).as_deref() == Some(host),
            })
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
    fn hosts_are_named_whole_or_by_what_they_are_below() {
        let is_at = |url: &str, host: &str| CallbackUrl::parse(url).unwrap().is_at(&["x.example".into(), host.into()]);
        for (url, host) in [
            ("https://lms.example:8443/", "lms.example"),
            ("https://LMS.example./", "Lms.Example"),
            ("https://a.b.lms.example/", "*.lms.example"),
            ("https://bücher.example/", "xn--bcher-kva.example"),
            ("https://xn--bcher-kva.example/", "bücher.example"),
            ("http://[::1]:80/", "[::1]"),
            ("http://192.0.2.1/", "192.0.2.1"),
        ] {
            assert!(is_at(url, host), "{url} {host}");
        }
        for (url, host) in [
            ("https://lms.example/", "*.lms.example"),
            ("https://evil-lms.example/", "*.lms.example"),
            ("https://evillms.example/", "lms.example"),
            ("https://lms.example.evil.example/", "lms.example"),
            ("https://lms.example@evil.example/", "lms.example"),
            ("https://a.lms.example/", "lms.example"),
            ("https://a.lms.example/", "*"),
            ("https://a.lms.example/", "*."),
        ] {
            assert!(!is_at(url, host), "{url} {host}");
        }
        assert!(CallbackUrl::parse("https://a.example/").unwrap().is_at(&[]));
    }

    #[test]
    fn a_url_stays_as_it_is_written_unless_it_has_what_urls_have_not() {
        for (given, kept) in [
            ("HTTPS://LMS.example:443", "HTTPS://LMS.example:443"),
            ("https://lms.example/é?a=\"b\"", "https://lms.example/é?a=\"b\""),
            (" https://lms.example/a b\n", "https://lms.example/a%20b"),
            ("https://lms.example/\u{1}x", "https://lms.example/%01x"),
        ] {
            assert_eq!(CallbackUrl::parse(given).unwrap().expose(), kept, "{given:?}");
        }
    }

    #[test]
    fn only_the_host_is_shown() {
        let url = CallbackUrl::parse("https://user:s3cr3t@lms.example:8443/s3cr3t?token=s3cr3t").unwrap();
        assert_eq!(format!("{url:?}"), "CallbackUrl(lms.example:8443)");
        assert_eq!(url.host(), "lms.example:8443");
    }
}
