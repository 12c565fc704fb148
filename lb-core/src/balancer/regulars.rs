//! [`Regulars`]: when each website last called with success, and how busy it is.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use imbl::HashMap;

use crate::api::Call;
use crate::clock::Timestamp;
use crate::network::IntegrationName;

/// How long the busiest second counts.
const BUSIEST_FOR: Duration = Duration::from_secs(60);

/// What is known of the calls of each integration that ever called. Each has a lock of its own, held for one note.
#[derive(Debug, Default)]
pub(super) struct Regulars(ArcSwap<HashMap<IntegrationName, Arc<Mutex<Calls>>>>);

/// The calls of one integration.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// When the last one was answered with a success, and where it came from.
    pub(super) succeeded: Option<(Timestamp, Option<IpAddr>)>,
    // which second, and how many calls that rates count came in it
    second: u64,
    count: u32,
    // the same of the busiest one of late
    busiest_second: u64,
    busiest: u32,
}

impl Calls {
    fn called(&mut self, counts: bool, now: Timestamp) {
        let second = now.as_millis() / 1000;
        if self.second != second {
            (self.second, self.count) = (second, 0);
        }
        self.count = self.count.saturating_add(u32::from(counts));
        if self.count >= self.busiest || second.saturating_sub(self.busiest_second) > BUSIEST_FOR.as_secs() {
            (self.busiest_second, self.busiest) = (second, self.count);
        }
    }

    /// How many calls came in the busiest second of the last minute, as far as is known; joins do not count.
    pub(super) fn busiest(&self, now: Timestamp) -> u32 {
        let recent = now.since(Timestamp::from_millis(self.busiest_second * 1000)) <= BUSIEST_FOR;
        if recent { self.busiest } else { 0 }
    }
}

impl Regulars {
    /// An integration's call was answered at `now`.
    pub(super) fn called(
        &self,
        name: &IntegrationName,
        call: Option<Call>,
        address: Option<IpAddr>,
        success: bool,
        now: Timestamp,
    ) {
        let whose = self.whose(name);
        let mut calls = whose.lock().unwrap_or_else(PoisonError::into_inner);
        calls.called(call != Some(Call::Join), now);
        if success {
            calls.succeeded = Some((now, address));
        }
    }

    /// What is known of an integration's calls.
    pub(super) fn of(&self, name: &IntegrationName) -> Calls {
        let calls = self.0.load().get(name).map(|calls| calls.lock().unwrap_or_else(PoisonError::into_inner).clone());
        calls.unwrap_or_default()
    }

    fn whose(&self, name: &IntegrationName) -> Arc<Mutex<Calls>> {
        if let Some(calls) = self.0.load().get(name) {
            return Arc::clone(calls);
        }
        let fresh = Arc::new(Mutex::default());
        self.0.rcu(|all| match all.contains_key(name) {
            true => Arc::clone(all),
            false => Arc::new(all.update(name.clone(), Arc::clone(&fresh))),
        });
        self.0.load().get(name).map_or(fresh, Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_second_of_the_last_minute_and_the_last_success_are_known() {
        let (regulars, name) = (Regulars::default(), IntegrationName::from("moodle"));
        let at = |millis| Timestamp::from_millis(millis);
        for millis in [1000, 1001, 1999, 2000, 2100] {
            regulars.called(&name, Some(Call::End), None, millis == 2000, at(millis));
        }
        regulars.called(&name, Some(Call::Join), None, false, at(2100));
        let calls = regulars.of(&name);
        assert_eq!((calls.busiest(at(2100)), calls.succeeded), (3, Some((at(2000), None))));
        assert_eq!(calls.busiest(at(62_000)), 0, "it is long ago");
        regulars.called(&name, None, None, true, at(70_000));
        assert_eq!(regulars.of(&name).busiest(at(70_000)), 1);
        assert_eq!(regulars.of(&"portal".into()).busiest(at(70_000)), 0);
    }
}
