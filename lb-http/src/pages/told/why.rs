//! [`why`]: why something happened, in the reader's language.

use lb_core::event::EventKind;

use crate::pages::dashboard::{Look, chosen};
use crate::pages::sentence::{Part, Sentence, sentence};

/// Why; nothing where the event has no reason that could be translated.
pub(crate) fn why(kind: &EventKind, look: Look) -> Option<Sentence> {
    match kind {
        EventKind::MeetingCreated { placement, .. } => Some(chosen(placement, look)),
        EventKind::ServerStateChanged { reasons, .. } => {
            Some(Sentence::joined(reasons.iter().map(|reason| look.w.reasons.of(reason)), "; "))
        }
        EventKind::CallRefused { reason, key, .. } => {
            let word = if reason.is_empty() { key } else { reason };
            // the sentence has the key already
            Some(match look.w.reasons.refused(word) {
                same if same == word && word == key => Sentence::default(),
                said => sentence("{}", &[Part::Name(said)]),
            })
        }
        _ => None,
    }
}
