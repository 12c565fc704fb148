//! [`Told`]: what happened, as people are told it in their language.

mod kind;
mod sentence;

use lb_core::event::EventKind;

pub(crate) use self::kind::{KINDS, label, tone};
use super::words::Words;

/// What happened, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What kind of thing it is.
    pub(crate) label: &'static str,
    /// A class that says how good it is; `parts/rows.html` draws its shape.
    pub(crate) tone: &'static str,
    /// A sentence, as HTML: names in it are text.
    pub(crate) sentence: String,
    /// What the balancer or a server says of it, in English; may be empty.
    pub(crate) detail: String,
}

impl Told {
    /// What `kind` says.
    pub(crate) fn of(w: &'static Words, kind: &EventKind) -> Self {
        Self {
            label: label(&w.kinds, kind.word()),
            tone: tone(kind),
            sentence: sentence::sentence(w, kind),
            detail: sentence::detail(kind),
        }
    }
}

#[cfg(test)]
mod tests;
