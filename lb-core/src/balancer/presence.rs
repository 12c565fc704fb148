//! Who is in which meeting: what the lists of servers show of people coming and going, for reports.
//!
//! ```text
//!   list ──▶ who is shown now ──compare──▶ who was known to be there ──▶ user-entered, user-left
//! ```
//!
//! People are told apart by the id and the name that their website gave them: lists have no other. Somebody who is in a meeting
//! twice is two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::Balancer;
use crate::clock::Timestamp;
use crate::event::{Ended, Event, EventKind, Role, SeenBy, UserId};
use crate::fleet::{FleetServer, ListedMeeting, MeetingList, PersonKey};
use crate::meeting::{InternalMeetingId, Meeting};
use crate::store::{EVENTS_PAGE, EventFilter, StoreError};

/// Lists that are further apart than this leave it open when people went: the earlier one then counts.
const FAR_APART: Duration = Duration::from_secs(60);

/// How many events of one meeting are looked at after a start; of a meeting with more, people are seen to come anew.
const MOST_RECALLED: usize = 20 * EVENTS_PAGE;

/// Who is known to be in which incarnation.
#[derive(Debug, Default)]
pub(super) struct Presence {
    // held for one list or one change, never across an await
    seen: Mutex<HashMap<InternalMeetingId, Seen>>,
    earlier: OnceLock<Earlier>,
}

/// What there was before this run of the balancer.
#[derive(Clone, Copy, Debug)]
struct Earlier {
    /// Meetings that were created before this run began may have people whom an earlier one has seen.
    began_at: Timestamp,
    /// Until when the earlier run surely lived.
    lived_until: Timestamp,
}

/// What is known of the people in one incarnation.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// When a list last showed it.
    listed_at: Option<Timestamp>,
    /// The most people that were in it at once.
    most: u32,
    // by key
    people: Vec<Person>,
    /// Whether what an earlier run knew is in it.
    recalled: bool,
}

/// Somebody who is in a meeting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    key: PersonKey,
    stay: Stay,
    since: Timestamp,
}

/// What names one stay of somebody in one meeting. It tells nobody who they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stay {
    /// The so manyeth that one list showed first.
    Listed(Timestamp, u32),
    /// BBB's own id of the user, as the server's webhooks told it.
    Told(UserId),
}

impl Stay {
    fn user(&self) -> UserId {
        match self {
            Self::Listed(first, nth) => format!("{}-{nth}", first.as_millis()).into(),
            Self::Told(user) => user.clone(),
        }
    }
}

/// What a list shows that was not known.
#[derive(Debug, Default, PartialEq)]
struct News {
    came: Vec<Person>,
    went: Vec<UserId>,
    /// Until when those who went were surely there, where that is long ago.
    until: Option<Timestamp>,
}

impl Seen {
    /// Takes over what a list asked for at `asked_at` shows, `shown` by key. Who came after it was asked for is not missed in it.
    fn take(&mut self, shown: &[PersonKey], asked_at: Timestamp) -> News {
        let until = self.listed_at.filter(|listed_at| asked_at.since(*listed_at) > FAR_APART);
        let mut news = News { until, ..News::default() };
        let mut before = std::mem::take(&mut self.people).into_iter().peekable();
        self.people.reserve_exact(shown.len());
        for &key in shown {
            while let Some(person) = before.next_if(|person| person.key < key) {
                Self::miss(person, asked_at, &mut self.people, &mut news);
            }
            match before.next_if(|person| person.key == key) {
                Some(person) => self.people.push(person),
                None => {
                    let nth = news.came.len().try_into().unwrap_or(u32::MAX);
                    let person = Person { key, stay: Stay::Listed(asked_at, nth), since: asked_at };
                    news.came.push(person.clone());
                    self.people.push(person);
                }
            }
        }
        before.for_each(|person| Self::miss(person, asked_at, &mut self.people, &mut news));
        self.people.sort_unstable();
        self.most = self.most.max(shown.len().try_into().unwrap_or(u32::MAX));
        self.listed_at = Some(asked_at);
        news
    }

    /// Somebody has come, as webhooks tell. Answers whether that is news: a list may have shown them a moment before.
    fn told_came(&mut self, key: PersonKey, user: UserId, at: Timestamp) -> bool {
        let is_known = |person: &Person| match &person.stay {
            Stay::Told(known) => *known == user,
            Stay::Listed(first, _) => person.key == key && at.since(*first) < FAR_APART,
        };
        let is_news = !self.people.iter().any(is_known);
        if is_news {
            self.people.push(Person { key, stay: Stay::Told(user), since: at });
            self.people.sort_unstable();
            self.most = self.most.max(self.people.len().try_into().unwrap_or(u32::MAX));
        }
        is_news
    }

    /// Somebody has gone, as webhooks tell. Answers whether it is known whose stay that ends: that of who was listed first, a
    /// list ends.
    fn told_went(&mut self, user: &UserId) -> bool {
        let before = self.people.len();
        self.people.retain(|person| !matches!(&person.stay, Stay::Told(known) if known == user));
        self.people.len() < before
    }

    fn miss(person: Person, asked_at: Timestamp, people: &mut Vec<Person>, news: &mut News) {
        if person.since < asked_at {
            news.went.push(person.stay.user());
        } else {
            people.push(person);
        }
    }
}

impl Presence {
    fn lock(&self) -> MutexGuard<'_, HashMap<InternalMeetingId, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Webhooks tell that somebody has come. Answers whether that is news.
    fn told_came(&self, id: &InternalMeetingId, key: PersonKey, user: &UserId, at: Timestamp) -> bool {
        self.lock().get_mut(id).is_some_and(|seen| seen.told_came(key, user.clone(), at))
    }

    /// Webhooks tell that somebody has gone. Answers whether a stay that they told of ends.
    fn told_went(&self, id: &InternalMeetingId, user: &UserId) -> bool {
        self.lock().get_mut(id).is_some_and(|seen| seen.told_went(user))
    }

    /// This run takes up what an earlier one left, which surely lived until `lived_until`.
    pub(super) fn resume(&self, began_at: Timestamp, lived_until: Timestamp) {
        // a second time changes nothing
        let _ = self.earlier.set(Earlier { began_at, lived_until });
    }

    /// Whether an earlier run may know people in a meeting who are not recalled yet.
    fn is_of_before(&self, meeting: &Meeting) -> bool {
        self.earlier.get().is_some_and(|earlier| meeting.created_at <= earlier.began_at)
            && !self.lock().get(&meeting.internal_id).is_some_and(|seen| seen.recalled)
    }

    /// Takes over what an earlier run knew of a meeting: its events, oldest first.
    fn recall(&self, id: &InternalMeetingId, events: impl Iterator<Item = Event>) {
        let mut seen = Seen { recalled: true, ..Seen::default() };
        let earlier = self.earlier.get();
        let mut latest = earlier.map(|earlier| earlier.lived_until).unwrap_or_default();
        for event in events {
            if earlier.is_none_or(|earlier| event.at <= earlier.began_at) {
                latest = latest.max(event.at);
            }
            match event.kind {
                EventKind::UserEntered { user, external_user_id, name, .. } => {
                    let key = PersonKey::of(&external_user_id, &name);
                    seen.people.push(Person { key, stay: Stay::Told(user), since: event.at });
                }
                EventKind::UserLeft { user, .. } => seen.people.retain(|person| person.stay.user() != user),
                _ => {}
            }
            seen.most = seen.most.max(seen.people.len().try_into().unwrap_or(u32::MAX));
        }
        seen.listed_at = Some(latest);
        let mut all = self.lock();
        let present = all.entry(id.clone()).or_default();
        if !present.recalled {
            // what this run has seen meanwhile may be stored by now, or not yet
            let also = std::mem::take(&mut present.people);
            let is_new = |person: &Person| seen.people.iter().all(|known| known.stay.user() != person.stay.user());
            let also: Vec<_> = also.into_iter().filter(is_new).collect();
            seen.people.extend(also);
            seen.people.sort_unstable();
            seen.most = seen.most.max(present.most).max(seen.people.len().try_into().unwrap_or(u32::MAX));
            seen.listed_at = seen.listed_at.max(present.listed_at);
            *present = seen;
        }
    }

    #[cfg(test)]
    pub(super) fn knows(&self, id: &InternalMeetingId) -> bool {
        self.lock().contains_key(id)
    }

    /// A meeting is no more.
    pub(super) fn forget(&self, id: &InternalMeetingId) {
        self.lock().remove(id);
    }
}

impl Balancer {
    /// Tells who came and who went in the meetings of a server since its list before.
    pub(super) async fn see_people(&self, server: &FleetServer, list: &MeetingList, held: &[Arc<Meeting>]) {
        for meeting in held {
            let listed = list.find(&meeting.internal_id).filter(|listed| !listed.ended && !listed.breakout);
            let Some(listed) = listed else { continue };
            if self.presence.is_of_before(meeting) && !self.recall_people(meeting).await {
                // the next list tries again
                continue;
            }
            if !self.presence.lock().contains_key(&meeting.internal_id) && !self.begin_presence(meeting).await {
                continue;
            }
            let news = match self.presence.lock().get_mut(&meeting.internal_id) {
                Some(seen) => seen.take(&listed.people, list.asked_at),
                // it has ended meanwhile
                None => continue,
            };
            if !news.came.is_empty() || !news.went.is_empty() {
                self.tell_people(server, meeting, listed, news).await;
            }
        }
    }

    /// Begins to keep who is in a meeting, unless it has ended meanwhile: nothing would take that away again. Answers whether it
    /// is kept now.
    async fn begin_presence(&self, meeting: &Meeting) -> bool {
        self.presence.lock().entry(meeting.internal_id.clone()).or_default();
        // looked at afterwards: an end that comes later takes away what is kept
        let held = matches!(self.still_holds(meeting).await, Ok(true));
        if !held {
            self.presence.forget(&meeting.internal_id);
        }
        held
    }

    /// Webhooks tell that somebody has come. Answers whether that is news.
    pub(super) async fn told_came(&self, meeting: &Meeting, key: PersonKey, user: &UserId) -> bool {
        if self.presence.is_of_before(meeting) && !self.recall_people(meeting).await {
            // the next list tries again, and shows them
            return false;
        }
        if !self.presence.lock().contains_key(&meeting.internal_id) && !self.begin_presence(meeting).await {
            return false;
        }
        self.presence.told_came(&meeting.internal_id, key, user, self.clock.now())
    }

    /// Webhooks tell that somebody has gone. Answers whether a stay that they told of ends.
    pub(super) async fn told_went(&self, meeting: &Meeting, user: &UserId) -> bool {
        if self.presence.is_of_before(meeting) && !self.recall_people(meeting).await {
            return false;
        }
        self.presence.told_went(&meeting.internal_id, user)
    }

    /// Takes up whom an earlier run of the balancer saw in a meeting, unless it has ended meanwhile. Answers whether they are
    /// known now.
    async fn recall_people(&self, meeting: &Meeting) -> bool {
        let recalled = self.read_people(meeting).await.is_ok();
        recalled && self.begin_presence(meeting).await
    }

    /// Reads whom an earlier run of the balancer saw in a meeting.
    async fn read_people(&self, meeting: &Meeting) -> Result<(), StoreError> {
        let filter = EventFilter {
            integration: Some(meeting.key.integration.clone()),
            internal_id: Some(meeting.internal_id.clone()),
            kinds: ["user-entered", "user-left"].map(str::to_owned).to_vec(),
            ..EventFilter::default()
        };
        let (mut events, mut after) = (Vec::new(), None);
        loop {
            let page = self.stores.events.events(&filter, after, EVENTS_PAGE).await?;
            events.extend(page.events);
            after = page.next;
            if after.is_none() || events.len() >= MOST_RECALLED {
                break;
            }
        }
        self.presence.recall(&meeting.internal_id, events.into_iter().rev());
        Ok(())
    }

    async fn tell_people(&self, server: &FleetServer, meeting: &Meeting, listed: &ListedMeeting, news: News) {
        let (key, id, name) = (&meeting.key, &meeting.internal_id, &server.server.name);
        let mut kinds = Vec::with_capacity(news.came.len() + news.went.len());
        kinds.extend(news.went.into_iter().map(|user| EventKind::UserLeft {
            meeting: key.clone(),
            internal_id: id.clone(),
            server: name.clone(),
            user,
            until: news.until,
            seen_by: SeenBy::List,
        }));
        let people = if news.came.is_empty() { Vec::new() } else { listed.attendees() };
        let people: HashMap<_, _> = people.into_iter().map(|person| (person.key(), person)).collect();
        for came in news.came {
            let Some(person) = people.get(&came.key) else { continue };
            kinds.push(EventKind::UserEntered {
                meeting: key.clone(),
                internal_id: id.clone(),
                server: name.clone(),
                user: came.stay.user(),
                external_user_id: person.user_id.clone(),
                name: person.name.clone(),
                role: if person.moderator { Role::Moderator } else { Role::Attendee },
                seen_by: SeenBy::List,
            });
        }
        let events: Vec<_> = kinds.into_iter().map(|kind| self.event(kind)).collect();
        events.iter().for_each(|event| self.show(event));
        // what the events tell of has happened whether or not it can be stored
        let _ = self.stored(self.store.record(events).await);
    }

    /// The event that `meeting` has ended. Where that was noticed late, it tells until when the meeting surely ran.
    /// One that has ended while no balancer ran is in no list: what an earlier run knew of it is read first.
    pub(super) async fn ended_kind(&self, meeting: &Meeting, how: Ended) -> EventKind {
        if self.presence.is_of_before(meeting) {
            // where it cannot be read, the end counts as of now
            let _ = self.read_people(meeting).await;
        }
        let all = self.presence.lock();
        let seen = all.get(&meeting.internal_id);
        let noticed_late = how != Ended::Callback;
        EventKind::MeetingEnded {
            meeting: meeting.key.clone(),
            internal_id: meeting.internal_id.clone(),
            server: meeting.server.clone(),
            how,
            until: seen.and_then(|seen| seen.listed_at).filter(|_| noticed_late),
            most_users: seen.map_or(0, |seen| seen.most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn keys(names: &[&str]) -> Vec<PersonKey> {
        let mut keys: Vec<_> = names.iter().map(|name| PersonKey::of("", name)).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn who_was_told_of_is_not_told_of_again_by_lists_and_the_other_way_round() {
        let (mut seen, ana) = (Seen::default(), PersonKey::of("", "Ana"));
        assert!(seen.told_came(ana, "w_1".into(), at(10)) && !seen.told_came(ana, "w_1".into(), at(11)));
        assert_eq!(seen.take(&[], at(9)), News::default(), "a list that was asked for before does not miss them");
        assert_eq!(seen.take(&keys(&["Ana", "Bea"]), at(20)).came.len(), 1);
        assert!(!seen.told_came(PersonKey::of("", "Bea"), "w_2".into(), at(21)), "the list was first");
        assert!(!seen.told_went(&"w_2".into()) && seen.told_went(&"w_1".into()) && !seen.told_went(&"w_1".into()));
        assert_eq!(seen.take(&[], at(30)).went.len(), 1, "who was listed first");
        assert!(seen.people.is_empty());
    }

    #[test]
    fn who_is_shown_and_was_not_has_come_and_who_is_missed_has_gone() {
        let mut seen = Seen::default();
        assert_eq!(seen.take(&keys(&["Ana", "Bea", "Bea"]), at(10)).came.len(), 3);
        assert_eq!(seen.take(&keys(&["Bea", "Ana", "Bea"]), at(20)), News::default());
        let news = seen.take(&keys(&["Bea", "Cid"]), at(30));
        assert_eq!((news.came.len(), news.went.len(), news.until), (1, 2, None));
        assert_eq!((seen.most, seen.people.len()), (3, 2));
        assert_eq!(seen.take(&[], at(70_000)).until, Some(at(30)), "who went in the meantime may have gone at once");
    }
}
