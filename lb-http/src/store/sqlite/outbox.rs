//! The rows of deliveries.

use std::collections::HashSet;

use lb_core::callback::{CallbackId, CallbackKind, CallbackUrl, Delivery, DeliveryId, Message};
use lb_core::store::{Lane, OutboxIndex, Settled};
use lb_core::{IntegrationName, Meeting, MeetingKey, Timestamp};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::job::{Trouble, Work};
use super::tables::{integer, millis, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// No more than this is read of deliveries that are due, bytes of their messages; one is always read.
const READ_AT_ONCE: usize = 16 << 20;

/// All deliveries that wait in the database.
pub(super) fn load(database: &Connection) -> Result<OutboxIndex> {
    let mut query = database.prepare(
        "SELECT callback, kind, integration, host, due_at FROM deliveries INDEXED BY deliveries_waiting
         WHERE settled_at IS NULL ORDER BY rowid",
    )?;
    let mut rows = query.query([])?;
    let mut index = OutboxIndex::default();
    while let Some(row) = rows.next()? {
        let (id, host): (_, String) = (id(row)?, row.get("host")?);
        let lane = Lane::of(&id, &text::<IntegrationName>(row, "integration")?, &host);
        index.put(id, lane, millis(row, "due_at")?);
    }
    Ok(index)
}

/// Takes deliveries that are due at once. Those that are known stay as they are; answers how many were dropped, because there is
/// no place for them.
pub(super) fn enqueue(work: &mut Work<'_>, deliveries: &[Delivery]) -> std::result::Result<usize, Trouble> {
    let (mut taken, mut dropped) = (Vec::new(), 0);
    for delivery in deliveries {
        // a database in trouble is not asked: what it knows is left out when the others are written
        if work.outbox.contains(&delivery.id) || (work.is_now() && is_known(work.database(), &delivery.id)?) {
            continue;
        }
        match work.outbox.add(delivery) {
            true => taken.push(delivery.clone()),
            false => dropped += 1,
        }
    }
    if !taken.is_empty() {
        work.write(&taken[..], put)?;
    }
    if dropped > 0 {
        tracing::warn!(dropped, "too many callbacks wait to be delivered: further ones are dropped");
    }
    Ok(dropped)
}

fn is_known(database: &Connection, id: &DeliveryId) -> Result<bool> {
    let mut query = database.prepare_cached("SELECT 1 FROM deliveries WHERE callback = ?1 AND kind = ?2")?;
    Ok(query.query_row([id.callback.as_str(), id.kind.as_str()], |_| Ok(())).optional()?.is_some())
}

fn put(database: &Connection, deliveries: &[Delivery]) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT INTO deliveries (callback, kind, integration, meeting_id, host, url, failures, due_at, message)
         VALUES (:callback, :kind, :integration, :meeting_id, :host, seal(:url, 'deliveries.url', :callback, :kind),
             :failures, 0, seal(:message, 'deliveries.message', :callback, :kind))
         ON CONFLICT DO NOTHING",
    )?;
    for delivery in deliveries {
        statement.execute(named_params! {
            ":callback": delivery.id.callback.as_str(),
            ":kind": delivery.id.kind.as_str(),
            ":integration": delivery.meeting.integration.as_str(),
            ":meeting_id": delivery.meeting.meeting_id.as_str(),
            ":host": delivery.url.host(),
            ":url": delivery.url.expose(),
            ":failures": delivery.failures,
            ":message": message_column(&delivery.message)?,
        })?;
    }
    Ok(())
}

/// The column's text: a JSON object, nothing for the end of a meeting.
fn message_column(message: &Message) -> Result<Option<String>> {
    let json = (*message != Message::Ended).then(|| serde_json::to_string(message));
    json.transpose().map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The end of a meeting was learnt otherwise than by a callback.
pub(super) fn ended(work: &mut Work<'_>, meeting: &Meeting) -> std::result::Result<(), Trouble> {
    let Some(callbacks) = &meeting.callbacks else { return Ok(()) };
    enqueue(work, &callbacks.deliveries(&meeting.key, false)).map(drop)
}

/// Writes that no end is ever told of for `callback`, but for what waits already.
pub(super) fn never(database: &Connection, (callback, at): &(CallbackId, Timestamp)) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT INTO deliveries (callback, kind, integration, meeting_id, host, url, failures, due_at, settled_at, outcome)
         VALUES (?1, ?2, '', '', '', '', 0, 0, ?3, 'never') ON CONFLICT DO NOTHING",
    )?;
    for kind in CallbackKind::ENDS {
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
    let mut query =
        database.prepare_cached("SELECT 1 FROM deliveries WHERE callback = ?1 AND kind IN (?2, ?3) LIMIT 1")?;
    let [ended, meta] = CallbackKind::ENDS.map(CallbackKind::as_str);
    Ok(query.query_row([callback.as_str(), ended, meta], |_| Ok(())).optional()?.is_some())
}

/// See [`Outbox::due`](lb_core::store::Outbox::due).
pub(super) fn due(
    work: &mut Work<'_>,
    now: Timestamp,
    (limit, for_one): (usize, usize),
    busy: &HashSet<Lane>,
) -> Result<Vec<Delivery>> {
    let due = work.outbox.due(now, limit, for_one, busy);
    read(work, due.into_iter().map(|(_, id)| id))
}

/// See [`Outbox::due_in`](lb_core::store::Outbox::due_in).
pub(super) fn due_in(work: &mut Work<'_>, lane: &Lane, now: Timestamp, limit: usize) -> Result<Vec<Delivery>> {
    let due = work.outbox.due_in(lane, now, limit);
    read(work, due.into_iter())
}

fn read(work: &mut Work<'_>, ids: impl Iterator<Item = DeliveryId>) -> Result<Vec<Delivery>> {
    let mut one = work.database().prepare_cached(
        "SELECT *, unseal(url, 'deliveries.url', callback, kind) AS opened_url,
                 unseal(message, 'deliveries.message', callback, kind) AS opened_message
             FROM deliveries WHERE callback = ?1 AND kind = ?2 AND settled_at IS NULL",
    )?;
    let (mut due, mut bytes) = (Vec::new(), 0);
    for id in ids {
        let found = one.query_row([id.callback.as_str(), id.kind.as_str()], |row| {
            bytes += row.get_ref("opened_message")?.as_str_or_null()?.map_or(0, str::len);
            delivery(row)
        });
        match found.optional()? {
            Some(found) => due.push(found),
            // taken while the database could not be asked whether it was settled before
            None if work.is_now() => drop(work.outbox.remove(&id)),
            None => {}
        }
        if bytes >= READ_AT_ONCE {
            break;
        }
    }
    Ok(due)
}

fn id(row: &Row<'_>) -> Result<DeliveryId> {
    let word: String = row.get("kind")?;
    let kind = CallbackKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let unknown = || rusqlite::Error::FromSqlConversionFailure(1, Type::Text, FromSqlError::InvalidType.into());
    Ok(DeliveryId { callback: text(row, "callback")?, kind: kind.ok_or_else(unknown)? })
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    let message = match row.get_ref("opened_message")?.as_str_or_null()? {
        None => Message::Ended,
        Some(json) => serde_json::from_str(json).map_err(FromSqlError::other)?,
    };
    Ok(Delivery {
        id: id(row)?,
        meeting: MeetingKey { integration: text(row, "integration")?, meeting_id: text(row, "meeting_id")? },
        url: CallbackUrl::kept(row.get("opened_url")?),
        message,
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

/// Settles a delivery; neither its URL nor its message is kept. Answers whether it waited.
pub(super) fn settle(database: &Connection, id: &DeliveryId, how: Settled, at: Timestamp) -> Result<bool> {
    let mut statement = database.prepare_cached(
        "UPDATE deliveries SET url = '', message = NULL, settled_at = ?3, outcome = ?4
         WHERE callback = ?1 AND kind = ?2 AND settled_at IS NULL",
    )?;
    let at = integer(at.as_millis());
    Ok(statement.execute(params![id.callback.as_str(), id.kind.as_str(), at, how.as_str()])? > 0)
}

/// Answers how many.
pub(super) fn forget_settled(
    database: &Connection,
    kind: CallbackKind,
    before: Timestamp,
    at_most: usize,
) -> Result<usize> {
    let mut statement = database.prepare_cached(
        "DELETE FROM deliveries WHERE rowid IN
             (SELECT rowid FROM deliveries WHERE kind = ?1 AND settled_at < ?2 LIMIT ?3)",
    )?;
    statement.execute(params![kind.as_str(), integer(before.as_millis()), i64::try_from(at_most).unwrap_or(i64::MAX)])
}

/// Nothing of an integration waits any more: it is itself removed.
pub(super) fn remove_all(database: &Connection, integration: &IntegrationName) -> Result<()> {
    let mut statement =
        database.prepare_cached("DELETE FROM deliveries WHERE integration = ?1 AND settled_at IS NULL")?;
    statement.execute([integration.as_str()])?;
    Ok(())
}
