//! [`Only`]: servers with certain tags alone.

use std::sync::Arc;

use super::narrowed::Narrowed;
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};

/// The ranking of `policy` among the servers that carry all of `tags`. The others are left out: the router's fallback, or an
/// [`OrElse`](super::OrElse), may have them.
#[derive(Clone, Debug)]
pub struct Only {
    /// What a server must carry.
    pub tags: Vec<String>,
    /// Who ranks those that do.
    pub policy: Arc<dyn PlacementPolicy>,
}

impl PlacementPolicy for Only {
    fn name(&self) -> &str {
        self.policy.name()
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        Box::new(Narrowed::new(&*self.policy, request, |server| server.carries(&self.tags)))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.policy.placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        self.policy.learner()
    }
}
