//! [`Feed`]: the balancer's events and the demo's own doings, on their way to whoever shows them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lb_core::event::{Event, EventKind, Observer};
use tokio::sync::mpsc;

/// News that wait to be shown; further ones are counted and dropped.
const MOST_WAITING: usize = 4096;

/// What is shown.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "few wait, and not for long")]
pub(super) enum News {
    /// The balancer tells something.
    Event(EventKind),
    /// The demo has done something to a server.
    Staged(&'static str, &'static str),
}

/// What is shown, and how long after the start it happened.
pub(super) type Dated = (Duration, News);

/// Told of everything, at the cost of a copy.
#[derive(Debug)]
pub(super) struct Feed {
    started: Instant,
    sender: mpsc::Sender<Dated>,
    missed: AtomicU64,
}

impl Feed {
    /// A feed, and where its news come out.
    pub(super) fn new(started: Instant) -> (Self, mpsc::Receiver<Dated>) {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        (Self { started, sender, missed: AtomicU64::new(0) }, receiver)
    }

    /// Something was done to a server.
    pub(super) fn stage(&self, server: &'static str, what: &'static str) {
        self.send(News::Staged(server, what));
    }

    /// How many news were dropped.
    pub(super) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    fn send(&self, news: News) {
        if self.sender.try_send((self.started.elapsed(), news)).is_err() {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Observer for Feed {
    fn observe(&self, event: &Event) {
        self.send(News::Event(event.kind.clone()));
    }
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) placed: u64,
    pub(super) ended: u64,
    pub(super) joins: u64,
    pub(super) calls: u64,
    pub(super) failed: u64,
}

impl Totals {
    pub(super) fn count(&mut self, news: &News) {
        match news {
            News::Event(EventKind::MeetingCreated { .. }) => self.placed += 1,
            News::Event(EventKind::MeetingEnded { .. }) => self.ended += 1,
            News::Event(EventKind::UserJoined { .. }) => self.joins += 1,
            News::Event(EventKind::CallAnswered { success, .. }) => {
                self.calls += 1;
                self.failed += u64::from(!success);
            }
            _ => {}
        }
    }
}
