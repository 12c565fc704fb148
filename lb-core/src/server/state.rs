//! What a server may be used for: a pure function of the administrator's word, the monitor and its reachability.
//!
//! ```text
//!   recording server? ──yes──▶ recording
//!        │no
//!   suspended by us? ──yes──▶ suspended        (beats the administrator's word: who does not answer cannot be used)
//!        │no
//!   administrator says ──force-disable──▶ force-disabled
//!        │            ──drain──────────▶ draining ──its last meeting has ended──▶ force-disabled
//!        │            ──force-enable───▶ force-enabled
//!        │automatic
//!   in the monitor's last good poll? ──no──▶ gone ──its last meeting has ended──▶ dropped
//!        │yes
//!   host down, or a service CRITICAL? ──yes──▶ critical
//!        │no
//!   a service WARNING? ──yes──▶ warning
//!        │no
//!        ▼
//!     enabled
//! ```
//!
//! | state | new meetings | its meetings: create again, join, other calls | polled |
//! |---|---|---|---|
//! | enabled, force-enabled | yes | yes | yes |
//! | warning | as a last resort only | yes | yes |
//! | critical, force-disabled, draining, gone | no | yes | yes |
//! | suspended | no | refused at once | probed |
//! | recording | never | – | for recordings only |

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{HostStatus, Reason, Service, ServiceState};

/// The administrator's word on a server. It is stored and beats the monitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdministratorWord {
    /// Follow the monitor.
    #[default]
    Automatic,
    /// Use it, whatever its services say.
    ForceEnabled,
    /// Give it no new meetings, whatever its services say.
    ForceDisabled,
    /// Give it no new meetings, and force-disable it when its last one has ended.
    Draining,
}

impl AdministratorWord {
    /// Every word, the one that holds where nothing was said first.
    pub const ALL: [AdministratorWord; 4] = [Self::Automatic, Self::ForceEnabled, Self::ForceDisabled, Self::Draining];

    /// The word itself, as pages and answers show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::ForceEnabled => "force-enabled",
            Self::ForceDisabled => "force-disabled",
            Self::Draining => "draining",
        }
    }
}

/// What a server may be used for. See the module for the chart and the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerState {
    /// Takes new meetings.
    Enabled,
    /// Takes new meetings because the administrator says so.
    ForceEnabled,
    /// Takes new meetings only when no other server can: one of its services is WARNING.
    Warning,
    /// Takes no new meetings: one of its services is CRITICAL, or its host is down.
    Critical,
    /// Takes no new meetings because the administrator says so.
    ForceDisabled,
    /// Takes no new meetings, keeps the ones it has until they end.
    Draining,
    /// Takes no new meetings: the monitor's last good poll did not have it.
    Gone,
    /// Does not answer us: calls to it are refused at once, and it is probed.
    Suspended,
    /// Holds recordings, never meetings.
    Recording,
}

impl ServerState {
    /// Whether new meetings may be placed on it.
    pub fn takes_new_meetings(self) -> bool {
        matches!(self, Self::Enabled | Self::ForceEnabled)
    }

    /// Whether calls to meetings that it has are sent to it.
    pub fn takes_calls(self) -> bool {
        !matches!(self, Self::Suspended | Self::Recording)
    }

    /// The state in one lower-case word, as pages, logs and metrics show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::ForceEnabled => "force-enabled",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::ForceDisabled => "force-disabled",
            Self::Draining => "draining",
            Self::Gone => "gone",
            Self::Suspended => "suspended",
            Self::Recording => "recording",
        }
    }

    /// Every state, in the order of the chart's outcomes.
    pub const ALL: [ServerState; 9] = [
        Self::Enabled,
        Self::ForceEnabled,
        Self::Warning,
        Self::Critical,
        Self::ForceDisabled,
        Self::Draining,
        Self::Gone,
        Self::Suspended,
        Self::Recording,
    ];
}

impl fmt::Display for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// All that a server's state follows from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The administrator's word.
    pub word: AdministratorWord,
    /// Whether it only holds recordings.
    pub recording: bool,
    /// Whether it is suspended by [`Reachability`](super::Reachability).
    pub suspended: bool,
    /// Whether the monitor's last good poll lacked it.
    pub gone: bool,
    /// The monitor's word on the machine.
    pub host: HostStatus,
    /// Its services as the monitor last knew them.
    pub services: &'a [Service],
    /// Names of services that say nothing about load.
    pub ignored_services: &'a [String],
}

/// A state, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the server may be used for.
    pub state: ServerState,
    /// Why, for people: empty where nothing is wrong. Each is a [`Reason`] in words.
    pub reasons: Vec<String>,
}

impl Evidence<'_> {
    /// Decides what the server may be used for.
    pub fn verdict(&self) -> Verdict {
        let verdict = |state, reasons| Verdict { state, reasons };
        let because = |state, reason: Reason| Verdict { state, reasons: vec![reason.to_string()] };
        if self.recording {
            return because(ServerState::Recording, Reason::Recordings);
        }
        if self.suspended {
            return because(ServerState::Suspended, Reason::Silent);
        }
        match self.word {
            AdministratorWord::ForceDisabled => {
                return because(ServerState::ForceDisabled, Reason::Disabled);
            }
            AdministratorWord::Draining => return because(ServerState::Draining, Reason::Drained),
            AdministratorWord::ForceEnabled => {
                return because(ServerState::ForceEnabled, Reason::Enabled);
            }
            AdministratorWord::Automatic => {}
        }
        if self.gone {
            return because(ServerState::Gone, Reason::NotMonitored);
        }
        let mut critical = self.named(ServiceState::Critical);
        if matches!(self.host, HostStatus::Down | HostStatus::Unreachable) {
            critical.insert(0, Reason::HostDown.to_string());
        }
        if !critical.is_empty() {
            return verdict(ServerState::Critical, critical);
        }
        let warning = self.named(ServiceState::Warning);
        if !warning.is_empty() {
            return verdict(ServerState::Warning, warning);
        }
        verdict(ServerState::Enabled, Vec::new())
    }

    fn named(&self, state: ServiceState) -> Vec<String> {
        let counts = |service: &&Service| service.state == state && !self.ignored_services.contains(&service.name);
        let reason = |service: &Service| Reason::Service { name: service.name.clone(), state }.to_string();
        self.services.iter().filter(counts).map(reason).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str, state: ServiceState) -> Service {
        Service { name: name.into(), state, output: String::new(), checked_at: None }
    }

    const GOOD: Evidence<'static> = Evidence {
        word: AdministratorWord::Automatic,
        recording: false,
        suspended: false,
        gone: false,
        host: HostStatus::Up,
        services: &[],
        ignored_services: &[],
    };

    #[test]
    fn one_warning_or_critical_service_disables_and_unknown_or_pending_do_not() {
        let with = |state| {
            Evidence { services: &[service("CPU", ServiceState::Ok), service("Disk", state)], ..GOOD }.verdict()
        };
        assert_eq!(
            with(ServiceState::Warning),
            Verdict { state: ServerState::Warning, reasons: vec!["Disk is WARNING".into()] }
        );
        assert_eq!(with(ServiceState::Critical).state, ServerState::Critical);
        for harmless in [ServiceState::Ok, ServiceState::Unknown, ServiceState::Pending] {
            assert_eq!(with(harmless).state, ServerState::Enabled, "{harmless:?}");
        }
    }

    #[test]
    fn an_ignored_service_disables_nothing() {
        let services = [service("Demo", ServiceState::Critical)];
        let ignored_services = ["Demo".to_owned()];
        assert_eq!(
            Evidence { services: &services, ignored_services: &ignored_services, ..GOOD }.verdict().state,
            ServerState::Enabled
        );
    }

    #[test]
    fn the_chart_is_walked_from_the_top() {
        let services = [service("CPU", ServiceState::Critical)];
        let bad = Evidence { services: &services, host: HostStatus::Down, ..GOOD };
        assert_eq!(bad.verdict().state, ServerState::Critical);
        assert_eq!(bad.verdict().reasons.len(), 2);
        assert_eq!(Evidence { gone: true, ..bad }.verdict().state, ServerState::Gone);
        for (word, state) in [
            (AdministratorWord::ForceEnabled, ServerState::ForceEnabled),
            (AdministratorWord::ForceDisabled, ServerState::ForceDisabled),
            (AdministratorWord::Draining, ServerState::Draining),
        ] {
            assert_eq!(Evidence { word, gone: true, ..bad }.verdict().state, state);
            assert_eq!(Evidence { word, suspended: true, ..bad }.verdict().state, ServerState::Suspended);
            assert_eq!(
                Evidence { word, suspended: true, recording: true, ..bad }.verdict().state,
                ServerState::Recording
            );
        }
    }

    #[test]
    fn the_table_says_what_a_state_means() {
        let new: Vec<_> = ServerState::ALL.into_iter().filter(|state| state.takes_new_meetings()).collect();
        assert_eq!(new, [ServerState::Enabled, ServerState::ForceEnabled]);
        let silent: Vec<_> = ServerState::ALL.into_iter().filter(|state| !state.takes_calls()).collect();
        assert_eq!(silent, [ServerState::Suspended, ServerState::Recording]);
    }
}
