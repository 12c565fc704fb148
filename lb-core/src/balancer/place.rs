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
            && server.carries(&self.integration.tags.required)
            && !server.foreign.contains(&self.key.meeting_id)
    }
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
        let by_router = self.routers_of(&network, wanted.integration).find_map(|(router, before)| {
            let mut place = first(&*self.policy_of(router, &network)?, &regular, false)?;
            if let Some(before) = before {
                let reason = &place.placement.reason;
                place.placement.reason = format!("router {} found no server, {}: {reason}", before.name, router.name);
            }
            Some(place)
        });
        let last_resort = || self.settings.last_resort.then(|| first(&LeastCpu, &warned, true)).flatten();
        by_router.or_else(last_resort)
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
