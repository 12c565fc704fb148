//! The files of a database: whose they are, and who may read them.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::store::OpenError;

/// A database file that this process alone may open as a store, until this is dropped.
///
/// The lock is on a file beside it, so that others may still read the database: reports, backups, `sqlite3`.
#[derive(Debug)]
pub(super) struct OwnFile {
    path: PathBuf,
    // held, never read
    _lock: File,
}

impl OwnFile {
    /// Locks `path`, and creates it if it is not there, readable by its owner only.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        let problem = |error: io::Error| OpenError::File { path: path.to_owned(), problem: error.to_string() };
        // one file, one lock, by whatever name it is called
        let path = real_path(path).map_err(problem)?;
        // The lock comes first: to open and close a database that SQLite has open in this process would drop its locks.
        let lock = private_file(&beside(&path, "-lock")).map_err(problem)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path)),
            Err(TryLockError::Error(error)) => return Err(problem(error)),
        }
        if !path.exists() {
            private_file(&path).map_err(problem)?;
        }
        Ok(Self { path, _lock: lock })
    }

    /// Makes the database readable by its owner only, and with it the files that SQLite makes beside it: new ones get its
    /// mode, old ones may be left over from a copy.
    pub(super) fn make_private(&self) -> Result<(), OpenError> {
        let present =
            ["", "-wal", "-shm"].map(|suffix| beside(&self.path, suffix)).into_iter().filter(|path| path.exists());
        for path in present {
            let made = make_private(&path);
            made.map_err(|error| OpenError::File { path, problem: error.to_string() })?;
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn real_path(path: &Path) -> io::Result<PathBuf> {
    if path.exists() {
        return path.canonicalize();
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(directory.canonicalize()?.join(name))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}
