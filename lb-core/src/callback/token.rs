//! [`CallbackToken`]: all that a callback needs, sealed into the URL that a server is given.
//!
//! A token serves a callback when the database was lost. It is sealed with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha)
//! under a key that HKDF-SHA256 (RFC 5869) derives from a secret of the integration, so nobody but the balancer makes or
//! reads one, and a token of one integration is none of another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

use super::{CallbackId, CallbackPlace, CallbackUrl, CallbackUrls, Callbacks};
use crate::clock::Timestamp;
use crate::meeting::MeetingId;
use crate::network::{Integration, IntegrationName, IntegrationSecret};
use crate::rng::Rng;
use crate::secret::Secret;
use crate::server::ServerName;

/// The longest text that is looked into, bytes. With both URLs as long as they may be, a token has some 7000.
const LONGEST: usize = 16 << 10;

/// Separates these keys from whatever else may be derived from the same secret, and each place's from the others': people in
/// a meeting see its metadata, and shall not end it with what stands there.
fn label(place: CallbackPlace) -> &'static [u8] {
    match place {
        CallbackPlace::Ended => b"lb callback token 1",
        CallbackPlace::RecordingReady => b"lb recording-ready token 1",
        CallbackPlace::Analytics => b"lb analytics token 1",
    }
}

/// Length of a nonce, bytes: long enough to be drawn at random.
const NONCE: usize = 24;

/// What the URL that a server was given says, once it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackToken {
    /// When it was sealed, by the balancer's clock.
    pub sealed_at: Timestamp,
    /// The meeting.
    pub meeting_id: MeetingId,
    /// The server that the create was sent to.
    pub server: ServerName,
    /// What the website is to be told, as far as it belongs to the place.
    pub callbacks: Callbacks,
}

impl CallbackToken {
    /// The token as text for a URL of `place`, sealed with the last of the integration's secrets that are valid then: a new
    /// one stands behind the old, and lives longer. `None` if there is none, or if something in it is longer than 64 KiB.
    pub fn seal(&self, place: CallbackPlace, integration: &Integration, rng: &dyn Rng) -> Option<String> {
        let Callbacks { id, urls } = &self.callbacks;
        let own = match place {
            CallbackPlace::Ended => [&urls.ended, &urls.meta],
            CallbackPlace::RecordingReady => [&urls.recording_ready, &None],
            CallbackPlace::Analytics => [&urls.analytics, &None],
        };
        let [first, second] = own.map(|url| url.as_ref().map_or("", CallbackUrl::expose));
        let mut plain = self.sealed_at.as_millis().to_be_bytes().to_vec();
        for field in [id.as_str(), self.server.as_str(), self.meeting_id.as_str(), first, second] {
            plain.extend(u16::try_from(field.len()).ok()?.to_be_bytes());
            plain.extend(field.as_bytes());
        }
        let mut nonce = [0; NONCE];
        rng.fill(&mut nonce);
        let payload = Payload { msg: &plain, aad: integration.name.as_str().as_bytes() };
        let sealed = cipher(place, integration.valid_secrets(self.sealed_at).last()?, &integration.name)
            .encrypt(&XNonce::from(nonce), payload)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What `text` says, if it was sealed for `place` and `integration` with one of the secrets that it has now, expired ones
    /// among them. All are tried;
    /// where there is no such integration the work is the same.
    pub fn open(place: CallbackPlace, integration: Option<&Integration>, text: &str) -> Option<Self> {
        let sealed =
            Some(text).filter(|text| text.len() <= LONGEST).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let nobody = (IntegrationName::from(""), [IntegrationSecret::from("")]);
        let (name, secrets) = match integration {
            Some(integration) => (&integration.name, integration.secrets.as_slice()),
            None => (&nobody.0, nobody.1.as_slice()),
        };
        let open = |known: &IntegrationSecret| {
            let payload = Payload { msg: sealed, aad: name.as_str().as_bytes() };
            cipher(place, &known.secret, name).decrypt(&XNonce::from(*nonce), payload).ok()
        };
        let plain = secrets.iter().find_map(open);
        // whoever knows the empty secret knows nothing
        integration.and(plain).and_then(|plain| Self::read(place, &plain))
    }

    fn read(place: CallbackPlace, plain: &[u8]) -> Option<Self> {
        let (sealed_at, mut plain) = plain.split_first_chunk::<8>()?;
        let sealed_at = Timestamp::from_millis(u64::from_be_bytes(*sealed_at));
        let mut field = || {
            let (length, rest) = plain.split_first_chunk::<2>()?;
            let (field, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
            plain = rest;
            std::str::from_utf8(field).ok()
        };
        let (id, server, meeting_id, first, second) = (field()?, field()?, field()?, field()?, field()?);
        let (first, second) = (CallbackUrl::parse(first), CallbackUrl::parse(second));
        let urls = match place {
            CallbackPlace::Ended => CallbackUrls { ended: first, meta: second, ..CallbackUrls::default() },
            CallbackPlace::RecordingReady => CallbackUrls { recording_ready: first, ..CallbackUrls::default() },
            CallbackPlace::Analytics => CallbackUrls { analytics: first, ..CallbackUrls::default() },
        };
        let callbacks = Callbacks { id: CallbackId::from(id), urls };
        Some(Self { sealed_at, meeting_id: meeting_id.into(), server: server.into(), callbacks })
    }
}

fn cipher(place: CallbackPlace, secret: &Secret, integration: &IntegrationName) -> XChaCha20Poly1305 {
    let mut key = [0; 32];
    let derived = Hkdf::<Sha256>::new(None, secret.expose().as_bytes())
        .expand_multi_info(&[label(place), b"\0", integration.as_str().as_bytes()], &mut key);
    debug_assert!(derived.is_ok(), "32 bytes are less than 255 blocks");
    XChaCha20Poly1305::new(&key.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    const ENDED: CallbackPlace = CallbackPlace::Ended;

    fn token() -> CallbackToken {
        let urls = CallbackUrls {
            ended: CallbackUrl::parse("https://lms.example/ended?key=s3cr3t"),
            meta: CallbackUrl::parse("https://lms.example/old"),
            ..CallbackUrls::default()
        };
        let callbacks = Callbacks { id: "c1".into(), urls };
        CallbackToken {
            sealed_at: Timestamp::from_millis(7),
            meeting_id: "Física 1".into(),
            server: "bbb1".into(),
            callbacks,
        }
    }

    fn sealed(integration: &Integration) -> String {
        token().seal(ENDED, integration, &SeededRng::new(7)).unwrap()
    }

    #[test]
    fn what_was_sealed_comes_back_and_is_read_by_nobody_else() {
        let moodle = Integration::new("moodle", "s1");
        let text = sealed(&moodle);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(CallbackToken::open(ENDED, Some(&moodle), &text), Some(token()));
        assert_eq!(CallbackToken::open(ENDED, Some(&Integration::new("moodle", "s2")), &text), None, "another secret");
        assert_eq!(
            CallbackToken::open(ENDED, Some(&Integration::new("portal", "s1")), &text),
            None,
            "another integration"
        );
        assert_eq!(CallbackToken::open(ENDED, None, &text), None);
        assert_ne!(text, token().seal(ENDED, &moodle, &SeededRng::new(8)).unwrap(), "no two are alike");
        let bare = CallbackToken { callbacks: Callbacks { id: "c2".into(), urls: CallbackUrls::default() }, ..token() };
        let text = bare.seal(ENDED, &moodle, &SeededRng::new(1)).unwrap();
        assert_eq!(CallbackToken::open(ENDED, Some(&moodle), &text), Some(bare));
    }

    #[test]
    fn a_token_is_good_for_its_place_alone_and_holds_what_belongs_there() {
        let moodle = Integration::new("moodle", "s1");
        let all = token().callbacks.urls;
        let urls = CallbackUrls { recording_ready: all.ended.clone(), analytics: all.meta.clone(), ..all };
        let token = CallbackToken { callbacks: Callbacks { id: "c1".into(), urls: urls.clone() }, ..token() };
        for place in CallbackPlace::ALL {
            let text = token.seal(place, &moodle, &SeededRng::new(3)).unwrap();
            for other in CallbackPlace::ALL {
                let opened = CallbackToken::open(other, Some(&moodle), &text);
                assert_eq!(opened.is_some(), other == place);
                let Some(opened) = opened else { continue };
                let found = opened.callbacks.urls;
                assert_eq!(found.ended, urls.ended.clone().filter(|_| place == ENDED));
                assert_eq!(found.meta, urls.meta.clone().filter(|_| place == ENDED));
                assert_eq!(
                    found.recording_ready,
                    urls.recording_ready.clone().filter(|_| place == CallbackPlace::RecordingReady)
                );
                assert_eq!(found.analytics, urls.analytics.clone().filter(|_| place == CallbackPlace::Analytics));
            }
        }
    }

    #[test]
    fn a_token_outlives_the_rotation_of_its_secret() {
        let mut moodle = Integration::new("moodle", "old");
        let text = sealed(&moodle);
        moodle.secrets.push("new".into());
        let opens = |moodle: &Integration, text: &str| CallbackToken::open(ENDED, Some(moodle), text) == Some(token());
        let newer = sealed(&moodle);
        assert!(opens(&moodle, &text) && opens(&moodle, &newer));
        moodle.secrets[0].expires_at = Some(Timestamp::default());
        assert!(opens(&moodle, &text), "an expired one opens what was sealed with it");
        moodle.secrets.remove(0);
        assert!(!opens(&moodle, &text), "its secret is gone");
        assert!(opens(&moodle, &newer), "the new one sealed it although the old one stood first");
    }

    #[test]
    fn nothing_is_sealed_with_a_secret_that_has_expired() {
        let mut moodle = Integration::new("moodle", "good");
        moodle.secrets.push(IntegrationSecret { expires_at: Some(Timestamp::from_millis(7)), .."old".into() });
        assert_eq!(
            CallbackToken::open(ENDED, Some(&Integration::new("moodle", "good")), &sealed(&moodle)),
            Some(token())
        );
        moodle.secrets.remove(0);
        assert_eq!(token().seal(ENDED, &moodle, &SeededRng::new(1)), None);
    }

    #[test]
    fn a_token_that_was_made_without_a_secret_is_none() {
        let nobody = Integration { secrets: vec!["".into()], ..Integration::new("", "x") };
        assert_eq!(CallbackToken::open(ENDED, None, &sealed(&nobody)), None);
        let none = Integration { secrets: Vec::new(), ..Integration::new("moodle", "x") };
        assert_eq!(token().seal(ENDED, &none, &SeededRng::new(1)), None);
    }

    #[test]
    fn no_bit_of_it_can_be_changed() {
        let moodle = Integration::new("moodle", "s1");
        let bytes = URL_SAFE_NO_PAD.decode(sealed(&moodle)).unwrap();
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            assert_eq!(
                CallbackToken::open(ENDED, Some(&moodle), &URL_SAFE_NO_PAD.encode(altered)),
                None,
                "byte {place}"
            );
        }
        for length in 0..bytes.len() {
            let cut = URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert_eq!(CallbackToken::open(ENDED, Some(&moodle), &cut), None, "{length} bytes");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_looked_into_without_harm(text in "[A-Za-z0-9_=/-]{0,200}|\\PC{0,60}") {
            proptest::prop_assert_eq!(CallbackToken::open(ENDED, Some(&Integration::new("moodle", "s1")), &text), None);
        }

        #[test]
        fn any_content_is_read_without_harm(plain in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            let _ = CallbackToken::read(ENDED, &plain);
        }
    }
}
