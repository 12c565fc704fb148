//! When what reports need of past quarters of an hour is made in advance: every few minutes, and without a pause while there is
//! more to do.

use std::sync::Arc;
use std::time::Duration;

use lb_core::balancer::{Balancer, ReportError};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::setup::LiveSetup;

/// How long after a round the next one follows.
const SELDOM: Duration = Duration::from_secs(300);

/// The same where the last one left something to do: others that read the disk get their turn.
const SOON: Duration = Duration::from_millis(20);

/// The same where the last one failed.
const AGAIN: Duration = Duration::from_secs(60);

/// Rung when there is more to do than was known.
static ASKED: Notify = Notify::const_new();

/// Has the next round begin at once.
pub(crate) fn at_once() {
    ASKED.notify_one();
}

/// Starts the rounds; they end when `stop` is cancelled.
pub(crate) fn start(live: &Arc<LiveSetup>, tasks: &TaskTracker, stop: &CancellationToken) {
    let (live, stop) = (Arc::clone(live), stop.clone());
    tasks.spawn(async move {
        while !stop.is_cancelled() {
            let balancer = Arc::clone(&live.load().balancer);
            let pause = match round(balancer, stop.clone()).await {
                Some(Ok(true)) => SOON,
                Some(Ok(false)) => SELDOM,
                Some(Err(problem)) => {
                    tracing::warn!(%problem, "what reports need could not be made in advance; they read the events meanwhile");
                    AGAIN
                }
                None => AGAIN,
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = ASKED.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    });
}

/// One round on a thread where it delays no call. `None` where it broke off.
async fn round(balancer: Arc<Balancer>, stop: CancellationToken) -> Option<Result<bool, ReportError>> {
    let runtime = Handle::current();
    let making = tokio::task::spawn_blocking(move || runtime.block_on(stop.run_until_cancelled(balancer.roll_up())));
    making.await.ok().flatten()
}
