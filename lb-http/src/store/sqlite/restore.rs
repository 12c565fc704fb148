//! [`restore`]: a backup takes the place of the database, which is kept aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use url::Url;

use super::copy::{BackupError, Contents, Draft, Progress};
use super::file::{OwnFile, beside, sync_directory};
use super::schema;
use crate::store::{KeyRing, OpenError};

/// What SQLite keeps beside a database that belongs to what is in it.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// How long is waited for another program that has the present database open.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

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
/// [`BackupError`]: what is in the database is what was in it, and a copy that was kept of it is named. No balancer may run on it,
/// and `file` must be a whole database of a balancer with a schema that this version knows. Where secrets in it are sealed, `keys`
/// must open them.
pub fn restore(
    file: &Path,
    path: &Path,
    keys: Option<&KeyRing>,
    mut progress: impl FnMut(Progress),
) -> Result<Restored, BackupError> {
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
    let problem = |error: io::Error| BackupError::io(database, &error);
    // also where nothing comes of it: the balancer must be able to open its lock
    give_to_owner(database, &beside(database, "-lock")).map_err(problem)?;
    let source = open_to_read(&file)?;
    if !schema::is_marked(&source).map_err(|error| BackupError::sqlite(&file, &error))? {
        return Err(BackupError::Foreign(file));
    }
    let draft = Draft::of(&source, &file, database, &mut progress)?;
    let contents = draft.contents(&file)?;
    draft.check_schema(&file, schema::MIGRATIONS)?;
    draft.check_secrets(&file, keys)?;
    give_to_owner(database, draft.path()).map_err(problem)?;
    // whatever can fail has been done before the present database is touched
    draft.sync()?;
    let kept = replace(draft, database)?;
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

/// Puts the draft in the place of the database, and keeps a copy of that. Until the draft has its name, the database has all
/// that was written to it, wherever this is interrupted; only one that is damaged is without its log for a moment.
fn replace(draft: Draft, database: &Path) -> Result<Option<PathBuf>, BackupError> {
    let problem = |error: io::Error| BackupError::io(database, &error);
    let logs = if take_log_in(database)? { Vec::new() } else { present(database, &LOGS) };
    let mut parts = present(database, &[""]);
    parts.extend(&logs);
    let aside = free_name(database);
    if let Err(error) = copy_aside(database, &aside, &parts) {
        // what is not whole is not kept
        parts.iter().for_each(|suffix| drop(fs::remove_file(beside(&aside, suffix))));
        return Err(problem(error));
    }
    let kept = (!parts.is_empty()).then_some(aside);
    let but_kept = |error: BackupError| match kept.clone() {
        Some(kept) => BackupError::Kept { error: Box::new(error), kept },
        None => error,
    };
    // a log must not be applied to another database
    let named = logs.iter().try_for_each(|suffix| fs::remove_file(beside(database, suffix)));
    let named = named.map_err(problem).and_then(|()| draft.take_name(true));
    if let (Err(_), Some(aside)) = (&named, &kept) {
        for suffix in logs.iter().filter(|suffix| !beside(database, suffix).exists()) {
            // where this fails too, the copy has it
            let _ = copy_durably(&beside(aside, suffix), &beside(database, suffix), database);
        }
    }
    named.map_err(but_kept)?;
    sync_directory(database).map_err(problem).map_err(but_kept)?;
    Ok(kept)
}

/// Writes what is in the log into the database itself, and takes the log away, so that one file has all: a balancer that was
/// killed leaves its newest data in the log. `false` where that cannot be, as the database is missing or damaged.
fn take_log_in(database: &Path) -> Result<bool, BackupError> {
    // SQLite throws the log of an empty database away
    if !fs::metadata(database).is_ok_and(|database| database.len() > 0) {
        return Ok(false);
    }
    let taken = || -> Result<bool, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(database, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // one that is too damaged to be read is not written to, also not when it is closed
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // nobody else may have it open: they would go on with the log of the next one
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
    };
    match taken().map_err(|error| BackupError::sqlite(database, &error)) {
        Ok(true) => {}
        Ok(false) => return Err(BackupError::Locked(database.to_owned())),
        Err(locked @ BackupError::Locked(_)) => return Err(locked),
        Err(_) => return Ok(false),
    }
    if LOGS.iter().any(|suffix| fs::metadata(beside(database, suffix)).is_ok_and(|log| log.len() > 0)) {
        return Ok(false);
    }
    let emptied = LOGS.iter().chain(&["-shm"]).try_for_each(|suffix| match fs::remove_file(beside(database, suffix)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    });
    emptied.map(|()| true).map_err(|error| BackupError::io(database, &error))
}

/// Which of the files are there that the database has beside it under such ends of names.
fn present(database: &Path, suffixes: &[&'static str]) -> Vec<&'static str> {
    suffixes.iter().copied().filter(|suffix| beside(database, suffix).exists()).collect()
}

fn copy_aside(database: &Path, aside: &Path, parts: &[&str]) -> io::Result<()> {
    for suffix in parts {
        copy_durably(&beside(database, suffix), &beside(aside, suffix), database)?;
    }
    sync_directory(database)
}

/// Copies bytes, not names: what is written to the one does not reach the other.
fn copy_durably(from: &Path, to: &Path, database: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    give_to_owner(database, to)?;
    fs::File::open(to)?.sync_all()
}

/// `<database>.before-restore-<time>`, with a number where that is taken.
fn free_name(database: &Path) -> PathBuf {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let numbered = (1_u64..).map(|number| match number {
        1 => beside(database, &format!(".before-restore-{time}")),
        _ => beside(database, &format!(".before-restore-{time}-{number}")),
    });
    let free = |name: &PathBuf| !["", "-wal", "-journal"].iter().any(|suffix| beside(name, suffix).exists());
    numbered.into_iter().find(free).unwrap_or_else(|| beside(database, ".before-restore"))
}

/// Gives a file to whom the database belongs, or its directory where it is missing: who restores may be root, and the
/// balancer is not.
#[cfg(unix)]
fn give_to_owner(database: &Path, file: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let owner = match fs::metadata(database) {
        Ok(owner) => owner,
        Err(_) => fs::metadata(database.parent().unwrap_or(Path::new(".")))?,
    };
    if fs::metadata(file)?.uid() != owner.uid() {
        chown(file, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn give_to_owner(_database: &Path, _file: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
