//! [`CallRates`]: how many calls an integration makes.

use std::hash::Hash;
use std::sync::Arc;

use arc_swap::ArcSwap;
use imbl::HashMap;

use crate::checksum::Debt;
use crate::clock::Timestamp;
use crate::network::IntegrationName;

const SECOND: u64 = 1_000_000_000;

/// Calls that may always come at once, however low the rate: one page of a website makes several.
const LEAST_BURST: u32 = 10;

/// One budget for each integration that has called, or for each of some few things that it did (the generic cell rate algorithm,
/// ITU-T I.371). Whoever is within it takes no lock. It outlives the configuration, and has one entry for each that ever had a
/// rate.
#[derive(Debug)]
pub(crate) struct CallRates<K = IntegrationName>(ArcSwap<HashMap<K, Arc<Debt>>>)
where
    K: Clone + Eq + Hash;

impl<K: Clone + Eq + Hash> Default for CallRates<K> {
    fn default() -> Self {
        Self(ArcSwap::default())
    }
}

impl<K: Clone + Eq + Hash> CallRates<K> {
    /// Whether `whose` may make one more call. So many as come in a second may come at once, and [`LEAST_BURST`] in any
    /// case. A rate of zero counts as one.
    pub(crate) fn admit(&self, whose: &K, per_second: u32, now: Timestamp) -> bool {
        let rate = per_second.max(1);
        let cost = SECOND / u64::from(rate);
        let burst = cost * u64::from(rate.max(LEAST_BURST) - 1);
        self.of(whose).charge(now.as_millis().saturating_mul(1_000_000), cost, burst, 0).is_some()
    }

    fn of(&self, whose: &K) -> Arc<Debt> {
        if let Some(debt) = self.0.load().get(whose) {
            return Arc::clone(debt);
        }
        let fresh = Arc::new(Debt::default());
        self.0.rcu(|all| match all.contains_key(whose) {
            true => Arc::clone(all),
            false => Arc::new(all.update(whose.clone(), Arc::clone(&fresh))),
        });
        self.0.load().get(whose).map_or(fresh, Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(rates: &CallRates, name: &str, rate: u32, now: u64) -> usize {
        (0..1000).filter(|_| rates.admit(&name.into(), rate, Timestamp::from_millis(now))).count()
    }

    #[test]
    fn a_seconds_worth_may_come_at_once_and_then_as_many_as_the_rate_says() {
        let rates = CallRates::default();
        assert_eq!(admitted(&rates, "moodle", 50, 1_000_000), 50);
        assert_eq!(admitted(&rates, "portal", 50, 1_000_000), 50, "each has its own");
        assert_eq!(admitted(&rates, "moodle", 50, 1_000_100), 5, "a tenth of a second later");
        assert_eq!(admitted(&rates, "moodle", 50, 1_900_000), 50);
    }

    #[test]
    fn even_the_lowest_rate_lets_one_page_of_a_website_through() {
        for rate in [0, 1] {
            let rates = CallRates::default();
            assert_eq!(admitted(&rates, "moodle", rate, 1_000_000), 10);
            assert_eq!(admitted(&rates, "moodle", rate, 1_001_000), 1, "one second later");
        }
    }
}
