//! [`Activity`]: what goes on over one connection, and what it has waited for too long.
//!
//! hyper knows no deadline for a client that does not read, nor one for a connection that is idle; its deadline for heads
//! would count the idle time of a kept connection as well. So all deadlines of a connection are here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::Limits;

/// Why a connection was closed by this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its address has too many.
    Address,
    /// TLS was not spoken, or not in time.
    Handshake,
    /// The head of a request came too slowly, or not at all on a new connection.
    Head,
    /// An answer was not read.
    Answer,
    /// Nothing was under way.
    Idle,
}

impl Cut {
    /// The word in metrics and the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Handshake => "handshake",
            Self::Head => "head",
            Self::Answer => "answer",
            Self::Idle => "idle",
        }
    }
}

/// What is to be done with a connection now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing; look again then.
    Fine(Instant),
    /// It is over.
    Over(Cut),
}

/// What goes on over one connection. Its lock is held for a few instructions, and nobody but this connection takes it.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Whether a whole head has ever come.
    asked: bool,
    http2: bool,
    /// Requests whose answer has not been made whole.
    under_way: usize,
    /// Since when nothing is under way.
    idle_since: Instant,
    /// When a head began to come that is not whole yet; known of HTTP/1 only.
    head_since: Option<Instant>,
    /// Pieces of answers that the client has not taken, and since when they wait for it.
    unread: Vec<(u64, Instant)>,
    pieces: u64,
    given_up: bool,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            asked: false,
            http2: false,
            under_way: 0,
            idle_since: Instant::now(),
            head_since: None,
            unread: Vec::new(),
            pieces: 0,
            given_up: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came from the client.
    pub(super) fn heard(&self) {
        let mut state = self.state();
        if state.asked && !state.http2 && state.under_way == 0 && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// The head of a request has come. The request is under way until the guard is dropped.
    pub(super) fn begun(self: &Arc<Self>, http2: bool) -> UnderWay {
        let mut state = self.state();
        state.asked = true;
        state.http2 = http2;
        state.under_way += 1;
        state.head_since = None;
        drop(state);
        UnderWay(Arc::clone(self))
    }

    /// The same bytes. They count as unread, and `place` is kept, until the last of them is handed to the system.
    pub(super) fn unread(self: &Arc<Self>, bytes: Bytes, place: Option<Arc<OwnedSemaphorePermit>>) -> Bytes {
        if bytes.is_empty() {
            return bytes;
        }
        let mut state = self.state();
        let number = state.pieces;
        state.pieces += 1;
        state.unread.push((number, Instant::now()));
        drop(state);
        Bytes::from_owner(Piece { bytes, number, activity: Arc::clone(self), _place: place })
    }

    /// The connection is given up: what the client has not read is not for it any more.
    pub(super) fn give_up(&self) {
        self.state().given_up = true;
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.state().given_up
    }

    /// What is to be done with the connection now. Asked again when it says so, a slow client is found out at most
    /// `limits.head_time` too late.
    pub(super) fn look(&self, limits: &Limits) -> Verdict {
        let (now, state) = (Instant::now(), self.state());
        let head = match (state.asked, state.head_since) {
            (false, _) => Some(state.idle_since),
            (true, began) => began,
        };
        let oldest = state.unread.iter().map(|(_, since)| *since).min();
        let nothing = state.asked && state.under_way == 0 && state.head_since.is_none() && oldest.is_none();
        let idle = nothing.then_some(state.idle_since);
        let deadlines = [
            (head.map(|since| since + limits.head_time), Cut::Head),
            (oldest.map(|since| since + limits.answer_time), Cut::Answer),
            (idle.map(|since| since + limits.idle_time), Cut::Idle),
        ];
        let mut again = now + limits.head_time;
        for (deadline, cut) in deadlines {
            match deadline {
                Some(deadline) if deadline <= now => return Verdict::Over(cut),
                Some(deadline) => again = again.min(deadline),
                None => {}
            }
        }
        Verdict::Fine(again)
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct UnderWay(pub(super) Arc<Activity>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way = state.under_way.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}

/// Bytes of an answer on their way to the client.
struct Piece {
    bytes: Bytes,
    number: u64,
    activity: Arc<Activity>,
    _place: Option<Arc<OwnedSemaphorePermit>>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        if let Some(index) = state.unread.iter().position(|(number, _)| *number == self.number) {
            state.unread.swap_remove(index);
        }
        state.idle_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Looks whenever the activity wants to be looked at, until it is over or `patience` has passed.
    async fn watch(activity: &Activity, patience: Duration) -> Option<(Cut, Duration)> {
        let begun = Instant::now();
        loop {
            match activity.look(&Limits::default()) {
                Verdict::Over(cut) => return Some((cut, begun.elapsed())),
                Verdict::Fine(_) if begun.elapsed() >= patience => return None,
                Verdict::Fine(again) => tokio::time::sleep_until(again).await,
            }
        }
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_has_the_time_of_a_head_for_its_first_request() {
        let activity = Activity::new();
        activity.heard();
        assert_eq!(watch(&activity, SECOND * 60).await, Some((Cut::Head, SECOND * 10)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_kept_connection_may_be_idle_longer_than_a_head_may_take() {
        let activity = Activity::new();
        drop(activity.begun(false));
        assert_eq!(watch(&activity, SECOND * 100).await, Some((Cut::Idle, SECOND * 60)));

        let activity = Activity::new();
        drop(activity.begun(false));
        tokio::time::advance(SECOND * 5).await;
        activity.heard();
        tokio::time::advance(SECOND * 5).await;
        activity.heard();
        assert_eq!(watch(&activity, SECOND * 60).await, Some((Cut::Head, SECOND * 5)), "from its first byte");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_begins_late_has_its_whole_time() {
        let activity = Activity::new();
        drop(activity.begun(false));
        tokio::time::advance(SECOND * 55).await;
        activity.heard();
        assert_eq!(watch(&activity, SECOND * 60).await, Some((Cut::Head, SECOND * 10)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_heard_over_http2_is_not_taken_for_a_head() {
        let activity = Activity::new();
        drop(activity.begun(true));
        activity.heard();
        assert_eq!(watch(&activity, SECOND * 100).await, Some((Cut::Idle, SECOND * 60)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_under_way_has_its_own_deadlines() {
        let activity = Activity::new();
        let under_way = activity.begun(false);
        activity.heard();
        assert_eq!(watch(&activity, SECOND * 600).await, None);
        drop(under_way);
        assert_eq!(watch(&activity, SECOND * 100).await, Some((Cut::Idle, SECOND * 60)));
    }

    #[tokio::test(start_paused = true)]
    async fn one_answer_that_is_not_read_is_found_among_others_that_are() {
        let activity = Activity::new();
        let under_way = activity.begun(true);
        let stuck = activity.unread(Bytes::from_static(b"stuck"), None);
        for _ in 0..5 {
            assert!(matches!(activity.look(&Limits::default()), Verdict::Fine(_)));
            drop(activity.unread(Bytes::from_static(b"read"), None));
            tokio::time::advance(SECOND * 5).await;
        }
        assert_eq!(watch(&activity, SECOND * 60).await, Some((Cut::Answer, SECOND * 5)));
        drop(stuck.slice(1..));
        assert_eq!(activity.look(&Limits::default()), Verdict::Over(Cut::Answer), "a part of it is still there");
        drop((stuck, under_way));
        assert_eq!(watch(&activity, SECOND * 100).await, Some((Cut::Idle, SECOND * 60)));
    }

    #[tokio::test(start_paused = true)]
    async fn memory_for_answers_is_given_back_when_they_are_read() {
        let answers = Arc::new(tokio::sync::Semaphore::new(10));
        let place = Arc::clone(&answers).try_acquire_many_owned(4).unwrap();
        let bytes = Activity::new().unread(Bytes::from_static(b"four"), Some(Arc::new(place)));
        let rest = bytes.slice(3..);
        drop(bytes);
        assert_eq!(answers.available_permits(), 6);
        drop(rest);
        assert_eq!(answers.available_permits(), 10);
    }
}
