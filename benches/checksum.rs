//! Whose call is it? With 10,000 integrations, one secret each. The goal for a caller that has called before is 5 µs.
#![allow(missing_docs, reason = "a benchmark")]

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use futures_executor::block_on;
use futures_util::FutureExt;
use lb_core::checksum::{
    Algorithm, Checksum, ChecksumVerifier, Hints, Search, SearchBudget, SharedSecrets, SignedCall, sign,
};
use lb_core::{Integration, Integrations, ManualClock};

const COUNT: usize = 10_000;
const CALL: &str = "getMeetingInfo";
const QUERY: &str = "meetingID=f2b1c6d0-3a54-4f0e-9d3c-7b8f0c3a1e55&random=4711";

fn verifier() -> SharedSecrets {
    let all =
        (0..COUNT).map(|number| Integration::new(format!("site-{number}"), format!("secret-of-site-{number:05}")));
    let integrations = Integrations::new(all).expect("names and secrets differ");
    // it stands still: nothing is waited for, and no debt declines
    SharedSecrets::new(Arc::new(integrations), Algorithm::ALL, Arc::new(ManualClock::default()))
}

fn checksum_of(algorithm: Algorithm, secret: &str) -> Checksum {
    Checksum::parse(&sign(algorithm, CALL, QUERY, &secret.into())).expect("a digest")
}

fn verification(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("checksum/10000-integrations");
    let (known, stranger): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256] {
        let verifier = verifier();
        let right = checksum_of(algorithm, &format!("secret-of-site-{:05}", COUNT / 2));
        let wrong = checksum_of(algorithm, "nobody's secret");
        let name = format!("site-{}", COUNT / 2);
        let verify = |checksum: Checksum, names: &[&str], caller: Option<IpAddr>| {
            let call = SignedCall { name: CALL, texts: &[black_box(QUERY)], checksum };
            block_on(verifier.verify(&call, &Hints { names, caller })).integration.is_some()
        };
        assert!(verify(right, &[], Some(known)), "remembered from now on");
        let mut bench = |what: &str, checksum, names: &[&str], caller, found| {
            assert_eq!(verify(checksum, names, caller), found, "{what}");
            group.bench_function(format!("{what}/{algorithm:?}"), |bencher| {
                bencher.iter(|| verify(black_box(checksum), names, caller));
            });
        };
        bench("repeated-caller", right, &[], Some(known), true);
        bench("named", right, &[&name], None, true);
        bench("owner-of-the-meeting-behind-a-wrong-name", right, &["moodle", &name], None, true);
        bench("unknown-full-search", right, &[], None, true);
        bench("wrong-checksum", wrong, &[], Some(stranger), false);
    }
    group.finish();
}

/// What a wrong call costs while its address keeps within its budget, and when it has overdrawn it and the queue has no room.
fn throttling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("checksum/10000-integrations/throttled");
    let stranger: IpAddr = [192, 0, 2, 2].into();
    let plenty = SearchBudget { per_address: u32::MAX, within: u32::MAX, ..SearchBudget::default() };
    let none = SearchBudget { per_address: 1, within: 1, beyond: 1, ..SearchBudget::default() };
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256] {
        let wrong = checksum_of(algorithm, "nobody's secret");
        for (what, budget) in [("wrong-within-the-budget", plenty), ("wrong-beyond-the-budget", none)] {
            let verifier = verifier().throttled(budget);
            let call = SignedCall { name: CALL, texts: &[black_box(QUERY)], checksum: wrong };
            let hints = Hints { names: &[], caller: Some(stranger) };
            let verify = || verifier.verify(&call, &hints);
            // what may be owed is owed from here on
            while budget == none && verify().now_or_never().is_none_or(|one| one.search != Search::Refused) {}
            group.bench_function(format!("{what}/{algorithm:?}"), |bencher| bencher.iter(|| block_on(verify())));
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(30);
    targets = verification, throttling
}
criterion_main!(benches);
