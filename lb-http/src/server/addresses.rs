//! [`Addresses`]: how many places each address has: connections, or KiB of bodies.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts places by address. It holds no more entries than there are places.
#[derive(Debug)]
pub(super) struct Addresses {
    most: usize,
    counts: Mutex<HashMap<IpAddr, usize>>,
}

impl Addresses {
    /// Lets each address have `most` places.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, counts: Mutex::default() })
    }

    /// One more place for `peer`, until it is dropped; `None` if it has all that it may have.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let who = one(peer);
        let mut counts = self.counts();
        let count = counts.get(&who).copied().unwrap_or_default();
        if count >= self.most {
            return None;
        }
        counts.insert(who, count + 1);
        drop(counts);
        Some(Place { addresses: Arc::clone(self), who, count: 1 })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who counts as one: an address of IPv4, a /64 of IPv6, because whoever has one address of it has all of them.
fn one(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// A place, or several that are given back together.
#[derive(Debug)]
pub(super) struct Place {
    addresses: Arc<Addresses>,
    who: IpAddr,
    count: usize,
}

impl Place {
    /// Takes `more` places; answers whether its address may have them.
    pub(super) fn grow(&mut self, more: usize) -> bool {
        let mut counts = self.addresses.counts();
        let count = counts.entry(self.who).or_default();
        if more > self.addresses.most.saturating_sub(*count) {
            return false;
        }
        *count += more;
        drop(counts);
        self.count += more;
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.addresses.counts();
        if let Some(count) = counts.get_mut(&self.who) {
            *count = count.saturating_sub(self.count);
            if *count == 0 {
                counts.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_places_and_gets_them_back() {
        let addresses = Addresses::new(2);
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        let (first, _second) = (enter("192.0.2.1").unwrap(), enter("::ffff:192.0.2.1").unwrap());
        assert!(enter("192.0.2.1").is_none());
        let _other = enter("192.0.2.2").unwrap();
        drop(first);
        drop(enter("192.0.2.1").unwrap());
        assert_eq!(addresses.counts().len(), 2);
    }

    #[test]
    fn a_place_grows_as_far_as_its_address_may() {
        let addresses = Addresses::new(5);
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        let (mut one, two) = (enter("192.0.2.1").unwrap(), enter("192.0.2.1").unwrap());
        assert!(one.grow(3) && !one.grow(1));
        drop(two);
        assert!(one.grow(1) && enter("192.0.2.1").is_none());
        drop(one);
        assert!(addresses.counts().is_empty());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let addresses = Addresses::new(1);
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        let one = enter("2001:db8::1").unwrap();
        assert!(enter("2001:db8::ffff:1").is_none());
        let other = enter("2001:db8:0:1::1").unwrap();
        drop((one, other));
        assert!(addresses.counts().is_empty());
    }
}
