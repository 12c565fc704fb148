//! [`restore`]: a backup takes the place of the database, which is kept aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use url::Url;

use super::copy::{BackupError, Contents, Draft, Progress};
use super::file::{OwnFile, beside, sync_directory};
use super::schema;
use crate::store::OpenError;

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the database holds now.
    pub contents: Contents,
    /// Where the database that was there before is; absent if there was none.
    pub kept: Option<PathBuf>,
}

/// Puts a copy of `file` in the place of the database at `path`. The database that is there is kept beside it under a name
/// with the time. `file` itself is only read. It blocks; `progress` is told every 4 MiB.
///
/// # Errors
/// [`BackupError`]: the database is as it was. No balancer may run on it, and `file` must be a whole database of a balancer
/// with a schema that this version knows.
pub fn restore(file: &Path, path: &Path, mut progress: impl FnMut(Progress)) -> Result<Restored, BackupError> {
    if !file.exists() {
        return Err(BackupError::Missing(file.to_owned()));
    }
    let file = file.canonicalize().map_err(|error| BackupError::io(file, &error))?;
    let own = OwnFile::reserve(path).map_err(|error| match error {
        OpenError::InUse(path) => BackupError::InUse(path),
        OpenError::File { path, problem } => BackupError::File { path, problem },
        other => BackupError::File { path: path.to_owned(), problem: other.to_string() },
    })?;
    let database = own.path();
    if file == database {
        return Err(BackupError::Itself(file));
    }
    let source = open_to_read(&file)?;
    if !schema::is_marked(&source).map_err(|error| BackupError::sqlite(&file, &error))? {
        return Err(BackupError::Foreign(file));
    }
    let draft = Draft::of(&source, &file, database, &mut progress)?;
    let contents = draft.contents(&file)?;
    draft.check_schema(&file, schema::MIGRATIONS)?;
    let problem = |error: io::Error| BackupError::io(database, &error);
    give_to_owner(database, &[draft.path(), &beside(database, "-lock")]).map_err(problem)?;
    let kept = keep_aside(database).map_err(problem)?;
    draft.publish(true)?;
    Ok(Restored { contents, kept })
}

/// Opens a backup without leaving anything beside it, if it is one file. What has a log beside it is read with that.
fn open_to_read(file: &Path) -> Result<Connection, BackupError> {
    let problem = |error: rusqlite::Error| BackupError::sqlite(file, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let has_log = fs::metadata(beside(file, "-wal")).is_ok_and(|log| log.len() > 0);
    match Url::from_file_path(file) {
        Ok(mut url) if !has_log => {
            url.set_query(Some("immutable=1"));
            Connection::open_with_flags(url.as_str(), flags | OpenFlags::SQLITE_OPEN_URI).map_err(problem)
        }
        _ => Connection::open_with_flags(file, flags).map_err(problem),
    }
}

/// Gives the database that is there a second name, with its log, and takes the log away: it must not be applied to another
/// database. Until the restored one has its name, the old one keeps its own.
fn keep_aside(database: &Path) -> io::Result<Option<PathBuf>> {
    let [log, index] = ["-wal", "-shm"].map(|suffix| beside(database, suffix));
    let mut kept = None;
    if database.exists() || log.exists() {
        let aside = free_name(database);
        for (name, other) in [(database, aside.clone()), (&log, beside(&aside, "-wal"))] {
            if name.exists() {
                second_name(name, &other)?;
            }
        }
        sync_directory(database)?;
        kept = Some(aside);
    }
    for path in [log, index] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(kept)
}

/// `<database>.before-restore-<time>`, with a number where that is taken.
fn free_name(database: &Path) -> PathBuf {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let numbered = (1_u64..).map(|number| match number {
        1 => beside(database, &format!(".before-restore-{time}")),
        _ => beside(database, &format!(".before-restore-{time}-{number}")),
    });
    let free = |name: &PathBuf| !name.exists() && !beside(name, "-wal").exists();
    numbered.into_iter().find(free).unwrap_or_else(|| beside(database, ".before-restore"))
}

fn second_name(path: &Path, other: &Path) -> io::Result<()> {
    match fs::hard_link(path, other) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // a file system without links
        Err(_) => {
            fs::copy(path, other)?;
            fs::File::open(other)?.sync_all()
        }
    }
}

/// Gives files to whom the database belongs, or its directory where it is missing: who restores may be root, and the
/// balancer is not.
#[cfg(unix)]
fn give_to_owner(database: &Path, files: &[&Path]) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let owner = match fs::metadata(database) {
        Ok(owner) => owner,
        Err(_) => fs::metadata(database.parent().unwrap_or(Path::new(".")))?,
    };
    for file in files {
        let present = fs::metadata(file)?;
        if present.uid() != owner.uid() {
            chown(file, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn give_to_owner(_database: &Path, _files: &[&Path]) -> io::Result<()> {
    Ok(())
}
