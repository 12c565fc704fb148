//! [`Finding`]: what was found, and what to do about it.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The website does not work, or parts of it.
    Trouble,
    /// It soon may not.
    Warning,
    /// It is worth knowing.
    Note,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trouble => "trouble",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The word for it.
    pub word: &'static str,
    /// A sentence for people.
    pub says: String,
    /// What to do about it.
    pub advice: String,
}

impl Finding {
    fn new(severity: Severity, word: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { severity, word, says: says.into(), advice: advice.into() }
    }

    pub(super) fn trouble(word: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Severity::Trouble, word, says, advice)
    }

    pub(super) fn warning(word: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Severity::Warning, word, says, advice)
    }

    pub(super) fn note(word: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Severity::Note, word, says, advice)
    }
}
