//! [`Narrowed`]: the ranking of a policy that is offered fewer servers.

use std::collections::{HashSet, VecDeque};

use crate::fleet::FleetServer;
use crate::placement::fence::{Misconduct, expose, ranked};
use crate::placement::{Candidate, PlacementPolicy, PlacementRequest};
use crate::server::ServerName;

/// What `policy` ranks of the servers that may be ranked and are `left`.
///
/// Usually only the first is asked for, so that is all that is taken of the policy's ranking. Whoever asks for more gets what
/// is left ranked anew without those before, as where servers have failed, and twice as many at a time: a whole ranking costs
/// little more than one.
pub(super) struct Narrowed<'a, F> {
    policy: &'a dyn PlacementPolicy,
    request: &'a PlacementRequest<'a>,
    left: F,
    taken: HashSet<&'a ServerName>,
    /// Taken, and not asked for yet.
    ahead: VecDeque<Candidate<'a>>,
    at_once: usize,
    is_over: bool,
    /// What the policy did after those ahead.
    misconduct: Option<Misconduct>,
}

impl<'a, F: Fn(&FleetServer) -> bool> Narrowed<'a, F> {
    pub(super) fn new(policy: &'a dyn PlacementPolicy, request: &'a PlacementRequest<'a>, left: F) -> Self {
        let (taken, ahead) = (HashSet::new(), VecDeque::new());
        Self { policy, request, left, taken, ahead, at_once: 1, is_over: false, misconduct: None }
    }

    fn look_ahead(&mut self) {
        let Self { policy, request: whole, left, taken, .. } = self;
        let is_left =
            |server: &FleetServer| (whole.eligible)(server) && left(server) && !taken.contains(&server.server.name);
        let request = PlacementRequest { eligible: &is_left, ..**whole };
        for candidate in ranked(*policy, &request).take(self.at_once) {
            match candidate {
                Ok(Candidate { server, score, reason }) => {
                    // the same server, for as long as the whole ranking
                    let server = whole.fleet.server(&server.server.name);
                    self.ahead.extend(server.map(|server| Candidate { server, score, reason }));
                }
                Err(misconduct) => self.misconduct = Some(misconduct),
            }
        }
        self.is_over = self.ahead.len() < self.at_once;
        self.at_once = self.at_once.saturating_mul(2);
        self.taken.extend(self.ahead.iter().map(|candidate| &candidate.server.server.name));
    }
}

impl<'a, F: Fn(&FleetServer) -> bool> Iterator for Narrowed<'a, F> {
    type Item = Candidate<'a>;

    fn next(&mut self) -> Option<Candidate<'a>> {
        if self.ahead.is_empty() && !self.is_over {
            self.look_ahead();
        }
        let next = self.ahead.pop_front();
        if next.is_none()
            && let Some(misconduct) = self.misconduct.take()
        {
            expose(misconduct);
        }
        next
    }
}
