//! [`Told`]: what happened, as people are told it in their language.

mod kind;
mod sentence;
mod why;

use lb_core::event::EventKind;

pub(crate) use self::kind::{KINDS, label, tone};
pub(crate) use self::why::why;
use super::dashboard::Look;
use super::language::Language;
use super::sentence::{Part, Sentence};

/// What happened, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What kind of thing it is.
    pub(crate) label: &'static str,
    /// A class that says how good it is; `parts/rows.html` draws its shape.
    pub(crate) tone: &'static str,
    /// A sentence, as HTML: names in it are text.
    pub(crate) sentence: String,
    /// Why, and what the balancer or a server says of it; may be empty.
    pub(crate) detail: Sentence,
    /// In which language that is.
    pub(crate) spoken: &'static str,
}

impl Told {
    /// What `kind` says.
    pub(crate) fn of(look: Look, kind: &EventKind) -> Self {
        let (w, own) = (look.w, Language::English);
        let ours = Some(look.language).filter(|language| *language != own).and_then(|_| why(kind, look));
        // our words have no address
        let ours = match (ours, kind) {
            (Some(ours), EventKind::CallRefused { address: Some(address), .. }) => {
                let address = super::sentence::sentence("{}", &[Part::Name(&address.to_string())]);
                Some(Sentence::joined([ours, address], ", "))
            }
            (ours, _) => ours,
        };
        let said = || match sentence::detail(kind) {
            empty if empty.is_empty() => Sentence::default(),
            said => super::sentence::sentence("{}", &[Part::Name(&said)]),
        };
        Self {
            label: label(&w.kinds, kind.word()),
            tone: tone(kind),
            sentence: sentence::sentence(w, kind),
            spoken: if ours.is_some() { look.language.tag() } else { own.tag() },
            detail: ours.unwrap_or_else(said),
        }
    }
}

#[cfg(test)]
mod tests;
