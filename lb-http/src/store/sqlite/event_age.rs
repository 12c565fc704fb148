//! How events age: names go first, then the events themselves. A batch at a time, through the writer.

use lb_core::Timestamp;
use lb_core::store::PseudonymKey;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use super::tables::integer;

type Result<T> = std::result::Result<T, rusqlite::Error>;

pub(super) const FORGET: &str =
    "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ?1 ORDER BY at LIMIT ?2)";

pub(super) const OLDEST_NAME: &str = "
    SELECT at FROM events INDEXED BY events_with_names
    WHERE anonymised IS NULL AND event IN ('user-joined', 'user-entered', 'user-left', 'call-refused') AND at < ?1
    ORDER BY at LIMIT 1";

pub(super) const WITH_NAMES: &str = "
    SELECT id, integration, data FROM events INDEXED BY events_with_names
    WHERE anonymised IS NULL AND event IN ('user-joined', 'user-entered', 'user-left', 'call-refused')
        AND at >= ?1 AND at < ?2
    ORDER BY at LIMIT ?3";

/// Forgets the oldest events from before `before`.
pub(super) fn forget(database: &Connection, before: Timestamp, at_most: usize) -> Result<usize> {
    database.prepare_cached(FORGET)?.execute(params![integer(before.as_millis()), at_most as i64])
}

/// When the oldest event that still names somebody happened.
pub(super) fn oldest_name(database: &Connection, before: Timestamp) -> Result<Option<Timestamp>> {
    let mut statement = database.prepare_cached(OLDEST_NAME)?;
    let at: Option<i64> = statement.query_row([integer(before.as_millis())], |row| row.get(0)).optional()?;
    Ok(at.map(|at| Timestamp::from_millis(at.cast_unsigned())))
}

/// Takes the people out of events of a period. What cannot be read loses all that is in it.
pub(super) fn anonymise(
    database: &Connection,
    (from, until): (Timestamp, Timestamp),
    key: &PseudonymKey,
    at_most: usize,
) -> Result<usize> {
    let mut with_names = database.prepare_cached(WITH_NAMES)?;
    let period = params![integer(from.as_millis()), integer(until.as_millis()), at_most as i64];
    let found = with_names.query_map(period, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, String>(2)?))
    })?;
    let found = found.collect::<Result<Vec<_>>>()?;
    let mut replace = database.prepare_cached("UPDATE events SET data = ?2, anonymised = 1 WHERE id = ?1")?;
    for (id, integration, data) in &found {
        let mut data: Map<String, Value> = serde_json::from_str(data).unwrap_or_default();
        key.anonymise(integration.as_deref().unwrap_or_default(), &mut data);
        replace.execute(params![id, Value::Object(data).to_string()])?;
    }
    Ok(found.len())
}
