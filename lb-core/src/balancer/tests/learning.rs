//! Policies that learn are told what became of meetings, and what they have learnt outlives a restart.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::balancer::{Actor, Expected};
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::network::Router;
use crate::placement::{
    BadMemory, Candidate, FinishedMeeting, LEARNED_BYTES, Learner, LeastCpu, PlacementPolicy, PlacementRequest,
};
use crate::store::PolicyStore;

/// Writes down what it is told.
#[derive(Debug, Default)]
struct Pupil {
    observed: Mutex<Vec<Timestamp>>,
    ended: Mutex<Vec<(String, u64, u32)>>,
    // what it has learnt, and whether that is news
    learnt: Mutex<(Vec<u8>, bool)>,
    panics: AtomicBool,
}

impl Pupil {
    fn knowing(learnt: &[u8]) -> Arc<Self> {
        Arc::new(Self { learnt: Mutex::new((learnt.to_vec(), true)), ..Self::default() })
    }

    fn learnt(&self) -> Vec<u8> {
        self.learnt.lock().unwrap().0.clone()
    }

    fn ended(&self) -> Vec<(String, u64, u32)> {
        self.ended.lock().unwrap().clone()
    }
}

impl PlacementPolicy for Pupil {
    fn name(&self) -> &str {
        "pupil"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        LeastCpu.rank(request)
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(self)
    }
}

impl Learner for Pupil {
    fn observe(&self, fleet: &Fleet, now: Timestamp) {
        assert!(!self.panics.load(Ordering::Relaxed), "it cannot look");
        assert!(!fleet.servers().is_empty());
        self.observed.lock().unwrap().push(now);
    }

    fn ended(&self, meeting: &FinishedMeeting<'_>) {
        let seconds = meeting.ended.since(meeting.began).as_secs();
        self.ended.lock().unwrap().push((meeting.meeting.to_string(), seconds, meeting.most_users));
    }

    fn keep(&self) -> Option<Vec<u8>> {
        let mut learnt = self.learnt.lock().unwrap();
        std::mem::take(&mut learnt.1).then(|| learnt.0.clone())
    }

    fn recall(&self, kept: &[u8]) -> Result<(), BadMemory> {
        assert!(!kept.starts_with(b"panic"), "it cannot read");
        if kept.starts_with(b"bad") {
            return Err(BadMemory { policy: "pupil".to_owned(), problem: "it is bad".to_owned() });
        }
        *self.learnt.lock().unwrap() = (kept.to_vec(), false);
        Ok(())
    }
}

impl Network {
    /// The same servers and store, with `policy` for the router `default`, after a restart.
    fn taught_by(self, policy: Arc<dyn PlacementPolicy>) -> Self {
        let integrations = [Integration::new("moodle", "moodle"), Integration::new("portal", "portal")];
        let witness = Arc::new(Witness::default());
        let balancer = Balancer::builder(self.servers.clone(), self.clock.clone(), Arc::new(SeededRng::new(1)))
            .integrations(Integrations::new(integrations).unwrap())
            .store(self.store.clone())
            .router("default", policy)
            .observer(witness.clone())
            .build();
        block_on(balancer.resume()).unwrap();
        let network = Self { balancer, witness, ..self };
        network.refresh();
        network
    }

    fn forgot(&self) -> Vec<String> {
        let problems = self.events().into_iter().filter_map(|event| match event {
            EventKind::PolicyForgot { problem, .. } => Some(problem),
            _ => None,
        });
        problems.collect()
    }

    /// Every server is polled every ten seconds for so long.
    fn polls(&self, seconds: u64) {
        for _ in 0..seconds / 10 {
            self.pass(10);
            self.follow();
        }
    }

    fn keep(&self) {
        block_on(self.balancer.keep_learned()).unwrap();
    }

    fn kept(&self) -> Option<Vec<u8>> {
        block_on(self.store.learned(&"default".into(), "pupil")).unwrap()
    }
}

#[test]
fn the_servers_are_observed_every_ten_seconds_however_many_lists_come() {
    let pupil = Pupil::knowing(b"");
    let network = Network::of(3).taught_by(pupil.clone());
    for _ in 0..30 {
        network.follow();
        network.pass(1);
    }
    assert_eq!(pupil.observed.lock().unwrap().len(), 3);
}

#[test]
fn the_end_of_each_meeting_is_told_once_with_its_length_and_its_users() {
    let pupil = Pupil::knowing(b"");
    let network = Network::of(2).taught_by(pupil.clone());
    network.create("moodle", "room-1").success();
    network.create("portal", "room-2").success();
    for name in ["Ana", "Bea", "Cid"] {
        let join = [("meetingID", "room-1"), ("fullName", name), ("role", "MODERATOR")];
        network.servers.browse(&network.call("moodle", "join", &join).location()).unwrap();
    }
    network.pass(100);
    network.follow();
    network.pass(20);
    network.follow();
    network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    for _ in 0..6 {
        network.pass(31);
        network.follow();
    }
    let ended = pupil.ended();
    assert_eq!(ended.len(), 1, "{ended:?}");
    let (meeting, seconds, users) = &ended[0];
    assert_eq!((meeting.as_str(), *users), ("moodle/room-1", 3));
    assert!((120..=160).contains(seconds), "when a list last showed it: {seconds}");
    // the other one's server has begun anew, and says that it has none
    let lost = format!("bbb{}", network.holders("room-2")[0]);
    network.servers.add(&lost, "server-secret");
    network.create("portal", "room-2").success();
    let ended = pupil.ended();
    assert_eq!((ended.len(), ended[1].0.as_str()), (2, "portal/room-2"), "a new one took its place");
}

#[test]
fn a_meeting_that_was_placed_afresh_ends_once() {
    let pupil = Pupil::knowing(b"");
    let network = Network::of(2).taught_by(pupil.clone());
    network.create("moodle", "room-1").success();
    network.polls(60);
    let lost = network.holders("room-1")[0];
    network.servers.fault(&format!("bbb{lost}"), Some(crate::gateway::Fault::Refuse));
    network.polls(100);
    network.create("moodle", "room-1").success();
    let afresh = |event: &EventKind| matches!(event, EventKind::MeetingPlacedAfresh { .. });
    assert!(network.events().iter().any(afresh) && pupil.ended().is_empty(), "it goes on: {:?}", pupil.ended());
    network.polls(60);
    network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    network.polls(200);
    assert_eq!(pupil.ended().len(), 1, "{:?}", pupil.ended());
}

#[test]
fn one_whose_new_place_is_found_by_its_claim_goes_on_too() {
    use crate::gateway::Fault;
    let pupil = Pupil::knowing(b"");
    let network = Network::of(2).taught_by(pupil.clone());
    network.create("moodle", "room-1").success();
    let lost = network.holders("room-1")[0];
    network.servers.fault(&format!("bbb{lost}"), Some(Fault::Refuse));
    network.polls(100);
    let other = format!("bbb{}", 3 - lost);
    network.servers.fault_on(&other, "create", Fault::HangAfter);
    let request = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1")]);
    {
        let mut dropped = Box::pin(network.balancer.handle(&request));
        let polled =
            block_on(futures_util::future::poll_fn(|context| std::task::Poll::Ready(dropped.as_mut().poll(context))));
        assert!(polled.is_pending(), "killed in the middle of the create");
    }
    network.servers.fault(&other, None);
    network.pass(60);
    block_on(network.balancer.settle_expired()).unwrap();
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    assert!(pupil.ended().is_empty(), "{:?}", pupil.ended());
}

#[test]
fn what_was_learnt_is_there_after_a_restart_before_the_first_meeting_is_placed() {
    let network = Network::of(1).taught_by(Pupil::knowing(b"rooms"));
    network.keep();
    assert_eq!(network.kept().as_deref(), Some(&b"rooms"[..]));
    let later = Arc::new(Pupil::default());
    let network = network.taught_by(later.clone());
    assert_eq!(later.learnt(), b"rooms");
    network.keep();
    assert_eq!((network.kept().as_deref(), network.forgot()), (Some(&b"rooms"[..]), Vec::new()));
}

#[test]
fn what_cannot_be_recalled_or_is_too_much_is_told_in_a_sentence() {
    let network = Network::of(1).taught_by(Pupil::knowing(b"bad"));
    network.keep();
    let unlearnt = Pupil::knowing(b"new");
    let network = network.taught_by(unlearnt.clone());
    assert_eq!(network.forgot(), ["what the policy pupil had learnt cannot be read: it is bad"]);
    network.create("moodle", "room-1").success();
    network.keep();
    assert_eq!(network.kept().as_deref(), Some(&b"new"[..]), "it goes on with what it knows");
    let aside = block_on(network.store.learned(&"default".into(), "pupil.unreadable")).unwrap();
    assert_eq!(aside.as_deref(), Some(&b"bad"[..]), "it may be of use to another version");
    for _ in 0..2 {
        *unlearnt.learnt.lock().unwrap() = (vec![0; LEARNED_BYTES + 1], true);
        network.keep();
    }
    assert_eq!(network.forgot().len(), 2, "once: {:?}", network.forgot());
    assert_eq!(network.kept().as_deref(), Some(&b"new"[..]));
}

#[test]
fn a_router_that_is_changed_goes_on_with_what_it_knew_and_one_that_is_gone_is_forgotten() {
    let mut network = Network::of(1);
    let made: Arc<Mutex<Vec<Arc<Pupil>>>> = Arc::default();
    let makes = made.clone();
    network.balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(2)))
        .succeeding(&network.balancer)
        .observer(network.witness.clone())
        .policy(
            "pupil",
            Arc::new(move |_| {
                let pupil = Arc::new(Pupil::default());
                makes.lock().unwrap().push(pupil.clone());
                pupil
            }),
        )
        .build();
    let ana = Actor::from("ana");
    let put = |radius_km: f64| {
        let router = Router { policy: "pupil".to_owned(), radius_km, ..Router::new("schools") };
        block_on(network.balancer.put(router, Expected::Any, &ana)).unwrap();
    };
    put(100.0);
    let first = made.lock().unwrap()[0].clone();
    *first.learnt.lock().unwrap() = (b"schools".to_vec(), true);
    put(200.0);
    let second = made.lock().unwrap().last().unwrap().clone();
    assert!(!Arc::ptr_eq(&first, &second));
    assert_eq!(second.learnt(), b"schools");
    let kept = || block_on(network.store.learned(&"schools".into(), "pupil")).unwrap();
    assert_eq!(kept().as_deref(), Some(&b"schools"[..]));
    let name = crate::network::EntityName::Router("schools".into());
    block_on(network.balancer.remove(name, Expected::Any, &ana)).unwrap();
    block_on(network.balancer.keep_learned()).unwrap();
    assert_eq!(kept(), None);
}

impl Network {
    fn told_of(&self, word: &str) -> usize {
        self.events().iter().filter(|event| event.word() == word).count()
    }
}

#[test]
fn a_policy_that_panics_while_it_learns_is_fenced_off_until_it_learns_again_whatever_it_places() {
    let pupil = Arc::new(Pupil { panics: true.into(), ..Pupil::default() });
    let network = Network::of(2).taught_by(pupil.clone());
    network.pass(10);
    let server = network.balancer.fleet().servers()[0].server.name.clone();
    assert_eq!(block_on(network.balancer.follow(&server)), Ok(()), "the list is taken over all the same");
    let since = network.clock.now();
    assert_eq!(network.told_of("policy-fenced"), 1);
    network.create("moodle", "room-1").success();
    network.pass(30);
    network.follow();
    assert_eq!(network.told_of("policy-fenced"), 1, "nobody asks it meanwhile");
    network.pass(31);
    network.create("moodle", "room-2").success();
    network.follow();
    assert_eq!(
        (network.told_of("policy-fenced"), network.told_of("policy-back")),
        (2, 0),
        "it places well, and cannot learn"
    );
    let alarms = network.balancer.alarms();
    let [crate::balancer::Alarm::PolicyFenced { since: told, .. }] = alarms.as_slice() else { panic!("{alarms:?}") };
    assert_eq!(*told, since);
    pupil.panics.store(false, Ordering::Relaxed);
    network.pass(61);
    network.follow();
    assert_eq!((network.told_of("policy-back"), network.balancer.alarms().len()), (1, 0), "without any placement");
}

#[test]
fn one_that_panics_while_it_recalls_takes_the_place_of_nothing_and_is_asked_again() {
    let network = Network::of(1).taught_by(Pupil::knowing(b"panic"));
    network.keep();
    let pupil = Pupil::knowing(b"little");
    let network = network.taught_by(pupil.clone());
    network.keep();
    assert_eq!((network.kept().as_deref(), network.told_of("policy-fenced")), (Some(&b"panic"[..]), 1));
    network.pass(61);
    network.follow();
    network.keep();
    assert_eq!((network.kept().as_deref(), network.told_of("policy-fenced")), (Some(&b"panic"[..]), 2));
    block_on(network.store.keep_learned(&"default".into(), "pupil", b"much".to_vec())).unwrap();
    network.pass(61);
    network.follow();
    assert_eq!((pupil.learnt(), network.told_of("policy-back")), (b"much".to_vec(), 1));
}

#[test]
fn a_policy_that_could_not_recall_and_then_has_nothing_to_is_let_back() {
    let network = Network::of(1).taught_by(Pupil::knowing(b"panic"));
    network.keep();
    let network = network.taught_by(Pupil::knowing(b"little"));
    assert_eq!(network.told_of("policy-fenced"), 1);
    block_on(network.store.keep_learned(&"default".into(), "pupil", b"bad".to_vec())).unwrap();
    network.pass(61);
    network.follow();
    assert_eq!((network.told_of("policy-back"), network.balancer.alarms().len(), network.forgot().len()), (1, 0, 1));
}
