//! The signature of API calls: [`sign`], [`Checksum`], and [`ChecksumVerifier`], which finds out whose call it is.
//!
//! `checksum = hex(H(callName ‖ query ‖ secret))`, over the raw query as received, minus the checksum pair
//! (BigBlueButton API, "API Security Model"). The digest's length tells the algorithm.
//!
//! | implementation | for |
//! |---|---|
//! | [`SharedSecrets`] | the secrets of [`Integrations`](crate::Integrations), thousands of them |
//!
//! Why a checksum is wrong, [`diagnosis`] finds out.

pub mod diagnosis;
mod sha;
mod throttle;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

pub use self::sha::SharedSecrets;
pub(crate) use self::sha::let_others_go_on;
pub(crate) use self::throttle::Debt;
pub use self::throttle::SearchBudget;

use crate::network::Integration;
use crate::secret::Secret;

/// A hash function that calls may be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// 40 hex digits: what most websites of today still send.
    Sha1,
    /// 64 hex digits: what every BBB since 2.4 takes.
    Sha256,
    /// 96 hex digits: BBB ≥ 2.5.
    Sha384,
    /// 128 hex digits: BBB ≥ 2.5.
    Sha512,
}

impl Algorithm {
    /// All that BBB knows.
    pub const ALL: [Algorithm; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// Its name in one lower-case word, such as `sha256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}

/// The hex digest that signs call `name` with the raw query `query` (without its checksum pair).
///
/// ```
/// use lb_core::checksum::{Algorithm, sign};
/// let secret = "LBtest-0a1B2c3D4e5F".into();
/// assert_eq!(sign(Algorithm::Sha1, "getMeetings", "", &secret), "aed7ab01f282f50f85a2136e977bc453e5a26475");
/// ```
pub fn sign(algorithm: Algorithm, name: &str, query: &str, secret: &Secret) -> String {
    let parts = [name.as_bytes(), query.as_bytes(), secret.expose().as_bytes()];
    fn digest<D: Digest>(parts: [&[u8]; 3]) -> String {
        let digest = parts.iter().fold(D::new(), |hash, part| hash.chain_update(part)).finalize();
        let mut text = vec![0; digest.len() * 2];
        // it fits, and hex digits are text
        let _ = hex::encode_to_slice(&digest, &mut text);
        String::from_utf8(text).unwrap_or_default()
    }
    match algorithm {
        Algorithm::Sha1 => digest::<Sha1>(parts),
        Algorithm::Sha256 => digest::<Sha256>(parts),
        Algorithm::Sha384 => digest::<Sha384>(parts),
        Algorithm::Sha512 => digest::<Sha512>(parts),
    }
}

/// A digest as a call carries it.
#[derive(Clone, Copy)]
pub struct Checksum {
    bytes: [u8; 64],
    length: usize,
}

impl Checksum {
    /// Reads 40, 64, 96 or 128 hex digits of either case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let length = text.len() / 2;
        if ![20, 32, 48, 64].contains(&length) {
            return None;
        }
        let mut bytes = [0; 64];
        hex::decode_to_slice(text, &mut bytes[..length]).ok()?;
        Some(Self { bytes, length })
    }

    /// The algorithm that makes digests of this length.
    pub fn algorithm(&self) -> Algorithm {
        match self.length {
            20 => Algorithm::Sha1,
            32 => Algorithm::Sha256,
            48 => Algorithm::Sha384,
            _ => Algorithm::Sha512,
        }
    }

    /// Whether `digest` is this one, in time that does not depend on where they differ.
    pub(crate) fn matches(&self, digest: &[u8]) -> bool {
        self.bytes[..self.length].ct_eq(digest).into()
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({:?})", self.algorithm())
    }
}

/// A call and the digest that it claims to be signed with.
#[derive(Clone, Copy)]
pub struct SignedCall<'a> {
    /// The call's name as it stands in the path.
    pub name: &'a str,
    /// The texts that may have been signed, likeliest first: the raw query without its checksum pair, and for a form POST
    /// with an empty query also BBB's older rule (its parameters sorted and encoded again).
    pub texts: &'a [&'a str],
    /// The digest.
    pub checksum: Checksum,
}

impl fmt::Debug for SignedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedCall").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Where to look first for the one who signed a call. A hint speeds the search up and decides nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Names of integrations, likeliest first: `integrationName`, the owners of the meetingID, host and path.
    pub names: &'a [&'a str],
    /// The address that the call came from: whoever called last from there is likely.
    pub caller: Option<IpAddr>,
}

/// What came of looking for the one who signed a call.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The integration one of whose secrets signed the call; `None` if none did, its algorithm is not allowed, or it was not
    /// searched for.
    pub integration: Option<Arc<Integration>>,
    /// What it took.
    pub search: Search,
}

/// Whether all secrets had to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// No: a hint was right, or nothing could have been found.
    Spared,
    /// Yes, after a wait for its turn.
    Made {
        /// How long.
        waited: Duration,
    },
    /// They would have to be, and there were too many such calls.
    Refused,
}

/// Finds out whose call it is.
#[async_trait]
pub trait ChecksumVerifier: fmt::Debug + Send + Sync + 'static {
    /// Who signed the call.
    ///
    /// Digests are compared in constant time. An integration that is not active is found like any other. Where the hints point
    /// is looked at without a wait.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    async fn verify(&self, call: &SignedCall<'_>, hints: &Hints<'_>) -> Verification;
}
