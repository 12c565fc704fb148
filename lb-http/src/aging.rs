//! When stored events age: every hour, and every minute while there is more to do.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::setup::LiveSetup;

/// How long after a round the next one follows.
const SELDOM: Duration = Duration::from_secs(3600);

/// The same where the last one left something to do, or the store was in trouble.
const SOON: Duration = Duration::from_secs(60);

/// Starts the rounds; they end when `stop` is cancelled. A new setup begins with a round at once.
pub(crate) fn start(live: &Arc<LiveSetup>, tasks: &TaskTracker, stop: &CancellationToken) {
    let (live, stop) = (Arc::clone(live), stop.clone());
    tasks.spawn(async move {
        stop.run_until_cancelled(rounds(&live)).await;
    });
}

async fn rounds(live: &LiveSetup) {
    let mut changes = live.changes();
    loop {
        let balancer = Arc::clone(&live.load().balancer);
        // a store in trouble has been told of
        let pause = if balancer.age_events().await == Ok(false) { SELDOM } else { SOON };
        tokio::select! {
            () = sleep(pause) => {}
            _ = changes.changed() => {}
        }
    }
}
