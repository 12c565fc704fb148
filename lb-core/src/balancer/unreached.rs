//! [`Unreached`]: the hosts that websites' callbacks do not reach at present. In memory: after a restart a host is known again
//! with the next try.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Balancer;
use crate::callback::{CallbackKind, Delivery};
use crate::clock::Timestamp;
use crate::journal::Recent;
use crate::network::IntegrationName;

/// How many hosts are known; the one goes that was not tried for longest.
const HOSTS: usize = 2000;

/// A host that cannot be told what its website wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreachedHost {
    /// The host of the URL.
    pub host: String,
    /// What it is to be told.
    pub kind: CallbackKind,
    /// Since when nothing came through.
    pub since: Timestamp,
    /// Tries in vain since then.
    pub failures: u32,
    /// What went wrong the last time, for people.
    pub problem: String,
    /// When it is tried again; absent where it was given up.
    pub next_try: Option<Timestamp>,
}

/// Whose, where, and what is told.
type Key = (IntegrationName, String, CallbackKind);

/// Hosts that are not reached. Held for one note or one look.
#[derive(Debug, Default)]
pub(super) struct Unreached(Mutex<Recent<Key, Option<UnreachedHost>>>);

impl Unreached {
    fn lock(&self) -> MutexGuard<'_, Recent<Key, Option<UnreachedHost>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn failed(&self, key: Key, problem: String, next_try: Option<Timestamp>, now: Timestamp) {
        let mut all = self.lock();
        let host = all.touch(&key);
        let (since, failures) = host.as_ref().map_or((now, 0), |known| (known.since, known.failures));
        let (_, name, kind) = key;
        *host =
            Some(UnreachedHost { host: name, kind, since, failures: failures.saturating_add(1), problem, next_try });
        if all.len() > HOSTS {
            all.remove_oldest();
        }
    }

    /// Those of an integration, the one that is not reached for longest first.
    pub(super) fn of(&self, name: &IntegrationName) -> Vec<UnreachedHost> {
        let all = self.lock();
        let own = all.iter().filter(|((whose, ..), _)| whose == name);
        let mut own: Vec<_> = own.filter_map(|(_, host)| host.clone()).collect();
        own.sort_by(|a, b| (a.since, &a.host, a.kind).cmp(&(b.since, &b.host, b.kind)));
        own
    }
}

impl Balancer {
    /// Notes whether a delivery reached its host, or what the problem was.
    pub(super) fn note_reached(&self, delivery: &Delivery, problem: Option<String>, next_try: Option<Timestamp>) {
        let key = (delivery.meeting.integration.clone(), delivery.url.host(), delivery.id.kind);
        match problem {
            Some(problem) => self.support.unreached.failed(key, problem, next_try, self.clock.now()),
            None => self.support.unreached.reached(&key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_not_reached_until_something_comes_through() {
        let (unreached, at) = (Unreached::default(), |millis| Timestamp::from_millis(millis));
        let key = |host: &str| (IntegrationName::from("moodle"), host.to_owned(), CallbackKind::Ended);
        unreached.failed(key("a"), "status 500".into(), Some(at(20)), at(10));
        unreached.failed(key("b"), "no answer".into(), None, at(5));
        unreached.failed(key("a"), "status 502".into(), Some(at(40)), at(20));
        let own = unreached.of(&"moodle".into());
        assert_eq!(own.iter().map(|host| host.host.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!((own[1].since, own[1].failures, own[1].next_try), (at(10), 2, Some(at(40))));
        assert_eq!(own[1].problem, "status 502");
        unreached.reached(&key("a"));
        assert_eq!(unreached.of(&"moodle".into()).len(), 1);
        assert_eq!(unreached.of(&"portal".into()), []);
        for number in 0..2 * HOSTS {
            unreached.failed(key(&number.to_string()), String::new(), None, at(50));
        }
        assert_eq!(unreached.of(&"moodle".into()).len(), HOSTS);
    }
}
