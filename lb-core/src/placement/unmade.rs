//! [`Unmade`]: what stands in for a policy that could not be made.

use super::fence::expose;
use super::{Candidate, Misconduct, PlacementPolicy, PlacementRequest};

/// Does nothing but tell why there is no other: so its router is fenced off like any whose policy does what none may do.
#[derive(Debug)]
pub(super) struct Unmade {
    pub(super) name: String,
    pub(super) misconduct: Misconduct,
}

impl PlacementPolicy for Unmade {
    fn name(&self) -> &str {
        &self.name
    }

    fn rank<'a>(&'a self, _: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        expose(self.misconduct.clone())
    }
}
