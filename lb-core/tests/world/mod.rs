//! A small network in memory with everything that can go wrong in it: websites that call, people who join and leave, servers
//! that misbehave, vanish and restart, a balancer that is killed, clocks that are set. After every step the promises are
//! checked that must hold at any moment, and after a quiet time those that must hold then.
//!
//! Nothing runs by itself: calls and rounds are futures that are polled in turn, time is moved by hand, chance comes from a
//! seed. What happened once happens again.

#![allow(clippy::unwrap_used, dead_code, reason = "a test says what went wrong by panicking; each uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_executor::block_on;
use lb_core::api::{ApiRequest, Params, Reply};
use lb_core::balancer::{Alarm, Balancer, Relay};
use lb_core::callback::{CallbackRequest, CallbackSender, SendError};
use lb_core::checksum::{Algorithm, sign};
use lb_core::event::{Event, EventKind, Observer};
use lb_core::gateway::{Fault, ScriptedServers};

use lb_core::server::{HostStatus, Load};
use lb_core::source::{ReportedServer, StaticServers};
use lb_core::store::{Entry, InMemoryStore, MeetingStore};
use lb_core::xml::Document;
use lb_core::{Clock, Integration, Integrations, ManualClock, MeetingKey, SeededRng, ServerName, Timestamp};

/// The websites; the secret of each is its name.
pub(crate) const WEBSITES: [&str; 2] = ["moodle", "portal"];

/// The rooms; both websites use the same ids.
pub(crate) const ROOMS: usize = 3;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A website creates a room; its answer may come later.
    Create { website: usize, room: usize },
    /// A website sends somebody to a room, and the browser follows.
    Join { website: usize, room: usize },
    /// A website ends a room.
    End { website: usize, room: usize },
    /// A website asks for a room.
    Info { website: usize, room: usize },
    /// Everybody leaves a room, on whatever server.
    Leave { room: usize },
    /// A room ends by itself, on one server.
    EndsByItself { server: usize, room: usize },
    /// A server misbehaves from now on.
    Fault { server: usize, fault: Fault },
    /// A server behaves again.
    Heal { server: usize },
    /// BBB restarts on a server: its meetings are gone.
    BbbRestarts { server: usize },
    /// The monitor is asked, every server is followed, expired claims are settled: all begin, none is waited for.
    Round,
    /// Time passes.
    Pass { millis: u64 },
    /// The balancer is killed in the middle of whatever it does, and started again with its clock so many seconds off.
    Kill { clock_step: i64 },
}

/// The manual clock with an offset: an operator set the machine's clock while the balancer was down.
#[derive(Debug)]
struct SetClock {
    manual: Arc<ManualClock>,
    offset: i64,
}

#[async_trait::async_trait]
impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.manual.now().as_millis().saturating_add_signed(self.offset))
    }

    async fn sleep(&self, duration: Duration) {
        self.manual.sleep(duration).await;
    }
}

/// An incarnation on one server: two servers may make the same one in the same millisecond.
type Incarnation = (String, ServerName);

/// Remembers which incarnations were placed afresh.
#[derive(Debug, Default)]
struct Witness(Mutex<BTreeSet<Incarnation>>);

impl Observer for Witness {
    fn observe(&self, event: &Event) {
        if let EventKind::MeetingPlacedAfresh { superseded, from, .. } = &event.kind {
            self.0.lock().unwrap().insert((superseded.to_string(), from.clone()));
        }
    }
}

/// Counts what websites are told of the ends of their rooms.
#[derive(Debug, Default)]
struct Websites(Mutex<BTreeMap<MeetingKey, usize>>);

#[async_trait::async_trait]
impl CallbackSender for Websites {
    async fn send(&self, request: &CallbackRequest, _: Duration) -> Result<u16, SendError> {
        let url: url::Url = request.url.expose().parse().unwrap();
        let key = MeetingKey::new(url.host_str().unwrap(), url.path().trim_start_matches('/'));
        *self.0.lock().unwrap().entry(key).or_default() += 1;
        Ok(200)
    }
}

enum Purpose {
    Create(MeetingKey),
    Join(MeetingKey),
    Other,
    Round(Option<ServerName>),
}

struct Task {
    purpose: Purpose,
    future: Pin<Box<dyn Future<Output = Option<Reply>> + Send>>,
}

/// A meeting that a website was told of.
#[derive(Clone, Debug)]
struct Acknowledged {
    internal_id: String,
    server: ServerName,
}

/// The network. See the module.
pub(crate) struct World {
    clock: Arc<ManualClock>,
    offset: i64,
    servers: Arc<ScriptedServers>,
    names: Vec<String>,
    source: Arc<StaticServers>,
    store: Arc<InMemoryStore>,
    witness: Arc<Witness>,
    balancer: Arc<Balancer>,
    tasks: Vec<Task>,
    acknowledged: BTreeMap<MeetingKey, Acknowledged>,
    // everything that was ever acknowledged
    history: BTreeMap<MeetingKey, BTreeSet<Incarnation>>,
    // everything that ever lived on a server
    lived: BTreeMap<MeetingKey, BTreeSet<Incarnation>>,
    websites: Arc<Websites>,
    // whether a balancer or a BBB was cut off: then a room may live that no website was told of, and a server that lost its
    // rooms tells of no end
    lossy: bool,
    runs: u64,
    // the last answer that a website read
    said: Option<String>,
}

impl World {
    /// So many servers, all well, and a balancer that knows them.
    pub(crate) fn new(servers: usize) -> Self {
        let clock = Arc::new(ManualClock::default());
        let scripted = Arc::new(ScriptedServers::new(clock.clone()));
        let names: Vec<_> = (1..=servers).map(|number| format!("bbb{number}")).collect();
        let reported = names.iter().map(|name| {
            let server = scripted.add(name, "server-secret");
            let cpu_at = clock.now() + Duration::from_secs(1_000_000_000);
            let load = Load { cpu: Some(10.0), cpu_at, ..Load::default() };
            ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(server) }
        });
        let source = Arc::new(StaticServers::reporting(reported.collect::<Vec<_>>()));
        let (store, witness) = (Arc::new(InMemoryStore::new()), Arc::new(Witness::default()));
        let websites = Arc::new(Websites::default());
        let balancer = start(&clock, 0, &scripted, &store, &witness, &websites, 0);
        let mut world = Self {
            clock,
            offset: 0,
            servers: scripted,
            names,
            source,
            store,
            witness,
            balancer,
            tasks: Vec::new(),
            acknowledged: BTreeMap::new(),
            history: BTreeMap::new(),
            lived: BTreeMap::new(),
            lossy: false,
            websites,
            runs: 0,
            said: None,
        };
        world.step(Step::Round);
        world
    }

    /// Takes one step and checks what must hold at any moment.
    pub(crate) fn step(&mut self, step: Step) {
        match step {
            Step::Create { website, room } => {
                let key = key(website, room);
                let url = format!("https://{}/{}", key.integration, key.meeting_id);
                let params = [("name", "Algebra"), ("meetingID", key.meeting_id.as_str()), ("meetingEndedURL", &*url)];
                self.call("create", &key, &params, Purpose::Create(key.clone()));
            }
            Step::Join { website, room } => {
                let key = key(website, room);
                let params = [("fullName", "Ana"), ("meetingID", key.meeting_id.as_str()), ("role", "VIEWER")];
                self.call("join", &key, &params, Purpose::Join(key.clone()));
            }
            Step::End { website, room } => self.about("end", website, room),
            Step::Info { website, room } => self.about("getMeetingInfo", website, room),
            Step::Leave { room } => self.everybody_leaves(room),
            Step::EndsByItself { server, room } => {
                let now = self.clock.now();
                self.servers.with(&self.names[server], |bbb| bbb.end(now, &room_id(room)));
            }
            Step::Fault { server, fault } => self.servers.fault(&self.names[server], Some(fault)),
            Step::Heal { server } => self.servers.fault(&self.names[server], None),
            Step::BbbRestarts { server } => {
                self.servers.with(&self.names[server], lb_core::gateway::SimulatedBbb::restart);
                self.lossy = true;
            }
            Step::Round => self.round(),
            Step::Pass { millis } => self.clock.advance(Duration::from_millis(millis)),
            Step::Kill { clock_step } => self.kill(clock_step),
        }
        self.servers_call();
        self.go_on();
        self.check();
    }

    /// Servers whose meetings have ended call the balancer.
    fn servers_call(&mut self) {
        for name in &self.names.clone() {
            let called = self.servers.with(name, lb_core::gateway::SimulatedBbb::take_ended_callbacks).unwrap();
            for url in called {
                let url: url::Url = url.parse().unwrap();
                let balancer = Arc::clone(&self.balancer);
                self.spawn_round(None, async move {
                    let (integration, token) = Balancer::hint_in(url.path()).unwrap();
                    balancer.ended(&integration, token, false).await;
                });
            }
        }
    }

    /// Takes a step that is a call and lets time pass until it is answered: its messageKey, or `SUCCESS`, or `redirect`.
    pub(crate) fn ask(&mut self, step: Step) -> String {
        self.said = None;
        self.step(step);
        for _ in 0..200 {
            if let Some(said) = self.said.take() {
                return said;
            }
            self.step(Step::Pass { millis: 50 });
        }
        panic!("{step:?} was not answered within 10 s");
    }

    /// How many copies are noted.
    pub(crate) fn strays(&self) -> usize {
        block_on(self.store.strays()).unwrap().len()
    }

    /// All servers behave, nobody calls, and time passes: then everything must be in order again.
    pub(crate) fn quiet(&mut self) {
        for name in &self.names {
            self.servers.fault(name, None);
        }
        for _ in 0..14 {
            self.step(Step::Pass { millis: 10_000 });
            self.step(Step::Round);
        }
        for server in self.balancer.fleet().servers() {
            let placed = server.expected.meetings();
            assert_eq!(placed, 0, "{} is taken to have {placed} more meetings than it lists", server.server.name);
        }
        // longer than any meeting counts for more than what is seen in it
        self.step(Step::Pass { millis: 31 * 60_000 });
        for _ in 0..3 {
            self.step(Step::Round);
            self.step(Step::Pass { millis: 10_000 });
        }
        self.check_order();
    }

    fn about(&mut self, call: &'static str, website: usize, room: usize) {
        let key = key(website, room);
        let params = [("meetingID", key.meeting_id.as_str())];
        self.call(call, &key, &params, Purpose::Other);
    }

    fn call(&mut self, call: &str, key: &MeetingKey, params: &[(&str, &str)], purpose: Purpose) {
        let query = params.iter().copied().collect::<Params>().encode();
        let digest = sign(Algorithm::Sha1, call, &query, &key.integration.as_str().into());
        let request = ApiRequest::get(&format!("/bigbluebutton/api/{call}?{query}&checksum={digest}"));
        let balancer = Arc::clone(&self.balancer);
        let future = Box::pin(async move { Some(balancer.handle(&request).await) });
        self.tasks.push(Task { purpose, future });
    }

    fn round(&mut self) {
        let (balancer, source) = (Arc::clone(&self.balancer), Arc::clone(&self.source));
        self.spawn_round(None, async move { balancer.refresh(&*source).await });
        let balancer = Arc::clone(&self.balancer);
        self.spawn_round(None, async move {
            // trouble would be told of as an event
            let _ = balancer.settle_expired().await;
        });
        let balancer = Arc::clone(&self.balancer);
        self.spawn_round(None, async move { balancer.deliver_due().await.unwrap() });
        for name in &self.names.clone() {
            let name = ServerName::from(name.as_str());
            let busy = |task: &Task| matches!(&task.purpose, Purpose::Round(Some(server)) if *server == name);
            if !self.tasks.iter().any(busy) {
                let (balancer, server) = (Arc::clone(&self.balancer), name.clone());
                self.spawn_round(Some(name), async move {
                    // a server in trouble is what this is about
                    let _ = balancer.follow(&server).await;
                });
            }
        }
    }

    fn spawn_round(&mut self, server: Option<ServerName>, future: impl Future<Output = ()> + Send + 'static) {
        let future = Box::pin(async move {
            future.await;
            None
        });
        self.tasks.push(Task { purpose: Purpose::Round(server), future });
    }

    fn kill(&mut self, clock_step: i64) {
        self.tasks.clear();
        self.lossy = true;
        self.runs += 1;
        self.offset += clock_step * 1000;
        self.balancer =
            start(&self.clock, self.offset, &self.servers, &self.store, &self.witness, &self.websites, self.runs);
    }

    /// Polls everything that is under way until nothing goes on.
    fn go_on(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let mut idle = 0;
        while idle < 3 {
            idle += 1;
            for mut task in std::mem::take(&mut self.tasks) {
                match task.future.as_mut().poll(&mut context) {
                    Poll::Pending => self.tasks.push(task),
                    Poll::Ready(reply) => {
                        idle = 0;
                        self.answered(&task.purpose, reply);
                    }
                }
            }
        }
    }

    fn answered(&mut self, purpose: &Purpose, reply: Option<Reply>) {
        let Some(reply) = reply else { return };
        self.said = Some(said(&reply));
        match purpose {
            Purpose::Create(key) => self.created(key, &reply),
            Purpose::Join(key) => self.joined(key, &reply),
            Purpose::Other | Purpose::Round(_) => {}
        }
    }

    /// A website reads SUCCESS: from now on the meeting must not be forgotten, and there may be no other.
    fn created(&mut self, key: &MeetingKey, reply: &Reply) {
        let body = reply.body.to_bytes();
        let document = Document::parse(&body).unwrap();
        if document.root().value("returncode") != "SUCCESS" {
            return;
        }
        let internal_id = document.root().value("internalMeetingID").into_owned();
        let Some(server) = self.server_sent_to(key) else {
            panic!("{key} was acknowledged as {internal_id} and is not known");
        };
        if let Some(before) = self.acknowledged.get(key)
            && before.internal_id != internal_id
        {
            let split = self.lives(before) && !self.was_superseded(before);
            assert!(!split, "{key} was acknowledged as {internal_id} while {before:?} lives");
        }
        self.history.entry(key.clone()).or_default().insert((internal_id.clone(), server.clone()));
        self.acknowledged.insert(key.clone(), Acknowledged { internal_id, server });
    }

    /// A browser is sent to a room: to the one that was acknowledged, and to no copy.
    fn joined(&mut self, key: &MeetingKey, reply: &Reply) {
        let Some(location) = reply.location.as_deref() else { return };
        let url: url::Url = location.parse().unwrap();
        if let Some(acknowledged) = self.acknowledged.get(key)
            && self.lives(acknowledged)
            && !self.was_superseded(acknowledged)
        {
            let host = format!("{}.invalid", acknowledged.server);
            assert_eq!(url.host_str(), Some(host.as_str()), "{key} is {acknowledged:?}");
        }
        self.servers.browse(&url).unwrap();
    }

    fn server_sent_to(&self, key: &MeetingKey) -> Option<ServerName> {
        match block_on(self.store.find(key)).unwrap()? {
            Entry::Held(meeting) => Some(meeting.server.clone()),
            Entry::Claimed(_) => None,
        }
    }

    fn everybody_leaves(&self, room: usize) {
        for name in &self.names {
            self.servers.with(name, |bbb| bbb.leave(&room_id(room), usize::MAX));
        }
    }

    fn lives(&self, acknowledged: &Acknowledged) -> bool {
        let lives = self.servers.with(acknowledged.server.as_str(), |bbb| {
            bbb.meetings().any(|meeting| meeting.internal_id == acknowledged.internal_id && !meeting.has_ended())
        });
        lives.unwrap_or(false)
    }

    fn was_superseded(&self, acknowledged: &Acknowledged) -> bool {
        let lost = (acknowledged.internal_id.clone(), acknowledged.server.clone());
        self.witness.0.lock().unwrap().contains(&lost)
    }

    /// What must hold at any moment: no acknowledged meeting is forgotten while it runs.
    fn check(&mut self) {
        for (key, server, internal_id, _) in self.living() {
            self.lived.entry(key).or_default().insert((internal_id, server));
        }
        for (key, acknowledged) in &self.acknowledged {
            if !self.lives(acknowledged) || self.was_superseded(acknowledged) {
                continue;
            }
            let known = match block_on(self.store.find(key)).unwrap() {
                Some(Entry::Held(meeting)) => meeting.internal_id.as_str() == acknowledged.internal_id,
                Some(Entry::Claimed(claim)) => {
                    claim.supersedes.as_ref().is_some_and(|lost| lost.internal_id.as_str() == acknowledged.internal_id)
                }
                None => false,
            };
            assert!(known, "{key}, acknowledged as {acknowledged:?}, runs and is forgotten");
        }
    }

    /// What must hold after a quiet time.
    fn check_order(&self) {
        assert!(self.tasks.is_empty(), "{} calls or rounds never ended", self.tasks.len());
        assert_eq!(block_on(self.store.claims()).unwrap(), [], "claims are left");
        let strays: BTreeSet<(MeetingKey, ServerName)> =
            block_on(self.store.strays()).unwrap().into_iter().map(|stray| (stray.key, stray.server)).collect();
        let living = self.living();
        for (key, server, _, users) in &living {
            let sent_to = self.server_sent_to(key);
            let is_stray = strays.contains(&(key.clone(), server.clone()));
            if is_stray {
                assert!(*users > 0, "an empty copy of {key} is left on {server}");
            } else {
                assert_eq!(sent_to.as_ref(), Some(server), "{key} lives on {server} past the balancer");
            }
        }
        for (key, server) in &strays {
            let there = living.iter().any(|(living, on, ..)| living == key && on == server);
            assert!(there, "{key} is noted as a stray on {server}, and is not there");
        }
        for website in 0..WEBSITES.len() {
            for room in 0..ROOMS {
                let key = key(website, room);
                if let Some(server) = self.server_sent_to(&key) {
                    let there = living.iter().any(|(living, on, ..)| *living == key && *on == server);
                    assert!(there, "{key} is held on {server}, and is not there");
                }
            }
        }
        self.check_fleet();
        self.check_callbacks();
    }

    /// Websites were told of every end that they could wait for, once, and never of the end of a room that goes on elsewhere.
    fn check_callbacks(&self) {
        if self.lossy {
            return;
        }
        let told = self.websites.0.lock().unwrap();
        let over = |(internal_id, server): &&Incarnation| {
            let incarnation = Acknowledged { internal_id: internal_id.clone(), server: server.clone() };
            !self.lives(&incarnation) && !self.was_superseded(&incarnation)
        };
        for (key, acknowledged) in &self.history {
            let told = told.get(key).copied().unwrap_or(0);
            let least = acknowledged.iter().filter(over).count();
            assert!(told >= least, "{key} was told of {told} ends, and {least} incarnations have ended");
        }
        for (key, told) in &*told {
            let most = self.lived.get(key).into_iter().flatten().filter(over).count();
            assert!(*told <= most, "{key} was told of {told} ends, and only {most} incarnations have ended");
        }
    }

    fn check_fleet(&self) {
        let (fleet, now) = (self.balancer.fleet(), self.balancer.now());
        for server in fleet.servers() {
            let name = &server.server.name;
            assert!(server.state().takes_new_meetings(), "{name} is {}", server.state());
            let expected = (server.expected.users(now), server.expected.meetings());
            assert_eq!(expected, (0.0, 0), "load is still expected on {name}");
        }
        let alarms = self.balancer.alarms();
        assert!(alarms.iter().all(|alarm| matches!(alarm, Alarm::CopiesInUse { .. })), "{alarms:?}");
    }

    /// Whose meetings live where, with how many users; no two websites share a server for one id.
    fn living(&self) -> Vec<(MeetingKey, ServerName, String, usize)> {
        let mut living = Vec::new();
        for name in &self.names {
            let on = self.servers.with(name, |bbb| {
                let meetings = bbb.meetings().filter(|meeting| !meeting.has_ended());
                let owned = meetings.map(|meeting| {
                    let owner = meeting.metadata.get("mconflb-institution").map_or("nobody", String::as_str);
                    let key = MeetingKey::new(owner, meeting.meeting_id.as_str());
                    (key, meeting.internal_id.clone(), meeting.users.len())
                });
                owned.collect::<Vec<_>>()
            });
            let on = on.unwrap();
            let ids: BTreeSet<_> = on.iter().map(|(key, ..)| &key.meeting_id).collect();
            assert_eq!(ids.len(), on.len(), "two meetings of one id on {name}");
            let name = ServerName::from(name.as_str());
            living.extend(on.into_iter().map(|(key, id, users)| (key, name.clone(), id, users)));
        }
        living
    }
}

fn start(
    manual: &Arc<ManualClock>,
    offset: i64,
    servers: &Arc<ScriptedServers>,
    store: &Arc<InMemoryStore>,
    witness: &Arc<Witness>,
    websites: &Arc<Websites>,
    run: u64,
) -> Arc<Balancer> {
    let clock = Arc::new(SetClock { manual: Arc::clone(manual), offset });
    let relay = Relay { public_url: "https://lb.example".parse().unwrap(), sender: websites.clone() };
    let integrations = WEBSITES.map(|name| Integration::new(name, name));
    let balancer = Balancer::builder(servers.clone(), clock, Arc::new(SeededRng::new(run)))
        .integrations(Integrations::new(integrations).unwrap())
        .store(store.clone())
        .observer(witness.clone())
        .relay(relay)
        .build();
    block_on(balancer.resume()).unwrap();
    Arc::new(balancer)
}

fn said(reply: &Reply) -> String {
    if reply.location.is_some() {
        return "redirect".to_owned();
    }
    let body = reply.body.to_bytes();
    let document = Document::parse(&body).unwrap();
    let (code, key) = (document.root().value("returncode"), document.root().value("messageKey"));
    if code == "SUCCESS" { "SUCCESS".to_owned() } else { key.into_owned() }
}

fn room_id(room: usize) -> String {
    format!("room-{room}")
}

fn key(website: usize, room: usize) -> MeetingKey {
    MeetingKey::new(WEBSITES[website], room_id(room).as_str())
}
