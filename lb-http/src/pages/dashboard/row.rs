//! [`Row`]: one server in the table.

use askama::Template;
use askama::filters::HtmlSafe;
use lb_core::server::{CallOutcome, ServerName, ServerState};

use super::look::Look;
use super::order::severity;
use super::totals::thinned;
use crate::live::{ShownServer, View};
use crate::pages::chart::{Svg, sparkline};
use crate::pages::links;
use crate::pages::sentence::Sentence;
use crate::pages::words::fill;

/// Points of a course: an hour each.
const POINTS: usize = 24;

/// CPU and memory in use beyond these are marked, per cent.
const MUCH: u32 = 75;
const TOO_MUCH: u32 = 90;

/// The id of the row of a server.
pub(crate) fn row_id(name: &ServerName) -> String {
    let mut id = String::from("server-");
    for byte in name.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => id.push(char::from(byte)),
            other => id.push_str(&format!("_{other:02x}")),
        }
    }
    id
}

/// Why a server is in its state.
pub(crate) fn why(server: &ShownServer, look: Look) -> Sentence {
    let w = &look.w.dashboard;
    let reasons = server.reasons.iter().map(|reason| look.w.reasons.of(reason));
    let left = matches!(server.state, ServerState::Draining | ServerState::Gone).then(|| match server.meetings {
        1 => Sentence::of(w.one_meeting_left),
        many => Sentence::of(&fill(w.meetings_left, &[&look.number(many)])),
    });
    Sentence::joined(reasons.chain(left), "; ")
}

/// One server in the table.
#[derive(Debug, Template)]
#[template(path = "dashboard/row.html")]
pub(crate) struct Row<'a> {
    server: &'a ShownServer,
    look: Look,
    /// Its users over the last day.
    course: Svg,
}

impl HtmlSafe for Row<'_> {}

impl<'a> Row<'a> {
    /// `server` in `view`.
    pub(crate) fn of(server: &'a ShownServer, view: &View<'_>) -> Self {
        let look = Look::of(view);
        let points = view.present.course.server(&server.name, view.present.at);
        let users: Vec<_> = points.iter().map(|point| point.sample.users.map(f64::from)).collect();
        let most = users.iter().flatten().copied().fold(f64::from(server.users), f64::max);
        let title = fill(look.w.dashboard.course, &[&look.number(server.users), &look.decimal(Some(most), 0)]);
        Self { server, look, course: sparkline(&thinned(&users, POINTS), None, &title) }
    }

    fn id(&self) -> String {
        row_id(&self.server.name)
    }

    /// Where it stands among states.
    fn order(&self) -> u8 {
        severity(self.server.state)
    }

    fn path(&self) -> String {
        links::server(self.server.name.as_str())
    }

    fn word(&self) -> &'static str {
        self.look.w.states.of(self.server.state)
    }

    fn why(&self) -> Sentence {
        why(self.server, self.look)
    }

    /// How the whole row looks.
    fn kind(&self) -> &'static str {
        match self.server.state {
            ServerState::Critical | ServerState::Suspended => "is-critical",
            ServerState::Warning => "is-warning",
            ServerState::Gone | ServerState::ForceDisabled => "is-quiet",
            _ => "",
        }
    }

    fn much_cpu(&self) -> &'static str {
        much(self.server.cpu)
    }

    fn much_memory(&self) -> &'static str {
        much(self.server.memory)
    }

    fn meetings(&self) -> String {
        self.look.number(self.server.meetings)
    }

    fn users(&self) -> String {
        self.look.number(self.server.users)
    }

    fn audio(&self) -> String {
        self.look.count(self.server.audio)
    }

    fn video(&self) -> String {
        self.look.count(self.server.video)
    }

    fn pending(&self) -> String {
        self.look.number(self.server.pending)
    }

    fn under_way(&self) -> String {
        self.look.number(self.server.answers.under_way)
    }

    /// How long the last answer took, or what came instead of one.
    fn answer(&self) -> String {
        let w = &self.look.w.dashboard;
        match self.server.answers.last {
            None => "–".to_owned(),
            Some((CallOutcome::Answered, millis)) => format!("{} ms", self.look.number(millis)),
            Some((CallOutcome::Refused, _)) => w.refused.to_owned(),
            Some((CallOutcome::Failed, _)) => w.failed.to_owned(),
        }
    }

    /// What is said beside it: failures among the last calls, or the median.
    fn answers(&self) -> String {
        let w = &self.look.w.dashboard;
        match (self.server.answers.failures, self.server.answers.median) {
            (0, None) => String::new(),
            (0, Some(median)) => fill(w.median, &[&self.look.number(median)]),
            (failures, _) => fill(w.not_answered, &[&self.look.number(failures)]),
        }
    }
}

/// How the line of a share looks.
fn much(share: Option<u32>) -> &'static str {
    match share {
        Some(share) if share >= TOO_MUCH => "is-critical",
        Some(share) if share >= MUCH => "is-warning",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_rows_have_no_characters_that_break_them_and_no_two_are_the_same() {
        assert_eq!(row_id(&"bbb-1.example.org".into()), "server-bbb-1.example.org");
        assert_eq!(row_id(&"a b\"<é_".into()), "server-a_20b_22_3c_c3_a9_5f");
        assert_ne!(row_id(&"a b".into()), row_id(&"a_20b".into()));
    }
}
