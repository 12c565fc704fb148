//! [`SharedSecrets`]: whose secret signed this call?
//!
//! A secret stands at the *end* of the hashed text. So the state of the hash after the call's name and query is computed
//! once and continued with each secret that is tried; and hints see to it that the first one tried is nearly always right.

use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::throttle::Throttle;
use super::{Algorithm, Checksum, ChecksumVerifier, Hints, Search, SearchBudget, SignedCall, Verification};
use crate::clock::Clock;
use crate::network::Integrations;

/// How many integrations are tried before others get their turn: some tens of microseconds.
const SLICE: usize = 256;

/// Verifies calls with the secrets of all integrations.
///
/// In the usual case (a hint fits, or the address has called before) a call costs one hash. Where no hint fits, every
/// secret is tried: about 0.1 µs each beyond the first. What those searches may cost can be [limited](Self::throttled).
#[derive(Debug)]
pub struct SharedSecrets {
    integrations: Arc<Integrations>,
    algorithms: Vec<Algorithm>,
    // of all integrations together
    secrets: u64,
    callers: RecentCallers,
    throttle: Option<Throttle>,
}

impl SharedSecrets {
    /// Verifies with the secrets of `integrations`, accepting `algorithms`. Searches cost what they cost.
    pub fn new(integrations: Arc<Integrations>, algorithms: impl Into<Vec<Algorithm>>) -> Self {
        let secrets = integrations.iter().map(|integration| integration.secrets.len() as u64).sum();
        let callers = RecentCallers::default();
        Self { integrations, algorithms: algorithms.into(), secrets, callers, throttle: None }
    }

    /// The same, searching only as far as `budget` goes by `clock`.
    #[must_use]
    pub fn throttled(self, budget: SearchBudget, clock: Arc<dyn Clock>) -> Self {
        Self { throttle: Some(Throttle::new(budget, clock)), ..self }
    }

    /// The same with what `earlier` has learnt: who called from where, and which addresses have overdrawn their budget.
    #[must_use]
    pub fn succeeding(mut self, earlier: &SharedSecrets) -> Self {
        let index_now = |index| self.integrations.position(earlier.integrations.at(index)?.name.as_str());
        self.callers = earlier.callers.moved(index_now);
        self.throttle = match (self.throttle, &earlier.throttle) {
            (Some(throttle), Some(earlier)) => Some(throttle.succeeding(earlier)),
            (throttle, _) => throttle,
        };
        self
    }

    async fn find<D: Digest + Clone + Send + Sync>(
        &self,
        call: &SignedCall<'_>,
        hints: &Hints<'_>,
    ) -> (Option<usize>, Search) {
        let named = hints.names.iter().filter_map(|name| self.integrations.position(name));
        let called = hints.caller.into_iter().flat_map(|address| self.callers.from(address));
        let mut prefixes = Prefixes::<D>::default();
        for index in named.chain(called) {
            if self.signed(index, prefixes.of(call), call.checksum) {
                return (Some(index), Search::Spared);
            }
        }
        let hashes = self.secrets.saturating_mul(call.texts.len() as u64);
        let waited = match &self.throttle {
            None => Duration::ZERO,
            Some(throttle) => match throttle.admit(hints.caller, hashes).await {
                Some(waited) => waited,
                None => return (None, Search::Refused),
            },
        };
        let found = self.search(prefixes.of(call), call.checksum).await;
        if let (Some(_), Some(throttle)) = (found, &self.throttle) {
            throttle.forgive(hints.caller, hashes);
        }
        (found, Search::Made { waited })
    }

    async fn search<D: Digest + Clone + Send + Sync>(&self, prefixes: &[D], checksum: Checksum) -> Option<usize> {
        let count = self.integrations.iter().len();
        for begin in (0..count).step_by(SLICE) {
            if begin > 0 {
                let_others_go_on().await;
            }
            let slice = begin..count.min(begin + SLICE);
            if let Some(index) = slice.into_iter().find(|&index| self.signed(index, prefixes, checksum)) {
                return Some(index);
            }
        }
        None
    }

    fn signed<D: Digest + Clone>(&self, index: usize, prefixes: &[D], checksum: Checksum) -> bool {
        let secrets = self.integrations.at(index).map(|integration| integration.secrets.as_slice()).unwrap_or_default();
        prefixes.iter().any(|prefix| {
            secrets.iter().any(|secret| {
                let digest = prefix.clone().chain_update(secret.secret.expose()).finalize();
                checksum.matches(&digest)
            })
        })
    }
}

#[async_trait]
impl ChecksumVerifier for SharedSecrets {
    async fn verify(&self, call: &SignedCall<'_>, hints: &Hints<'_>) -> Verification {
        let algorithm = Checksum::algorithm(&call.checksum);
        if !self.algorithms.contains(&algorithm) {
            return Verification { integration: None, search: Search::Spared };
        }
        let (found, search) = match algorithm {
            Algorithm::Sha1 => self.find::<Sha1>(call, hints).await,
            Algorithm::Sha256 => self.find::<Sha256>(call, hints).await,
            Algorithm::Sha384 => self.find::<Sha384>(call, hints).await,
            Algorithm::Sha512 => self.find::<Sha512>(call, hints).await,
        };
        if let (Some(index), Some(address)) = (found, hints.caller) {
            self.callers.remember(address, index);
        }
        Verification { integration: found.and_then(|index| self.integrations.at(index)).cloned(), search }
    }
}

/// The states of the hash after each text that may have been signed; made when they are needed first. A text may be long.
struct Prefixes<D>(Option<Vec<D>>);

impl<D> Default for Prefixes<D> {
    fn default() -> Self {
        Self(None)
    }
}

impl<D: Digest> Prefixes<D> {
    fn of(&mut self, call: &SignedCall<'_>) -> &[D] {
        let begun = |text: &&str| D::new().chain_update(call.name).chain_update(text);
        self.0.get_or_insert_with(|| call.texts.iter().map(begun).collect())
    }
}

/// Gives the thread back once, whatever runs on it.
async fn let_others_go_on() {
    let mut gone = false;
    poll_fn(|context| {
        if std::mem::replace(&mut gone, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
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

    /// The same callers where integrations have other indices now.
    fn moved(&self, index_now: impl Fn(usize) -> Option<usize>) -> Self {
        let number_now = |number: u32| {
            let index = (number as usize).checked_sub(1).and_then(&index_now);
            index.map_or(0, |index| index as u64 + 1)
        };
        let slots = self.slots.iter().map(|slot| {
            let both = slot.load(Ordering::Relaxed);
            AtomicU64::new(number_now(both as u32) | (number_now((both >> 32) as u32) << 32))
        });
        Self { slots: slots.collect(), hasher: self.hasher.clone() }
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
    use futures_executor::block_on;
    use futures_util::FutureExt;

    use super::super::sign;
    use super::*;
    use crate::clock::ManualClock;
    use crate::network::Integration;

    const SECRET: &str = "LBtest-0a1B2c3D4e5F";

    fn verifier(count: usize) -> SharedSecrets {
        let others = (0..count).map(|number| Integration::new(format!("site{number}"), format!("secret{number}")));
        let all = others.chain([Integration::new("moodle", SECRET)]);
        SharedSecrets::new(Arc::new(Integrations::new(all).unwrap()), Algorithm::ALL)
    }

    fn who(verifier: &SharedSecrets, name: &str, query: &str, digest: &str, hints: &Hints<'_>) -> Option<String> {
        let checksum = Checksum::parse(digest)?;
        let verified = block_on(verifier.verify(&SignedCall { name, texts: &[query], checksum }, hints));
        verified.integration.map(|found| found.name.to_string())
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

    #[test]
    fn callers_are_remembered_when_the_integrations_change() {
        let earlier = verifier(100);
        let address = "192.0.2.7".parse().unwrap();
        let hints = Hints { names: &[], caller: Some(address) };
        for secret in ["secret7", "secret8"] {
            let digest = sign(Algorithm::Sha1, "getMeetings", "", &secret.into());
            who(&earlier, "getMeetings", "", &digest, &hints).unwrap();
        }
        let now = [Integration::new("new", "n"), Integration::new("site8", "secret8"), Integration::new("site9", "s9")];
        let later = SharedSecrets::new(Arc::new(Integrations::new(now).unwrap()), Algorithm::ALL).succeeding(&earlier);
        let callers: Vec<_> = later.callers.from(address).collect();
        assert_eq!(callers, [1], "site8 stands elsewhere, site7 is gone");
    }

    #[test]
    fn a_search_gives_the_thread_back_between_slices() {
        let verifier = verifier(SLICE * 3);
        let checksum = Checksum::parse("aed7ab01f282f50f85a2136e977bc453e5a26475").unwrap();
        let call = SignedCall { name: "getMeetings", texts: &[""], checksum };
        let hints = Hints::default();
        let mut search = verifier.verify(&call, &hints);
        for slice in 1..=3 {
            assert!((&mut search).now_or_never().is_none(), "slice {slice}");
        }
        assert!(search.now_or_never().unwrap().integration.is_some());
    }

    #[test]
    fn a_flood_of_wrong_calls_is_refused_and_neither_hinted_nor_patient_ones_are() {
        let clock = Arc::new(ManualClock::default());
        let budget = SearchBudget { per_address: 1000, within: 10_000, beyond: 1000, patience: Duration::from_secs(1) };
        let verifier = verifier(99).throttled(budget, clock.clone());
        let shared = Some("192.0.2.7".parse().unwrap());
        let verify = |digest: String, names: &'static [&'static str]| {
            let checksum = Checksum::parse(&digest).unwrap();
            let verifier = &verifier;
            async move {
                let call = SignedCall { name: "getMeetings", texts: &[""], checksum };
                verifier.verify(&call, &Hints { names, caller: shared }).await
            }
        };
        let signed = |secret: &str| sign(Algorithm::Sha1, "getMeetings", "", &secret.into());
        assert!(verify(signed("secret3"), &[]).now_or_never().unwrap().integration.is_some(), "remembered from now on");
        let mut flood: Vec<_> = (0..30).map(|_| Box::pin(verify(signed("nobody's"), &[]))).collect();
        let outcomes: Vec<_> =
            flood.iter_mut().map(|wrong| wrong.as_mut().now_or_never().map(|one| one.search)).collect();
        let count = |wanted: Option<Search>| outcomes.iter().filter(|&&outcome| outcome == wanted).count();
        // ten within the budget, one that overdraws it, one in the share for those beyond; eight places to wait
        assert_eq!(count(Some(Search::Made { waited: Duration::ZERO })), 12, "{outcomes:?}");
        assert_eq!((count(None), count(Some(Search::Refused))), (8, 10), "{outcomes:?}");

        for (secret, names) in [("secret3", &[][..]), ("secret4", &["site4"])] {
            let verified = verify(signed(secret), names).now_or_never().expect("a hint is looked at without a wait");
            assert!(verified.integration.is_some() && verified.search == Search::Spared, "{verified:?}");
        }
        drop(flood);
        let mut unknown = Box::pin(verify(signed("secret5"), &[]));
        for _ in 0..20 {
            if let Some(verified) = unknown.as_mut().now_or_never() {
                assert_eq!(verified.integration.unwrap().name.as_str(), "site5", "its turn came");
                return;
            }
            clock.advance(Duration::from_millis(100));
        }
        panic!("its turn never came");
    }
}
