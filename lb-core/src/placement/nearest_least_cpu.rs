//! [`NearestLeastCpu`]: the Mconf rule, and the default.

use super::least::cpu_words;
use super::shortlist::{ByCpu, Shortlist, standing_by_cpu};
use super::{Candidate, PlacementPolicy, PlacementRequest};
use crate::fleet::{Circle, FleetServer};
use crate::position::UnitVector;

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
enum Step {
    /// Those in the circle around the nearest one, which is so many kilometres from the user.
    Around(Circle, f64),
    /// All of them: no position is known.
    Everywhere,
}

impl NearestLeastCpu {
    fn step(&self, list: &Shortlist<ByCpu>, request: &PlacementRequest<'_>) -> Step {
        let around = || {
            let user = request.position?;
            let nearest = list.nearest(request, UnitVector::of(user)?)?.server.position?;
            Some(Step::Around(Circle::new(UnitVector::of(nearest)?, self.radius_km), user.km_to(nearest)))
        };
        around().unwrap_or(Step::Everywhere)
    }

    fn reason(&self, step: Step, server: &FleetServer, request: &PlacementRequest<'_>) -> String {
        let cpu = cpu_words(server, request);
        match step {
            Step::Around(_, nearest_km) => {
                let km = request
                    .position
                    .zip(server.server.position)
                    .map_or(nearest_km, |(user, server)| user.km_to(server));
                format!(
                    "{km:.0} km away, within {:.0} km of the nearest ({nearest_km:.0} km), least CPU there: {cpu}",
                    self.radius_km
                )
            }
            Step::Everywhere if request.position.is_none() => format!("position not known, least CPU of all: {cpu}"),
            Step::Everywhere => format!("position of the server not known, least CPU of those: {cpu}"),
        }
    }
}

impl PlacementPolicy for NearestLeastCpu {
    fn name(&self) -> &str {
        "nearest-least-cpu"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut list = Shortlist::default();
        let mut step = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                let now = *step.get_or_insert_with(|| self.step(&list, request));
                let circle = match now {
                    Step::Around(circle, _) => Some(circle),
                    Step::Everywhere => None,
                };
                if let Some(server) = list.next(request, circle, |standing| standing_by_cpu(standing, request.now)) {
                    let score = server.expected_cpu(request.now).unwrap_or(f64::INFINITY);
                    return Some(Candidate { server, score, reason: self.reason(now, server, request) });
                }
                circle?;
                step = None;
            }
        }))
    }
}
