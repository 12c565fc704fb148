//! The balancer over simulated servers, in memory and on a clock that is moved by hand.

mod administration;
mod aging;
mod breakouts;
mod callbacks;
mod calls;
mod concurrency;
mod config_xml;
mod contacts;
mod down;
mod examine;
mod explain;
mod faults;
mod fences;
mod get_servers;
mod hints;
mod hooks;
mod insert_document;
mod learning;
mod limits;
mod meeting_events;
mod meetings;
mod pass_through;
mod person;
mod placement;
mod presence;
mod races;
mod recordings;
mod reports;
mod rollups;
mod running;
mod succession;
mod text_tracks;
mod trace;
mod try_server;
mod words;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_executor::block_on;
use url::Url;

use super::{Balancer, Relay, Settings};
use crate::api::{ApiRequest, Params, Reply};
use crate::checksum::{Algorithm, sign};
use crate::clock::{Clock, ManualClock};
use crate::event::{Event, EventKind, Observer};
use crate::gateway::ScriptedServers;
use crate::network::{Integration, Integrations};
use crate::rng::SeededRng;
use crate::server::{HostStatus, Load, Server};
use crate::source::{ReportedServer, StaticServers};
use crate::store::InMemoryStore;
use crate::xml::Document;

/// Keeps every event.
#[derive(Debug, Default)]
struct Witness(Mutex<Vec<EventKind>>);

impl Observer for Witness {
    fn observe(&self, event: &Event) {
        self.0.lock().unwrap().push(event.kind.clone());
    }
}

/// A balancer, its servers, and two websites, `moodle` and `portal`, whose secrets are their names.
struct Network {
    clock: Arc<ManualClock>,
    servers: Arc<ScriptedServers>,
    source: StaticServers,
    facts: Vec<ReportedServer>,
    balancer: Balancer,
    store: Arc<InMemoryStore>,
    witness: Arc<Witness>,
}

impl Network {
    fn of(count: usize) -> Self {
        Self::with(count, |_| {}, Settings::default())
    }

    fn with(count: usize, adapt: impl Fn(&mut ReportedServer), settings: Settings) -> Self {
        let clock = Arc::new(ManualClock::default());
        let servers = Arc::new(ScriptedServers::new(clock.clone()));
        let named = (1..=count).map(|number| servers.add(&format!("bbb{number}"), "server-secret"));
        let facts: Vec<ReportedServer> = named.map(|server| reported(server, &clock)).collect();
        let mut adapted = facts;
        adapted.iter_mut().for_each(adapt);
        let store = Arc::new(InMemoryStore::new());
        let network = Self::restarted(clock, servers, adapted, store, settings);
        network.refresh();
        network
    }

    /// A balancer that has just started over these servers and this store.
    fn restarted(
        clock: Arc<ManualClock>,
        servers: Arc<ScriptedServers>,
        facts: Vec<ReportedServer>,
        store: Arc<InMemoryStore>,
        settings: Settings,
    ) -> Self {
        Self::relayed(clock, servers, facts, store, settings, None)
    }

    /// The same, which takes callbacks over if it has a relay.
    fn relayed(
        clock: Arc<ManualClock>,
        servers: Arc<ScriptedServers>,
        facts: Vec<ReportedServer>,
        store: Arc<InMemoryStore>,
        settings: Settings,
        relay: Option<Relay>,
    ) -> Self {
        let witness = Arc::new(Witness::default());
        let integrations = [Integration::new("moodle", "moodle"), Integration::new("portal", "portal")];
        let mut builder = Balancer::builder(servers.clone(), clock.clone(), Arc::new(SeededRng::new(1)))
            .integrations(Integrations::new(integrations).unwrap())
            .store(store.clone())
            .settings(settings)
            .observer(witness.clone());
        if let Some(relay) = relay {
            builder = builder.relay(relay);
        }
        let balancer = builder.build();
        block_on(balancer.resume()).unwrap();
        Self { source: StaticServers::reporting(facts.clone()), clock, servers, facts, balancer, store, witness }
    }

    fn restart(&self) -> Self {
        let settings = self.balancer.settings.clone();
        Self::restarted(self.clock.clone(), self.servers.clone(), self.facts.clone(), self.store.clone(), settings)
    }

    fn refresh(&self) {
        block_on(self.balancer.refresh(&self.source));
    }

    /// Every server lists its meetings.
    fn follow(&self) {
        for server in self.balancer.fleet().servers() {
            let _ = block_on(self.balancer.follow(&server.server.name));
        }
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn request(&self, website: &str, call: &str, params: &[(&str, &str)]) -> ApiRequest {
        let query = params.iter().copied().collect::<Params>().encode();
        let digest = sign(Algorithm::Sha1, call, &query, &website.into());
        ApiRequest::get(&format!("/bigbluebutton/api/{call}?{query}&checksum={digest}"))
    }

    fn call(&self, website: &str, call: &str, params: &[(&str, &str)]) -> Said {
        self.send(&self.request(website, call, params))
    }

    fn send(&self, request: &ApiRequest) -> Said {
        Said(block_on(self.balancer.handle(request)))
    }

    fn create(&self, website: &str, meeting_id: &str) -> Said {
        self.call(website, "create", &[("name", "Algebra"), ("meetingID", meeting_id)])
    }

    /// The numbers of the servers that hold a meeting of that id that has not ended.
    fn holders(&self, meeting_id: &str) -> Vec<usize> {
        let holds = |number: &usize| {
            let alive = |bbb: &mut crate::gateway::SimulatedBbb| {
                bbb.meeting(meeting_id).is_some_and(|meeting| !meeting.has_ended())
            };
            self.servers.with(&format!("bbb{number}"), alive).unwrap_or(false)
        };
        (1..=self.facts.len()).filter(holds).collect()
    }

    /// How often a call was sent to server `number`.
    fn sent(&self, number: usize, call: &str) -> usize {
        self.servers.calls(&format!("bbb{number}")).iter().filter(|sent| *sent == call).count()
    }

    fn events(&self) -> Vec<EventKind> {
        self.witness.0.lock().unwrap().clone()
    }
}

/// A server that the monitor finds well, with 10 % CPU.
fn reported(server: Server, clock: &ManualClock) -> ReportedServer {
    let load = Load { cpu: Some(10.0), cpu_at: clock.now() + Duration::from_secs(1_000_000), ..Load::default() };
    ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(server) }
}

/// What a website was told.
#[derive(Debug)]
struct Said(Reply);

impl Said {
    fn text(&self) -> String {
        String::from_utf8(self.0.body.to_bytes().to_vec()).unwrap()
    }

    fn value(&self, name: &str) -> String {
        let body = self.0.body.to_bytes();
        let document = Document::parse(&body).unwrap_or_else(|_| panic!("no XML: {}", self.text()));
        document.root().value(name).into_owned()
    }

    #[track_caller]
    fn success(self) -> Self {
        assert_eq!(self.value("returncode"), "SUCCESS", "{}", self.text());
        self
    }

    #[track_caller]
    fn failed(&self, key: &str) {
        assert_eq!(
            (self.value("returncode").as_str(), self.value("messageKey").as_str()),
            ("FAILED", key),
            "{}",
            self.text()
        );
    }

    fn location(&self) -> Url {
        assert_eq!(self.0.status, 302, "{}", self.text());
        self.0.location.as_deref().unwrap().parse().unwrap()
    }
}
