//! [`MeetingIndex`]: every claim, meeting and stray as one persistent value.
//!
//! A change answers a new index that shares nearly everything with the old one, so a store can keep the index behind one
//! atomic pointer: readers never lock and never see half a change. The rules of the store's protocol live here, once, for
//! every store that keeps its meetings in memory.

use std::ops::Bound;
use std::sync::Arc;

use arc_swap::ArcSwap;
use event_listener::{Event as Bell, listener};
use imbl::{HashMap, HashSet, OrdMap};

use super::{ClaimOutcome, Counted, Replaces, StoreError};
use crate::meeting::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingId, MeetingKey, Stray};
use crate::network::IntegrationName;
use crate::server::ServerName;

/// The index that readers see: one atomic pointer to one immutable value.
///
/// A store serialises its own changes: it [`load`](Self::load)s, changes a clone, makes the change durable, and
/// [`publish`](Self::publish)es the clone.
#[derive(Debug, Default)]
pub struct PublishedIndex(ArcSwap<MeetingIndex>);

impl PublishedIndex {
    /// Publishes `index` from the start.
    pub fn new(index: MeetingIndex) -> Self {
        Self(ArcSwap::from_pointee(index))
    }

    /// The index as it is now.
    pub fn load(&self) -> Arc<MeetingIndex> {
        self.0.load_full()
    }

    /// Puts `index` in place of the present one and wakes whoever waits for a claim that it settles.
    pub fn publish(&self, mut index: MeetingIndex) {
        let settled = std::mem::take(&mut index.settled);
        self.0.store(Arc::new(index));
        for bell in settled {
            bell.notify(usize::MAX);
        }
    }

    /// See [`MeetingStore::settled`](super::MeetingStore::settled).
    pub async fn settled(&self, token: &ClaimToken) {
        let Some(bell) = self.load().bell(token) else { return };
        // Another bell under the same token is that of a later claim: the one waited for is settled.
        while self.load().bell(token).is_some_and(|present| Arc::ptr_eq(&present, &bell)) {
            listener!(bell => rung);
            if self.load().bell(token).is_some_and(|present| Arc::ptr_eq(&present, &bell)) {
                rung.await;
            }
        }
    }
}

/// What is known under a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A create is under way.
    Claimed(Arc<Claim>),
    /// The meeting is there.
    Held(Arc<Meeting>),
}

impl Entry {
    /// The server that it is about.
    pub fn server(&self) -> &ServerName {
        match self {
            Self::Claimed(claim) => &claim.server,
            Self::Held(meeting) => &meeting.server,
        }
    }

    /// The meeting, if it is one.
    pub fn into_held(self) -> Option<Arc<Meeting>> {
        match self {
            Self::Held(meeting) => Some(meeting),
            Self::Claimed(_) => None,
        }
    }

    fn voice_bridge(&self) -> Option<u32> {
        match self {
            Self::Claimed(claim) => Some(claim.voice_bridge),
            Self::Held(meeting) => meeting.voice_bridge,
        }
    }
}

/// Values of which there is nearly always one: a persistent set would take a kilobyte for it.
type Few<V> = Vec<V>;

/// A meeting that came to be held, and what became of the one before it.
#[derive(Clone, Debug, PartialEq)]
pub struct NowHeld {
    /// The meeting.
    pub meeting: Arc<Meeting>,
    /// The incarnation that has ended with that, if one has: its callbacks are due.
    pub ended: Option<Arc<Meeting>>,
    /// The incarnation that it took the place of because its server is down: the room goes on, so its website is
    /// [never](super::Outbox::never) told of that one's end.
    pub lost: Option<Arc<Meeting>>,
}

/// Every claim, meeting and stray. See the module.
#[derive(Clone, Debug, Default)]
pub struct MeetingIndex {
    // The one that holds the entries; the others point into it.
    entries: OrdMap<MeetingKey, Entry>,
    by_meeting_id: HashMap<MeetingId, Few<IntegrationName>>,
    // Two integrations may get the same one: it is made of the meetingID and the millisecond alone.
    by_internal_id: OrdMap<InternalMeetingId, Few<MeetingKey>>,
    by_server: HashMap<ServerName, HashSet<MeetingKey>>,
    // One for each server at most, or for the fleet.
    by_voice_bridge: HashMap<u32, Few<MeetingKey>>,
    // A claim and the bell that rings when it is settled.
    claims: HashMap<ClaimToken, (MeetingKey, Arc<Bell>)>,
    // Claims and meetings of each integration that has any.
    counts: HashMap<IntegrationName, u32>,
    strays: HashMap<MeetingId, Few<Stray>>,
    // Bells of claims that this value settled, to be rung once it is the published one.
    settled: Vec<Arc<Bell>>,
}

impl MeetingIndex {
    /// The index of what a store kept over a restart. Nothing is decided again: it was when it was kept.
    pub fn restored(
        claims: impl IntoIterator<Item = Claim>,
        meetings: impl IntoIterator<Item = Meeting>,
        strays: impl IntoIterator<Item = Stray>,
    ) -> Self {
        let mut index = Self::default();
        meetings.into_iter().for_each(|meeting| drop(index.hold(meeting)));
        claims.into_iter().for_each(|claim| index.put_claim(claim));
        for stray in strays {
            index.note_stray(stray);
        }
        index
    }

    /// How many meetings are held.
    pub fn meeting_count(&self) -> usize {
        self.entries.len() - self.claims.len()
    }

    /// What is known under `key`, whose id may also be an internal one.
    pub fn find(&self, key: &MeetingKey) -> Option<Entry> {
        if let Some(entry) = self.entries.get(key) {
            return Some(entry.clone());
        }
        let by_internal = self.by_internal_id.get(key.meeting_id.as_str())?;
        let own = by_internal.iter().find(|meeting| meeting.integration == key.integration)?;
        self.entries.get(own).cloned()
    }

    /// The integrations that have an entry under `meeting_id`.
    pub fn owners(&self, meeting_id: &MeetingId) -> impl Iterator<Item = &IntegrationName> {
        self.by_meeting_id.get(meeting_id).into_iter().flatten()
    }

    /// See [`MeetingStore::occupied`](super::MeetingStore::occupied).
    pub fn occupied(&self, key: &MeetingKey) -> Vec<ServerName> {
        let others = self.owners(&key.meeting_id).filter(|owner| **owner != key.integration);
        let entry = |owner: &IntegrationName| self.entries.get(&MeetingKey::new(owner.clone(), key.meeting_id.clone()));
        let same_id = others.filter_map(entry);
        // BBB finds a meeting by the beginning of its internal id too
        let id = key.meeting_id.as_str();
        let from_id = self.by_internal_id.range::<_, str>((Bound::Included(id), Bound::Unbounded));
        let alike =
            from_id.take_while(|(internal_id, _)| internal_id.as_str().starts_with(id)).flat_map(|(_, keys)| keys);
        let same_beginning =
            alike.filter(|other| other.integration != key.integration).filter_map(|other| self.entries.get(other));
        let held = same_id.chain(same_beginning).map(|entry| entry.server().clone());
        let strays = self.strays.get(&key.meeting_id).into_iter().flatten();
        held.chain(strays.map(|stray| stray.server.clone())).collect()
    }

    /// All meetings of an integration, by meetingID.
    pub fn meetings_of(&self, integration: &IntegrationName) -> Vec<Arc<Meeting>> {
        let first = MeetingKey::new(integration.clone(), "");
        let own = self.entries.range(first..).take_while(|(key, _)| key.integration == *integration);
        own.filter_map(|(_, entry)| held(entry)).cloned().collect()
    }

    /// All meetings held on a server.
    pub fn meetings_on(&self, server: &ServerName) -> Vec<Arc<Meeting>> {
        let keys = self.by_server.get(server).into_iter().flatten();
        keys.filter_map(|key| self.entries.get(key)).filter_map(held).cloned().collect()
    }

    /// See [`MeetingStore::meetings_after`](super::MeetingStore::meetings_after). It costs what is answered.
    pub fn meetings_after(&self, after: Option<&MeetingKey>, limit: usize) -> Vec<Arc<Meeting>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entries = self.entries.range::<_, MeetingKey>((from, Bound::Unbounded));
        entries.filter_map(|(_, entry)| held(entry)).take(limit).cloned().collect()
    }

    /// See [`MeetingStore::voice_bridge_taken`](super::MeetingStore::voice_bridge_taken).
    pub fn voice_bridge_taken(&self, number: u32, server: Option<&ServerName>, except: &MeetingKey) -> bool {
        let keys = self.by_voice_bridge.get(&number).into_iter().flatten().filter(|key| *key != except);
        let mut entries = keys.filter_map(|key| self.entries.get(key));
        entries.any(|entry| server.is_none_or(|server| entry.server() == server))
    }

    /// Every stray.
    pub fn strays(&self) -> Vec<Stray> {
        self.strays.values().flatten().cloned().collect()
    }

    /// Every claim.
    pub fn claims(&self) -> Vec<Arc<Claim>> {
        let entry = |(key, _): &(MeetingKey, _)| self.entries.get(key).cloned();
        let claim = |entry| if let Entry::Claimed(claim) = entry { Some(claim) } else { None };
        self.claims.values().filter_map(entry).filter_map(claim).collect()
    }

    /// The claim under `token`.
    pub fn claim_under(&self, token: &ClaimToken) -> Option<Arc<Claim>> {
        match self.entries.get(&self.claims.get(token)?.0) {
            Some(Entry::Claimed(claim)) => Some(Arc::clone(claim)),
            _ => None,
        }
    }

    /// Rings when the claim under `token` is settled; `None` if it is settled already.
    fn bell(&self, token: &ClaimToken) -> Option<Arc<Bell>> {
        self.claims.get(token).map(|(_, bell)| Arc::clone(bell))
    }

    /// How many claims and meetings an integration has.
    pub fn count_of(&self, integration: &IntegrationName) -> u32 {
        self.counts.get(integration).copied().unwrap_or(0)
    }

    /// [`claim_counted`](Self::claim_counted) where no limit holds.
    pub fn claim(&mut self, claim: Claim) -> ClaimOutcome {
        self.claim_counted(claim, Counted::Always)
    }

    /// Decides a claim. With [`ClaimOutcome::Claimed`] it is in the index from now on. A token holds one claim: if it held
    /// another key, that one is let go.
    pub fn claim_counted(&mut self, claim: Claim, counted: Counted) -> ClaimOutcome {
        match self.entries.get(&claim.key) {
            Some(Entry::Held(meeting)) => {
                let superseded = claim.supersedes.as_ref().map(|lost| &lost.internal_id);
                if superseded != Some(&meeting.internal_id) {
                    return ClaimOutcome::Held(Arc::clone(meeting));
                }
            }
            Some(Entry::Claimed(other)) if other.token != claim.token => {
                return ClaimOutcome::Pending(Arc::clone(other));
            }
            // a claim that only moves
            Some(Entry::Claimed(_)) => {}
            None => {
                if let Counted::Below(limit) = counted
                    && self.count_of(&claim.key.integration) >= limit
                {
                    return ClaimOutcome::LimitReached;
                }
            }
        }
        if self.occupied(&claim.key).contains(&claim.server) {
            return ClaimOutcome::Occupied;
        }
        self.put_claim(claim);
        ClaimOutcome::Claimed
    }

    /// Makes the claim under `token` a meeting. If it supersedes another, the copy of that one is a stray from now on.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if the token holds no claim, or one for another key.
    pub fn confirm(&mut self, token: &ClaimToken, meeting: Meeting) -> Result<NowHeld, StoreError> {
        if self.claims.get(token).is_none_or(|(key, _)| *key != meeting.key) {
            return Err(StoreError::Fenced);
        }
        Ok(self.hold(meeting))
    }

    /// Gives the claim under `token` up; the meeting that it was to supersede is held again. Answers its key if there was one.
    pub fn release(&mut self, token: &ClaimToken) -> Option<MeetingKey> {
        let key = self.claims.get(token)?.0.clone();
        if let Some(Entry::Claimed(claim)) = self.take(&key)
            && let Some(lost) = &claim.supersedes
        {
            self.put(key.clone(), Entry::Held(Arc::clone(lost)));
        }
        Some(key)
    }

    /// Holds a meeting that was found.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if something else than `replaces` is known under its key.
    pub fn adopt(&mut self, meeting: Meeting, replaces: &Replaces) -> Result<NowHeld, StoreError> {
        let before = self.entries.get(&meeting.key);
        let as_known = match (before, replaces) {
            (None, Replaces::Nothing) => true,
            (Some(Entry::Claimed(claim)), Replaces::Claim(token)) => claim.token == *token,
            (Some(Entry::Held(held)), Replaces::Incarnation(internal_id)) => held.internal_id == *internal_id,
            _ => false,
        };
        if !as_known {
            return Err(StoreError::Fenced);
        }
        let ended = before.and_then(held).filter(|before| before.internal_id != meeting.internal_id).cloned();
        Ok(NowHeld { ended, ..self.hold(meeting) })
    }

    /// Forgets one incarnation. Answers it if it was held: its callbacks are due.
    pub fn forget(&mut self, key: &MeetingKey, internal_id: &InternalMeetingId) -> Option<Arc<Meeting>> {
        let meeting = self.entries.get(key).and_then(held).filter(|meeting| meeting.internal_id == *internal_id);
        let meeting = meeting.cloned()?;
        self.take(key);
        Some(meeting)
    }

    /// Notes a stray. Answers whether it was noted: not where the meeting itself is held on that server.
    pub fn note_stray(&mut self, stray: Stray) -> bool {
        let held_there = self.entries.get(&stray.key).and_then(held).is_some_and(|held| held.server == stray.server);
        if !held_there {
            self.clear_stray(&stray.key, &stray.server);
            add_to(&mut self.strays, stray.key.meeting_id.clone(), stray);
        }
        !held_there
    }

    /// Takes a stray off the list.
    pub fn clear_stray(&mut self, key: &MeetingKey, server: &ServerName) {
        let Some(strays) = self.strays.get_mut(&key.meeting_id) else { return };
        strays.retain(|stray| stray.key != *key || stray.server != *server);
        if strays.is_empty() {
            self.strays.remove(&key.meeting_id);
        }
    }

    /// Every stray of a key.
    pub fn strays_of(&self, key: &MeetingKey) -> Vec<Stray> {
        self.strays.get(&key.meeting_id).into_iter().flatten().filter(|stray| stray.key == *key).cloned().collect()
    }

    fn hold(&mut self, meeting: Meeting) -> NowHeld {
        let lost = match self.entries.get(&meeting.key) {
            Some(Entry::Claimed(claim)) => claim.supersedes.clone(),
            _ => None,
        };
        let meeting = Arc::new(match &lost {
            Some(lost) => meeting.superseding(lost),
            None => meeting,
        });
        self.put(meeting.key.clone(), Entry::Held(Arc::clone(&meeting)));
        if let Some(lost) = &lost {
            let superseded = Some(lost.internal_id.clone());
            let (key, server) = (meeting.key.clone(), lost.server.clone());
            self.note_stray(Stray { key, server, since: meeting.created_at, superseded });
        }
        self.clear_stray(&meeting.key, &meeting.server);
        NowHeld { meeting, ended: None, lost }
    }

    fn put_claim(&mut self, claim: Claim) {
        // A claim that only moves takes its bell along: whoever waits for it goes on waiting.
        let kept = match self.claims.get(&claim.token) {
            Some((key, _)) if *key == claim.key => self.claims.remove(&claim.token),
            _ => None,
        };
        self.release(&claim.token);
        let (token, key) = (claim.token.clone(), claim.key.clone());
        self.put(key.clone(), Entry::Claimed(Arc::new(claim)));
        self.claims.insert(token, kept.unwrap_or_else(|| (key, Arc::default())));
    }

    fn put(&mut self, key: MeetingKey, entry: Entry) {
        self.take(&key);
        *self.counts.entry(key.integration.clone()).or_default() += 1;
        add_to(&mut self.by_meeting_id, key.meeting_id.clone(), key.integration.clone());
        self.by_server.entry(entry.server().clone()).or_default().insert(key.clone());
        if let Some(number) = entry.voice_bridge() {
            add_to(&mut self.by_voice_bridge, number, key.clone());
        }
        if let Entry::Held(meeting) = &entry {
            let keys = self.by_internal_id.entry(meeting.internal_id.clone()).or_default();
            keys.retain(|known| *known != key);
            keys.push(key.clone());
        }
        self.entries.insert(key, entry);
    }

    fn count_down(&mut self, integration: &IntegrationName) {
        match self.counts.get_mut(integration) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.counts.remove(integration)),
        }
    }

    /// Takes the entry under `key` out of every map.
    fn take(&mut self, key: &MeetingKey) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        remove_from(&mut self.by_meeting_id, &key.meeting_id, &key.integration);
        self.count_down(&key.integration);
        if let Some(keys) = self.by_server.get_mut(entry.server()) {
            keys.remove(key);
            if keys.is_empty() {
                self.by_server.remove(entry.server());
            }
        }
        if let Some(number) = entry.voice_bridge() {
            remove_from(&mut self.by_voice_bridge, &number, key);
        }
        match &entry {
            Entry::Held(meeting) => {
                if let Some(keys) = self.by_internal_id.get_mut(&meeting.internal_id) {
                    keys.retain(|known| known != key);
                    if keys.is_empty() {
                        self.by_internal_id.remove(&meeting.internal_id);
                    }
                }
            }
            Entry::Claimed(claim) => {
                let bell = self.claims.remove(&claim.token).map(|(_, bell)| bell);
                self.settled.extend(bell);
            }
        }
        Some(entry)
    }
}

fn held(entry: &Entry) -> Option<&Arc<Meeting>> {
    match entry {
        Entry::Held(meeting) => Some(meeting),
        Entry::Claimed(_) => None,
    }
}

fn add_to<K, V>(map: &mut HashMap<K, Few<V>>, key: K, value: V)
where
    K: Clone + Eq + std::hash::Hash,
    V: Clone + Eq,
{
    match map.get_mut(&key) {
        Some(few) if few.contains(&value) => {}
        Some(few) => few.push(value),
        None => {
            map.insert(key, vec![value]);
        }
    }
}

fn remove_from<K, V>(map: &mut HashMap<K, Few<V>>, key: &K, value: &V)
where
    K: Clone + Eq + std::hash::Hash,
    V: Clone + Eq,
{
    if let Some(few) = map.get_mut(key) {
        few.retain(|known| known != value);
        if few.is_empty() {
            map.remove(key);
        }
    }
}

#[cfg(test)]
mod tests;
