//! What a router makes of its policy: its [`Refinements`], put together of combinators.

use std::sync::Arc;

use super::{Cap, Only, PlacementPolicy, Prefer, TieBreak};
use crate::network::Refinements;

/// `policy` as `refinements` have it, but for the canary. `named` makes the policy that a name means; one that there is not
/// refines nothing.
pub(super) fn refined(
    policy: Arc<dyn PlacementPolicy>,
    refinements: &Refinements,
    named: impl Fn(&str) -> Option<Arc<dyn PlacementPolicy>>,
) -> Arc<dyn PlacementPolicy> {
    let Refinements { only_tags, prefer_tags, max_users, max_cpu, tie_break, tie_within, .. } = refinements;
    let mut policy = policy;
    if let Some(by) = tie_break.as_deref().and_then(named) {
        policy = Arc::new(TieBreak { policy, within: *tie_within, by });
    }
    if !prefer_tags.is_empty() {
        policy = Arc::new(Prefer { tags: prefer_tags.clone(), policy });
    }
    if !only_tags.is_empty() {
        policy = Arc::new(Only { tags: only_tags.clone(), policy });
    }
    if max_users.is_some() || max_cpu.is_some() {
        policy = Arc::new(Cap { users: *max_users, cpu: *max_cpu, policy });
    }
    policy
}
