//! What the servers list of their recordings: which there are, whose they are, and which are gone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::Balancer;
use super::recording_rounds::can_be_asked;
use crate::api::get_recordings::{self, Listed, Listing};
use crate::api::{Answer, Failure, Params};
use crate::callback::metadata_for_website;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::meeting::MeetingKey;
use crate::network::{Integration, IntegrationName};
use crate::recording::{Page, Recording, RecordingId, RecordingState};
use crate::server::ServerName;
use crate::store::{CHANGES_AT_ONCE, RecordingChange};

/// How long a server may show a recording as it was before a website changed it: BBB does what it was asked in its own time.
const SETTLING: Duration = Duration::from_secs(60);

/// Of fewer recordings a server may lose more than half from one list to the next.
const FEW: usize = 10;

/// The most recordings that one server may list.
const MOST_LISTED: usize = 200_000;

/// How many owners are looked up in the events at once: other changes wait meanwhile.
const LOOKUPS_AT_ONCE: usize = 500;

type Known = HashMap<RecordingId, Arc<Recording>>;

impl Balancer {
    /// Asks one server for its recordings and takes the answer over. A server with many is asked page by page.
    ///
    /// A recording is forgotten when two lists in a row lack it; a list that lacks most of what was there makes nobody forget
    /// anything for a day, because a disk may be missing. Whose it is, is told by the stamp on it, else by the meeting
    /// that it is of. Servers should be followed in parallel, each when it is [due](Balancer::due_for_recordings).
    ///
    /// # Errors
    /// [`Failure::ServerTrouble`] if the server gave no usable answer, [`Failure::StoreTrouble`] if the store fails. What was
    /// known stays.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn follow_recordings(&self, name: &ServerName) -> Result<(), Failure> {
        let Some(server) = self.fleet().server(name).filter(|server| can_be_asked(server)).cloned() else {
            return Ok(());
        };
        let asked_at = self.clock.now();
        self.recording_rounds.asked(name, asked_at);
        // before it is asked: a change that is made meanwhile is newer than its answer, and the store keeps it
        let known = self.stored(self.stores.recordings.recordings_on(name).await)?;
        let listing = match self.list_recordings(&server).await {
            Ok(listing) => listing,
            Err(error) => {
                self.recording_rounds.silent(name);
                self.tell_no_list(name, &error);
                return Err(Failure::ServerTrouble);
            }
        };
        let known: Known = known.into_iter().map(|recording| (recording.id.clone(), recording)).collect();
        // pages may overlap, if something came between them
        let shown: HashSet<&RecordingId> =
            listing.recordings.iter().map(|listed| &listed.recording.id).chain(&listing.unreadable).collect();
        let lacking: HashSet<RecordingId> = known.keys().filter(|id| !shown.contains(id)).cloned().collect();
        let gone = match doubts(&known, &lacking, shown.is_empty()) {
            Some(doubts) if self.recording_rounds.doubted(name, asked_at) => {
                self.tell_no_list(name, &doubts);
                HashSet::new()
            }
            doubts => self.recording_rounds.lacks(name, lacking, doubts.is_some()),
        };
        let mut changes = self.changes(name, listing, &known, asked_at).await?;
        changes.extend(gone.iter().filter_map(|id| known.get(id)).map(|recording| self.forgotten(recording)));
        self.make_changes(changes).await
    }

    /// Tells that a server gives no list. It says nothing of how well meetings are held there.
    fn tell_no_list(&self, name: &ServerName, error: &GatewayError) {
        let first = self.recording_rounds.failed(name);
        let (server, problem) = (name.clone(), error.to_string());
        self.emit(EventKind::ServerFailed { server, call: "getRecordings".into(), problem, first });
    }

    /// Takes over what a server says of one recording, asked for at `asked_at`; `known` is what was known of it before that.
    pub(super) async fn take_recording(
        &self,
        server: &ServerName,
        listing: Listing,
        known: Option<Arc<Recording>>,
        asked_at: Timestamp,
    ) -> Result<(), Failure> {
        let known: Known = known.into_iter().map(|recording| (recording.id.clone(), recording)).collect();
        let changes = self.changes(server, listing, &known, asked_at).await?;
        self.make_changes(changes).await
    }

    /// All that a server lists.
    async fn list_recordings(&self, server: &FleetServer) -> Result<Listing, GatewayError> {
        let mut whole = Listing::default();
        let mut offset = 0;
        loop {
            let (from, limit) = (offset.to_string(), Page::MOST.to_string());
            let query = Params::from_iter([("state", "any"), ("offset", &from), ("limit", &limit)]).encode();
            let deadline = self.settings.recordings_deadline;
            let call = ServerCall::read(&server.server, "getRecordings", &query, deadline);
            let reply = self.send_simply(&server.server, call).await?;
            let answer = Answer::read(&reply)?;
            let page = get_recordings::read(&answer, &server.server.name).ok_or_else(|| no_list(&answer))?;
            whole.recordings.extend(page.recordings);
            whole.unreadable.extend(page.unreadable);
            offset += Page::MOST;
            // BBB before 2.6 knows no pages and lists all at once
            if page.total.is_none_or(|total| offset as u64 >= total) {
                return Ok(whole);
            }
            if offset >= MOST_LISTED {
                return Err(GatewayError::BadAnswer(format!("more than {MOST_LISTED} recordings")));
            }
        }
    }

    /// What follows from a list that was asked for at `asked_at`.
    async fn changes(
        &self,
        server: &ServerName,
        listing: Listing,
        known: &Known,
        asked_at: Timestamp,
    ) -> Result<Vec<RecordingChange>, Failure> {
        let listed: BTreeMap<RecordingId, Listed> =
            listing.recordings.into_iter().map(|listed| (listed.recording.id.clone(), listed)).collect();
        let assignments = self.assignments(&listed, known).await?;
        let owners = self.owners(server, &listed, known, &assignments).await?;
        let (now, network) = (self.clock.now(), self.network());
        let mut changes = Vec::new();
        for (id, listed) in listed {
            let before = known.get(&id);
            let owner = owners.get(&id).cloned().flatten();
            let website = owner.as_ref().and_then(|owner| network.integration(owner.as_str()));
            let recording = in_terms_of(website.map(|website| &**website), listed);
            let assigned = owner.is_some()
                && (before.is_some_and(|before| before.assigned) || assignments.get(&id) == owner.as_ref());
            let settles = before.filter(|before| asked_at < before.changed_at.as_past(now) + SETTLING);
            let after = match (settles, before) {
                (Some(before), _) => Recording { integration: owner, assigned, ..Recording::clone(before) },
                (None, before) => {
                    let changed_at = before.map(|before| before.changed_at).unwrap_or_default();
                    Recording { integration: owner, assigned, changed_at, ..recording }
                }
            };
            let events = self.told_of(before.map(|before| &**before), &after);
            if before.is_none_or(|before| **before != after) {
                changes.push(RecordingChange { before: before.cloned(), after: Some(after.into()), events });
            }
        }
        Ok(changes)
    }

    /// Its server has it no more.
    fn forgotten(&self, recording: &Arc<Recording>) -> RecordingChange {
        let is_news = recording.state != RecordingState::Deleted;
        let events = is_news.then(|| self.event(deleted(recording))).into_iter().collect();
        RecordingChange { before: Some(Arc::clone(recording)), after: None, events }
    }

    /// What an administrator said of those that are new on a server: a copy of each elsewhere tells.
    async fn assignments(
        &self,
        listed: &BTreeMap<RecordingId, Listed>,
        known: &Known,
    ) -> Result<HashMap<RecordingId, IntegrationName>, Failure> {
        let network = self.network();
        let mut assignments = HashMap::new();
        for id in listed.keys().filter(|id| !known.contains_key(*id)) {
            let copies = self.stored(self.stores.recordings.copies(id).await)?;
            let owners = copies.iter().filter(|copy| copy.assigned).filter_map(|copy| copy.integration.as_ref());
            let mut owners = owners.filter(|owner| network.integration(owner.as_str()).is_some());
            assignments.extend(owners.next().map(|owner| (id.clone(), owner.clone())));
        }
        Ok(assignments)
    }

    /// Whose the listed recordings are, those that are somebody's: by the administrator's word, else by the stamp, else by what
    /// was known of them, else by the meeting. An integration that there is no more owns nothing.
    async fn owners(
        &self,
        server: &ServerName,
        listed: &BTreeMap<RecordingId, Listed>,
        known: &Known,
        assignments: &HashMap<RecordingId, IntegrationName>,
    ) -> Result<HashMap<RecordingId, Option<IntegrationName>>, Failure> {
        let network = self.network();
        let named = |name: &str| network.integration(name).map(|integration| integration.name.clone());
        let (mut owners, mut open) = (HashMap::new(), Vec::new());
        for (id, Listed { stamp, parent, .. }) in listed {
            let before = known.get(id);
            let of_before = || before.and_then(|before| named(before.integration.as_ref()?.as_str()));
            let stamp = stamp.as_ref().filter(|stamp| stamp.guid == self.settings.guid);
            let owner = match stamp {
                _ if before.is_some_and(|before| before.assigned) && of_before().is_some() => of_before(),
                _ if assignments.contains_key(id) => assignments.get(id).cloned(),
                Some(stamp) => named(&stamp.institution),
                None => of_before(),
            };
            if owner.is_none() && stamp.is_none() {
                // BBB makes breakout rooms by itself: they are whose the room was that they were made in
                open.push((id, parent.clone().unwrap_or_else(|| id.into())));
            }
            owners.insert(id.clone(), owner);
        }
        for some in open.chunks(LOOKUPS_AT_ONCE) {
            let incarnations = some.iter().map(|(_, incarnation)| incarnation.clone()).collect();
            let found = self.stored(self.store.owners_of(incarnations, server).await)?;
            for ((id, _), owner) in some.iter().zip(found) {
                owners.insert((*id).clone(), owner.and_then(|owner| named(owner.as_str())));
            }
        }
        Ok(owners)
    }

    /// What is to be told of a recording that was one and is the other now.
    pub(super) fn told_of(&self, before: Option<&Recording>, after: &Recording) -> Vec<Event> {
        let mut kinds = Vec::new();
        let is_attributed = after.integration.is_some() && before.is_some_and(|it| it.integration != after.integration);
        if before.is_none() || is_attributed {
            kinds.push(seen(after));
        }
        if let Some(before) = before.filter(|before| before.state != after.state) {
            kinds.extend(turned(before, after));
        }
        kinds.into_iter().map(|kind| self.event(kind)).collect()
    }

    /// Makes changes and shows the events of those that were made.
    pub(super) async fn make_changes(&self, changes: Vec<RecordingChange>) -> Result<(), Failure> {
        for some in changes.chunks(CHANGES_AT_ONCE) {
            let made = self.stored(self.stores.recordings.change_recordings(some.to_vec()).await)?;
            for (change, _) in some.iter().zip(made).filter(|(_, made)| *made) {
                change.events.iter().for_each(|event| self.show(event));
            }
        }
        Ok(())
    }
}

/// The recording with the website's own callbacks among its metadata, in place of those that its server was given.
fn in_terms_of(website: Option<&Integration>, listed: Listed) -> Recording {
    let Listed { recording, given, .. } = listed;
    if given.is_empty() {
        return recording;
    }
    let own = |key: &str, value: &str| Some(metadata_for_website(website?, key, value)?.into_owned());
    let changes: Vec<_> =
        given.iter().map(|(key, value)| (key.as_str(), own(key, value).unwrap_or_default())).collect();
    let fields = recording.xml.unpack().with_metadata(changes.iter().map(|(key, value)| (*key, value.as_str())));
    Recording { xml: fields.pack(), ..recording }
}

/// Why a list that lacks these may be wrong: it has nothing at all, or lacks more than half of what was there.
fn doubts(known: &Known, lacking: &HashSet<RecordingId>, is_empty: bool) -> Option<GatewayError> {
    // servers give up deleted ones by and by
    let stays = |id: &&RecordingId| known.get(*id).is_some_and(|it| it.state != RecordingState::Deleted);
    let (there, gone) = (known.keys().filter(stays).count(), lacking.iter().filter(stays).count());
    let lacks_most = if is_empty { gone > 0 } else { there >= FEW && gone > there / 2 };
    lacks_most.then(|| GatewayError::BadAnswer(format!("its list lacks {gone} of the {there} recordings known there")))
}

fn no_list(answer: &Answer<'_>) -> GatewayError {
    GatewayError::BadAnswer(match &*answer.key() {
        "checksumError" => "it refuses the balancer's signature: is its secret right?".to_owned(),
        // allowFetchAllRecordings=false
        "noRecordings" => "it does not list all its recordings: BBB's allowFetchAllRecordings must be true".to_owned(),
        key => format!("it does not list its recordings: {key}"),
    })
}

/// Whose it is and of which meeting, as events say it.
pub(super) fn meeting_of(recording: &Recording) -> Option<MeetingKey> {
    let integration = recording.integration.clone()?;
    Some(MeetingKey { integration, meeting_id: recording.meeting_id.clone() })
}

fn seen(recording: &Recording) -> EventKind {
    EventKind::RecordingSeen {
        meeting: meeting_of(recording),
        recording: recording.id.clone(),
        server: recording.server.clone(),
        participants: recording.participants,
        seconds: recording.end.since(recording.start).as_secs(),
        formats: recording.xml.unpack().formats(),
    }
}

/// That a recording is in another state than it was, where anybody wants to know.
fn turned(before: &Recording, after: &Recording) -> Option<EventKind> {
    let (meeting, recording, server) = (meeting_of(after), after.id.clone(), after.server.clone());
    match after.state {
        RecordingState::Published => Some(EventKind::RecordingPublished { meeting, recording, server }),
        // one that comes out of the works unpublished was never taken back
        RecordingState::Unpublished if before.state == RecordingState::Published => {
            Some(EventKind::RecordingUnpublished { meeting, recording, server })
        }
        RecordingState::Deleted => Some(EventKind::RecordingDeleted { meeting, recording, server }),
        RecordingState::Unpublished | RecordingState::Processed | RecordingState::Processing => None,
    }
}

fn deleted(recording: &Recording) -> EventKind {
    let (meeting, server) = (meeting_of(recording), recording.server.clone());
    EventKind::RecordingDeleted { meeting, recording: recording.id.clone(), server }
}
