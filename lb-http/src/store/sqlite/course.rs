//! The rows of the course of the load.

use std::collections::BTreeMap;

use lb_core::Timestamp;
use lb_core::course::{CourseStep, Sample};
use rusqlite::{Connection, Row, params};

use super::tables::{integer, millis, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Writes `step` in the place of one of the same moment, and deletes what is older than `since`.
pub(super) fn save(database: &Connection, step: &CourseStep, since: Timestamp) -> Result<()> {
    let (at, since) = (integer(step.at.as_millis()), integer(since.as_millis()));
    database.prepare_cached("DELETE FROM course_totals WHERE step < ?1 OR step = ?2")?.execute((since, at))?;
    database.prepare_cached("DELETE FROM course_servers WHERE at < ?1 OR at = ?2")?.execute((since, at))?;
    let mut totals =
        database.prepare_cached("INSERT OR REPLACE INTO course_totals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for (minute, sample) in &step.totals {
        let Sample { users, meetings, audio, video, cpu, memory } = sample;
        totals.execute(params![integer(minute.as_millis()), at, users, meetings, audio, video, cpu, memory])?;
    }
    let mut servers = database.prepare_cached("INSERT INTO course_servers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for (name, sample) in &step.servers {
        let Sample { users, meetings, audio, video, cpu, memory } = sample;
        servers.execute(params![at, name.as_str(), users, meetings, audio, video, cpu, memory])?;
    }
    Ok(())
}

/// What was written, oldest first.
pub(super) fn load(database: &Connection) -> Result<Vec<CourseStep>> {
    let mut steps: BTreeMap<Timestamp, CourseStep> = BTreeMap::new();
    let step_of = |at| CourseStep { at, ..CourseStep::default() };
    let mut totals = database.prepare_cached("SELECT * FROM course_totals ORDER BY at")?;
    let mut rows = totals.query([])?;
    while let Some(row) = rows.next()? {
        let step = millis(row, "step")?;
        let total = (millis(row, "at")?, sample(row)?);
        steps.entry(step).or_insert_with(|| step_of(step)).totals.push(total);
    }
    let mut servers = database.prepare_cached("SELECT * FROM course_servers ORDER BY at, server")?;
    let mut rows = servers.query([])?;
    while let Some(row) = rows.next()? {
        let step = millis(row, "at")?;
        let server = (text(row, "server")?, sample(row)?);
        steps.entry(step).or_insert_with(|| step_of(step)).servers.push(server);
    }
    Ok(steps.into_values().collect())
}

fn sample(row: &Row<'_>) -> Result<Sample> {
    Ok(Sample {
        users: row.get("users")?,
        meetings: row.get("meetings")?,
        audio: row.get("audio")?,
        video: row.get("video")?,
        cpu: row.get("cpu")?,
        memory: row.get("memory")?,
    })
}
