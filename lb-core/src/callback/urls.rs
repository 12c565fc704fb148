//! [`CallbackUrls`]: where a website wants to be told what.

use serde::{Deserialize, Serialize};

use super::{CallbackKind, CallbackUrl, ENDED_URL, META_KEY};
use crate::api::Params;

/// The metadata that a website may give for recordings that are ready: the first that it gives counts. (BBB's own script.)
const RECORDING_READY_KEYS: [&str; 3] =
    ["bbb-recording-ready-url", "bn-recording-ready-url", "canvas-recording-ready-url"];

/// The metadata that it may give for analytics.
const ANALYTICS_KEY: &str = "analytics-callback-url";

/// The callbacks that a website asked for in a create.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackUrls {
    /// `meetingEndedURL`.
    pub ended: Option<CallbackUrl>,
    /// `meta_endCallbackUrl`, in any case of its key.
    pub meta: Option<CallbackUrl>,
    /// `meta_bbb-recording-ready-url`, in any case of its key, or one of its older names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_ready: Option<CallbackUrl>,
    /// `meta_analytics-callback-url`, in any case of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analytics: Option<CallbackUrl>,
}

/// A callback that was given and that nobody can be told by, and why.
pub type Unusable = (CallbackKind, &'static str);

impl CallbackUrls {
    /// Reads what a create asks for, and which were given that nobody can be told by: no URL, another protocol than http and
    /// https, or one longer than [`LONGEST_CALLBACK_URL`](super::LONGEST_CALLBACK_URL).
    pub fn read(params: &Params) -> (Self, Vec<Unusable>) {
        let mut unusable = Vec::new();
        let mut read = |kind, given: Option<&str>| {
            let given = given.filter(|url| !url.is_empty())?;
            let url = CallbackUrl::parse(given);
            if url.is_none() {
                unusable.push((kind, "it is no URL of http or https, or too long"));
            }
            url
        };
        let metadata = |key: &str| params.iter().find(|(name, _)| is_metadata(name, key)).map(|(_, value)| value);
        let given = |key: &&str| metadata(key).is_some_and(|value| !value.is_empty());
        let recording_ready = RECORDING_READY_KEYS.iter().find(|key| given(key));
        let urls = Self {
            ended: read(CallbackKind::Ended, params.get(ENDED_URL)),
            meta: read(CallbackKind::MetaEnded, metadata(META_KEY)),
            recording_ready: read(CallbackKind::RecordingReady, recording_ready.and_then(|key| metadata(key))),
            analytics: read(CallbackKind::Analytics, metadata(ANALYTICS_KEY)),
        };
        (urls, unusable)
    }

    /// Drops those that lead to other hosts than `hosts`, unless there are none: see [`CallbackUrl::is_at`].
    pub fn keep_at(&mut self, hosts: &[String]) -> Vec<Unusable> {
        let mut dropped = Vec::new();
        for (kind, url) in [
            (CallbackKind::Ended, &mut self.ended),
            (CallbackKind::MetaEnded, &mut self.meta),
            (CallbackKind::RecordingReady, &mut self.recording_ready),
            (CallbackKind::Analytics, &mut self.analytics),
        ] {
            if url.take_if(|url| !url.is_at(hosts)).is_some() {
                dropped.push((kind, CallbackUrl::ELSEWHERE));
            }
        }
        dropped
    }

    /// Takes what the balancer tells websites itself out of a create.
    pub fn take_from(params: &mut Params) {
        params.retain(|name| {
            let is = |key: &&str| is_metadata(name, key);
            name != ENDED_URL && !is(&META_KEY) && !is(&ANALYTICS_KEY) && !RECORDING_READY_KEYS.iter().any(is)
        });
    }
}

/// Whether a parameter is metadata in which a website says where it wants to be told, whatever its case.
pub(crate) fn is_callback(name: &str) -> bool {
    let key = name.split_at_checked(5).filter(|(meta, _)| meta.eq_ignore_ascii_case("meta_")).map(|(_, key)| key);
    let is = |known: &str| key.is_some_and(|key| key.eq_ignore_ascii_case(known));
    is(META_KEY) || is(ANALYTICS_KEY) || RECORDING_READY_KEYS.into_iter().any(is)
}

fn is_metadata(name: &str, key: &str) -> bool {
    name.strip_prefix("meta_").is_some_and(|given| given.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::LONGEST_CALLBACK_URL;

    #[test]
    fn both_kinds_are_read_and_taken_out_whatever_the_case_of_the_meta_key() {
        let mut params = Params::parse(
            "name=a&meetingEndedURL=https://a.example/e?x=1&META_endCallbackUrl=x&meta_ENDCALLBACKURL=http://b.example/%23f\
             &meta_endcallbackurl=http://c.example&meetingendedurl=y",
        );
        let (urls, unusable) = CallbackUrls::read(&params);
        assert_eq!(urls.ended.as_ref().map(CallbackUrl::expose), Some("https://a.example/e?x=1"));
        assert_eq!(urls.meta.as_ref().map(CallbackUrl::expose), Some("http://b.example/#f"));
        assert_eq!(unusable, []);
        CallbackUrls::take_from(&mut params);
        assert_eq!(params.encode(), "name=a&META_endCallbackUrl=x&meetingendedurl=y");
    }

    #[test]
    fn what_nobody_can_be_told_by_is_counted() {
        let long = "x".repeat(LONGEST_CALLBACK_URL);
        let (ended, meta) = (CallbackKind::Ended, CallbackKind::MetaEnded);
        for (query, expected) in [
            ("meetingEndedURL=&meta_endCallbackUrl=".to_owned(), vec![]),
            ("meetingEndedURL=ftp://a.example/&meta_endCallbackUrl=javascript:alert(1)".to_owned(), vec![ended, meta]),
            ("meetingEndedURL=/ended".to_owned(), vec![ended]),
            (format!("meetingEndedURL=https://a.example/{long}"), vec![ended]),
        ] {
            let (urls, unusable) = CallbackUrls::read(&Params::parse(&query));
            let kinds: Vec<_> = unusable.into_iter().map(|(kind, _)| kind).collect();
            assert_eq!((urls, kinds), (CallbackUrls::default(), expected), "{query}");
        }
    }

    #[test]
    fn recordings_and_analytics_are_read_by_all_their_names() {
        let exposed = |url: &Option<CallbackUrl>| url.as_ref().map(|url| url.expose().to_owned());
        let mut params = Params::parse(
            "meta_Canvas-Recording-Ready-Url=https://c.example/&meta_bn-recording-ready-url=https://b.example/\
             &meta_BBB-recording-ready-URL=&meta_Analytics-Callback-Url=https://a.example/&meta_other-url=x",
        );
        let (urls, unusable) = CallbackUrls::read(&params);
        assert_eq!((exposed(&urls.recording_ready), unusable), (Some("https://b.example/".to_owned()), vec![]));
        assert_eq!(exposed(&urls.analytics), Some("https://a.example/".to_owned()));
        CallbackUrls::take_from(&mut params);
        assert_eq!(params.encode(), "meta_other-url=x");
    }

    #[test]
    fn hosts_that_may_not_be_told_are_dropped() {
        let params = Params::parse("meetingEndedURL=https://a.example/&meta_analytics-callback-url=https://b.example/");
        let (mut urls, _) = CallbackUrls::read(&params);
        assert_eq!(urls.keep_at(&[]), []);
        assert_eq!(urls.keep_at(&["a.example".to_owned()]), [(CallbackKind::Analytics, CallbackUrl::ELSEWHERE)]);
        assert!(urls.ended.is_some() && urls.analytics.is_none());
    }
}
