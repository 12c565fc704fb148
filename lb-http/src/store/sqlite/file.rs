//! The files of a database: whose they are, who may read them, and whether they are still there.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use lb_core::store::StoreError;

use crate::store::OpenError;

/// What SQLite and the balancer keep beside a database, by the end of the name.
pub(super) const SUFFIXES: [&str; 4] = ["-wal", "-shm", "-journal", "-lock"];

/// A database file that this process alone may open as a store, until this is dropped.
///
/// The lock is on a file beside it, so that others may still read the database: reports, backups, `sqlite3`.
#[derive(Debug)]
pub(super) struct OwnFile {
    path: PathBuf,
    // what is written to, as it was when it was opened
    opened: Vec<(PathBuf, Identity)>,
    // held, never read
    _lock: File,
}

/// What tells a file from another that is given its name.
type Identity = (u64, u64);

impl OwnFile {
    /// Locks `path`, and creates it if it is not there, readable by its owner only.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        let problem = |error: io::Error| OpenError::File { path: path.to_owned(), problem: error.to_string() };
        let own = Self::reserve(path)?;
        if !own.path.exists() {
            // SQLite would throw the log away, which may have all that was written last
            let log = std::fs::metadata(beside(&own.path, "-wal"));
            if log.is_ok_and(|log| log.len() > 0) {
                let problem = "the file is missing, and its -wal file is there".to_owned();
                return Err(OpenError::Corrupt { path: own.path, problem });
            }
            private_file(&own.path).map_err(problem)?;
        }
        Ok(own)
    }

    /// Locks `path`, whether or not it is there.
    pub(super) fn reserve(path: &Path) -> Result<Self, OpenError> {
        let problem = |error: io::Error| OpenError::File { path: path.to_owned(), problem: error.to_string() };
        // one file, one lock, by whatever name it is called
        let path = real_path(path).map_err(problem)?;
        if path.is_dir() {
            return Err(OpenError::File { path, problem: "it is a directory".to_owned() });
        }
        // The lock comes first: to open and close a database that SQLite has open in this process would drop its locks.
        let lock = private_file(&beside(&path, "-lock")).map_err(problem)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path)),
            Err(TryLockError::Error(error)) => return Err(problem(error)),
        }
        Ok(Self { path, opened: Vec::new(), _lock: lock })
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

    /// Remembers the files that SQLite has open from now on.
    pub(super) fn remember(&mut self) {
        let present = ["", "-wal"].map(|suffix| beside(&self.path, suffix)).into_iter();
        let identified = present.filter_map(|path| Some((identity(&std::fs::metadata(&path).ok()?)?, path)));
        self.opened = identified.map(|(identity, path)| (path, identity)).collect();
    }

    /// Whether the remembered files are still there. SQLite itself goes on writing to files that nobody finds any more.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for (path, opened) in &self.opened {
            let name = path.file_name().unwrap_or_default().display();
            let problem = match std::fs::metadata(path) {
                Ok(present) if identity(&present) == Some(*opened) => continue,
                Ok(_) => format!("another file has taken the place of {name}: put the old one back, or restart"),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    format!("{name} is gone: put it back, or stop, restore a backup and start")
                }
                Err(error) => format!("{name} cannot be found: {error}"),
            };
            return Err(StoreError::Unavailable(problem));
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The path by which a file is known, whether or not it is there; its directory must be.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    if path.exists() {
        return path.canonicalize();
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(directory.canonicalize()?.join(name))
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Makes the names in the directory of `path` durable.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn identity(file: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_file: &Metadata) -> Option<Identity> {
    Some((0, 0))
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}
