//! Which callback is sent when: every second those that are due, each lane's in a task of its own.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lb_core::store::Lane;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::rounds::each;
use crate::setup::LiveSetup;

/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_secs(1);

/// In how many lanes is delivered at the same time; others wait.
const LANES_AT_ONCE: usize = 256;

/// How often deliveries of long ago are forgotten.
const FORGETTING: Duration = Duration::from_secs(3600);

/// Starts to work the outbox off; it ends when `stop` is cancelled. Callbacks that are under way then are sent to their end,
/// which is some seconds later at most, so that no website is told twice.
///
/// A website that does not answer holds its own places only: no delivery waits for another one's.
pub fn start(setup: &Arc<LiveSetup>, tasks: &TaskTracker, stop: &CancellationToken) {
    let deliverer = Deliverer { setup: Arc::clone(setup), busy: Arc::default() };
    let (own_tasks, own_stop) = (tasks.clone(), stop.clone());
    tasks.spawn(each(EVERY, stop.clone(), async move || deliverer.deliver_due(&own_tasks, &own_stop).await));
    let setup = Arc::clone(setup);
    tasks.spawn(each(FORGETTING, stop.clone(), async move || {
        // a store in trouble has been told of; the next hour tries again
        let _ = setup.load().balancer.forget_settled().await;
    }));
}

struct Deliverer {
    setup: Arc<LiveSetup>,
    // lanes in which is delivered; held for one look or one change
    busy: Arc<Mutex<HashSet<Lane>>>,
}

impl Deliverer {
    async fn deliver_due(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        let balancer = Arc::clone(&self.setup.load().balancer);
        // a store in trouble has been told of; the next second tries again
        let busy = lock(&self.busy).clone();
        for (lane, due) in balancer.due(&busy).await.unwrap_or_default() {
            if !self.begin(&lane) {
                continue;
            }
            let (balancer, busy, stop) = (Arc::clone(&balancer), Arc::clone(&self.busy), stop.clone());
            tasks.spawn(async move {
                let _ = balancer.deliver_in(&lane, due, stop.cancelled()).await;
                lock(&busy).remove(&lane);
            });
        }
    }

    /// Whether nothing is being delivered in the lane, and it may be.
    fn begin(&self, lane: &Lane) -> bool {
        let mut busy = lock(&self.busy);
        busy.len() < LANES_AT_ONCE && busy.insert(lane.clone())
    }
}

fn lock(busy: &Mutex<HashSet<Lane>>) -> MutexGuard<'_, HashSet<Lane>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
