//! [`Level`]: how bad something is.

use std::fmt;

/// How bad something is. The stylesheet has a colour for each, and `parts/notice.html` a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing wrong.
    Good,
    /// It works, and somebody should look at it.
    Warning,
    /// Something does not work.
    Critical,
}

impl Level {
    /// The word that the stylesheet knows it by.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
