//! Policies that are fenced off because of what they did, and for how long.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::{Alarm, Balancer};
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::network::{Network, RouterName};
use crate::placement::fence::Doing;
use crate::placement::{Misconduct, PlacementPolicy};

/// How long a policy is not asked again after it did what none may do.
pub(super) const FENCED_FOR: Duration = Duration::from_secs(60);

/// What a router's policy did, and until when it is not asked.
#[derive(Clone, Debug)]
pub(super) struct Fence {
    pub(super) router: RouterName,
    pub(super) policy: Arc<dyn PlacementPolicy>,
    pub(super) misconduct: Misconduct,
    /// Since when it has done nothing well of what it failed in.
    since: Timestamp,
    pub(super) until: Timestamp,
}

impl Fence {
    fn is_around(&self, policy: &Arc<dyn PlacementPolicy>) -> bool {
        Arc::ptr_eq(&self.policy, policy)
    }

    /// Whether its policy is not asked at `now`. One that would hold for longer than any does was put up by a clock that has
    /// been set back since.
    fn holds(&self, now: Timestamp) -> bool {
        now < self.until && self.until.since(now) <= FENCED_FOR
    }

    /// Whether it comes down where the policy did `doing` well: what it failed in, and nothing else, for one that cannot learn
    /// may place well all the time.
    fn is_proven_by(&self, doing: Doing) -> bool {
        match self.misconduct {
            Misconduct::Panicked { doing: failed, .. } if !failed.is_placing() => failed == doing,
            _ => doing.is_placing(),
        }
    }
}

/// All fences. One stays, and is told of, until its policy has done well again what it failed in, or its router has another
/// policy.
/// Readers take no lock.
#[derive(Debug, Default)]
pub(super) struct Fences(ArcSwap<Vec<Fence>>);

impl Fences {
    /// The fence that keeps `policy` from being asked now.
    pub(super) fn around(&self, policy: &Arc<dyn PlacementPolicy>, now: Timestamp) -> Option<Fence> {
        let holds = |fence: &&Fence| fence.is_around(policy) && fence.holds(now);
        self.0.load().iter().find(holds).cloned()
    }

    /// Fences a policy off, and forgets the fences of routers that are not in `network`. Answers until when; `None` where it was
    /// fenced off already.
    fn put(
        &self,
        (router, network): (&RouterName, &Network),
        policy: &Arc<dyn PlacementPolicy>,
        misconduct: &Misconduct,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let until = now + FENCED_FOR;
        let holds = |fences: &Vec<Fence>| fences.iter().any(|fence| fence.is_around(policy) && fence.holds(now));
        let before = self.0.rcu(|fences| {
            let mut next = Vec::clone(fences);
            if !holds(fences) {
                let since = fences.iter().find(|fence| fence.is_around(policy)).map_or(now, |fence| fence.since);
                // a router has one policy: what is kept of an earlier one goes
                next.retain(|fence| fence.router != *router && network.router(fence.router.as_str()).is_some());
                let (router, policy, misconduct) = (router.clone(), Arc::clone(policy), misconduct.clone());
                next.push(Fence { router, policy, misconduct, since, until });
            }
            next
        });
        (!holds(&before)).then_some(until)
    }

    /// `policy` has done something well. Answers the fence that was around it, had run out, and comes down with this.
    fn lift(&self, policy: &Arc<dyn PlacementPolicy>, doing: Doing, now: Timestamp) -> Option<Fence> {
        let over = |fence: &Fence| fence.is_around(policy) && !fence.holds(now) && fence.is_proven_by(doing);
        if !self.0.load().iter().any(over) {
            return None;
        }
        let before = self.0.rcu(|fences| fences.iter().filter(|fence| !over(fence)).cloned().collect::<Vec<_>>());
        before.iter().find(|fence| over(fence)).cloned()
    }
}

impl Balancer {
    /// Fences a router's policy off for a while, and tells of it once.
    pub(super) fn fence_off(&self, router: &RouterName, policy: &Arc<dyn PlacementPolicy>, misconduct: Misconduct) {
        let network = self.network();
        let Some(until) = self.fences.put((router, &network), policy, &misconduct, self.clock.now()) else { return };
        let (router, policy) = (router.clone(), policy.name().to_owned());
        self.emit(EventKind::PolicyFenced { router, policy, misconduct, until });
    }

    /// A policy has done something, and did nothing wrong.
    pub(super) fn let_back(&self, policy: &Arc<dyn PlacementPolicy>, doing: Doing) {
        if let Some(fence) = self.fences.lift(policy, doing, self.clock.now()) {
            self.emit(EventKind::PolicyBack { router: fence.router, policy: policy.name().to_owned() });
        }
    }

    /// Of each router whose policy did what none may do, and has not done that well since.
    pub(super) fn fence_alarms(&self) -> impl Iterator<Item = Alarm> {
        let network = self.network();
        let fences = self.fences.0.load_full();
        let still = fences.iter().filter(|fence| {
            let router = network.router(fence.router.as_str());
            let policy = router.and_then(|router| self.policy_of(router, &network));
            policy.is_some_and(|policy| fence.is_around(&policy))
        });
        let alarm = |fence: &Fence| Alarm::PolicyFenced {
            router: fence.router.clone(),
            policy: fence.policy.name().to_owned(),
            misconduct: fence.misconduct.clone(),
            since: fence.since,
        };
        still.map(alarm).collect::<Vec<_>>().into_iter()
    }
}
