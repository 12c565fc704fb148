//! [`Live`]: looks at the network while somebody watches, and tells them what changed.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lb_core::Timestamp;
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::feed::Feed;
use super::present::Present;
use super::round::{Round, Rounds};
use super::view::{Audience, View};
use super::wire;
use crate::server::{Certificates, Language};
use crate::setup::{LiveSetup, Setup};

/// How often the network is looked at while somebody watches.
const EVERY: Duration = Duration::from_secs(1);

/// How soon after one look the next may follow, however much happens.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a stream is silent at most: then it tells only how late it is.
const SILENCE: Duration = Duration::from_secs(5);

/// How many messages wait for a viewer who reads slowly. Who is further behind is sent away, and comes back with a fresh page.
const QUEUE: usize = 16;

/// How many pictures a viewer may have missed and still be told what changed since.
const MISSED: u64 = 300;

/// Who reads the same bytes: every language and audience.
const STREAMS: [(Language, Audience); 4] = [
    (Language::English, Audience::Public),
    (Language::English, Audience::Network),
    (Language::Portuguese, Audience::Public),
    (Language::Portuguese, Audience::Network),
];

/// Writes what a view shows, as fragments of HTML.
pub(crate) type Render = fn(&View<'_>) -> String;

/// What the dashboard shows, and those who watch it.
pub(crate) struct Live {
    /// Names this process: pictures are counted anew in the next one.
    boot: String,
    render: Render,
    feed: Arc<Feed>,
    certificates: Option<Arc<Certificates>>,
    most_viewers: usize,
    viewers: AtomicUsize,
    // the last picture; held while the next one is made
    last: Mutex<Option<Arc<Present>>>,
    // what is still to be told; held for a pure function
    rounds: Mutex<Rounds>,
    streams: [broadcast::Sender<Bytes>; STREAMS.len()],
    // somebody came where nobody was
    came: Notify,
    stop: CancellationToken,
}

impl Live {
    /// Shows what `feed` tells, the network, and the end of the certificate, to `most_viewers` at most. `started_at` names the
    /// process.
    pub(crate) fn new(
        feed: Arc<Feed>,
        certificates: Option<Arc<Certificates>>,
        most_viewers: usize,
        started_at: Timestamp,
        render: Render,
    ) -> Self {
        Self {
            boot: format!("{:x}", started_at.as_millis()),
            render,
            feed,
            certificates,
            most_viewers,
            viewers: AtomicUsize::new(0),
            last: Mutex::default(),
            rounds: Mutex::default(),
            streams: std::array::from_fn(|_| broadcast::Sender::new(QUEUE)),
            came: Notify::new(),
            stop: CancellationToken::new(),
        }
    }

    /// The picture of now: at most [`PAUSE`] old. It names itself by [`id`](Self::id).
    pub(crate) fn present(&self, setup: &Setup) -> Arc<Present> {
        self.look(setup, PAUSE)
    }

    fn look(&self, setup: &Setup, oldest: Duration) -> Arc<Present> {
        let mut last = lock(&self.last);
        let now = setup.balancer.now();
        if let Some(last) = last.as_ref().filter(|last| now >= last.at && now.since(last.at) < oldest) {
            return Arc::clone(last);
        }
        let until = self.certificates.as_ref().and_then(|certificates| certificates.valid_until());
        let next = Present::of(&setup.balancer, &self.feed, until, setup.monitored, last.as_deref());
        Arc::clone(last.insert(Arc::new(next)))
    }

    /// How a page says which picture it shows, so that its stream goes on from there.
    pub(crate) fn id(&self, present: &Present) -> String {
        format!("{}-{}", self.boot, present.seq)
    }

    /// What happened, for tests to add to.
    #[cfg(test)]
    pub(crate) fn feed(&self) -> &Feed {
        &self.feed
    }

    pub(super) fn boot(&self) -> &str {
        &self.boot
    }

    /// Ended when no stream may go on.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Ends every stream: the server stops.
    pub(crate) fn end(&self) {
        self.stop.cancel();
    }

    /// How many watch.
    pub(crate) fn viewers(&self) -> usize {
        self.viewers.load(Ordering::Relaxed)
    }

    /// One more viewer, who has `seen` a picture and is told what changed since; `None` where there are too many. The last quarter
    /// of the places is for those who may see the network: the public cannot keep them out. Second in the
    /// answer: whether all must be fetched anew, because too much has changed or nobody knows what.
    pub(super) fn join(
        self: &Arc<Self>,
        setup: &Setup,
        language: Language,
        audience: Audience,
        seen: Option<&str>,
    ) -> Option<(Place, bool)> {
        let messages = self.stream(language, audience)?.subscribe();
        let count = self.viewers.fetch_add(1, Ordering::Relaxed);
        // gives itself back
        let place = Place { live: Arc::clone(self), messages };
        let most = match audience {
            Audience::Network => self.most_viewers,
            Audience::Public => self.most_viewers - self.most_viewers / 4,
        };
        if count >= most {
            return None;
        }
        let present = self.present(setup);
        let seen = seen
            .and_then(|seen| self.seen(seen))
            .filter(|seen| present.seq.checked_sub(*seen).is_some_and(|missed| missed <= MISSED));
        let from = seen.unwrap_or(present.seq);
        let mut rounds = lock(&self.rounds);
        if count == 0 {
            *rounds = Rounds::begin(from);
            self.came.notify_one();
        } else {
            rounds.join(&present, from);
        }
        drop(rounds);
        Some((place, seen.is_none()))
    }

    /// The number of the picture that `id` names, if it is one of this process.
    fn seen(&self, id: &str) -> Option<u64> {
        let (boot, seq) = id.split_once('-')?;
        (boot == self.boot).then(|| seq.parse().ok()).flatten()
    }

    fn stream(&self, language: Language, audience: Audience) -> Option<&broadcast::Sender<Bytes>> {
        let mut streams = STREAMS.iter().zip(&self.streams);
        streams.find(|(of, _)| **of == (language, audience)).map(|(_, stream)| stream)
    }

    /// Looks and tells until `stop`. It sleeps while nobody watches.
    pub(crate) async fn watch(self: Arc<Self>, setup: Arc<LiveSetup>, stop: CancellationToken) {
        let work = async {
            loop {
                if self.viewers() == 0 {
                    self.came.notified().await;
                }
                self.tell_while_watched(&setup).await;
            }
        };
        stop.run_until_cancelled(work).await;
        self.end();
    }

    async fn tell_while_watched(&self, setup: &LiveSetup) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut spoke_at = Instant::now();
        while self.viewers() > 0 {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.feed.urgent.notified() => {}
            }
            let present = self.look(&setup.load(), Duration::ZERO);
            let round = lock(&self.rounds).next(&present);
            if !round.is_empty() || spoke_at.elapsed() >= SILENCE {
                self.tell(&present, &round);
                spoke_at = Instant::now();
            }
            sleep(PAUSE).await;
        }
    }

    /// Tells all who watch: once for each language and audience that somebody is of.
    fn tell(&self, present: &Present, round: &Round) {
        for ((language, audience), stream) in STREAMS.into_iter().zip(&self.streams) {
            if stream.receiver_count() == 0 {
                continue;
            }
            let servers = round.rows.iter().map(|row| &row.server).collect();
            let view = View { present, audience, language, parts: round.parts, servers };
            let mut text = String::new();
            wire::event(&mut text, "patch", Some(&self.id(present)), &(self.render)(&view));
            if round.parts.table || round.turned {
                // rows have other places than before: which have which is the page's affair
                wire::event(&mut text, "again", None, "");
            }
            // nobody may be left by now
            let _ = stream.send(text.into());
        }
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("boot", &self.boot).field("viewers", &self.viewers()).finish_non_exhaustive()
    }
}

/// The place of one viewer, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    live: Arc<Live>,
    pub(super) messages: broadcast::Receiver<Bytes>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.live.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // nothing under these locks can panic half-way through a change
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
