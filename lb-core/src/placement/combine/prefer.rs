//! [`Prefer`]: servers with certain tags first.

use std::sync::Arc;

use super::narrowed::Narrowed;
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};

/// The ranking of `policy` among the servers that carry all of `tags`, then its ranking of the others.
#[derive(Clone, Debug)]
pub struct Prefer {
    /// What a server carries that comes first.
    pub tags: Vec<String>,
    /// Who ranks.
    pub policy: Arc<dyn PlacementPolicy>,
}

impl PlacementPolicy for Prefer {
    fn name(&self) -> &str {
        self.policy.name()
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let preferred = Narrowed::new(&*self.policy, request, |server| server.carries(&self.tags));
        let others = Narrowed::new(&*self.policy, request, |server| !server.carries(&self.tags));
        Box::new(preferred.chain(others))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.policy.placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        self.policy.learner()
    }
}
