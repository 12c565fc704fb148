//! One thing that the writer is asked to do, and how it is answered.

use std::sync::Arc;

use lb_core::account::Accounts;
use lb_core::network::Network;
use lb_core::store::{HookIndex, MeetingIndex, OutboxIndex, RecordingIndex, StoreError};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::later::{Later, Put};

/// What a job works on: the indices and the network as they will be published, and the database in the transaction of the batch.
pub(super) struct Work<'a> {
    pub(super) index: &'a mut MeetingIndex,
    pub(super) network: &'a mut Arc<Network>,
    pub(super) accounts: &'a mut Arc<Accounts>,
    pub(super) hooks: &'a mut HookIndex,
    pub(super) outbox: &'a mut OutboxIndex,
    pub(super) recordings: &'a mut RecordingIndex,
    pub(super) connection: &'a Connection,
    pub(super) way: Way<'a>,
}

/// Where changes go.
pub(super) enum Way<'a> {
    /// Into the database.
    Now,
    /// Nowhere, because of this trouble.
    Nowhere(&'a StoreError),
    /// Into memory, because of this trouble, to be written when it is over.
    Later(&'a StoreError, &'a mut Later),
}

impl<'a> Work<'a> {
    /// Whether changes go into the database now: it is in no trouble that is known.
    pub(super) fn is_now(&self) -> bool {
        matches!(self.way, Way::Now)
    }

    /// The database to read from.
    pub(super) fn database(&self) -> &'a Connection {
        self.connection
    }

    /// The database to write to, in a transaction that begins with the first job that writes. So a job that decides to
    /// change nothing is answered even where nothing can be written. For what must be in the database or nowhere; all else
    /// is [written](Self::write).
    pub(super) fn transaction(&self) -> Result<&'a Connection, Trouble> {
        if let Way::Nowhere(trouble) | Way::Later(trouble, _) = &self.way {
            return Err(Trouble::Failed(Failure { error: (*trouble).clone(), blame: Blame::Store }));
        }
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(self.connection)
    }

    /// Has `put` write `rows`: into the database, or later where that is allowed and the database is in trouble. `put` must
    /// lead to the same rows however often it is done.
    pub(super) fn write<D>(&mut self, rows: &D, put: Put<D>) -> Result<(), Trouble>
    where
        D: ToOwned<Owned: Send> + ?Sized + 'static,
    {
        if let Way::Later(trouble, later) = &mut self.way {
            return if later.push(rows, put) { Ok(()) } else { Err(memory_is_full(trouble)) };
        }
        Ok(put(self.transaction()?, rows)?)
    }

    /// Refuses to begin a create that could not be kept to its end.
    pub(super) fn let_create_in(&self) -> Result<(), Trouble> {
        match &self.way {
            Way::Later(trouble, later) if !later.lets_creates_in() => Err(memory_is_full(trouble)),
            _ => Ok(()),
        }
    }
}

fn memory_is_full(trouble: &StoreError) -> Trouble {
    let error = match trouble {
        StoreError::Corrupt(problem) | StoreError::Unavailable(problem) => {
            StoreError::Unavailable(format!("{problem}; too many changes wait in memory"))
        }
        other => other.clone(),
    };
    Trouble::Failed(Failure { error, blame: Blame::Store })
}

/// Why a job did not do what it was asked.
pub(super) enum Trouble {
    /// It is not to be done. It changed nothing, and the rest of the batch goes on.
    Refused(StoreError),
    /// The database failed, and with it the whole batch.
    Failed(Failure),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The database failed: nothing of the batch stands.
pub(super) struct Failure {
    pub(super) error: StoreError,
    pub(super) blame: Blame,
}

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// One job's alone: the others are worth another try, and that one is not.
    Job,
    /// One large job's, or the full disk's.
    Either,
    /// The database's: no job can be done.
    Store,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode::{ConstraintViolation, DatabaseCorrupt, DiskFull, NotADatabase, TooBig, TypeMismatch};
        // SQLite's own texts name tables and columns, never what is in them
        let text = error.to_string();
        let code = error.sqlite_error_code();
        let blame = match code {
            None | Some(ConstraintViolation | TooBig | TypeMismatch) => Blame::Job,
            Some(DiskFull) => Blame::Either,
            Some(_) => Blame::Store,
        };
        let error = match code {
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Corrupt(text),
            _ => StoreError::Unavailable(text),
        };
        Self { error, blame }
    }
}

/// One thing to do. It may be run twice: where its batch failed, it is run once more on its own.
pub(super) trait Job: Send {
    /// Does it and keeps what came of it.
    ///
    /// # Errors
    /// The database failed: nothing of the batch must stand.
    fn run(&mut self, work: &mut Work<'_>) -> Result<(), Failure>;

    /// Tells the caller what came of it.
    fn answer(self: Box<Self>);

    /// Tells the caller that nothing came of it.
    fn fail(self: Box<Self>, error: StoreError);
}

/// The job that runs a closure.
pub(super) struct Task<T, F> {
    run: F,
    outcome: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
    // its place in the queue, free once it is answered
    _place: OwnedSemaphorePermit,
}

impl<T, F> Task<T, F> {
    pub(super) fn new(run: F, answer: oneshot::Sender<Result<T, StoreError>>, place: OwnedSemaphorePermit) -> Self {
        Self { run, outcome: None, answer, _place: place }
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: Fn(&mut Work<'_>) -> Result<T, Trouble> + Send,
{
    fn run(&mut self, work: &mut Work<'_>) -> Result<(), Failure> {
        self.outcome = Some(match (self.run)(work) {
            Ok(outcome) => Ok(outcome),
            Err(Trouble::Refused(error)) => Err(error),
            Err(Trouble::Failed(failure)) => return Err(failure),
        });
        Ok(())
    }

    fn answer(self: Box<Self>) {
        // a caller that has gone away needs no answer
        if let Some(outcome) = self.outcome {
            let _ = self.answer.send(outcome);
        }
    }

    fn fail(self: Box<Self>, error: StoreError) {
        let _ = self.answer.send(Err(error));
    }
}
