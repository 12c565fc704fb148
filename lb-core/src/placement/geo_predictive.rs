//! [`GeoPredictive`]: distance in milliseconds, traded against the load that is foreseen.

use super::predictive::{Predictive, Ranking};
use super::{BadMemory, Candidate, FinishedMeeting, Learner, Placed, PlacementPolicy, PlacementRequest};
use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};
use crate::position::Position;

/// The shortest of way and load together, where [`NearestLeastCpu`](super::NearestLeastCpu) cuts at a radius:
///
/// ```text
/// score = round trip in ms + ms_at_limit × penalty
/// ```
///
/// The round trip is twice the great-circle distance at `km_per_ms`; the penalty is [`Predictive`]'s. So a server further away
/// is worth its way if the near one will be loaded, and of equally loaded ones the near one wins. The position counts that
/// the one who asks has; where it is not known, load alone decides. A server without a position is taken to be
/// `unknown_ms` away.
#[derive(Debug)]
pub struct GeoPredictive {
    /// The rate of exchange: so many milliseconds of round trip are as bad as a server at the limit of its load. At 60 % of
    /// the CPU it is an eighth of them, at 40 % next to none, at 90 % twice as many.
    pub ms_at_limit: f64,
    /// How far a packet comes in a millisecond: light in glass goes 200 km.
    pub km_per_ms: f64,
    /// The round trip to a server whose position is not known.
    pub unknown_ms: f64,
    /// What learns and foresees.
    pub load: Predictive,
}

impl Default for GeoPredictive {
    fn default() -> Self {
        Self { ms_at_limit: 50.0, km_per_ms: 200.0, unknown_ms: 200.0, load: Predictive::default() }
    }
}

impl GeoPredictive {
    fn round_trip(&self, user: Option<Position>, server: &FleetServer) -> f64 {
        let Some(user) = user else { return 0.0 };
        let way = server.server.position.map(|position| 2.0 * user.km_to(position) / self.km_per_ms);
        way.filter(|way| way.is_finite()).unwrap_or(self.unknown_ms)
    }
}

impl PlacementPolicy for GeoPredictive {
    fn name(&self) -> &str {
        "geo-predictive"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let way = move |server: &FleetServer| self.round_trip(request.position, server);
        let mut ranking = Ranking::new(&self.load, request, move |server, penalty| {
            (way(server) + self.ms_at_limit * f64::from(penalty)) as f32
        });
        Box::new(std::iter::from_fn(move || {
            let (server, score) = ranking.next()?;
            let words = ranking.words(server);
            let reason = match (request.position, server.server.position) {
                (None, _) => format!("position not known; {words}"),
                (_, None) => format!("position of the server not known; {words}"),
                _ => format!("{:.0} ms there and back; {words}", way(server)),
            };
            Some(Candidate { server, score: f64::from(score), reason })
        }))
    }

    fn placed(&self, placed: &Placed<'_>) {
        self.load.placed(placed);
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(self)
    }
}

impl Learner for GeoPredictive {
    fn observe(&self, fleet: &Fleet, now: Timestamp) {
        self.load.observe(fleet, now);
    }

    fn ended(&self, meeting: &FinishedMeeting<'_>) {
        self.load.ended(meeting);
    }

    fn keep(&self) -> Option<Vec<u8>> {
        self.load.keep()
    }

    fn recall(&self, kept: &[u8]) -> Result<(), BadMemory> {
        self.load.recall(kept).map_err(|bad| BadMemory { policy: self.name().to_owned(), ..bad })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Facts, order};
    use super::*;

    const PORTO_ALEGRE: Option<Position> = Some(Position { latitude: -30.03, longitude: -51.2 });

    fn server(name: &'static str, longitude: f64, cpu: f64) -> Facts {
        let position = Some(Position { latitude: -30.03, longitude });
        Facts { position, cpu: Some(cpu), users: cpu as u32 * 2, ..Facts::named(name) }
    }

    fn first(servers: &[Facts], position: Option<Position>) -> String {
        order(&GeoPredictive::default(), servers, position, "room").swap_remove(0)
    }

    #[test]
    fn the_near_one_wins_until_it_is_loaded() {
        // 2,000 km away, 20 ms
        let far = || server("far", -30.5, 10.0);
        assert_eq!(first(&[far(), server("near", -51.0, 25.0)], PORTO_ALEGRE), "near");
        assert_eq!(first(&[far(), server("near", -51.0, 78.0)], PORTO_ALEGRE), "far");
        assert_eq!(first(&[far(), server("near", -51.0, 40.0)], None), "far", "load alone");
    }

    #[test]
    fn a_little_further_away_and_less_loaded_is_better_without_any_cut() {
        let servers = |there: f64| [server("here", -51.2, 60.0), server("there", there, 40.0)];
        // 290 km and 310 km: the radius of 300 km means nothing here
        for there in [-48.19, -47.98] {
            assert_eq!(first(&servers(there), PORTO_ALEGRE), "there");
        }
        assert_eq!(first(&servers(100.0), PORTO_ALEGRE), "here", "the other side of the globe is too far");
    }
}
