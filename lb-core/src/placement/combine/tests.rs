//! What the combinators make of simple policies.

use std::sync::Arc;

use super::*;
use crate::placement::fixture::{Facts, order, shares};
use crate::placement::{LeastCpu, LeastUsers, Nearest, NearestLeastCpu, PlacementPolicy, Random};
use crate::position::Position;

fn servers() -> [Facts; 4] {
    let facts = |name, cpu, users| Facts { cpu: Some(cpu), users, ..Facts::named(name) };
    [facts("a", 10.0, 90), facts("b", 11.0, 20), facts("c", 50.0, 10), facts("d", 90.0, 5)]
}

fn ranked(policy: &dyn PlacementPolicy) -> Vec<String> {
    order(policy, &servers(), None, "room")
}

fn tagged(facts: &[Facts], tags: &[(&'static str, &'static str)]) -> Vec<Facts> {
    let of = |name| tags.iter().filter(|(server, _)| *server == name).map(|(_, tag)| (*tag).to_owned()).collect();
    facts.iter().map(|facts| Facts { tags: of(facts.name), ..facts.clone() }).collect()
}

#[test]
fn only_servers_with_the_tags_are_ranked_and_preferred_ones_come_first() {
    let servers = tagged(&servers(), &[("b", "campus"), ("d", "campus"), ("d", "new")]);
    let tags = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let policy: Arc<dyn PlacementPolicy> = Arc::new(LeastCpu);
    let only = |names: &[&str]| Only { tags: tags(names), policy: Arc::clone(&policy) };
    assert_eq!(order(&only(&["campus"]), &servers, None, "room"), ["b", "d"]);
    assert_eq!(order(&only(&["campus", "new"]), &servers, None, "room"), ["d"]);
    assert_eq!(order(&only(&["none"]), &servers, None, "room"), Vec::<String>::new());
    let prefer = Prefer { tags: tags(&["campus"]), policy: Arc::clone(&policy) };
    assert_eq!(order(&prefer, &servers, None, "room"), ["b", "d", "a", "c"]);
}

#[test]
fn the_circle_of_the_mconf_rule_is_drawn_around_a_server_that_may_be_ranked() {
    let at = |latitude, longitude| Position::try_new(latitude, longitude);
    let porto_alegre = at(-30.0331, -51.2);
    let near = Facts { position: porto_alegre, cpu: Some(1.0), ..Facts::named("near") };
    let brussels = Facts { position: at(50.8503, 4.3517), cpu: Some(9.0), ..Facts::named("brussels") };
    let paris = Facts { position: at(48.8566, 2.3522), cpu: Some(5.0), ..Facts::named("paris") };
    let tokyo = Facts { position: at(35.68, 139.69), cpu: Some(1.0), ..Facts::named("tokyo") };
    let servers = tagged(&[near, brussels, paris, tokyo], &[("brussels", "x"), ("paris", "x"), ("tokyo", "x")]);
    let only = Only { tags: vec!["x".to_owned()], policy: Arc::new(NearestLeastCpu::default()) };
    assert_eq!(order(&only, &servers, porto_alegre, "room"), ["paris", "brussels", "tokyo"]);
}

#[test]
fn servers_at_a_cap_are_left_out_and_whom_one_leaves_out_another_ranks() {
    let cap = |users, cpu| Cap { users, cpu, policy: Arc::new(LeastCpu) };
    assert_eq!(ranked(&cap(Some(90.0), None)), ["b", "c", "d"]);
    assert_eq!(ranked(&cap(Some(90.0), Some(50.0))), ["b"]);
    let or_else = OrElse { first: Arc::new(cap(Some(90.0), Some(50.0))), second: Arc::new(LeastUsers) };
    assert_eq!(ranked(&or_else), ["b", "d", "c", "a"]);
}

#[test]
fn among_those_that_are_alike_another_chooses() {
    let tie_break = |within| TieBreak { policy: Arc::new(LeastCpu), within, by: Arc::new(LeastUsers) };
    assert_eq!(ranked(&tie_break(0.0)), ["a", "b", "c", "d"]);
    assert_eq!(ranked(&tie_break(2.0)), ["b", "a", "c", "d"]);
    assert_eq!(ranked(&tie_break(40.0)), ["c", "b", "a", "d"]);
    let unknown = [Facts { users: 2, ..Facts::named("a") }, Facts { users: 1, ..Facts::named("b") }];
    let nearest = TieBreak { policy: Arc::new(Nearest), within: 0.0, by: Arc::new(LeastUsers) };
    assert_eq!(order(&nearest, &unknown, None, "room"), ["b", "a"], "infinite scores are alike");
    let at = |name, longitude, cpu, users| Facts {
        position: Position::try_new(0.0, longitude),
        cpu: Some(cpu),
        users,
        ..Facts::named(name)
    };
    let servers = [at("here", 0.0, 50.0, 9), at("near", 1.0, 52.0, 8), at("far", 90.0, 10.0, 0)];
    let mconf = TieBreak { policy: Arc::new(NearestLeastCpu::default()), within: 5.0, by: Arc::new(LeastUsers) };
    let here = Position::try_new(0.0, 0.0);
    assert_eq!(
        order(&mconf, &servers, here, "room"),
        ["near", "here", "far"],
        "a better score does not bring it nearer"
    );
}

#[test]
fn a_canary_places_its_share_and_a_room_stays_with_one_of_the_two() {
    let canary = |share| Canary { policy: Arc::new(LeastCpu), canary: Arc::new(LeastUsers), share };
    // least-cpu begins with a, least-users with d
    let shares = shares(&canary(0.25), &servers(), 4000);
    assert!((shares[0] - 0.75).abs() < 0.03 && (shares[3] - 0.25).abs() < 0.03, "{shares:?}");
    for share in [0.0, 1.0] {
        let first = order(&canary(share), &servers(), None, "room").swap_remove(0);
        assert_eq!(first, if share > 0.5 { "d" } else { "a" });
    }
}

#[test]
fn combinators_keep_the_contract_within_each_other() {
    let random: Arc<dyn PlacementPolicy> = Arc::new(Random);
    let prefer = Prefer { tags: vec!["none".to_owned()], policy: Arc::new(NearestLeastCpu::default()) };
    let tie_break = TieBreak { policy: Arc::new(prefer), within: 5.0, by: Arc::clone(&random) };
    let cap = Cap { users: Some(2.0), cpu: Some(1.0), policy: random };
    let or_else = OrElse { first: Arc::new(cap), second: Arc::new(tie_break) };
    crate::testkit::policy::every_clause(&Canary { policy: Arc::new(or_else), canary: Arc::new(LeastCpu), share: 0.5 });
}
