//! What the page shows.

use askama::Template;
use lb_core::balancer::{Balancer, Explanation, FencedPolicy};

use super::drawn::Drawn;
use super::question::{Flaws, Question};
use super::told::{CandidateRow, LeftOutRow, MOST, OutcomeTold};
use crate::pages::dashboard::{Look, did};
use crate::pages::frame::Frame;
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::words::fill;
use crate::rest::Caller;

/// How many integrations can be chosen from here; others by the address of the page.
const CHOICES: usize = 500;

/// The page.
#[derive(Template)]
#[template(path = "explain.html")]
pub(super) struct ExplainPage {
    frame: Frame,
    question: Question,
    flaws: Flaws,
    integrations: Vec<(String, String)>,
    answer: Option<Answer>,
}

/// The answer.
struct Answer {
    outcome: OutcomeTold,
    last_resort: bool,
    /// Name and value; HTML.
    facts: Vec<(&'static str, String)>,
    map: Option<Drawn>,
    candidates: Vec<CandidateRow>,
    candidates_shown: String,
    left_out: Vec<LeftOutRow>,
    left_out_shown: String,
    /// Policies that are passed over, and why.
    fenced: Vec<Sentence>,
}

impl ExplainPage {
    pub(super) fn new(
        balancer: &Balancer,
        caller: &Caller,
        frame: Frame,
        question: Question,
        flaws: Flaws,
        told: Option<Explanation>,
    ) -> Self {
        let network = balancer.network();
        let reach = caller.reach();
        let mut integrations: Vec<_> = network
            .integrations()
            .iter()
            .filter(|one| reach.has(one))
            .take(CHOICES)
            .map(|one| (one.name.to_string(), one.display_name.clone()))
            .collect();
        if !question.integration.is_empty() && !integrations.iter().any(|(name, _)| *name == question.integration) {
            integrations.push((question.integration.clone(), question.integration.clone()));
        }
        integrations.sort_unstable();
        let answer = told.map(|told| Answer::new(balancer, &frame, &question, &told));
        Self { frame, question, flaws, integrations, answer }
    }
}

impl Answer {
    fn new(balancer: &Balancer, frame: &Frame, question: &Question, told: &Explanation) -> Self {
        let w = &frame.w.explain;
        let outcome = OutcomeTold::new(frame, &told.outcome);
        let ranked = told.candidates.iter().take(MOST).enumerate();
        let left_out = told.left_out.iter().take(MOST);
        let shown = |all: usize, more: bool| match (all > MOST, more) {
            (true, false) => fill(w.shown, &[&MOST, &frame.number(all)]),
            (true, true) => fill(w.shown_more, &[&MOST]),
            (false, _) => String::new(),
        };
        Self {
            last_resort: told.is_last_resort(),
            facts: facts(frame, told),
            map: Drawn::new(balancer, frame, question, told, outcome.server.as_deref()),
            candidates: ranked
                .map(|(place, one)| CandidateRow::new(frame, place + 1, one, told.whereabouts.from))
                .collect(),
            candidates_shown: shown(told.candidates.len(), told.more_candidates),
            left_out: left_out.map(|one| LeftOutRow::new(frame, &balancer.fleet(), one)).collect(),
            left_out_shown: shown(told.left_out.len(), false),
            fenced: told.fenced.iter().map(|fenced| fenced_off(frame, fenced)).collect(),
            outcome,
        }
    }
}

fn fenced_off(frame: &Frame, fenced: &FencedPolicy) -> Sentence {
    let did = did(&fenced.misconduct, Look { w: frame.w, language: frame.language });
    let (policy, router) = (Part::Name(&fenced.policy), Part::Name(fenced.router.as_str()));
    sentence(frame.w.explain.fenced, &[policy, router, Part::Made(&did)])
}

/// How it was decided; names and figures as HTML.
fn facts(frame: &Frame, told: &Explanation) -> Vec<(&'static str, String)> {
    use crate::pages::marked::{escaped, marked};
    let w = &frame.w.explain;
    let from = w.position_from(told.whereabouts.from);
    let place = told.whereabouts.position.map_or_else(
        || escaped(from),
        |position| {
            let degrees = |degrees: f64| frame.decimal(degrees, 3);
            marked("{}°, {}° ({})", &[&degrees(position.latitude), &degrees(position.longitude), &from])
        },
    );
    let tags = |tags: &[String]| marked("{}", &[&tags.join(", ")]);
    let all = [
        (w.router, marked("{}", &[&told.router])),
        (w.policy, marked("{}", &[&told.policy])),
        (w.position, place),
        (w.required, tags(&told.tags.required)),
        (w.preferred_tags, tags(&told.tags.preferred)),
        (w.forbidden, tags(&told.tags.forbidden)),
        (w.at, frame.time(told.at)),
    ];
    all.into_iter().filter(|(_, value)| value != "<bdi></bdi>").collect()
}
