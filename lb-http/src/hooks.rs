//! Looks after the balancer's own hook on each server: every second those whose time has come.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lb_core::ServerName;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::rounds::each;
use crate::setup::LiveSetup;

/// How often it is looked which servers are due.
const EVERY: Duration = Duration::from_secs(1);

/// How many servers are asked at the same time; the others wait.
const AT_ONCE: usize = 32;

/// How often meetings of long ago are forgotten.
const FORGETTING: Duration = Duration::from_secs(3600);

/// Starts to look after the hooks; it ends when `stop` is cancelled. A server that does not answer delays no other: each is
/// asked by a task of its own.
pub(crate) fn start(setup: &Arc<LiveSetup>, tasks: &TaskTracker, stop: &CancellationToken) {
    let keeper = Keeper { busy: Arc::default(), places: Arc::new(Semaphore::new(AT_ONCE)) };
    let (live, own_tasks, own_stop) = (Arc::clone(setup), tasks.clone(), stop.clone());
    tasks.spawn(each(EVERY, stop.clone(), async move || keeper.keep_due(&live, &own_tasks, &own_stop)));
    let live = Arc::clone(setup);
    tasks.spawn(each(FORGETTING, stop.clone(), async move || {
        // a store in trouble has been told of; the next hour tries again
        let _ = live.load().balancer.forget_ended().await;
    }));
}

struct Keeper {
    // servers that are being asked; held for one look or one change
    busy: Arc<Mutex<HashSet<ServerName>>>,
    places: Arc<Semaphore>,
}

impl Keeper {
    fn keep_due(&self, setup: &LiveSetup, tasks: &TaskTracker, stop: &CancellationToken) {
        let balancer = Arc::clone(&setup.load().balancer);
        for name in balancer.hooks_due() {
            if !lock(&self.busy).insert(name.clone()) {
                continue;
            }
            let (balancer, busy, places) = (Arc::clone(&balancer), Arc::clone(&self.busy), Arc::clone(&self.places));
            let stop = stop.clone();
            tasks.spawn(async move {
                tokio::select! {
                    () = async {
                        let _place = places.acquire().await;
                        balancer.keep_hook(&name).await;
                    } => {}
                    () = stop.cancelled() => {}
                }
                lock(&busy).remove(&name);
            });
        }
    }
}

fn lock(busy: &Mutex<HashSet<ServerName>>) -> MutexGuard<'_, HashSet<ServerName>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
