//! [`SearchBudget`]: what searches through all secrets may cost, so that wrong checksums buy no CPU.
//!
//! ```text
//!  a search ──▶ does its address owe much? ── no ──▶ budget of all such searches together ──▶ waits for it, seldom
//!                          │
//!                          └─ yes ──▶ the small share that is left for those: one after the other, in a bounded queue
//! ```
//!
//! Costs are counted in hashes, and debts decline by themselves (the generic cell rate algorithm, ITU-T I.371): of each
//! budget one number is kept, the moment at which nothing is owed any more.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::clock::{Clock, Timestamp};

/// What searches through all secrets may cost. A search costs a hash for each secret; one that finds who signed the call costs
/// its address nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchBudget {
    /// Hashes per second for one address (of IPv6: one /64), and how far it may be in debt before its searches wait. Zero
    /// counts as one, here and below.
    pub per_address: u32,
    /// Hashes per second for all addresses that keep within theirs, and how far these may be in debt together.
    pub within: u32,
    /// Hashes per second for all that have overdrawn theirs, together.
    pub beyond: u32,
    /// How long a search waits for its turn at most. One that would wait longer is refused at once.
    pub patience: Duration,
}

impl Default for SearchBudget {
    /// Per address 50 000 hashes per second, 1 000 000 for all, 100 000 for those beyond, a patience of 1 s: with SHA-1, about
    /// 1 %, 15 % and 2 % of one core.
    fn default() -> Self {
        Self { per_address: 50_000, within: 1_000_000, beyond: 100_000, patience: Duration::from_secs(1) }
    }
}

/// Addresses are counted in so many slots. Two that fall into one slot share its budget, so nothing grows and nothing is
/// ever pushed out: a slot forgets by itself.
const SLOTS: usize = 8192;
/// How many searches of one slot may wait at once, so that one address does not fill the queue of all.
const WAITING_OF_ONE: u32 = 8;
/// How many may wait at all.
const WAITING: u32 = 1024;

const SECOND: u64 = 1_000_000_000;

/// Lets searches in.
#[derive(Debug)]
pub(super) struct Throttle {
    budget: SearchBudget,
    clock: Arc<dyn Clock>,
    accounts: Arc<Accounts>,
}

/// What is owed. It outlives a change of the budget.
#[derive(Debug)]
struct Accounts {
    hasher: RandomState,
    slots: Box<[Slot]>,
    within: Debt,
    beyond: Debt,
    waiting: AtomicU32,
}

#[derive(Debug, Default)]
struct Slot {
    debt: Debt,
    waiting: AtomicU32,
}

impl Throttle {
    pub(super) fn new(budget: SearchBudget, clock: Arc<dyn Clock>) -> Self {
        let accounts = Accounts {
            hasher: RandomState::new(),
            slots: (0..SLOTS).map(|_| Slot::default()).collect(),
            within: Debt::default(),
            beyond: Debt::default(),
            waiting: AtomicU32::new(0),
        };
        Self { budget, clock, accounts: Arc::new(accounts) }
    }

    /// The same with the debts of `earlier`.
    pub(super) fn succeeding(self, earlier: &Self) -> Self {
        Self { accounts: Arc::clone(&earlier.accounts), ..self }
    }

    /// Waits until a search of `hashes` hashes may begin; how long it waited. `None` if it may not.
    pub(super) async fn admit(&self, address: Option<IpAddr>, hashes: u64) -> Option<Duration> {
        let (accounts, budget) = (&*self.accounts, &self.budget);
        let slot = accounts.slot(address);
        let now = nanos(self.clock.now());
        let _place = accounts.place(slot)?;
        let patience = u64::try_from(budget.patience.as_nanos()).unwrap_or(u64::MAX);
        let own = cost(hashes, budget.per_address);
        let wait = if slot.debt.charge(now, own, SECOND, 0).is_some() {
            let wait = accounts.within.charge(now, cost(hashes, budget.within), SECOND, patience);
            if wait.is_none() {
                slot.debt.forgive(own);
            }
            wait
        } else {
            accounts.beyond.charge(now, cost(hashes, budget.beyond), 0, patience)
        };
        let wait = Duration::from_nanos(wait?);
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        Some(wait)
    }

    /// The search of `hashes` hashes found whom it looked for: its address has not wasted them.
    pub(super) fn forgive(&self, address: Option<IpAddr>, hashes: u64) {
        self.accounts.slot(address).debt.forgive(cost(hashes, self.budget.per_address));
    }
}

impl Accounts {
    fn slot(&self, address: Option<IpAddr>) -> &Slot {
        &self.slots[self.hasher.hash_one(address.map(network)) as usize % SLOTS]
    }

    fn place<'a>(&'a self, slot: &'a Slot) -> Option<Place<'a>> {
        let of_one = Counted::one_of(&slot.waiting, WAITING_OF_ONE)?;
        Some(Place { _of_one: of_one, _of_all: Counted::one_of(&self.waiting, WAITING)? })
    }
}

/// The part of an address that one customer of a provider has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        IpAddr::V4(address) => address.into(),
    }
}

/// A place among those who wait, until it is dropped.
struct Place<'a> {
    _of_one: Counted<'a>,
    _of_all: Counted<'a>,
}

struct Counted<'a>(&'a AtomicU32);

impl<'a> Counted<'a> {
    fn one_of(count: &'a AtomicU32, most: u32) -> Option<Self> {
        count.fetch_update(Relaxed, Relaxed, |count| (count < most).then_some(count + 1)).ok().map(|_| Self(count))
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// The moment at which nothing is owed any more, in nanoseconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Debt(AtomicU64);

impl Debt {
    /// Adds `cost` if the debt before it is, after a wait of at most `patience`, no more than `allowed`; answers the wait.
    pub(crate) fn charge(&self, now: u64, cost: u64, allowed: u64, patience: u64) -> Option<u64> {
        let wait = |until: u64| until.saturating_sub(now).saturating_sub(allowed);
        let charged = self.0.fetch_update(Relaxed, Relaxed, |until| {
            (wait(until) <= patience).then(|| until.max(now).saturating_add(cost))
        });
        charged.ok().map(wait)
    }

    fn forgive(&self, cost: u64) {
        // it always answers something
        let _ = self.0.fetch_update(Relaxed, Relaxed, |until| Some(until.saturating_sub(cost)));
    }
}

fn nanos(moment: Timestamp) -> u64 {
    moment.as_millis().saturating_mul(1_000_000)
}

/// How long so many hashes take at `rate` per second, in nanoseconds.
fn cost(hashes: u64, rate: u32) -> u64 {
    hashes.saturating_mul(SECOND) / u64::from(rate.max(1))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;

    use super::*;
    use crate::clock::ManualClock;

    const BUDGET: SearchBudget =
        SearchBudget { per_address: 1000, within: 100_000, beyond: 1000, patience: Duration::from_secs(1) };

    fn throttle() -> (Arc<ManualClock>, Throttle) {
        let clock = Arc::new(ManualClock::default());
        (Arc::clone(&clock), Throttle::new(BUDGET, clock))
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    /// An address that shares no slot with `other`.
    fn apart_from(throttle: &Throttle, other: Option<IpAddr>) -> Option<IpAddr> {
        let slot = |address| std::ptr::from_ref(throttle.accounts.slot(address));
        let mut addresses = (1..=u8::MAX).map(|last| Some(IpAddr::from([198, 51, 100, last])));
        addresses.find(|&address| slot(address) != slot(other)).unwrap()
    }

    /// How many searches begin at once before one would have to wait or is refused.
    fn at_once(throttle: &Throttle, address: Option<IpAddr>, hashes: u64) -> usize {
        (0..1000).take_while(|_| matches!(throttle.admit(address, hashes).now_or_never(), Some(Some(_)))).count()
    }

    #[test]
    fn an_address_may_search_at_once_as_far_as_its_budget_goes_and_again_when_that_has_filled() {
        let (clock, throttle) = throttle();
        let stranger = address("192.0.2.1");
        // 1000 hashes may be owed before a search: ten times 100, one more, and one from the share of all
        assert_eq!(at_once(&throttle, stranger, 100), 12);
        clock.advance(Duration::from_secs(1));
        assert_eq!(
            at_once(&throttle, stranger, 100),
            11,
            "one second later; those before cost one search of the share"
        );
        let other = apart_from(&throttle, stranger);
        assert_eq!(at_once(&throttle, other, 100), 11, "another address has a budget of its own");
    }

    #[test]
    fn a_search_that_is_dearer_than_the_whole_budget_is_not_kept_out_for_ever() {
        let (clock, throttle) = throttle();
        let stranger = address("192.0.2.1");
        assert!(at_once(&throttle, stranger, 5000) >= 1);
        clock.advance(Duration::from_secs(60));
        assert!(at_once(&throttle, stranger, 5000) >= 1);
    }

    #[test]
    fn who_is_beyond_its_budget_waits_its_turn_and_then_searches() {
        let (clock, throttle) = throttle();
        let stranger = address("192.0.2.1");
        at_once(&throttle, stranger, 100);
        let mut first = pin!(throttle.admit(stranger, 100));
        let mut second = pin!(throttle.admit(stranger, 100));
        assert_eq!(first.as_mut().now_or_never(), None);
        assert_eq!(second.as_mut().now_or_never(), None);
        clock.advance(Duration::from_millis(150));
        let waited = |admitted: Option<Option<Duration>>| admitted.flatten().map(|wait| wait.as_millis());
        // the share of 1000 hashes per second: 100 ms for each search, and two were before
        assert!(waited(first.now_or_never()).is_none(), "200 ms");
        clock.advance(Duration::from_millis(100));
        assert!(waited(second.as_mut().now_or_never()).is_none(), "300 ms");
        clock.advance(Duration::from_millis(100));
        assert_eq!(waited(second.now_or_never()), Some(300));
    }

    #[test]
    fn one_address_fills_neither_the_queue_nor_the_patience_of_another() {
        let (_clock, throttle) = throttle();
        let flood = address("192.0.2.1");
        at_once(&throttle, flood, 10);
        let mut waiting: Vec<_> = (0..WAITING_OF_ONE).map(|_| Box::pin(throttle.admit(flood, 10))).collect();
        assert!(waiting.iter_mut().all(|wait| wait.as_mut().now_or_never().is_none()));
        assert_eq!(throttle.admit(flood, 10).now_or_never(), Some(None), "its places are taken");
        let other = apart_from(&throttle, flood);
        at_once(&throttle, other, 10);
        assert_eq!(throttle.admit(other, 10).now_or_never(), None, "it waits, and is not refused");
        waiting.clear();
        assert_eq!(throttle.admit(flood, 10).now_or_never(), None, "who hangs up leaves its place");
    }

    #[test]
    fn who_would_wait_longer_than_the_patience_is_refused_at_once() {
        let (_clock, throttle) = throttle();
        let stranger = address("192.0.2.1");
        at_once(&throttle, stranger, 300);
        assert_eq!(throttle.admit(stranger, 300).now_or_never(), None, "600 ms");
        assert_eq!(throttle.admit(stranger, 300).now_or_never(), None, "900 ms");
        assert_eq!(throttle.admit(stranger, 300).now_or_never(), Some(None), "1200 ms");
    }

    #[test]
    fn many_addresses_together_get_no_more_than_all_may_have() {
        let (_clock, throttle) = throttle();
        let addresses = (0..u32::from(u16::MAX)).map(|number| Some(IpAddr::from(number.to_be_bytes())));
        let begun = addresses.filter(|&address| matches!(throttle.admit(address, 1000).now_or_never(), Some(Some(_))));
        // 100 000 hashes in debt, one search more, and one of the share for those that fall into a slot that owes
        assert!((100..=102).contains(&begun.count()));
    }

    #[test]
    fn what_found_its_integration_costs_nothing() {
        let (_clock, throttle) = throttle();
        let website = address("192.0.2.1");
        for _ in 0..50 {
            assert_eq!(throttle.admit(website, 1000).now_or_never(), Some(Some(Duration::ZERO)));
            throttle.forgive(website, 1000);
        }
    }

    #[test]
    fn a_provider_s_customer_is_one_whatever_address_of_its_64_bits_it_takes() {
        let (_clock, throttle) = throttle();
        assert_eq!(at_once(&throttle, address("2001:db8:1:2::1"), 100), 12);
        assert_eq!(at_once(&throttle, address("2001:db8:1:2:ffff::9"), 100), 0);
        let networks = ["2001:db8:1:2::1", "2001:db8:1:3::1"].map(|text| network(text.parse().unwrap()));
        assert_ne!(networks[0], networks[1], "the next one is another");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn debts_outlive_a_change_of_the_budget() {
        let (clock, throttle) = throttle();
        let stranger = address("192.0.2.1");
        at_once(&throttle, stranger, 100);
        let next = Throttle::new(SearchBudget { per_address: 2000, ..BUDGET }, clock).succeeding(&throttle);
        assert_eq!(at_once(&next, stranger, 100), 0);
    }
}
