use std::time::Duration;

use lb_core::balancer::{Actor, Balancer};
use lb_core::gateway::ScriptedServers;
use lb_core::server::{AdministratorWord, Load};
use lb_core::source::{ReportedServer, StaticServers};
use lb_core::{ManualClock, SeededRng, Server};

use super::super::feed::Feed;
use super::*;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    futures_util::FutureExt::now_or_never(future).unwrap()
}

/// A network whose servers are what a test says of them.
struct Network {
    clock: Arc<ManualClock>,
    balancer: Balancer,
    source: StaticServers,
    feed: Feed,
    present: Present,
}

impl Network {
    fn of(count: usize) -> Self {
        let clock = Arc::new(ManualClock::default());
        clock.advance(Duration::from_secs(1_000_000));
        let servers = Arc::new(ScriptedServers::new(clock.clone()));
        let balancer = Balancer::builder(servers, clock.clone(), Arc::new(SeededRng::new(1))).build();
        let (source, feed) = (StaticServers::new([]), Feed::default());
        let present = Present::of(&balancer, &feed, None, false, None);
        let mut network = Self { clock, balancer, source, feed, present };
        network.report(count, 0.0);
        network
    }

    /// The servers have that CPU.
    fn report(&mut self, count: usize, cpu: f64) {
        self.clock.advance(Duration::from_secs(1));
        let load = Load { cpu: Some(cpu), cpu_at: lb_core::Clock::now(&*self.clock), ..Load::default() };
        let server = |number| Server::new(format!("bbb{number:04}"), "https://bbb.example.org", "s").unwrap();
        let reported = |number| ReportedServer { load, ..ReportedServer::unwatched(server(number)) };
        self.source.set((0..count).map(reported));
        block_on(self.balancer.refresh(&self.source));
        self.look();
    }

    fn look(&mut self) {
        self.present = Present::of(&self.balancer, &self.feed, None, false, Some(&self.present));
    }
}

fn names(round: &Round) -> Vec<String> {
    round.rows.iter().map(|row| row.server.name.to_string()).collect()
}

#[test]
fn only_what_changed_is_told_and_each_thing_once() {
    let mut network = Network::of(3);
    let mut rounds = Rounds::begin(network.present.seq);
    assert!(rounds.next(&network.present).is_empty());
    network.look();
    assert!(rounds.next(&network.present).is_empty(), "nothing has changed");
    network.report(3, 50.0);
    let round = rounds.next(&network.present);
    assert_eq!(names(&round), ["bbb0000", "bbb0001", "bbb0002"]);
    assert_eq!(round.parts, Parts { totals: true, ..Parts::default() });
    network.look();
    assert!(rounds.next(&network.present).is_empty());
    network.report(2, 50.0);
    let round = rounds.next(&network.present);
    assert_eq!((round.rows.len(), round.parts.table), (0, true), "one is gone");
}

#[test]
fn of_thousands_of_servers_so_many_are_told_at_a_time_and_none_is_forgotten() {
    let mut network = Network::of(1000);
    let mut rounds = Rounds::begin(network.present.seq);
    network.report(1000, 50.0);
    let mut told = HashSet::new();
    for _ in 0..25 {
        let round = rounds.next(&network.present);
        assert_eq!(round.rows.len(), ROWS);
        told.extend(names(&round));
        network.look();
    }
    assert_eq!(told.len(), 1000);
    assert!(rounds.next(&network.present).is_empty());
}

#[test]
fn a_server_that_turned_goes_before_all_that_only_have_other_figures() {
    let mut network = Network::of(1000);
    let mut rounds = Rounds::begin(network.present.seq);
    network.report(1000, 50.0);
    assert!(!names(&rounds.next(&network.present)).contains(&"bbb0999".to_owned()));
    block_on(network.balancer.set_word(&"bbb0999".into(), AdministratorWord::Draining, &Actor::new("ana", None)))
        .unwrap();
    network.look();
    let round = rounds.next(&network.present);
    assert_eq!((round.rows.len(), names(&round)[0].as_str()), (ROWS, "bbb0999"));
    let mut later = Vec::new();
    while let round = rounds.next(&network.present)
        && !round.is_empty()
    {
        later.extend(names(&round));
    }
    assert!(!later.contains(&"bbb0999".to_owned()), "it was told already");
}

#[test]
fn servers_that_turn_again_and_again_make_the_queue_no_longer() {
    let mut network = Network::of(200);
    let mut rounds = Rounds::begin(network.present.seq);
    let ana = Actor::new("ana", None);
    for time in 0..30_u32 {
        network.report(200, f64::from(time + 1));
        let seen = rounds.seen;
        rounds.notice(&network.present, seen);
        let word = if time % 2 == 0 { AdministratorWord::Draining } else { AdministratorWord::Automatic };
        for number in 0..100 {
            let name = format!("bbb{number:04}");
            block_on(network.balancer.set_word(&name.as_str().into(), word, &ana)).unwrap();
        }
        network.look();
        let round = rounds.next(&network.present);
        assert!(round.turned && round.rows.len() == 100, "{}", round.rows.len());
        assert!(rounds.others.len() <= 2 * 200 + ROWS, "{}", rounds.others.len());
    }
    let mut told = HashSet::new();
    while let round = rounds.next(&network.present)
        && !round.is_empty()
    {
        told.extend(names(&round));
    }
    assert!(told.len() >= 100, "the others still wait for their turn: {}", told.len());
}

#[test]
fn who_comes_is_told_what_changed_since_their_page_was_made() {
    let mut network = Network::of(3);
    let page = network.present.seq;
    let mut rounds = Rounds::begin(page);
    network.report(3, 50.0);
    rounds.next(&network.present);
    rounds.join(&network.present, network.present.seq);
    assert!(rounds.next(&network.present).is_empty(), "their page has it");
    rounds.join(&network.present, page);
    let round = rounds.next(&network.present);
    assert_eq!((round.rows.len(), round.parts.totals), (3, true));
}
