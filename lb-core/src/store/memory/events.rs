//! The events of an [`InMemoryStore`].

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Range;

use async_trait::async_trait;

use super::{EVENTS_KEPT, InMemoryStore, Written};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::network::IntegrationName;
use crate::store::{
    EVENTS_PAGE, Erased, EventCursor, EventFilter, EventPage, EventStore, HISTORIES, MeetingHistory, MeetingQuery,
    PersonQuery, PseudonymKey, SentUser, StoreError, USERS_TOLD, may_name_people, rollup_days,
};

/// The newest events, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Kept {
    events: VecDeque<Numbered>,
    last: u64,
}

#[derive(Debug)]
struct Numbered {
    id: u64,
    event: Event,
    // whether it may name somebody
    names: bool,
}

impl Kept {
    pub(super) fn extend(&mut self, events: Vec<Event>) {
        for event in events {
            self.last += 1;
            let names = may_name_people(event.kind.word());
            self.events.push_back(Numbered { id: self.last, event, names });
        }
        let surplus = self.events.len().saturating_sub(EVENTS_KEPT);
        self.events.drain(..surplus);
    }

    pub(super) fn latest(&self, limit: usize) -> Vec<Event> {
        self.events.iter().rev().take(limit).map(|kept| kept.event.clone()).collect()
    }

    /// Those that came behind the one of this number, in the order in which they came.
    pub(super) fn behind(&self, after: u64, limit: usize) -> Vec<(u64, Event)> {
        let begin = self.events.partition_point(|kept| kept.id <= after);
        self.events.range(begin..).take(limit).map(|kept| (kept.id, kept.event.clone())).collect()
    }

    /// The number of the one that came last.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// All of them, in the order in which they came.
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().map(|kept| &kept.event)
    }

    /// Those that `wanted` says yes to, newest first.
    fn newest(&self, wanted: impl Fn(&Numbered) -> bool) -> Vec<&Numbered> {
        let mut newest: Vec<_> = self.events.iter().filter(|kept| wanted(kept)).collect();
        newest.sort_by_key(|kept| std::cmp::Reverse(kept.cursor()));
        newest
    }

    fn page(&self, filter: &EventFilter, after: Option<EventCursor>, limit: usize) -> EventPage {
        self.page_of(|event| fits(filter, event), after, limit)
    }

    fn page_of(&self, fits: impl Fn(&Event) -> bool, after: Option<EventCursor>, limit: usize) -> EventPage {
        let limit = limit.min(EVENTS_PAGE);
        let wanted = |kept: &Numbered| after.is_none_or(|after| kept.cursor() < after) && fits(&kept.event);
        let found = self.newest(wanted);
        let next = if found.len() > limit { limit.checked_sub(1).and_then(|last| found.get(last)) } else { None };
        EventPage {
            next: next.map(|last| last.cursor()),
            events: found.iter().take(limit).map(|kept| kept.event.clone()).collect(),
        }
    }

    fn oldest_page(&self, wanted: impl Fn(&Event) -> bool, after: Option<EventCursor>, limit: usize) -> EventPage {
        let limit = limit.min(EVENTS_PAGE);
        let fits = |kept: &Numbered| after.is_none_or(|after| kept.cursor() > after) && wanted(&kept.event);
        let mut found = self.newest(fits);
        found.reverse();
        let next = if found.len() > limit { limit.checked_sub(1).and_then(|last| found.get(last)) } else { None };
        EventPage {
            next: next.map(|last| last.cursor()),
            events: found.iter().take(limit).map(|kept| kept.event.clone()).collect(),
        }
    }

    fn unended(
        &self,
        integration: Option<&IntegrationName>,
        period: Range<Timestamp>,
        after: Option<EventCursor>,
        limit: usize,
    ) -> EventPage {
        let before = self.oldest_first().filter(|event| event.at < period.end);
        let ended: HashSet<Incarnation<'_>> = before
            .filter_map(|event| match &event.kind {
                EventKind::MeetingEnded { meeting, internal_id, .. } => Some((meeting, internal_id)),
                _ => None,
            })
            .collect();
        let wanted = |event: &Event| {
            made(&event.kind).is_some_and(|of| {
                period.contains(&event.at)
                    && integration.is_none_or(|wanted| of.0.integration == *wanted)
                    && !ended.contains(&of)
            })
        };
        self.oldest_page(wanted, after, limit)
    }

    fn meetings(&self, query: &MeetingQuery) -> Vec<MeetingHistory> {
        let own = |of: &Incarnation<'_>| of.0.integration == query.integration;
        let mut known: HashMap<Incarnation<'_>, Known<'_>> = HashMap::new();
        for kept in &self.events {
            if let Some(of) = made(&kept.event.kind).filter(own) {
                let at = kept.event.at;
                let known = known.entry(of).or_insert_with(|| Known { first: kept, again: at, ended: None, users: 0 });
                known.again = known.again.max(at);
            }
        }
        for Event { at, kind } in self.oldest_first() {
            match kind {
                EventKind::MeetingEnded { meeting, internal_id, .. } => {
                    if let Some(known) = known.get_mut(&(meeting, internal_id)) {
                        known.ended = known.ended.max(Some(*at));
                    }
                }
                EventKind::UserJoined { meeting, internal_id, .. } => {
                    if let Some(known) = known.get_mut(&(meeting, internal_id)) {
                        known.users += 1;
                    }
                }
                _ => {}
            }
        }
        let mut fitting: Vec<_> = known
            .into_iter()
            .filter(|(_, known)| {
                let ended = query.ended_before.is_none_or(|before| known.ended_at().is_some_and(|at| at < before));
                let created = query.created_from.is_none_or(|from| known.first.event.at >= from);
                created && ended && known.users >= query.users as usize
            })
            .collect();
        fitting.sort_by_key(|(_, known)| std::cmp::Reverse(known.first.cursor()));
        fitting.truncate(query.limit.min(HISTORIES));
        let mut told: HashMap<_, _> =
            fitting.iter().filter_map(|(of, known)| Some((*of, known.history(*of)?))).collect();
        for Event { at, kind } in self.oldest_first() {
            if let EventKind::UserJoined { meeting, internal_id, name, role, .. } = kind
                && let Some(history) = told.get_mut(&(meeting, internal_id))
            {
                history.users.push(SentUser { name: name.clone(), role: *role, at: *at });
            }
        }
        let told = fitting.iter().filter_map(|(of, _)| told.remove(of)).map(|mut history| {
            history.users.sort_by_key(|user| user.at);
            history.users.truncate(USERS_TOLD);
            history
        });
        told.collect()
    }

    /// Drops up to `at_most` events from before `before`, the oldest first.
    fn forget(&mut self, before: Timestamp, at_most: usize) -> usize {
        let mut old: Vec<_> = self.events.iter().map(Numbered::cursor).filter(|cursor| cursor.at < before).collect();
        old.sort_unstable();
        old.truncate(at_most);
        self.events.retain(|kept| old.binary_search(&kept.cursor()).is_err());
        old.len()
    }

    fn anonymise(&mut self, from: Timestamp, until: Timestamp, key: &PseudonymKey, at_most: usize) -> usize {
        let with_names = self.events.iter_mut().filter(|kept| kept.names && (from..until).contains(&kept.event.at));
        let mut done = 0;
        for kept in with_names.take(at_most) {
            if let Some(anonymised) = key.anonymised(&kept.event) {
                kept.event = anonymised;
            }
            kept.names = false;
            done += 1;
        }
        done
    }
}

/// Puts pseudonyms in the place of somebody in one page: what comes behind the first cursor, up to the second.
fn erase(
    kept: &mut Kept,
    query: &PersonQuery,
    key: &PseudonymKey,
    page: (Option<EventCursor>, Option<EventCursor>),
) -> usize {
    let (after, next) = page;
    let mut events = 0;
    for kept in &mut kept.events {
        let cursor = kept.cursor();
        let within = after.is_none_or(|after| cursor < after) && next.is_none_or(|next| cursor >= next);
        if within && let Some(erased) = query.erased(key, &kept.event) {
            (kept.event, kept.names) = (erased, false);
            events += 1;
        }
    }
    events
}

/// What events say of an incarnation, its users left out.
struct Known<'a> {
    /// The first that says that it is there.
    first: &'a Numbered,
    /// When it was last said so.
    again: Timestamp,
    ended: Option<Timestamp>,
    users: usize,
}

impl Known<'_> {
    fn ended_at(&self) -> Option<Timestamp> {
        self.ended.filter(|ended| *ended >= self.again)
    }

    fn history(&self, (meeting, internal_id): Incarnation<'_>) -> Option<MeetingHistory> {
        let Event { at, kind } = &self.first.event;
        let (name, parameters) = match kind {
            EventKind::MeetingCreated { name, parameters, .. } => (name.clone(), parameters.clone()),
            _ => Default::default(),
        };
        Some(MeetingHistory {
            meeting_id: meeting.meeting_id.clone(),
            internal_id: internal_id.clone(),
            name,
            created_at: *at,
            ended_at: self.ended_at(),
            server: kind.server()?.clone(),
            users: Vec::new(),
            parameters,
        })
    }
}

impl Numbered {
    fn cursor(&self) -> EventCursor {
        EventCursor { at: self.event.at, id: self.id }
    }
}

/// Whose, and which.
type Incarnation<'a> = (&'a MeetingKey, &'a InternalMeetingId);

/// The incarnation that an event says is there from now on.
fn made(kind: &EventKind) -> Option<Incarnation<'_>> {
    match kind {
        EventKind::MeetingCreated { meeting, internal_id, .. }
        | EventKind::MeetingAdopted { meeting, internal_id, .. } => Some((meeting, internal_id)),
        _ => None,
    }
}

fn fits(filter: &EventFilter, event: &Event) -> bool {
    let kind = &event.kind;
    let (by, subject) = kind.administered().unzip();
    let seen = |within: &BTreeSet<IntegrationName>| kind.integration().is_some_and(|name| within.contains(name));
    let is = |wanted: Option<&str>, found: Option<&str>| wanted.is_none_or(|wanted| found == Some(wanted));
    is(filter.integration.as_ref().map(|name| name.as_str()), kind.integration().map(|name| name.as_str()))
        && is(filter.server.as_ref().map(|name| name.as_str()), kind.server().map(|name| name.as_str()))
        && is(filter.meeting_id.as_ref().map(|id| id.as_str()), kind.meeting().map(|key| key.meeting_id.as_str()))
        && is(filter.internal_id.as_ref().map(|id| id.as_str()), kind.internal_id())
        && is(filter.by.as_deref(), by)
        && is(filter.subject_kind.as_deref(), subject.map(|subject| &*subject.kind))
        && is(filter.subject_name.as_deref(), subject.map(|subject| &*subject.name))
        && filter.within.as_ref().is_none_or(seen)
        && !(filter.without_administered && subject.is_some())
        && (filter.kinds.is_empty() || filter.kinds.iter().any(|word| word == kind.word()))
        && filter.from.is_none_or(|from| event.at >= from)
        && filter.until.is_none_or(|until| event.at < until)
}

#[async_trait]
impl EventStore for InMemoryStore {
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        Ok(self.lock().events.page(filter, after, limit))
    }

    async fn oldest_events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        Ok(self.lock().events.oldest_page(|event| fits(filter, event), after, limit))
    }

    async fn unended(
        &self,
        integration: Option<&IntegrationName>,
        from: Timestamp,
        until: Timestamp,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        Ok(self.lock().events.unended(integration, from..until, after, limit))
    }

    async fn meetings(&self, query: &MeetingQuery) -> Result<Vec<MeetingHistory>, StoreError> {
        Ok(self.lock().events.meetings(query))
    }

    async fn forget_before(&self, before: Timestamp, at_most: usize) -> Result<usize, StoreError> {
        Ok(self.lock().events.forget(before, at_most))
    }

    async fn oldest_name(&self, before: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let written = self.lock();
        let with_names = written.events.events.iter().filter(|kept| kept.names && kept.event.at < before);
        Ok(with_names.map(|kept| kept.event.at).min())
    }

    async fn anonymise(
        &self,
        from: Timestamp,
        until: Timestamp,
        key: &PseudonymKey,
        at_most: usize,
    ) -> Result<usize, StoreError> {
        Ok(self.lock().events.anonymise(from, until, key, at_most))
    }

    async fn events_of_person(
        &self,
        query: &PersonQuery,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        Ok(self.lock().events.page_of(|event| query.fits(event), after, limit))
    }

    async fn erase_person(
        &self,
        query: &PersonQuery,
        key: &PseudonymKey,
        after: Option<EventCursor>,
        at_most: usize,
    ) -> Result<Erased, StoreError> {
        let Written { events, rollups, .. } = &mut *self.lock();
        let page = events.page_of(|event| query.fits(event), after, at_most);
        rollups.mark(rollup_days(&page.events));
        let next = page.next;
        Ok(Erased { events: if at_most == 0 { 0 } else { erase(events, query, key, (after, next)) }, next })
    }
}
