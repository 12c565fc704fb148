//! [`Notice`]: what was just done. The page that one is led to after something was posted says it.

use url::form_urlencoded;

use super::words::Words;

/// The part of the query that carries it.
pub(super) const FIELD: &str = "done";

/// What was just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A change was kept.
    Saved,
    /// Something new is there.
    Made,
    /// Something is there no more.
    Removed,
    /// What was asked for was done.
    Done,
}

impl Notice {
    const ALL: [Self; 4] = [Self::Saved, Self::Made, Self::Removed, Self::Done];

    /// The one that a query carries.
    pub(super) fn of(query: &str) -> Option<Self> {
        let (_, word) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == FIELD)?;
        Self::ALL.into_iter().find(|notice| notice.word() == word)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Made => "made",
            Self::Removed => "removed",
            Self::Done => "yes",
        }
    }

    /// The same for people.
    pub(super) fn text(self, words: &'static Words) -> &'static str {
        let w = &words.frame;
        match self {
            Self::Saved => w.saved,
            Self::Made => w.made,
            Self::Removed => w.removed,
            Self::Done => w.done,
        }
    }
}
