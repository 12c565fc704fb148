//! What the balancer does by itself, round after round: it asks the monitor, follows the meetings and the recordings of every
//! server, and settles claims whose creator is gone.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lb_core::ServerName;
use tokio::sync::{Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::setup::{LiveSetup, Setup};

/// How many servers are asked for their meetings at the same time.
const FOLLOWED_AT_ONCE: usize = 256;

/// How many servers are asked for their recordings at the same time. The list of one that knows no pages is long.
const RECORDINGS_AT_ONCE: usize = 4;

/// How often it is looked at which servers are due to be asked for their recordings.
const RECORDINGS_TICK: Duration = Duration::from_millis(500);

/// How often it is looked at whether the course of the load is due for a sample.
const COURSE_TICK: Duration = Duration::from_secs(5);

/// How often what policies have learnt is kept.
const LEARNED_TICK: Duration = Duration::from_secs(180);

/// Starts the rounds; they end when `stop` is cancelled. Each goes by the setup as it is when the round begins, and a new setup
/// begins with a round at once. What knows the servers is asked at once too when administrators have changed them.
///
/// The first poll of the monitor is not waited for. Each server is followed by a task of its own, and one that still waits
/// for its last answer is not asked again: no server delays the poll of another.
pub fn start(live: &Arc<LiveSetup>, tasks: &TaskTracker, stop: &CancellationToken) {
    let changing = Arc::clone(live);
    let interval = |setup: &Setup| setup.interval;
    let news = Some(live.load().news.subscribe());
    tasks.spawn(each_round(Arc::clone(live), stop.clone(), interval, news, async move |setup: &Setup| {
        let mut changes = changing.changes();
        tokio::select! {
            () = setup.balancer.refresh(&*setup.source) => {}
            // what an earlier setup's monitor says would be judged by its rules
            _ = changes.changed() => {}
        }
    }));
    tasks.spawn(each_round(Arc::clone(live), stop.clone(), interval, None, async move |setup: &Setup| {
        // a store in trouble has been told of; the next round tries again
        let _ = setup.balancer.settle_expired().await;
    }));
    let followers = Followers::new(FOLLOWED_AT_ONCE);
    let (own_tasks, own_stop) = (tasks.clone(), stop.clone());
    tasks.spawn(each_round(Arc::clone(live), stop.clone(), interval, None, async move |setup: &Setup| {
        for server in setup.balancer.fleet().servers() {
            let (name, balancer) = (server.server.name.clone(), Arc::clone(&setup.balancer));
            followers.follow(&server.server.name, &own_tasks, &own_stop, async move {
                // what went wrong has been told of as an event
                let _ = balancer.follow(&name).await;
            });
        }
    }));
    tasks.spawn(each_round(
        Arc::clone(live),
        stop.clone(),
        |_| COURSE_TICK,
        None,
        async move |setup: &Setup| setup.balancer.record_course().await,
    ));
    tasks.spawn(each_round(
        Arc::clone(live),
        stop.clone(),
        |_| LEARNED_TICK,
        None,
        async move |setup: &Setup| {
            // told of; what could not be kept is kept the next time
            let _ = setup.balancer.keep_learned().await;
        },
    ));
    let followers = Followers::new(RECORDINGS_AT_ONCE);
    let (own_tasks, own_stop) = (tasks.clone(), stop.clone());
    tasks.spawn(each_round(
        Arc::clone(live),
        stop.clone(),
        |_| RECORDINGS_TICK,
        None,
        async move |setup: &Setup| {
            for server in setup.balancer.due_for_recordings() {
                let (name, balancer) = (server.clone(), Arc::clone(&setup.balancer));
                followers.follow(&server, &own_tasks, &own_stop, async move {
                    // told of as well
                    let _ = balancer.follow_recordings(&name).await;
                });
            }
        },
    ));
}

/// Does `round` every so often until `stop` is cancelled; one that is under way then is ended first.
pub(crate) async fn each(every: Duration, stop: CancellationToken, mut round: impl AsyncFnMut()) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => round().await,
            () = stop.cancelled() => return,
        }
    }
}

async fn each_round(
    live: Arc<LiveSetup>,
    stop: CancellationToken,
    every: fn(&Setup) -> Duration,
    mut news: Option<watch::Receiver<()>>,
    mut round: impl AsyncFnMut(&Setup),
) {
    let mut changes = live.changes();
    loop {
        let setup = live.load();
        let mut ticks = interval(every(&setup));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = changes.changed() => break,
                () = told(&mut news) => ticks.reset(),
                _ = ticks.tick() => {}
            }
            tokio::select! {
                () = round(&setup) => {}
                () = stop.cancelled() => return,
            }
        }
    }
}

/// Waits for news; for ever where none can come.
async fn told(news: &mut Option<watch::Receiver<()>>) {
    if let Some(news) = news
        && news.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

struct Followers {
    // servers whose last poll is not done yet; held for one look or one change
    busy: Arc<Mutex<HashSet<ServerName>>>,
    places: Arc<Semaphore>,
}

impl Followers {
    fn new(at_once: usize) -> Self {
        Self { busy: Arc::default(), places: Arc::new(Semaphore::new(at_once)) }
    }

    /// Runs `poll` in a task of its own, unless the last one of that server is not done yet.
    fn follow(
        &self,
        name: &ServerName,
        tasks: &TaskTracker,
        stop: &CancellationToken,
        poll: impl Future<Output = ()> + Send + 'static,
    ) {
        if !lock(&self.busy).insert(name.clone()) {
            return;
        }
        let done = Done { name: name.clone(), busy: Arc::clone(&self.busy) };
        let (places, stop) = (Arc::clone(&self.places), stop.clone());
        tasks.spawn(async move {
            let _done = done;
            tokio::select! {
                () = async {
                    let _place = places.acquire().await;
                    poll.await;
                } => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

/// The poll of a server is done when this goes, also where it panicked: the next one may be made.
struct Done {
    name: ServerName,
    busy: Arc<Mutex<HashSet<ServerName>>>,
}

impl Drop for Done {
    fn drop(&mut self) {
        lock(&self.busy).remove(&self.name);
    }
}

fn lock(busy: &Mutex<HashSet<ServerName>>) -> std::sync::MutexGuard<'_, HashSet<ServerName>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
