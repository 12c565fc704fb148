//! What an integration's plan says of a call: whether it may be made at all, what of it goes on, how much there may be.

use std::collections::HashMap;
use std::sync::Arc;

use super::Balancer;
use crate::api::create::Create;
use crate::api::join::Join;
use crate::api::{Call, Failure};
use crate::clock::Timestamp;
use crate::fleet::{Fleet, ListedMeeting};
use crate::limit::{CallRates, Full, Joining, Limits, Listed, Seats, Who};
use crate::meeting::{InternalMeetingId, Meeting};
use crate::network::{Integration, IntegrationName, Plan};
use crate::server::ServerName;
use crate::store::Counted;

/// What limits are held against. It outlives a configuration.
#[derive(Debug, Default)]
pub(super) struct Usage {
    rates: CallRates,
    told: CallRates,
    seats: Seats,
}

impl Balancer {
    /// Whether the call may be made now. No rate refuses a join: people wait for it.
    pub(super) fn let_in(&self, call: &str, integration: &Integration, plan: &Plan) -> Result<(), Failure> {
        if !integration.active || !plan.active {
            return Err(Failure::NotAllowed);
        }
        if plan.allowed_calls.as_ref().is_some_and(|allowed| !allowed.contains(call)) {
            return Err(Failure::CallNotAllowed);
        }
        let within = |rate: u32| self.usage.rates.admit(&integration.name, rate, self.clock.now());
        if call != Call::Join.name() && !plan.calls_per_second.is_none_or(within) {
            return Err(Failure::TooManyCalls);
        }
        Ok(())
    }

    /// Whether a refusal is told of as an event. A website that runs wild is refused by its rate thousands of times a second,
    /// and must not fill the log and the store of all: one of them each second stands for the others.
    pub(super) fn is_told(&self, failure: Failure, integration: Option<&IntegrationName>) -> bool {
        let by_rate = integration.filter(|_| failure == Failure::TooManyCalls);
        by_rate.is_none_or(|name| self.usage.told.admit(name, 1, self.clock.now()))
    }

    /// The create as the plan lets it go on.
    pub(super) fn planned(mut create: Create, plan: &Plan) -> Result<Create, Failure> {
        if create.records && !plan.may_record {
            return Err(Failure::MayNotRecord);
        }
        let minutes = plan.max_duration.map(|longest| longest.as_secs() / 60);
        create.hold_to(plan.max_users_per_meeting, minutes);
        Ok(create)
    }

    /// How a new meeting counts for its plan.
    pub(super) fn counted(plan: &Plan) -> Counted {
        plan.max_concurrent_meetings.map_or(Counted::Always, Counted::Below)
    }

    /// Refuses a new meeting that nobody could join.
    pub(super) async fn leave_room_for_users(&self, integration: &Integration, plan: &Plan) -> Result<(), Failure> {
        let Some(limit) = plan.max_concurrent_users else { return Ok(()) };
        let meetings = self.stored(self.store.meetings_of(&integration.name).await)?;
        let look = || Present::new(self.fleet(), &meetings);
        match self.usage.seats.reached(&integration.name, limit, self.clock.now(), look) {
            true => Err(Failure::TooManyUsers),
            false => Ok(()),
        }
    }

    /// Takes a seat for who joins. Somebody who is in the meeting already needs none.
    pub(super) async fn take_seat(
        &self,
        integration: &Integration,
        plan: &Plan,
        meeting: &Meeting,
        join: &Join,
    ) -> Result<(), Failure> {
        let limits = Limits { all: plan.max_concurrent_users, meeting: plan.max_users_per_meeting };
        if limits.all.is_none() && limits.meeting.is_none() {
            return Ok(());
        }
        let meetings = self.stored(self.store.meetings_of(&integration.name).await)?;
        let joining = Joining { meeting: &meeting.internal_id, who: who(join), breakout: false };
        let look = || Present::new(self.fleet(), &meetings);
        let taken = self.usage.seats.take(&integration.name, joining, limits, self.clock.now(), look);
        taken.map_err(|full| match full {
            Full::All => Failure::TooManyUsers,
            Full::Meeting => Failure::MeetingFull,
        })
    }

    /// The server did not let in who was to join.
    pub(super) fn give_seat_back(&self, integration: &Integration, meeting: &Meeting, join: &Join) {
        self.usage.seats.give_back(&integration.name, &meeting.internal_id, &who(join));
    }
}

fn who(join: &Join) -> Who {
    match &join.user_id {
        Some(id) => Who::Id(id.clone()),
        None => Who::Named(join.full_name.clone()),
    }
}

/// What the servers list of an integration's meetings.
struct Present<'a> {
    fleet: Arc<Fleet>,
    servers: HashMap<&'a InternalMeetingId, &'a ServerName>,
    users: u32,
}

impl<'a> Present<'a> {
    fn new(fleet: Arc<Fleet>, meetings: &'a [Arc<Meeting>]) -> Self {
        let users = meetings.iter().filter_map(|meeting| listed(&fleet, &meeting.server, &meeting.internal_id));
        let users = users.map(|(_, listed)| listed.users).fold(0, u32::saturating_add);
        let servers = meetings.iter().map(|meeting| (&meeting.internal_id, &meeting.server)).collect();
        Self { fleet, servers, users }
    }
}

impl Listed for Present<'_> {
    fn users(&self) -> u32 {
        self.users
    }

    fn meeting(&self, id: &InternalMeetingId) -> Option<(Timestamp, &ListedMeeting)> {
        listed(&self.fleet, self.servers.get(id)?, id)
    }
}

fn listed<'a>(fleet: &'a Fleet, server: &ServerName, id: &InternalMeetingId) -> Option<(Timestamp, &'a ListedMeeting)> {
    let list = fleet.server(server)?.list.as_deref()?;
    Some((list.asked_at, list.find(id).filter(|listed| !listed.ended)?))
}
