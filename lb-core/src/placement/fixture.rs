//! Fleets for the tests of single policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{MeetingHints, PlacementPolicy, PlacementRequest};
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::meeting::MeetingKey;
use crate::position::Position;
use crate::server::{HostStatus, Load, Server};
use crate::source::{MonitorReport, ReportedServer};

/// The moment that all of it happens at.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// What a policy may know of a server.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) position: Option<Position>,
    pub(super) cpu: Option<f64>,
    pub(super) users: u32,
    pub(super) capacity: Option<u32>,
    pub(super) weight: Option<f64>,
    pub(super) tags: Vec<String>,
}

impl Facts {
    pub(super) fn named(name: &'static str) -> Self {
        Self { name, position: None, cpu: None, users: 0, capacity: None, weight: None, tags: Vec::new() }
    }
}

pub(super) fn fleet(servers: &[Facts]) -> Fleet {
    let reported = servers.iter().map(|facts| {
        let mut server = Server::new(facts.name, "https://bbb.example.org", "secret").unwrap();
        (server.position, server.capacity, server.weight) = (facts.position, facts.capacity, facts.weight);
        server.tags = facts.tags.clone().into_iter().collect();
        let load = Load { cpu: facts.cpu, cpu_at: NOW, users: Some(facts.users), ..Load::default() };
        ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(server) }
    });
    let report = MonitorReport::of(reported.collect::<Vec<_>>());
    Fleet::default().with_report(report, &BTreeMap::new(), &Arc::default(), NOW).unwrap()
}

fn ranked(policy: &dyn PlacementPolicy, fleet: &Fleet, position: Option<Position>, meeting: &str) -> Vec<String> {
    let meeting = MeetingKey::new("moodle", meeting);
    let request = PlacementRequest {
        fleet,
        eligible: &|_| true,
        position,
        meeting: &meeting,
        hints: MeetingHints::default(),
        now: NOW,
    };
    policy.rank(&request).map(|candidate| candidate.server.server.name.to_string()).collect()
}

/// The names in the order in which the policy ranks them.
pub(super) fn order(
    policy: &dyn PlacementPolicy,
    servers: &[Facts],
    position: Option<Position>,
    meeting: &str,
) -> Vec<String> {
    ranked(policy, &fleet(servers), position, meeting)
}

/// In which share of so many meetings each server comes first.
pub(super) fn shares(policy: &dyn PlacementPolicy, servers: &[Facts], meetings: u32) -> Vec<f64> {
    let fleet = fleet(servers);
    let mut firsts: BTreeMap<String, u32> = BTreeMap::new();
    for number in 0..meetings {
        let first = ranked(policy, &fleet, None, &format!("room-{number}")).swap_remove(0);
        *firsts.entry(first).or_default() += 1;
    }
    let share = |facts: &Facts| f64::from(firsts.get(facts.name).copied().unwrap_or(0)) / f64::from(meetings);
    servers.iter().map(share).collect()
}
