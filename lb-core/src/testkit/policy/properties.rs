//! What holds of a policy for any fleet: clauses for tests that make fleets up.
//!
//! Each takes what makes the policy, so that no case is told of the one before. A policy that learns is shown the fleet
//! before it ranks.

use std::sync::Arc;

use super::known::{KnownServer, More, fleet_of};
use super::{NOW, positions};
use crate::fleet::FleetServer;
use crate::meeting::MeetingKey;
use crate::placement::{MeetingHints, PlacementPolicy, PlacementRequest};
use crate::position::Position;
use crate::server::ServerName;

/// What makes the policy that is tested.
pub type Make<'a> = &'a dyn Fn() -> Arc<dyn PlacementPolicy>;

/// The name that the server of this number has in the clauses.
fn name(number: usize) -> ServerName {
    format!("s{number:04}").as_str().into()
}

struct Ranked {
    name: ServerName,
    score: f64,
}

fn rank(
    make: Make<'_>,
    servers: &[(ServerName, &KnownServer)],
    position: Option<Position>,
    eligible: &dyn Fn(&FleetServer) -> bool,
) -> Vec<Ranked> {
    let (policy, meeting) = (make(), MeetingKey::new("website", "room"));
    let fleet = fleet_of(servers.iter().cloned());
    if let Some(learner) = policy.learner() {
        learner.observe(&fleet, NOW);
    }
    let request = PlacementRequest {
        fleet: &fleet,
        eligible,
        position,
        meeting: &meeting,
        hints: MeetingHints::default(),
        now: NOW,
    };
    // one that never ends would rank some server twice, too
    let ranked = policy.rank(&request).take(servers.len() + 1).map(|candidate| {
        let name = candidate.server.server.name.clone();
        assert!(!candidate.score.is_nan(), "the score of {name} is not a number");
        assert!(!candidate.reason.is_empty(), "no reason for {name}");
        Ranked { name, score: candidate.score }
    });
    ranked.collect()
}

fn numbered(servers: &[KnownServer]) -> Vec<(ServerName, &KnownServer)> {
    servers.iter().enumerate().map(|(number, server)| (name(number), server)).collect()
}

/// Whatever is known of `servers`, those that are not `forbidden` are ranked, each once, and no other.
pub fn ranks_each_that_is_not_forbidden_once(
    make: Make<'_>,
    servers: &[KnownServer],
    forbidden: impl Fn(usize) -> bool,
) {
    let left_out: Vec<_> = (0..servers.len()).filter(|number| forbidden(*number)).map(name).collect();
    let expected: Vec<_> = (0..servers.len()).map(name).filter(|name| !left_out.contains(name)).collect();
    for position in positions() {
        let eligible = |server: &FleetServer| !left_out.contains(&server.server.name);
        let ranked = rank(make, &numbered(servers), position, &eligible);
        let mut names: Vec<_> = ranked.into_iter().map(|ranked| ranked.name).collect();
        names.sort();
        assert_eq!(names, expected, "for a user at {position:?}");
    }
}

/// In which order servers are reported decides nothing: each keeps its place in the ranking. Of a policy with chance this holds
/// for one meeting, as its draws are of the meeting and the servers' names.
pub fn ranks_the_same_in_whichever_order_servers_are_reported(make: Make<'_>, servers: &[KnownServer]) {
    let mut listed = numbered(servers);
    let names = |ranked: Vec<Ranked>| ranked.into_iter().map(|ranked| ranked.name).collect::<Vec<_>>();
    for position in positions() {
        let before = names(rank(make, &listed, position, &|_| true));
        listed.reverse();
        assert_eq!(names(rank(make, &listed, position, &|_| true)), before, "for a user at {position:?}");
    }
}

/// Names decide nothing but ties: whichever server has which name (`renamed` tells the new number of each), the scores of the
/// first, of the second and so on stay. It does not hold where chance is drawn from names, or where servers take turns by name.
pub fn names_decide_nothing_but_ties(make: Make<'_>, servers: &[KnownServer], renamed: impl Fn(usize) -> usize) {
    let other: Vec<_> = servers.iter().enumerate().map(|(number, server)| (name(renamed(number)), server)).collect();
    let scores = |ranked: Vec<Ranked>| ranked.into_iter().map(|ranked| ranked.score).collect::<Vec<_>>();
    for position in positions() {
        let [one, another] = [&numbered(servers), &other].map(|names| scores(rank(make, names, position, &|_| true)));
        assert_eq!(one, another, "for a user at {position:?}");
    }
}

/// Where the load of one server rises, it never comes further to the front. With chance, the draws stay what they were.
pub fn more_load_is_never_more_attractive(make: Make<'_>, servers: &[KnownServer], number: usize, more: More) {
    let Some(server) = servers.get(number) else { return };
    let mut loaded = servers.to_vec();
    loaded[number] = server.with(more);
    let place = |servers: &[KnownServer], position| {
        let ranked = rank(make, &numbered(servers), position, &|_| true);
        ranked.iter().position(|ranked| ranked.name == name(number))
    };
    for position in positions() {
        let (before, after) = (place(servers, position), place(&loaded, position));
        assert!(after >= before, "{more:?} moves a server from {before:?} to {after:?} for a user at {position:?}");
    }
}
