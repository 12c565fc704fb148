//! [`OrElse`]: what one policy leaves out is ranked by another.

use std::collections::HashSet;
use std::sync::Arc;

use super::narrowed::Narrowed;
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};

/// The ranking of `first`, then the ranking by `second` of what the first has left out.
///
/// What is learnt is that of `first`. A router's `fallback` does the same for routers, and each of them learns.
#[derive(Clone, Debug)]
pub struct OrElse {
    /// Who ranks.
    pub first: Arc<dyn PlacementPolicy>,
    /// Who ranks the rest.
    pub second: Arc<dyn PlacementPolicy>,
}

impl PlacementPolicy for OrElse {
    fn name(&self) -> &str {
        self.first.name()
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut first = Some(self.first.rank(request));
        let mut ranked = HashSet::new();
        let mut rest = None;
        Box::new(std::iter::from_fn(move || {
            if let Some(candidate) = first.as_mut().and_then(Iterator::next) {
                ranked.insert(&candidate.server.server.name);
                return Some(candidate);
            }
            first = None;
            let rest = rest.get_or_insert_with(|| {
                let ranked = std::mem::take(&mut ranked);
                Narrowed::new(&*self.second, request, move |server| !ranked.contains(&server.server.name))
            });
            rest.next()
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.first.placed(placed);
        self.second.placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        self.first.learner()
    }
}
