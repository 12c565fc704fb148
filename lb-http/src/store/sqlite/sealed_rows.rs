//! Brings the secrets in a database under the first key, before a store works on it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::file::real_path;
use super::schema;
use super::seal::{self, Unopened};
use crate::store::OpenError;
use crate::store::key_file::KeyRing;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// A column with secrets.
struct Sealed {
    /// `table.column`, which is sealed with each secret.
    place: &'static str,
    table: &'static str,
    column: &'static str,
    /// The columns that say whose it is, which are sealed with it too.
    owner: &'static [&'static str],
    /// Which rows have one.
    rows: &'static str,
}

const fn sealed(
    place: &'static str,
    (table, column): (&'static str, &'static str),
    owner: &'static [&'static str],
) -> Sealed {
    Sealed { place, table, column, owner, rows: "true" }
}

/// A meeting, and a claim, is told by these.
const MEETING: &[&str] = &["integration", "meeting_id"];

/// What tells one delivery. Of those that are settled nothing secret is kept.
const DELIVERY: &[&str] = &["callback", "kind"];
const WAITING: &str = "settled_at IS NULL";

/// Every column that is written by `seal` and read by `unseal`.
const SEALED: [Sealed; 12] = [
    sealed("integration_secrets.secret", ("integration_secrets", "secret"), &["integration", "label"]),
    sealed("servers.secret", ("servers", "secret"), &["name"]),
    sealed("fleet_servers.secret", ("fleet_servers", "secret"), &["name"]),
    sealed("hooks.url", ("hooks", "url"), &["integration"]),
    sealed("claims.attendee_password", ("claims", "attendee_password"), MEETING),
    sealed("claims.moderator_password", ("claims", "moderator_password"), MEETING),
    sealed("claims.callbacks", ("claims", "callbacks"), MEETING),
    sealed("meetings.attendee_password", ("meetings", "attendee_password"), MEETING),
    sealed("meetings.moderator_password", ("meetings", "moderator_password"), MEETING),
    sealed("meetings.callbacks", ("meetings", "callbacks"), MEETING),
    Sealed { rows: WAITING, ..sealed("deliveries.url", ("deliveries", "url"), DELIVERY) },
    Sealed { rows: WAITING, ..sealed("deliveries.message", ("deliveries", "message"), DELIVERY) },
];

/// Why secrets of a database cannot be used.
#[derive(Debug)]
pub(super) enum Trouble {
    /// They are sealed, and no key file is named.
    NoKeyFile,
    /// The key file lacks the key of this name.
    NoKey(String),
    /// One in this column does not open.
    Foreign(&'static str),
    /// The database cannot be read.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// A secret that is not as it is to be, and as it is to be.
struct Change {
    column: &'static Sealed,
    row: i64,
    text: String,
    was_plain: bool,
}

/// Opens every secret with `keys`; answers those that are to be written anew.
fn look(database: &Connection, keys: Option<&KeyRing>) -> std::result::Result<Vec<Change>, Trouble> {
    let first = keys.and_then(KeyRing::first).map(|key| key.id());
    let mut changes = Vec::new();
    // an older schema knows of no sealed secret
    if !database.table_exists(None, "sealing")? {
        return Ok(changes);
    }
    for column in &SEALED {
        let Sealed { place, table, column: name, owner, rows } = column;
        let owners = owner.join(", ");
        let mut query =
            database.prepare(&format!("SELECT rowid, {name}, {owners} FROM {table} WHERE {rows} AND {name} <> ''"))?;
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            let (number, text): (i64, String) = (row.get(0)?, row.get(1)?);
            if first.is_none() && !seal::is_sealed(&text) {
                continue;
            }
            let owner = (2..2 + owner.len()).map(|column| row.get::<_, String>(column)).collect::<Result<Vec<_>>>()?;
            let bound: Vec<&str> = std::iter::once(*place).chain(owner.iter().map(String::as_str)).collect();
            let trouble = |unopened: Unopened| match unopened {
                Unopened::NoKey(_) if keys.is_none() => Trouble::NoKeyFile,
                Unopened::NoKey(id) => Trouble::NoKey(id),
                Unopened::Foreign => Trouble::Foreign(place),
            };
            let plain = seal::open(keys, &text, &bound).map_err(trouble)?;
            if seal::key_of(&text) != first {
                let was_plain = !seal::is_sealed(&text);
                let text = seal::seal(keys, &plain, &bound).map_err(trouble)?;
                changes.push(Change { column, row: number, text, was_plain });
            }
        }
    }
    Ok(changes)
}

/// Refuses a database that `keys` do not open.
pub(super) fn check(database: &Connection, keys: Option<&KeyRing>) -> std::result::Result<(), Trouble> {
    look(database, keys).map(drop)
}

/// Has every secret in the database sealed with the first key, or plain where there is none: those that are not are written
/// anew in one transaction. Then nothing of what stood there plainly is left in the file.
///
/// # Errors
/// [`OpenError`]: the database is as it was.
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    keys: Option<&KeyRing>,
) -> std::result::Result<(), OpenError> {
    let problem = |error: rusqlite::Error| schema::open_error(path, &error);
    let changes = look(connection, keys).map_err(|trouble| match trouble {
        Trouble::NoKeyFile => OpenError::NoKeyFile(path.to_owned()),
        Trouble::NoKey(key) => OpenError::NoKey { path: path.to_owned(), key },
        Trouble::Foreign(place) => OpenError::Unopened { path: path.to_owned(), place },
        Trouble::Database(error) => problem(error),
    })?;
    if !changes.is_empty() {
        write(connection, &changes).map_err(problem)?;
        let first = keys.and_then(KeyRing::first);
        match first {
            Some(key) => tracing::info!(secrets = changes.len(), key = key.id(), "secrets in the database were sealed"),
            None => tracing::warn!(secrets = changes.len(), "secrets in the database are plain text again"),
        }
    }
    tidy_up(connection, path).map_err(problem)?;
    for key in keys.into_iter().flat_map(|keys| keys.keys().iter().skip(usize::from(keys.first().is_some()))) {
        tracing::info!(
            key = key.id(),
            "no secret in the database is under this key any more: its line may be deleted once no backup needs it"
        );
    }
    Ok(())
}

fn write(connection: &mut Connection, changes: &[Change]) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for Change { column, row, text, .. } in changes {
        let Sealed { table, column, .. } = column;
        let mut update = transaction.prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE rowid = ?1"))?;
        update.execute(params![row, text])?;
    }
    if changes.iter().any(|change| change.was_plain) {
        transaction.execute("INSERT OR REPLACE INTO sealing VALUES (1, 0)", [])?;
    }
    transaction.commit()
}

/// Writes the file anew without remains, once after secrets that stood there plainly were sealed. What fails for want of room, or
/// because another program reads, is told of and tried again at the next start.
fn tidy_up(connection: &Connection, path: &Path) -> Result<()> {
    if !connection.table_exists(None, "sealing")? {
        return Ok(());
    }
    let tidy: Option<bool> = connection.query_row("SELECT tidy FROM sealing", [], |row| row.get(0)).optional()?;
    if tidy != Some(false) {
        return Ok(());
    }
    let cleaned = connection.execute_batch("VACUUM").and_then(|()| {
        connection.execute("UPDATE sealing SET tidy = 1", [])?;
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            connection.execute("UPDATE sealing SET tidy = 0", [])?;
        }
        Ok(busy == 0)
    });
    if !matches!(cleaned, Ok(true)) {
        let problem = cleaned.err().map_or("another program reads it".to_owned(), |error| error.to_string());
        tracing::warn!(
            problem,
            "the database's file may still have secrets in plain text where nothing is kept any more: the next start tries \
             again to write it anew"
        );
    }
    for copy in copies(path) {
        tracing::warn!(copy = %copy.display(), "an older copy of the database may have secrets in plain text: delete it when it is needed no more");
    }
    Ok(())
}

/// The copies that upgrades and restores have left beside the database.
fn copies(path: &Path) -> Vec<PathBuf> {
    let Ok(path) = real_path(path) else { return Vec::new() };
    let (Some(directory), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let begins = [".schema-", ".before-restore-"].map(|kind| format!("{name}{kind}"));
    let files = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|file| file.path());
    let is_copy = |file: &PathBuf| {
        let file = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        begins.iter().any(|begin| file.starts_with(begin)) && !file.ends_with("-wal") && !file.ends_with("-shm")
    };
    files.filter(is_copy).collect()
}
