//! What an integration's plan says of a call: whether it may be made at all, what of it goes on, how much there may be.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::Balancer;
use crate::api::create::Create;
use crate::api::join::Join;
use crate::api::{Call, Failure};
use crate::clock::Timestamp;
use crate::fleet::{Fleet, ListedMeeting, MeetingList};
use crate::limit::{CallRates, Full, Joining, Limits, Listed, SeatNumber, Seats, Who};
use crate::meeting::{InternalMeetingId, Meeting};
use crate::network::{Integration, IntegrationName, Plan};
use crate::server::ServerName;
use crate::store::Counted;

/// What limits are held against. It outlives a configuration.
#[derive(Debug, Default)]
pub(super) struct Usage {
    rates: CallRates,
    // one for each reason of a refusal
    told: CallRates<(IntegrationName, &'static str)>,
    seats: Seats,
}

impl Balancer {
    /// Whether the call may be made now. No rate refuses a join: people wait for it.
    pub(super) fn let_in(&self, call: &str, integration: &Integration, plan: &Plan) -> Result<(), Failure> {
        let within = |rate: u32| self.usage.rates.admit(&integration.name, rate, self.clock.now());
        if call != Call::Join.name() && !plan.calls_per_second.is_none_or(within) {
            return Err(Failure::TooManyCalls);
        }
        Self::allowed(call, integration, plan)
    }

    /// Whether the call may be made at all.
    pub(super) fn allowed(call: &str, integration: &Integration, plan: &Plan) -> Result<(), Failure> {
        if !integration.active || !plan.active {
            return Err(Failure::NotAllowed);
        }
        if plan.allowed_calls.as_ref().is_some_and(|allowed| !allowed.contains(call)) {
            return Err(Failure::CallNotAllowed);
        }
        Ok(())
    }

    /// Whether a refusal is told of as an event. A website that runs wild, or that nobody has told that it is switched off, is
    /// refused hundreds of times a second, and must not fill the log and the store of all: of one reason, one each second stands
    /// for the others.
    pub(super) fn is_told(&self, failure: Failure, integration: Option<&IntegrationName>) -> bool {
        let reason = integration.map(|name| (name.clone(), failure.reason()));
        reason.is_none_or(|reason| self.usage.told.admit(&reason, 1, self.clock.now()))
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
        let (name, seats) = (&integration.name, &self.usage.seats);
        let look = |meetings| move || Present { fleet: self.fleet(), integration: name, meetings };
        let reached = match seats.reached(name, limit, self.clock.now(), look(None)) {
            None => {
                let meetings = self.stored(self.store.meetings_of(name).await)?;
                seats.reached(name, limit, self.clock.now(), look(Some(&*meetings)))
            }
            told => told,
        };
        if reached == Some(false) { Ok(()) } else { Err(Failure::TooManyUsers) }
    }

    /// Takes a seat for who joins; none where there is no limit.
    pub(super) async fn take_seat(
        &self,
        integration: &Integration,
        plan: &Plan,
        meeting: &Meeting,
        join: &Join,
    ) -> Result<Option<SeatNumber>, Failure> {
        let limits = Limits { all: plan.max_concurrent_users, meeting: plan.max_users_per_meeting };
        if limits.all.is_none() && limits.meeting.is_none() {
            return Ok(None);
        }
        let (name, seats, who) = (&integration.name, &self.usage.seats, who(join));
        let joining = Joining { meeting: &meeting.internal_id, server: &meeting.server, who: &who };
        let look = |meetings| move || Present { fleet: self.fleet(), integration: name, meetings };
        let taken = match seats.take(name, joining, limits, self.clock.now(), look(None)) {
            Err(Full::Unsure) => {
                let meetings = self.stored(self.store.meetings_of(name).await)?;
                seats.take(name, joining, limits, self.clock.now(), look(Some(&*meetings)))
            }
            told => told,
        };
        taken.map_err(|full| match full {
            Full::All | Full::Unsure => Failure::TooManyUsers,
            Full::Meeting => Failure::MeetingFull,
        })
    }

    /// The server did not let in who was to join.
    pub(super) fn give_seat_back(
        &self,
        integration: &Integration,
        meeting: &Meeting,
        join: &Join,
        seat: Option<SeatNumber>,
    ) {
        let Some(seat) = seat else { return };
        let joining = Joining { meeting: &meeting.internal_id, server: &meeting.server, who: &who(join) };
        self.usage.seats.give_back(&integration.name, joining, seat);
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
    integration: &'a IntegrationName,
    meetings: Option<&'a [Arc<Meeting>]>,
}

impl Present<'_> {
    fn all_lists(&self) -> impl Iterator<Item = &Arc<MeetingList>> {
        self.fleet.servers().iter().filter_map(|server| server.list.as_ref())
    }
}

impl Listed for Present<'_> {
    fn at_most(&self) -> u32 {
        self.all_lists().map(|list| list.users_at_most(self.integration)).fold(0, u32::saturating_add)
    }

    fn lists(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for list in self.all_lists() {
            (list.asked_at, Arc::as_ptr(list)).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn users(&self) -> Option<u32> {
        let users = self.meetings?.iter().filter_map(|meeting| self.meeting(&meeting.server, &meeting.internal_id));
        Some(users.map(|(_, listed)| listed.users).fold(0, u32::saturating_add))
    }

    fn meeting(&self, server: &ServerName, id: &InternalMeetingId) -> Option<(Timestamp, &ListedMeeting)> {
        let list = self.fleet.server(server)?.list.as_deref()?;
        Some((list.asked_at, list.find(id).filter(|listed| !listed.ended)?))
    }
}
