//! The rows of deliveries.

use lb_core::callback::{CallbackId, CallbackKind, CallbackUrl, Delivery, DeliveryId, LONGEST_PAUSE, Message};
use lb_core::store::{OUTBOX_ANALYTICS, OUTBOX_PLACES, Settled};
use lb_core::{Meeting, MeetingKey, Timestamp};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::tables::{integer, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// No more than this is read of deliveries that are due, bytes of their messages; one is always read.
const READ_AT_ONCE: usize = 16 << 20;

/// Writes deliveries that are due at once. Those that are known stay as they are; those beyond the bound are dropped.
pub(super) fn enqueue(database: &Connection, deliveries: &[Delivery]) -> Result<()> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let count = |query: &str| -> Result<usize> {
        let waiting: i64 = database.prepare_cached(query)?.query_row([], |row| row.get(0))?;
        Ok(usize::try_from(waiting).unwrap_or(0))
    };
    let waiting = count("SELECT count(*) FROM deliveries WHERE settled_at IS NULL")?;
    let mut places = OUTBOX_PLACES.saturating_sub(waiting);
    let mut for_analytics = 0;
    if deliveries.iter().any(is_analytics) {
        let waiting = count("SELECT count(*) FROM deliveries WHERE settled_at IS NULL AND kind = 'analytics'")?;
        for_analytics = OUTBOX_ANALYTICS.saturating_sub(waiting);
    }
    let mut statement = database.prepare_cached(
        "INSERT INTO deliveries (callback, kind, integration, meeting_id, host, url, failures, due_at, message)
         VALUES (:callback, :kind, :integration, :meeting_id, :host, :url, :failures, 0, :message)
         ON CONFLICT DO NOTHING",
    )?;
    let mut dropped = 0;
    for delivery in deliveries {
        if places == 0 || (is_analytics(delivery) && for_analytics == 0) {
            dropped += 1;
            continue;
        }
        let taken = statement.execute(named_params! {
            ":callback": delivery.id.callback.as_str(),
            ":kind": delivery.id.kind.as_str(),
            ":integration": delivery.meeting.integration.as_str(),
            ":meeting_id": delivery.meeting.meeting_id.as_str(),
            ":host": delivery.url.host(),
            ":url": delivery.url.expose(),
            ":failures": delivery.failures,
            ":message": message_column(&delivery.message)?,
        })?;
        places -= taken;
        for_analytics -= if is_analytics(delivery) { taken } else { 0 };
    }
    if dropped > 0 {
        tracing::warn!(dropped, "too many callbacks wait to be delivered: further ones are dropped");
    }
    Ok(())
}

fn is_analytics(delivery: &Delivery) -> bool {
    delivery.id.kind == CallbackKind::Analytics
}

/// The column's text: a JSON object, nothing for the end of a meeting.
fn message_column(message: &Message) -> Result<Option<String>> {
    let json = (*message != Message::Ended).then(|| serde_json::to_string(message));
    json.transpose().map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The end of a meeting was learnt otherwise than by a callback.
pub(super) fn ended(database: &Connection, meeting: &Meeting) -> Result<()> {
    let Some(callbacks) = &meeting.callbacks else { return Ok(()) };
    enqueue(database, &callbacks.deliveries(&meeting.key, false))
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

/// The deliveries that are due, the longest due first, and no more than `for_one` to one host.
pub(super) fn due(database: &Connection, now: Timestamp, limit: usize, for_one: usize) -> Result<Vec<Delivery>> {
    // their messages may be long: only those that are answered are read
    let mut query = database.prepare_cached(
        "SELECT id FROM
             (SELECT rowid AS id, due_at, row_number() OVER (PARTITION BY host ORDER BY due_at) AS place
              FROM deliveries WHERE settled_at IS NULL AND (due_at <= ?1 OR due_at > ?4))
         WHERE place <= ?2 ORDER BY due_at LIMIT ?3",
    )?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    // what is due later than any pause ends was put off by a clock that has been set back since
    let bogus = integer((now + LONGEST_PAUSE).as_millis());
    let found =
        query.query_map(params![integer(now.as_millis()), number(for_one), number(limit), bogus], |row| row.get(0))?;
    let ids = found.collect::<Result<Vec<i64>>>()?;
    let mut one = database.prepare_cached("SELECT * FROM deliveries WHERE rowid = ?1")?;
    let (mut due, mut bytes) = (Vec::with_capacity(ids.len()), 0);
    for id in ids {
        due.push(one.query_row([id], |row| {
            bytes += row.get_ref("message")?.as_str_or_null().ok().flatten().map_or(0, str::len);
            delivery(row)
        })?);
        if bytes >= READ_AT_ONCE {
            break;
        }
    }
    Ok(due)
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    let word: String = row.get("kind")?;
    let kind = CallbackKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let unknown = || rusqlite::Error::FromSqlConversionFailure(1, Type::Text, FromSqlError::InvalidType.into());
    let message = match row.get_ref("message")?.as_str_or_null()? {
        None => Message::Ended,
        Some(json) => serde_json::from_str(json).map_err(FromSqlError::other)?,
    };
    Ok(Delivery {
        id: DeliveryId { callback: text(row, "callback")?, kind: kind.ok_or_else(unknown)? },
        meeting: MeetingKey { integration: text(row, "integration")?, meeting_id: text(row, "meeting_id")? },
        url: CallbackUrl::kept(row.get("url")?),
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

pub(super) fn forget_settled(database: &Connection, kind: CallbackKind, before: Timestamp) -> Result<()> {
    let mut statement = database.prepare_cached("DELETE FROM deliveries WHERE kind = ?1 AND settled_at < ?2")?;
    statement.execute(params![kind.as_str(), integer(before.as_millis())])?;
    Ok(())
}
