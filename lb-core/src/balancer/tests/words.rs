//! What administrators say of servers, and servers that they put into the network.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::balancer::{Actor, AdministrationError, Applied, Expected, Wish};
use crate::event::{Administered, Change};
use crate::network::{BadNetwork, EntityName, NetworkServer, ServerFacts};
use crate::server::{AdministratorWord, ServerName, ServerState};
use crate::source::NetworkServers;
use crate::store::{FleetRecord, FleetStore, StoreError};

const SECRET: &str = "server-secret";

fn ana() -> Actor {
    "ana".into()
}

/// What administrators did: who, what, to what, and what is other.
fn told(network: &Network) -> Vec<(String, Administered, String, Vec<Change>)> {
    let told = |event: EventKind| match event {
        EventKind::Administered { by, how, subject, changes, .. } => Some((by, how, subject.to_string(), changes)),
        _ => None,
    };
    network.events().into_iter().filter_map(told).collect()
}

fn word(from: &str, to: &str) -> Vec<Change> {
    vec![Change::new("word", Some(from.to_owned()), Some(to.to_owned()))]
}

/// Two servers of the simulated network as operators write them down; nothing else knows them.
fn administered() -> (Network, NetworkServers, [NetworkServer; 2]) {
    let Network { clock, servers, facts, .. } = Network::of(2);
    let network = Network::restarted(clock, servers, facts, Arc::new(InMemoryStore::new()), Settings::default());
    let servers = [0, 1].map(|at| {
        let server = &network.facts[at].server;
        let facts = ServerFacts {
            api_url: Some(server.api_url.clone()),
            secret: Some(SECRET.into()),
            ..ServerFacts::default()
        };
        NetworkServer { facts, ..NetworkServer::new(server.name.clone()) }
    });
    let source = NetworkServers::new(Arc::clone(&network.balancer.stores.network));
    (network, source, servers)
}

impl Network {
    fn put_server(&self, server: &NetworkServer, word: Option<AdministratorWord>) -> Result<(), AdministrationError> {
        block_on(self.balancer.put_server(server.clone(), word, Expected::Any, &ana())).map(drop)
    }

    fn state(&self, name: &str) -> Option<ServerState> {
        self.balancer.fleet().server(&name.into()).map(|server| server.state())
    }
}

#[test]
fn each_word_is_told_with_who_said_it_and_once() {
    use AdministratorWord::{Automatic, Draining, ForceDisabled, ForceEnabled};
    let network = Network::of(1);
    let name: ServerName = "bbb1".into();
    network.create("moodle", "room-1").success();
    for word in [ForceEnabled, ForceEnabled, ForceDisabled, Automatic, Draining, Automatic] {
        assert_eq!(block_on(network.balancer.set_word(&name, word, &ana())), Ok(true));
    }
    assert_eq!(block_on(network.balancer.set_word(&"bbb9".into(), Draining, &ana())), Ok(false));
    let by_ana = |how, from, to| ("ana".to_owned(), how, "server bbb1".to_owned(), word(from, to));
    assert_eq!(
        told(&network),
        [
            by_ana(Administered::ForceEnabled, "automatic", "force-enabled"),
            by_ana(Administered::ForceDisabled, "force-enabled", "force-disabled"),
            by_ana(Administered::Automatic, "force-disabled", "automatic"),
            by_ana(Administered::Drained, "automatic", "draining"),
            by_ana(Administered::Undrained, "draining", "automatic"),
        ]
    );
}

#[test]
fn a_drained_server_is_disabled_when_its_last_meeting_has_ended_and_that_is_told() {
    let network = Network::of(1);
    let name: ServerName = "bbb1".into();
    network.create("moodle", "room-1").success();
    network.follow();
    block_on(network.balancer.set_word(&name, AdministratorWord::Draining, &ana())).unwrap();
    assert_eq!(network.state("bbb1"), Some(ServerState::Draining));
    network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    for _ in 0..3 {
        network.pass(31);
        network.follow();
    }
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
    let last = told(&network).pop().unwrap();
    assert_eq!(
        (last.0.as_str(), last.1, last.3),
        ("balancer", Administered::ForceDisabled, word("draining", "force-disabled"))
    );
}

#[test]
fn a_server_without_meetings_is_drained_at_once() {
    let network = Network::of(1);
    block_on(network.balancer.set_word(&"bbb1".into(), AdministratorWord::Draining, &ana())).unwrap();
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
}

#[test]
fn a_place_that_is_not_claimed_yet_is_waited_for() {
    let network = Network::of(1);
    let (name, key): (ServerName, _) = ("bbb1".into(), crate::meeting::MeetingKey::new("moodle", "room-1"));
    block_on(network.balancer.note(&name, |server, now| server.place(key.clone(), None, now)));
    block_on(network.balancer.set_word(&name, AdministratorWord::Draining, &ana())).unwrap();
    assert_eq!(network.state("bbb1"), Some(ServerState::Draining));
    block_on(network.balancer.unplace(&key, None, &name));
    network.follow();
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
}

#[test]
fn servers_are_put_used_and_taken_away_while_the_balancer_runs() {
    let (network, source, [one, two]) = administered();
    let poll = || block_on(network.balancer.refresh(&source));
    network.put_server(&one, None).unwrap();
    poll();
    assert_eq!((network.state("bbb1"), network.state("bbb2")), (Some(ServerState::Enabled), None));
    network.create("moodle", "room-1").success();
    network.put_server(&two, None).unwrap();
    poll();
    assert_eq!(network.state("bbb2"), Some(ServerState::Enabled));
    for name in ["bbb1", "bbb2"] {
        block_on(network.balancer.remove(EntityName::Server(name.into()), Expected::Any, &ana())).unwrap();
    }
    poll();
    assert_eq!((network.state("bbb1"), network.state("bbb2")), (Some(ServerState::Gone), None), "it has a meeting");
    assert!(network.balancer.fleet().monitor().trouble.is_none(), "that there are none is what operators want");
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    for _ in 0..3 {
        network.pass(31);
        network.follow();
    }
    poll();
    assert_eq!(network.state("bbb1"), None);
}

#[test]
fn a_server_that_was_drained_and_taken_away_is_gone_and_comes_back_without_its_word() {
    let (network, source, [one, two]) = administered();
    let poll = || block_on(network.balancer.refresh(&source));
    network.put_server(&one, None).unwrap();
    network.put_server(&two, None).unwrap();
    poll();
    block_on(network.balancer.set_word(&"bbb1".into(), AdministratorWord::Draining, &ana())).unwrap();
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
    poll();
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled), "the network has it");
    block_on(network.balancer.remove(EntityName::Server("bbb1".into()), Expected::Any, &ana())).unwrap();
    poll();
    assert_eq!((network.state("bbb1"), network.state("bbb2")), (None, Some(ServerState::Enabled)));
    network.put_server(&one, None).unwrap();
    poll();
    assert_eq!(network.state("bbb1"), Some(ServerState::Enabled));
}

#[test]
fn a_word_on_a_server_that_a_monitor_has_lost_is_kept() {
    let network = Network::of(2);
    let name: ServerName = "bbb1".into();
    block_on(network.balancer.set_word(&name, AdministratorWord::ForceDisabled, &ana())).unwrap();
    let other = crate::source::StaticServers::reporting(network.facts[1..].to_vec());
    block_on(network.balancer.refresh(&other));
    assert_eq!(network.balancer.word_on(&name), Some(AdministratorWord::ForceDisabled));
    assert!(network.balancer.fleet().server(&name).unwrap().gone);
    network.refresh();
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
}

#[test]
fn a_word_on_a_new_server_holds_from_its_first_moment_on() {
    let (network, source, [one, two]) = administered();
    block_on(network.balancer.refresh(&source));
    network.put_server(&one, Some(AdministratorWord::ForceDisabled)).unwrap();
    network.put_server(&two, None).unwrap();
    let name: ServerName = "bbb2".into();
    assert_eq!(block_on(network.balancer.set_word(&name, AdministratorWord::ForceEnabled, &ana())), Ok(true));
    assert_eq!(network.balancer.word_on(&name), Some(AdministratorWord::ForceEnabled));
    block_on(network.balancer.refresh(&source));
    let states: Vec<_> = network
        .events()
        .into_iter()
        .filter_map(|event| match event {
            EventKind::ServerStateChanged { server, from: None, to, .. } => Some((server.to_string(), to)),
            _ => None,
        })
        .collect();
    let last = &states[states.len() - 2..];
    assert_eq!(last, [("bbb1".to_owned(), ServerState::ForceDisabled), ("bbb2".to_owned(), ServerState::ForceEnabled)]);
    let after = network.restart();
    assert_eq!(after.state("bbb1"), Some(ServerState::ForceDisabled), "it is kept with the fleet");
}

#[test]
fn a_word_with_a_server_that_is_refused_is_forgotten() {
    let (network, source, [one, _]) = administered();
    let short =
        NetworkServer { facts: ServerFacts { secret: Some("1234567".into()), ..one.facts.clone() }, ..one.clone() };
    let name = EntityName::Server("bbb3".into());
    let short = NetworkServer { name: "bbb3".into(), ..short };
    let refused = network.put_server(&short, Some(AdministratorWord::ForceDisabled));
    assert_eq!(refused, Err(AdministrationError::Bad(BadNetwork::ShortSecret { name })));
    network.put_server(&NetworkServer { name: "bbb3".into(), ..one }, None).unwrap();
    block_on(network.balancer.refresh(&source));
    assert_eq!(network.state("bbb3"), Some(ServerState::Enabled));
}

#[test]
fn a_server_that_is_put_without_a_secret_keeps_the_one_that_it_has() {
    let (network, _, [one, _]) = administered();
    network.put_server(&one, None).unwrap();
    let facts = ServerFacts { secret: None, capacity: Some(7), ..one.facts.clone() };
    network.put_server(&NetworkServer { facts, ..one }, None).unwrap();
    let now = network.balancer.network().server(&"bbb1".into()).cloned().unwrap();
    assert_eq!((now.facts.capacity, now.facts.secret.as_ref().map(|secret| secret.expose())), (Some(7), Some(SECRET)));
}

#[test]
fn a_word_on_a_server_that_the_fleet_does_not_have_yet_outlives_a_restart() {
    let (network, _, [one, two]) = administered();
    network.put_server(&one, Some(AdministratorWord::ForceDisabled)).unwrap();
    network.put_server(&two, None).unwrap();
    let name: ServerName = "bbb2".into();
    block_on(network.balancer.set_word(&name, AdministratorWord::ForceEnabled, &ana())).unwrap();
    let network = network.restart();
    // what the network has is not in the store of these tests
    network.put_server(&one, None).unwrap();
    network.put_server(&two, None).unwrap();
    let source = NetworkServers::new(Arc::clone(&network.balancer.stores.network));
    assert_eq!(network.balancer.word_on(&name), Some(AdministratorWord::ForceEnabled));
    block_on(network.balancer.refresh(&source));
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
    assert_eq!(network.state("bbb2"), Some(ServerState::ForceEnabled));
    assert_eq!(block_on(network.store.load_awaited_words()), Ok(Default::default()), "they are with the fleet");
    block_on(network.balancer.set_word(&name, AdministratorWord::Automatic, &ana())).unwrap();
    let network = network.restart();
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
    assert_eq!(network.balancer.word_on(&name), Some(AdministratorWord::Automatic));
}

#[test]
fn a_word_on_a_new_server_is_told_and_not_again_after_it_came_to_the_fleet() {
    let (network, source, [one, _]) = administered();
    network.put_server(&one, Some(AdministratorWord::ForceDisabled)).unwrap();
    block_on(network.balancer.refresh(&source));
    network.put_server(&one, Some(AdministratorWord::ForceDisabled)).unwrap();
    let words: Vec<_> = told(&network).into_iter().filter(|(_, how, ..)| *how != Administered::Added).collect();
    let said = word("automatic", "force-disabled");
    assert_eq!(words, [("ana".to_owned(), Administered::ForceDisabled, "server bbb1".to_owned(), said)]);
}

/// Keeps no fleet and no words.
#[derive(Debug)]
struct Full;

#[async_trait::async_trait]
impl FleetStore for Full {
    async fn save_fleet(&self, _: FleetRecord) -> Result<(), StoreError> {
        Err(StoreError::Unavailable("it is full".to_owned()))
    }

    async fn load_fleet(&self) -> Result<Option<FleetRecord>, StoreError> {
        Ok(None)
    }

    async fn save_awaited_words(&self, _: BTreeMap<ServerName, AdministratorWord>) -> Result<(), StoreError> {
        Err(StoreError::Unavailable("it is full".to_owned()))
    }

    async fn load_awaited_words(&self) -> Result<BTreeMap<ServerName, AdministratorWord>, StoreError> {
        Ok(BTreeMap::new())
    }
}

#[test]
fn a_word_that_cannot_be_kept_holds_and_is_told_and_who_said_it_hears_of_the_trouble() {
    let mut network = Network::of(2);
    network.balancer.stores.fleet = Arc::new(Full);
    let name: ServerName = "bbb1".into();
    for _ in 0..2 {
        let said = block_on(network.balancer.set_word(&name, AdministratorWord::ForceDisabled, &ana()));
        assert_eq!(said, Err(crate::api::Failure::StoreTrouble));
    }
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
    let once = ("ana".to_owned(), Administered::ForceDisabled, "server bbb1".to_owned());
    assert_eq!(told(&network), [(once.0, once.1, once.2, word("automatic", "force-disabled"))]);
    let put = |name: &str| network.put_server(&NetworkServer::new(name), Some(AdministratorWord::ForceEnabled));
    assert!(matches!(put("bbb1"), Err(AdministrationError::Store(StoreError::Unavailable(_)))));
    assert!(matches!(put("bbb9"), Err(AdministrationError::Store(StoreError::Unavailable(_)))));
    assert_eq!(network.balancer.word_on(&"bbb9".into()), None, "a new one is not put without its word");
}

#[test]
fn the_words_of_an_applied_network_hold_before_its_new_servers_come_and_are_told() {
    let (network, source, [one, two]) = administered();
    let wish = |words: &[(&str, AdministratorWord)]| Wish {
        entities: vec![one.clone().into(), two.clone().into()],
        words: words.iter().map(|(name, word)| ((*name).into(), *word)).collect(),
        ..Wish::default()
    };
    let short =
        NetworkServer { facts: ServerFacts { secret: Some("1234567".into()), ..one.facts.clone() }, ..one.clone() };
    let disabled = [("bbb1", AdministratorWord::ForceDisabled)];
    let refused = Wish { entities: vec![short.into()], ..wish(&disabled) };
    assert!(block_on(network.balancer.apply(&refused, &ana())).is_err());
    assert_eq!(block_on(network.store.load_awaited_words()), Ok(Default::default()), "it is forgotten");
    let changes = |applied: &[Applied]| applied.iter().map(|one| (one.how, one.changes.len())).collect::<Vec<_>>();
    let would = network.balancer.would_apply(&wish(&disabled)).unwrap();
    let (done, _) = block_on(network.balancer.apply(&wish(&disabled), &ana())).unwrap();
    assert_eq!(changes(&done), changes(&would));
    assert_eq!(done.last().map(|last| last.changes.clone()), Some(word("automatic", "force-disabled")));
    let last = told(&network).pop().unwrap();
    assert_eq!((last.1, last.2.as_str()), (Administered::ForceDisabled, "server bbb1"));
    block_on(network.balancer.refresh(&source));
    assert_eq!(network.state("bbb1"), Some(ServerState::ForceDisabled));
    assert_eq!(network.state("bbb2"), Some(ServerState::Enabled));
    assert_eq!(block_on(network.balancer.apply(&wish(&disabled), &ana())).unwrap().0, [], "applied twice");
}
