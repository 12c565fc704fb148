//! Which server a new meeting gets: the balancer filters, the router's policy ranks, the first one is taken.
//!
//! | file | what |
//! |---|---|
//! | `rules` | which servers may have it, and why not the others |
//! | `walk` | those that may, in the order in which they are taken |
//! | `whereabouts` | where the user is who asks for it |

mod rules;
mod walk;
mod whereabouts;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

pub(super) use self::rules::Tier;
pub(super) use self::walk::{PassedOver, Ranked};
pub use self::whereabouts::Whereabouts;

use super::Balancer;
use crate::clock::Timestamp;
use crate::event::{NextBest, Placement};
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::{ClaimToken, MeetingKey};
use crate::network::Integration;
use crate::placement::fence::{Doing, guarded};
use crate::placement::{MeetingHints, Placed, PlacementPolicy, Way};
use crate::server::ServerName;

/// What stands in place of a policy's name where no policy decided.
const PREFERRED: &str = "preferred-server";

/// A meeting that wants a place.
pub(super) struct Wanted<'a> {
    pub(super) key: &'a MeetingKey,
    /// What its create says of it.
    pub(super) hints: MeetingHints,
    pub(super) integration: &'a Integration,
    pub(super) whereabouts: Whereabouts,
    /// Servers that hold the same id, or may hold it.
    pub(super) occupied: &'a [ServerName],
    /// Servers that have failed already, or that the meeting was lost with.
    pub(super) tried: &'a [ServerName],
    /// The one server that may have it: a breakout room goes where its parent is.
    pub(super) only: Option<&'a ServerName>,
    /// The server that the website prefers, by name or address.
    pub(super) preferred: Option<&'a str>,
    /// Which attempt this is, from 1.
    pub(super) attempt: u32,
}

/// The place that a meeting got. It counts in the fleet until it is taken back.
pub(super) struct Place {
    pub(super) server: Arc<FleetServer>,
    pub(super) placement: Placement,
    pub(super) last_resort: bool,
}

/// A place, and the policy that chose it, if one did.
type Chosen = (Option<Arc<dyn PlacementPolicy>>, Place);

impl Ranked<'_> {
    /// What is kept as the policy's name.
    pub(super) fn policy_name(&self) -> &str {
        self.policy.map_or(PREFERRED, |policy| policy.name())
    }

    fn into_place(self, wanted: &Wanted<'_>) -> Place {
        let policy = self.policy_name().to_owned();
        let last_resort = self.way == Way::LastResort;
        let placement = Placement {
            policy,
            router: self.router.cloned(),
            score: self.score,
            reason: self.reason,
            attempt: wanted.attempt,
            position_from: Some(wanted.whereabouts.from),
            ..Placement::default()
        };
        Place { server: Arc::clone(self.server), placement, last_resort }
    }
}

impl Wanted<'_> {
    /// How many servers could have it, and how many were left out by which reason.
    fn counted(&self, fleet: &Fleet, last_resort: bool, now: Timestamp) -> (u32, BTreeMap<Cow<'static, str>, u32>) {
        let (mut candidates, mut left_out) = (0, BTreeMap::new());
        for server in fleet.servers() {
            match self.left_out(server, Tier::Regular, now).next() {
                Some(why) if !(last_resort && self.is_eligible(server, Tier::Warned, now)) => {
                    *left_out.entry(Cow::Borrowed(why.as_str())).or_default() += 1;
                }
                _ => candidates += 1,
            }
        }
        (candidates, left_out)
    }
}

impl Balancer {
    /// Gives a new meeting its place and counts it there at once, under the claim that it is made by, so that the next one
    /// sees it. `None` if no server may have it.
    pub(super) fn place(&self, wanted: &Wanted<'_>, claim: &ClaimToken) -> Option<Place> {
        let now = self.clock.now();
        let (place, policy, passed_over) = self.fleet.change(|fleet| {
            let (chosen, passed_over) = self.choose(fleet, wanted);
            let Some((policy, place)) = chosen else { return (None, (None, None, passed_over)) };
            let name = &place.server.server.name;
            (
                fleet.with_server(name, now, |server| server.place(wanted.key.clone(), Some(claim.clone()), now)),
                (Some(place), policy, passed_over),
            )
        });
        let is_sound =
            |policy: &&Arc<dyn PlacementPolicy>| passed_over.iter().all(|passed| !Arc::ptr_eq(&passed.policy, policy));
        policy.iter().filter(is_sound).for_each(|policy| self.let_back(policy, Doing::Placed));
        for PassedOver { router, policy, misconduct, until } in passed_over {
            if until.is_none() {
                self.fence_off(&router, &policy, misconduct);
            }
        }
        place
    }

    /// Takes a place back: the one of `claim`, whose meeting was not created there, or all of a meeting that has ended.
    pub(super) async fn unplace(&self, key: &MeetingKey, claim: Option<&ClaimToken>, server: &ServerName) {
        self.note(server, |server, now| server.unplace(key, claim, now)).await;
    }

    /// The first of the [walk](Self::walk) with its policy and what is kept of the others; and the policies that were passed
    /// over.
    fn choose(&self, fleet: &Fleet, wanted: &Wanted<'_>) -> (Option<Chosen>, Vec<PassedOver>) {
        let (mut chosen, mut next) = (None, Vec::with_capacity(Placement::NEXT_KEPT));
        let mut passed_over = self.walk(fleet, &self.network(), wanted, &mut |ranked| {
            if chosen.is_none() {
                let by = ranked.router.cloned().zip(ranked.policy.cloned());
                chosen = Some((by, ranked.into_place(wanted)));
                return ControlFlow::Continue(());
            }
            next.push(NextBest { server: ranked.server.server.name.clone(), score: ranked.score });
            if next.len() < Placement::NEXT_KEPT { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let Some((by, mut place)) = chosen else { return (None, passed_over) };
        let policy = by.map(|(router, policy)| {
            let (server, meeting) = (&place.server.server.name, wanted.key);
            let placed = Placed { server, meeting, hints: wanted.hints, now: self.clock.now() };
            if let Err(misconduct) = guarded(Doing::Placed, || policy.placed(&placed)) {
                passed_over.push(PassedOver { router, policy: Arc::clone(&policy), misconduct, until: None });
            }
            policy
        });
        let (candidates, left_out) = wanted.counted(fleet, place.last_resort, self.clock.now());
        place.placement = Placement { candidates, next, left_out, ..place.placement };
        (Some((policy, place)), passed_over)
    }
}
