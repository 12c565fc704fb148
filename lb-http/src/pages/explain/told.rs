//! Candidates and those left out, for people.

use std::collections::BTreeMap;

use lb_core::balancer::{LeftOutServer, Outcome, RankedServer};
use lb_core::event::{Placement, PositionFrom};
use lb_core::fleet::Fleet;
use lb_core::placement::LeftOut;

use crate::pages::dashboard::{Look, placed};
use crate::pages::frame::Frame;
use crate::pages::language::Language;
use crate::pages::links;
use crate::pages::marked::marked;
use crate::pages::sentence::Sentence;

/// How many of each are shown.
pub(super) const MOST: usize = 100;

/// A server that could have the meeting.
pub(super) struct CandidateRow {
    pub(super) rank: usize,
    pub(super) server: String,
    pub(super) link: String,
    pub(super) way: &'static str,
    pub(super) score: String,
    pub(super) km: String,
    pub(super) cpu: String,
    pub(super) users: String,
    pub(super) meetings: String,
    /// In the balancer's own words.
    pub(super) reason: String,
    /// The same in the reader's, where those are others.
    pub(super) why: Option<Sentence>,
}

impl CandidateRow {
    pub(super) fn new(frame: &Frame, rank: usize, ranked: &RankedServer, from: PositionFrom) -> Self {
        let number = |number: Option<f64>, digits| number.map(|number| frame.decimal(number, digits));
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        Self {
            rank,
            server: ranked.server.to_string(),
            link: links::server(ranked.server.as_str()),
            way: frame.w.explain.way_of(ranked.way),
            score: or_dash(number(ranked.score, 2)),
            km: or_dash(number(ranked.km, 0)),
            cpu: or_dash(number(ranked.expected_cpu, 0)),
            users: frame.decimal(ranked.expected_users, 0),
            meetings: frame.number(ranked.expected_meetings),
            reason: ranked.reason.clone(),
            why: (frame.language != Language::English)
                .then(|| placed(&as_placed(ranked, from), Look { w: frame.w, language: frame.language })),
        }
    }
}

/// A candidate as if it had the meeting.
fn as_placed(ranked: &RankedServer, from: PositionFrom) -> Placement {
    Placement {
        policy: ranked.policy.clone(),
        router: None,
        score: ranked.score,
        reason: ranked.reason.clone(),
        attempt: 1,
        candidates: 0,
        next: Vec::new(),
        left_out: BTreeMap::new(),
        position_from: Some(from),
    }
}

/// A server that could not.
pub(super) struct LeftOutRow {
    pub(super) server: String,
    pub(super) link: String,
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    /// In the balancer's own words, with the facts; and in the reader's, where those are others.
    pub(super) reasons: Vec<(String, Option<Sentence>)>,
}

impl LeftOutRow {
    pub(super) fn new(frame: &Frame, fleet: &Fleet, out: &LeftOutServer) -> Self {
        let member = fleet.server(&out.server);
        let own = |why| match (why, member) {
            (LeftOut::State(_), Some(member)) if !member.reasons().is_empty() => {
                Sentence::joined(member.reasons().iter().map(|reason| frame.w.reasons.of(reason)), "; ")
            }
            (why, _) => Sentence::of(frame.w.explain.out(why)),
        };
        let reasons = out.reasons.iter().map(|reason| {
            let own = (frame.language != Language::English).then(|| own(reason.why));
            // of a state ours says all that there is
            let text = if own.is_some() && matches!(reason.why, LeftOut::State(_)) { "" } else { reason.text.as_str() };
            (text.to_owned(), own)
        });
        Self {
            server: out.server.to_string(),
            link: links::server(out.server.as_str()),
            state: out.state.as_str(),
            word: frame.w.states.of(out.state),
            reasons: reasons.collect(),
        }
    }
}

/// What would become of the create.
pub(super) struct OutcomeTold {
    /// As notices have it.
    pub(super) kind: &'static str,
    /// HTML.
    pub(super) says: String,
    /// BBB's key and words for the website, where it would not succeed.
    pub(super) refusal: Option<(&'static str, &'static str)>,
    /// Where it would be.
    pub(super) server: Option<String>,
}

impl OutcomeTold {
    pub(super) fn new(frame: &Frame, outcome: &Outcome) -> Self {
        let w = &frame.w.explain;
        let told = |kind, says, refusal, server: Option<&lb_core::ServerName>| Self {
            kind,
            says,
            refusal,
            server: server.map(ToString::to_string),
        };
        match outcome {
            Outcome::Placed { server, afresh_from: None } => {
                told("good", marked(w.placed, &[server]), None, Some(server))
            }
            Outcome::Placed { server, afresh_from: Some(lost) } => {
                told("good", marked(w.placed_afresh, &[lost, server]), None, Some(server))
            }
            Outcome::There { meeting, answers } => {
                let (kind, text) = if *answers { ("good", w.there) } else { ("warning", w.there_silent) };
                told(kind, marked(text, &[&meeting.server]), None, Some(&meeting.server))
            }
            Outcome::UnderWay { server } => told("news", marked(w.under_way, &[server]), None, Some(server)),
            Outcome::NoServer(failure) => {
                told("critical", w.no_server.to_owned(), Some((failure.key(), failure.message())), None)
            }
            Outcome::Refused(failure) => {
                told("critical", w.refused.to_owned(), Some((failure.key(), failure.message())), None)
            }
        }
    }
}
