//! [`Nearest`]: the server with the shortest way to the user.

use super::least::cpu_words;
use super::{Candidate, LeastCpu, PlacementPolicy, PlacementRequest, Scan};
use crate::fleet::FleetServer;

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
        let Some(user) = request.position else {
            return Box::new(LeastCpu.rank(request).map(|candidate| Candidate {
                reason: format!("position not known, {}", candidate.reason),
                ..candidate
            }));
        };
        let mut scan = Scan::default();
        let away = move |server: &FleetServer| {
            let km = server.server.position.map(|position| user.km_to(position).round());
            km.filter(|km| km.is_finite()).unwrap_or(f64::INFINITY)
        };
        Box::new(std::iter::from_fn(move || {
            let key = |server: &FleetServer| {
                let cpu = server.expected_cpu(request.now);
                Some((away(server), cpu.is_none(), cpu.unwrap_or_default(), server.expected_users(request.now)))
            };
            let (server, (km, ..)) = scan.next(request, key)?;
            let cpu = cpu_words(server, request);
            let reason = if km.is_finite() {
                format!("nearest: {km:.0} km away, CPU {cpu}")
            } else {
                format!("position of the server not known, CPU {cpu}")
            };
            Some(Candidate { server, score: km, reason })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Facts, order};
    use super::*;
    use crate::position::Position;

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
