//! Opening a database: is it ours, is it whole, is its schema the present one.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::file::OwnFile;
use crate::store::OpenError;

/// The statements of each schema on top of the one before; the first makes schema 1. Never changed once released.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("schema/0001.sql"), include_str!("schema/0002.sql")];

/// Marks a database as the balancer's (`PRAGMA application_id`): "LBal".
const APPLICATION_ID: i32 = 0x4C42_616C;

/// How long a statement waits for another program that writes to the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// The WAL is cut back to this many bytes after a checkpoint.
const WAL_SIZE: i64 = 64 << 20;

/// The tables that the index is made of and that a start rests on; events are too many to be checked at each start.
const CHECKED: [&str; 5] = ["claims", "meetings", "strays", "deliveries", "fleet_servers"];

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
    file.make_private()?;
    configure(&connection).map_err(problem)?;
    migrate(&mut connection, path, migrations)?;
    for table in CHECKED {
        let verdict: String =
            connection.query_row(&format!("PRAGMA quick_check('{table}')"), [], |row| row.get(0)).map_err(problem)?;
        if verdict != "ok" {
            return Err(OpenError::Corrupt { path: path.to_owned(), problem: verdict });
        }
    }
    Ok(connection)
}

pub(super) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let (path, problem) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => OpenError::Corrupt { path, problem },
        None => OpenError::Corrupt { path, problem },
        Some(_) => OpenError::File { path, problem },
    }
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
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

pub(super) fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), OpenError> {
    let problem = |error| open_error(path, &error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(problem)?;
    transaction
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS migrations (
                 version    INTEGER PRIMARY KEY,
                 checksum   TEXT    NOT NULL, -- SHA-256 of its statements
                 applied_at INTEGER NOT NULL
             ) STRICT",
        )
        .map_err(problem)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(problem)?;
    let done = applied(&transaction).map_err(problem)?;
    if done.len() > migrations.len() {
        let (found, known) = (done.len() as u32, migrations.len() as u32);
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    for (version, statements) in (1_u32..).zip(migrations) {
        let checksum = hex::encode(Sha256::digest(statements));
        match done.get(version as usize - 1) {
            Some(applied) if *applied == (version, checksum.clone()) => {}
            Some(_) => return Err(OpenError::Altered { path: path.to_owned(), version }),
            None => {
                transaction.execute_batch(statements).map_err(problem)?;
                transaction
                    .execute("INSERT INTO migrations VALUES (?1, ?2, unixepoch() * 1000)", (version, checksum))
                    .map_err(problem)?;
            }
        }
    }
    transaction.commit().map_err(problem)
}

fn applied(connection: &Connection) -> Result<Vec<(u32, String)>, rusqlite::Error> {
    let mut query = connection.prepare("SELECT version, checksum FROM migrations ORDER BY version")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
