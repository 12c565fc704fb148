//! Which server a new meeting gets: the balancer filters, the router's policy ranks, the first one is taken.

use std::net::IpAddr;
use std::sync::Arc;

use super::Balancer;
use crate::api::ApiRequest;
use crate::event::Placement;
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::{ClaimToken, MeetingKey};
use crate::network::{Integration, Network, Router};
use crate::placement::{Candidate, LeastCpu, PlacementPolicy, PlacementRequest};
use crate::position::Position;
use crate::server::{ServerName, ServerState};

/// What stands in place of a policy's name where no policy decided.
const PREFERRED: &str = "preferred-server";

/// A meeting that wants a place.
pub(super) struct Wanted<'a> {
    pub(super) key: &'a MeetingKey,
    pub(super) claim: &'a ClaimToken,
    pub(super) integration: &'a Integration,
    pub(super) position: Option<Position>,
    /// Servers that may not have it: they hold the same id, or have failed already.
    pub(super) excluded: &'a [ServerName],
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

impl Wanted<'_> {
    fn may_go_to(&self, server: &FleetServer) -> bool {
        let name = &server.server.name;
        !self.excluded.contains(name)
            && self.only.is_none_or(|only| only == name)
            && server.is_allowed_by(&self.integration.tags)
            && !server.foreign.contains(&self.key.meeting_id)
    }
}

impl Wanted<'_> {
    /// The place on the server that the website prefers.
    fn place_on(&self, server: &Arc<FleetServer>) -> Place {
        let reason = "the website prefers this server".to_owned();
        let placement = Placement { policy: PREFERRED.to_owned(), score: None, reason, attempt: self.attempt };
        Place { server: Arc::clone(server), placement, last_resort: false }
    }
}

/// The server that a website calls so, if it can take the meeting: by its name, else by its address.
fn preferred<'a>(
    fleet: &'a Fleet,
    text: &str,
    eligible: &dyn Fn(&FleetServer) -> bool,
) -> Option<&'a Arc<FleetServer>> {
    let by_name = fleet.server(&text.into()).filter(|server| eligible(server));
    by_name.or_else(|| fleet.servers().iter().find(|server| server.is_called(text) && eligible(server)))
}

impl Balancer {
    /// Gives a new meeting its place and counts it there at once, so that the next one sees it. `None` if no server may
    /// have it.
    pub(super) fn place(&self, wanted: &Wanted<'_>) -> Option<Place> {
        let now = self.clock.now();
        self.fleet.change(|fleet| {
            let Some(place) = self.choose(fleet, wanted) else { return (None, None) };
            let name = &place.server.server.name;
            (
                fleet.with_server(name, now, |server| {
                    server.place(wanted.key.clone(), Some(wanted.claim.clone()), now);
                }),
                Some(place),
            )
        })
    }

    /// Takes a place back: the one of `claim`, whose meeting was not created there, or all of a meeting that has ended.
    pub(super) async fn unplace(&self, key: &MeetingKey, claim: Option<&ClaimToken>, server: &ServerName) {
        self.note(server, |server, now| server.unplace(key, claim, now)).await;
    }

    fn choose(&self, fleet: &Fleet, wanted: &Wanted<'_>) -> Option<Place> {
        let now = self.clock.now();
        let may_take =
            |state: ServerState| if wanted.only.is_some() { state.takes_calls() } else { state.takes_new_meetings() };
        let regular =
            |server: &FleetServer| may_take(server.state()) && server.has_room(now) && wanted.may_go_to(server);
        let warned = |server: &FleetServer| {
            server.state() == ServerState::Warning && server.has_room(now) && wanted.may_go_to(server)
        };
        if let Some(server) = wanted.preferred.and_then(|text| preferred(fleet, text, &regular)) {
            return Some(wanted.place_on(server));
        }
        let first = |policy: &dyn PlacementPolicy, eligible: &dyn Fn(&FleetServer) -> bool, last_resort: bool| {
            let request = PlacementRequest { fleet, eligible, position: wanted.position, meeting: wanted.key, now };
            let Candidate { server, score, reason } = policy.rank(&request).next()?;
            let server = Arc::clone(fleet.server(&server.server.name)?);
            policy.placed(&server.server.name);
            let score = Some(score).filter(|score| score.is_finite());
            let placement = Placement { policy: policy.name().to_owned(), score, reason, attempt: wanted.attempt };
            Some(Place { server, placement, last_resort })
        };
        let network = self.network();
        let by_routers = |eligible: &dyn Fn(&FleetServer) -> bool| {
            self.routers_of(&network, wanted.integration).find_map(|(router, before)| {
                let mut place = first(&*self.policy_of(router, &network)?, eligible, false)?;
                if let Some(before) = before {
                    let (reason, name) = (&place.placement.reason, &router.name);
                    place.placement.reason = format!("router {} found no server, {name}: {reason}", before.name);
                }
                Some(place)
            })
        };
        let last_resort = || self.settings.last_resort.then(|| first(&LeastCpu, &warned, true)).flatten();
        let tags = &wanted.integration.tags.preferred;
        let tagged = |server: &FleetServer| server.carries(tags) && regular(server);
        let preferred = if tags.is_empty() { None } else { by_routers(&tagged) };
        preferred.or_else(|| {
            let mut place = by_routers(&regular).or_else(last_resort)?;
            if !place.server.carries(tags) {
                place.placement.reason.push_str("; no server with the preferred tags can take it");
            }
            Some(place)
        })
    }

    /// The policy of `router`. Where it names one that is no more, that of the router `default` stands in: a meeting must be
    /// placed.
    fn policy_of(&self, router: &Arc<Router>, network: &Network) -> Option<Arc<dyn PlacementPolicy>> {
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

    /// Where the user is who asks for a meeting: the leftmost forwarded address that is known; else the integration's own
    /// position; else the address that the call came from.
    pub(super) fn position_of(&self, request: &ApiRequest, integration: &Integration) -> Option<Position> {
        let locate = |address: IpAddr| self.locator.locate(address).and_then(|place| place.position);
        let forwarded = request.forwarded_for.iter().copied().find_map(locate);
        forwarded.or(integration.position).or_else(|| request.address.and_then(locate))
    }
}
