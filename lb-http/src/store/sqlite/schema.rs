//! Opening a database: is it ours, is it whole, is its schema the present one.
//!
//! Before a database that has a schema gets the next one, a copy of it is kept beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::copy::Draft;
use super::file::{OwnFile, beside};
use crate::store::OpenError;

/// The statements of each schema on top of the one before; the first makes schema 1. Never changed once released.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
    include_str!("schema/0010.sql"),
    include_str!("schema/0011.sql"),
    include_str!("schema/0012.sql"),
    include_str!("schema/0013.sql"),
    include_str!("schema/0014.sql"),
    include_str!("schema/0015.sql"),
    include_str!("schema/0016.sql"),
];

/// Marks a database as the balancer's (`PRAGMA application_id`): "LBal".
const APPLICATION_ID: i32 = 0x4C42_616C;

/// How long a statement waits for another program that writes to the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// The WAL is cut back to this many bytes after a checkpoint.
const WAL_SIZE: i64 = 64 << 20;

/// The tables that the index is made of and that a start rests on; events are too many to be checked at each start.
const CHECKED: [&str; 18] = [
    "claims",
    "meetings",
    "strays",
    "deliveries",
    "fleet_servers",
    "awaited_words",
    "plans",
    "partners",
    "routers",
    "servers",
    "integrations",
    "integration_secrets",
    "hooks",
    "accounts",
    "users",
    "api_tokens",
    "sessions",
    "sealing",
];

/// Opens the database in `file` and brings it to the newest schema of `migrations`.
pub(super) fn open(file: &OwnFile, migrations: &[&str]) -> Result<Connection, OpenError> {
    let path = file.path();
    let problem = |error| open_error(path, &error);
    // no URI: a path is a path, whatever it looks like
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(problem)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(problem)?;
    if !is_ours(&connection).map_err(problem)? {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    if connection.is_readonly("main").map_err(problem)? {
        return Err(OpenError::File { path: path.to_owned(), problem: "it can only be read".to_owned() });
    }
    file.make_private()?;
    configure(&connection).map_err(problem)?;
    migrate(&mut connection, path, migrations)?;
    for table in CHECKED {
        if let Some(problem) = damage(&connection, &format!("quick_check('{table}')")).map_err(problem)? {
            return Err(OpenError::Corrupt { path: path.to_owned(), problem });
        }
    }
    Ok(connection)
}

pub(super) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let (path, problem) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        None | Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => OpenError::Corrupt { path, problem },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked(path),
        Some(_) => OpenError::File { path, problem },
    }
}

/// What SQLite's `check`, such as `quick_check(1)`, finds damaged, in one line.
pub(super) fn damage(connection: &Connection, check: &str) -> Result<Option<String>, rusqlite::Error> {
    let verdict: String = connection.query_row(&format!("PRAGMA {check}"), [], |row| row.get(0))?;
    Ok((verdict != "ok").then(|| verdict.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// Whether the database says that it is the balancer's.
pub(super) fn is_marked(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(application == APPLICATION_ID)
}

/// Whether the database is the balancer's, or still empty.
fn is_ours(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(application == APPLICATION_ID || (application == 0 && tables == 0))
}

fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", WAL_SIZE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // a name that is taken out of an event, or goes with it, does not stay behind in the file
    connection.pragma_update(None, "secure_delete", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

pub(super) fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), OpenError> {
    let problem = |error| open_error(path, &error);
    let schema = match known(connection, migrations).map_err(problem)? {
        Known::Upto(schema) => schema,
        Known::Newer { found, known } => return Err(OpenError::Newer { path: path.to_owned(), found, known }),
        Known::Altered { version } => return Err(OpenError::Altered { path: path.to_owned(), version }),
    };
    let missing: Vec<_> = (1_u32..).zip(migrations).skip(schema as usize).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let copy = if schema > 0 { Some(keep_copy(connection, path, schema)?) } else { None };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(problem)?;
    for (version, statements) in missing {
        apply(&transaction, version, statements).map_err(|error| match &copy {
            Some(copy) => {
                let (path, problem) = (path.to_owned(), error.to_string());
                OpenError::Migration { path, version, copy: copy.clone(), problem }
            }
            None => problem(error),
        })?;
    }
    transaction.commit().map_err(problem)
}

fn apply(transaction: &Connection, version: u32, statements: &str) -> Result<(), rusqlite::Error> {
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (
             version    INTEGER PRIMARY KEY,
             checksum   TEXT    NOT NULL, -- SHA-256 of its statements
             applied_at INTEGER NOT NULL
         ) STRICT",
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.execute_batch(statements)?;
    let row = (version, checksum(statements));
    transaction.execute("INSERT INTO migrations VALUES (?1, ?2, unixepoch() * 1000)", row)?;
    Ok(())
}

fn checksum(statements: &str) -> String {
    hex::encode(Sha256::digest(statements))
}

/// How a database's schema stands to the migrations of this version.
pub(super) enum Known {
    /// It was made by the first so many of them.
    Upto(u32),
    /// It was made by more of them than there are.
    Newer { found: u32, known: u32 },
    /// It was made by others.
    Altered { version: u32 },
}

/// Compares a database's schema with `migrations`.
pub(super) fn known(connection: &Connection, migrations: &[&str]) -> Result<Known, rusqlite::Error> {
    if !connection.table_exists(None, "migrations")? {
        return Ok(Known::Upto(0));
    }
    let done = applied(connection)?;
    if done.len() > migrations.len() {
        return Ok(Known::Newer { found: done.len() as u32, known: migrations.len() as u32 });
    }
    for ((version, statements), applied) in (1_u32..).zip(migrations).zip(&done) {
        if *applied != (version, checksum(statements)) {
            return Ok(Known::Altered { version });
        }
    }
    Ok(Known::Upto(done.len() as u32))
}

/// Keeps a copy of the database as `<file>.schema-N.backup`, with a number where that name is taken by an older one. One
/// that was made since the database was last written to, by an upgrade that failed, is copy enough.
fn keep_copy(connection: &Connection, path: &Path, schema: u32) -> Result<PathBuf, OpenError> {
    // an empty log was made by opening the database
    let written = ["", "-wal"].map(|suffix| fs::metadata(beside(path, suffix)));
    let written = written.into_iter().flatten().filter(|file| file.len() > 0).flat_map(|file| file.modified()).max();
    let name = |number: u32| match number {
        1 => beside(path, &format!(".schema-{schema}.backup")),
        _ => beside(path, &format!(".schema-{schema}.backup-{number}")),
    };
    let mut number = 1;
    while let Ok(made) = modified(&name(number)) {
        if written.is_some_and(|written| made >= written) {
            return Ok(name(number));
        }
        number += 1;
    }
    let copy = name(number);
    let failed = |problem: String| OpenError::Copy { path: path.to_owned(), copy: copy.clone(), problem };
    let draft = Draft::of(connection, path, &copy, &mut |_| {}).map_err(|error| failed(error.to_string()))?;
    draft.contents(path).map_err(|error| failed(error.to_string()))?;
    draft.publish(false).map_err(|error| failed(error.to_string()))?;
    tracing::info!(schema, copy = %copy.display(), "a copy of the database was kept before its upgrade");
    Ok(copy)
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn applied(connection: &Connection) -> Result<Vec<(u32, String)>, rusqlite::Error> {
    let mut query = connection.prepare("SELECT version, checksum FROM migrations ORDER BY version")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
