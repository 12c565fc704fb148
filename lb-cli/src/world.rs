//! What a command may touch outside itself, handed in so that tests can hand in theirs.

use std::fmt;
use std::io::{Read, Write};

/// The environment and the streams of one run.
pub(crate) struct World<'a> {
    /// The environment's variables.
    pub(crate) environment: Vec<(String, String)>,
    /// Standard input.
    pub(crate) input: &'a mut dyn Read,
    /// Standard output.
    pub(crate) output: &'a mut dyn Write,
}

impl World<'_> {
    /// The variable called `name`, if it is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
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
