//! [`Polls`]: how a rule looks at servers at its own, slower pace.
//!
//! This balancer asks every server for its list some six times a minute. A rule that polls every 60 s is to see one list of
//! six: of each server the first that was asked for after a full minute. It is kept with what had been sent to the server by then,
//! so that what was sent since is a difference of two counters. The lists are noticed when the rule
//! [observes](Learner::observe) the fleet; ranking only reads, behind one atomic pointer. A list that nobody has noticed
//! yet counts as it will: so a rule that is never shown the fleet simply polls as often as this balancer.
//!
//! What is kept is a few numbers for each server of the fleet, and nothing of servers that are gone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer, Sent};
use crate::placement::{BadMemory, FinishedMeeting, Learner};
use crate::server::ServerName;

/// What a rule makes of all that a server shows, in its own unit.
type Load = fn(&FleetServer, Timestamp) -> f64;

/// A rule's own polls. As a [`Learner`] it keeps nothing beyond the process: the next poll knows all.
#[derive(Debug)]
pub(super) struct Polls {
    period: Duration,
    load: Load,
    kept: ArcSwap<Kept>,
}

type Kept = HashMap<ServerName, Poll>;

/// What a rule found when it last polled one server.
#[derive(Clone, Copy, Debug)]
struct Poll {
    asked_at: Timestamp,
    load: f64,
    before: Sent,
}

/// What a rule knows of one server now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Polled {
    /// When the list was asked for that its last poll brought; the beginning of time where there was none.
    pub(super) asked_at: Timestamp,
    /// The load that it found then.
    pub(super) load: f64,
    /// What was sent to the server since.
    pub(super) since: Sent,
}

impl Polls {
    /// Polls at every full `period`, of which `load` is made.
    pub(super) fn new(period: Duration, load: Load) -> Self {
        Self { period, load, kept: ArcSwap::default() }
    }

    /// How any server stands at `now`.
    pub(super) fn at(&self, now: Timestamp) -> impl Fn(&FleetServer) -> Polled {
        let kept = self.kept.load_full();
        move |server| {
            let poll = self.last(&kept, server, now);
            Polled { asked_at: poll.asked_at, load: poll.load, since: server.sent().since(poll.before) }
        }
    }

    fn last(&self, kept: &Kept, server: &FleetServer, now: Timestamp) -> Poll {
        self.kept_of(kept, server).unwrap_or_else(|| Poll {
            asked_at: server.list.as_ref().map(|list| list.asked_at).unwrap_or_default(),
            load: (self.load)(server, now),
            before: server.sent_before_list(),
        })
    }

    /// The poll that is kept of `server`, if its time has not come again.
    fn kept_of(&self, kept: &Kept, server: &FleetServer) -> Option<Poll> {
        let turn = |asked_at: Timestamp| asked_at.as_millis() / self.period.as_millis().max(1) as u64;
        let asked_at = server.list.as_ref()?.asked_at;
        kept.get(&server.server.name).filter(|poll| turn(poll.asked_at) == turn(asked_at)).copied()
    }
}

impl Learner for Polls {
    fn observe(&self, fleet: &Fleet, now: Timestamp) {
        let kept = self.kept.load_full();
        let listed = || fleet.servers().iter().filter(|server| server.list.is_some());
        if listed().count() == kept.len() && listed().all(|server| self.kept_of(&kept, server).is_some()) {
            return;
        }
        let next = listed().map(|server| (server.server.name.clone(), self.last(&kept, server, now))).collect();
        self.kept.store(Arc::new(next));
    }

    fn ended(&self, _: &FinishedMeeting<'_>) {}

    fn keep(&self) -> Option<Vec<u8>> {
        None
    }

    fn recall(&self, _: &[u8]) -> Result<(), BadMemory> {
        // another rule kept it under this name: nothing in it is of use, and nothing is lost
        Ok(())
    }
}
