//! JSON Web Tokens as BBB signs its callbacks with: compact, HS256 or HS512 (RFC 7515, RFC 7518 §3.2, RFC 7519).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha512};

use crate::secret::Secret;

/// The longest token that is looked into, bytes.
const LONGEST: usize = 16 << 10;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256: recording-ready callbacks.
    Hs256,
    /// HMAC with SHA-512: analytics callbacks.
    Hs512,
}

impl JwtAlgorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs512 => "HS512",
        }
    }

    fn sign(self, text: &str, secret: &Secret) -> Vec<u8> {
        match self {
            Self::Hs256 => mac::<Hmac<Sha256>>(text, secret).finalize().into_bytes().to_vec(),
            Self::Hs512 => mac::<Hmac<Sha512>>(text, secret).finalize().into_bytes().to_vec(),
        }
    }

    /// In time that does not depend on where the signatures differ.
    fn signed(self, text: &str, secret: &Secret, signature: &[u8]) -> bool {
        match self {
            Self::Hs256 => mac::<Hmac<Sha256>>(text, secret).verify_slice(signature).is_ok(),
            Self::Hs512 => mac::<Hmac<Sha512>>(text, secret).verify_slice(signature).is_ok(),
        }
    }
}

fn mac<M: Mac + KeyInit>(text: &str, secret: &Secret) -> M {
    let mac = <M as KeyInit>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length");
    mac.chain_update(text)
}

/// The token that carries `claims`, an object, signed with `secret`. It is as good as what it allows: it must not be logged.
///
/// ```
/// use lb_core::jwt::{JwtAlgorithm, sign, verify};
/// let secret = "LBtest-0a1B2c3D4e5F".into();
/// let token = sign(JwtAlgorithm::Hs256, &serde_json::json!({ "meeting_id": "room-1" }), &secret);
/// assert_eq!(verify(&token, JwtAlgorithm::Hs256, &secret).unwrap()["meeting_id"], "room-1");
/// assert!(verify(&token, JwtAlgorithm::Hs256, &"another".into()).is_none());
/// ```
pub fn sign(algorithm: JwtAlgorithm, claims: &Value, secret: &Secret) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = [encoded(&json!({ "alg": algorithm.name(), "typ": "JWT" })), encoded(claims)].join(".");
    let signature = URL_SAFE_NO_PAD.encode(algorithm.sign(&text, secret));
    [text, signature].join(".")
}

/// The claims of `token`, if it was signed with `secret` and no other algorithm than `algorithm`. Whether it has expired is
/// for the caller to say: the core reads no clock.
pub fn verify(token: &str, algorithm: JwtAlgorithm, secret: &Secret) -> Option<Map<String, Value>> {
    let (text, signature) = Some(token).filter(|token| token.len() <= LONGEST)?.rsplit_once('.')?;
    let (header, claims) = text.split_once('.')?;
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
    if header.get("alg")?.as_str()? != algorithm.name() || secret.is_empty() {
        return None;
    }
    if !algorithm.signed(text, secret, &decoded(signature)?) {
        return None;
    }
    serde_json::from_slice(&decoded(claims)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJtZWV0aW5nX2lkIjoicm9vbS0xIiwicmVjb3JkX2lkIjoiMGU5NzcwZWUxMzE4OGRlY2EzY2QzNGY1OThlYjkzNjUwYTJmOTdjMy0xNzAwMDAwMDAwMDAwIn0.xfbVLKqRLP4KLv6qIk160fiM6BBePZZkLKq8NpfSOmQ";

    #[test]
    fn what_bbb_signs_is_read_and_made_alike() {
        let secret = "LBtest-0a1B2c3D4e5F".into();
        let claims = verify(READY, JwtAlgorithm::Hs256, &secret).unwrap();
        assert_eq!(claims["meeting_id"], "room-1");
        assert_eq!(sign(JwtAlgorithm::Hs256, &Value::Object(claims), &secret), READY);
    }

    #[test]
    fn a_token_that_was_changed_or_signed_otherwise_is_none() {
        let secret: Secret = "LBtest-0a1B2c3D4e5F".into();
        let unsigned = [&URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), READY.split('.').nth(1).unwrap(), ""].join(".");
        let long = "x".repeat(LONGEST + 1);
        for bad in [
            "",
            ".",
            "..",
            "a.b",
            &READY[1..],
            &READY.replace("eyJt", "eyJu"),
            &READY[..READY.len() - 1],
            &unsigned,
            &long,
        ] {
            assert_eq!(verify(bad, JwtAlgorithm::Hs256, &secret), None, "{bad}");
        }
        assert_eq!(verify(READY, JwtAlgorithm::Hs512, &secret), None, "another algorithm");
        let empty = sign(JwtAlgorithm::Hs256, &json!({}), &"".into());
        assert_eq!(verify(&empty, JwtAlgorithm::Hs256, &"".into()), None, "whoever knows no secret can sign so");
    }
}
