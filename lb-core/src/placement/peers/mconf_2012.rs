//! [`Mconf2012`]: the rule of the first load balancer of the Mconf network.

use std::time::Duration;

use super::least;
use super::polls::Polls;
use crate::fleet::FleetServer;
use crate::placement::{Candidate, Learner, PlacementPolicy, PlacementRequest};

const PERIOD: Duration = Duration::from_secs(20);

/// The fewest meetings:
///
/// ```text
/// load = meetings + placements since
/// ```
///
/// The meetings are counted every 20 s (the program read them from Nagios; here they are those listed, where the server
/// never answered a list those that the monitor counts). Source: what mconf-bbb-lb of 2012 does when it is run.
///
/// Its defect: a meeting of two and a lecture of 300 cost the same. And a placement is counted only until the next refresh,
/// also where that does not show the meeting yet.
#[derive(Debug)]
pub struct Mconf2012 {
    polls: Polls,
}

impl Default for Mconf2012 {
    fn default() -> Self {
        Self { polls: Polls::new(PERIOD, |server, _| f64::from(server.meetings())) }
    }
}

impl PlacementPolicy for Mconf2012 {
    fn name(&self) -> &str {
        "mconf-2012"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let (polled, words) = (self.polls.at(request.now), self.polls.at(request.now));
        let load = move |server: &FleetServer| {
            let polled = polled(server);
            polled.load + polled.since.creates as f64
        };
        least(request, load, move |server, _| {
            let polled = words(server);
            format!("fewest meetings: {} and {} placed since", polled.load, polled.since.creates)
        })
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(&self.polls)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Listed, Site, scores};
    use super::*;

    #[test]
    fn placements_count_until_the_next_refresh_and_users_never_do() {
        let policy = Mconf2012::default();
        let lecture = Listed { users: 300, ..Listed::default() };
        let mut site = Site::new(&["a", "b"]);
        site.list("a", &[lecture]).list("b", &[Listed::default(); 2]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("a", 1.0), ("b", 2.0)]);
        site.place(&policy, "a", "room-1").place(&policy, "a", "room-2").join("b").join("b");
        assert_eq!(scores(&policy, &site), [("b", 2.0), ("a", 3.0)]);
        site.pass(10).list("a", &[lecture; 9]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("b", 2.0), ("a", 3.0)], "20 seconds have not passed");
        site.pass(10).list("a", &[lecture]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("a", 1.0), ("b", 2.0)], "forgotten, though they may only be slow");
    }
}
