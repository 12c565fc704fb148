//! The events of one person: found, and without them.

use lb_core::event::Event;
use lb_core::store::{EVENTS_PAGE, Erased, EventCursor, EventFilter, EventPage, PersonQuery, PseudonymKey};
use rusqlite::{Connection, OptionalExtension, params};

use super::event_query::{Part, Question};
use super::events;
use super::tables::{integer, millis};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// How many events of one kind are looked at for one page.
const LOOKED_AT: usize = 50_000;

/// Some events of somebody, newest first, and where the page ended.
pub(super) type Found = (Vec<(EventCursor, Event)>, Option<EventCursor>);

/// One page of the events that tell of somebody.
pub(super) fn find(
    database: &Connection,
    query: &PersonQuery,
    after: Option<EventCursor>,
    limit: usize,
) -> Result<Found> {
    find_among(database, query, after, (limit.min(EVENTS_PAGE), LOOKED_AT))
}

pub(super) fn find_among(
    database: &Connection,
    query: &PersonQuery,
    after: Option<EventCursor>,
    (limit, looked_at): (usize, usize),
) -> Result<Found> {
    if limit == 0 {
        return Ok((Vec::new(), None));
    }
    let filter = EventFilter { integration: query.integration().cloned(), ..EventFilter::default() };
    let integration = query.integration().map(ToString::to_string);
    // a row that has not the texts in it as JSON writes them need not be read as JSON
    let said: Vec<String> = query.said().filter_map(|text| serde_json::to_string(text).ok()).collect();
    let (mut found, mut end) = (Vec::new(), None);
    for kind in query.kinds() {
        let part = Part { integration: integration.clone(), kind: Some(kind) };
        let question = Question::new(&filter, &part, after, looked_at);
        let mut statement = database.prepare_cached(&question.sql)?;
        let mut rows = statement.query(&*question.values())?;
        let (mut fitting, mut looked, mut last) = (0, 0, None);
        while let Some(row) = rows.next()? {
            let cursor = EventCursor { at: millis(row, "at")?, id: row.get::<_, i64>("id")?.cast_unsigned() };
            (looked, last) = (looked + 1, Some(cursor));
            let data = row.get_ref("data")?.as_str()?;
            if !said.iter().all(|text| data.contains(text)) {
                continue;
            }
            if let Some(event) = events::read(row)?.filter(|event| query.fits(event)) {
                found.push((cursor, event));
                fitting += 1;
                if fitting > limit {
                    break;
                }
            }
        }
        // beyond that it is not known what there is of this kind
        if fitting > limit || looked == looked_at {
            end = end.max(last);
        }
    }
    found.retain(|(cursor, _)| end.is_none_or(|end| *cursor >= end));
    found.sort_by_key(|(cursor, _)| std::cmp::Reverse(*cursor));
    if found.len() > limit {
        found.truncate(limit);
        end = found.last().map(|(cursor, _)| *cursor);
    }
    Ok((found, end))
}

/// The same without the places.
pub(super) fn page((found, next): Found) -> EventPage {
    EventPage { events: found.into_iter().map(|(_, event)| event).collect(), next }
}

/// Takes somebody out of the events that were found, as far as those still tell of them.
pub(super) fn erase(
    database: &Connection,
    (query, key): (&PersonQuery, &PseudonymKey),
    (found, next): &Found,
) -> Result<Erased> {
    let mut present = database.prepare_cached("SELECT * FROM events WHERE id = ?1")?;
    let mut replace = database.prepare_cached(
        "UPDATE events SET data = ?2, anonymised = CASE event WHEN 'meeting-created' THEN anonymised ELSE 1 END WHERE id = ?1",
    )?;
    let mut events = 0;
    for (EventCursor { id, .. }, _) in found {
        let id = integer(*id);
        let event = present.query_row([id], events::read).optional()?.flatten();
        if let Some(erased) = event.and_then(|event| query.erased(key, &event)) {
            replace.execute(params![id, events::columns(&erased)?.1])?;
            events += 1;
        }
    }
    Ok(Erased { events, next: *next })
}
