//! [`Asked`]: which servers the table shows, in which order.

use std::cmp::Ordering;

use lb_core::server::{CallOutcome, ServerState};
use serde::Deserialize;

use super::look::Look;
use crate::live::ShownServer;
use crate::pages::links;

/// Rows on one page of the table.
pub(super) const PAGE: usize = 50;

/// The longest text to be looked for, in characters; the rest is not looked at.
const LONGEST: usize = 100;

/// The longest name of a server, in characters.
const LONGEST_NAME: usize = 255;

/// The longest word, in characters: a state, a column, a number of a page.
const LONGEST_WORD: usize = 20;

/// What is asked for. Whatever is none of it is left out: the page then shows more, and says what it shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Words that a row must have.
    pub(super) q: String,
    /// A state, or `trouble`.
    pub(super) state: String,
    /// A column, with a hyphen before it downwards.
    pub(super) sort: String,
    /// From 1.
    pub(super) page: String,
    /// The server that the map is around.
    pub(super) server: String,
    /// `world`: the map shows all of it.
    pub(super) map: String,
}

/// A column that can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Server,
    State,
    Cpu,
    Memory,
    Meetings,
    Users,
    Audio,
    Video,
    Pending,
    Calls,
    Answer,
}

impl Column {
    pub(super) const ALL: [(Self, &'static str); 11] = [
        (Self::Server, "server"),
        (Self::State, "state"),
        (Self::Cpu, "cpu"),
        (Self::Memory, "memory"),
        (Self::Meetings, "meetings"),
        (Self::Users, "users"),
        (Self::Audio, "audio"),
        (Self::Video, "video"),
        (Self::Pending, "pending"),
        (Self::Calls, "calls"),
        (Self::Answer, "answer"),
    ];

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(column, _)| *column == self).map_or("", |(_, word)| word)
    }

    /// Whether it has figures, which are looked at from the greatest.
    pub(super) fn is_number(self) -> bool {
        !matches!(self, Self::Server | Self::State)
    }

    fn figure(self, row: &ShownServer) -> Option<f64> {
        match self {
            Self::Server => None,
            Self::State => Some(f64::from(severity(row.state))),
            Self::Cpu => row.cpu.map(f64::from),
            Self::Memory => row.memory.map(f64::from),
            Self::Meetings => Some(f64::from(row.meetings)),
            Self::Users => Some(f64::from(row.users)),
            Self::Audio => row.audio.map(f64::from),
            Self::Video => row.video.map(f64::from),
            Self::Pending => Some(f64::from(row.pending)),
            Self::Calls => Some(f64::from(row.answers.under_way)),
            // who does not answer is slower than any answer
            Self::Answer => row.answers.last.map(|(outcome, millis)| match outcome {
                CallOutcome::Answered => millis as f64,
                _ => f64::MAX,
            }),
        }
    }
}

/// What somebody should look at first.
pub(super) fn severity(state: ServerState) -> u8 {
    match state {
        ServerState::Critical => 0,
        ServerState::Suspended => 1,
        ServerState::Warning => 2,
        ServerState::Gone => 3,
        ServerState::Draining => 4,
        ServerState::ForceDisabled => 5,
        ServerState::ForceEnabled => 6,
        ServerState::Enabled => 7,
        ServerState::Recording => 8,
    }
}

fn is_trouble(state: ServerState) -> bool {
    severity(state) <= 3
}

/// A part of all rows.
#[derive(Clone, Debug)]
pub(super) struct Shown<'a> {
    pub(super) servers: Vec<&'a ShownServer>,
    /// How many match, on whatever page.
    pub(super) matching: usize,
    /// From 0.
    pub(super) page: usize,
    pub(super) pages: usize,
}

impl Asked {
    /// The word for servers in trouble, in the place of a state.
    pub(super) const TROUBLE: &'static str = "trouble";

    /// The word for a map of all the world.
    pub(super) const WORLD: &'static str = "world";

    /// The same without what is too long to be meant: each of many links has all of it.
    pub(super) fn clipped(self) -> Self {
        let clip = |text: String, most: usize| match text.char_indices().nth(most) {
            Some(_) => text.chars().take(most).collect(),
            None => text,
        };
        let Self { q, state, sort, page, server, map } = self;
        Self {
            q: clip(q, LONGEST),
            state: clip(state, LONGEST_WORD),
            sort: clip(sort, LONGEST_WORD),
            page: clip(page, LONGEST_WORD),
            server: clip(server, LONGEST_NAME),
            map: clip(map, LONGEST_WORD),
        }
    }

    /// Whether another map is asked for than the one that everybody sees first.
    pub(super) fn has_own_map(&self) -> bool {
        !self.server.is_empty() || self.map == Self::WORLD
    }

    /// The column that is sorted by, and whether downwards: what somebody should look at, where nothing is asked for.
    pub(super) fn order(&self) -> (Column, bool) {
        let (word, down) = self.sort.strip_prefix('-').map_or((self.sort.as_str(), false), |word| (word, true));
        let column = Column::ALL.iter().find(|(_, known)| *known == word);
        column.map_or((Column::State, false), |(column, _)| (*column, down))
    }

    /// Whether not all servers are asked for.
    pub(super) fn narrows(&self) -> bool {
        !self.q.trim().is_empty() || !self.state.is_empty()
    }

    /// The rows that are asked for.
    pub(super) fn choose<'a>(&self, mut servers: Vec<&'a ShownServer>, look: Look) -> Shown<'a> {
        let words: Vec<_> = plain(&self.q).split_whitespace().map(str::to_owned).collect();
        servers.retain(|server| self.has_state(server.state) && (words.is_empty() || has_words(server, &words, look)));
        let (column, down) = self.order();
        servers.sort_by(|a, b| compare(a, b, column, down));
        let pages = servers.len().div_ceil(PAGE).max(1);
        let page = self.page.parse::<usize>().unwrap_or(1).clamp(1, pages) - 1;
        let matching = servers.len();
        let servers = servers.into_iter().skip(page * PAGE).take(PAGE).collect();
        Shown { servers, matching, page, pages }
    }

    fn has_state(&self, state: ServerState) -> bool {
        match self.state.as_str() {
            "" => true,
            Self::TROUBLE => is_trouble(state),
            word => word == state.as_str() || !ServerState::ALL.iter().any(|state| state.as_str() == word),
        }
    }

    /// The address of this page with `changes` in what is asked for.
    pub(super) fn address(&self, changes: &[(&str, &str)]) -> String {
        let present = [
            ("q", self.q.trim()),
            ("state", &self.state),
            ("sort", &self.sort),
            ("page", &self.page),
            ("server", &self.server),
            ("map", &self.map),
        ];
        let pairs = present.map(|(name, value)| {
            (name, changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, value)| *value))
        });
        links::with("/", &pairs)
    }

    /// The address that sorts by `column`: the other way round where it is sorted by already.
    pub(super) fn sorted(&self, column: Column) -> String {
        let (present, down) = self.order();
        let down = if present == column { !down } else { column.is_number() };
        let word = format!("{}{}", if down { "-" } else { "" }, column.as_str());
        self.address(&[("sort", &word), ("page", "")])
    }
}

fn has_words(row: &ShownServer, words: &[String], look: Look) -> bool {
    let said = row.reasons.iter().map(|reason| look.w.reasons.of(reason).to_string());
    let said: Vec<_> = row.reasons.iter().cloned().chain(said).collect();
    let text = format!("{} {} {}", row.name, look.w.states.of(row.state), said.join(" "));
    let text = plain(&text);
    words.iter().all(|word| text.contains(word.as_str()))
}

/// Words without capitals, so that they are found however they are written.
fn plain(text: &str) -> String {
    text.to_lowercase()
}

fn compare(a: &ShownServer, b: &ShownServer, column: Column, down: bool) -> Ordering {
    let by_name = || a.name.cmp(&b.name);
    if column == Column::Server {
        return if down { by_name().reverse() } else { by_name() };
    }
    let order = match (column.figure(a), column.figure(b)) {
        (Some(a), Some(b)) if down => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        // what is not known stands last, whichever way
        (a, b) => a.is_none().cmp(&b.is_none()),
    };
    order.then_with(by_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Answers;
    use crate::pages::language::Language;
    use crate::pages::words::Words;
    use lb_core::server::AdministratorWord;

    fn row(name: &str, state: ServerState, cpu: Option<u32>) -> ShownServer {
        ShownServer {
            name: name.into(),
            state,
            reasons: Vec::new(),
            word: AdministratorWord::Automatic,
            cpu,
            memory: None,
            meetings: 0,
            users: 0,
            audio: None,
            video: None,
            pending: 0,
            capacity: None,
            position: None,
            answers: Answers::default(),
            sampled_at: None,
        }
    }

    fn look(language: Language) -> Look {
        Look { w: Words::of(language), language }
    }

    fn names(asked: &Asked) -> Vec<String> {
        let mut disk = row("delta", ServerState::Critical, None);
        disk.reasons = vec!["Disk is CRITICAL".to_owned()];
        let servers = [
            row("alpha", ServerState::Enabled, Some(10)),
            row("beta", ServerState::Suspended, Some(90)),
            row("gamma", ServerState::Enabled, Some(50)),
            disk,
        ];
        let shown = asked.choose(servers.iter().collect(), look(Language::Portuguese));
        shown.servers.iter().map(|server| server.name.to_string()).collect()
    }

    fn asked(sort: &str, q: &str, state: &str) -> Asked {
        Asked { sort: sort.to_owned(), q: q.to_owned(), state: state.to_owned(), ..Asked::default() }
    }

    #[test]
    fn what_somebody_should_look_at_comes_first_unless_another_order_is_asked_for() {
        assert_eq!(names(&Asked::default()), ["delta", "beta", "alpha", "gamma"]);
        assert_eq!(names(&asked("-cpu", "", "")), ["beta", "gamma", "alpha", "delta"]);
        assert_eq!(names(&asked("cpu", "", "")), ["alpha", "gamma", "beta", "delta"], "what is not known stands last");
        assert_eq!(names(&asked("-server", "", "")), ["gamma", "delta", "beta", "alpha"]);
        assert_eq!(names(&asked("moon", "", "")), names(&Asked::default()));
    }

    #[test]
    fn rows_are_found_by_name_state_and_reason_in_the_readers_language() {
        assert_eq!(names(&asked("", "CRÍTICO disk", "")), ["delta"]);
        assert_eq!(names(&asked("", "suspenso", "")), ["beta"]);
        assert_eq!(names(&asked("", "", "enabled")), ["alpha", "gamma"]);
        assert_eq!(names(&asked("", "", "trouble")), ["delta", "beta"]);
        assert_eq!(names(&asked("", "nobody", "")), [""; 0]);
        assert_eq!(names(&asked("", "", "moon")).len(), 4, "no such state narrows nothing");
    }

    #[test]
    fn thousands_come_in_pages_and_a_page_that_is_not_there_is_the_last() {
        let many: Vec<_> = (0..120).map(|number| row(&format!("bbb{number:03}"), ServerState::Enabled, None)).collect();
        for (page, first, rows) in [("", "bbb000", 50), ("2", "bbb050", 50), ("99", "bbb100", 20), ("-1", "bbb000", 50)]
        {
            let asked = Asked { page: page.to_owned(), ..Asked::default() };
            let shown = asked.choose(many.iter().collect(), look(Language::English));
            assert_eq!((shown.matching, shown.pages, shown.servers.len()), (120, 3, rows));
            assert_eq!(shown.servers[0].name.as_str(), first);
        }
    }

    #[test]
    fn addresses_keep_what_is_asked_for_and_escape_it() {
        let asked = Asked { page: "3".to_owned(), ..asked("-cpu", "a&b", "") };
        assert_eq!(asked.address(&[("page", "")]), "/?q=a%26b&sort=-cpu");
        assert_eq!(asked.sorted(Column::Cpu), "/?q=a%26b&sort=cpu");
        assert_eq!(asked.sorted(Column::Users), "/?q=a%26b&sort=-users");
        assert_eq!(Asked::default().address(&[]), "/");
    }

    #[test]
    fn what_nobody_means_is_in_no_link() {
        let long = || "x".repeat(8000);
        let asked = Asked { q: long(), state: long(), sort: long(), page: long(), server: long(), map: long() };
        let asked = asked.clipped();
        assert!(asked.address(&[]).len() < 600, "{}", asked.address(&[]));
        let said = Asked { server: "bbb 1".to_owned(), ..super::Asked::default() };
        assert_eq!(said.clone().clipped().address(&[]), said.address(&[]));
    }
}
