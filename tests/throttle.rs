//! A flood of wrong checksums does not slow down the websites that the balancer knows.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use harness::{Lb, Website, integrations, simulated, unwatched};
use tokio::task::JoinSet;

const FLOOD: &str = "198.51.100.7";

/// Rounds at most: a busy machine spoils some, and one good one tells.
const ROUNDS: usize = 5;

/// Calls without an end from the address of the flood, each client as fast as it is answered.
fn flood(website: &Website, clients: usize) -> (JoinSet<()>, Arc<AtomicBool>) {
    let (mut tasks, stop) = (JoinSet::new(), Arc::<AtomicBool>::default());
    for _ in 0..clients {
        let (website, stop) = (website.clone(), Arc::clone(&stop));
        tasks.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let params = [("integrationName", "site-3")];
                website.call_with("getMeetings", &params, &[("x-forwarded-for", FLOOD)]).await;
            }
        });
    }
    (tasks, stop)
}

/// The median of what calls of a website from `address` take while there is a flood of calls of `flooding`.
async fn median_beside(known: &Website, address: &str, flooding: &Website) -> Duration {
    let (mut tasks, stop) = flood(flooding, 16);
    let mut times = Vec::new();
    for _ in 0..60 {
        let begun = Instant::now();
        known.call_with("getMeetings", &[], &[("x-forwarded-for", address)]).await.success();
        times.push(begun.elapsed());
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn known_websites_keep_their_pace_and_an_unknown_one_gets_its_turn() {
    let servers = simulated(1).await;
    let sites: Vec<_> = (0..2000).map(|number| (format!("site-{number}"), format!("s3cr3t-{number:04}"))).collect();
    let websites: Vec<_> = sites.iter().map(|(name, secret)| (name.as_str(), secret.as_str())).collect();
    let budget = "[checksum]\nhashes_per_address = 10000\nhashes_beyond = 20000\n";
    let lb = Lb::start(&(budget.to_owned() + &integrations(&websites) + &unwatched(&servers))).await;
    lb.ready().await;
    let website = |number: usize| lb.website(&sites[number].1);
    let (known, neighbour, nobody) = (website(1999), website(1998), lb.website("nobody-s s3cr3t"));
    // both have called before, one of them from where the flood comes from
    known.call_with("getMeetings", &[], &[("x-forwarded-for", "192.0.2.1")]).await.success();
    neighbour.call_with("getMeetings", &[], &[("x-forwarded-for", FLOOD)]).await.success();

    for (website, address) in [(&known, "192.0.2.1"), (&neighbour, FLOOD)] {
        let mut seen = Vec::new();
        let kept_its_pace = loop {
            // the same flood with right checksums, so that only the searches differ
            let right = median_beside(website, address, &lb.website(&sites[3].1)).await;
            let wrong = median_beside(website, address, &nobody).await;
            seen.push((right, wrong));
            let kept = wrong < right * 3 / 2 + Duration::from_millis(2);
            if kept || seen.len() == ROUNDS {
                break kept;
            }
        };
        assert!(kept_its_pace, "{address}: medians beside right and beside wrong ones {seen:?}");
    }
    let refused = lb.metric("lb_checksum_searches_total{outcome=\"refused\"}").await.unwrap_or(0.0);
    assert!(refused > 100.0, "most of the flood bought nothing: {refused}");

    // a website that never called, behind the same address while wrong calls come from there
    let (mut tasks, stop) = flood(&nobody, 4);
    lb.website(&sites[1500].1).call_with("getMeetings", &[], &[("x-forwarded-for", FLOOD)]).await.success();
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    assert!(lb.metric("lb_checksum_search_waits_total").await.unwrap() > 0.0);

    let log = lb.log();
    let line = log.lines().find(|line| line.contains("checksumError")).expect("wrong ones are logged");
    assert!(line.contains("INFO") && line.contains("call=getMeetings"), "{line}");
    assert!(line.contains(&format!("address={FLOOD}")) && line.contains("hint=site-3"), "{line}");
    let url = nobody.url("getMeetings", &[("integrationName", "site-3")]);
    let digest = url.split_once("checksum=").unwrap().1;
    assert!(!log.contains(digest), "the digest is in the log");
}
