//! [`Objects`]: what Nagios's configuration says of the servers. It changes only when Nagios is restarted.

use std::collections::HashSet;

use lb_core::source::SourceError;
use lb_core::{Server, Timestamp};

use super::core4::Answer;

/// The servers among Nagios's hosts.
#[derive(Debug)]
pub(super) struct Objects {
    /// Which run of Nagios they are from.
    pub(super) program_start: Timestamp,
    /// When they were fetched, by the balancer's clock.
    pub(super) fetched_at: Timestamp,
    /// The servers by name, each with whether it only holds recordings.
    pub(super) servers: Vec<(Server, bool)>,
}

impl Objects {
    /// Chooses the servers among `hosts`: all, or where `hostgroup` is given only those of the two groups. `groups` is
    /// needed where a group is given.
    ///
    /// # Errors
    /// [`SourceError::Refused`] if Nagios shows no group of a name that is given: not knowing which hosts only hold
    /// recordings, meetings would be placed on them.
    pub(super) fn select(
        hosts: Answer,
        groups: Option<Answer>,
        hostgroup: Option<&str>,
        recording_hostgroup: Option<&str>,
        fetched_at: Timestamp,
    ) -> Result<Self, SourceError> {
        let program_start = hosts.program_start;
        let groups = groups.map(Answer::groups).unwrap_or_default();
        let members = |group: &str| groups.get(group).cloned();
        let recording = match recording_hostgroup {
            Some(group) => members(group).ok_or_else(|| no_group(group))?,
            None => HashSet::new(),
        };
        let chosen = match hostgroup {
            Some(group) => Some(members(group).ok_or_else(|| no_group(group))?),
            None => None,
        };
        let counts =
            |host: &str| recording.contains(host) || chosen.as_ref().is_none_or(|chosen| chosen.contains(host));
        let hosts = hosts.hosts();
        let all = hosts.len();
        let in_groups = hosts.into_iter().filter(|(name, _)| counts(name));
        let servers: Vec<_> =
            in_groups.filter_map(|(name, server)| Some((server?, recording.contains(&name)))).collect();
        tracing::debug!(hosts = all, servers = servers.len(), left_out = all - servers.len(), "read Nagios's objects");
        Ok(Self { program_start, fetched_at, servers })
    }
}

/// A group that is configured is not there, or not for this user.
pub(super) fn no_group(name: &str) -> SourceError {
    SourceError::Refused(format!("it shows no host group {name} to this user"))
}
