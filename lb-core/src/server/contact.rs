//! [`Contact`]: what the last calls to a server came to, beside what they say of its health.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Timestamp;

/// How many of the last calls to a server are remembered.
pub const CALLS_REMEMBERED: usize = 32;

/// What became of a call to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The server answered, whatever it said.
    Answered,
    /// Nobody took the connection.
    Refused,
    /// No usable answer came.
    Failed,
}

impl CallOutcome {
    /// The outcome in one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// One call to a server that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastCall {
    /// When it was over.
    pub at: Timestamp,
    /// How long it took; four minutes at most are told.
    pub took: Duration,
    /// What became of it.
    pub outcome: CallOutcome,
}

/// How the balancer and one server get on: websites' calls and the balancer's own polls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Calls to it that are under way.
    pub under_way: u32,
    /// The last calls to it, newest first, [`CALLS_REMEMBERED`] at most.
    pub past: Vec<PastCall>,
}

impl Contact {
    /// The call that was over last.
    pub fn last(&self) -> Option<PastCall> {
        self.past.first().copied()
    }

    /// How long it took to answer the last calls, in the middle; `None` where it answered none of them.
    pub fn median(&self) -> Option<Duration> {
        let answered = self.past.iter().filter(|call| call.outcome == CallOutcome::Answered);
        let mut times: Vec<_> = answered.map(|call| call.took).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// How many of the last calls it did not answer.
    pub fn failures(&self) -> usize {
        self.past.iter().filter(|call| call.outcome != CallOutcome::Answered).count()
    }
}

/// What a [`Contact`] is read of. Nobody waits for anybody: each number is written and read by itself, so what is read while
/// a call ends may lack it.
#[derive(Debug, Default)]
pub(crate) struct Line {
    under_way: AtomicU32,
    written: AtomicU32,
    // packed; 0 is no call
    past: [AtomicU64; CALLS_REMEMBERED],
}

/// The longest time that is told, milliseconds.
const LONGEST: u64 = (1 << 18) - 1;

impl Line {
    /// A call begins.
    pub(crate) fn began(&self) {
        self.under_way.fetch_add(1, Ordering::Relaxed);
    }

    /// It is under way no more.
    pub(crate) fn left(&self) {
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }

    /// It is over.
    pub(crate) fn ended(&self, call: PastCall) {
        let place = self.written.fetch_add(1, Ordering::Relaxed) as usize % CALLS_REMEMBERED;
        if let Some(past) = self.past.get(place) {
            past.store(packed(call), Ordering::Relaxed);
        }
    }

    pub(crate) fn contact(&self) -> Contact {
        let past = self.past.iter().filter_map(|call| unpacked(call.load(Ordering::Relaxed)));
        let mut past: Vec<_> = past.collect();
        past.sort_by_key(|call| std::cmp::Reverse(call.at));
        Contact { under_way: self.under_way.load(Ordering::Relaxed), past }
    }
}

/// Milliseconds since 1970 above, then 18 bits of how long it took, then 2 of the outcome.
fn packed(call: PastCall) -> u64 {
    let took = u64::try_from(call.took.as_millis()).unwrap_or(LONGEST).min(LONGEST);
    let outcome = match call.outcome {
        CallOutcome::Answered => 1,
        CallOutcome::Refused => 2,
        CallOutcome::Failed => 3,
    };
    call.at.as_millis() << 20 | took << 2 | outcome
}

fn unpacked(packed: u64) -> Option<PastCall> {
    let outcome = match packed & 3 {
        1 => CallOutcome::Answered,
        2 => CallOutcome::Refused,
        3 => CallOutcome::Failed,
        _ => return None,
    };
    let (at, took) = (Timestamp::from_millis(packed >> 20), Duration::from_millis(packed >> 2 & LONGEST));
    Some(PastCall { at, took, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(at: u64, took: u64, outcome: CallOutcome) -> PastCall {
        PastCall { at: Timestamp::from_millis(1_767_225_600_000 + at), took: Duration::from_millis(took), outcome }
    }

    #[test]
    fn the_last_calls_are_remembered_and_no_more() {
        let line = Line::default();
        assert_eq!(line.contact(), Contact::default());
        assert_eq!((line.contact().last(), line.contact().median()), (None, None));
        for number in 0..100 {
            line.ended(call(number, number, CallOutcome::Answered));
        }
        let contact = line.contact();
        assert_eq!(contact.past.len(), CALLS_REMEMBERED);
        assert_eq!(contact.last(), Some(call(99, 99, CallOutcome::Answered)));
        assert_eq!(contact.past.last(), Some(&call(68, 68, CallOutcome::Answered)));
        assert_eq!(contact.median(), Some(Duration::from_millis(84)));
    }

    #[test]
    fn what_was_not_answered_counts_as_failure_and_not_as_time() {
        let line = Line::default();
        line.began();
        line.began();
        line.left();
        line.ended(call(0, 12, CallOutcome::Answered));
        line.ended(call(1, 8000, CallOutcome::Failed));
        line.ended(call(2, 400_000, CallOutcome::Refused));
        let contact = line.contact();
        assert_eq!((contact.under_way, contact.failures(), contact.median()), (1, 2, Some(Duration::from_millis(12))));
        assert_eq!(contact.last(), Some(call(2, LONGEST, CallOutcome::Refused)), "no more than can be told");
    }
}
