//! [`backup`]: a copy of a database while a balancer runs on it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::copy::{BackupError, Contents, Draft, Progress};
use super::file::{SUFFIXES, beside, real_path};
use super::schema;

/// How long a statement waits for another program that has locked the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Copies the database at `path` to `file`, as it is at this moment; a balancer may run on it and go on writing. The copy
/// is complete, checked and durable before it is called `file`, and readable by its owner only. `replace` says whether it
/// may take the place of a file that is there. It blocks; `progress` is told every 4 MiB.
///
/// # Errors
/// [`BackupError`]: there is no copy, and `file` is as it was.
pub fn backup(
    path: &Path,
    file: &Path,
    replace: bool,
    mut progress: impl FnMut(Progress),
) -> Result<Contents, BackupError> {
    if !path.exists() {
        return Err(BackupError::Missing(std::path::absolute(path).unwrap_or_else(|_| path.to_owned())));
    }
    let database = real_path(path).map_err(|error| BackupError::io(path, &error))?;
    let target = real_path(file).map_err(|error| BackupError::io(file, &error))?;
    if target == database || SUFFIXES.iter().any(|suffix| target == beside(&database, suffix)) {
        return Err(BackupError::Itself(target));
    }
    if target.is_dir() {
        return Err(BackupError::File { path: target, problem: "it is a directory".to_owned() });
    }
    if target.exists() && !replace {
        return Err(BackupError::Exists(target));
    }
    let problem = |error: rusqlite::Error| BackupError::sqlite(&database, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(&database, flags).map_err(problem)?;
    source.busy_timeout(BUSY_TIMEOUT).map_err(problem)?;
    if !schema::is_marked(&source).map_err(problem)? {
        return Err(BackupError::Foreign(database));
    }
    let draft = Draft::of(&source, &database, &target, &mut progress)?;
    let contents = draft.contents(&database)?;
    draft.publish(replace)?;
    Ok(contents)
}
