//! [`SqliteStore`]: one balancer's meetings in one SQLite file, answered from memory.
//!
//! Reads look at the published index and take no lock. Changes go to the writer, one thread that owns the database:
//! it makes one transaction of all the jobs that wait, publishes the index, and only then answers. The database is in WAL
//! mode with `synchronous=FULL`: what was answered survives a crash of the machine. Other programs may read the file while
//! it is in use; its tables are described in `schema/`.

mod accounts;
mod backup;
mod buffer;
mod copy;
mod course;
mod event_age;
mod event_course;
mod event_person;
mod event_query;
mod event_reader;
mod events;
mod file;
mod fleet;
mod hooks;
mod job;
mod later;
mod network;
mod outbox;
mod parameters;
mod policies;
mod probe;
mod recordings;
mod restore;
mod rollups;
mod schema;
mod seal;
mod sealed_rows;
mod tables;
mod writer;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use lb_core::callback::{CallbackId, CallbackKind, Delivery, DeliveryId};
use lb_core::course::CourseStep;
use lb_core::event::Event;
use lb_core::network::{EntityName, LiveNetwork, Network, NetworkChange, Revision, RouterName};
use lb_core::server::AdministratorWord;
use lb_core::store::{
    ClaimOutcome, Counted, CourseStore, Entry, Erased, EventCursor, EventFilter, EventPage, EventStore, FleetRecord,
    FleetStore, Lane, MeetingHistory, MeetingQuery, MeetingStore, NetworkStore, NowHeld, OWNERS_NAMED, Outbox,
    PersonQuery, PolicyStore, PseudonymKey, PublishedIndex, PublishedRecordings, Replaces, RollupChange, RollupMarks,
    RollupPage, RollupPart, RollupStore, Settled, StoreError, rollup_days,
};
use lb_core::{
    Claim, ClaimToken, IntegrationName, InternalMeetingId, Meeting, MeetingId, MeetingKey, ServerName, Stray, Timestamp,
};

pub use self::backup::backup;
pub use self::copy::{BackupError, Contents, Progress};
pub use self::restore::{Restored, restore};

use self::event_reader::EventReader;
use self::file::OwnFile;
use self::writer::{Shared, Writer};
use super::key_file::KeyRing;
use super::{OpenError, WhenUnavailable};

/// Keeps meetings, events and the fleet in one SQLite file.
///
/// Its futures need a tokio runtime, of whatever kind. A change waits for its place among at most 1024 that wait to be
/// written; the caller's deadline bounds that wait. Dropping the store writes what waits, for two seconds at most.
#[derive(Debug)]
pub struct SqliteStore {
    // closed before the writer, which tidies up as the last one that has the database open
    reader: EventReader,
    writer: Writer,
    shared: Arc<Shared>,
}

impl SqliteStore {
    /// Opens the database at `path`, creates it if it is not there, and brings it to the present schema. The file, which
    /// holds passwords and secrets, is made readable by its owner only.
    ///
    /// It reads every claim, meeting and stray: call it before serving.
    ///
    /// # Errors
    /// [`OpenError`], a sentence that says what to do. What the file holds is then as it was.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, WhenUnavailable::Refuse)
    }

    /// The same, and says what becomes of changes while the database cannot be written to.
    ///
    /// # Errors
    /// [`OpenError`], a sentence that says what to do. What the file holds is then as it was.
    pub fn open_with(path: &Path, when_unavailable: WhenUnavailable) -> Result<Self, OpenError> {
        Self::open_sealed(path, when_unavailable, None)
    }

    /// The same, with secrets sealed by the first of `keys`. Those that are plain or under another key are sealed anew before
    /// this returns; afterwards nothing of the plain ones is left in the file. Without keys a database with sealed
    /// secrets is refused.
    ///
    /// # Errors
    /// [`OpenError`], a sentence that says what to do. What the file holds is then as it was.
    pub fn open_sealed(path: &Path, when: WhenUnavailable, keys: Option<Arc<KeyRing>>) -> Result<Self, OpenError> {
        Self::open_migrated(path, schema::MIGRATIONS, when, keys)
    }

    fn open_migrated(
        path: &Path,
        migrations: &[&str],
        when: WhenUnavailable,
        keys: Option<Arc<KeyRing>>,
    ) -> Result<Self, OpenError> {
        let mut file = OwnFile::lock(path)?;
        let mut connection = schema::open(&file, migrations)?;
        sealed_rows::prepare(&mut connection, file.path(), keys.as_deref())?;
        seal::install(&connection, keys).map_err(|error| schema::open_error(file.path(), &error))?;
        let index = tables::load_index(&connection).map_err(|error| schema::open_error(file.path(), &error))?;
        let network = network::load(&connection).map_err(|error| schema::open_error(file.path(), &error))?;
        let accounts = accounts::load(&connection).map_err(|error| schema::open_error(file.path(), &error))?;
        let accounts = ArcSwap::from_pointee(accounts);
        let hooks = hooks::load(&connection).map_err(|error| schema::open_error(file.path(), &error))?;
        let (index, network) = (PublishedIndex::new(index), LiveNetwork::new(network));
        let recordings = recordings::load(&connection).map_err(|error| schema::open_error(file.path(), &error))?;
        let recordings = PublishedRecordings::new(recordings);
        let outbox = outbox::load(&connection).map_err(|error| schema::open_error(file.path(), &error))?;
        let outbox = ArcSwap::from_pointee(outbox);
        let hooks = ArcSwap::from_pointee(hooks);
        let shared = Arc::new(Shared { index, network, accounts, hooks, outbox, recordings, ..Shared::default() });
        file.remember();
        let reader = EventReader::new(file.path());
        let writer = Writer::start(connection, file, when, Arc::clone(&shared))
            .map_err(|error| OpenError::File { path: path.to_owned(), problem: error.to_string() })?;
        Ok(Self { reader, writer, shared })
    }

    /// Writes what waits and closes the database. Later changes are refused; reads go on from memory.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the wait; the store closes all the same. A second call does not wait.
    pub async fn close(&self) {
        self.reader.close();
        self.writer.close().await;
    }

    /// How many transactions were committed since the store was opened: fewer than changes when many come at once.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    /// How many recorded events were dropped since the store was opened, because 10 000 were waiting already or the
    /// database could not be written to until the end.
    pub fn dropped_events(&self) -> u64 {
        self.shared.events.dropped()
    }
}

#[async_trait]
impl MeetingStore for SqliteStore {
    async fn find(&self, key: &MeetingKey) -> Result<Option<Entry>, StoreError> {
        Ok(self.shared.index.load().find(key))
    }

    async fn owners(&self, meeting_id: &MeetingId) -> Result<Vec<IntegrationName>, StoreError> {
        Ok(self.shared.index.load().owners(meeting_id).take(OWNERS_NAMED).cloned().collect())
    }

    async fn occupied(&self, key: &MeetingKey) -> Result<Vec<ServerName>, StoreError> {
        Ok(self.shared.index.load().occupied(key))
    }

    async fn meetings_of(&self, integration: &IntegrationName) -> Result<Vec<Arc<Meeting>>, StoreError> {
        Ok(self.shared.index.load().meetings_of(integration))
    }

    async fn meetings_on(&self, server: &ServerName) -> Result<Vec<Arc<Meeting>>, StoreError> {
        Ok(self.shared.index.load().meetings_on(server))
    }

    async fn meetings_after(&self, after: Option<&MeetingKey>, limit: usize) -> Result<Vec<Arc<Meeting>>, StoreError> {
        Ok(self.shared.index.load().meetings_after(after, limit))
    }

    async fn voice_bridge_taken(
        &self,
        voice_bridge: u32,
        server: Option<&ServerName>,
        except: &MeetingKey,
    ) -> Result<bool, StoreError> {
        Ok(self.shared.index.load().voice_bridge_taken(voice_bridge, server, except))
    }

    async fn strays(&self) -> Result<Vec<Stray>, StoreError> {
        Ok(self.shared.index.load().strays())
    }

    async fn claims(&self) -> Result<Vec<Arc<Claim>>, StoreError> {
        Ok(self.shared.index.load().claims())
    }

    async fn claim_counted(&self, claim: Claim, counted: Counted) -> Result<ClaimOutcome, StoreError> {
        let job = move |work: &mut job::Work<'_>| {
            let outcome = work.index.claim_counted(claim.clone(), counted);
            if outcome == ClaimOutcome::Claimed {
                work.let_create_in()?;
                work.write(&claim, tables::put_claim)?;
            }
            Ok(outcome)
        };
        self.writer.run(job).await
    }

    async fn confirm(
        &self,
        token: &ClaimToken,
        meeting: Meeting,
        events: Vec<Event>,
    ) -> Result<Arc<Meeting>, StoreError> {
        let token = token.clone();
        let job = move |work: &mut job::Work<'_>| {
            let held = work.index.confirm(&token, meeting.clone())?;
            put_held(work, &held)?;
            work.write(&events[..], events::add)?;
            Ok(held.meeting)
        };
        self.writer.run(job).await
    }

    async fn release(&self, token: &ClaimToken) -> Result<(), StoreError> {
        let token = token.clone();
        let job = move |work: &mut job::Work<'_>| {
            if work.index.release(&token).is_some() {
                work.write(&token, tables::delete_claim)?;
            }
            Ok(())
        };
        self.writer.run(job).await
    }

    async fn settled(&self, token: &ClaimToken) {
        self.shared.index.settled(token).await;
    }

    async fn adopt(
        &self,
        meeting: Meeting,
        replaces: Replaces,
        events: Vec<Event>,
    ) -> Result<Arc<Meeting>, StoreError> {
        let job = move |work: &mut job::Work<'_>| {
            let held = work.index.adopt(meeting.clone(), &replaces)?;
            put_held(work, &held)?;
            work.write(&events[..], events::add)?;
            Ok(held.meeting)
        };
        self.writer.run(job).await
    }

    async fn forget(
        &self,
        key: &MeetingKey,
        internal_id: &InternalMeetingId,
        events: Vec<Event>,
    ) -> Result<bool, StoreError> {
        let (key, internal_id) = (key.clone(), internal_id.clone());
        let job = move |work: &mut job::Work<'_>| {
            let ended = work.index.forget(&key, &internal_id);
            if let Some(ended) = &ended {
                work.write(&key, tables::delete_meeting)?;
                outbox::ended(work, ended)?;
                work.write(&events[..], events::add)?;
            }
            Ok(ended.is_some())
        };
        self.writer.run(job).await
    }

    async fn note_stray(&self, stray: Stray, events: Vec<Event>) -> Result<bool, StoreError> {
        let job = move |work: &mut job::Work<'_>| {
            let noted = work.index.note_stray(stray.clone());
            if noted {
                work.write(&stray, tables::put_stray)?;
                work.write(&events[..], events::add)?;
            }
            Ok(noted)
        };
        self.writer.run(job).await
    }

    async fn clear_stray(&self, key: &MeetingKey, server: &ServerName, events: Vec<Event>) -> Result<(), StoreError> {
        let stray = (key.clone(), server.clone());
        let job = move |work: &mut job::Work<'_>| {
            work.index.clear_stray(&stray.0, &stray.1);
            work.write(&stray, |database, (key, server)| tables::delete_stray(database, key, server))?;
            work.write(&events[..], events::add)?;
            Ok(())
        };
        self.writer.run(job).await
    }

    async fn record(&self, events: Vec<Event>) -> Result<(), StoreError> {
        self.writer.check_open()?;
        self.shared.events.push(events);
        Ok(())
    }

    async fn latest_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        // recorded events are written before the jobs of their batch, so this one finds them
        self.writer.run(move |work| Ok(events::latest(work.database(), limit)?)).await
    }

    async fn owners_of(
        &self,
        incarnations: Vec<InternalMeetingId>,
        server: &ServerName,
    ) -> Result<Vec<Option<IntegrationName>>, StoreError> {
        let server = server.clone();
        self.writer.run(move |work| Ok(recordings::owners_of(work.database(), &incarnations, &server)?)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        let failed = self.shared.failed.load(Ordering::Relaxed);
        let try_it = if failed { probe::rehearse_create } else { probe::write };
        self.writer.run(move |work| Ok(try_it(work.transaction()?)?)).await?;
        if failed {
            self.shared.failed.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    fn unwritten(&self) -> usize {
        self.shared.unwritten.load(Ordering::Relaxed)
    }
}

/// Writes a meeting that came to be held, the copies of those that it superseded, and of which ends websites are told.
fn put_held(work: &mut job::Work<'_>, held: &NowHeld) -> Result<(), job::Trouble> {
    let NowHeld { meeting, ended, lost } = held;
    work.write(&**meeting, |database, meeting| {
        tables::put_meeting(database, meeting)?;
        outbox::held(database, meeting)
    })?;
    if let Some(ended) = ended {
        outbox::ended(work, ended)?;
    }
    if let Some(callbacks) = lost.as_ref().and_then(|lost| lost.callbacks.as_ref()) {
        work.write(&(callbacks.id.clone(), meeting.created_at), outbox::never)?;
    }
    let strays = work.index.strays_of(&meeting.key);
    strays.iter().try_for_each(|stray| work.write(stray, tables::put_stray))
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn enqueue(&self, deliveries: Vec<Delivery>) -> Result<usize, StoreError> {
        if deliveries.is_empty() {
            return Ok(0);
        }
        self.writer.run(move |work| outbox::enqueue(work, &deliveries)).await
    }

    fn enqueue_soon(&self, deliveries: Vec<Delivery>) {
        if !deliveries.is_empty() {
            self.writer.post(move |work| outbox::enqueue(work, &deliveries).map(drop));
        }
    }

    async fn never(&self, callback: &CallbackId, at: Timestamp) -> Result<(), StoreError> {
        let never = (callback.clone(), at);
        self.writer.run(move |work| work.write(&never, outbox::never)).await
    }

    async fn knows(&self, callback: &CallbackId) -> Result<bool, StoreError> {
        let callback = callback.clone();
        self.writer.run(move |work| Ok(outbox::knows(work.database(), &callback)?)).await
    }

    async fn waiting(&self, integration: &IntegrationName) -> Result<usize, StoreError> {
        let integration = integration.clone();
        self.writer.run(move |work| Ok(work.outbox.waiting(&integration))).await
    }

    async fn due(
        &self,
        now: Timestamp,
        limit: usize,
        for_one: usize,
        busy: &HashSet<Lane>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let busy = busy.clone();
        self.writer.run(move |work| Ok(outbox::due(work, now, (limit, for_one), &busy)?)).await
    }

    async fn due_in(&self, lane: &Lane, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let lane = lane.clone();
        self.writer.run(move |work| Ok(outbox::due_in(work, &lane, now, limit)?)).await
    }

    async fn retry(&self, id: &DeliveryId, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError> {
        let id = id.clone();
        let job = move |work: &mut job::Work<'_>| {
            if outbox::retry(work.transaction()?, &id, at)? {
                work.outbox.retry(&id, at);
                work.write(&events[..], events::add)?;
            }
            Ok(())
        };
        self.writer.run(job).await
    }

    async fn settle(&self, id: &DeliveryId, how: Settled, at: Timestamp, events: Vec<Event>) -> Result<(), StoreError> {
        let id = id.clone();
        let job = move |work: &mut job::Work<'_>| {
            if outbox::settle(work.transaction()?, &id, how, at)? {
                work.outbox.remove(&id);
                work.write(&events[..], events::add)?;
            }
            Ok(())
        };
        self.writer.run(job).await
    }

    async fn forget_settled(&self, kind: CallbackKind, before: Timestamp, at_most: usize) -> Result<usize, StoreError> {
        self.writer.run(move |work| Ok(outbox::forget_settled(work.transaction()?, kind, before, at_most)?)).await
    }
}

#[async_trait]
impl FleetStore for SqliteStore {
    async fn save_fleet(&self, record: FleetRecord) -> Result<(), StoreError> {
        self.writer.run(move |work| Ok(fleet::save(work.transaction()?, &record)?)).await
    }

    async fn load_fleet(&self) -> Result<Option<FleetRecord>, StoreError> {
        self.writer.run(|work| Ok(fleet::load(work.database())?)).await
    }

    async fn save_awaited_words(&self, words: BTreeMap<ServerName, AdministratorWord>) -> Result<(), StoreError> {
        self.writer.run(move |work| Ok(fleet::save_awaited(work.transaction()?, &words)?)).await
    }

    async fn load_awaited_words(&self) -> Result<BTreeMap<ServerName, AdministratorWord>, StoreError> {
        self.writer.run(|work| Ok(fleet::load_awaited(work.database())?)).await
    }
}

#[async_trait]
impl CourseStore for SqliteStore {
    async fn save_course(&self, step: CourseStep, since: Timestamp) -> Result<(), StoreError> {
        self.writer.run(move |work| Ok(course::save(work.transaction()?, &step, since)?)).await
    }

    async fn load_course(&self) -> Result<Vec<CourseStep>, StoreError> {
        self.reader.read(course::load).await
    }
}

#[async_trait]
impl NetworkStore for SqliteStore {
    fn network(&self) -> Arc<Network> {
        self.shared.network.load()
    }

    async fn change_network(
        &self,
        base: Revision,
        changes: Vec<NetworkChange>,
        events: Vec<Event>,
    ) -> Result<Arc<Network>, StoreError> {
        let job = move |work: &mut job::Work<'_>| {
            if work.network.revision() != base {
                return Err(StoreError::Overtaken.into());
            }
            let next = Arc::new(work.network.changed(&changes).map_err(StoreError::from)?);
            work.write(&(next.revision(), changes.clone()), network::write)?;
            work.write(&events[..], events::add)?;
            for change in &changes {
                if let NetworkChange::Remove(EntityName::Integration(name)) = change {
                    work.hooks.remove_all(name);
                    work.outbox.remove_all(name);
                }
            }
            *work.network = Arc::clone(&next);
            Ok(next)
        };
        self.writer.run(job).await
    }
}

#[async_trait]
impl EventStore for SqliteStore {
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let filter = filter.clone();
        self.reader.read(move |database| event_query::page(database, &filter, after, limit)).await
    }

    async fn oldest_events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let filter = filter.clone();
        self.reader.read(move |database| event_course::page(database, &filter, after, limit)).await
    }

    async fn unended(
        &self,
        integration: Option<&IntegrationName>,
        from: Timestamp,
        until: Timestamp,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let integration = integration.cloned();
        self.reader
            .read(move |database| event_course::unended(database, integration.as_ref(), from..until, after, limit))
            .await
    }

    async fn meetings(&self, query: &MeetingQuery) -> Result<Vec<MeetingHistory>, StoreError> {
        let query = query.clone();
        self.reader.read(move |database| event_query::meetings(database, &query)).await
    }

    async fn forget_before(&self, before: Timestamp, at_most: usize) -> Result<usize, StoreError> {
        self.writer.run(move |work| Ok(event_age::forget(work.transaction()?, before, at_most)?)).await
    }

    async fn oldest_name(&self, before: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.reader.read(move |database| event_age::oldest_name(database, before)).await
    }

    async fn anonymise(
        &self,
        from: Timestamp,
        until: Timestamp,
        key: &PseudonymKey,
        at_most: usize,
    ) -> Result<usize, StoreError> {
        let (period, key) = ((from, until), key.clone());
        self.writer.run(move |work| Ok(event_age::anonymise(work.transaction()?, period, &key, at_most)?)).await
    }

    async fn events_of_person(
        &self,
        query: &PersonQuery,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let query = query.clone();
        let find = move |database: &_| event_person::find(database, &query, after, limit).map(event_person::page);
        self.reader.read(find).await
    }

    async fn erase_person(
        &self,
        query: &PersonQuery,
        key: &PseudonymKey,
        after: Option<EventCursor>,
        at_most: usize,
    ) -> Result<Erased, StoreError> {
        let (query, key) = (query.clone(), key.clone());
        // found beside the writer, which creates wait for
        let asked = query.clone();
        let found = self.reader.read(move |database| event_person::find(database, &asked, after, at_most)).await?;
        if found.0.is_empty() {
            return Ok(Erased { events: 0, next: found.1 });
        }
        let days = rollup_days(found.0.iter().map(|(_, event)| event));
        let job = move |work: &mut job::Work<'_>| {
            rollups::mark(work.transaction()?, days.iter().copied())?;
            Ok(event_person::erase(work.transaction()?, (&query, &key), &found)?)
        };
        self.writer.run(job).await
    }
}

#[async_trait]
impl PolicyStore for SqliteStore {
    async fn learned(&self, router: &RouterName, policy: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (router, policy) = (router.clone(), policy.to_owned());
        self.reader.read(move |database| policies::learned(database, &router, &policy)).await
    }

    async fn keep_learned(&self, router: &RouterName, policy: &str, learned: Vec<u8>) -> Result<(), StoreError> {
        let (router, policy) = (router.clone(), policy.to_owned());
        self.writer.run(move |work| Ok(policies::keep(work.transaction()?, &router, &policy, &learned)?)).await
    }

    async fn forget_learned_but(&self, routers: BTreeSet<RouterName>) -> Result<(), StoreError> {
        let gone = self.reader.read(move |database| policies::others(database, &routers)).await?;
        if gone.is_empty() {
            return Ok(());
        }
        self.writer.run(move |work| Ok(policies::forget(work.transaction()?, &gone)?)).await
    }
}

#[async_trait]
impl RollupStore for SqliteStore {
    async fn rollup_state(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.read(rollups::state).await
    }

    async fn rollup_pages(&self, parts: &[RollupPart], days: Range<u32>) -> Result<Vec<RollupPage>, StoreError> {
        let parts = parts.to_vec();
        self.reader.read(move |database| rollups::pages(database, &parts, &days)).await
    }

    async fn put_rollups(&self, change: RollupChange) -> Result<(), StoreError> {
        self.writer.run(move |work| Ok(rollups::put(work.transaction()?, &change)?)).await
    }

    async fn mark_rollups(&self, days: Range<u32>) -> Result<(), StoreError> {
        self.writer.run(move |work| Ok(rollups::mark(work.transaction()?, days.clone())?)).await
    }

    async fn rollup_marks(&self) -> Result<RollupMarks, StoreError> {
        self.reader.read(rollups::marks).await
    }

    async fn events_behind(&self, after: u64, limit: usize) -> Result<Vec<(u64, Event)>, StoreError> {
        self.reader.read(move |database| rollups::events_behind(database, after, limit)).await
    }

    async fn last_event(&self) -> Result<u64, StoreError> {
        self.reader.read(rollups::last_event).await
    }
}

#[cfg(test)]
mod tests;
