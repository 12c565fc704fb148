//! News in words: what the live view and the plain lines have in common.

use std::time::Duration;

use lb_core::event::EventKind;
use lb_core::fleet::Fleet;
use lb_core::server::ServerState;

use super::feed::{News, Totals};
use crate::render::line;

/// A meeting got its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) integration: String,
    pub(super) meeting: String,
    pub(super) server: String,
    pub(super) reason: String,
}

/// Something else that a spectator should see.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// The server, or what else it is about.
    pub(super) about: String,
    pub(super) what: String,
    pub(super) why: String,
    /// The state that a server has now.
    pub(super) state: Option<ServerState>,
    /// The demo itself did it.
    pub(super) staged: bool,
}

/// What is told of one piece of news.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Placed(Placed),
    Change(Change),
}

impl Told {
    /// `None` where there is nothing to tell: most news are only counted. No text can give orders to the terminal.
    pub(super) fn of(news: &News) -> Option<Self> {
        let event = match news {
            News::Staged(server, what) => return Some(change(server, what, "", None, true)),
            News::Event(event) => event,
        };
        Some(match event {
            EventKind::MeetingCreated { meeting, name, server, placement, .. } => {
                let reason = match placement.attempt {
                    ..=1 => line(&placement.reason),
                    attempt => format!("attempt {attempt}: {}", line(&placement.reason)),
                };
                let (integration, server) = (meeting.integration.to_string(), server.to_string());
                Self::Placed(Placed { integration, meeting: line(name), server, reason })
            }
            EventKind::ServerStateChanged { server, from, to, reasons } => {
                let from = from.map_or("new", ServerState::as_str);
                change(server.as_str(), &format!("{from} → {to}"), &reasons.join("; "), Some(*to), false)
            }
            EventKind::ServerDropped { server } => change(server.as_str(), "dropped", "", None, false),
            EventKind::LastResort { meeting, server } => {
                change(server.as_str(), "last resort", &format!("takes {meeting} all the same"), None, false)
            }
            EventKind::StrayNoted { meeting, server } => {
                change(server.as_str(), "no answer", &format!("it may hold a copy of {meeting}"), None, false)
            }
            EventKind::StrayEnded { meeting, server } => {
                change(server.as_str(), "tidied up", &format!("ended its copy of {meeting}"), None, false)
            }
            EventKind::MonitorFailed { problem } => change("monitor", "failed", problem, None, false),
            EventKind::MonitorRecovered => change("monitor", "answers again", "", None, false),
            EventKind::StoreFailed { problem } => change("store", "failed", problem, None, false),
            EventKind::StoreRecovered => change("store", "works again", "", None, false),
            _ => return None,
        })
    }
}

fn change(about: &str, what: &str, why: &str, state: Option<ServerState>, staged: bool) -> Told {
    Told::Change(Change { about: line(about), what: line(what), why: line(why), state, staged })
}

/// Minutes and seconds, as on a stopwatch.
pub(super) fn clock(since_start: Duration) -> String {
    let seconds = since_start.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The network at this moment: servers, meetings, users.
pub(super) fn now_running(fleet: &Fleet) -> String {
    let servers = fleet.servers();
    let open = servers.iter().filter(|server| server.state().takes_new_meetings()).count();
    let meetings: u32 = servers.iter().map(|server| server.meetings()).sum();
    let users: u32 = servers.iter().map(|server| server.users()).sum();
    format!("{open} of {} servers take meetings, {meetings} meetings, {users} users", servers.len())
}

impl Totals {
    /// Everything that has been so far.
    pub(super) fn words(&self) -> String {
        let Self { placed, ended, joins, calls, failed } = self;
        format!("{placed} meetings placed, {ended} ended, {joins} joins, {calls} calls, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_change_names_both_states_and_the_reasons() {
        let news = News::Event(EventKind::ServerStateChanged {
            server: "poa1".into(),
            from: Some(ServerState::Enabled),
            to: ServerState::Warning,
            reasons: vec!["Memory Report is WARNING".into(), "Disk is\u{1b}[2J WARNING".into()],
        });
        let Some(Told::Change(change)) = Told::of(&news) else { panic!("told") };
        assert_eq!((change.about.as_str(), change.what.as_str()), ("poa1", "enabled → warning"));
        assert_eq!(change.why, "Memory Report is WARNING; Disk is\\u{1b}[2J WARNING");
        assert!(Told::of(&News::Event(EventKind::StoreRecovered)).is_some());
        assert_eq!(clock(Duration::from_secs(3_671)), "61:11");
    }
}
