//! Tries whether the database can be written to.

use lb_core::event::{Event, EventKind, Found};
use lb_core::{Claim, ClaimToken, Meeting, MeetingKey, Passwords, Timestamp};
use rusqlite::Connection;

use super::{events, tables};

/// The cheapest write that there is.
pub(super) fn write(database: &Connection) -> Result<(), rusqlite::Error> {
    database.prepare_cached("UPDATE probe SET writes = writes + 1")?.execute([])?;
    Ok(())
}

/// All that a create writes, undone in the same transaction. On a disk that is nearly full the cheapest write still works
/// where that of a create does not, and the end of the trouble would be told again and again.
pub(super) fn rehearse_create(database: &Connection) -> Result<(), rusqlite::Error> {
    // no integration and no meeting have such names
    let key = MeetingKey::new("", "");
    let passwords = Passwords { attendee: "".into(), moderator: "".into() };
    let claim = Claim {
        key: key.clone(),
        server: "".into(),
        passwords: passwords.clone(),
        voice_bridge: 0,
        token: ClaimToken::from(String::new()),
        expires: Timestamp::default(),
        supersedes: None,
        callbacks: None,
    };
    let meeting = Meeting {
        key: key.clone(),
        internal_id: "".into(),
        create_time: 0,
        server: "".into(),
        name: String::new(),
        passwords,
        voice_bridge: None,
        records: false,
        created_at: Timestamp::default(),
        parameters: Vec::new(),
        superseded: Vec::new(),
        callbacks: None,
    };
    let kind = EventKind::MeetingAdopted {
        meeting: key.clone(),
        internal_id: "".into(),
        server: "".into(),
        how: Found::Listed,
    };
    write(database)?;
    tables::put_claim(database, &claim)?;
    tables::put_meeting(database, &meeting)?;
    tables::delete_meeting(database, &key)?;
    events::add(database, &[Event { at: Timestamp::default(), kind }])?;
    let event = database.last_insert_rowid();
    database.prepare_cached("DELETE FROM events WHERE id = ?1")?.execute([event])?;
    Ok(())
}
