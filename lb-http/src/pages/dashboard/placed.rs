//! [`placed`]: why a meeting was placed where it was.

use lb_core::event::{Placement, PositionFrom};

use super::look::Look;
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::words::fill;

/// Why a meeting was placed where it was, in the reader's language. Of a policy that is not the balancer's own it says what that
/// one said.
pub(crate) fn placed(placement: &Placement, look: Look) -> Sentence {
    let w = &look.w.reasons;
    let mut said = vec![chosen(placement, look)];
    match placement.candidates {
        0 => {}
        1 => said.push(Sentence::of(w.one_candidate)),
        many => said.push(Sentence::of(&fill(w.candidates, &[&look.number(many)]))),
    }
    if let Some(next) = placement.next.first() {
        said.push(sentence(w.next, &[Part::Server(next.server.as_str())]));
    }
    if placement.attempt > 1 {
        said.push(Sentence::of(&fill(w.attempt, &[&look.number(placement.attempt)])));
    }
    Sentence::joined(said, "; ")
}

/// What spoke for the server alone: of no other server, which not everybody may see.
pub(crate) fn chosen(placement: &Placement, look: Look) -> Sentence {
    let w = &look.w.reasons;
    let score = placement.score.filter(|score| score.is_finite());
    let is_placed = placement.position_from.is_some_and(|from| from != PositionFrom::Nowhere);
    let (text, digits) = match placement.policy.as_str() {
        "" => return Sentence::of(w.as_before),
        "least-cpu" => (w.least_cpu, 1),
        "least-users" => (w.least_users, 0),
        "least-meetings" => (w.least_meetings, 0),
        "nearest" if is_placed => (w.nearest, 0),
        "nearest-least-cpu" if is_placed => (w.near_least_cpu, 1),
        "nearest" | "nearest-least-cpu" => (w.position_not_known, 1),
        "power-of-two" => return Sentence::of(w.two_drawn),
        "random" => return Sentence::of(w.drawn),
        "round-robin" => return Sentence::of(w.its_turn),
        "weighted" => return Sentence::of(w.by_weight),
        other => return sentence(w.other_policy, &[Part::Name(other), Part::Name(&placement.reason)]),
    };
    match score {
        Some(score) => Sentence::of(&fill(text, &[&look.decimal(Some(score), digits)])),
        None => Sentence::of(w.nothing_known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::language::Language;
    use crate::pages::words::Words;

    fn said(placement: &Placement) -> String {
        let language = Language::Portuguese;
        placed(placement, Look { w: Words::of(language), language }).to_string()
    }

    #[test]
    fn a_placement_is_explained_in_the_readers_language() {
        let placement = Placement {
            policy: "least-cpu".to_owned(),
            score: Some(12.34),
            reason: "least CPU: 12.3 %".to_owned(),
            attempt: 2,
            candidates: 1200,
            ..Placement::default()
        };
        let text = said(&placement);
        assert!(text.starts_with("menor CPU: 12,3 %; 1.200 servidores"), "{text}");
        assert!(text.contains("tentativa 2"), "{text}");
        assert_eq!(said(&Placement { score: None, attempt: 1, candidates: 0, ..placement }), "carga desconhecida");
    }

    #[test]
    fn a_policy_of_somebody_else_speaks_for_itself() {
        let placement = Placement { policy: "moon".to_owned(), reason: "<full>".to_owned(), ..Placement::default() };
        assert_eq!(said(&placement), "<bdi>moon</bdi>: <bdi>&#60;full&#62;</bdi>");
    }
}
