//! [`AdminSocket`]: where administration without a token is.

use std::path::PathBuf;

use super::value::{Given, Written};
use crate::store::StoreUrl;

/// `[listen] admin_socket`: where administration without a token is, for the same machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AdminSocket {
    /// Beside the database: `lb.sqlite3` has `lb.sock`. Nowhere, where there is no database file.
    #[default]
    BesideDatabase,
    /// There.
    At(PathBuf),
    /// Nowhere.
    Nowhere,
}

impl AdminSocket {
    /// The path of the socket beside the database of `store`, or as said.
    pub fn path(&self, store: &StoreUrl) -> Option<PathBuf> {
        match (self, store) {
            (Self::BesideDatabase, StoreUrl::Sqlite(database)) => Some(database.with_extension("sock")),
            (Self::At(path), _) => Some(path.clone()),
            (Self::BesideDatabase, StoreUrl::Memory) | (Self::Nowhere, _) => None,
        }
    }
}

impl Written for AdminSocket {
    const MUST_BE: &'static str = "the path of a socket in quotes, or \"none\"";
    fn read(given: Given<'_>) -> Option<Self> {
        match given.filled()? {
            "none" => Some(Self::Nowhere),
            path => Some(Self::At(path.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_beside_the_database_unless_something_else_is_said() {
        let sqlite = StoreUrl::Sqlite("/var/lib/lb/lb.sqlite3".into());
        let read = |text| AdminSocket::read(Given::Text(text)).unwrap();
        assert_eq!(AdminSocket::default().path(&sqlite), Some("/var/lib/lb/lb.sock".into()));
        assert_eq!(AdminSocket::default().path(&StoreUrl::Memory), None);
        assert_eq!(read("/run/lb.sock").path(&StoreUrl::Memory), Some("/run/lb.sock".into()));
        assert_eq!(read("none").path(&sqlite), None);
        assert!(AdminSocket::read(Given::Text(" ")).is_none());
    }
}
