//! The rows of deliveries.

use lb_core::callback::{CallbackId, CallbackKind, CallbackUrl, Delivery, DeliveryId, LONGEST_PAUSE};
use lb_core::store::{OUTBOX_PLACES, Settled};
use lb_core::{Meeting, MeetingKey, Timestamp};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::tables::{integer, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Writes deliveries that are due at once. Those that are known stay as they are; those beyond the bound are dropped.
pub(super) fn enqueue(database: &Connection, deliveries: &[Delivery]) -> Result<()> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let waiting: i64 = database
        .prepare_cached("SELECT count(*) FROM deliveries WHERE settled_at IS NULL")?
        .query_row([], |row| row.get(0))?;
    let mut places = OUTBOX_PLACES.saturating_sub(usize::try_from(waiting).unwrap_or(0));
    let mut statement = database.prepare_cached(
        "INSERT INTO deliveries VALUES (:callback, :kind, :integration, :meeting_id, :host, :url, :failures, 0, NULL, NULL)
         ON CONFLICT DO NOTHING",
    )?;
    let mut dropped = 0;
    for delivery in deliveries {
        if places == 0 {
            dropped += 1;
            continue;
        }
        places -= statement.execute(named_params! {
            ":callback": delivery.id.callback.as_str(),
            ":kind": delivery.id.kind.as_str(),
            ":integration": delivery.meeting.integration.as_str(),
            ":meeting_id": delivery.meeting.meeting_id.as_str(),
            ":host": delivery.url.host(),
            ":url": delivery.url.expose(),
            ":failures": delivery.failures,
        })?;
    }
    if dropped > 0 {
        tracing::warn!(dropped, "too many callbacks wait to be delivered: further ones are dropped");
    }
    Ok(())
}

/// The end of a meeting was learnt otherwise than by a callback.
pub(super) fn ended(database: &Connection, meeting: &Meeting) -> Result<()> {
    let Some(callbacks) = &meeting.callbacks else { return Ok(()) };
    enqueue(database, &callbacks.deliveries(&meeting.key, false))
}

/// Writes that nothing is ever delivered for `callback`, but for what waits already.
pub(super) fn never(database: &Connection, (callback, at): &(CallbackId, Timestamp)) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT INTO deliveries VALUES (?1, ?2, '', '', '', '', 0, 0, ?3, 'never') ON CONFLICT DO NOTHING",
    )?;
    for kind in CallbackKind::ALL {
        statement.execute(params![callback.as_str(), kind.as_str(), integer(at.as_millis())])?;
    }
    Ok(())
}

/// A meeting has come to be held: what was said of its create is no more true.
pub(super) fn held(database: &Connection, meeting: &Meeting) -> Result<()> {
    if let Some(callbacks) = &meeting.callbacks {
        let mut statement =
            database.prepare_cached("DELETE FROM deliveries WHERE callback = ?1 AND outcome = 'never'")?;
        statement.execute([callbacks.id.as_str()])?;
    }
    Ok(())
}

pub(super) fn knows(database: &Connection, callback: &CallbackId) -> Result<bool> {
    let mut query = database.prepare_cached("SELECT 1 FROM deliveries WHERE callback = ?1 LIMIT 1")?;
    Ok(query.query_row([callback.as_str()], |_| Ok(())).optional()?.is_some())
}

/// The deliveries that are due, the longest due first, and no more than `for_one` to one host.
pub(super) fn due(database: &Connection, now: Timestamp, limit: usize, for_one: usize) -> Result<Vec<Delivery>> {
    let mut query = database.prepare_cached(
        "SELECT * FROM
             (SELECT *, row_number() OVER (PARTITION BY host ORDER BY due_at) AS place
              FROM deliveries WHERE settled_at IS NULL AND (due_at <= ?1 OR due_at > ?4))
         WHERE place <= ?2 ORDER BY due_at LIMIT ?3",
    )?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    // what is due later than any pause ends was put off by a clock that has been set back since
    let bogus = integer((now + LONGEST_PAUSE).as_millis());
    query.query_map(params![integer(now.as_millis()), number(for_one), number(limit), bogus], delivery)?.collect()
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    let word: String = row.get("kind")?;
    let kind = CallbackKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let unknown = || rusqlite::Error::FromSqlConversionFailure(1, Type::Text, FromSqlError::InvalidType.into());
    Ok(Delivery {
        id: DeliveryId { callback: text(row, "callback")?, kind: kind.ok_or_else(unknown)? },
        meeting: MeetingKey { integration: text(row, "integration")?, meeting_id: text(row, "meeting_id")? },
        url: CallbackUrl::kept(row.get("url")?),
        failures: row.get("failures")?,
    })
}

/// Counts a failure. Answers whether the delivery waited.
pub(super) fn retry(database: &Connection, id: &DeliveryId, at: Timestamp) -> Result<bool> {
    let mut statement = database.prepare_cached(
        "UPDATE deliveries SET failures = failures + 1, due_at = ?3
         WHERE callback = ?1 AND kind = ?2 AND settled_at IS NULL",
    )?;
    let changed = statement.execute(params![id.callback.as_str(), id.kind.as_str(), integer(at.as_millis())])?;
    Ok(changed > 0)
}

/// Settles a delivery; its URL is not kept. Answers whether it waited.
pub(super) fn settle(database: &Connection, id: &DeliveryId, how: Settled, at: Timestamp) -> Result<bool> {
    let mut statement = database.prepare_cached(
        "UPDATE deliveries SET url = '', settled_at = ?3, outcome = ?4
         WHERE callback = ?1 AND kind = ?2 AND settled_at IS NULL",
    )?;
    let at = integer(at.as_millis());
    Ok(statement.execute(params![id.callback.as_str(), id.kind.as_str(), at, how.as_str()])? > 0)
}

pub(super) fn forget_settled(database: &Connection, before: Timestamp) -> Result<()> {
    let mut statement = database.prepare_cached("DELETE FROM deliveries WHERE settled_at < ?1")?;
    statement.execute([integer(before.as_millis())])?;
    Ok(())
}
