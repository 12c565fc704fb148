//! Connections that only read: reports look at the database beside the writer, and no create waits for one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lb_core::store::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::Semaphore;

use super::job::Failure;

/// How many read at the same time; others wait for their turn.
const AT_ONCE: usize = 4;

/// How long one may read. What takes longer asks for too much.
const LONGEST: Duration = Duration::from_secs(10);

/// After so many steps of SQLite it is looked at the time.
const STEPS: i32 = 10_000;

/// How many readers' pages are kept in memory, KiB each (a negative `cache_size`).
const CACHE: i64 = -8 << 10;

#[derive(Debug)]
pub(super) struct EventReader {
    path: PathBuf,
    places: Arc<Semaphore>,
    // those that nobody uses now; held for one look
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl EventReader {
    /// Opens nothing yet.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), places: Arc::new(Semaphore::new(AT_ONCE)), idle: Arc::default() }
    }

    /// Has `read` look at the database as it is at one moment, on a thread where it may block.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be opened or read, or that takes too long.
    ///
    /// # Cancel safety
    /// Dropping the future does not stop a read that has begun; it changes nothing.
    pub(super) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| closed())?;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let reading = tokio::task::spawn_blocking(move || {
            let spare = lock(&idle).pop();
            let mut connection = spare.map_or_else(|| open(&path), Ok).map_err(store_error)?;
            let found = within(&mut connection, LONGEST, read).map_err(store_error);
            // after a failure the next one begins anew
            if found.is_ok() && !place.semaphore().is_closed() {
                lock(&idle).push(connection);
            }
            found
        });
        let found = reading.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the reader broke off".to_owned())));
        if let Err(problem) = &found {
            tracing::warn!(%problem, "the events cannot be read");
        }
        found
    }

    /// Refuses to read from now on, and closes what nobody uses.
    pub(super) fn close(&self) {
        self.places.close();
        lock(&self.idle).clear();
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

fn open(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    Ok(connection)
}

fn within<T>(
    connection: &mut Connection,
    time: Duration,
    read: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
) -> Result<T, rusqlite::Error> {
    let until = Instant::now() + time;
    connection.progress_handler(STEPS, Some(move || Instant::now() >= until))?;
    let transaction = connection.transaction()?;
    read(&transaction)
}

fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => {
            StoreError::Unavailable(format!("to read the events took longer than {} s", LONGEST.as_secs()))
        }
        _ => Failure::from(error).error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_for_too_long_is_stopped() {
        let mut connection = Connection::open_in_memory().unwrap();
        let endless =
            "WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers) SELECT sum(n) FROM numbers";
        let count = |connection: &Connection| connection.query_row(endless, [], |row| row.get::<_, i64>(0));
        let error = within(&mut connection, Duration::from_millis(1), count).map_err(store_error).unwrap_err();
        assert!(error.to_string().contains("took longer"), "{error}");
        assert_eq!(
            within(&mut connection, LONGEST, |connection| {
                connection.query_row("SELECT 7", [], |row| row.get::<_, i64>(0))
            }),
            Ok(7)
        );
    }
}
