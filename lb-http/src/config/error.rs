//! [`ConfigErrors`]: all that is wrong with a configuration.

use std::fmt;

/// All that is wrong with a configuration, one sentence each: where (`FILE:LINE` or the variable), what, and what is
/// allowed. No sentence repeats a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub(super) Vec<String>);

impl ConfigErrors {
    /// The sentences, at least one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}
