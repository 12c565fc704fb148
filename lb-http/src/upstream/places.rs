//! [`Places`]: how many calls to one server may be under way at once, so that a hung one cannot hold them all, and no website
//! takes a server away from the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use lb_core::{IntegrationName, ServerName};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A limit for each server. Reading it takes no lock; a server that is called for the first time costs a copy of the map.
#[derive(Debug)]
pub(super) struct Places {
    limit: usize,
    by_server: ArcSwap<HashMap<ServerName, Arc<ServerPlaces>>>,
}

/// The places of one server. One website may have three quarters of them: the others always find some.
#[derive(Debug)]
pub(super) struct ServerPlaces {
    all: Arc<Semaphore>,
    share: usize,
    // Those of websites that have calls under way, or that wait for it. Held for a look.
    shares: Mutex<HashMap<IntegrationName, Arc<Semaphore>>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _all: OwnedSemaphorePermit,
    _share: Option<Share>,
}

/// A website's interest in a server's places, and its permit once it has one.
#[derive(Debug)]
struct Share {
    of: Arc<ServerPlaces>,
    website: IntegrationName,
    permit: Option<OwnedSemaphorePermit>,
}

impl Places {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, by_server: ArcSwap::default() }
    }

    /// The places of one server.
    pub(super) fn of(&self, server: &ServerName) -> Arc<ServerPlaces> {
        if let Some(places) = self.by_server.load().get(server) {
            return Arc::clone(places);
        }
        let fresh = Arc::new(ServerPlaces {
            all: Arc::new(Semaphore::new(self.limit)),
            share: self.limit - self.limit / 4,
            shares: Mutex::default(),
        });
        self.by_server.rcu(|map| {
            let mut map = HashMap::clone(map);
            map.entry(server.clone()).or_insert_with(|| Arc::clone(&fresh));
            map
        });
        self.by_server.load().get(server).cloned().unwrap_or(fresh)
    }
}

impl ServerPlaces {
    /// Waits for a place: within the share of a website first, so that who waits for that stands in nobody's way.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the wait.
    pub(super) async fn take(self: Arc<Self>, website: Option<IntegrationName>) -> Option<Place> {
        let share = match website {
            Some(website) => Some(self.clone().share_of(website).await?),
            None => None,
        };
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place { _all: all, _share: share })
    }

    async fn share_of(self: Arc<Self>, website: IntegrationName) -> Option<Share> {
        let fresh = || Arc::new(Semaphore::new(self.share));
        let semaphore = Arc::clone(self.lock().entry(website.clone()).or_insert_with(fresh));
        // it clears up also where the wait is given up
        let mut share = Share { of: Arc::clone(&self), website, permit: None };
        share.permit = Some(semaphore.acquire_owned().await.ok()?);
        Some(share)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IntegrationName, Arc<Semaphore>>> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.permit = None;
        let mut shares = self.of.lock();
        // whoever has a permit, or waits for one, holds it too
        if shares.get(&self.website).is_some_and(|semaphore| Arc::strong_count(semaphore) == 1) {
            shares.remove(&self.website);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn now(places: &Arc<ServerPlaces>, website: Option<&str>) -> Option<Place> {
        Arc::clone(places).take(website.map(Into::into)).now_or_never().flatten()
    }

    #[test]
    fn one_website_cannot_take_a_server_away_from_the_others() {
        let places = Places::new(8).of(&"bbb1".into());
        let mut taken: Vec<_> = (0..6).map(|_| now(&places, Some("moodle")).unwrap()).collect();
        assert!(now(&places, Some("moodle")).is_none(), "three quarters are its share");
        taken.push(now(&places, Some("portal")).unwrap());
        taken.push(now(&places, None).unwrap());
        assert!(now(&places, Some("portal")).is_none() && now(&places, None).is_none(), "all are taken");
        taken.pop();
        assert!(now(&places, Some("moodle")).is_none(), "not beyond its share");
        assert!(now(&places, Some("portal")).is_some());
        taken.remove(0);
        assert!(now(&places, Some("moodle")).is_some());
        drop(taken);
        assert!(places.lock().is_empty(), "no website is remembered that has no call under way");
    }

    #[test]
    fn a_single_place_may_be_anybodys() {
        let places = Places::new(1).of(&"bbb1".into());
        let place = now(&places, Some("moodle"));
        assert!(place.is_some() && now(&places, Some("portal")).is_none());
        drop(place);
        assert!(now(&places, Some("portal")).is_some());
    }
}
