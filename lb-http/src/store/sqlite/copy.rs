//! Copies of a database as one file: of one moment, whole, and durable before they get their name.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tempfile::NamedTempFile;

use super::file::sync_directory;
use super::schema;
use super::sealed_rows::{self, Trouble};
use crate::store::KeyRing;

/// How many pages are copied between two words about the progress: 4 MiB.
const PAGES_AT_ONCE: i32 = 1024;

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Pages copied.
    pub done: u64,
    /// Pages in all.
    pub of: u64,
}

/// What is in a copy that was found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The copy.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its schema.
    pub schema: u32,
    /// Meetings that had not ended.
    pub meetings: u64,
    /// Creates that were under way.
    pub claims: u64,
    /// Events.
    pub events: u64,
}

/// Why nothing was copied. What was there before is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// The copy would take another file's place.
    #[error("{} is there already: name another file, or have it replaced by --force", .0.display())]
    Exists(PathBuf),
    /// The copy would take the place of what it is a copy of.
    #[error("{} is the database itself, or belongs to it: name another file", .0.display())]
    Itself(PathBuf),
    /// A balancer runs on the database.
    #[error("the database {} is in use by a balancer: stop that one first", .0.display())]
    InUse(PathBuf),
    /// Another program does not let go of the database.
    #[error("{} is locked by another program: wait until that one is done, or end it", .0.display())]
    Locked(PathBuf),
    /// It is no database of a balancer.
    #[error("{} is no database of a balancer", .0.display())]
    Foreign(PathBuf),
    /// A newer version of this program made it.
    #[error("{} has schema {found}, and this version knows {known}: use the version that made it", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema it has.
        found: u32,
        /// The newest schema that this version knows.
        known: u32,
    },
    /// Another build of this program made it.
    #[error("{} was migrated to schema {version} by other statements than this version's: use the build that made it", .path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// The migration.
        version: u32,
    },
    /// Secrets in it are sealed, and there is no key.
    #[error("secrets in {} are sealed: name the file with their keys in [store] key_file", .0.display())]
    NoKeyFile(PathBuf),
    /// Secrets in it are sealed with a key that is not there.
    #[error(
        "secrets in {} are sealed with the key {key}, which the file of [store] key_file does not have: put its line back",
        .path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
        /// The name of the key.
        key: String,
    },
    /// A sealed secret does not open.
    #[error(
        "a secret in {} ({place}) does not open: it was changed, or another key has the name of its key now",
        .path.display()
    )]
    Unopened {
        /// The file.
        path: PathBuf,
        /// Table and column.
        place: &'static str,
    },
    /// It is damaged.
    #[error("{} is damaged: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be used: {problem}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// A backup could not be restored after the present database had been copied.
    #[error("{error}; the database before is kept as {}", .kept.display())]
    Kept {
        /// What failed.
        error: Box<BackupError>,
        /// The copy.
        kept: PathBuf,
    },
}

impl BackupError {
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        Self::File { path: path.to_owned(), problem: error.to_string() }
    }

    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, problem) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            None | Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, problem },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(_) => Self::File { path, problem },
        }
    }
}

/// A copy that has no name yet: dropped, it is gone.
#[derive(Debug)]
pub(super) struct Draft {
    file: NamedTempFile,
    target: PathBuf,
}

impl Draft {
    /// Copies what `source`, which is the file `from`, holds at this moment into a file beside `target`, readable by its
    /// owner only. Others may write to the source meanwhile.
    pub(super) fn of(
        source: &Connection,
        from: &Path,
        target: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, BackupError> {
        let directory = target.parent().unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".lb-").suffix(".partial").tempfile_in(directory);
        let draft = Self { file: file.map_err(|error| BackupError::io(target, &error))?, target: target.to_owned() };
        let (read, written) = (|e| BackupError::sqlite(from, &e), |e| BackupError::sqlite(target, &e));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = Connection::open_with_flags(draft.file.path(), flags).map_err(written)?;
        // nobody else sees it, and it is thrown away where this fails
        copy.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(written)?;
        copy.pragma_update(None, "journal_mode", "OFF").map_err(written)?;
        copy.pragma_update(None, "synchronous", "OFF").map_err(written)?;
        // A transaction that reads sees one moment to its end. Without it, the copy would begin anew at every write.
        source.execute_batch("BEGIN").map_err(read)?;
        let copied = source
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(read)
            .and_then(|()| copy_pages(source, from, &mut copy, target, progress));
        let _ = source.execute_batch("ROLLBACK");
        copied?;
        // one file, that needs no others beside it
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(written)?;
        copy.close().map_err(|(_, error)| written(error))?;
        Ok(draft)
    }

    /// Looks whether the copy is a balancer's, and whole. What is wrong is the fault of `from`, which it is a copy of.
    pub(super) fn contents(&self, from: &Path) -> Result<Contents, BackupError> {
        let problem = |error: rusqlite::Error| BackupError::sqlite(from, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let copy = Connection::open_with_flags(self.file.path(), flags).map_err(problem)?;
        if !schema::is_marked(&copy).map_err(problem)? {
            return Err(BackupError::Foreign(from.to_owned()));
        }
        if let Some(problem) = schema::damage(&copy, "quick_check(1)").map_err(problem)? {
            return Err(BackupError::Damaged { path: from.to_owned(), problem });
        }
        let count = |table: &str| {
            let count = copy.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
            count.map(i64::unsigned_abs).map_err(|error| match error {
                // a table that is not there is no fault of a disk or a lock
                missing @ rusqlite::Error::SqliteFailure(..) => {
                    BackupError::Damaged { path: from.to_owned(), problem: missing.to_string() }
                }
                other => problem(other),
            })
        };
        let bytes = self.file.as_file().metadata().map_err(|error| BackupError::io(&self.target, &error))?.len();
        Ok(Contents {
            path: self.target.clone(),
            bytes,
            schema: u32::try_from(count("migrations")?).unwrap_or(u32::MAX),
            meetings: count("meetings")?,
            claims: count("claims")?,
            events: count("events")?,
        })
    }

    /// Refuses a copy whose schema `migrations` do not know.
    pub(super) fn check_schema(&self, from: &Path, migrations: &[&str]) -> Result<(), BackupError> {
        let problem = |error: rusqlite::Error| BackupError::sqlite(from, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let copy = Connection::open_with_flags(self.file.path(), flags).map_err(problem)?;
        let path = || from.to_owned();
        match schema::known(&copy, migrations).map_err(problem)? {
            schema::Known::Upto(_) => Ok(()),
            schema::Known::Newer { found, known } => Err(BackupError::Newer { path: path(), found, known }),
            schema::Known::Altered { version } => Err(BackupError::Altered { path: path(), version }),
        }
    }

    /// Refuses a copy with secrets that `keys` do not open.
    pub(super) fn check_secrets(&self, from: &Path, keys: Option<&KeyRing>) -> Result<(), BackupError> {
        let problem = |error: rusqlite::Error| BackupError::sqlite(from, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let copy = Connection::open_with_flags(self.file.path(), flags).map_err(problem)?;
        let path = || from.to_owned();
        sealed_rows::check(&copy, keys).map_err(|trouble| match trouble {
            Trouble::NoKeyFile => BackupError::NoKeyFile(path()),
            Trouble::NoKey(key) => BackupError::NoKey { path: path(), key },
            Trouble::Foreign(place) => BackupError::Unopened { path: path(), place },
            Trouble::Database(error) => problem(error),
        })
    }

    /// Where it is until it gets its name.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes what is in it durable.
    pub(super) fn sync(&self) -> Result<(), BackupError> {
        self.file.as_file().sync_all().map_err(|error| BackupError::io(&self.target, &error))
    }

    /// Gives it its name, durably. `replace`: in the place of a file that has it already.
    pub(super) fn publish(self, replace: bool) -> Result<(), BackupError> {
        let target = self.target.clone();
        self.take_name(replace)?;
        sync_directory(&target).map_err(|error| BackupError::io(&target, &error))
    }

    /// The same, but for the directory, which is not made durable. At an error nothing has got its name.
    pub(super) fn take_name(self, replace: bool) -> Result<(), BackupError> {
        self.sync()?;
        let Self { file, target } = self;
        let named = if replace { file.persist(&target) } else { file.persist_noclobber(&target) };
        named.map_err(|refused| match refused.error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(target.clone()),
            _ => BackupError::io(&target, &refused.error),
        })?;
        Ok(())
    }
}

fn copy_pages(
    source: &Connection,
    from: &Path,
    copy: &mut Connection,
    target: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), BackupError> {
    // a full disk is the target's, all else may be the source's
    let problem = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => BackupError::sqlite(target, &error),
        _ => BackupError::sqlite(from, &error),
    };
    let backup = Backup::new(source, copy).map_err(problem)?;
    loop {
        match backup.step(PAGES_AT_ONCE).map_err(problem)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            // the source is locked for reading already, and nobody else knows the copy
            _busy_or_locked => return Err(BackupError::Locked(from.to_owned())),
        }
        let pages = backup.progress();
        let of = u64::from(pages.pagecount.unsigned_abs());
        progress(Progress { done: of.saturating_sub(u64::from(pages.remaining.unsigned_abs())), of });
    }
}
