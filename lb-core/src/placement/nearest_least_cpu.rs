//! [`NearestLeastCpu`]: the Mconf rule, and the default.

use super::least::cpu_words;
use super::{Candidate, PlacementPolicy, PlacementRequest, Scan, by_cpu};
use crate::fleet::FleetServer;
use crate::position::Position;

/// The rule of the Mconf network: find the eligible server nearest to the user who asks for the meeting, take all
/// eligible servers within `radius_km` of *that server*, and among them the one with the least CPU load.
///
/// Where the user's position is not known, all servers compete on CPU. When every server within the radius has been
/// tried, the rule starts again with those that are left: so it goes on outward. Servers without a position come last.
#[derive(Debug, Clone, Copy)]
pub struct NearestLeastCpu {
    /// How far from the nearest server another one may be, kilometres.
    pub radius_km: f64,
}

impl Default for NearestLeastCpu {
    fn default() -> Self {
        Self { radius_km: 300.0 }
    }
}

/// The servers that compete at one step outward.
#[derive(Clone, Copy)]
enum Circle {
    /// Those within the radius of the nearest one, which is here and so many kilometres from the user.
    Around(Position, f64),
    /// All of them: no position is known.
    Everywhere,
}

impl NearestLeastCpu {
    fn circle(&self, scan: &Scan, request: &PlacementRequest<'_>) -> Circle {
        let distance = |server: &FleetServer| {
            let km = request.position?.km_to(server.server.position?);
            km.is_finite().then_some(km)
        };
        let nearest = scan.peek(request, distance);
        let circle = nearest.and_then(|(server, km)| Some(Circle::Around(server.server.position?, km)));
        circle.unwrap_or(Circle::Everywhere)
    }

    fn within(&self, circle: Circle, server: &FleetServer) -> bool {
        match circle {
            Circle::Around(centre, _) => {
                server.server.position.is_some_and(|position| centre.km_to(position) <= self.radius_km)
            }
            Circle::Everywhere => true,
        }
    }

    fn reason(&self, circle: Circle, server: &FleetServer, request: &PlacementRequest<'_>) -> String {
        let cpu = cpu_words(server, request);
        match circle {
            Circle::Around(_, nearest_km) => {
                let km = request
                    .position
                    .zip(server.server.position)
                    .map_or(nearest_km, |(user, server)| user.km_to(server));
                format!(
                    "{km:.0} km away, within {:.0} km of the nearest ({nearest_km:.0} km), least CPU there: {cpu}",
                    self.radius_km
                )
            }
            Circle::Everywhere if request.position.is_none() => format!("position not known, least CPU of all: {cpu}"),
            Circle::Everywhere => format!("position of the server not known, least CPU of those: {cpu}"),
        }
    }
}

impl PlacementPolicy for NearestLeastCpu {
    fn name(&self) -> &str {
        "nearest-least-cpu"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut scan = Scan::default();
        let mut circle = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                let now = *circle.get_or_insert_with(|| self.circle(&scan, request));
                let key = |server: &FleetServer| self.within(now, server).then(|| by_cpu(server, request.now));
                if let Some((server, _)) = scan.next(request, key) {
                    let score = server.expected_cpu(request.now).unwrap_or(f64::INFINITY);
                    return Some(Candidate { server, score, reason: self.reason(now, server, request) });
                }
                circle = None;
                if matches!(now, Circle::Everywhere) {
                    return None;
                }
            }
        }))
    }
}
