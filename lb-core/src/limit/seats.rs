//! [`Seats`]: users that are on their way to a meeting, so that a limit of users holds between two lists.
//!
//! A server's list is some seconds old, and a browser needs some more until its user is in it. So each join takes a seat. It
//! counts until a list shows its user, at most [`ON_THE_WAY`].
//!
//! Who has a `userID` is known again in a list by that, who has none by the name. A join of somebody who is in the meeting, or
//! has a seat, takes none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::Attendees;
use crate::clock::Timestamp;
use crate::fleet::ListedMeeting;
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;

/// How long a join counts that no list shows. Most browsers are in within some seconds; who is not by now does not come.
pub(crate) const ON_THE_WAY: Duration = Duration::from_secs(60);

/// The most seats of one integration that are remembered; further ones are given and not counted before a list shows them. Only a
/// plan with a higher limit gets there.
const MOST: usize = 50_000;

/// Who joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The user whom the website calls so.
    Id(String),
    /// Somebody of that name.
    Named(String),
}

/// One join.
#[derive(Debug)]
pub(crate) struct Joining<'a> {
    pub(crate) meeting: &'a InternalMeetingId,
    pub(crate) who: Who,
    /// Whether the meeting is a breakout room: its users count in the parent meeting.
    pub(crate) breakout: bool,
}

/// How many users there may be; absent: any number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// In all meetings of the integration, without breakout rooms.
    pub(crate) all: Option<u32>,
    /// In the meeting that somebody joins.
    pub(crate) meeting: Option<u32>,
}

/// What the servers list of an integration's meetings, as it is now.
pub(crate) trait Listed {
    /// Users in all meetings, without breakout rooms.
    fn users(&self) -> u32;

    /// One meeting, and when the list was asked for that shows it.
    fn meeting(&self, id: &InternalMeetingId) -> Option<(Timestamp, &ListedMeeting)>;
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    All,
    Meeting,
}

/// The seats of all integrations. Each has a lock of its own, held for a pure function; none waits for another.
#[derive(Debug, Default)]
pub(crate) struct Seats(ArcSwap<imbl::HashMap<IntegrationName, Arc<Mutex<Taken>>>>);

impl Seats {
    /// Takes a seat for a join, if there is one. `look` is asked while no other join of the integration is decided.
    pub(crate) fn take<L: Listed>(
        &self,
        integration: &IntegrationName,
        joining: Joining<'_>,
        limits: Limits,
        now: Timestamp,
        look: impl FnOnce() -> L,
    ) -> Result<(), Full> {
        self.with(integration, |taken| taken.take(joining, limits, now, &look()))
    }

    /// Whether `limit` users are there or on their way.
    pub(crate) fn reached<L: Listed>(
        &self,
        integration: &IntegrationName,
        limit: u32,
        now: Timestamp,
        look: impl FnOnce() -> L,
    ) -> bool {
        self.with(integration, |taken| {
            taken.expire(now);
            taken.is_full(limit, &look())
        })
    }

    /// Gives the seat of a join back that its server refused.
    pub(crate) fn give_back(&self, integration: &IntegrationName, meeting: &InternalMeetingId, who: &Who) {
        self.with(integration, |taken| {
            if let Some(room) = taken.0.get_mut(meeting)
                && let Some(last) = room.seats.iter().rposition(|seat| seat.who == *who)
            {
                room.seats.remove(last);
            }
        });
    }

    fn with<T>(&self, integration: &IntegrationName, change: impl FnOnce(&mut Taken) -> T) -> T {
        let taken = self.of(integration);
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut taken)
    }

    fn of(&self, integration: &IntegrationName) -> Arc<Mutex<Taken>> {
        if let Some(taken) = self.0.load().get(integration) {
            return Arc::clone(taken);
        }
        let fresh = Arc::<Mutex<Taken>>::default();
        self.0.rcu(|all| match all.contains_key(integration) {
            true => Arc::clone(all),
            false => Arc::new(all.update(integration.clone(), Arc::clone(&fresh))),
        });
        self.0.load().get(integration).map_or(fresh, Arc::clone)
    }
}

/// The seats of one integration, by meeting.
#[derive(Debug, Default)]
struct Taken(HashMap<InternalMeetingId, Room>);

#[derive(Debug, Default)]
struct Room {
    seats: Vec<Seat>,
    breakout: bool,
    // who the list showed that was asked for then
    seen: Option<(Timestamp, Attendees)>,
}

#[derive(Debug)]
struct Seat {
    since: Timestamp,
    who: Who,
    /// How many of that name were in before.
    before: u32,
}

impl Taken {
    fn take(&mut self, joining: Joining<'_>, limits: Limits, now: Timestamp, listed: &impl Listed) -> Result<(), Full> {
        self.expire(now);
        let room = self.0.entry(joining.meeting.clone()).or_default();
        room.breakout = joining.breakout;
        room.look(listed.meeting(joining.meeting));
        if room.is_in(&joining.who, now) {
            return Ok(());
        }
        let inside = listed.meeting(joining.meeting).map_or(0, |(_, meeting)| meeting.users);
        if limits.meeting.is_some_and(|limit| add(inside, room.seats.len()) >= limit) {
            return Err(Full::Meeting);
        }
        let before = match &joining.who {
            Who::Id(_) => 0,
            Who::Named(name) => room.seen.as_ref().map_or(0, |(_, seen)| seen.called(name)),
        };
        if !joining.breakout && limits.all.is_some_and(|limit| self.is_full(limit, listed)) {
            return Err(Full::All);
        }
        if self.0.values().map(|room| room.seats.len()).sum::<usize>() < MOST
            && let Some(room) = self.0.get_mut(joining.meeting)
        {
            room.seats.push(Seat { since: now, who: joining.who, before });
        }
        Ok(())
    }

    /// Lists are looked into only where the limit would be reached if they showed nobody who has a seat.
    fn is_full(&mut self, limit: u32, listed: &impl Listed) -> bool {
        let on_the_way =
            |taken: &Self| taken.0.values().filter(|room| !room.breakout).map(|room| room.seats.len()).sum::<usize>();
        if add(listed.users(), on_the_way(self)) < limit {
            return false;
        }
        for (id, room) in &mut self.0 {
            room.look(listed.meeting(id));
        }
        add(listed.users(), on_the_way(self)) >= limit
    }

    fn expire(&mut self, now: Timestamp) {
        self.0.retain(|_, room| {
            room.seats.retain(|seat| now.since(seat.since) < ON_THE_WAY);
            !room.seats.is_empty()
        });
    }
}

impl Room {
    /// Takes back the seats of those whom the meeting's list shows, if it is a newer one than before.
    fn look(&mut self, listed: Option<(Timestamp, &ListedMeeting)>) {
        let Some((asked_at, meeting)) = listed else { return };
        if self.seen.as_ref().is_some_and(|(seen_at, _)| *seen_at == asked_at) {
            return;
        }
        let attendees = Attendees::of(meeting);
        let mut came: HashMap<String, u32> = HashMap::new();
        self.seats.retain(|seat| match &seat.who {
            Who::Id(id) => attendees.with_id(id) == 0,
            Who::Named(name) => {
                let came = came.entry(name.clone()).or_default();
                let shown = attendees.called(name) > seat.before.saturating_add(*came);
                *came += u32::from(shown);
                !shown
            }
        });
        for seat in &mut self.seats {
            if let Who::Named(name) = &seat.who {
                // those who came have no seat any more: from now on only further ones are new
                seat.before = attendees.called(name);
            }
        }
        self.seen = Some((asked_at, attendees));
    }

    /// Whether that very user is in the meeting, or on the way to it.
    fn is_in(&mut self, who: &Who, now: Timestamp) -> bool {
        let Who::Id(id) = who else { return false };
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.who == *who) {
            seat.since = now;
            return true;
        }
        self.seen.as_ref().is_some_and(|(_, seen)| seen.with_id(id) > 0)
    }
}

fn add(users: u32, seats: usize) -> u32 {
    users.saturating_add(u32::try_from(seats).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
