//! Events in the order in which they happened: what reports read.

use std::ops::Range;

use lb_core::store::{EVENTS_PAGE, EventCursor, EventFilter, EventPage, WITHIN};
use lb_core::{IntegrationName, Timestamp};
use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, named_params};

use super::events;
use super::tables::{integer, millis};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// One page of the events that fit `filter`, oldest first.
///
/// All kinds are read in one go: a report wants most of what there is.
pub(super) fn page(
    database: &Connection,
    filter: &EventFilter,
    after: Option<EventCursor>,
    limit: usize,
) -> Result<EventPage> {
    let limit = limit.min(EVENTS_PAGE);
    if limit == 0 {
        return Ok(EventPage::default());
    }
    let course = Course::new(filter, after, limit);
    found(database, &course.sql, &course.values(), limit)
}

/// A statement that finds the oldest events.
pub(super) struct Course {
    pub(super) sql: String,
    values: Vec<(String, Value)>,
}

impl Course {
    pub(super) fn new(filter: &EventFilter, after: Option<EventCursor>, limit: usize) -> Self {
        let EventFilter { integration, within, meeting_id, internal_id, server, kinds, from, until, .. } = filter;
        let EventFilter { without_administered, by, subject_kind, subject_name, .. } = filter;
        let equal = [
            ("internal_id", internal_id.as_ref().map(|id| id.as_str())),
            ("meeting_id", meeting_id.as_ref().map(|id| id.as_str())),
            ("integration", integration.as_ref().map(|name| name.as_str())),
            ("server", server.as_ref().map(|name| name.as_str())),
            ("administrator", by.as_deref()),
            ("subject_kind", subject_kind.as_deref()),
            ("subject_name", subject_name.as_deref()),
        ];
        let index = match equal.map(|(_, given)| given.is_some()) {
            [true, ..] => "events_by_incarnation",
            [_, true, ..] => "events_by_meeting",
            [_, _, true, ..] => "events_by_integration",
            [_, _, _, true, ..] => "events_by_server",
            _ => "events_by_time",
        };
        // all that is behind both the begin of the period and the end of the page before; rows are numbered from 1 on
        let from = from.map(|at| EventCursor { at, id: 0 });
        let behind = [from, after].into_iter().flatten().max();
        let (at, id) = behind.map_or((i64::MIN, 0), |end| (integer(end.at.as_millis()), integer(end.id)));
        let until = until.map_or(i64::MAX, |until| integer(until.as_millis()));
        let mut sql = format!("SELECT * FROM events INDEXED BY {index} WHERE at >= :at AND at < :until ");
        sql.push_str("AND (at > :at OR id > :id) ");
        let numbers = [(":at", at), (":id", id), (":until", until), (":limit", limit as i64 + 1)];
        let mut values: Vec<_> = numbers.map(|(name, number)| (name.to_owned(), number.into())).into();
        for (column, given) in equal {
            if let Some(given) = given {
                sql.push_str(&format!("AND {column} = :{column} "));
                values.push((format!(":{column}"), given.to_owned().into()));
            }
        }
        if *without_administered {
            sql.push_str("AND event <> 'administered' ");
        }
        let mut one_of = |column: &str, given: Vec<String>| {
            let names: Vec<_> = (0..given.len()).map(|number| format!(":{column}{number}")).collect();
            sql.push_str(&format!("AND {column} IN ({}) ", names.join(", ")));
            values.extend(names.into_iter().zip(given.into_iter().map(Value::from)));
        };
        if !kinds.is_empty() {
            one_of("event", kinds.clone());
        }
        if let Some(within) = within {
            one_of("integration", within.iter().take(WITHIN).map(ToString::to_string).collect());
        }
        sql.push_str("ORDER BY at, id LIMIT :limit");
        Self { sql, values }
    }

    pub(super) fn values(&self) -> Vec<(&str, &dyn ToSql)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value as &dyn ToSql)).collect()
    }
}

/// Events by which meetings came to be that had not ended before `:until`: of one integration.
pub(super) const UNENDED_OF_ONE: &str = "
    SELECT made.* FROM events AS made INDEXED BY events_by_integration_and_kind
    WHERE made.integration = :integration AND made.event = :event
        AND made.at >= :at AND made.at < :until AND (made.at > :at OR made.id > :id)
        AND NOT EXISTS (
            SELECT 1 FROM events AS ended INDEXED BY events_by_incarnation
            WHERE ended.internal_id = made.internal_id AND ended.event = 'meeting-ended'
                AND ended.integration = made.integration AND ended.at < :until)
    ORDER BY made.at, made.id
    LIMIT :limit";

/// The same, of all of them.
pub(super) const UNENDED: &str = "
    SELECT made.* FROM events AS made INDEXED BY events_by_kind
    WHERE :integration IS NULL AND made.event = :event
        AND made.at >= :at AND made.at < :until AND (made.at > :at OR made.id > :id)
        AND NOT EXISTS (
            SELECT 1 FROM events AS ended INDEXED BY events_by_incarnation
            WHERE ended.internal_id = made.internal_id AND ended.event = 'meeting-ended'
                AND ended.integration = made.integration AND ended.at < :until)
    ORDER BY made.at, made.id
    LIMIT :limit";

/// One page of the events by which meetings came to be in `period` that had not ended before its end.
pub(super) fn unended(
    database: &Connection,
    integration: Option<&IntegrationName>,
    period: Range<Timestamp>,
    after: Option<EventCursor>,
    limit: usize,
) -> Result<EventPage> {
    let limit = limit.min(EVENTS_PAGE);
    if limit == 0 {
        return Ok(EventPage::default());
    }
    let begin = EventCursor { at: period.start, id: 0 };
    let behind = after.map_or(begin, |after| after.max(begin));
    let mut rows = Vec::new();
    for event in ["meeting-created", "meeting-adopted"] {
        let values = named_params! {
            ":integration": integration.map(|name| name.as_str()),
            ":event": event,
            ":at": integer(behind.at.as_millis()),
            ":id": integer(behind.id),
            ":until": integer(period.end.as_millis()),
            ":limit": limit as i64 + 1,
        };
        let sql = if integration.is_some() { UNENDED_OF_ONE } else { UNENDED };
        rows.extend(read(database, sql, values)?);
    }
    rows.sort_by_key(|(cursor, _)| *cursor);
    Ok(cut(rows, limit))
}

type Found = (EventCursor, Option<lb_core::event::Event>);

fn found(database: &Connection, sql: &str, values: &[(&str, &dyn ToSql)], limit: usize) -> Result<EventPage> {
    Ok(cut(read(database, sql, values)?, limit))
}

fn read(database: &Connection, sql: &str, values: &[(&str, &dyn ToSql)]) -> Result<Vec<Found>> {
    let mut statement = database.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let cursor = EventCursor { at: millis(row, "at")?, id: row.get::<_, i64>("id")?.cast_unsigned() };
        found.push((cursor, events::read(row)?));
    }
    Ok(found)
}

fn cut(mut rows: Vec<Found>, limit: usize) -> EventPage {
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|(cursor, _)| *cursor).filter(|_| goes_on);
    EventPage { events: rows.into_iter().filter_map(|(_, event)| event).collect(), next }
}
