//! What the balancer does by itself, round after round: it asks the monitor, follows the meetings of every server, and
//! settles claims whose creator is gone.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lb_core::ServerName;
use lb_core::balancer::Balancer;
use lb_core::source::ServerSource;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many servers are asked for their meetings at the same time.
const FOLLOWED_AT_ONCE: usize = 256;

/// Starts the rounds; they end when `stop` is cancelled.
///
/// The first poll of the monitor is not waited for. Each server is followed by a task of its own, and one that still waits
/// for its last answer is not asked again: no server delays the poll of another.
pub fn start(
    balancer: &Arc<Balancer>,
    source: Arc<dyn ServerSource>,
    every: Duration,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    let monitor = Arc::clone(balancer);
    tasks.spawn(each_round(every, stop.clone(), async move || monitor.refresh(&*source).await));
    let settling = Arc::clone(balancer);
    tasks.spawn(each_round(every, stop.clone(), async move || {
        // a store in trouble has been told of; the next round tries again
        let _ = settling.settle_expired().await;
    }));
    let followers = Followers {
        balancer: Arc::clone(balancer),
        busy: Arc::default(),
        places: Arc::new(Semaphore::new(FOLLOWED_AT_ONCE)),
    };
    let (own_tasks, own_stop) = (tasks.clone(), stop.clone());
    tasks.spawn(each_round(every, stop.clone(), async move || followers.follow_all(&own_tasks, &own_stop)));
}

async fn each_round(every: Duration, stop: CancellationToken, mut round: impl AsyncFnMut()) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = round() => {}
            () = stop.cancelled() => return,
        }
    }
}

struct Followers {
    balancer: Arc<Balancer>,
    // servers that have not answered their last list yet; held for one look or one change
    busy: Arc<Mutex<HashSet<ServerName>>>,
    places: Arc<Semaphore>,
}

impl Followers {
    fn follow_all(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        for server in self.balancer.fleet().servers() {
            let name = server.server.name.clone();
            if !lock(&self.busy).insert(name.clone()) {
                continue;
            }
            let (balancer, busy, places) =
                (Arc::clone(&self.balancer), Arc::clone(&self.busy), Arc::clone(&self.places));
            let stop = stop.clone();
            tasks.spawn(async move {
                tokio::select! {
                    () = async {
                        let _place = places.acquire().await;
                        // what went wrong has been told of as an event
                        let _ = balancer.follow(&name).await;
                    } => {}
                    () = stop.cancelled() => {}
                }
                lock(&busy).remove(&name);
            });
        }
    }
}

fn lock(busy: &Mutex<HashSet<ServerName>>) -> std::sync::MutexGuard<'_, HashSet<ServerName>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
