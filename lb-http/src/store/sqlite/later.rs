//! Changes that hold in memory and wait for a database that can be written to: what `create_when_unavailable` allows.

use std::borrow::Borrow;

use rusqlite::Connection;

use super::job::{Blame, Failure};

/// How many changes wait at most. What comes beyond is refused, as all is without the setting.
pub(super) const CAPACITY: usize = 10_000;

/// So many places are kept for creates that are under way, and for ends, when no new create is let in any more.
const RESERVED: usize = 1000;

/// Writes rows of one kind.
pub(super) type Put<D> = fn(&Connection, &D) -> Result<(), rusqlite::Error>;

trait Change: Send {
    fn write(&self, database: &Connection) -> Result<(), rusqlite::Error>;
}

struct Rows<D: ToOwned + ?Sized> {
    rows: D::Owned,
    put: Put<D>,
}

impl<D: ToOwned<Owned: Send> + ?Sized> Change for Rows<D> {
    fn write(&self, database: &Connection) -> Result<(), rusqlite::Error> {
        (self.put)(database, self.rows.borrow())
    }
}

/// The changes, in the order in which they were made. Each puts rows in the place of others or deletes some, so all of them
/// one after the other lead to what holds in memory.
#[derive(Default)]
pub(super) struct Later(Vec<Box<dyn Change>>);

impl Later {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a new create may still be begun.
    pub(super) fn lets_creates_in(&self) -> bool {
        self.0.len() < CAPACITY - RESERVED
    }

    /// Keeps a change. Answers whether there was a place for it.
    pub(super) fn push<D>(&mut self, rows: &D, put: Put<D>) -> bool
    where
        D: ToOwned<Owned: Send> + ?Sized + 'static,
    {
        let has_place = self.0.len() < CAPACITY;
        if has_place {
            self.0.push(Box::new(Rows { rows: rows.to_owned(), put }));
        }
        has_place
    }

    /// Takes back what came after the first `length` changes: their job was refused.
    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Writes all of them, in the transaction that is open.
    ///
    /// # Errors
    /// The database cannot be written to. A change that is itself at fault is told of and left out: it must not hold up the
    /// others for ever.
    pub(super) fn write(&self, database: &Connection) -> Result<(), Failure> {
        for change in &self.0 {
            if let Err(error) = change.write(database) {
                let failure = Failure::from(error);
                if failure.blame != Blame::Job {
                    return Err(failure);
                }
                tracing::error!(problem = %failure.error, "a change that was kept in memory cannot be written");
            }
        }
        Ok(())
    }
}
