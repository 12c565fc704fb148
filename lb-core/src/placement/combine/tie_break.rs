//! [`TieBreak`]: among servers that are almost alike, another policy chooses.

use std::collections::HashSet;
use std::sync::Arc;

use super::narrowed::Narrowed;
use crate::placement::fence::{expose, ranked};
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};
use crate::server::ServerName;

/// The servers that `policy` scores within `within` of its best are alike: `by` ranks those. Then come those within `within`
/// of the best that is left, and so on.
///
/// To find who is alike it looks at more of the policy's ranking than its first.
///
/// What is learnt is that of `policy`: `by` is told of placements, but neither observes nor learns of ends. One that learns
/// should not break ties.
#[derive(Clone, Debug)]
pub struct TieBreak {
    /// Who ranks.
    pub policy: Arc<dyn PlacementPolicy>,
    /// How far from the best a score may be, in the unit of `policy`; 0: equal ones alone.
    pub within: f64,
    /// Who ranks those that are alike.
    pub by: Arc<dyn PlacementPolicy>,
}

impl PlacementPolicy for TieBreak {
    fn name(&self) -> &str {
        self.policy.name()
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        // checked: it is pulled as far as its scores are alike, and might have no end
        let mut ranking = ranked(&*self.policy, request).peekable();
        let group = move || {
            let best = ranking.next()?.unwrap_or_else(|misconduct| expose(misconduct));
            // a better score after a worse one: something else than the score has set it behind
            let alike = |score: f64| (0.0..=self.within).contains(&(score - best.score)) || score == best.score;
            let mut names = HashSet::from([&best.server.server.name]);
            while let Some(Ok(next)) = ranking.next_if(|next| next.as_ref().is_ok_and(|next| alike(next.score))) {
                names.insert(&next.server.server.name);
            }
            Some(Group { of: names.len(), best: best.reason, names })
        };
        Box::new(std::iter::from_fn(group).flat_map(move |Group { names, best, of }| {
            let ranked = Narrowed::new(&*self.by, request, move |server| names.contains(&server.server.name));
            ranked.map(move |candidate| match of {
                1 => Candidate { reason: best.clone(), ..candidate },
                of => Candidate {
                    reason: format!("of {of} that {} finds alike: {}", self.policy.name(), candidate.reason),
                    ..candidate
                },
            })
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.policy.placed(placed);
        self.by.placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        self.policy.learner()
    }
}

/// Servers that are alike.
struct Group<'a> {
    names: HashSet<&'a ServerName>,
    of: usize,
    /// Why the best of them is the best.
    best: String,
}
