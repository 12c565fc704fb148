//! The servers that a meeting may go to, in the order in which they are taken. A placement looks at the first few, an
//! explanation at all.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::Wanted;
use super::rules::Tier;
use crate::balancer::Balancer;
use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};
use crate::network::{Network, Router, RouterName};
use crate::placement::{LeastCpu, Misconduct, PlacementPolicy, PlacementRequest, Way, fence, is_drawn};
use crate::server::ServerName;

/// One server that the meeting may go to.
pub(in crate::balancer) struct Ranked<'a> {
    pub(in crate::balancer) server: &'a Arc<FleetServer>,
    pub(in crate::balancer) way: Way,
    /// The router that ranked it, if one did.
    pub(in crate::balancer) router: Option<&'a RouterName>,
    /// The policy that ranked it, if one did.
    pub(in crate::balancer) policy: Option<&'a Arc<dyn PlacementPolicy>>,
    pub(in crate::balancer) score: Option<f64>,
    pub(in crate::balancer) reason: String,
}

/// A router's policy that is passed over because of what it did.
pub(in crate::balancer) struct PassedOver {
    pub(in crate::balancer) router: RouterName,
    pub(in crate::balancer) policy: Arc<dyn PlacementPolicy>,
    pub(in crate::balancer) misconduct: Misconduct,
    /// Until when it is fenced off; absent where it did that on this very walk.
    pub(in crate::balancer) until: Option<Timestamp>,
}

/// Looks at one server; says whether to go on.
type Visit<'v> = dyn FnMut(Ranked<'_>) -> ControlFlow<()> + 'v;

/// A walk that is under way.
struct Walk<'a, 'v> {
    fleet: &'a Fleet,
    wanted: &'a Wanted<'a>,
    now: Timestamp,
    // those that were met already
    met: HashSet<ServerName>,
    passed_over: Vec<PassedOver>,
    visit: &'v mut Visit<'v>,
}

impl Walk<'_, '_> {
    fn is_eligible(&self, server: &FleetServer) -> bool {
        self.wanted.is_eligible(server, Tier::Regular, self.now)
    }

    /// All that `policy` ranks of those that are `eligible` and were not met. Answers whether there were any.
    fn rank(
        &mut self,
        policy: &Arc<dyn PlacementPolicy>,
        (way, router): (Way, Option<&RouterName>),
        eligible: &dyn Fn(&FleetServer) -> bool,
        worded: impl Fn(String, &FleetServer) -> String,
    ) -> ControlFlow<(), bool> {
        let before = &self.met;
        let left = |server: &FleetServer| !before.contains(&server.server.name) && eligible(server);
        let request = PlacementRequest {
            fleet: self.fleet,
            eligible: &left,
            position: self.wanted.whereabouts.position,
            meeting: self.wanted.key,
            hints: self.wanted.hints,
            now: self.now,
        };
        let mut met = Vec::new();
        for candidate in fence::ranked(&**policy, &request) {
            let candidate = match candidate {
                Ok(candidate) => candidate,
                Err(misconduct) => {
                    let (router, policy) = (router.cloned(), Arc::clone(policy));
                    let passed = router.map(|router| PassedOver { router, policy, misconduct, until: None });
                    self.passed_over.extend(passed);
                    break;
                }
            };
            let Some(server) = self.fleet.server(&candidate.server.server.name) else { continue };
            met.push(server.server.name.clone());
            let score = Some(candidate.score).filter(|score| score.is_finite());
            let reason = worded(candidate.reason, server);
            (self.visit)(Ranked { server, way, router, policy: Some(policy), score, reason })?;
        }
        let any = !met.is_empty();
        self.met.extend(met);
        ControlFlow::Continue(any)
    }

    fn is_passed_over(&self, policy: &Arc<dyn PlacementPolicy>) -> bool {
        self.passed_over.iter().any(|passed| Arc::ptr_eq(&passed.policy, policy))
    }
}

impl Balancer {
    /// Shows `visit` the servers that may have the meeting, the one that it goes to first, until it has seen enough. Nothing
    /// is changed by it.
    ///
    /// What the website prefers comes first; then what the integration's router ranks, those with the preferred tags before
    /// the others; then what its fallbacks rank and it did not; then the last resort. A policy that does what none may do is
    /// passed over from then on, and answered; where one of the routers' is, the router `default` and the least CPU stand in.
    pub(in crate::balancer) fn walk(
        &self,
        fleet: &Fleet,
        network: &Network,
        wanted: &Wanted<'_>,
        visit: &mut dyn FnMut(Ranked<'_>) -> ControlFlow<()>,
    ) -> Vec<PassedOver> {
        let (met, passed_over) = (HashSet::new(), Vec::new());
        let mut walk = Walk { fleet, wanted, now: self.clock.now(), met, passed_over, visit };
        // it was broken off, or has come to its end
        let _ = self.go(&mut walk, network);
        walk.passed_over
    }

    fn go(&self, walk: &mut Walk<'_, '_>, network: &Network) -> ControlFlow<()> {
        let (wanted, now) = (walk.wanted, walk.now);
        if let Some(server) = wanted.preferred.and_then(|text| preferred(text, walk)) {
            walk.met.insert(server.server.name.clone());
            let reason = "the website prefers this server".to_owned();
            let way = Way::PreferredServer;
            (walk.visit)(Ranked { server, way, router: None, policy: None, score: None, reason })?;
        }
        let regular = |server: &FleetServer| wanted.is_eligible(server, Tier::Regular, now);
        let tags = &wanted.integration.tags.preferred;
        let tagged = |server: &FleetServer| server.carries(tags) && regular(server);
        let any_tagged = !tags.is_empty() && self.rank_by_routers(walk, network, Way::PreferredTags, &tagged, false)?;
        let untagged = !tags.is_empty() && !any_tagged;
        self.rank_by_routers(walk, network, Way::Router, &regular, untagged)?;
        if self.settings.last_resort {
            let warned = |server: &FleetServer| wanted.is_eligible(server, Tier::Warned, now);
            let least_cpu: Arc<dyn PlacementPolicy> = Arc::new(LeastCpu);
            let worded = |reason, server: &FleetServer| without_tags(reason, untagged && !server.carries(tags));
            walk.rank(&least_cpu, (Way::LastResort, None), &warned, worded)?;
        }
        ControlFlow::Continue(())
    }

    /// The integration's router, then its fallbacks. Answers whether one of them ranked any.
    fn rank_by_routers(
        &self,
        walk: &mut Walk<'_, '_>,
        network: &Network,
        way: Way,
        eligible: &dyn Fn(&FleetServer) -> bool,
        untagged: bool,
    ) -> ControlFlow<(), bool> {
        let mut any = false;
        let mut before: Option<(&RouterName, bool)> = None;
        let (routers, default) = self.routers_of(network, walk.wanted);
        let canary = canary_of(network, walk.wanted).map(|canary| &canary.name);
        let own = routers.len();
        // least CPU, where no router can be relied on
        let all = routers.into_iter().map(Some).chain(default.map(Some)).chain([None]);
        for (place, router) in all.enumerate() {
            if place >= own && walk.passed_over.is_empty() {
                break;
            }
            let policy = match router {
                Some(router) => self.policy_of(router, network),
                None => Some(Arc::new(LeastCpu) as Arc<dyn PlacementPolicy>),
            };
            let Some(policy) = policy else { continue };
            let name = router.map(|router| &router.name);
            self.pass_over_fenced(walk, name, &policy);
            if !walk.is_passed_over(&policy) {
                let worded = |reason: String, _: &FleetServer| {
                    let reason = match (before.filter(|_| !any), name) {
                        (Some((before, true)), Some(name)) => {
                            format!("router {before} is fenced off, {name}: {reason}")
                        }
                        (Some((before, true)), None) => format!("router {before} is fenced off: {reason}"),
                        (Some((before, false)), Some(name)) => {
                            format!("router {before} found no server, {name}: {reason}")
                        }
                        (None, Some(name)) if canary == Some(name) => format!("canary {name}: {reason}"),
                        _ => reason,
                    };
                    without_tags(reason, untagged)
                };
                any |= walk.rank(&policy, (way, name), eligible, worded)?;
            }
            before = name.map(|name| (name, walk.is_passed_over(&policy))).or(before);
        }
        ControlFlow::Continue(any)
    }

    /// Passes over the policy of the router called `name`, if it is fenced off.
    fn pass_over_fenced(&self, walk: &mut Walk<'_, '_>, name: Option<&RouterName>, policy: &Arc<dyn PlacementPolicy>) {
        let Some((name, fence)) = name.zip(self.fences.around(policy, walk.now)) else { return };
        if !walk.is_passed_over(policy) {
            let (router, policy, misconduct) = (name.clone(), fence.policy, fence.misconduct);
            walk.passed_over.push(PassedOver { router, policy, misconduct, until: Some(fence.until) });
        }
    }

    /// The policy of `router`. Where it names one that is no more, that of the router `default` stands in: a meeting must be
    /// placed.
    pub(in crate::balancer) fn policy_of(
        &self,
        router: &Arc<Router>,
        network: &Network,
    ) -> Option<Arc<dyn PlacementPolicy>> {
        let default = || self.policies.of(network.router("default")?, network);
        self.policies.of(router, network).or_else(default)
    }

    /// The canary, if it is to place the meeting, the integration's router and its fallbacks in their order; and the router
    /// `default`, if it is none of them.
    fn routers_of<'a>(
        &self,
        network: &'a Network,
        wanted: &Wanted<'_>,
    ) -> (Vec<&'a Arc<Router>>, Option<&'a Arc<Router>>) {
        // they lead in no circle, or the network would not be whole
        let next = |router: &&'a Arc<Router>| network.router(router.fallback.as_ref()?.as_str());
        let own = std::iter::successors(Some(network.router_of(wanted.integration)), next);
        let canary = canary_of(network, wanted);
        let others = own.filter(|router| canary.is_none_or(|canary| canary.name != router.name));
        let routers: Vec<_> = canary.into_iter().chain(others).collect();
        let default = network.router("default").filter(|default| routers.iter().all(|one| one.name != default.name));
        (routers, default)
    }
}

/// The canary of the integration's router, if it is to place this meeting.
fn canary_of<'a>(network: &'a Network, wanted: &Wanted<'_>) -> Option<&'a Arc<Router>> {
    let refinements = &network.router_of(wanted.integration).refinements;
    let canary = refinements.canary.as_ref()?;
    is_drawn(wanted.key, refinements.canary_share).then(|| network.router(canary.as_str()))?
}

fn without_tags(mut reason: String, yes: bool) -> String {
    if yes {
        reason.push_str("; no server with the preferred tags can take it");
    }
    reason
}

/// The server that a website calls so, if it can take the meeting: by its name, else by its address.
fn preferred<'a>(text: &str, walk: &Walk<'a, '_>) -> Option<&'a Arc<FleetServer>> {
    let by_name = walk.fleet.server(&text.into()).filter(|server| walk.is_eligible(server));
    let by_address = |server: &&Arc<FleetServer>| server.is_called(text) && walk.is_eligible(server);
    by_name.or_else(|| walk.fleet.servers().iter().find(by_address))
}
