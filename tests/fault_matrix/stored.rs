//! What is in the balancer's database, read beside the balancer.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// The database of a balancer that runs. Each look opens it anew.
pub struct Stored(PathBuf);

impl Stored {
    pub fn of(folder: &Path) -> Self {
        Self(folder.join("lb.sqlite3"))
    }

    fn texts(&self, sql: &str, meeting_id: &str) -> Vec<String> {
        let database = Connection::open_with_flags(&self.0, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let database = database.expect("the balancer's database");
        let mut statement = database.prepare(sql).expect("the schema");
        let rows = statement.query_map([meeting_id], |row| row.get(0)).expect("the schema");
        rows.collect::<Result<_, _>>().expect("texts")
    }

    /// The servers that hold meetings of that id; and those that may hold a stray.
    pub fn servers(&self, meeting_id: &str) -> (Vec<String>, Vec<String>) {
        let held = self.texts("SELECT server FROM meetings WHERE meeting_id = ?1 ORDER BY server", meeting_id);
        (held, self.texts("SELECT server FROM strays WHERE meeting_id = ?1 ORDER BY server", meeting_id))
    }

    /// How many claims there are, whosever.
    pub fn claims(&self) -> usize {
        self.texts("SELECT token FROM claims WHERE ?1 = ?1", "").len()
    }

    /// How many strays there are, whosever.
    pub fn strays(&self) -> usize {
        self.texts("SELECT server FROM strays WHERE ?1 = ?1", "").len()
    }

    /// The same in words.
    pub fn words(&self, meeting_id: &str) -> String {
        let place = |server: &String| match server.as_str() {
            "bbb1" => "the first server".to_owned(),
            "bbb2" => "the second server".to_owned(),
            other => other.to_owned(),
        };
        let (held, strays) = self.servers(meeting_id);
        let held = match held.as_slice() {
            [] => "nothing".to_owned(),
            servers => format!("on {}", servers.iter().map(place).collect::<Vec<_>>().join(" and ")),
        };
        match strays.as_slice() {
            [] => held,
            [stray] if stray == "bbb1" => format!("{held}; the first may hold a stray"),
            more => format!("{held}; strays: {}", more.join(", ")),
        }
    }
}
