//! [`Calls`]: the last calls to a server, websites' and the balancer's own.

use lb_core::server::{CallOutcome, Contact};

use crate::pages::dashboard::Look;
use crate::pages::numbers;

/// The last calls to a server.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) under_way: String,
    /// How long it took to answer, in the middle; empty where it answered none.
    pub(super) median: String,
    pub(super) not_answered: String,
    /// Newest first.
    pub(super) past: Vec<Call>,
}

/// One call that is over.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) at: String,
    pub(super) took: String,
    pub(super) outcome: &'static str,
    pub(super) tone: &'static str,
}

impl Calls {
    pub(super) fn of(contact: &Contact, look: Look) -> Self {
        let millis = |time: std::time::Duration| format!("{} ms", look.number(time.as_millis() as u64));
        let w = &look.w.server_page;
        let past = contact.past.iter().map(|call| Call {
            at: numbers::time(call.at),
            took: millis(call.took),
            outcome: match call.outcome {
                CallOutcome::Answered => w.answered,
                CallOutcome::Refused => look.w.dashboard.refused,
                CallOutcome::Failed => look.w.dashboard.failed,
            },
            tone: if call.outcome == CallOutcome::Answered { "is-good" } else { "is-critical" },
        });
        Self {
            under_way: look.number(contact.under_way),
            median: contact.median().map(millis).unwrap_or_default(),
            not_answered: look.number(contact.failures() as u64),
            past: past.collect(),
        }
    }
}
