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
use crate::network::{Integration, Network, Router, RouterName};
use crate::placement::{LeastCpu, PlacementPolicy, PlacementRequest, Way};
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

/// Looks at one server; says whether to go on.
type Visit<'v> = dyn FnMut(Ranked<'_>) -> ControlFlow<()> + 'v;

/// A walk that is under way.
struct Walk<'a, 'v> {
    fleet: &'a Fleet,
    wanted: &'a Wanted<'a>,
    now: Timestamp,
    // those that were met already
    met: HashSet<ServerName>,
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
        for candidate in policy.rank(&request) {
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
}

impl Balancer {
    /// Shows `visit` the servers that may have the meeting, the one that it goes to first, until it has seen enough. Nothing
    /// is changed by it.
    ///
    /// What the website prefers comes first; then what the integration's router ranks, those with the preferred tags before
    /// the others; then what its fallbacks rank and it did not; then the last resort.
    pub(in crate::balancer) fn walk(
        &self,
        fleet: &Fleet,
        network: &Network,
        wanted: &Wanted<'_>,
        visit: &mut dyn FnMut(Ranked<'_>) -> ControlFlow<()>,
    ) {
        let walk = Walk { fleet, wanted, now: self.clock.now(), met: HashSet::new(), visit };
        // it was broken off, or has come to its end
        let _ = self.go(walk, network);
    }

    fn go(&self, mut walk: Walk<'_, '_>, network: &Network) -> ControlFlow<()> {
        let (wanted, now) = (walk.wanted, walk.now);
        if let Some(server) = wanted.preferred.and_then(|text| preferred(text, &walk)) {
            walk.met.insert(server.server.name.clone());
            let reason = "the website prefers this server".to_owned();
            let way = Way::PreferredServer;
            (walk.visit)(Ranked { server, way, router: None, policy: None, score: None, reason })?;
        }
        let regular = |server: &FleetServer| wanted.is_eligible(server, Tier::Regular, now);
        let tags = &wanted.integration.tags.preferred;
        let tagged = |server: &FleetServer| server.carries(tags) && regular(server);
        let any_tagged =
            !tags.is_empty() && self.rank_by_routers(&mut walk, network, Way::PreferredTags, &tagged, false)?;
        let untagged = !tags.is_empty() && !any_tagged;
        self.rank_by_routers(&mut walk, network, Way::Router, &regular, untagged)?;
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
        for (router, before) in self.routers_of(network, walk.wanted.integration) {
            let Some(policy) = self.policy_of(router, network) else { continue };
            let worded = |reason: String, _: &FleetServer| {
                let reason = match before.filter(|_| !any) {
                    Some(before) => format!("router {} found no server, {}: {reason}", before.name, router.name),
                    None => reason,
                };
                without_tags(reason, untagged)
            };
            any |= walk.rank(&policy, (way, Some(&router.name)), eligible, worded)?;
        }
        ControlFlow::Continue(any)
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

    /// The router of `integration` and its fallbacks in their order, each with the one before it.
    fn routers_of<'a>(
        &self,
        network: &'a Network,
        integration: &Integration,
    ) -> impl Iterator<Item = (&'a Arc<Router>, Option<&'a Arc<Router>>)> {
        let first = (network.router_of(integration), None);
        // they lead in no circle, or the network would not be whole
        std::iter::successors(Some(first), |(router, _)| {
            Some((network.router(router.fallback.as_ref()?.as_str())?, Some(*router)))
        })
    }
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
