//! Stores that outlive the process, and [`open`], which reads `[store] url`.
//!
//! | `[store] url` | store |
//! |---|---|
//! | `memory:` | [`InMemoryStore`]: a restart forgets everything |
//! | `sqlite:PATH` | [`SqliteStore`]: one file, one balancer |

pub mod key_file;
pub mod sqlite;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use lb_core::store::{InMemoryStore, Stores};

pub use self::key_file::{KeyFileError, KeyRing};
pub use self::sqlite::SqliteStore;

/// A store that was opened by the configuration's word.
#[derive(Clone, Debug)]
pub enum OpenedStore {
    /// `memory:`
    Memory(Arc<InMemoryStore>),
    /// `sqlite:PATH`
    Sqlite(Arc<SqliteStore>),
}

impl OpenedStore {
    /// The store as a balancer is given it: for everything that is to be kept.
    pub fn stores(&self) -> Stores {
        match self {
            Self::Memory(store) => Stores::one(Arc::clone(store)),
            Self::Sqlite(store) => Stores::one(Arc::clone(store)),
        }
    }

    /// Writes what waits and closes the store. Later changes are refused.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the wait; the store closes all the same.
    pub async fn close(&self) {
        match self {
            Self::Memory(_) => {}
            Self::Sqlite(store) => store.close().await,
        }
    }
}

/// `[store] url`: where meetings are kept.
///
/// ```
/// use lb_http::store::StoreUrl;
/// assert_eq!("memory:".parse(), Ok(StoreUrl::Memory));
/// assert_eq!("sqlite:lb.sqlite3".parse(), Ok(StoreUrl::Sqlite("lb.sqlite3".into())));
/// assert!("postgres://localhost/lb".parse::<StoreUrl>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// Nowhere: a restart forgets them.
    Memory,
    /// In an SQLite file; a relative path begins at the working directory.
    Sqlite(PathBuf),
}

/// A text names no store that this version has. It is not repeated: it may carry a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no store has this URL: memory: and sqlite:PATH are allowed, such as sqlite:lb.sqlite3")]
pub struct BadStoreUrl;

impl FromStr for StoreUrl {
    type Err = BadStoreUrl;

    fn from_str(url: &str) -> Result<Self, BadStoreUrl> {
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            // SQLite's own name for a database that no file keeps is not what a path promises
            Some(("sqlite", path)) if !matches!(path, "" | ":memory:") => Ok(Self::Sqlite(path.into())),
            _ => Err(BadStoreUrl),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

/// `[store] create_when_unavailable`: what becomes of changes while the database cannot be written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenUnavailable {
    /// They are refused: nothing is acknowledged that a crash would forget.
    #[default]
    Refuse,
    /// They hold in memory and are written when the database works again: up to 10 000, then they are refused; the last
    /// 1000 places are not for new creates. A crash before that forgets them. Meetings that run are learnt back from their
    /// servers then.
    Remember,
}

/// Opens the store that `url` names, with secrets sealed by `keys` where it is a file. It reads and may migrate the file: call
/// it before serving.
///
/// # Errors
/// [`OpenError`], a sentence that says what to do.
pub fn open(
    url: &StoreUrl,
    when_unavailable: WhenUnavailable,
    keys: Option<Arc<KeyRing>>,
) -> Result<OpenedStore, OpenError> {
    match url {
        StoreUrl::Memory => Ok(OpenedStore::Memory(Arc::new(InMemoryStore::new()))),
        StoreUrl::Sqlite(path) => {
            Ok(OpenedStore::Sqlite(Arc::new(SqliteStore::open_sealed(path, when_unavailable, keys)?)))
        }
    }
}

/// Why a store was not opened. No text repeats the URL, which may carry a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another store of this one, has the file.
    #[error("the database {} is in use by another balancer: stop that one, or name another file in [store] url", .0.display())]
    InUse(PathBuf),
    /// The file belongs to another program.
    #[error("the database {} is another program's: name another file in [store] url", .0.display())]
    Foreign(PathBuf),
    /// A newer version of this program has migrated the file.
    #[error(
        "the database {} has schema {found}, and this version knows {known}: start the newer version again, \
         or restore with lb restore the copy that was made before the upgrade",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema it has.
        found: u32,
        /// The newest schema that this version knows.
        known: u32,
    },
    /// A migration was made by other statements than this program has under its number.
    #[error(
        "the database {} was migrated to schema {version} by other statements than those of this version: \
         start the build that made it, or restore a backup with lb restore",
        .path.display()
    )]
    Altered {
        /// The file.
        path: PathBuf,
        /// The migration.
        version: u32,
    },
    /// The file is damaged, or no database.
    #[error(
        "the database {} is damaged ({problem}): restore a backup with lb restore, or move it away with its -wal and -shm \
         files to start with an empty one, which learns the running meetings back from their servers",
        .path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// Another program has locked the file.
    #[error("the database {} is locked by another program: wait until that one is done, or end it", .0.display())]
    Locked(PathBuf),
    /// No copy could be made before the upgrade to the present schema, so it was not begun.
    #[error(
        "the database {} must be upgraded, and the copy {} that is kept before cannot be made ({problem}): it is as it was; \
         make room, or start the version before",
        .path.display(), .copy.display()
    )]
    Copy {
        /// The file.
        path: PathBuf,
        /// The copy that was to be made.
        copy: PathBuf,
        /// Why there is none.
        problem: String,
    },
    /// The upgrade failed.
    #[error(
        "the database {} cannot be brought to schema {version} ({problem}): it is as it was, and a copy is kept as {}; \
         start the version before",
        .path.display(), .copy.display()
    )]
    Migration {
        /// The file.
        path: PathBuf,
        /// The migration that failed.
        version: u32,
        /// The copy that was made before.
        copy: PathBuf,
        /// What went wrong.
        problem: String,
    },
    /// Secrets in the file are sealed, and there is no key.
    #[error(
        "secrets in the database {} are sealed: name the file with their keys in [store] key_file",
        .0.display()
    )]
    NoKeyFile(PathBuf),
    /// Secrets in the file are sealed with a key that is not there.
    #[error(
        "secrets in the database {} are sealed with the key {key}, which the file of [store] key_file does not have: \
         put its line back",
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
        "a secret in the database {} ({place}) does not open: it was changed, it is another row's, or another key has the \
         name of its key now. Put the right key back, or restore a backup with lb restore",
        .path.display()
    )]
    Unopened {
        /// The file.
        path: PathBuf,
        /// Table and column.
        place: &'static str,
    },
    /// The file cannot be opened, read or written.
    #[error(
        "the database {} cannot be opened: {problem}. The balancer's user must be able to write to it and to its directory",
        .path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_url_is_refused_with_what_is_allowed_and_without_its_password() {
        for url in [
            "",
            "memory",
            "memory:x",
            "sqlite:",
            "sqlite::memory:",
            "lb.sqlite3",
            "mysql://u:s3cr3t@h/d",
            "postgres://lb:s3cr3t@db/lb",
        ] {
            let refusal = url.parse::<StoreUrl>().unwrap_err().to_string();
            assert!(refusal.contains("memory:") && refusal.contains("sqlite:PATH"), "{url}: {refusal}");
            assert!(!refusal.contains("s3cr3t"), "{refusal}");
        }
    }

    #[tokio::test]
    async fn a_sqlite_url_names_a_file_by_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lb.sqlite3");
        let store = open(&StoreUrl::Sqlite(path.clone()), WhenUnavailable::Refuse, None).unwrap();
        let stores = store.stores();
        assert_eq!(stores.meetings.check().await, Ok(()));
        assert_eq!(stores.fleet.load_fleet().await, Ok(None));
        assert!(path.exists());
        store.close().await;
        assert!(stores.meetings.check().await.is_err(), "closed");
    }
}
