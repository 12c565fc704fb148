//! [`Support`]: what is remembered so that it can be found out later what went wrong. In memory only.

use std::sync::{Arc, OnceLock};

use super::Balancer;
use super::refusals::Refusals;
use super::regulars::Regulars;
use super::unreached::Unreached;
use crate::clock::Timestamp;
use crate::fleet::MeetingList;
use crate::journal::Journal;
use crate::meeting::Meeting;
use crate::network::Network;
use crate::secret::Secret;
use crate::server::ServerName;

/// What is remembered of calls, lists and callbacks. It outlives a configuration, and goes with the process.
#[derive(Debug, Default)]
pub(super) struct Support {
    pub(super) journal: Journal,
    pub(super) refusals: Refusals,
    pub(super) regulars: Regulars,
    pub(super) unreached: Unreached,
    begun: OnceLock<Timestamp>,
}

impl Support {
    /// From `now` on it is remembered; a second time changes nothing.
    pub(super) fn begin(&self, now: Timestamp) {
        let _ = self.begun.set(now);
    }

    /// Since when it is remembered.
    pub(super) fn since(&self) -> Timestamp {
        self.begun.get().copied().unwrap_or_default()
    }
}

impl Balancer {
    /// Notes which of the meetings that are `held` on a server its list shows, and which it lacks.
    pub(super) fn note_listed(&self, server: &ServerName, list: &MeetingList, held: &[Arc<Meeting>]) {
        // what was created after it was asked for is not missed in it
        for meeting in held.iter().filter(|meeting| list.asked_at > meeting.created_at) {
            let listed = list.find(&meeting.internal_id).filter(|listed| !listed.ended);
            self.support.journal.listed(&meeting.key, server, list.asked_at, listed.map(|listed| listed.users));
        }
    }

    /// Remembers which secrets integrations have no more, so that who still uses one can be told so.
    pub(super) fn remember_removed(&self, before: &Network, after: &Network) {
        for earlier in before.integrations().iter() {
            let Some(now) = after.integration(earlier.name.as_str()) else {
                self.support.refusals.forget(&earlier.name);
                continue;
            };
            if Arc::ptr_eq(earlier, now) {
                continue;
            }
            let kept = |secret: &Secret| now.secrets.iter().any(|known| known.secret == *secret);
            for gone in earlier.secrets.iter().filter(|known| !kept(&known.secret)) {
                self.support.refusals.removed(&now.name, &gone.secret);
            }
        }
    }
}
