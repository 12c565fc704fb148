//! The rows of claims, meetings and strays.

use std::collections::HashMap;
use std::sync::Arc;

use lb_core::callback::Callbacks;
use lb_core::store::MeetingIndex;
use lb_core::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingKey, Passwords, ServerName, Stray, Timestamp};
use rusqlite::{Connection, Row, named_params, params};

use super::parameters::{CreateTimes, Parameters};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// SQLite's integers are signed. Every number comes back as it was, though one beyond 2⁶³ looks negative in SQL.
pub(super) fn integer(number: u64) -> i64 {
    number.cast_signed()
}

pub(super) fn millis(row: &Row<'_>, column: &str) -> Result<Timestamp> {
    row.get::<_, i64>(column).map(|number| Timestamp::from_millis(number.cast_unsigned()))
}

pub(super) fn text<T: From<String>>(row: &Row<'_>, column: &str) -> Result<T> {
    row.get::<_, String>(column).map(T::from)
}

fn key(row: &Row<'_>) -> Result<MeetingKey> {
    Ok(MeetingKey { integration: text(row, "integration")?, meeting_id: text(row, "meeting_id")? })
}

fn passwords(row: &Row<'_>) -> Result<Passwords> {
    Ok(Passwords { attendee: text(row, "attendee")?, moderator: text(row, "moderator")? })
}

/// Callbacks that cannot be read are told of and left out: the meeting is worth more.
fn callbacks(row: &Row<'_>) -> Result<Option<Callbacks>> {
    let Some(json) = row.get::<_, Option<String>>("told")? else { return Ok(None) };
    let callbacks = serde_json::from_str(&json).ok();
    if callbacks.is_none() {
        tracing::warn!("the callbacks of a meeting in the database cannot be read");
    }
    Ok(callbacks)
}

fn callbacks_column(callbacks: Option<&Callbacks>) -> Result<Option<String>> {
    let json = callbacks.map(serde_json::to_string).transpose();
    json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Writes a claim in place of whatever its key or its token had.
pub(super) fn put_claim(database: &Connection, claim: &Claim) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO claims VALUES (:integration, :meeting_id, :token, :server,
             seal(:attendee_password, 'claims.attendee_password', :integration, :meeting_id), seal(:moderator_password, 'claims.moderator_password', :integration, :meeting_id), :voice_bridge, :expires, :supersedes, seal(:callbacks, 'claims.callbacks', :integration, :meeting_id))",
    )?;
    statement.execute(named_params! {
        ":integration": claim.key.integration.as_str(),
        ":meeting_id": claim.key.meeting_id.as_str(),
        ":token": claim.token.as_str(),
        ":server": claim.server.as_str(),
        ":attendee_password": claim.passwords.attendee.expose(),
        ":moderator_password": claim.passwords.moderator.expose(),
        ":voice_bridge": claim.voice_bridge,
        ":expires": integer(claim.expires.as_millis()),
        ":supersedes": claim.supersedes.as_ref().map(|lost| lost.internal_id.as_str()),
        ":callbacks": callbacks_column(claim.callbacks.as_ref())?,
    })?;
    Ok(())
}

pub(super) fn delete_claim(database: &Connection, token: &ClaimToken) -> Result<()> {
    database.prepare_cached("DELETE FROM claims WHERE token = ?1")?.execute([token.as_str()])?;
    Ok(())
}

/// Writes a meeting in place of whatever claim or incarnation its key had.
pub(super) fn put_meeting(database: &Connection, meeting: &Meeting) -> Result<()> {
    let own = params![meeting.key.integration.as_str(), meeting.key.meeting_id.as_str()];
    database.prepare_cached("DELETE FROM claims WHERE integration = ?1 AND meeting_id = ?2")?.execute(own)?;
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO meetings VALUES (:integration, :meeting_id, :internal_id, :create_time, :server, :name,
             seal(:attendee_password, 'meetings.attendee_password', :integration, :meeting_id), seal(:moderator_password, 'meetings.moderator_password', :integration, :meeting_id), :voice_bridge, :records, :created_at, :parameters, :superseded,
             seal(:callbacks, 'meetings.callbacks', :integration, :meeting_id))",
    )?;
    statement.execute(named_params! {
        ":integration": meeting.key.integration.as_str(),
        ":meeting_id": meeting.key.meeting_id.as_str(),
        ":internal_id": meeting.internal_id.as_str(),
        ":create_time": integer(meeting.create_time),
        ":server": meeting.server.as_str(),
        ":name": meeting.name,
        ":attendee_password": meeting.passwords.attendee.expose(),
        ":moderator_password": meeting.passwords.moderator.expose(),
        ":voice_bridge": meeting.voice_bridge,
        ":records": meeting.records,
        ":created_at": integer(meeting.created_at.as_millis()),
        ":parameters": Parameters::to_json(&meeting.parameters)?,
        ":superseded": CreateTimes::to_json(&meeting.superseded)?,
        ":callbacks": callbacks_column(meeting.callbacks.as_ref())?,
    })?;
    delete_stray(database, &meeting.key, &meeting.server)?;
    Ok(())
}

pub(super) fn delete_meeting(database: &Connection, key: &MeetingKey) -> Result<()> {
    let own = params![key.integration.as_str(), key.meeting_id.as_str()];
    database.prepare_cached("DELETE FROM meetings WHERE integration = ?1 AND meeting_id = ?2")?.execute(own)?;
    Ok(())
}

/// Writes a stray in place of an earlier one of its key and server.
pub(super) fn put_stray(database: &Connection, stray: &Stray) -> Result<()> {
    database.prepare_cached("INSERT OR REPLACE INTO strays VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        stray.key.integration.as_str(),
        stray.key.meeting_id.as_str(),
        stray.server.as_str(),
        integer(stray.since.as_millis()),
        stray.superseded.as_ref().map(InternalMeetingId::as_str),
    ])?;
    Ok(())
}

pub(super) fn delete_stray(database: &Connection, key: &MeetingKey, server: &ServerName) -> Result<()> {
    database
        .prepare_cached("DELETE FROM strays WHERE integration = ?1 AND meeting_id = ?2 AND server = ?3")?
        .execute(params![key.integration.as_str(), key.meeting_id.as_str(), server.as_str()])?;
    Ok(())
}

const OPENED_CLAIMS: &str = "
    SELECT *, unseal(attendee_password, 'claims.attendee_password', integration, meeting_id) AS attendee,
        unseal(moderator_password, 'claims.moderator_password', integration, meeting_id) AS moderator,
        unseal(callbacks, 'claims.callbacks', integration, meeting_id) AS told
    FROM claims";

const OPENED_MEETINGS: &str = "
    SELECT *, unseal(attendee_password, 'meetings.attendee_password', integration, meeting_id) AS attendee,
        unseal(moderator_password, 'meetings.moderator_password', integration, meeting_id) AS moderator,
        unseal(callbacks, 'meetings.callbacks', integration, meeting_id) AS told
    FROM meetings";

/// Reads the whole index.
pub(super) fn load_index(database: &Connection) -> Result<MeetingIndex> {
    let meetings = all(database, OPENED_MEETINGS, |row| {
        Ok(Meeting {
            key: key(row)?,
            internal_id: text(row, "internal_id")?,
            create_time: row.get::<_, i64>("create_time")?.cast_unsigned(),
            server: text(row, "server")?,
            name: row.get("name")?,
            passwords: passwords(row)?,
            voice_bridge: row.get("voice_bridge")?,
            records: row.get("records")?,
            created_at: millis(row, "created_at")?,
            parameters: row.get::<_, Parameters>("parameters")?.0,
            superseded: row.get::<_, CreateTimes>("superseded")?.0,
            callbacks: callbacks(row)?,
        })
    })?;
    let of_key: HashMap<&MeetingKey, &Meeting> = meetings.iter().map(|meeting| (&meeting.key, meeting)).collect();
    let claims = all(database, OPENED_CLAIMS, |row| {
        let key = key(row)?;
        let supersedes: Option<String> = row.get("supersedes")?;
        let lost = of_key.get(&key).filter(|lost| supersedes.as_deref() == Some(lost.internal_id.as_str()));
        Ok(Claim {
            supersedes: lost.map(|&lost| Arc::new(lost.clone())),
            key,
            server: text(row, "server")?,
            passwords: passwords(row)?,
            voice_bridge: row.get("voice_bridge")?,
            token: text(row, "token")?,
            // its creator died with the process that had the file before: it can be settled at once
            expires: Timestamp::default(),
            callbacks: callbacks(row)?,
        })
    })?;
    let strays = all(database, "SELECT * FROM strays", |row| {
        let superseded: Option<String> = row.get("superseded")?;
        Ok(Stray {
            key: key(row)?,
            server: text(row, "server")?,
            since: millis(row, "since")?,
            superseded: superseded.map(InternalMeetingId::from),
        })
    })?;
    Ok(MeetingIndex::restored(claims, meetings, strays))
}

fn all<T>(database: &Connection, query: &str, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    database.prepare(query)?.query_map([], read)?.collect()
}
