//! [`CallbackPlace`]: where servers call the balancer.

use std::borrow::Cow;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use super::{CallbackToken, CallbackUrl};
use crate::api::stamp;
use crate::network::{Integration, IntegrationName};

/// The segment of a path that all places stand behind.
const ROOT: &str = "callbacks";

/// The shortest text that is taken for a token in a server's metadata, bytes: a nonce and a tag alone are 53.
const SHORTEST_TOKEN: usize = 64;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Where servers call the balancer, in place of the website: `PUBLIC_URL/callbacks/PLACE/INTEGRATION/TOKEN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackPlace {
    /// A meeting has ended.
    Ended,
    /// A recording is ready.
    RecordingReady,
    /// What went on in a meeting.
    Analytics,
}

impl CallbackPlace {
    /// All.
    pub const ALL: [Self; 3] = [Self::Ended, Self::RecordingReady, Self::Analytics];

    /// Its segment of a path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::RecordingReady => "recording-ready",
            Self::Analytics => "analytics",
        }
    }

    /// How long a token for it is good: longer than a server takes, and shorter than what was delivered is
    /// [remembered](super::CallbackKind::remembered). An older one that somebody found tells no website anything.
    pub fn token_life(self) -> Duration {
        match self {
            Self::Ended => 30 * DAY,
            // recordings are made at night, anew after years, and when a server has been repaired
            Self::RecordingReady | Self::Analytics => 90 * DAY,
        }
    }

    /// The place, the integration's name and the token in the path of a server's call, whatever prefix the path has.
    pub fn in_path(path: &str) -> Option<(Self, String, &str)> {
        let mut segments = path.rsplit('/');
        let (token, name, place) = (segments.next()?, segments.next()?, segments.next()?);
        let place = Self::ALL.into_iter().find(|known| known.as_str() == place)?;
        if segments.next() != Some(ROOT) || token.is_empty() {
            return None;
        }
        Some((place, percent_decode_str(name).decode_utf8().ok()?.into_owned(), token))
    }

    /// The URL that a server is given.
    pub(crate) fn url(self, public_url: &Url, integration: &IntegrationName, token: &str) -> String {
        let mut url = public_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend([ROOT, self.as_str(), integration.as_str(), token]);
        }
        url.into()
    }

    /// The place whose URL servers are given under the metadata `key`, in lower case; `_` counts as `-`, as in analytics.
    pub(crate) fn of_metadata(key: &str) -> Option<Self> {
        [Self::RecordingReady, Self::Analytics].into_iter().find(|place| {
            let own = place.metadata_key().unwrap_or_default();
            own.len() == key.len()
                && own.bytes().zip(key.bytes()).all(|(own, given)| own == given || (own, given) == (b'-', b'_'))
        })
    }

    /// The metadata under which servers are given its URL, in lower case; the one of the end of a meeting is no metadata.
    pub(crate) fn metadata_key(self) -> Option<&'static str> {
        match self {
            Self::Ended => None,
            Self::RecordingReady => Some("bbb-recording-ready-url"),
            Self::Analytics => Some("analytics-callback-url"),
        }
    }
}

/// The token in an entry of a server's metadata that is a URL which a balancer gave it.
fn own_token<'v>(key: &str, value: &'v str) -> Option<(CallbackPlace, &'v str)> {
    let place = CallbackPlace::of_metadata(key)?;
    let (found, _, token) = CallbackPlace::in_path(value.trim())?;
    (found == place && token.len() >= SHORTEST_TOKEN).then_some((place, token))
}

/// Whether an entry of a server's metadata is a URL that a balancer gave it in place of the website's.
pub(crate) fn is_own_metadata(key: &str, value: &str) -> bool {
    own_token(key, value).is_some()
}

/// What `integration` may see of one entry of the metadata of its meeting or recording, as a server shows it: its own URL in
/// place of the balancer's, nothing of the balancer's stamps (`None`), and all else as it is.
///
/// The URL comes out of the token, so this works for recordings whose meeting is long forgotten, for as long as the secret
/// that sealed it stands among those of the integration.
pub fn metadata_for_website<'v>(integration: &Integration, key: &str, value: &'v str) -> Option<Cow<'v, str>> {
    if stamp::is_stamp(&key.replace('_', "-")) {
        return None;
    }
    let Some((place, token)) = own_token(key, value) else { return Some(value.into()) };
    let token = CallbackToken::open(place, Some(integration), token)?;
    let url = match place {
        CallbackPlace::Ended => None,
        CallbackPlace::RecordingReady => token.callbacks.urls.recording_ready,
        CallbackPlace::Analytics => token.callbacks.urls.analytics,
    };
    url.as_ref().map(CallbackUrl::expose).map(|url| url.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::{CallbackUrls, Callbacks};
    use crate::clock::Timestamp;
    use crate::rng::SeededRng;

    #[test]
    fn a_place_is_found_behind_any_prefix() {
        let found = CallbackPlace::in_path;
        assert_eq!(found("/callbacks/ended/moodle/abc"), Some((CallbackPlace::Ended, "moodle".into(), "abc")));
        assert_eq!(
            found("/a/b/callbacks/analytics/the%20site%26co+1/abc"),
            Some((CallbackPlace::Analytics, "the site&co+1".into(), "abc"))
        );
        for none in [
            "/callbacks/ended/moodle",
            "/callbacks/ended/moodle/",
            "/callbacks/moodle/abc",
            "/callbacks/other/moodle/abc",
            "/xcallbacks/ended/a/b",
            "/",
            "",
        ] {
            assert_eq!(found(none), None, "{none}");
        }
    }

    #[test]
    fn a_website_sees_its_own_urls_in_place_of_the_balancers_and_no_stamp() {
        let moodle = Integration::new("the moodle", "s1");
        let theirs = |path: &str| CallbackUrl::parse(&format!("https://lms.example/{path}"));
        let urls = CallbackUrls { recording_ready: theirs("r"), analytics: theirs("a"), ..CallbackUrls::default() };
        let token = CallbackToken {
            sealed_at: Timestamp::default(),
            meeting_id: "room".into(),
            server: "bbb1".into(),
            callbacks: Callbacks { id: "c1".into(), urls },
        };
        let own = |place: CallbackPlace| {
            let token = token.seal(place, &moodle, &SeededRng::new(1)).unwrap();
            place.url(&"https://lb.example/pre/".parse().unwrap(), &moodle.name, &token)
        };
        let (ready, analytics) = (own(CallbackPlace::RecordingReady), own(CallbackPlace::Analytics));
        assert!(ready.starts_with("https://lb.example/pre/callbacks/recording-ready/the%20moodle/"), "{ready}");
        let shown = |key: &str, value: &str| metadata_for_website(&moodle, key, value).map(Cow::into_owned);
        assert_eq!(shown("bbb-recording-ready-url", &ready), Some("https://lms.example/r".into()));
        assert_eq!(shown("analytics-callback-url", &analytics), Some("https://lms.example/a".into()));
        assert_eq!(shown("analytics_callback_url", &analytics), Some("https://lms.example/a".into()));
        assert_eq!(shown("mconflb-guid", "g"), None);
        assert_eq!(shown("mconflb_callback", "c"), None);
        assert_eq!(shown("course", &ready), Some(ready.clone()), "what is none of these is none of ours");
        assert_eq!(shown("bbb-recording-ready-url", "https://lms.example/x"), Some("https://lms.example/x".into()));
        let short = "https://lms.example/callbacks/analytics/a/b";
        assert_eq!(shown("analytics-callback-url", short), Some(short.into()));
        assert_eq!(metadata_for_website(&Integration::new("portal", "s1"), "bbb-recording-ready-url", &ready), None);
        assert_eq!(shown("analytics-callback-url", &ready), Some(ready), "where the balancer puts none");
    }
}
