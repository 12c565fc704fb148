use lb_core::balancer::Balancer;
use lb_core::event::{Event, EventKind, Observer};
use lb_core::gateway::ScriptedServers;
use lb_core::source::StaticServers;
use lb_core::{Clock, SeededRng, Server};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::*;
use crate::clock::SystemClock;

/// A hub over a network that has one server more whenever a test says so. What it tells is how many there are.
struct Network {
    live: Arc<Live>,
    setup: Arc<LiveSetup>,
    source: Arc<StaticServers>,
    feed: Arc<Feed>,
    stop: CancellationToken,
}

impl Network {
    /// The clock of the machine does not stand still with tokio's: pictures are made whenever the hub looks.
    async fn new(most_viewers: usize) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let servers = Arc::new(ScriptedServers::new(Arc::clone(&clock)));
        let balancer = Arc::new(Balancer::builder(servers, Arc::clone(&clock), Arc::new(SeededRng::new(1))).build());
        let source = Arc::new(StaticServers::new([]));
        let setup = Setup {
            balancer,
            source: Arc::clone(&source) as _,
            monitored: false,
            news: Arc::default(),
            interval: Duration::from_secs(10),
            trusted_proxies: Arc::default(),
            reports: crate::config::Config::default().reports,
            dashboard_is_public: false,
            settings: Arc::default(),
        };
        let (setup, feed, stop) = (Arc::new(LiveSetup::new(Arc::new(setup))), Arc::default(), CancellationToken::new());
        let render: Render = |view| format!("{:?} {:?} {}", view.language, view.audience, view.present.totals.servers);
        let live = Arc::new(Live::new(Arc::clone(&feed), None, most_viewers, clock.now(), render));
        tokio::spawn(Arc::clone(&live).watch(Arc::clone(&setup), stop.clone()));
        Self { live, setup, source, feed, stop }
    }

    async fn have(&self, servers: usize) {
        let server = |number| Server::new(format!("bbb{number}"), "https://bbb.example.org", "s").unwrap();
        self.source.set((0..servers).map(server).map(lb_core::source::ReportedServer::unwatched));
        self.setup.load().balancer.refresh(&*self.source).await;
    }

    fn come(&self, audience: Audience) -> Option<Place> {
        let seen = self.live.id(&self.live.look(&self.setup.load(), Duration::ZERO));
        self.live.join(&self.setup.load(), Language::English, audience, Some(&seen)).map(|(place, _)| place)
    }
}

async fn next(place: &mut Place) -> String {
    String::from_utf8(place.messages.recv().await.unwrap().to_vec()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn who_watches_is_told_within_a_second_and_all_share_the_same_bytes() {
    let network = Network::new(10).await;
    let (mut one, mut other) = (network.come(Audience::Network).unwrap(), network.come(Audience::Network).unwrap());
    let mut stranger = network.come(Audience::Public).unwrap();
    network.have(3).await;
    let begun = Instant::now();
    let told = one.messages.recv().await.unwrap();
    assert!(begun.elapsed() <= EVERY, "{:?}", begun.elapsed());
    assert_eq!(told.as_ptr(), other.messages.recv().await.unwrap().as_ptr());
    let text = String::from_utf8(told.to_vec()).unwrap();
    assert!(text.contains("data: English Network 3\n\nevent: again\n"), "{text}");
    assert!(next(&mut stranger).await.contains("data: English Public 3\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_urgent_waits_for_no_tick() {
    let network = Network::new(10).await;
    let mut place = network.come(Audience::Network).unwrap();
    // the first look has been made
    sleep(EVERY + PAUSE).await;
    let begun = Instant::now();
    network.feed.observe(&Event { at: Timestamp::from_millis(1), kind: EventKind::FreezeEnded });
    next(&mut place).await;
    assert!(begun.elapsed() <= PAUSE, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_reads_too_slowly_is_behind_by_so_many_messages_and_no_more() {
    let network = Network::new(10).await;
    let (mut slow, mut quick) = (network.come(Audience::Network).unwrap(), network.come(Audience::Network).unwrap());
    for number in 1..=QUEUE + 1 {
        network.have(number).await;
        next(&mut quick).await;
    }
    assert_eq!(slow.messages.recv().await, Err(RecvError::Lagged(1)));
}

#[tokio::test(start_paused = true)]
async fn so_many_may_watch_and_a_place_is_free_again_when_one_leaves() {
    let network = Network::new(2).await;
    let places = [network.come(Audience::Network), network.come(Audience::Public)];
    assert!(places.iter().all(Option::is_some));
    assert!(network.come(Audience::Network).is_none());
    assert_eq!(network.live.viewers(), 2);
    drop(places);
    assert!(network.come(Audience::Network).is_some());
}

#[tokio::test(start_paused = true)]
async fn the_public_leaves_places_to_those_who_may_see_the_network() {
    let network = Network::new(8).await;
    let crowd: Vec<_> = (0..20).filter_map(|_| network.come(Audience::Public)).collect();
    assert_eq!(crowd.len(), 6);
    let operators = [network.come(Audience::Network), network.come(Audience::Network)];
    assert!(operators.iter().all(Option::is_some));
    assert!(network.come(Audience::Network).is_none());
}

#[tokio::test(start_paused = true)]
async fn who_has_seen_nothing_that_is_known_has_to_fetch_the_page_anew() {
    let network = Network::new(10).await;
    let setup = network.setup.load();
    let join = |seen: Option<&str>| {
        network.live.join(&setup, Language::Portuguese, Audience::Network, seen).map(|(_, again)| again)
    };
    let page = network.live.id(&network.live.present(&setup));
    assert_eq!(join(Some(&page)), Some(false));
    for unknown in [None, Some("x-1"), Some("nonsense"), Some(&*format!("{}-99999", network.live.boot())), Some("")] {
        assert_eq!(join(unknown), Some(true), "{unknown:?}");
    }
    for _ in 0..=MISSED {
        network.live.look(&setup, Duration::ZERO);
    }
    assert_eq!(join(Some(&page)), Some(true), "it has slept for long");
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_never_silent_for_long_and_nobody_looks_while_nobody_watches() {
    let network = Network::new(10).await;
    let mut place = network.come(Audience::Network).unwrap();
    let begun = Instant::now();
    let told = next(&mut place).await;
    assert!(told.starts_with("event: patch\n") && !told.contains("again"), "{told}");
    assert!(begun.elapsed() <= SILENCE + EVERY * 2);
    drop(place);
    sleep(EVERY * 3).await;
    let seq = || lock(&network.live.last).as_ref().unwrap().seq;
    let before = seq();
    sleep(EVERY * 100).await;
    assert_eq!(seq(), before);
    let mut place = network.come(Audience::Network).unwrap();
    network.have(1).await;
    assert!(next(&mut place).await.contains("Network 1"), "it wakes up again");
    network.stop.cancel();
    sleep(EVERY).await;
    assert!(network.live.stop().is_cancelled());
    assert!(matches!(place.messages.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)));
}
