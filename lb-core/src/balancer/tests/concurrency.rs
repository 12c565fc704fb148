//! Many calls at once, interleaved at every point where they wait.

use futures_executor::LocalPool;
use futures_util::FutureExt;
use futures_util::future::join_all;

use super::*;
use crate::gateway::Fault;
use crate::meeting::{Claim, MeetingKey, Passwords};
use crate::placement::{Candidate, LeastCpu, PlacementPolicy, PlacementRequest};
use crate::store::{ClaimOutcome, MeetingStore};

/// Polls all calls together; time passes only when none can go on.
fn all_at_once(network: &Network, requests: &[ApiRequest]) -> Vec<Said> {
    let mut pool = LocalPool::new();
    let all = join_all(requests.iter().map(|request| network.balancer.handle(request)));
    let mut all = std::pin::pin!(all);
    for _ in 0..1000 {
        let once = futures_util::future::poll_fn(|context| std::task::Poll::Ready(all.as_mut().poll(context)));
        if let std::task::Poll::Ready(replies) = pool.run_until(once) {
            return replies.into_iter().map(Said).collect();
        }
        network.clock.advance(Duration::from_millis(50));
    }
    panic!("the calls never end");
}

#[test]
fn a_hundred_concurrent_creates_of_one_id_make_one_meeting() {
    for fault in [None, Some(Fault::Slow(Duration::from_millis(200)))] {
        let network = Network::of(4);
        for number in 1..=4 {
            network.servers.fault(&format!("bbb{number}"), fault);
        }
        let create = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
        let said = all_at_once(&network, &vec![create; 100]);
        let ids: std::collections::HashSet<_> =
            said.into_iter().map(|said| said.success().value("internalMeetingID")).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(network.holders("room-1").len(), 1);
    }
}

#[test]
fn concurrent_creates_of_one_id_by_two_websites_never_share_a_server() {
    let network = Network::of(2);
    for number in 1..=2 {
        network.servers.fault(&format!("bbb{number}"), Some(Fault::Slow(Duration::from_millis(200))));
    }
    let create = |website| network.request(website, "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
    let requests: Vec<_> = (0..20).map(|number| create(if number % 2 == 0 { "moodle" } else { "portal" })).collect();
    let ids: std::collections::HashSet<_> =
        all_at_once(&network, &requests).into_iter().map(|said| said.success().value("attendeePW")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(network.holders("room-1"), [1, 2]);
}

#[test]
fn when_the_first_server_fails_those_who_wait_get_the_meeting_of_the_second() {
    let network = Network::of(2);
    network.servers.fault_on("bbb1", "create", Fault::HangBefore);
    let create = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
    let said = all_at_once(&network, &vec![create; 10]);
    let ids: std::collections::HashSet<_> =
        said.into_iter().map(|said| said.success().value("internalMeetingID")).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(network.sent(1, "create"), 1);
    assert_eq!(network.holders("room-1"), [2]);
}

/// Ranks as [`LeastCpu`] does, and lets `portal` claim the meetingID on `bbb1` meanwhile.
#[derive(Debug)]
struct Overtaking(Arc<InMemoryStore>);

impl PlacementPolicy for Overtaking {
    fn name(&self) -> &str {
        "overtaking"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let claim = Claim {
            key: MeetingKey::new("portal", request.meeting.meeting_id.as_str()),
            server: "bbb1".into(),
            passwords: Passwords { attendee: "ap".into(), moderator: "mp".into() },
            voice_bridge: 70_000,
            token: "portals-token".to_owned().into(),
            expires: request.now + Duration::from_secs(16),
            supersedes: None,
            callbacks: None,
        };
        assert_eq!(self.0.claim(claim).now_or_never(), Some(Ok(ClaimOutcome::Claimed)));
        LeastCpu.rank(request)
    }
}

#[test]
fn a_website_overtaken_by_another_on_the_only_server_is_told_that_the_id_is_taken() {
    for (servers, outcome) in [(1, "idNotUnique"), (2, "")] {
        let network = Network::of(servers);
        let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
            .network(crate::network::Network::clone(&network.balancer.network()))
            .store(network.store.clone())
            .router("default", Arc::new(Overtaking(network.store.clone())))
            .build();
        block_on(balancer.refresh(&network.source));
        let create = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
        let said = Said(block_on(balancer.handle(&create)));
        assert_eq!(said.value("messageKey"), outcome, "{}", said.text());
        assert_eq!(network.sent(1, "create"), 0, "the server is not asked for what it cannot have");
    }
}
