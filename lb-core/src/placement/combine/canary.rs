//! [`Canary`]: a share of the meetings is placed by another policy.

use std::sync::Arc;

use crate::meeting::MeetingKey;
use crate::placement::draw::Draws;
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};

/// Places a share of the meetings by another policy: which, is drawn from the meeting's key, so that a room that recurs is
/// always placed by the same of the two, and an explanation tells the truth.
///
/// What is learnt is that of `policy`; where both are to learn, give each a router.
#[derive(Clone, Debug)]
pub struct Canary {
    /// Who places most.
    pub policy: Arc<dyn PlacementPolicy>,
    /// Who places the share.
    pub canary: Arc<dyn PlacementPolicy>,
    /// How many of the meetings, 0 to 1.
    pub share: f64,
}

impl Canary {
    /// Who places this meeting.
    pub fn of(&self, meeting: &MeetingKey) -> &Arc<dyn PlacementPolicy> {
        if is_drawn(meeting, self.share) { &self.canary } else { &self.policy }
    }
}

/// Whether `meeting` is of the share that a canary places.
pub(crate) fn is_drawn(meeting: &MeetingKey, share: f64) -> bool {
    // a draw that no server has: names of servers are not empty
    Draws::of(meeting).number(&"".into()) <= share
}

impl PlacementPolicy for Canary {
    fn name(&self) -> &str {
        self.policy.name()
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let is_canary = is_drawn(request.meeting, self.share);
        let ranked = self.of(request.meeting).rank(request);
        Box::new(ranked.map(move |candidate| match is_canary {
            true => {
                Candidate { reason: format!("by the canary {}: {}", self.canary.name(), candidate.reason), ..candidate }
            }
            false => candidate,
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.of(placed.meeting).placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        self.policy.learner()
    }
}
