//! [`Alarms`]: what is wrong, and what to do about it.

use askama::Template;
use askama::filters::HtmlSafe;
use lb_core::balancer::Alarm;
use lb_core::placement::Misconduct;
use lb_core::server::{ServerName, ServerState};
use lb_core::{IntegrationName, Timestamp};

use super::level::Level;
use super::look::Look;
use crate::live::{ShownAlarm, View};
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::words::fill;

/// As many alarms stand on the page; of more, how many there are.
const SHOWN: usize = 12;

/// As many names stand in one alarm.
const NAMED: usize = 5;

/// What is wrong, and what to do about it.
#[derive(Debug, Template)]
#[template(path = "dashboard/alarms.html")]
pub(super) struct Alarms {
    shown: Vec<Shown>,
    /// How many there are beside them, in words; empty where there is none.
    more: String,
    count: usize,
}

/// An alarm as it stands on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    level: Level,
    what: Sentence,
    /// Since when, as far as known.
    since: Sentence,
    /// What to do about it.
    todo: Sentence,
}

impl HtmlSafe for Alarms {}

impl Alarms {
    /// What is wrong in `view`, the worst first.
    pub(super) fn of(view: &View<'_>) -> Self {
        let look = Look::of(view);
        let mut shown = all(view, look);
        shown.sort_by_key(|alarm| std::cmp::Reverse(alarm.level));
        let count = shown.len();
        shown.truncate(SHOWN);
        let more = match count - shown.len() {
            0 => String::new(),
            more => fill(look.w.dashboard.more_alarms, &[&look.number(more)]),
        };
        Self { shown, more, count }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// How bad the worst is.
    pub(super) fn level(&self) -> Level {
        self.shown.iter().map(|alarm| alarm.level).max().unwrap_or(Level::Good)
    }
}

fn all(view: &View<'_>, look: Look) -> Vec<Shown> {
    let w = &look.w.alarms;
    let alarms = view.alarms();
    let mut shown: Vec<_> = alarms.iter().filter_map(|alarm| one(alarm, look)).collect();
    shown.extend(limits(&alarms, look));
    let totals = &view.present.totals;
    let takes_last = alarms.contains(&ShownAlarm::Network(Alarm::LastResort));
    if totals.servers > totals.in_state(ServerState::Recording) && totals.serving() == 0 && !takes_last {
        shown.push(critical(Sentence::of(w.nobody_serves), w.nobody_serves_todo));
    }
    let in_state = |state| -> Vec<&ServerName> {
        view.present.servers().filter(|server| server.state == state).map(|server| &server.name).collect()
    };
    let down: Vec<_> = alarms.iter().filter_map(down).collect();
    let mut silent = in_state(ServerState::Suspended);
    silent.retain(|name| !down.contains(name));
    let counted = [
        (w.copies, w.many_copies, w.copies_todo, alarms.iter().filter_map(copies).collect::<Vec<_>>()),
        (w.foreign, w.many_foreign, w.foreign_todo, alarms.iter().filter_map(foreign).collect()),
    ];
    for (one, many, todo, servers) in counted {
        let names: Vec<_> = servers.iter().map(|(name, _)| *name).collect();
        let sum = servers.iter().fold(0_usize, |sum, (_, count)| sum.saturating_add(*count));
        shown.extend(named(&names, one, many, look).map(|what| Shown {
            level: Level::Warning,
            what,
            since: Sentence::default(),
            todo: sentence(todo, &[Part::Words(look.number(sum))]),
        }));
    }
    let groups = [
        (&down, w.down, w.many_down, w.down_todo),
        (&silent, w.suspended, w.many_suspended, w.suspended_todo),
        (&in_state(ServerState::Critical), w.critical, w.many_critical, w.critical_todo),
    ];
    for (servers, one, many, todo) in groups {
        shown.extend(named(servers, one, many, look).map(|what| critical(what, todo)));
    }
    shown
}

fn critical(what: Sentence, todo: &str) -> Shown {
    Shown { level: Level::Critical, what, since: Sentence::default(), todo: Sentence::of(todo) }
}

fn down(alarm: &ShownAlarm) -> Option<&ServerName> {
    match alarm {
        ShownAlarm::Network(Alarm::ServerDown { server }) => Some(server),
        _ => None,
    }
}

fn copies(alarm: &ShownAlarm) -> Option<(&ServerName, usize)> {
    match alarm {
        ShownAlarm::Network(Alarm::CopiesInUse { server, copies }) => Some((server, *copies)),
        _ => None,
    }
}

fn foreign(alarm: &ShownAlarm) -> Option<(&ServerName, usize)> {
    match alarm {
        ShownAlarm::Network(Alarm::ForeignMeetings { server, meetings }) => Some((server, *meetings)),
        _ => None,
    }
}

/// One alarm. Servers with the same trouble are told together, and limits too.
fn one(alarm: &ShownAlarm, look: Look) -> Option<Shown> {
    let w = &look.w.alarms;
    let alarm = match alarm {
        ShownAlarm::Network(Alarm::ServerDown { .. } | Alarm::CopiesInUse { .. } | Alarm::ForeignMeetings { .. })
        | ShownAlarm::Limit { .. } => return None,
        ShownAlarm::Certificate { until, ended } => {
            let (level, text) =
                if *ended { (Level::Critical, w.certificate_ended) } else { (Level::Warning, w.certificate) };
            let what = sentence(text, &[Part::At(*until)]);
            return Some(Shown { level, what, since: Sentence::default(), todo: Sentence::of(w.certificate_todo) });
        }
        ShownAlarm::Network(alarm) => alarm,
    };
    let number = |count: usize| Part::Words(look.number(count));
    let (what, since, todo) = match alarm {
        Alarm::Store { unwritten: 0 } => (Sentence::of(w.store), None, Sentence::of(w.store_refuses)),
        Alarm::Store { unwritten } => (Sentence::of(w.store), None, sentence(w.store_unwritten, &[number(*unwritten)])),
        Alarm::Monitor { since, problem } => {
            let said =
                if problem.is_empty() { Sentence::default() } else { sentence(w.monitor_said, &[Part::Name(problem)]) };
            (Sentence::of(w.monitor), Some(*since), Sentence::joined([Sentence::of(w.monitor_todo), said], " "))
        }
        Alarm::Freeze { since } => (Sentence::of(w.freeze), Some(*since), Sentence::of(w.freeze_todo)),
        Alarm::LastResort => (Sentence::of(w.last_resort), None, Sentence::of(w.last_resort_todo)),
        Alarm::PolicyFenced { router, policy, misconduct, since } => {
            let what = sentence(w.fenced, &[Part::Name(policy), Part::Name(router.as_str())]);
            (what, Some(*since), sentence(w.fenced_todo, &[Part::Made(&did(misconduct, look))]))
        }
        other => (sentence("{}", &[Part::Name(&other.to_string())]), None, Sentence::default()),
    };
    let level = match alarm {
        Alarm::Store { .. } | Alarm::Freeze { .. } => Level::Critical,
        _ => Level::Warning,
    };
    Some(Shown { level, what, since: since_words(since, look), todo })
}

/// All limits that were hit, in one alarm.
fn limits(alarms: &[ShownAlarm], look: Look) -> Option<Shown> {
    let w = &look.w.alarms;
    let mut count = 0_u32;
    let mut whose: Vec<(&IntegrationName, &str)> = Vec::new();
    for alarm in alarms {
        if let ShownAlarm::Limit { integration, reason, times, .. } = alarm {
            count = count.saturating_add(*times);
            whose.push((integration, *reason));
        }
    }
    if whose.is_empty() {
        return None;
    }
    let one = |(integration, reason): &(&IntegrationName, &str)| {
        let why = Part::Words(look.w.reasons.refused(reason).to_owned());
        sentence(w.limit_of, &[Part::Name(integration.as_str()), why])
    };
    let all = list(whose.iter().map(one), whose.len(), look);
    Some(Shown {
        level: Level::Warning,
        what: sentence(w.limits, &[Part::Words(look.number(count))]),
        since: Sentence::default(),
        todo: sentence(w.limits_todo, &[Part::Made(&all)]),
    })
}

/// What a policy did, as it goes on after its name.
pub(in crate::pages) fn did(misconduct: &Misconduct, look: Look) -> Sentence {
    let w = &look.w.alarms;
    let (text, which) = match misconduct {
        Misconduct::Panicked { message, .. } => return sentence(w.panicked, &[Part::Name(message)]),
        Misconduct::RankedTwice { server } => (w.ranked_twice, server),
        Misconduct::NotOffered { server } => (w.not_offered, server),
        Misconduct::NotANumber { server } => (w.not_a_number, server),
    };
    sentence(text, &[Part::Server(which.as_str())])
}

fn since_words(since: Option<Timestamp>, look: Look) -> Sentence {
    since.map(|since| sentence(look.w.dashboard.since, &[Part::At(since)])).unwrap_or_default()
}

/// What is said of several servers at once; `None` of none.
fn named(servers: &[&ServerName], one: &str, many: &str, look: Look) -> Option<Sentence> {
    match servers {
        [] => None,
        [server] => Some(sentence(one, &[Part::Server(server.as_str())])),
        servers => {
            let names = servers.iter().map(|name| sentence("{}", &[Part::Server(name.as_str())]));
            let names = list(names, servers.len(), look);
            Some(sentence(many, &[Part::Words(look.number(servers.len())), Part::Made(&names)]))
        }
    }
}

/// The first of `count`, and how many more there are.
fn list(all: impl Iterator<Item = Sentence>, count: usize, look: Look) -> Sentence {
    let more = (count > NAMED).then(|| Sentence::of(&fill(look.w.alarms.others, &[&look.number(count - NAMED)])));
    Sentence::joined(all.take(NAMED).chain(more), ", ")
}
