//! The contract of [`PlacementPolicy`], one function for each clause.
//!
//! ```
//! use lb_core::placement::LeastCpu;
//! use lb_core::testkit::policy;
//! policy::every_clause(&LeastCpu);
//! ```
//!
//! [`properties`] hold for any fleet: they are for tests that make fleets up.

pub mod known;
pub mod properties;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::MeetingKey;
use crate::placement::{MeetingHints, Placed, PlacementPolicy, PlacementRequest};
use crate::position::Position;
use crate::server::{HostStatus, Load, Server, ServerName};
use crate::source::{MonitorReport, ReportedServer};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// All clauses, one after the other.
pub fn every_clause(policy: &dyn PlacementPolicy) {
    has_a_name_that_routers_can_use(policy);
    ranks_each_eligible_server_once(policy);
    gives_scores_that_can_be_compared_and_reasons_that_can_be_read(policy);
    ranks_the_same_until_it_is_told_of_a_placement(policy);
    ranks_nothing_where_nothing_is_eligible(policy);
}

/// Its name is lower case with hyphens.
pub fn has_a_name_that_routers_can_use(policy: &dyn PlacementPolicy) {
    let name = policy.name();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    assert!(!name.is_empty() && name.bytes().all(fits), "the name {name:?} is not lower case with hyphens");
}

/// Every eligible server is ranked, once, and no other, whatever is known of the servers and of the user.
pub fn ranks_each_eligible_server_once(policy: &dyn PlacementPolicy) {
    for position in positions() {
        let mut ranked = ranking(policy, position, |server| server.server.name.as_str() != "s3");
        ranked.sort();
        let expected: Vec<ServerName> = ["s0", "s1", "s2", "s4", "s5", "s6", "s7"].map(ServerName::from).into();
        assert_eq!(ranked, expected, "for a user at {position:?}");
    }
}

/// No score is NaN, and every reason says something.
pub fn gives_scores_that_can_be_compared_and_reasons_that_can_be_read(policy: &dyn PlacementPolicy) {
    let (fleet, key) = (fleet(), MeetingKey::new("website", "room"));
    for position in positions() {
        let request = PlacementRequest {
            fleet: &fleet,
            eligible: &|_| true,
            position,
            meeting: &key,
            hints: MeetingHints::default(),
            now: NOW,
        };
        for candidate in policy.rank(&request) {
            assert!(!candidate.score.is_nan(), "the score of {} is not a number", candidate.server.server.name);
            assert!(!candidate.reason.is_empty(), "no reason for {}", candidate.server.server.name);
        }
    }
}

/// Looking at a ranking changes nothing: an explanation tells what a placement will do.
pub fn ranks_the_same_until_it_is_told_of_a_placement(policy: &dyn PlacementPolicy) {
    for position in positions() {
        assert_eq!(ranking(policy, position, |_| true), ranking(policy, position, |_| true));
    }
    let (server, meeting) = ("s1".into(), MeetingKey::new("website", "room"));
    policy.placed(&Placed { server: &server, meeting: &meeting, hints: MeetingHints::default(), now: NOW });
    assert_eq!(ranking(policy, None, |_| true), ranking(policy, None, |_| true));
}

/// An empty fleet, or one where nobody may be ranked, is no trouble.
pub fn ranks_nothing_where_nothing_is_eligible(policy: &dyn PlacementPolicy) {
    assert_eq!(ranking(policy, None, |_| false), []);
    let (fleet, key) = (Fleet::default(), MeetingKey::new("website", "room"));
    let request = PlacementRequest {
        fleet: &fleet,
        eligible: &|_| true,
        position: None,
        meeting: &key,
        hints: MeetingHints::default(),
        now: NOW,
    };
    assert_eq!(policy.rank(&request).count(), 0);
}

fn positions() -> [Option<Position>; 3] {
    let at = |latitude, longitude| Some(Position { latitude, longitude });
    [None, at(-30.0, -51.0), at(89.9, 180.0)]
}

fn ranking(
    policy: &dyn PlacementPolicy,
    position: Option<Position>,
    eligible: fn(&FleetServer) -> bool,
) -> Vec<ServerName> {
    let (fleet, key) = (fleet(), MeetingKey::new("website", "room"));
    let request = PlacementRequest {
        fleet: &fleet,
        eligible: &eligible,
        position,
        meeting: &key,
        hints: MeetingHints::default(),
        now: NOW,
    };
    policy.rank(&request).map(|candidate| candidate.server.server.name.clone()).collect()
}

/// Eight servers: near and far, without position, without CPU, with an old CPU figure, without anything, with a CPU that is no
/// number or without end.
fn fleet() -> Fleet {
    let at = |latitude, longitude| Some(Position { latitude, longitude });
    let fresh = |cpu| Load { cpu: Some(cpu), cpu_at: NOW, users: Some(3), meetings: Some(1), ..Load::default() };
    let old = Load { cpu_at: NOW.before(Duration::from_secs(3600)), ..fresh(1.0) };
    let servers = [
        (at(-30.0, -51.2), fresh(50.0)),
        (at(-29.2, -51.2), fresh(20.0)),
        (at(50.8, 4.4), fresh(0.0)),
        (None, fresh(10.0)),
        (at(-31.8, -52.3), old),
        (None, Load::default()),
        (at(-30.0, -51.2), fresh(f64::NAN)),
        (at(-30.0, -51.2), fresh(f64::INFINITY)),
    ];
    let reported = servers.into_iter().enumerate().filter_map(|(number, (position, load))| {
        let mut server = Server::new(format!("s{number}"), "https://bbb.example.org", "secret").ok()?;
        server.position = position;
        Some(ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(server) })
    });
    let report = MonitorReport::of(reported.collect::<Vec<_>>());
    Fleet::default().with_report(report, &BTreeMap::new(), &Arc::default(), NOW).unwrap_or_default()
}
