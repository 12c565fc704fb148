//! [`Throttle`]: how often passwords may be tried, by whom and of whom.
//!
//! | what is counted | bound | beyond it |
//! |---|---|---|
//! | failures of an account from one address | 5 in 15 minutes | that pair is locked for 15 minutes |
//! | failures of an address, whatever the account | 20 in 15 minutes | every log-in from it is locked for 15 minutes |
//! | failures of an account, wherever from | 50 in an hour | an address that has failed for it waits a minute before it tries again; one that has logged in to it before does not |
//!
//! So whoever guesses from one place is stopped. Whoever guesses from many has no more than the tries of each of them, one a
//! minute; what all of them cost is bounded where passwords are hashed. What fails elsewhere keeps nobody out: the
//! account's owner has a try from wherever they have not failed themselves. An attempt counts as failed from its beginning, so that many at once are not more than many in a row.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use lb_core::Timestamp;

const OF_PAIR: usize = 5;
const OF_ADDRESS: usize = 20;
const OF_ACCOUNT: usize = 50;

/// Failures of pairs and addresses count so long, and lock so long.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const LOCKED: Duration = Duration::from_secs(15 * 60);

/// Failures of accounts count so long.
const LONG_WINDOW: Duration = Duration::from_secs(3600);

/// After a failure for an account that is guessed at, an address that is not known waits so long.
const SLOWED: Duration = Duration::from_secs(60);

/// So many pairs, addresses and accounts are remembered each; beyond that, those are forgotten that failed longest ago.
const REMEMBERED: usize = 16_384;

/// So many addresses from which somebody has logged in are remembered of an account.
const KNOWN_OF_ONE: usize = 16;

/// An address, or a network of IPv6, that counts as one; absent for who is on this machine.
type Place = Option<IpAddr>;

#[derive(Default)]
pub(super) struct Throttle {
    pairs: Table<(String, Place)>,
    addresses: Table<Place>,
    accounts: Table<String>,
    // the last of each are the newest
    known: HashMap<String, VecDeque<Place>>,
}

/// A try that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    account: String,
    place: Place,
    at: Timestamp,
    // the failure of the account that is counted no more because this one is
    dropped: Option<Timestamp>,
}

/// Somebody is locked out from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockedOut {
    /// From one account.
    Account,
    /// From every account.
    Address,
}

impl Throttle {
    /// Begins a try. `known` says that somebody has logged in to the account from there before, as far as others remember.
    ///
    /// # Errors
    /// It may not be; how long not.
    pub(super) fn begin(
        &mut self,
        account: &str,
        address: Option<IpAddr>,
        known: bool,
        now: Timestamp,
    ) -> Result<Attempt, Duration> {
        let place = address.map(network);
        let pair = (account.to_owned(), place);
        let of_address = self.addresses.locked(&place, OF_ADDRESS, now);
        if let Some(rest) = of_address.max(self.pairs.locked(&pair, OF_PAIR, now)) {
            return Err(rest);
        }
        let known = known || self.known.get(account).is_some_and(|places| places.contains(&place));
        if !known
            && let Some(account) = self.accounts.counts.get_mut(account)
            && account.failures_since(LONG_WINDOW, now) >= OF_ACCOUNT
            && let Some(last) = self.pairs.counts.get(&pair).and_then(|own| own.failures.back())
        {
            // failures of its own only: those of others must not keep out who has made none
            let waited = now.since(*last);
            if waited < SLOWED {
                return Err(SLOWED - waited);
            }
        }
        self.pairs.count(pair, now, OF_PAIR);
        self.addresses.count(place, now, OF_ADDRESS);
        let dropped = self.accounts.count(account.to_owned(), now, OF_ACCOUNT);
        Ok(Attempt { account: account.to_owned(), place, at: now, dropped })
    }

    /// The password was wrong. Answers who is locked out by that.
    pub(super) fn failed(&mut self, attempt: &Attempt, now: Timestamp) -> Option<LockedOut> {
        let pair = (attempt.account.clone(), attempt.place);
        let of_pair = self.pairs.lock_at(&pair, OF_PAIR, now);
        let of_address = self.addresses.lock_at(&attempt.place, OF_ADDRESS, now);
        match (of_address, of_pair) {
            (true, _) => Some(LockedOut::Address),
            (false, true) => Some(LockedOut::Account),
            (false, false) => None,
        }
    }

    /// The password was right: what was tried from there before is forgotten, and the place is known.
    pub(super) fn succeeded(&mut self, attempt: &Attempt) {
        self.pairs.counts.remove(&(attempt.account.clone(), attempt.place));
        self.take_back_counts(attempt);
        if self.known.len() >= REMEMBERED && !self.known.contains_key(&attempt.account) {
            self.known.clear();
        }
        let places = self.known.entry(attempt.account.clone()).or_default();
        places.retain(|place| *place != attempt.place);
        if places.len() >= KNOWN_OF_ONE {
            places.pop_front();
        }
        places.push_back(attempt.place);
    }

    /// The password was not looked at.
    pub(super) fn given_up(&mut self, attempt: &Attempt) {
        self.pairs.take_back(&(attempt.account.clone(), attempt.place), attempt.at, None);
        self.take_back_counts(attempt);
    }

    fn take_back_counts(&mut self, attempt: &Attempt) {
        self.addresses.take_back(&attempt.place, attempt.at, None);
        self.accounts.take_back(&attempt.account, attempt.at, attempt.dropped);
    }
}

impl fmt::Debug for Throttle {
    /// No names: people type passwords where the name belongs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle")
            .field("pairs", &self.pairs.counts.len())
            .field("addresses", &self.addresses.counts.len())
            .field("accounts", &self.accounts.counts.len())
            .finish_non_exhaustive()
    }
}

struct Table<K> {
    counts: HashMap<K, Count>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self { counts: HashMap::new() }
    }
}

#[derive(Debug, Default)]
struct Count {
    // oldest first
    failures: VecDeque<Timestamp>,
    locked_until: Timestamp,
}

impl Count {
    fn failures_since(&mut self, window: Duration, now: Timestamp) -> usize {
        while self.failures.front().is_some_and(|first| now.since(*first) >= window) {
            self.failures.pop_front();
        }
        self.failures.len()
    }

    /// When it last mattered.
    fn last(&self) -> Timestamp {
        self.failures.back().copied().unwrap_or_default().max(self.locked_until)
    }
}

impl<K: Hash + Eq + Clone> Table<K> {
    /// How long `key` is still locked: by a lock, or by as many tries that are under way, or were broken off, as there may be.
    fn locked(&mut self, key: &K, most: usize, now: Timestamp) -> Option<Duration> {
        let count = self.counts.get_mut(key)?;
        let until = match count.failures_since(WINDOW, now) >= most {
            true => count.failures.front().map_or(now, |first| *first + WINDOW),
            false => count.locked_until,
        };
        let rest = until.since(now);
        (!rest.is_zero()).then_some(rest)
    }

    /// Counts a failure. Answers the oldest one where it is counted no more for that.
    fn count(&mut self, key: K, now: Timestamp, most: usize) -> Option<Timestamp> {
        if self.counts.len() >= REMEMBERED && !self.counts.contains_key(&key) {
            self.forget(now);
        }
        let count = self.counts.entry(key).or_default();
        let dropped = if count.failures.len() >= most { count.failures.pop_front() } else { None };
        count.failures.push_back(now);
        dropped
    }

    /// Forgets what does not matter any more; if there is no such thing, what mattered longest ago.
    fn forget(&mut self, now: Timestamp) {
        let before = self.counts.len();
        self.counts.retain(|_, count| now.since(count.last()) < LONG_WINDOW);
        if self.counts.len() == before {
            let oldest = self.counts.iter().min_by_key(|(_, count)| count.last()).map(|(key, _)| key.clone());
            oldest.map(|key| self.counts.remove(&key));
        }
    }

    fn lock_at(&mut self, key: &K, most: usize, now: Timestamp) -> bool {
        let Some(count) = self.counts.get_mut(key) else { return false };
        let locks = count.failures_since(WINDOW, now) >= most;
        if locks {
            count.failures.clear();
            count.locked_until = now + LOCKED;
        }
        locks
    }

    /// Counts the failure of `at` no more, and the one that was `dropped` for it again.
    fn take_back(&mut self, key: &K, at: Timestamp, dropped: Option<Timestamp>) {
        let Some(count) = self.counts.get_mut(key) else { return };
        if let Some(place) = count.failures.iter().rposition(|failure| *failure == at) {
            count.failures.remove(place);
            if let Some(dropped) = dropped {
                let place = count.failures.partition_point(|failure| *failure < dropped);
                count.failures.insert(place, dropped);
            }
        }
    }
}

/// Who counts as one: an address of IPv4, a /64 of IPv6, because whoever has one address of it has all of them.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_millis(1_767_225_600_000 + minutes * 60_000)
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    /// A try with a wrong password: who is locked out by it, or how long it may not be.
    fn fail(throttle: &mut Throttle, account: &str, from: &str, now: Timestamp) -> Result<Option<LockedOut>, Duration> {
        let attempt = throttle.begin(account, address(from), false, now)?;
        Ok(throttle.failed(&attempt, now))
    }

    fn succeed(throttle: &mut Throttle, account: &str, from: &str, now: Timestamp) -> Result<(), Duration> {
        let attempt = throttle.begin(account, address(from), false, now)?;
        throttle.succeeded(&attempt);
        Ok(())
    }

    #[test]
    fn five_failures_lock_that_account_from_that_address_for_fifteen_minutes() {
        let mut throttle = Throttle::default();
        for minute in 0..4 {
            assert_eq!(fail(&mut throttle, "ana", "192.0.2.1", at(minute)), Ok(None));
        }
        assert_eq!(fail(&mut throttle, "ana", "192.0.2.1", at(4)), Ok(Some(LockedOut::Account)));
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.1", at(5)), Err(14 * MINUTE), "the right one too");
        assert_eq!(succeed(&mut throttle, "eva", "192.0.2.1", at(5)), Ok(()), "another account");
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.2", at(5)), Ok(()), "from elsewhere");
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.1", at(19)), Ok(()));
        assert_eq!(fail(&mut throttle, "ana", "192.0.2.1", at(20)), Ok(None), "counted anew");
    }

    #[test]
    fn failures_are_forgotten_after_fifteen_minutes_and_with_a_success() {
        let mut throttle = Throttle::default();
        for minute in 0..60 {
            assert_eq!(fail(&mut throttle, "ana", "192.0.2.1", at(minute * 4)), Ok(None));
        }
        for _ in 0..4 {
            fail(&mut throttle, "eva", "192.0.2.1", at(300)).unwrap();
        }
        succeed(&mut throttle, "eva", "192.0.2.1", at(300)).unwrap();
        for _ in 0..4 {
            assert_eq!(fail(&mut throttle, "eva", "192.0.2.1", at(300)), Ok(None));
        }
    }

    #[test]
    fn twenty_failures_of_an_address_lock_it_for_every_account() {
        let mut throttle = Throttle::default();
        for number in 0..19 {
            let from = format!("2001:db8:1:2::{number}");
            assert_eq!(fail(&mut throttle, &format!("user{number}"), &from, at(0)), Ok(None), "{number}");
        }
        assert_eq!(fail(&mut throttle, "user19", "2001:db8:1:2::ff", at(1)), Ok(Some(LockedOut::Address)));
        assert_eq!(succeed(&mut throttle, "ana", "2001:db8:1:2:3::", at(2)), Err(14 * MINUTE), "one network");
        assert_eq!(succeed(&mut throttle, "ana", "2001:db8:1:3::", at(2)), Ok(()), "the next one");
        assert_eq!(succeed(&mut throttle, "ana", "2001:db8:1:2:3::", at(16)), Ok(()));
    }

    #[test]
    fn an_account_that_is_guessed_at_from_everywhere_is_slowed_where_it_failed_and_nowhere_else() {
        let mut throttle = Throttle::default();
        succeed(&mut throttle, "ana", "198.51.100.7", at(0)).unwrap();
        fail(&mut throttle, "ana", "198.51.100.7", at(1)).unwrap();
        for number in 0..49 {
            assert_eq!(fail(&mut throttle, "ana", &format!("192.0.2.{number}"), at(1)), Ok(None), "{number}");
        }
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.7", at(1)), Err(MINUTE), "the right one too");
        assert_eq!(succeed(&mut throttle, "ana", "198.51.100.7", at(1)), Ok(()), "it has logged in before");
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.7", at(1)), Err(MINUTE), "its owner lets nobody else in");
        let kept = throttle.begin("ana", address("192.0.2.8"), true, at(1));
        assert!(kept.is_ok(), "others remember that address");
        throttle.given_up(&kept.unwrap());
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.7", at(1)), Err(MINUTE), "nor does what was given up");
        assert_eq!(fail(&mut throttle, "ana", "192.0.2.7", at(2)), Ok(None), "its minute is over");
        assert_eq!(fail(&mut throttle, "ana", "192.0.2.7", at(2)), Err(MINUTE), "one try a minute");
        assert_eq!(succeed(&mut throttle, "eva", "192.0.2.7", at(2)), Ok(()), "nobody else is slowed");
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.7", at(63)), Ok(()), "an hour later");
    }

    #[test]
    fn whoever_guesses_from_many_addresses_does_not_keep_the_owner_out_of_a_new_one() {
        let mut throttle = Throttle::default();
        for number in 0..200 {
            assert_eq!(fail(&mut throttle, "ana", &format!("192.0.2.{number}"), at(1)), Ok(None), "{number}");
        }
        assert_eq!(fail(&mut throttle, "ana", "2001:db8:1:2::1", at(1)), Ok(None), "a slip");
        for number in 0..200 {
            assert_eq!(fail(&mut throttle, "ana", &format!("192.0.2.{number}"), at(2)), Ok(None), "{number}");
        }
        assert_eq!(succeed(&mut throttle, "ana", "203.0.113.1", at(2)), Ok(()));
        assert_eq!(succeed(&mut throttle, "ana", "2001:db8:1:2:3::", at(2)), Ok(()), "its minute is its own");
        assert_eq!(fail(&mut throttle, "ana", "203.0.113.2", at(2)), Ok(None));
        assert_eq!(succeed(&mut throttle, "ana", "203.0.113.2", at(2)), Err(MINUTE));
        let both = [
            throttle.begin("ana", address("203.0.113.3"), false, at(2)),
            throttle.begin("ana", address("203.0.113.3"), false, at(2)),
        ];
        assert!(both[0].is_ok() && both[1] == Err(MINUTE), "one of two at the same time");
    }

    #[test]
    fn tries_at_the_same_time_are_no_more_than_in_a_row_and_those_given_up_do_not_count() {
        let mut throttle = Throttle::default();
        let from = address("192.0.2.1");
        let tries: Vec<_> = (0..5).map(|_| throttle.begin("ana", from, false, at(0)).unwrap()).collect();
        assert_eq!(throttle.begin("ana", from, false, at(0)), Err(WINDOW));
        tries.iter().for_each(|attempt| throttle.given_up(attempt));
        assert_eq!(succeed(&mut throttle, "ana", "192.0.2.1", at(0)), Ok(()));
    }

    #[test]
    fn the_tables_have_a_bound_and_a_lock_outlasts_a_flood_of_other_names() {
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            fail(&mut throttle, "ana", "192.0.2.1", at(30)).unwrap();
        }
        for number in 0..REMEMBERED as u32 + 500 {
            let from = IpAddr::from((0x0A00_0000 + number).to_be_bytes());
            let attempt = throttle.begin(&format!("user{number}"), Some(from), false, at(31)).unwrap();
            throttle.failed(&attempt, at(31));
        }
        assert_eq!(throttle.pairs.counts.len(), REMEMBERED);
        assert_eq!(throttle.addresses.counts.len(), REMEMBERED);
        assert_eq!(throttle.accounts.counts.len(), REMEMBERED);
        assert!(succeed(&mut throttle, "ana", "192.0.2.1", at(32)).is_err());
    }
}
