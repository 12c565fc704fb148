//! [`Seats`]: users that are on their way to a meeting, so that a limit of users holds between two lists.
//!
//! A server's list is some seconds old, and a browser needs some more until its user is in it. So each join takes a seat. It
//! counts until a list shows its user, at most [`ON_THE_WAY`].
//!
//! Who has a `userID` is known again in a list by that, who has none by the name. Somebody who is in the meeting, or on the way
//! to it, is let in again whatever the limit says, and does not count anew: up to [`MOST_SESSIONS`] times at once, because
//! nobody can tell them from others to whom the website gives the same `userID`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::Attendees;
use crate::clock::Timestamp;
use crate::fleet::ListedMeeting;
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;
use crate::server::ServerName;

/// How long a join counts that no list shows. Most browsers are in within some seconds; who is not by now does not come.
pub(crate) const ON_THE_WAY: Duration = Duration::from_secs(60);

/// How often one `userID` is let into a meeting without counting anew: as often as BBB lets one user be in it at once
/// (`maxUserConcurrentAccesses`, 3 by default).
const MOST_SESSIONS: usize = 3;

/// How long it is gone by what all meetings together were found to have, where no server has listed anew: a meeting may have
/// ended.
const SUMMED_FOR: Duration = Duration::from_secs(1);

/// The most seats of one integration that are remembered; further ones are given and not counted before a list shows them. Only a
/// plan with a higher limit gets there.
const MOST: usize = 50_000;

/// Who joins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// The user whom the website calls so.
    Id(String),
    /// Somebody of that name.
    Named(String),
}

/// One join.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joining<'a> {
    pub(crate) meeting: &'a InternalMeetingId,
    /// Where it is held.
    pub(crate) server: &'a ServerName,
    pub(crate) who: &'a Who,
}

/// How many users there may be; absent: any number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// In all meetings of the integration.
    pub(crate) all: Option<u32>,
    /// In the meeting that somebody joins.
    pub(crate) meeting: Option<u32>,
}

/// What the servers list of an integration's meetings, as it is now.
pub(crate) trait Listed {
    /// Not fewer than the users in all meetings: what can be said without a look at each of them.
    fn at_most(&self) -> u32;

    /// Another number whenever a server has listed anew.
    fn lists(&self) -> u64;

    /// Users in all meetings; `None` where it would have to be found out first which meetings there are.
    fn users(&self) -> Option<u32>;

    /// One meeting, and when the list was asked for that shows it.
    fn meeting(&self, server: &ServerName, id: &InternalMeetingId) -> Option<(Timestamp, &ListedMeeting)>;
}

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// There are as many users as there may be.
    All,
    /// There are as many in the meeting.
    Meeting,
    /// Nobody can tell before [`Listed::users`] does.
    Unsure,
}

/// Which seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeatNumber(u64);

/// The seats of all integrations. Each has a lock of its own, held for a pure function; none waits for another.
#[derive(Debug, Default)]
pub(crate) struct Seats(ArcSwap<imbl::HashMap<IntegrationName, Arc<Mutex<Taken>>>>);

impl Seats {
    /// Takes a seat for a join, if there is one. `look` is asked while no other join of the integration is decided. Answers
    /// nothing where the join is not counted.
    pub(crate) fn take<L: Listed>(
        &self,
        integration: &IntegrationName,
        joining: Joining<'_>,
        limits: Limits,
        now: Timestamp,
        look: impl FnOnce() -> L,
    ) -> Result<Option<SeatNumber>, Full> {
        self.with(integration, |taken| taken.take(joining, limits, now, &look()))
    }

    /// Whether `limit` users are there or on their way; `None` where nobody can tell before [`Listed::users`] does.
    pub(crate) fn reached<L: Listed>(
        &self,
        integration: &IntegrationName,
        limit: u32,
        now: Timestamp,
        look: impl FnOnce() -> L,
    ) -> Option<bool> {
        self.with(integration, |taken| {
            taken.expire(now);
            taken.is_full(limit, now, &look())
        })
    }

    /// Gives the seat of a join back that its server refused.
    pub(crate) fn give_back(&self, integration: &IntegrationName, joining: Joining<'_>, seat: SeatNumber) {
        self.with(integration, |taken| taken.remove(joining.meeting, joining.who, seat));
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

/// The seats of one integration.
#[derive(Debug, Default)]
struct Taken {
    // no room is without a seat
    rooms: HashMap<InternalMeetingId, Room>,
    // every seat in the order in which they were taken, and some that are taken no more
    order: VecDeque<(Timestamp, InternalMeetingId, Who, SeatNumber)>,
    last: u64,
    seats: usize,
    // seats that count
    counted: usize,
    summed: Option<Summed>,
    // by which lists all rooms were looked at
    looked: Option<u64>,
}

/// What all meetings together were found to have.
#[derive(Clone, Copy, Debug)]
struct Summed {
    lists: u64,
    at: Timestamp,
    users: u32,
}

#[derive(Debug)]
struct Room {
    server: ServerName,
    // by who has them, oldest first; none of these is empty
    seats: HashMap<Who, VecDeque<Seat>>,
    counted: usize,
    // who the list showed that was asked for then
    seen: Option<(Timestamp, Attendees)>,
}

#[derive(Debug)]
struct Seat {
    number: SeatNumber,
    /// Not that of somebody who comes again.
    counts: bool,
    /// How often they were in before.
    before: u32,
}

/// Seats that are gone.
#[derive(Clone, Copy, Debug, Default)]
struct Gone {
    seats: usize,
    counted: usize,
}

impl Taken {
    fn take(
        &mut self,
        joining: Joining<'_>,
        limits: Limits,
        now: Timestamp,
        listed: &impl Listed,
    ) -> Result<Option<SeatNumber>, Full> {
        self.expire(now);
        let shown = listed.meeting(joining.server, joining.meeting);
        let room = self.rooms.entry(joining.meeting.clone()).or_insert_with(|| Room::on(joining.server));
        let gone = room.look(shown);
        let inside = add(shown.map_or(0, |(_, meeting)| meeting.users), room.counted);
        let before = room.seen.as_ref().map_or(0, |(_, seen)| seen.count(joining.who));
        let sessions = add(before, room.seats.get(joining.who).map_or(0, VecDeque::len)) as usize;
        self.lose(gone);
        let comes_again = matches!(joining.who, Who::Id(_)) && (1..MOST_SESSIONS).contains(&sessions);
        let refused = match limits.all {
            _ if comes_again => None,
            _ if limits.meeting.is_some_and(|limit| inside >= limit) => Some(Full::Meeting),
            Some(limit) => match self.is_full(limit, now, listed) {
                Some(false) => None,
                Some(true) => Some(Full::All),
                None => Some(Full::Unsure),
            },
            None => None,
        };
        if refused.is_some() || self.seats >= MOST {
            if self.rooms.get(joining.meeting).is_some_and(|room| room.seats.is_empty()) {
                self.rooms.remove(joining.meeting);
            }
            return refused.map_or(Ok(None), Err);
        }
        self.last += 1;
        let seat = Seat { number: SeatNumber(self.last), counts: !comes_again, before };
        let number = seat.number;
        self.order.push_back((now, joining.meeting.clone(), joining.who.clone(), number));
        self.seats += 1;
        self.counted += usize::from(seat.counts);
        // a look at all rooms may have taken away this one
        let room = self.rooms.entry(joining.meeting.clone()).or_insert_with(|| Room::on(joining.server));
        room.counted += usize::from(seat.counts);
        room.seats.entry(joining.who.clone()).or_default().push_back(seat);
        Ok(Some(number))
    }

    /// Meetings are looked at one by one only where the limit might be reached, and no oftener than servers list: however
    /// many there are, a join that is far from the limit asks for none but its own.
    fn is_full(&mut self, limit: u32, now: Timestamp, listed: &impl Listed) -> Option<bool> {
        if add(listed.at_most(), self.counted) < limit {
            return Some(false);
        }
        let lists = listed.lists();
        let known = self.summed.filter(|summed| summed.lists == lists && now.since(summed.at) < SUMMED_FOR);
        let users = match known {
            Some(summed) => summed.users,
            None => listed.users()?,
        };
        if known.is_none() {
            self.summed = Some(Summed { lists, at: now, users });
        }
        if add(users, self.counted) >= limit && self.looked != Some(lists) {
            let mut gone = Gone::default();
            self.rooms.retain(|id, room| {
                gone += room.look(listed.meeting(&room.server, id));
                !room.seats.is_empty()
            });
            self.lose(gone);
            self.looked = Some(lists);
        }
        Some(add(users, self.counted) >= limit)
    }

    fn expire(&mut self, now: Timestamp) {
        // one from far ahead was taken before the clock was set back
        let is_over = |since: Timestamp| now.since(since) >= ON_THE_WAY || since > now + ON_THE_WAY;
        while let Some((_, meeting, who, number)) = self.order.pop_front_if(|(since, ..)| is_over(*since)) {
            self.remove(&meeting, &who, number);
        }
        if self.order.len() > 2 * MOST {
            let rooms = &self.rooms;
            self.order.retain(|(_, meeting, who, number)| {
                rooms.get(meeting).is_some_and(|room| room.place(who, *number).is_some())
            });
        }
    }

    fn remove(&mut self, meeting: &InternalMeetingId, who: &Who, number: SeatNumber) {
        let Some(room) = self.rooms.get_mut(meeting) else { return };
        let gone = room.remove(who, number);
        if room.seats.is_empty() {
            self.rooms.remove(meeting);
        }
        self.lose(gone);
    }

    fn lose(&mut self, gone: Gone) {
        self.seats = self.seats.saturating_sub(gone.seats);
        self.counted = self.counted.saturating_sub(gone.counted);
    }
}

impl Room {
    fn on(server: &ServerName) -> Self {
        Self { server: server.clone(), seats: HashMap::new(), counted: 0, seen: None }
    }

    /// Takes back the seats of those whom the meeting's list shows, if it is a newer one than before.
    fn look(&mut self, listed: Option<(Timestamp, &ListedMeeting)>) -> Gone {
        let mut gone = Gone::default();
        let Some((asked_at, meeting)) = listed else { return gone };
        if self.seen.as_ref().is_some_and(|(seen_at, _)| *seen_at == asked_at) {
            return gone;
        }
        let attendees = Attendees::of(meeting);
        self.seats.retain(|who, seats| {
            let (there, mut came) = (attendees.count(who), 0);
            seats.retain(|seat| {
                let shown = there > seat.before.saturating_add(came);
                came += u32::from(shown);
                gone += Gone { seats: usize::from(shown), counted: usize::from(shown && seat.counts) };
                !shown
            });
            // those who came have no seat any more: from now on only further ones are new
            seats.iter_mut().for_each(|seat| seat.before = there);
            !seats.is_empty()
        });
        self.counted = self.counted.saturating_sub(gone.counted);
        self.seen = Some((asked_at, attendees));
        gone
    }

    fn place(&self, who: &Who, number: SeatNumber) -> Option<usize> {
        self.seats.get(who)?.binary_search_by_key(&number, |seat| seat.number).ok()
    }

    fn remove(&mut self, who: &Who, number: SeatNumber) -> Gone {
        let Some(place) = self.place(who, number) else { return Gone::default() };
        let Some(seats) = self.seats.get_mut(who) else { return Gone::default() };
        let counted = seats.remove(place).is_some_and(|seat| seat.counts);
        // who came again is still on the way, and counts from now on
        let heir = seats.iter_mut().find(|seat| counted && !seat.counts);
        let inherited = heir.map(|seat| seat.counts = true).is_some();
        if seats.is_empty() {
            self.seats.remove(who);
        }
        let counted = usize::from(counted && !inherited);
        self.counted = self.counted.saturating_sub(counted);
        Gone { seats: 1, counted }
    }
}

impl std::ops::AddAssign for Gone {
    fn add_assign(&mut self, more: Self) {
        self.seats += more.seats;
        self.counted += more.counted;
    }
}

fn add(users: u32, seats: usize) -> u32 {
    users.saturating_add(u32::try_from(seats).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
