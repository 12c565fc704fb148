//! [`RollupState`]: how far roll-ups are made.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::making::Open;
use super::quarter::Quarter;
use crate::network::IntegrationName;
use crate::rng::Rng;

/// How pages are packed by this version. Those of another one are made anew.
const FORMAT: u32 = 2;

/// Makes hashes of names that can be compared, and that are of no use without it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NameKey([u8; 32]);

impl NameKey {
    pub(crate) fn draw(rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        Self(key)
    }

    /// A name is another one with another integration.
    pub(super) fn name(&self, integration: &IntegrationName, name: u64) -> u64 {
        self.number(|mac| mac.chain_update(integration.as_str()).chain_update(name.to_be_bytes()))
    }

    /// What was made with one key, under another one.
    pub(super) fn hidden(&self, name: u64) -> u64 {
        self.number(|mac| mac.chain_update(name.to_be_bytes()))
    }

    fn number(&self, update: impl FnOnce(Hmac<Sha256>) -> Hmac<Sha256>) -> u64 {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        let bytes = update(mac).finalize().into_bytes();
        bytes.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey(…)")
    }
}

/// How far roll-ups are made. All that is made changes in one transaction with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RollupState {
    format: u32,
    pub(crate) key: NameKey,
    /// The first quarter that is made,
    pub(crate) from: Quarter,
    /// and the first one that is not.
    pub(crate) until: Quarter,
    /// The number of the last stored event that was looked at: what it says of quarters before `until` is in them.
    pub(crate) heard: u64,
    /// Names of days before this one are hidden.
    pub(crate) hidden_before: u32,
    /// The meetings that run at the begin of `until`.
    pub(crate) open: Vec<Open>,
}

impl RollupState {
    /// Nothing is made: it begins with `from`, after the events up to `heard`.
    pub(crate) fn new(key: NameKey, from: Quarter, heard: u64) -> Self {
        Self { format: FORMAT, key, from, until: from, heard, hidden_before: 0, open: Vec::new() }
    }

    /// What was kept; nothing where this version cannot go on with it.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|state: &Self| state.format == FORMAT)
    }

    /// As bytes.
    pub(crate) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
