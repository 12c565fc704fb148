//! Which callback is sent when: every second those that are due, each in a task of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lb_core::balancer::{DELIVERED_AT_ONCE, DELIVERED_TO_ONE};
use lb_core::callback::{Delivery, DeliveryId};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::setup::LiveSetup;

/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_secs(1);

/// How often deliveries of long ago are forgotten.
const FORGETTING: Duration = Duration::from_secs(3600);

/// Starts to work the outbox off; it ends when `stop` is cancelled. Callbacks that are under way then are sent to their end,
/// which is some seconds later at most, so that no website is told twice.
///
/// A website that does not answer holds its own places only: no delivery waits for another one's.
pub fn start(setup: &Arc<LiveSetup>, tasks: &TaskTracker, stop: &CancellationToken) {
    let (deliverer, own_tasks) = (Deliverer { setup: Arc::clone(setup), busy: Arc::default() }, tasks.clone());
    let stop_delivering = stop.clone();
    tasks.spawn(async move {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => deliverer.deliver_due(&own_tasks).await,
                () = stop_delivering.cancelled() => return,
            }
        }
    });
    let (setup, stop) = (Arc::clone(setup), stop.clone());
    tasks.spawn(async move {
        let mut ticks = interval(FORGETTING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // a store in trouble has been told of; the next hour tries again
                _ = ticks.tick() => drop(setup.load().balancer.forget_settled().await),
                () = stop.cancelled() => return,
            }
        }
    });
}

struct Deliverer {
    setup: Arc<LiveSetup>,
    // deliveries under way and their hosts; held for one look or one change
    busy: Arc<Mutex<HashMap<DeliveryId, String>>>,
}

impl Deliverer {
    async fn deliver_due(&self, tasks: &TaskTracker) {
        // a store in trouble has been told of; the next second tries again
        let setup = self.setup.load();
        for delivery in setup.balancer.due().await.unwrap_or_default() {
            if !self.begin(&delivery) {
                continue;
            }
            let (balancer, busy) = (Arc::clone(&setup.balancer), Arc::clone(&self.busy));
            tasks.spawn(async move {
                let _ = balancer.deliver(&delivery).await;
                lock(&busy).remove(&delivery.id);
            });
        }
    }

    /// Whether the delivery has a place and is not under way.
    fn begin(&self, delivery: &Delivery) -> bool {
        let host = delivery.url.host();
        let mut busy = lock(&self.busy);
        let to_the_same = busy.values().filter(|other| **other == host).count();
        let has_place = busy.len() < DELIVERED_AT_ONCE && to_the_same < DELIVERED_TO_ONE;
        if !has_place || busy.contains_key(&delivery.id) {
            return false;
        }
        busy.insert(delivery.id.clone(), host);
        true
    }
}

fn lock(busy: &Mutex<HashMap<DeliveryId, String>>) -> MutexGuard<'_, HashMap<DeliveryId, String>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
