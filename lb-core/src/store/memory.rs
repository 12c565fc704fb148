//! [`InMemoryStore`]: meetings that a restart forgets.

mod accounts;
mod course;
mod events;
mod hooks;
mod network;
mod outbox;
mod policies;
mod recordings;
mod rollups;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use async_trait::async_trait;

use self::events::Kept;
use self::outbox::Deliveries;
use super::{
    ClaimOutcome, Counted, Entry, FleetRecord, FleetStore, Lane, MeetingIndex, MeetingStore, NowHeld, OWNERS_NAMED,
    Outbox, PublishedIndex, PublishedRecordings, Replaces, Settled, StoreError,
};
use crate::account::Accounts;
use crate::callback::{CallbackId, CallbackKind, Delivery, DeliveryId};
use crate::clock::Timestamp;
use crate::course::CourseStep;
use crate::event::Event;
use crate::meeting::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingId, MeetingKey, Stray};
use crate::network::{IntegrationName, LiveNetwork, Network, RouterName};
use crate::server::{AdministratorWord, ServerName};

/// How many events an [`InMemoryStore`] keeps; the oldest go first.
pub const EVENTS_KEPT: usize = 10_000;

/// Keeps everything in memory: for tests, simulations, and programs for which a restart may forget.
#[derive(Debug, Default)]
pub struct InMemoryStore {
    index: PublishedIndex,
    hooks: hooks::Hooks,
    network: LiveNetwork,
    accounts: ArcSwap<Accounts>,
    recordings: PublishedRecordings,
    // Serialises changes; readers never take it.
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    events: Kept,
    fleet: Option<FleetRecord>,
    awaited: BTreeMap<ServerName, AdministratorWord>,
    deliveries: Deliveries,
    ended: hooks::Ended,
    course: BTreeMap<Timestamp, CourseStep>,
    rollups: rollups::Rollups,
    learned: BTreeMap<(RouterName, String), Vec<u8>>,
}

impl InMemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store with `network` and nothing else.
    pub fn of(network: Network) -> Self {
        Self { network: LiveNetwork::new(network), ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        // Nothing under this lock can panic half-way through a change: a poisoned one is still whole.
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(
        &self,
        events: Vec<Event>,
        change: impl FnOnce(&mut MeetingIndex) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut written = self.lock();
        let mut index = MeetingIndex::clone(&self.index.load());
        let result = change(&mut index)?;
        self.index.publish(index);
        written.keep(events);
        Ok(result)
    }

    /// Changes the index and keeps `events`, unless `change` answers that there was nothing to change.
    fn change_if(&self, events: Vec<Event>, change: impl FnOnce(&mut MeetingIndex) -> bool) -> bool {
        let mut written = self.lock();
        let mut index = MeetingIndex::clone(&self.index.load());
        let changed = change(&mut index);
        if changed {
            self.index.publish(index);
            written.keep(events);
        }
        changed
    }
}

impl Written {
    /// What is to be kept beside a meeting that came to be held.
    fn hold(&mut self, held: NowHeld, events: Vec<Event>) -> Arc<Meeting> {
        let NowHeld { meeting, ended, lost } = held;
        self.deliveries.held(&meeting);
        ended.iter().for_each(|ended| self.deliveries.ended(ended));
        for callbacks in lost.iter().filter_map(|lost| lost.callbacks.as_ref()) {
            self.deliveries.never(&callbacks.id, meeting.created_at);
        }
        self.keep(events);
        meeting
    }

    fn keep(&mut self, events: Vec<Event>) {
        self.events.extend(events);
    }
}

#[async_trait]
impl MeetingStore for InMemoryStore {
    async fn find(&self, key: &MeetingKey) -> Result<Option<Entry>, StoreError> {
        Ok(self.index.load().find(key))
    }

    async fn owners(&self, meeting_id: &MeetingId) -> Result<Vec<IntegrationName>, StoreError> {
        Ok(self.index.load().owners(meeting_id).take(OWNERS_NAMED).cloned().collect())
    }

    async fn occupied(&self, key: &MeetingKey) -> Result<Vec<ServerName>, StoreError> {
        Ok(self.index.load().occupied(key))
    }

    async fn meetings_of(&self, integration: &IntegrationName) -> Result<Vec<Arc<Meeting>>, StoreError> {
        Ok(self.index.load().meetings_of(integration))
    }

    async fn meetings_on(&self, server: &ServerName) -> Result<Vec<Arc<Meeting>>, StoreError> {
        Ok(self.index.load().meetings_on(server))
    }

    async fn meetings_after(&self, after: Option<&MeetingKey>, limit: usize) -> Result<Vec<Arc<Meeting>>, StoreError> {
        Ok(self.index.load().meetings_after(after, limit))
    }

    async fn voice_bridge_taken(
        &self,
        voice_bridge: u32,
        server: Option<&ServerName>,
        except: &MeetingKey,
    ) -> Result<bool, StoreError> {
        Ok(self.index.load().voice_bridge_taken(voice_bridge, server, except))
    }

    async fn strays(&self) -> Result<Vec<Stray>, StoreError> {
        Ok(self.index.load().strays())
    }

    async fn claims(&self) -> Result<Vec<Arc<Claim>>, StoreError> {
        Ok(self.index.load().claims())
    }

    async fn claim_counted(&self, claim: Claim, counted: Counted) -> Result<ClaimOutcome, StoreError> {
        self.change(Vec::new(), |index| Ok(index.claim_counted(claim, counted)))
    }

    async fn confirm(
        &self,
        token: &ClaimToken,
        meeting: Meeting,
        events: Vec<Event>,
    ) -> Result<Arc<Meeting>, StoreError> {
        let mut written = self.lock();
        let mut index = MeetingIndex::clone(&self.index.load());
        let held = index.confirm(token, meeting)?;
        self.index.publish(index);
        Ok(written.hold(held, events))
    }

    async fn release(&self, token: &ClaimToken) -> Result<(), StoreError> {
        self.change(Vec::new(), |index| {
            index.release(token);
            Ok(())
        })
    }

    async fn settled(&self, token: &ClaimToken) {
        self.index.settled(token).await;
    }

    async fn adopt(
        &self,
        meeting: Meeting,
        replaces: Replaces,
        events: Vec<Event>,
    ) -> Result<Arc<Meeting>, StoreError> {
        let mut written = self.lock();
        let mut index = MeetingIndex::clone(&self.index.load());
        let held = index.adopt(meeting, &replaces)?;
        self.index.publish(index);
        Ok(written.hold(held, events))
    }

    async fn forget(
        &self,
        key: &MeetingKey,
        internal_id: &InternalMeetingId,
        events: Vec<Event>,
    ) -> Result<bool, StoreError> {
        let mut written = self.lock();
        let mut index = MeetingIndex::clone(&self.index.load());
        let Some(ended) = index.forget(key, internal_id) else { return Ok(false) };
        self.index.publish(index);
        written.deliveries.ended(&ended);
        written.keep(events);
        Ok(true)
    }

    async fn note_stray(&self, stray: Stray, events: Vec<Event>) -> Result<bool, StoreError> {
        Ok(self.change_if(events, |index| index.note_stray(stray)))
    }

    async fn clear_stray(&self, key: &MeetingKey, server: &ServerName, events: Vec<Event>) -> Result<(), StoreError> {
        self.change(events, |index| {
            index.clear_stray(key, server);
            Ok(())
        })
    }

    async fn record(&self, events: Vec<Event>) -> Result<(), StoreError> {
        self.lock().keep(events);
        Ok(())
    }

    async fn latest_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        Ok(self.lock().events.latest(limit))
    }

    async fn owners_of(
        &self,
        incarnations: Vec<InternalMeetingId>,
        server: &ServerName,
    ) -> Result<Vec<Option<IntegrationName>>, StoreError> {
        Ok(recordings::owners_of(&self.lock().events, &incarnations, server))
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Outbox for InMemoryStore {
    async fn enqueue(&self, deliveries: Vec<Delivery>) -> Result<usize, StoreError> {
        Ok(self.lock().deliveries.enqueue(deliveries))
    }

    fn enqueue_soon(&self, deliveries: Vec<Delivery>) {
        self.lock().deliveries.enqueue(deliveries);
    }

    async fn never(&self, callback: &CallbackId, at: Timestamp) -> Result<(), StoreError> {
        self.lock().deliveries.never(callback, at);
        Ok(())
    }

    async fn knows(&self, callback: &CallbackId) -> Result<bool, StoreError> {
        Ok(self.lock().deliveries.knows(callback))
    }

    async fn waiting(&self, integration: &IntegrationName) -> Result<usize, StoreError> {
        Ok(self.lock().deliveries.waiting(integration))
    }

    async fn due(
        &self,
        now: Timestamp,
        limit: usize,
        for_one: usize,
        busy: &HashSet<Lane>,
    ) -> Result<Vec<Delivery>, StoreError> {
        Ok(self.lock().deliveries.due(now, limit, for_one, busy))
    }

    async fn due_in(&self, lane: &Lane, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        Ok(self.lock().deliveries.due_in(lane, now, limit))
    }

    async fn retry(&self, id: &DeliveryId, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError> {
        let mut written = self.lock();
        if written.deliveries.retry(id, at) {
            written.keep(events);
        }
        Ok(())
    }

    async fn settle(&self, id: &DeliveryId, _: Settled, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError> {
        let mut written = self.lock();
        if written.deliveries.settle(id, at) {
            written.keep(events);
        }
        Ok(())
    }

    async fn forget_settled(&self, kind: CallbackKind, before: Timestamp, at_most: usize) -> Result<usize, StoreError> {
        Ok(self.lock().deliveries.forget_settled(kind, before, at_most))
    }
}

#[async_trait]
impl FleetStore for InMemoryStore {
    async fn save_fleet(&self, record: FleetRecord) -> Result<(), StoreError> {
        self.lock().fleet = Some(record);
        Ok(())
    }

    async fn load_fleet(&self) -> Result<Option<FleetRecord>, StoreError> {
        Ok(self.lock().fleet.clone())
    }

    async fn save_awaited_words(&self, words: BTreeMap<ServerName, AdministratorWord>) -> Result<(), StoreError> {
        self.lock().awaited = words;
        Ok(())
    }

    async fn load_awaited_words(&self) -> Result<BTreeMap<ServerName, AdministratorWord>, StoreError> {
        Ok(self.lock().awaited.clone())
    }
}

#[cfg(all(test, feature = "testkit"))]
mod tests {
    use super::*;

    crate::store_contract!(async || Box::new(InMemoryStore::new()));
    crate::fleet_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::course_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::hook_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::network_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::account_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::recording_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::event_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::rollup_store_contract!(async || Box::new(InMemoryStore::new()));
    crate::policy_store_contract!(async || Box::new(InMemoryStore::new()));
}
