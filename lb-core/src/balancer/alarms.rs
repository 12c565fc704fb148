//! What an operator should look at now.

use std::fmt;

use super::Balancer;
use crate::clock::Timestamp;
use crate::network::RouterName;
use crate::placement::Misconduct;
use crate::server::{ServerName, ServerState};

/// Something that is wrong now. It is over when it is no longer among [`Balancer::alarms`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alarm {
    /// The store cannot be written to.
    Store {
        /// Changes that are in memory only; none where creates are refused.
        unwritten: usize,
    },
    /// Polls of the monitor fail: the fleet is as it was before.
    Monitor {
        /// Since when.
        since: Timestamp,
        /// What went wrong.
        problem: String,
    },
    /// Half or more of the servers fell silent at once: nothing is placed afresh.
    Freeze {
        /// Since when.
        since: Timestamp,
    },
    /// No server is well, and those with a WARNING take the meetings.
    LastResort,
    /// A server is confirmed down.
    ServerDown {
        /// Which.
        server: ServerName,
    },
    /// People are in copies of meetings that are elsewhere now.
    CopiesInUse {
        /// Where the copies are.
        server: ServerName,
        /// How many.
        copies: usize,
    },
    /// Somebody makes meetings on a server past the balancer.
    ForeignMeetings {
        /// Where.
        server: ServerName,
        /// How many.
        meetings: usize,
    },
    /// The placement policy of a router did what none may do: others place the router's meetings until it has been tried again,
    /// a minute later at the earliest, and did well.
    PolicyFenced {
        /// Whose policy.
        router: RouterName,
        /// Which.
        policy: String,
        /// What it did last.
        misconduct: Misconduct,
        /// Since when it has not done well again what it failed in.
        since: Timestamp,
    },
}

impl Alarm {
    /// Every [word](Self::word) there is.
    pub const WORDS: [&str; 7] =
        ["store", "monitor", "freeze", "last-resort", "server-down", "copies-in-use", "foreign-meetings"];

    /// The word that it is counted under.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Store { .. } => "store",
            Self::Monitor { .. } => "monitor",
            Self::Freeze { .. } => "freeze",
            Self::LastResort => "last-resort",
            Self::ServerDown { .. } => "server-down",
            Self::CopiesInUse { .. } => "copies-in-use",
            Self::ForeignMeetings { .. } => "foreign-meetings",
            Self::PolicyFenced { .. } => "policy-fenced",
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { unwritten: 0 } => f.write_str("the store cannot be written to: no meeting can be created"),
            Self::Store { unwritten } => {
                write!(f, "the store cannot be written to: {unwritten} changes are in memory only")
            }
            Self::LastResort => f.write_str("no server is well: meetings go to those with a WARNING"),
            Self::Monitor { problem, .. } => write!(f, "the monitor cannot be used: {problem}"),
            Self::Freeze { .. } => f.write_str("many servers fell silent at once: no meeting is placed afresh"),
            Self::ServerDown { server } => write!(f, "{server} is down"),
            Self::CopiesInUse { server, copies } => {
                write!(f, "{server} came back with {copies} meetings in use that are elsewhere now")
            }
            Self::ForeignMeetings { server, meetings } => {
                write!(f, "{server} has {meetings} meetings that were made past this balancer")
            }
            Self::PolicyFenced { router, policy, misconduct, .. } => {
                write!(f, "the policy {policy} of router {router} is fenced off: it {misconduct}")
            }
        }
    }
}

impl Balancer {
    /// What an operator should look at now; empty if all is well.
    pub fn alarms(&self) -> Vec<Alarm> {
        let (fleet, now) = (self.fleet(), self.clock.now());
        let mut alarms = Vec::new();
        if self.store_failing() {
            alarms.push(Alarm::Store { unwritten: self.store.unwritten() });
        }
        if let Some((since, problem)) = &fleet.monitor().trouble {
            alarms.push(Alarm::Monitor { since: *since, problem: problem.clone() });
        }
        alarms.extend(fleet.freeze().since().map(|since| Alarm::Freeze { since }));
        let states = || fleet.servers().iter().map(|server| server.state());
        if self.settings.last_resort
            && !states().any(ServerState::takes_new_meetings)
            && states().any(|state| state == ServerState::Warning)
        {
            alarms.push(Alarm::LastResort);
        }
        for server in fleet.servers() {
            let name = &server.server.name;
            if fleet.is_confirmed_down(name, now) {
                alarms.push(Alarm::ServerDown { server: name.clone() });
            }
            if !server.copies_in_use.is_empty() {
                alarms.push(Alarm::CopiesInUse { server: name.clone(), copies: server.copies_in_use.len() });
            }
            if !server.foreign.is_empty() {
                alarms.push(Alarm::ForeignMeetings { server: name.clone(), meetings: server.foreign.len() });
            }
        }
        alarms.extend(self.fence_alarms());
        alarms
    }
}
