//! [`Nearest`]: the server with the shortest way to the user.

use super::least::cpu_words;
use super::shortlist::{Number, Shortlist};
use super::{Candidate, LeastCpu, PlacementPolicy, PlacementRequest};
use crate::fleet::{Circle, Standing};
use crate::position::{Position, UnitVector};

/// The eligible server nearest to the user who asks for the meeting, whatever its load, as long as it is eligible.
///
/// Distances are compared in whole kilometres; of equally near servers the one with the least CPU comes first, then the one
/// with the fewest users. Servers without a position come last. Where the user's position is not known it is
/// [`LeastCpu`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Nearest;

impl PlacementPolicy for Nearest {
    fn name(&self) -> &str {
        "nearest"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let Some(user) = request.position.filter(|user| UnitVector::of(*user).is_some()) else {
            return Box::new(LeastCpu.rank(request).map(|candidate| Candidate {
                reason: format!("position not known, {}", candidate.reason),
                ..candidate
            }));
        };
        let mut list = Shortlist::default();
        let mut step: Option<Option<(Circle, f64)>> = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                let now = *step.get_or_insert_with(|| step_outward(&list, request, user));
                let key = |standing: &Standing| {
                    let cpu = standing.expected_cpu(request.now);
                    let known = if cpu.is_nan() { 0.0 } else { cpu };
                    (cpu.is_nan(), Number::new(known), Number::new(standing.expected_users(request.now)))
                };
                if let Some(server) = list.next(request, now.map(|(circle, _)| circle), key) {
                    let cpu = cpu_words(server, request);
                    let reason = match now {
                        Some((_, km)) => format!("nearest: {km:.0} km away, CPU {cpu}"),
                        None => format!("position of the server not known, CPU {cpu}"),
                    };
                    return Some(Candidate { server, score: now.map_or(f64::INFINITY, |(_, km)| km), reason });
                }
                now?;
                step = None;
            }
        }))
    }
}

/// The servers that are as many whole kilometres away as the nearest one, and how many; `None` where no position is known.
///
/// Of those that are left, none is nearer: so they are all that are in the circle that is as wide as would be rounded to it.
fn step_outward<K: Ord>(list: &Shortlist<K>, request: &PlacementRequest<'_>, user: Position) -> Option<(Circle, f64)> {
    let from = UnitVector::of(user)?;
    let nearest = list.nearest(request, from)?.server.position?;
    let km = user.km_to(nearest).round();
    Some((Circle::new(from, km + 0.5).reaching(UnitVector::of(nearest)?), km))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Facts, order};
    use super::*;

    const PORTO_ALEGRE: Option<Position> = Some(Position { latitude: -30.03, longitude: -51.2 });

    fn server(name: &'static str, longitude: Option<f64>, cpu: Option<f64>, users: u32) -> Facts {
        let position = longitude.map(|longitude| Position { latitude: -30.03, longitude });
        Facts { position, cpu, users, ..Facts::named(name) }
    }

    #[test]
    fn the_nearest_comes_first_however_loaded_it_is() {
        let servers = [
            server("far", Some(-40.0), Some(1.0), 0),
            server("nowhere", None, Some(1.0), 0),
            server("here", Some(-51.2), Some(95.0), 500),
            server("near", Some(-50.0), Some(50.0), 0),
        ];
        assert_eq!(order(&Nearest, &servers, PORTO_ALEGRE, "room"), ["here", "near", "far", "nowhere"]);
    }

    #[test]
    fn of_equally_near_servers_load_decides_and_then_the_name() {
        let here = Some(-51.2);
        let servers = [
            server("e-unknown-full", here, None, 30),
            server("d-unknown", here, None, 2),
            server("c-busy", here, Some(40.0), 0),
            // some metres away
            server("b-idle-full", Some(-51.2001), Some(10.0), 9),
            server("a2-idle", here, Some(10.0), 3),
            server("a1-idle", here, Some(10.0), 3),
        ];
        let expected = ["a1-idle", "a2-idle", "b-idle-full", "c-busy", "d-unknown", "e-unknown-full"];
        assert_eq!(order(&Nearest, &servers, PORTO_ALEGRE, "room"), expected);
    }

    #[test]
    fn without_a_position_of_the_user_the_least_cpu_decides() {
        let servers = [server("busy", Some(-51.2), Some(80.0), 0), server("idle", None, Some(5.0), 0)];
        assert_eq!(order(&Nearest, &servers, None, "room"), ["idle", "busy"]);
    }
}
