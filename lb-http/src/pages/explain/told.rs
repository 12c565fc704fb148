//! Candidates and those left out, for people.

use lb_core::balancer::{LeftOutServer, Outcome, RankedServer};

use crate::pages::frame::Frame;
use crate::pages::links;
use crate::pages::marked::marked;

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
    pub(super) reason: String,
}

impl CandidateRow {
    pub(super) fn new(frame: &Frame, rank: usize, ranked: &RankedServer) -> Self {
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
        }
    }
}

/// A server that could not.
pub(super) struct LeftOutRow {
    pub(super) server: String,
    pub(super) link: String,
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    /// In our words, and in the balancer's with the facts.
    pub(super) reasons: Vec<(&'static str, String)>,
}

impl LeftOutRow {
    pub(super) fn new(frame: &Frame, out: &LeftOutServer) -> Self {
        let reasons = out.reasons.iter().map(|reason| (frame.w.explain.out(reason.why), reason.text.clone()));
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
