//! [`SharedSecrets`]: whose secret signed this call?
//!
//! A secret stands at the *end* of the hashed text. So the state of the hash after the call's name and query is computed
//! once and continued with each secret that is tried; and hints see to it that the first one tried is nearly always right.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{Algorithm, Checksum, ChecksumVerifier, Hints, SignedCall};
use crate::integration::{Integration, Integrations};

/// Verifies calls with the secrets of all integrations.
///
/// In the usual case (a hint fits, or the address has called before) a call costs one hash. Where no hint fits, every
/// secret is tried: about 0.1 µs each beyond the first.
#[derive(Debug)]
pub struct SharedSecrets {
    integrations: Arc<Integrations>,
    algorithms: Vec<Algorithm>,
    callers: RecentCallers,
}

impl SharedSecrets {
    /// Verifies with the secrets of `integrations`, accepting `algorithms`.
    pub fn new(integrations: Arc<Integrations>, algorithms: impl Into<Vec<Algorithm>>) -> Self {
        Self { integrations, algorithms: algorithms.into(), callers: RecentCallers::default() }
    }

    fn search<D: Digest + Clone>(&self, call: &SignedCall<'_>, hints: &Hints<'_>) -> Option<usize> {
        let prefixes: Vec<D> =
            call.texts.iter().map(|text| D::new().chain_update(call.name).chain_update(text)).collect();
        let signed_by = |index: usize| {
            let integration = self.integrations.at(index)?;
            let matches = |prefix: &D| {
                integration.secrets.iter().any(|secret| {
                    let digest = prefix.clone().chain_update(secret.expose()).finalize();
                    call.checksum.matches(&digest)
                })
            };
            prefixes.iter().any(matches).then_some(index)
        };
        let named = hints.names.iter().filter_map(|name| self.integrations.position(name));
        let called = hints.caller.into_iter().flat_map(|address| self.callers.from(address));
        let found =
            named.chain(called).find_map(signed_by).or_else(|| (0..self.integrations.iter().len()).find_map(signed_by));
        if let (Some(index), Some(address)) = (found, hints.caller) {
            self.callers.remember(address, index);
        }
        found
    }
}

impl ChecksumVerifier for SharedSecrets {
    fn verify(&self, call: &SignedCall<'_>, hints: &Hints<'_>) -> Option<Arc<Integration>> {
        let algorithm = Checksum::algorithm(&call.checksum);
        if !self.algorithms.contains(&algorithm) {
            return None;
        }
        let found = match algorithm {
            Algorithm::Sha1 => self.search::<Sha1>(call, hints),
            Algorithm::Sha256 => self.search::<Sha256>(call, hints),
            Algorithm::Sha384 => self.search::<Sha384>(call, hints),
            Algorithm::Sha512 => self.search::<Sha512>(call, hints),
        };
        found.and_then(|index| self.integrations.at(index)).cloned()
    }
}

/// Who called last from an address: a fixed table of 4096 slots, two integrations each, newest first. Two addresses
/// that fall into one slot share it, which costs them a hash and nothing else. No lock, no growth.
#[derive(Debug)]
struct RecentCallers {
    slots: Box<[AtomicU64]>,
    hasher: RandomState,
}

const SLOTS: usize = 4096;

impl Default for RecentCallers {
    fn default() -> Self {
        Self { slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }
}

impl RecentCallers {
    // A slot holds two 32-bit numbers, each an index plus one; zero is none.
    fn slot(&self, address: IpAddr) -> &AtomicU64 {
        &self.slots[self.hasher.hash_one(address) as usize % SLOTS]
    }

    fn from(&self, address: IpAddr) -> impl Iterator<Item = usize> + use<> {
        let both = self.slot(address).load(Ordering::Relaxed);
        [both as u32, (both >> 32) as u32].into_iter().filter(|&number| number > 0).map(|number| number as usize - 1)
    }

    fn remember(&self, address: IpAddr, index: usize) {
        let slot = self.slot(address);
        let (both, newest) = (slot.load(Ordering::Relaxed), index as u64 + 1);
        if both & 0xFFFF_FFFF != newest {
            slot.store(newest | (both << 32), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sign;
    use super::*;

    const SECRET: &str = "LBtest-0a1B2c3D4e5F";

    fn verifier(count: usize) -> SharedSecrets {
        let others = (0..count).map(|number| Integration::new(format!("site{number}"), format!("secret{number}")));
        let all = others.chain([Integration::new("moodle", SECRET)]);
        SharedSecrets::new(Arc::new(Integrations::new(all).unwrap()), Algorithm::ALL)
    }

    fn who(verifier: &SharedSecrets, name: &str, query: &str, digest: &str, hints: &Hints<'_>) -> Option<String> {
        let checksum = Checksum::parse(digest)?;
        verifier.verify(&SignedCall { name, texts: &[query], checksum }, hints).map(|found| found.name.to_string())
    }

    #[test]
    fn known_digests_are_accepted_in_either_case() {
        let join = "fullName=Jane+Doe&meetingID=room-1&role=MODERATOR&redirect=true";
        let create = "name=Demo+%26+caf%C3%A9&meetingID=room-1&attendeePW=ap&moderatorPW=mp&meta_bbb-origin=lb";
        for (call, query, digest) in [
            ("getMeetings", "", "aed7ab01f282f50f85a2136e977bc453e5a26475"),
            ("getMeetings", "", "1d41b8b0f2bfb63b76ef02ce6a980d32607e61d4049c67459799997e32aa20e4"),
            ("getMeetings", "random=random", "a5d3c9655471f5a82b6da827017e47c1e8a42141"),
            ("getMeetings", "&", "2d307e29076daf184eed15838b3ce4e3ce1bf56d"),
            ("", "", "e6dc82a0e3e126bf8576e8259293f3b325151df3"),
            ("create", create, "182c2a3a6197cf0e6c1f733e88c8e5eaf0b50c64"),
            ("create", create, "9e02c19117348b9c9a4f565346c85c655f4250fbf07c9761646926e2eb3b2791"),
            (
                "join",
                join,
                "eda0b92028bb6c6c12f1eb07055b3c56343e3e9904171bc58e4f886d3aec7509af91d81c5f05400c955b5dcfa5ea2208",
            ),
            (
                "join",
                join,
                "6d6626de18f1e5f0c5bd26b16bacab11bd4c710868a6e73e7454bc5e9d7195f46f5716c83b6e33c4f7a5fef69bb3ddc80c45a0d10d4494228166f3a10c20882f",
            ),
        ] {
            let verifier = verifier(3);
            let hints = Hints::default();
            assert_eq!(who(&verifier, call, query, digest, &hints).as_deref(), Some("moodle"), "{call} {query}");
            assert_eq!(who(&verifier, call, query, &digest.to_uppercase(), &hints).as_deref(), Some("moodle"));
            assert_eq!(who(&verifier, call, &format!("{query}x"), digest, &hints), None, "{call} {query} changed");
        }
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for bad in ["", "aed7", "zed7ab01f282f50f85a2136e977bc453e5a26475", &"a".repeat(1000)] {
            assert!(Checksum::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_algorithm_that_is_not_allowed_is_refused() {
        let integrations = Arc::new(Integrations::new([Integration::new("moodle", SECRET)]).unwrap());
        let only_sha256 = SharedSecrets::new(integrations, [Algorithm::Sha256]);
        let secret = SECRET.into();
        let hints = Hints::default();
        assert!(who(&only_sha256, "end", "a=1", &sign(Algorithm::Sha1, "end", "a=1", &secret), &hints).is_none());
        assert!(who(&only_sha256, "end", "a=1", &sign(Algorithm::Sha256, "end", "a=1", &secret), &hints).is_some());
    }

    #[test]
    fn a_wrong_hint_does_no_harm_and_callers_are_remembered() {
        let verifier = verifier(100);
        let address = "192.0.2.7".parse().unwrap();
        let hints = Hints { names: &["site3", "nobody"], caller: Some(address) };
        let digest = "aed7ab01f282f50f85a2136e977bc453e5a26475";
        assert_eq!(who(&verifier, "getMeetings", "", digest, &hints).as_deref(), Some("moodle"));
        assert_eq!(verifier.callers.from(address).collect::<Vec<_>>(), [100]);
        let other = sign(Algorithm::Sha1, "getMeetings", "", &"secret7".into());
        assert_eq!(who(&verifier, "getMeetings", "", &other, &hints).as_deref(), Some("site7"));
        assert_eq!(verifier.callers.from(address).collect::<Vec<_>>(), [7, 100]);
    }
}
