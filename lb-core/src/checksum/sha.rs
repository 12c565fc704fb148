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
use crate::clock::{Clock, Timestamp};
use crate::network::{Integration, Integrations, Network};
use crate::store::{InMemoryStore, NetworkStore};

/// How many integrations are tried before others get their turn: some tens of microseconds.
const SLICE: usize = 256;

/// Verifies calls with the secrets of all integrations.
///
/// In the usual case (a hint fits, or the address has called before) a call costs one hash. Where no hint fits, every
/// secret is tried: about 0.1 µs each beyond the first. What those searches may cost can be [limited](Self::throttled).
#[derive(Debug)]
pub struct SharedSecrets {
    network: Arc<dyn NetworkStore>,
    algorithms: Vec<Algorithm>,
    clock: Arc<dyn Clock>,
    callers: Arc<RecentCallers>,
    throttle: Option<Throttle>,
}

impl SharedSecrets {
    /// Verifies with the secrets of `integrations` that have not expired by `clock`, accepting `algorithms`. Searches cost what
    /// they cost.
    pub fn new(integrations: Arc<Integrations>, algorithms: impl Into<Vec<Algorithm>>, clock: Arc<dyn Clock>) -> Self {
        let network = Network::of(Arc::unwrap_or_clone(integrations));
        Self::following(Arc::new(InMemoryStore::of(network)), algorithms, clock)
    }

    /// The same with the integrations that `network` has at the moment of each call.
    pub fn following(
        network: Arc<dyn NetworkStore>,
        algorithms: impl Into<Vec<Algorithm>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { network, algorithms: algorithms.into(), clock, callers: Arc::default(), throttle: None }
    }

    /// The algorithms that it accepts.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// The same, searching only as far as `budget` goes.
    #[must_use]
    pub fn throttled(self, budget: SearchBudget) -> Self {
        Self { throttle: Some(Throttle::new(budget, Arc::clone(&self.clock))), ..self }
    }

    /// The same with what `earlier` has learnt: who called from where, and which addresses have overdrawn their budget.
    #[must_use]
    pub fn succeeding(mut self, earlier: &SharedSecrets) -> Self {
        self.callers = if Arc::ptr_eq(&self.network, &earlier.network) {
            Arc::clone(&earlier.callers)
        } else {
            let (before, now) = (earlier.network.network(), self.network.network());
            let number_now = |number| now.integrations().number(before.integrations().at(number)?.name.as_str());
            Arc::new(earlier.callers.moved(number_now))
        };
        self.throttle = match (self.throttle, &earlier.throttle) {
            (Some(throttle), Some(earlier)) => Some(throttle.succeeding(earlier)),
            (throttle, _) => throttle,
        };
        self
    }

    async fn find<D: Digest + Clone + Send + Sync>(
        &self,
        integrations: &Integrations,
        call: &SignedCall<'_>,
        hints: &Hints<'_>,
    ) -> (Option<u32>, Search) {
        let named = hints.names.iter().filter_map(|name| integrations.number(name));
        let called = hints.caller.into_iter().flat_map(|address| self.callers.from(address));
        let mut prefixes = Prefixes::<D>::default();
        let now = self.clock.now();
        for number in named.chain(called) {
            // one that has gone meanwhile is nobody
            let Some(integration) = integrations.at(number) else { continue };
            if signed(integration, prefixes.of(call), call.checksum, now) {
                return (Some(number), Search::Spared);
            }
        }
        let hashes = (integrations.secrets() as u64).saturating_mul(call.texts.len() as u64);
        let waited = match &self.throttle {
            None => Duration::ZERO,
            Some(throttle) => match throttle.admit(hints.caller, hashes).await {
                Some(waited) => waited,
                None => return (None, Search::Refused),
            },
        };
        let found = search(integrations, prefixes.of(call), call.checksum, self.clock.now()).await;
        if let (Some(_), Some(throttle)) = (found, &self.throttle) {
            throttle.forgive(hints.caller, hashes);
        }
        (found, Search::Made { waited })
    }
}

async fn search<D: Digest + Clone + Send + Sync>(
    integrations: &Integrations,
    prefixes: &[D],
    checksum: Checksum,
    now: Timestamp,
) -> Option<u32> {
    for (tried, (number, integration)) in integrations.numbered().enumerate() {
        if tried > 0 && tried % SLICE == 0 {
            let_others_go_on().await;
        }
        if signed(integration, prefixes, checksum, now) {
            return Some(number);
        }
    }
    None
}

fn signed<D: Digest + Clone>(integration: &Integration, prefixes: &[D], checksum: Checksum, now: Timestamp) -> bool {
    prefixes.iter().any(|prefix| {
        integration.valid_secrets(now).any(|secret| {
            let digest = prefix.clone().chain_update(secret.expose()).finalize();
            checksum.matches(&digest)
        })
    })
}

#[async_trait]
impl ChecksumVerifier for SharedSecrets {
    async fn verify(&self, call: &SignedCall<'_>, hints: &Hints<'_>) -> Verification {
        let algorithm = Checksum::algorithm(&call.checksum);
        if !self.algorithms.contains(&algorithm) {
            return Verification { integration: None, search: Search::Spared };
        }
        let network = self.network.network();
        let integrations = network.integrations();
        let (found, search) = match algorithm {
            Algorithm::Sha1 => self.find::<Sha1>(integrations, call, hints).await,
            Algorithm::Sha256 => self.find::<Sha256>(integrations, call, hints).await,
            Algorithm::Sha384 => self.find::<Sha384>(integrations, call, hints).await,
            Algorithm::Sha512 => self.find::<Sha512>(integrations, call, hints).await,
        };
        if let (Some(number), Some(address)) = (found, hints.caller) {
            self.callers.remember(address, number);
        }
        Verification { integration: found.and_then(|number| integrations.at(number)).cloned(), search }
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
pub(crate) async fn let_others_go_on() {
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
    // A slot holds two 32-bit numbers, each that of an integration plus one; zero is none.
    fn slot(&self, address: IpAddr) -> &AtomicU64 {
        &self.slots[self.hasher.hash_one(address) as usize % SLOTS]
    }

    fn from(&self, address: IpAddr) -> impl Iterator<Item = u32> + use<> {
        let both = self.slot(address).load(Ordering::Relaxed);
        [both as u32, (both >> 32) as u32].into_iter().filter_map(|number| number.checked_sub(1))
    }

    /// The same callers where integrations have other numbers now.
    fn moved(&self, number_now: impl Fn(u32) -> Option<u32>) -> Self {
        let entry_now = |entry: u32| {
            let number = entry.checked_sub(1).and_then(&number_now);
            number.map_or(0, |number| u64::from(number.wrapping_add(1)))
        };
        let slots = self.slots.iter().map(|slot| {
            let both = slot.load(Ordering::Relaxed);
            AtomicU64::new(entry_now(both as u32) | (entry_now((both >> 32) as u32) << 32))
        });
        Self { slots: slots.collect(), hasher: self.hasher.clone() }
    }

    fn remember(&self, address: IpAddr, number: u32) {
        let slot = self.slot(address);
        let (both, newest) = (slot.load(Ordering::Relaxed), u64::from(number.wrapping_add(1)));
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
    use crate::network::{EntityName, IntegrationSecret, NetworkChange};

    const SECRET: &str = "LBtest-0a1B2c3D4e5F";

    fn verifier(count: usize) -> SharedSecrets {
        let others = (0..count).map(|number| Integration::new(format!("site{number}"), format!("secret{number}")));
        let all = others.chain([Integration::new("moodle", SECRET)]);
        following(all, Arc::new(ManualClock::default()))
    }

    fn following(all: impl IntoIterator<Item = Integration>, clock: Arc<dyn Clock>) -> SharedSecrets {
        SharedSecrets::new(Arc::new(Integrations::new(all).unwrap()), Algorithm::ALL, clock)
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
        let only_sha256 = SharedSecrets::new(integrations, [Algorithm::Sha256], Arc::new(ManualClock::default()));
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
        let later = following(now, Arc::new(ManualClock::default())).succeeding(&earlier);
        let callers: Vec<_> = later.callers.from(address).collect();
        assert_eq!(callers, [1], "site8 stands elsewhere, site7 is gone");
    }

    #[test]
    fn a_change_holds_from_the_next_call_on_and_callers_stay_known_through_it() {
        let verifier = verifier(3);
        let address = "192.0.2.7".parse().unwrap();
        let hints = Hints { names: &[], caller: Some(address) };
        let asked = |secret: &str, hints: &Hints<'_>| {
            let digest = sign(Algorithm::Sha1, "getMeetings", "", &secret.into());
            let checksum = Checksum::parse(&digest).unwrap();
            let call = SignedCall { name: "getMeetings", texts: &[""], checksum };
            let verified = block_on(verifier.verify(&call, hints));
            (verified.integration.map(|one| one.name.to_string()), verified.search)
        };
        asked("secret2", &hints);
        let change = |changes: Vec<NetworkChange>| {
            let base = verifier.network.network().revision();
            block_on(verifier.network.change_network(base, changes, Vec::new())).unwrap();
        };
        let rotated = Integration { secrets: vec!["new".into(), "secret2".into()], ..Integration::new("site2", "") };
        let gone = ["site0", "site1"].map(|name| NetworkChange::Remove(EntityName::Integration(name.into())));
        change([NetworkChange::Put(rotated.into())].into_iter().chain(gone).collect());
        for secret in ["new", "secret2"] {
            assert_eq!(asked(secret, &hints), (Some("site2".to_owned()), Search::Spared), "{secret}");
        }
        assert_eq!(asked("secret0", &hints).0, None);

        // a new one of an old name is another one: nobody has called from there for it
        change(vec![NetworkChange::Remove(EntityName::Integration("site2".into()))]);
        change(vec![NetworkChange::Put(Integration::new("site2", "secret2").into())]);
        assert_eq!(asked("secret2", &hints), (Some("site2".to_owned()), Search::Made { waited: Duration::ZERO }));
    }

    #[test]
    fn a_secret_that_has_expired_is_refused_from_that_moment_on() {
        let clock = Arc::new(ManualClock::default());
        let until = |secret: &str, seconds| IntegrationSecret {
            expires_at: Some(clock.now() + Duration::from_secs(seconds)),
            ..IntegrationSecret::from(secret)
        };
        let rotating = Integration { secrets: vec!["new".into(), until("old", 60)], ..Integration::new("moodle", "") };
        let verifier = following([rotating], clock.clone());
        let signed = |secret: &str| sign(Algorithm::Sha1, "getMeetings", "", &secret.into());
        let hints = Hints { names: &["moodle"], caller: None };
        for hints in [hints, Hints::default()] {
            assert!(who(&verifier, "getMeetings", "", &signed("old"), &hints).is_some());
        }
        clock.advance(Duration::from_secs(60));
        for hints in [hints, Hints::default()] {
            assert!(who(&verifier, "getMeetings", "", &signed("old"), &hints).is_none());
            assert!(who(&verifier, "getMeetings", "", &signed("new"), &hints).is_some());
        }
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
        let all = (0..99).map(|number| Integration::new(format!("site{number}"), format!("secret{number}")));
        let all = all.chain([Integration::new("moodle", SECRET)]);
        let verifier = following(all, clock.clone()).throttled(budget);
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
