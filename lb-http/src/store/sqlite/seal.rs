//! Secrets in the database are sealed, where there is a [`KeyRing`].
//!
//! A sealed text is `lb-sealed:KEY:TEXT`: the name of the key, and in base64url a nonce drawn for it and what
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) makes of the secret. Where it stands (table, column, whose row) is sealed
//! with it, so that it opens in no other place.
//!
//! Statements seal and open by SQL functions of the writer's connection: `seal(text, 'table.column', owner, …)` and
//! `unseal(…)` with the same places. Every such column stands in the list of [`sealed_rows`](super::sealed_rows) too, with the
//! same owners. Nothing, the empty text, and what is not sealed come back as they are.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use lb_core::Rng;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{FromSqlError, ValueRef};
use rusqlite::{Connection, Error};

use crate::rng::SystemRng;
use crate::store::key_file::{KeyRing, StoreKey};

/// What sealed texts begin with.
pub(super) const MARK: &str = "lb-sealed:";

/// Length of a nonce, bytes: long enough to be drawn at random.
const NONCE: usize = 24;

/// Why a sealed text is not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unopened {
    /// There is no such key.
    #[error("there is no key {0}")]
    NoKey(String),
    /// It was sealed for another place or by another key of that name, or was changed.
    #[error("it was not sealed for this place by the key that it names")]
    Foreign,
}

/// Whether a text is sealed.
pub(super) fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The name of the key that a text was sealed with.
pub(super) fn key_of(text: &str) -> Option<&str> {
    text.strip_prefix(MARK)?.split_once(':').map(|(id, _)| id)
}

/// `text` as it is to stand in the database at `place`.
pub(super) fn seal(keys: Option<&KeyRing>, text: &str, place: &[&str]) -> Result<String, Unopened> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let Some(StoreKey { id, bytes }) = keys.and_then(KeyRing::first) else {
        // it could not be told from a sealed one
        return if is_sealed(text) { Err(Unopened::Foreign) } else { Ok(text.to_owned()) };
    };
    let mut nonce = [0; NONCE];
    SystemRng.fill(&mut nonce);
    let sealed = XChaCha20Poly1305::new(bytes.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: text.as_bytes(), aad: &bound(place) })
        .map_err(|_| Unopened::Foreign)?;
    Ok(format!("{MARK}{id}:{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
}

/// What was sealed at `place`; a text that is not sealed as it is.
pub(super) fn open(keys: Option<&KeyRing>, text: &str, place: &[&str]) -> Result<String, Unopened> {
    let Some(rest) = text.strip_prefix(MARK) else { return Ok(text.to_owned()) };
    let (id, sealed) = rest.split_once(':').ok_or(Unopened::Foreign)?;
    let mut keys = keys.into_iter().flat_map(KeyRing::keys);
    let key = keys.find(|key| key.id == id).ok_or_else(|| Unopened::NoKey(id.chars().take(32).collect()))?;
    let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Unopened::Foreign)?;
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unopened::Foreign)?;
    let plain = XChaCha20Poly1305::new((&key.bytes).into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &bound(place) })
        .map_err(|_| Unopened::Foreign)?;
    String::from_utf8(plain).map_err(|_| Unopened::Foreign)
}

/// A place as bytes: no two places have the same.
fn bound(place: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in place {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

/// Gives the connection the functions `seal` and `unseal`.
pub(super) fn install(connection: &Connection, keys: Option<Arc<KeyRing>>) -> Result<(), Error> {
    // no trigger or view that somebody leaves in the file may use them
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let again = keys.clone();
    connection.create_scalar_function("seal", -1, flags, move |context| apply(context, keys.as_deref(), seal))?;
    connection.create_scalar_function("unseal", -1, flags, move |context| apply(context, again.as_deref(), open))
}

/// To seal, or to open again: a text, and the place where it stands.
type Function = fn(Option<&KeyRing>, &str, &[&str]) -> Result<String, Unopened>;

fn apply(context: &Context<'_>, keys: Option<&KeyRing>, function: Function) -> Result<Option<String>, Error> {
    let read = |error: FromSqlError| Error::UserFunctionError(error.into());
    if context.is_empty() || context.get_raw(0) == ValueRef::Null {
        return Ok(None);
    }
    let text = context.get_raw(0).as_str().map_err(read)?;
    let place = (1..context.len()).map(|part| context.get_raw(part).as_str());
    let place = place.collect::<Result<Vec<_>, _>>().map_err(read)?;
    function(keys, text, &place).map(Some).map_err(|error| Error::UserFunctionError(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[(&str, u8)]) -> KeyRing {
        let line = |(id, byte): &(&str, u8)| format!("{id} {}\n", URL_SAFE_NO_PAD.encode([*byte; 32]));
        KeyRing::of(&keys.iter().map(line).collect::<String>())
    }

    const PLACE: [&str; 2] = ["integration_secrets.secret", "moodle"];

    #[test]
    fn what_is_sealed_opens_with_the_same_key_in_the_same_place_only() {
        let own = ring(&[("a", 1)]);
        let sealed = seal(Some(&own), "s3cr3t", &PLACE).unwrap();
        assert!(sealed.starts_with("lb-sealed:a:") && !sealed.contains("s3cr3t"), "{sealed}");
        assert_ne!(seal(Some(&own), "s3cr3t", &PLACE).unwrap(), sealed, "another nonce");
        assert_eq!(open(Some(&own), &sealed, &PLACE), Ok("s3cr3t".to_owned()));
        assert_eq!(open(Some(&own), &sealed, &[PLACE[0], "portal"]), Err(Unopened::Foreign));
        assert_eq!(open(Some(&own), &sealed, &["hooks.url", "moodle"]), Err(Unopened::Foreign));
        assert_eq!(open(Some(&own), &sealed, &["integration_secrets.secre", "tmoodle"]), Err(Unopened::Foreign));
        assert_eq!(open(Some(&ring(&[("a", 2)])), &sealed, &PLACE), Err(Unopened::Foreign));
        assert_eq!(open(Some(&ring(&[("b", 1)])), &sealed, &PLACE), Err(Unopened::NoKey("a".to_owned())));
        assert_eq!(open(None, &sealed, &PLACE), Err(Unopened::NoKey("a".to_owned())));
        let mut changed = sealed.clone();
        changed.pop();
        for changed in [changed, format!("{sealed}AAAA"), "lb-sealed:a:".to_owned(), "lb-sealed:a".to_owned()] {
            assert_eq!(open(Some(&own), &changed, &PLACE), Err(Unopened::Foreign), "{changed}");
        }
    }

    #[test]
    fn the_first_key_seals_and_every_key_opens() {
        let (before, after) = (ring(&[("a", 1)]), ring(&[("b", 2), ("a", 1)]));
        let old = seal(Some(&before), "s3cr3t", &PLACE).unwrap();
        assert_eq!(open(Some(&after), &old, &PLACE), Ok("s3cr3t".to_owned()));
        assert_eq!(key_of(&seal(Some(&after), "s3cr3t", &PLACE).unwrap()), Some("b"));
    }

    #[test]
    fn without_a_key_texts_stay_as_they_are_but_none_that_looks_sealed() {
        assert_eq!(seal(None, "s3cr3t", &PLACE), Ok("s3cr3t".to_owned()));
        assert_eq!(open(None, "s3cr3t", &PLACE), Ok("s3cr3t".to_owned()));
        assert_eq!(seal(Some(&ring(&[("a", 1)])), "", &PLACE), Ok(String::new()));
        assert_eq!(seal(None, "lb-sealed:a:b", &PLACE), Err(Unopened::Foreign));
    }

    #[test]
    fn statements_seal_and_open() {
        let connection = Connection::open_in_memory().unwrap();
        install(&connection, Some(Arc::new(ring(&[("a", 1)])))).unwrap();
        let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, Option<String>>(0));
        assert_eq!(
            ask("SELECT unseal(seal('s3cr3t', 't.c', 'x', 'y'), 't.c', 'x', 'y')"),
            Ok(Some("s3cr3t".to_owned()))
        );
        assert!(ask("SELECT seal('s3cr3t', 't.c', 'x')").unwrap().unwrap().starts_with("lb-sealed:a:"));
        assert_eq!(ask("SELECT seal(NULL, 't.c', 'x')"), Ok(None));
        let error = ask("SELECT unseal(seal('s3cr3t', 't.c', 'x'), 't.c', 'y')").unwrap_err().to_string();
        assert!(error.contains("not sealed for this place") && !error.contains("s3cr3t"), "{error}");
    }
}
