//! The contract of [`ServerSource`], one function for each clause. A clause that does not hold panics with what is wrong.
//!
//! A clause polls the source it is given, so the source must be able to answer: a test sets up what stands behind it.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use crate::clock::Clock;
use crate::source::{MonitorReport, ServerSource};

async fn poll(source: &dyn ServerSource) -> MonitorReport {
    match source.poll().await {
        Ok(report) => report,
        Err(error) => panic!("the poll failed: {error}"),
    }
}

/// Every server has a name, and no two have the same.
pub async fn names_are_unique_and_not_empty(source: &dyn ServerSource) {
    let report = poll(source).await;
    let mut names = HashSet::new();
    for reported in &report.servers {
        let name = reported.server.name.as_str();
        assert!(!name.trim().is_empty(), "a server has no name");
        assert!(names.insert(name), "two servers are called {name}");
    }
}

/// The URL of every server is an http or https one and ends in `/api/`, so that a call's name can be appended.
pub async fn urls_are_those_of_an_api(source: &dyn ServerSource) {
    for reported in poll(source).await.servers {
        let (name, url) = (&reported.server.name, &reported.server.api_url);
        assert!(matches!(url.scheme(), "http" | "https"), "{name}: the API is not spoken to by {}", url.scheme());
        assert!(url.path().ends_with("/api/"), "{name}: {} is not the path of an API", url.path());
        assert!(url.query().is_none() && url.fragment().is_none(), "{name}: its URL does not end with the path");
    }
}

/// Percentages are within 0 to 100, and whoever reports a CPU figure says when it was taken.
pub async fn figures_are_within_their_range(source: &dyn ServerSource) {
    for reported in poll(source).await.servers {
        let (name, load) = (&reported.server.name, reported.load);
        for (figure, value) in [("CPU", load.cpu), ("memory", load.memory), ("disk", load.disk)] {
            let within = value.is_none_or(|value| (0.0..=100.0).contains(&value));
            assert!(within, "{name}: {figure} is {value:?} %");
        }
        assert!(load.cpu.is_none() || load.cpu_at.as_millis() > 0, "{name}: nobody knows how old its CPU figure is");
    }
}

/// While nothing changes behind it, every poll brings the same servers.
pub async fn a_poll_can_be_repeated(source: &dyn ServerSource) {
    let servers = |report: MonitorReport| -> Vec<_> {
        let mut servers: Vec<_> = report.servers.into_iter().map(|reported| reported.server).collect();
        servers.sort_by(|one, other| one.name.cmp(&other.name));
        servers
    };
    let first = servers(poll(source).await);
    for _ in 0..2 {
        assert!(servers(poll(source).await) == first, "another poll brought other servers");
    }
}

/// A poll that is dropped half-way has no effect on those after it.
pub async fn a_poll_may_be_dropped(source: &dyn ServerSource) {
    let before = poll(source).await.servers.len();
    // polled once, then dropped
    drop(source.poll().now_or_never());
    assert_eq!(poll(source).await.servers.len(), before, "a poll after a dropped one brought other servers");
}

/// A poll ends within `deadline`, whatever it brings: a source has a deadline of its own.
pub async fn a_poll_ends_within(source: &dyn ServerSource, clock: &dyn Clock, deadline: Duration) {
    let in_time = matches!(select(source.poll(), clock.sleep(deadline)).await, Either::Left(_));
    assert!(in_time, "the poll had not ended after {deadline:?}");
}

/// The error of a poll that must fail shows none of `secrets`, neither as text nor by `Debug`.
pub async fn an_error_tells_no_secret(source: &dyn ServerSource, secrets: &[&str]) {
    let Err(error) = source.poll().await else { panic!("the poll was to fail") };
    let shown = format!("{error} {error:?}");
    for secret in secrets {
        assert!(!shown.contains(secret), "the error shows a secret");
    }
}
