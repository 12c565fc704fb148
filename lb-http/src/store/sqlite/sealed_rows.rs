//! Brings the secrets in a database under the first key, before a store works on it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::file::real_path;
use super::schema;
use super::seal::{self, Unopened};
use crate::store::OpenError;
use crate::store::key_file::{KeyRing, StoreKey};

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
const SEALED: [Sealed; 14] = [
    sealed("integration_secrets.secret", ("integration_secrets", "secret"), &["integration", "label"]),
    sealed("integrations.create_rules", ("integrations", "create_rules"), &["name"]),
    sealed("integrations.join_rules", ("integrations", "join_rules"), &["name"]),
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

/// A secret that is to be written anew.
struct Stale {
    column: &'static Sealed,
    row: i64,
    was_plain: bool,
}

/// A secret as it stands in the database, and what it is.
struct Found {
    row: i64,
    text: String,
    plain: String,
    /// What is sealed with it.
    bound: Vec<String>,
}

impl Found {
    fn bound(&self) -> Vec<&str> {
        self.bound.iter().map(String::as_str).collect()
    }
}

impl Sealed {
    /// A statement whose rows [`read`](Self::read) opens.
    fn select(&self, condition: &str) -> String {
        let Self { table, column, owner, .. } = self;
        format!("SELECT rowid, {column}, {} FROM {table} WHERE {condition}", owner.join(", "))
    }

    fn read(&'static self, row: &Row<'_>, keys: Option<&KeyRing>) -> std::result::Result<Found, Trouble> {
        let mut bound = vec![self.place.to_owned()];
        for column in 2..2 + self.owner.len() {
            bound.push(row.get(column)?);
        }
        let mut found = Found { row: row.get(0)?, text: row.get(1)?, plain: String::new(), bound };
        found.plain = seal::open(keys, &found.text, &found.bound()).map_err(|unopened| self.trouble(unopened, keys))?;
        Ok(found)
    }

    fn trouble(&self, unopened: Unopened, keys: Option<&KeyRing>) -> Trouble {
        match unopened {
            Unopened::NoKey(_) if keys.is_none() => Trouble::NoKeyFile,
            Unopened::NoKey(id) => Trouble::NoKey(id),
            Unopened::Foreign => Trouble::Foreign(self.place),
        }
    }
}

/// Opens every secret with `keys`; answers those that are not under the first.
fn look(database: &Connection, keys: Option<&KeyRing>) -> std::result::Result<Vec<Stale>, Trouble> {
    let first = keys.and_then(KeyRing::first).map(StoreKey::id);
    let mut stale = Vec::new();
    // an older schema knows of no sealed secret
    if !database.table_exists(None, "sealing")? {
        return Ok(stale);
    }
    for column in &SEALED {
        let mut query = database.prepare(&column.select(&format!("{} AND {} <> ''", column.rows, column.column)))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let found = column.read(row, keys)?;
            if seal::key_of(&found.text) != first {
                stale.push(Stale { column, row: found.row, was_plain: !seal::is_sealed(&found.text) });
            }
        }
    }
    Ok(stale)
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
    let refused = |trouble| match trouble {
        Trouble::NoKeyFile => OpenError::NoKeyFile(path.to_owned()),
        Trouble::NoKey(key) => OpenError::NoKey { path: path.to_owned(), key },
        Trouble::Foreign(place) => OpenError::Unopened { path: path.to_owned(), place },
        Trouble::Database(error) => problem(error),
    };
    let stale = look(connection, keys).map_err(refused)?;
    if !stale.is_empty() {
        write(connection, &stale, keys).map_err(refused)?;
        match keys.and_then(KeyRing::first) {
            Some(key) => tracing::info!(secrets = stale.len(), key = key.id(), "secrets in the database were sealed"),
            None => tracing::warn!(secrets = stale.len(), "secrets in the database are plain text again"),
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

fn write(connection: &mut Connection, stale: &[Stale], keys: Option<&KeyRing>) -> std::result::Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for Stale { column, row, .. } in stale {
        // one after the other is in memory: some are long
        let found = {
            let mut query = transaction.prepare_cached(&column.select("rowid = ?1"))?;
            let mut rows = query.query([row])?;
            let Some(row) = rows.next()? else { continue };
            column.read(row, keys)?
        };
        let text = seal::seal(keys, &found.plain, &found.bound()).map_err(|unopened| column.trouble(unopened, keys))?;
        let Sealed { table, column, .. } = column;
        let mut update = transaction.prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE rowid = ?1"))?;
        update.execute(params![row, text])?;
    }
    if stale.iter().any(|stale| stale.was_plain) {
        transaction.execute("INSERT OR REPLACE INTO sealing VALUES (1, 0)", [])?;
    }
    Ok(transaction.commit()?)
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
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        // said when it is so: who is killed before begins again
        connection.execute("UPDATE sealing SET tidy = ?1", [busy == 0])?;
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
        let copy = copy.display();
        tracing::warn!(%copy, "an older copy of the database may have secrets in plain text: delete it when it is needed no more");
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
