//! What a command may touch outside itself, handed in so that tests can hand in theirs.

use std::fmt;
use std::io::{self, IsTerminal, Read, Write};

/// The environment and the streams of one run.
pub(crate) struct World<'a> {
    /// The environment's variables.
    pub(crate) environment: Vec<(String, String)>,
    /// Standard input.
    pub(crate) input: &'a mut dyn Read,
    /// Standard output.
    pub(crate) output: &'a mut dyn Write,
    /// Who is at the other end of them.
    pub(crate) terminal: Terminal,
}

/// Whether people or programs are at the other end of the streams.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminal {
    /// Whether somebody can be asked.
    pub(crate) answers: bool,
    /// Whether output is looked at as it comes.
    pub(crate) shows: bool,
    /// Its columns, if it shows and tells.
    pub(crate) columns: Option<u16>,
}

impl Terminal {
    /// The process's own.
    pub(crate) fn of_process() -> Self {
        let shows = io::stdout().is_terminal();
        let columns = || crossterm::terminal::size().ok().map(|(columns, _)| columns).filter(|columns| *columns > 0);
        Self { answers: io::stdin().is_terminal(), shows, columns: if shows { columns() } else { None } }
    }
}

impl World<'_> {
    /// The variable called `name`, if it is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// How many columns a line may have: what `COLUMNS` says, else as many as the terminal has. None: any number.
    pub(crate) fn columns(&self) -> Option<u16> {
        let said = self.variable("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        said.or(self.terminal.columns)
    }

    /// Whether output may have colours: <https://no-color.org>.
    pub(crate) fn colours(&self) -> bool {
        let capable = self.variable("TERM").is_some_and(|term| term != "dumb");
        self.terminal.shows && capable && self.variable("NO_COLOR").is_none()
    }
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// The process's environment. What is not Unicode in it is kept with replacement characters, so that it is refused where it
/// matters instead of being overlooked.
pub(crate) fn environment() -> Vec<(String, String)> {
    let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))).collect()
}
