//! The rows of recordings.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use async_trait::async_trait;
use lb_core::recording::{Recording, RecordingFields, RecordingId, RecordingQuery, RecordingState, Selected};
use lb_core::store::{RecordingChange, RecordingIndex, RecordingStore, StoreError, owner_among};
use lb_core::{IntegrationName, InternalMeetingId, ServerName};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, Row, named_params};

use super::tables::{integer, millis, text};
use super::{SqliteStore, events, job};

type Result<T> = std::result::Result<T, rusqlite::Error>;

#[async_trait]
impl RecordingStore for SqliteStore {
    async fn find(&self, id: &RecordingId) -> std::result::Result<Option<Arc<Recording>>, StoreError> {
        Ok(self.shared.recordings.load().find(id))
    }

    async fn copies(&self, id: &RecordingId) -> std::result::Result<Vec<Arc<Recording>>, StoreError> {
        Ok(self.shared.recordings.load().copies(id))
    }

    async fn recordings_on(&self, server: &ServerName) -> std::result::Result<Vec<Arc<Recording>>, StoreError> {
        Ok(self.shared.recordings.load().recordings_on(server))
    }

    async fn select(&self, query: &RecordingQuery) -> std::result::Result<Selected, StoreError> {
        let index = self.shared.recordings.load();
        if query.metadata.is_empty() {
            return Ok(index.select(query));
        }
        // to unpack thousands takes some hundredths of a second, in which other calls go on
        let query = query.clone();
        let selected = tokio::task::spawn_blocking(move || index.select(&query)).await;
        selected.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    async fn owners_of_recordings(&self) -> std::result::Result<Vec<IntegrationName>, StoreError> {
        Ok(self.shared.recordings.load().owners())
    }

    async fn change_recordings(&self, changes: Vec<RecordingChange>) -> std::result::Result<Vec<bool>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let job = move |work: &mut job::Work<'_>| {
            let made: Vec<bool> = changes.iter().map(|change| work.recordings.change(change)).collect();
            let of_made = || changes.iter().zip(&made).filter(|(_, made)| **made).map(|(change, _)| change);
            let (mut put, mut gone, mut told) = (Vec::new(), Vec::new(), Vec::new());
            for change in of_made() {
                match (&change.after, &change.before) {
                    (Some(after), _) => put.push(Arc::clone(after)),
                    (None, Some(before)) => gone.push(Arc::clone(before)),
                    (None, None) => {}
                }
                told.extend_from_slice(&change.events);
            }
            if !(put.is_empty() && gone.is_empty()) {
                work.write(&put[..], self::put)?;
                work.write(&gone[..], delete)?;
                work.write(&told[..], events::add)?;
            }
            Ok(made)
        };
        self.writer.run(job).await
    }
}

/// Writes recordings in place of what was known of them.
fn put(database: &Connection, recordings: &[Arc<Recording>]) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO recordings VALUES (:record_id, :server, :meeting_id, :integration, :assigned, :state,
             :protected, :started_at, :ended_at, :participants, :changed_at, :head, :middle, :metadata, :tail)",
    )?;
    for recording in recordings {
        let fields = recording.xml.unpack();
        let [head, middle, metadata, tail] = fields.parts();
        statement.execute(named_params! {
            ":record_id": recording.id.as_str(),
            ":server": recording.server.as_str(),
            ":meeting_id": recording.meeting_id.as_str(),
            ":integration": recording.integration.as_ref().map(IntegrationName::as_str),
            ":assigned": recording.assigned,
            ":state": recording.state.as_str(),
            ":protected": recording.protected,
            ":started_at": integer(recording.start.as_millis()),
            ":ended_at": integer(recording.end.as_millis()),
            ":participants": recording.participants,
            ":changed_at": integer(recording.changed_at.as_millis()),
            ":head": head,
            ":middle": middle,
            ":metadata": metadata,
            ":tail": tail,
        })?;
    }
    Ok(())
}

fn delete(database: &Connection, recordings: &[Arc<Recording>]) -> Result<()> {
    let mut statement = database.prepare_cached("DELETE FROM recordings WHERE record_id = ?1 AND server = ?2")?;
    for recording in recordings {
        statement.execute([recording.id.as_str(), recording.server.as_str()])?;
    }
    Ok(())
}

/// Reads the whole index.
pub(super) fn load(database: &Connection) -> Result<RecordingIndex> {
    let (mut servers, mut integrations) = (HashSet::new(), HashSet::new());
    let mut query = database.prepare("SELECT * FROM recordings")?;
    let recordings = query.query_map([], |row| {
        let column = |name| row.get_ref(name)?.as_str().map_err(rusqlite::Error::from);
        let fields = RecordingFields::new(column("head")?, column("middle")?, column("metadata")?, column("tail")?);
        let integration: Option<String> = row.get("integration")?;
        Ok(Recording {
            id: text(row, "record_id")?,
            // the few names that there are stand in memory once
            server: once(&mut servers, text(row, "server")?),
            meeting_id: text(row, "meeting_id")?,
            integration: integration.map(|name| once(&mut integrations, name.into())),
            assigned: row.get("assigned")?,
            state: state(row)?,
            protected: row.get("protected")?,
            start: millis(row, "started_at")?,
            end: millis(row, "ended_at")?,
            participants: row.get("participants")?,
            changed_at: millis(row, "changed_at")?,
            xml: fields.pack(),
        })
    })?;
    let mut index = RecordingIndex::default();
    for recording in recordings {
        index.put(&Arc::new(recording?));
    }
    Ok(index)
}

fn state(row: &Row<'_>) -> Result<RecordingState> {
    let unknown = || rusqlite::Error::FromSqlConversionFailure(5, Type::Text, FromSqlError::InvalidType.into());
    RecordingState::named(row.get_ref("state")?.as_str()?).ok_or_else(unknown)
}

fn once<N: Clone + Eq + Hash>(known: &mut HashSet<N>, name: N) -> N {
    known.get(&name).cloned().unwrap_or_else(|| {
        known.insert(name.clone());
        name
    })
}

/// See [`MeetingStore::owners_of`](lb_core::store::MeetingStore::owners_of).
pub(super) fn owners_of(
    database: &Connection,
    incarnations: &[InternalMeetingId],
    server: &ServerName,
) -> Result<Vec<Option<IntegrationName>>> {
    let mut query = database.prepare_cached(
        "SELECT DISTINCT integration, server FROM events WHERE internal_id = ?1 AND integration IS NOT NULL
             AND event IN ('meeting-created', 'meeting-adopted', 'meeting-placed-afresh', 'meeting-ended')",
    )?;
    let mut known: HashMap<&InternalMeetingId, Option<IntegrationName>> = HashMap::new();
    for id in incarnations {
        let owners = query.query_map([id.as_str()], |row| Ok((text(row, "integration")?, text(row, "server")?)))?;
        known.insert(id, owner_among(&owners.collect::<Result<Vec<_>>>()?, server));
    }
    Ok(incarnations.iter().map(|id| known.get(id).cloned().flatten()).collect())
}
