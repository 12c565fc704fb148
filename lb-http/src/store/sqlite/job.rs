//! One thing that the writer is asked to do, and how it is answered.

use lb_core::store::{MeetingIndex, StoreError};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// What a job works on: the index as it will be published, and the database in the transaction of the batch.
pub(super) struct Work<'a> {
    pub(super) index: &'a mut MeetingIndex,
    connection: &'a Connection,
    // why nothing can be written now
    unwritable: Option<&'a StoreError>,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        index: &'a mut MeetingIndex,
        connection: &'a Connection,
        unwritable: Option<&'a StoreError>,
    ) -> Self {
        Self { index, connection, unwritable }
    }

    /// The database to read from.
    pub(super) fn database(&self) -> &'a Connection {
        self.connection
    }

    /// The database to write to, in a transaction that begins with the first job that writes. So a job that decides to
    /// change nothing is answered even where nothing can be written.
    pub(super) fn transaction(&self) -> Result<&'a Connection, Trouble> {
        if let Some(trouble) = self.unwritable {
            return Err(Trouble::Failed(Failure { error: trouble.clone(), may_be_one_jobs: false }));
        }
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(self.connection)
    }
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
    /// Whether it may be the fault of one job alone, so that the others are worth another try.
    pub(super) may_be_one_jobs: bool,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode::{ConstraintViolation, DatabaseCorrupt, DiskFull, NotADatabase, TooBig, TypeMismatch};
        // SQLite's own texts name tables and columns, never what is in them
        let text = error.to_string();
        let code = error.sqlite_error_code();
        let one_jobs = matches!(code, None | Some(ConstraintViolation | DiskFull | TooBig | TypeMismatch));
        let error = match code {
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Corrupt(text),
            _ => StoreError::Unavailable(text),
        };
        Self { error, may_be_one_jobs: one_jobs }
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
