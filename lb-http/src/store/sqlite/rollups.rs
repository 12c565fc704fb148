//! The rows of roll-ups.

use std::ops::Range;

use lb_core::event::Event;
use lb_core::store::{EVENTS_PAGE, ROLLUP_MARKS, RollupChange, RollupMarks, RollupPage, RollupPart};
use rusqlite::{Connection, OptionalExtension, params};

use super::events;
use super::tables::integer;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// How far they are made.
pub(super) fn state(database: &Connection) -> Result<Option<Vec<u8>>> {
    database.prepare_cached("SELECT state FROM rollup_state")?.query_row([], |row| row.get(0)).optional()
}

/// The pages of `parts` and `days`.
pub(super) fn pages(database: &Connection, parts: &[RollupPart], days: &Range<u32>) -> Result<Vec<RollupPage>> {
    let mut statement = database
        .prepare_cached("SELECT day, data FROM rollups WHERE part = ?1 AND day >= ?2 AND day < ?3 ORDER BY day")?;
    let mut pages = Vec::new();
    for part in parts {
        let mut rows = statement.query(params![part.as_str(), days.start, days.end])?;
        while let Some(row) = rows.next()? {
            pages.push(RollupPage { day: row.get(0)?, part: *part, data: row.get(1)? });
        }
    }
    pages.sort_by_key(|page| page.day);
    Ok(pages)
}

/// Writes a change.
pub(super) fn put(database: &Connection, change: &RollupChange) -> Result<()> {
    let RollupChange { pages, done, state } = change;
    let mut write = database.prepare_cached("INSERT OR REPLACE INTO rollups (day, part, data) VALUES (?1, ?2, ?3)")?;
    let mut remove = database.prepare_cached("DELETE FROM rollups WHERE day = ?1 AND part = ?2")?;
    for RollupPage { day, part, data } in pages {
        if data.is_empty() {
            remove.execute(params![day, part.as_str()])?;
        } else {
            write.execute(params![day, part.as_str(), data])?;
        }
    }
    let mut settle = database.prepare_cached("DELETE FROM rollup_marks WHERE id = ?1")?;
    for number in done {
        settle.execute([integer(*number)])?;
    }
    database.prepare_cached("INSERT OR REPLACE INTO rollup_state VALUES (1, ?1)")?.execute([state])?;
    Ok(())
}

/// Marks `days`.
pub(super) fn mark(database: &Connection, days: impl IntoIterator<Item = u32>) -> Result<()> {
    let mut statement = database.prepare_cached("INSERT INTO rollup_marks (day) VALUES (?1)")?;
    for day in days {
        statement.execute([day])?;
    }
    Ok(())
}

/// The marks that there are.
pub(super) fn marks(database: &Connection) -> Result<RollupMarks> {
    let mut statement = database.prepare_cached("SELECT id, day FROM rollup_marks ORDER BY id LIMIT ?1")?;
    let marks =
        statement.query_map([ROLLUP_MARKS as i64], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
    let marks = marks.collect::<Result<_>>()?;
    let days: i64 = database.query_row("SELECT count(DISTINCT day) FROM rollup_marks", [], |row| row.get(0))?;
    Ok(RollupMarks { marks, days: usize::try_from(days).unwrap_or_default() })
}

/// Events in the order of their numbers.
pub(super) fn events_behind(database: &Connection, after: u64, limit: usize) -> Result<Vec<(u64, Event)>> {
    let mut statement = database.prepare_cached("SELECT * FROM events WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = statement.query(params![integer(after), limit.min(EVENTS_PAGE) as i64])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get::<_, i64>("id")?.cast_unsigned();
        found.extend(events::read(row)?.map(|event| (id, event)));
    }
    Ok(found)
}

/// The number of the last event.
pub(super) fn last_event(database: &Connection) -> Result<u64> {
    let last: Option<i64> = database.query_row("SELECT max(id) FROM events", [], |row| row.get(0))?;
    Ok(last.unwrap_or_default().cast_unsigned())
}
