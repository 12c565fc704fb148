//! [`RecordingIndex`]: every recording as one persistent value, in four orders.
//!
//! Each order is a set of pointers to the recordings themselves, so that an entry takes a few bytes: a network has a hundred
//! thousand recordings and more.

use std::borrow::Borrow;
use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;
use std::iter;
use std::marker::PhantomData;
use std::ops::Bound;
use std::sync::Arc;

use arc_swap::ArcSwap;
use imbl::OrdSet;

use super::RecordingChange;
use crate::network::IntegrationName;
use crate::recording::{Recording, RecordingId, RecordingQuery, Selected, Which};
use crate::server::ServerName;

/// The index that readers see: one atomic pointer to one immutable value.
#[derive(Debug, Default)]
pub struct PublishedRecordings(ArcSwap<RecordingIndex>);

impl PublishedRecordings {
    /// Publishes `index` from the start.
    pub fn new(index: RecordingIndex) -> Self {
        Self(ArcSwap::from_pointee(index))
    }

    /// The index as it is now.
    pub fn load(&self) -> Arc<RecordingIndex> {
        self.0.load_full()
    }

    /// Puts `index` in place of the present one.
    pub fn publish(&self, index: RecordingIndex) {
        self.0.store(Arc::new(index));
    }
}

/// Every recording. See the module.
#[derive(Clone, Debug, Default)]
pub struct RecordingIndex {
    by_id: OrdSet<Held<ById>>,
    by_server: OrdSet<Held<ByServer>>,
    newest: OrdSet<Held<Newest>>,
    by_meeting: OrdSet<Held<ByMeeting>>,
}

/// What a recording is sorted by: whose it is or on which server, its meeting, when it began, its id, its server. An order
/// leaves empty what it does not go by.
type Key<'a> = (Option<&'a str>, &'a str, Reverse<u64>, &'a str, &'a str);

trait Place {
    fn key(&self) -> Key<'_>;
}

impl Place for Key<'_> {
    fn key(&self) -> Key<'_> {
        *self
    }
}

trait Order {
    fn key(recording: &Recording) -> Key<'_>;
}

#[derive(Debug)]
struct ById;
#[derive(Debug)]
struct ByServer;
#[derive(Debug)]
struct Newest;
#[derive(Debug)]
struct ByMeeting;

impl Order for ById {
    fn key(recording: &Recording) -> Key<'_> {
        (None, "", Reverse(0), recording.id.as_str(), recording.server.as_str())
    }
}

impl Order for ByServer {
    fn key(recording: &Recording) -> Key<'_> {
        (Some(recording.server.as_str()), "", Reverse(0), recording.id.as_str(), "")
    }
}

impl Order for Newest {
    fn key(recording: &Recording) -> Key<'_> {
        let (_, _, start, id, server) = ByMeeting::key(recording);
        (owner(recording), "", start, id, server)
    }
}

impl Order for ByMeeting {
    fn key(recording: &Recording) -> Key<'_> {
        let start = Reverse(recording.start.as_millis());
        let (id, server) = (recording.id.as_str(), recording.server.as_str());
        (owner(recording), recording.meeting_id.as_str(), start, id, server)
    }
}

fn owner(recording: &Recording) -> Option<&str> {
    recording.integration.as_ref().map(IntegrationName::as_str)
}

/// A recording in one order.
#[derive(Debug)]
struct Held<O>(Arc<Recording>, PhantomData<O>);

impl<O> Held<O> {
    fn new(recording: &Arc<Recording>) -> Self {
        Self(Arc::clone(recording), PhantomData)
    }
}

impl<O> Clone for Held<O> {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl<O: Order> Place for Held<O> {
    fn key(&self) -> Key<'_> {
        O::key(&self.0)
    }
}

impl<'a, O: Order + 'a> Borrow<dyn Place + 'a> for Held<O> {
    fn borrow(&self) -> &(dyn Place + 'a) {
        self
    }
}

macro_rules! sorted_by_key {
    ($type:ty $(, $parameter:ident)?) => {
        impl$(<$parameter: Order>)? Ord for $type {
            fn cmp(&self, other: &Self) -> Ordering {
                self.key().cmp(&other.key())
            }
        }

        impl$(<$parameter: Order>)? PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl$(<$parameter: Order>)? PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == Ordering::Equal
            }
        }

        impl$(<$parameter: Order>)? Eq for $type {}
    };
}

sorted_by_key!(Held<O>, O);
sorted_by_key!(dyn Place + '_);

/// The recordings of an order from `first` on.
fn from<'s, O: Order + 's>(
    set: &'s OrdSet<Held<O>>,
    first: Key<'_>,
) -> impl Iterator<Item = &'s Arc<Recording>> + use<'s, O> {
    let first: &dyn Place = &first;
    set.range::<_, dyn Place + '_>((Bound::Included(first), Bound::Unbounded)).map(|held| &held.0)
}

impl RecordingIndex {
    /// How many there are, copies included.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// See [`RecordingStore::find`](super::RecordingStore::find).
    pub fn find(&self, id: &RecordingId) -> Option<Arc<Recording>> {
        self.copies_of(id).min_by_key(|copy| copy.state).cloned()
    }

    /// See [`RecordingStore::copies`](super::RecordingStore::copies).
    pub fn copies(&self, id: &RecordingId) -> Vec<Arc<Recording>> {
        self.copies_of(id).cloned().collect()
    }

    fn copies_of<'s>(&'s self, id: &RecordingId) -> impl Iterator<Item = &'s Arc<Recording>> {
        self.beginning_with(id.as_str()).take_while(move |recording| recording.id == *id)
    }

    fn beginning_with<'s>(&'s self, id: &str) -> impl Iterator<Item = &'s Arc<Recording>> {
        let all = from(&self.by_id, (None, "", Reverse(0), id, ""));
        all.take_while(move |recording| recording.id.as_str().starts_with(id))
    }

    fn copy(&self, id: &RecordingId, server: &ServerName) -> Option<&Arc<Recording>> {
        let mut from_there = from(&self.by_id, (None, "", Reverse(0), id.as_str(), server.as_str()));
        from_there.next().filter(|recording| recording.id == *id && recording.server == *server)
    }

    /// See [`RecordingStore::recordings_on`](super::RecordingStore::recordings_on).
    pub fn recordings_on(&self, server: &ServerName) -> Vec<Arc<Recording>> {
        let all = from(&self.by_server, (Some(server.as_str()), "", Reverse(0), "", ""));
        all.take_while(|recording| recording.server == *server).cloned().collect()
    }

    /// See [`RecordingStore::owners_of_recordings`](super::RecordingStore::owners_of_recordings).
    pub fn owners(&self) -> Vec<IntegrationName> {
        let mut owners: Vec<IntegrationName> = Vec::new();
        loop {
            let after = owners.last().map(|last| format!("{last}\0"));
            let first = (Some(after.as_deref().unwrap_or_default()), "", Reverse(u64::MAX), "", "");
            let next = from(&self.newest, first).next().and_then(|recording| recording.integration.clone());
            match next {
                Some(owner) if owners.last() != Some(&owner) => owners.push(owner),
                _ => return owners,
            }
        }
    }

    /// See [`RecordingStore::select`](super::RecordingStore::select).
    pub fn select(&self, query: &RecordingQuery) -> Selected {
        match &query.which {
            Which::All => selected(self.of_owner(query), query),
            Which::BeginningWith(ids) => selected(self.with_ids(ids, query).into_iter(), query),
            Which::OfMeetings(meetings) => {
                let wanted: HashSet<&str> = meetings.iter().map(|meeting| meeting.as_str()).collect();
                selected(self.of_meetings(&wanted, query).into_iter(), query)
            }
        }
    }

    /// All that the owner has, newest first.
    fn of_owner<'s>(&'s self, query: &RecordingQuery) -> impl Iterator<Item = &'s Arc<Recording>> {
        let own = query.owner.as_ref().map(IntegrationName::as_str);
        let all = from(&self.newest, (own, "", Reverse(u64::MAX), "", ""));
        all.take_while(move |recording| owner(recording) == own)
    }

    /// Whether the owner has so few that to look at each costs less than `lookups`.
    fn has_few(&self, query: &RecordingQuery, lookups: usize) -> bool {
        let most = lookups.saturating_mul(LOOKUP);
        self.of_owner(query).take(most.saturating_add(1)).count() <= most
    }

    fn with_ids(&self, ids: &[String], query: &RecordingQuery) -> Vec<&Arc<Recording>> {
        let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        ids.sort_unstable();
        // what begins with another one is found with that
        ids.dedup_by(|longer, shorter| longer.starts_with(*shorter));
        let begins = |recording: &&Arc<Recording>| {
            let id = recording.id.as_str();
            let nearest = ids.partition_point(|beginning| *beginning <= id).checked_sub(1);
            nearest.and_then(|place| ids.get(place)).is_some_and(|beginning| id.starts_with(beginning))
        };
        if self.has_few(query, ids.len()) {
            return self.of_owner(query).filter(begins).collect();
        }
        // short beginnings are those of everybody's
        let most = ids.len().saturating_mul(LOOKUP).saturating_add(MOST_OF_OTHERS);
        let found = ids.iter().flat_map(|id| self.beginning_with(id)).take(most.saturating_add(1));
        let found: Vec<_> = found.collect();
        if found.len() > most {
            return self.of_owner(query).filter(begins).collect();
        }
        let own = query.owner.as_ref();
        newest_first(found.into_iter().filter(|recording| recording.integration.as_ref() == own))
    }

    fn of_meetings(&self, wanted: &HashSet<&str>, query: &RecordingQuery) -> Vec<&Arc<Recording>> {
        if self.has_few(query, wanted.len()) {
            let is_wanted = |recording: &&Arc<Recording>| wanted.contains(recording.meeting_id.as_str());
            return self.of_owner(query).filter(is_wanted).collect();
        }
        let own = query.owner.as_ref().map(IntegrationName::as_str);
        let found = wanted.iter().flat_map(|&meeting| {
            let all = from(&self.by_meeting, (own, meeting, Reverse(u64::MAX), "", ""));
            all.take_while(move |recording| owner(recording) == own && recording.meeting_id.as_str() == meeting)
        });
        newest_first(found)
    }

    /// Makes a change, if it is of the recording as it is now.
    pub fn change(&mut self, change: &RecordingChange) -> bool {
        let Some(subject) = change.subject() else { return false };
        let same_place = |one: &Arc<Recording>| one.is_at_place_of(subject);
        if !change.before.iter().chain(&change.after).all(same_place) {
            return false;
        }
        let present = self.copy(&subject.id, &subject.server);
        let as_it_was = match (present, &change.before) {
            (None, None) => true,
            (Some(present), Some(before)) => Arc::ptr_eq(present, before) || present == before,
            _ => false,
        };
        if as_it_was {
            change.before.iter().for_each(|before| self.take(before));
            change.after.iter().for_each(|after| self.put(after));
        }
        as_it_was
    }

    /// Adds a recording that is not there: one that a store kept over a restart.
    pub fn put(&mut self, recording: &Arc<Recording>) {
        self.by_id.insert(Held::new(recording));
        self.by_server.insert(Held::new(recording));
        self.newest.insert(Held::new(recording));
        self.by_meeting.insert(Held::new(recording));
    }

    fn take(&mut self, recording: &Arc<Recording>) {
        self.by_id.remove::<Held<ById>>(&Held::new(recording));
        self.by_server.remove::<Held<ByServer>>(&Held::new(recording));
        self.newest.remove::<Held<Newest>>(&Held::new(recording));
        self.by_meeting.remove::<Held<ByMeeting>>(&Held::new(recording));
    }
}

/// How many recordings are looked at in the time in which one is found by its key.
const LOOKUP: usize = 4;

/// How many recordings of others are looked at for one's own by their ids, before one's own are all looked at instead.
const MOST_OF_OTHERS: usize = 1000;

fn newest_first<'s>(found: impl Iterator<Item = &'s Arc<Recording>>) -> Vec<&'s Arc<Recording>> {
    let mut found: Vec<_> = found.collect();
    found.sort_unstable_by_key(|recording| Newest::key(recording));
    found
}

/// Those of `all` that `query` takes, which come in their order.
fn selected<'s>(all: impl Iterator<Item = &'s Arc<Recording>>, query: &RecordingQuery) -> Selected {
    let page = query.page.map_or(0..usize::MAX, |page| page.offset..page.offset.saturating_add(page.limit));
    let (mut recordings, mut total) = (Vec::new(), 0);
    for recording in without_copies(all).filter(|recording| query.takes(recording)) {
        if page.contains(&total) {
            recordings.push(Arc::clone(recording));
        }
        total += 1;
    }
    Selected { recordings, total }
}

/// One of each recording, in whatever state: the copy that has come furthest. Copies stand beside each other.
fn without_copies<'s>(all: impl Iterator<Item = &'s Arc<Recording>>) -> impl Iterator<Item = &'s Arc<Recording>> {
    let mut all = all.peekable();
    iter::from_fn(move || {
        let mut best = all.next()?;
        while let Some(copy) = all.next_if(|next| next.id == best.id) {
            if copy.state < best.state {
                best = copy;
            }
        }
        Some(best)
    })
}

#[cfg(test)]
mod tests;
