//! The placement rules of other load balancers, to be compared with: written anew from their formulas.
//!
//! | policy | name | the rule |
//! |---|---|---|
//! | [`Scalelite`] | `scalelite` | the fewest attendees; polls every 60 s |
//! | [`B3scale`] | `b3scale` | the most of attendees and 15 for each meeting |
//! | [`Bbblb`] | `bbblb`, `bbblb-as-built` | attendees, media, and a reserve for those to come; polls every 30 s |
//! | [`B3lb`] | `b3lb` | attendees, meetings and CPU; polls every 15 s |
//! | [`BigBlueSwarm`] | `bigblueswarm` | CPU and memory, means of 5 minutes |
//! | [`Mconf2012`] | `mconf-2012` | the fewest meetings; looks every 20 s |
//!
//! They see what this balancer sees of a server: its last list of meetings (where it never answered one, what the monitor
//! counts) and what was [sent](crate::fleet::Sent) to it since. None uses the expected load of the fleet, as none has it. Those that
//! poll less often than this balancer go by older lists, of each server the first list in each period of theirs: so their herds are here too. What
//! they have in common with a program is the formula: everything around it (health, retries, fallbacks) is this balancer's.

mod b3lb;
mod b3scale;
mod bbblb;
mod bigblueswarm;
#[cfg(test)]
mod fixture;
mod mconf_2012;
mod polls;
mod scalelite;

pub use self::b3lb::B3lb;
pub use self::b3scale::B3scale;
pub use self::bbblb::Bbblb;
pub use self::bigblueswarm::{BigBlueSwarm, Limits};
pub use self::mconf_2012::Mconf2012;
pub use self::scalelite::Scalelite;

use super::{Candidate, PlacementRequest, Scan};
use crate::fleet::FleetServer;

/// The eligible servers by a load that is a number; of equal ones the first by name.
fn least<'a>(
    request: &'a PlacementRequest<'a>,
    load: impl Fn(&FleetServer) -> f64 + 'a,
    reason: impl Fn(&FleetServer, f64) -> String + 'a,
) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
    let mut scan = Scan::default();
    Box::new(std::iter::from_fn(move || {
        let (server, score) = scan.next(request, |server| Some(load(server)))?;
        Some(Candidate { server, score, reason: reason(server, score) })
    }))
}

/// By what a load is multiplied where operators say how strong a server is: larger is weaker.
fn multiplier(server: &FleetServer) -> f64 {
    server.server.weight.filter(|weight| weight.is_normal() && *weight > 0.0).map_or(1.0, |weight| 1.0 / weight)
}
