//! Which callback is sent when: every second those that are due, each host's in a task of its own.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::setup::LiveSetup;

/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_secs(1);

/// To how many hosts is delivered at the same time; others wait.
const HOSTS_AT_ONCE: usize = 256;

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

async fn each(every: Duration, stop: CancellationToken, mut round: impl AsyncFnMut()) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => round().await,
            () = stop.cancelled() => return,
        }
    }
}

struct Deliverer {
    setup: Arc<LiveSetup>,
    // hosts that are being told; held for one look or one change
    busy: Arc<Mutex<HashSet<String>>>,
}

impl Deliverer {
    async fn deliver_due(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        let balancer = Arc::clone(&self.setup.load().balancer);
        // a store in trouble has been told of; the next second tries again
        for (host, due) in balancer.due().await.unwrap_or_default() {
            if !self.begin(&host) {
                continue;
            }
            let (balancer, busy, stop) = (Arc::clone(&balancer), Arc::clone(&self.busy), stop.clone());
            tasks.spawn(async move {
                let _ = balancer.deliver_to(due, stop.cancelled()).await;
                lock(&busy).remove(&host);
            });
        }
    }

    /// Whether the host is not being told, and may be.
    fn begin(&self, host: &str) -> bool {
        let mut busy = lock(&self.busy);
        busy.len() < HOSTS_AT_ONCE && busy.insert(host.to_owned())
    }
}

fn lock(busy: &Mutex<HashSet<String>>) -> MutexGuard<'_, HashSet<String>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
