//! The rows of events: what reports choose by is in columns, the rest is one JSON object.

use lb_core::event::Event;
use rusqlite::{Connection, Row, named_params};
use serde_json::{Map, Value, json};

use super::tables::{integer, millis};

/// How many events are read at once at most: they pass through memory.
pub(super) const LATEST: usize = 10_000;

/// Writes `events` behind those that are there.
pub(super) fn add(database: &Connection, events: &[Event]) -> Result<(), rusqlite::Error> {
    let mut statement = database.prepare_cached(
        "INSERT INTO events (at, event, integration, meeting_id, internal_id, server, data,
             administrator, subject_kind, subject_name)
         VALUES (:at, :event, :integration, :meeting_id, :internal_id, :server, :data,
             :administrator, :subject_kind, :subject_name)",
    )?;
    for event in events {
        let (internal_id, data) = columns(event)?;
        let (administrator, subject) = event.kind.administered().unzip();
        statement.execute(named_params! {
            ":at": integer(event.at.as_millis()),
            ":event": event.kind.word(),
            ":integration": event.kind.integration().map(|integration| integration.as_str()),
            ":meeting_id": event.kind.meeting().map(|meeting| meeting.meeting_id.as_str()),
            ":internal_id": internal_id,
            ":server": event.kind.server().map(|server| server.as_str()),
            ":data": data,
            ":administrator": administrator,
            ":subject_kind": subject.map(|subject| &*subject.kind),
            ":subject_name": subject.map(|subject| &*subject.name),
        })?;
    }
    Ok(())
}

/// The incarnation of an event, and what of it has no column.
pub(super) fn columns(event: &Event) -> Result<(Option<String>, String), rusqlite::Error> {
    let mut data = match serde_json::to_value(&event.kind) {
        Ok(Value::Object(data)) => data,
        Ok(_) => Map::new(),
        Err(error) => return Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
    };
    let internal_id = data.remove("internal_id");
    for in_a_column in ["event", "meeting", "integration", "server"] {
        data.remove(in_a_column);
    }
    let internal_id = internal_id.as_ref().and_then(Value::as_str).map(str::to_owned);
    Ok((internal_id, Value::Object(data).to_string()))
}

/// The newest `limit` events, newest first, at most [`LATEST`].
///
/// A row that is no event to this version (another version wrote it, or somebody edited it) is told of and left out: the
/// others are worth no less.
pub(super) fn latest(database: &Connection, limit: usize) -> Result<Vec<Event>, rusqlite::Error> {
    let mut query = database.prepare_cached("SELECT * FROM events ORDER BY id DESC LIMIT ?1")?;
    let mut rows = query.query([limit.min(LATEST) as i64])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.extend(read(row)?);
    }
    Ok(events)
}

/// The event of a row; `None`, and told of, where this version cannot read it.
pub(super) fn read(row: &Row<'_>) -> Result<Option<Event>, rusqlite::Error> {
    let id: i64 = row.get("id")?;
    let event = serde_json::from_value(Value::Object(whole(row)?));
    if event.is_err() {
        tracing::warn!(id, "an event in the database cannot be read");
    }
    Ok(event.ok())
}

/// The event as it was before its columns were taken out.
fn whole(row: &Row<'_>) -> Result<Map<String, Value>, rusqlite::Error> {
    let data: String = row.get("data")?;
    let mut whole: Map<String, Value> = serde_json::from_str(&data).unwrap_or_default();
    let column = |name| row.get::<_, Option<String>>(name);
    whole.insert("at".to_owned(), json!(millis(row, "at")?.as_millis()));
    whole.insert("event".to_owned(), json!(column("event")?));
    match (column("integration")?, column("meeting_id")?) {
        (Some(integration), Some(meeting_id)) => {
            let meeting = json!({ "integration": integration, "meeting_id": meeting_id });
            whole.insert("meeting".to_owned(), meeting);
        }
        (Some(integration), None) => {
            whole.insert("integration".to_owned(), integration.into());
        }
        (None, _) => {}
    }
    for name in ["internal_id", "server"] {
        if let Some(text) = column(name)? {
            whole.insert(name.to_owned(), text.into());
        }
    }
    Ok(whole)
}
