//! Where a new meeting is held: [`PlacementPolicy`] ranks the servers, the balancer filters and walks the ranking.
//!
//! | policy | name | when to choose it |
//! |---|---|---|
//! | [`NearestLeastCpu`] | `nearest-least-cpu` | servers and users in several places: the default |
//! | [`LeastCpu`] | `least-cpu` | all servers in one place, CPU figures at hand |
//! | [`LeastUsers`] | `least-users` | no CPU figures: users are the next best measure of load |
//! | [`LeastMeetings`] | `least-meetings` | meetings of equal size |
//! | [`Nearest`] | `nearest` | the way to the server matters more than its load |
//! | [`Weighted`] | `weighted` | servers of different sizes, and figures that are old or missing |
//! | [`PowerOfTwo`] | `power-of-two` | several balancers, or figures that are old: no herd runs to one server |
//! | [`Predictive`] | `predictive` | the least load over the meeting's life: it learns what meetings become |
//! | [`GeoPredictive`] | `geo-predictive` | the same, with servers and users in several places |
//! | [`Random`] | `random` | a baseline to compare the others with |
//! | [`RoundRobin`] | `round-robin` | tests, and servers of which nothing is known |
//!
//! Those of [`peers`] are the rules of other load balancers, to be compared with.
//!
//! [`named`] makes the one that a [`Router`](crate::network::Router) names.

mod combine;
mod draw;
pub mod fence;
#[cfg(test)]
mod fixture;
mod geo_predictive;
mod hints;
mod learner;
mod least;
mod left_out;
mod nearest;
mod nearest_least_cpu;
pub mod peers;
#[cfg(test)]
mod plain;
mod policies;
mod power_of_two;
mod predictive;
mod random;
mod refined;
mod round_robin;
mod scan;
mod shortlist;
mod unmade;
mod weighted;
mod yielded;

use std::fmt;
use std::sync::Arc;

pub(crate) use self::combine::is_drawn;
pub use self::combine::{Canary, Cap, Only, OrElse, Prefer, TieBreak};
pub use self::fence::Misconduct;
pub use self::geo_predictive::GeoPredictive;
pub use self::hints::MeetingHints;
pub use self::learner::{BadMemory, FinishedMeeting, LEARNED_BYTES, Learner};
pub use self::least::{LeastCpu, LeastMeetings, LeastUsers};
pub use self::left_out::{LeftOut, Way};
pub use self::nearest::Nearest;
pub use self::nearest_least_cpu::NearestLeastCpu;
pub use self::policies::{LEARNING, NAMES, Policies, PolicyMaker, named};
pub use self::power_of_two::PowerOfTwo;
pub use self::predictive::{Penalty, Predictive, Work};
pub use self::random::Random;
pub use self::round_robin::RoundRobin;
pub use self::scan::{Scan, by_cpu};
pub use self::weighted::Weighted;

use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::MeetingKey;
use crate::position::Position;
use crate::server::ServerName;

/// The rule that ranks candidate servers for one new meeting.
///
/// It is synchronous and pure but for what it remembers of [`placed`](Self::placed): the same request gives the same
/// ranking until then, so that an explanation tells the truth. It yields candidates lazily, best first, each eligible
/// server once; usually only the first is looked at.
pub trait PlacementPolicy: fmt::Debug + Send + Sync + 'static {
    /// The name that routers choose it by, lower case with hyphens.
    fn name(&self) -> &str;

    /// The eligible servers of `request.fleet`, best first.
    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a>;

    /// A meeting was placed by this policy's ranking.
    fn placed(&self, placed: &Placed<'_>) {
        let _ = placed;
    }

    /// The same policy as one that learns; most do not.
    fn learner(&self) -> Option<&dyn Learner> {
        None
    }
}

/// A meeting that has got its place.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// Which server it got.
    pub server: &'a ServerName,
    /// Whose it is, and which.
    pub meeting: &'a MeetingKey,
    /// What its create said of it.
    pub hints: MeetingHints,
    /// When.
    pub now: Timestamp,
}

/// All that a policy may decide on.
#[derive(Clone, Copy)]
pub struct PlacementRequest<'a> {
    /// The snapshot.
    pub fleet: &'a Fleet,
    /// Which servers may be ranked at all.
    pub eligible: &'a (dyn Fn(&FleetServer) -> bool + 'a),
    /// Where the user is who asks for the meeting, as far as known.
    pub position: Option<Position>,
    /// The meeting to place.
    pub meeting: &'a MeetingKey,
    /// What its create says of it.
    pub hints: MeetingHints,
    /// The present moment.
    pub now: Timestamp,
}

impl<'a> PlacementRequest<'a> {
    /// The servers that may be ranked, by name.
    pub fn eligible_servers(&self) -> impl Iterator<Item = &'a FleetServer> + use<'a> {
        let eligible = self.eligible;
        self.fleet.servers().iter().map(Arc::as_ref).filter(move |server| eligible(server))
    }
}

impl fmt::Debug for PlacementRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlacementRequest")
            .field("meeting", self.meeting)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// One ranked server.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The server.
    pub server: &'a FleetServer,
    /// What it was ranked by, in the policy's own unit; lower is better. Infinite where nothing is known.
    pub score: f64,
    /// Why it stands here, for people.
    pub reason: String,
}
