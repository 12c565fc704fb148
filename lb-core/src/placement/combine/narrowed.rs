//! [`Narrowed`]: the ranking of a policy that is offered fewer servers.

use crate::fleet::FleetServer;
use crate::placement::{Candidate, PlacementPolicy, PlacementRequest};

/// What `policy` ranks of the servers that may be ranked and are `left`, one after the other. After each, what is left is
/// ranked anew without it, as where a server has failed.
pub(super) struct Narrowed<'a, F> {
    policy: &'a dyn PlacementPolicy,
    request: &'a PlacementRequest<'a>,
    left: F,
    yielded: Vec<&'a FleetServer>,
}

impl<'a, F: Fn(&FleetServer) -> bool> Narrowed<'a, F> {
    pub(super) fn new(policy: &'a dyn PlacementPolicy, request: &'a PlacementRequest<'a>, left: F) -> Self {
        Self { policy, request, left, yielded: Vec::new() }
    }
}

impl<'a, F: Fn(&FleetServer) -> bool> Iterator for Narrowed<'a, F> {
    type Item = Candidate<'a>;

    fn next(&mut self) -> Option<Candidate<'a>> {
        let is_left = |server: &FleetServer| {
            (self.request.eligible)(server)
                && (self.left)(server)
                && !self.yielded.iter().any(|yielded| yielded.server.name == server.server.name)
        };
        let request = PlacementRequest { eligible: &is_left, ..*self.request };
        let Candidate { server, score, reason } = self.policy.rank(&request).next()?;
        // the same server, for as long as the whole ranking
        let server = self.request.fleet.server(&server.server.name)?;
        self.yielded.push(server);
        Some(Candidate { server, score, reason })
    }
}
