//! Which servers may have a meeting, and why not the others: the one place that decides it.

use super::Wanted;
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::placement::LeftOut;
use crate::server::ServerState;

/// Among which servers one is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::balancer) enum Tier {
    /// Those that take new meetings.
    Regular,
    /// Those that are disabled by WARNING alone.
    Warned,
}

/// Leaves a server out, or does not.
type Rule = fn(&Wanted<'_>, &FleetServer, Timestamp) -> Option<LeftOut>;

/// What holds in both tiers.
const RULES: [Rule; 7] = [
    |_, server, now| (!server.has_room(now)).then_some(LeftOut::Full),
    |wanted, server, _| wanted.occupied.contains(&server.server.name).then_some(LeftOut::Occupied),
    |wanted, server, _| wanted.tried.contains(&server.server.name).then_some(LeftOut::Tried),
    |wanted, server, _| wanted.only.filter(|only| **only != server.server.name).map(|_| LeftOut::NotTheParents),
    |wanted, server, _| (!server.carries(&wanted.integration.tags.required)).then_some(LeftOut::LacksTag),
    |wanted, server, _| server.carries_one_of(&wanted.integration.tags.forbidden).then_some(LeftOut::ForbiddenTag),
    |wanted, server, _| server.foreign.contains(&wanted.key.meeting_id).then_some(LeftOut::ForeignMeeting),
];

impl Wanted<'_> {
    /// Why `server` may not have the meeting, one reason after the other. Only what is asked for is looked into.
    pub(in crate::balancer) fn left_out(
        &self,
        server: &FleetServer,
        tier: Tier,
        now: Timestamp,
    ) -> impl Iterator<Item = LeftOut> {
        let state = server.state();
        let by_state = (!self.may_take(state, tier)).then_some(LeftOut::State(state));
        by_state.into_iter().chain(RULES.iter().filter_map(move |rule| rule(self, server, now)))
    }

    /// Whether `server` may have the meeting: nothing speaks against it.
    pub(in crate::balancer) fn is_eligible(&self, server: &FleetServer, tier: Tier, now: Timestamp) -> bool {
        self.left_out(server, tier, now).next().is_none()
    }

    fn may_take(&self, state: ServerState, tier: Tier) -> bool {
        match tier {
            // what may not take a new meeting may take a room of one that it has
            Tier::Regular if self.only.is_some() => state.takes_calls(),
            Tier::Regular => state.takes_new_meetings(),
            Tier::Warned => state == ServerState::Warning,
        }
    }
}
