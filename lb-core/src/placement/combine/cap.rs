//! [`Cap`]: servers that are too full are left out.

use std::sync::Arc;

use super::narrowed::Narrowed;
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};

/// The ranking of `policy` among the servers that are below the caps, expected load included. The others are left out: the
/// router's fallback, or an [`OrElse`](super::OrElse), may have them.
#[derive(Clone, Debug)]
pub struct Cap {
    /// Servers with so many users or more are left out; absent: none is for that.
    pub users: Option<f64>,
    /// Servers with so much CPU in use or more, per cent, are left out; absent: none is for that, nor is one whose CPU is not
    /// known.
    pub cpu: Option<f64>,
    /// Who ranks the others.
    pub policy: Arc<dyn PlacementPolicy>,
}

impl Cap {
    fn is_below(&self, server: &FleetServer, now: Timestamp) -> bool {
        self.users.is_none_or(|most| server.expected_users(now) < most)
            && self.cpu.zip(server.expected_cpu(now)).is_none_or(|(most, cpu)| cpu < most)
    }
}

impl PlacementPolicy for Cap {
    fn name(&self) -> &str {
        self.policy.name()
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        Box::new(Narrowed::new(&*self.policy, request, |server| self.is_below(server, request.now)))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.policy.placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        self.policy.learner()
    }
}
