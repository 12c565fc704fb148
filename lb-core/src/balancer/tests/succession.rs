//! A balancer takes over from one that runs.

use super::*;
use crate::fleet::FleetRules;
use crate::server::{HealthRules, Service, ServiceState};

impl Network {
    /// A balancer that succeeds this one with other integrations and rules.
    fn succeeded(&self, integrations: &[&str], rules: FleetRules) -> Balancer {
        let integrations = integrations.iter().map(|name| Integration::new(*name, *name));
        Balancer::builder(self.servers.clone(), self.clock.clone(), Arc::new(SeededRng::new(2)))
            .integrations(Integrations::new(integrations).unwrap())
            .settings(self.balancer.settings.clone())
            .rules(rules)
            .observer(self.witness.clone())
            .succeeding(&self.balancer)
            .build()
    }

    /// A call to another balancer over this network.
    fn call_at(&self, balancer: &Balancer, website: &str, call: &str, params: &[(&str, &str)]) -> Said {
        Said(block_on(balancer.handle(&self.request(website, call, params))))
    }
}

#[test]
fn meetings_and_servers_are_there_and_only_the_integrations_differ() {
    let network = Network::of(2);
    let created = network.create("moodle", "room-1").success();
    network.create("portal", "room-2").success();
    let next = network.succeeded(&["moodle", "campus"], FleetRules::default());
    let room = [("meetingID", "room-1")];
    let info = network.call_at(&next, "moodle", "getMeetingInfo", &room).success();
    assert_eq!(info.value("internalMeetingID"), created.value("internalMeetingID"));
    network.call_at(&next, "campus", "create", &[("name", "Algebra"), ("meetingID", "room-3")]).success();
    network.call_at(&next, "portal", "getMeetingInfo", &[("meetingID", "room-2")]).failed("checksumError");
    assert_eq!(network.holders("room-2").len(), 1, "it stays where it is");

    // what the new one does is known to the old one, on which calls may still be under way
    assert_eq!(network.balancer.fleet().servers().iter().map(|server| server.expected_meetings()).sum::<u32>(), 3);
    network.call("portal", "getMeetingInfo", &[("meetingID", "room-2")]).success();

    let back = network.succeeded(&["portal"], FleetRules::default());
    network.call_at(&back, "portal", "getMeetingInfo", &[("meetingID", "room-2")]).success();
}

#[test]
fn other_rules_hold_at_once() {
    let disk =
        Service { name: "Disk Report".into(), state: ServiceState::Critical, output: "full".into(), checked_at: None };
    let network = Network::with(1, |server| server.services.push(disk.clone()), Settings::default());
    network.create("moodle", "room-1").failed("internalError");
    let rules = FleetRules { ignored_services: vec!["Disk Report".into()], ..FleetRules::default() };
    let next = network.succeeded(&["moodle"], rules);
    block_on(next.judge_anew());
    network.call_at(&next, "moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]).success();
    assert!(network.events().iter().any(|event| matches!(event, EventKind::ServerStateChanged { .. })));

    let strict = FleetRules {
        health: HealthRules { failures: 1, successes: 1, ..HealthRules::default() },
        ..FleetRules::default()
    };
    let next = network.succeeded(&["moodle"], strict);
    block_on(next.judge_anew());
    network.call_at(&next, "moodle", "create", &[("name", "Algebra"), ("meetingID", "room-2")]).failed("internalError");
}
