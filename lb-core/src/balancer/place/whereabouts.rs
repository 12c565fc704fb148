//! [`Whereabouts`]: where the user is who asks for a meeting.

use std::net::IpAddr;

use crate::balancer::Balancer;
use crate::event::PositionFrom;
use crate::network::Integration;
use crate::position::Position;

/// Where the user is who asks for a meeting, and how that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Whereabouts {
    /// Where; absent if nobody knows.
    pub position: Option<Position>,
    /// How it is known.
    pub from: PositionFrom,
}

impl Balancer {
    /// Where the user is who asks for a meeting: at the leftmost forwarded address that is known; else at the integration's
    /// own position; else at the address that the call came from.
    pub(in crate::balancer) fn whereabouts(
        &self,
        forwarded_for: &[IpAddr],
        address: Option<IpAddr>,
        integration: &Integration,
    ) -> Whereabouts {
        let locate = |address: IpAddr| self.locator.locate(address).and_then(|place| place.position);
        let forwarded = || (forwarded_for.iter().copied().find_map(locate), PositionFrom::ForwardedAddress);
        let own = || (integration.position, PositionFrom::Integration);
        let caller = || (address.and_then(locate), PositionFrom::CallerAddress);
        let sources: [&dyn Fn() -> (Option<Position>, PositionFrom); 3] = [&forwarded, &own, &caller];
        let known = sources.iter().map(|source| source()).find(|(position, _)| position.is_some());
        known.map_or_else(Whereabouts::default, |(position, from)| Whereabouts { position, from })
    }
}
