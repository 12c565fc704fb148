//! How a [`Balancer`] is put together.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{
    Balancer, EventRules, Relay, contacts, course, deliver, fences, hooks, learning, limits, presence,
    recording_rounds, refresh, refused, rollups, store_health, support,
};
use crate::api::root::About;
use crate::checksum::{Algorithm, ChecksumVerifier, SearchBudget, SharedSecrets};
use crate::clock::Clock;
use crate::event::Observer;
use crate::fleet::{FleetRules, LiveFleet};
use crate::gateway::Gateway;
use crate::network::{Integrations, Network, RouterName};
use crate::placement::{PlacementPolicy, Policies, PolicyMaker};
use crate::position::{KnownNetworks, Locator};
use crate::rng::Rng;
use crate::store::{
    AccountStore, CourseStore, EventStore, FleetStore, HookStore, InMemoryStore, MeetingStore, NetworkStore,
    PolicyStore, RecordingStore, RollupStore, Stores,
};

/// Where a voice bridge must be unique.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VoiceBridges {
    /// On its server: each has its own dial-in number.
    #[default]
    PerServer,
    /// In the whole fleet: all share one dial-in number.
    PerFleet,
}

/// What a balancer goes by.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names this balancer in the stamps on its meetings.
    pub guid: String,
    /// How long a website's whole call may take. Clients in PHP and Ruby give up after 10 s.
    pub budget: Duration,
    /// How much of that one attempt of a create may take, so that a second server still fits.
    pub attempt: Duration,
    /// How long a server may take to list its meetings.
    pub list_deadline: Duration,
    /// How often a server is asked for its recordings.
    pub recordings_interval: Duration,
    /// How long a server may take to list its recordings, or one page of them.
    pub recordings_deadline: Duration,
    /// A meeting younger than this is never forgotten because of a list.
    pub grace: Duration,
    /// Whether servers disabled only by WARNING take meetings when no other can.
    pub last_resort: bool,
    /// Where a voice bridge must be unique.
    pub voice_bridges: VoiceBridges,
    /// Whether an unknown meeting is `invalidMeetingIdentifier` instead of `notFound`.
    pub legacy_errors: bool,
    /// Whether the balancer keeps a hook of its own on the servers that have bbb-webhooks. Only with a
    /// [relay](BalancerBuilder::relay).
    pub webhooks: bool,
    /// How websites reach this balancer: what a client's configuration names in place of a server. Absent: getDefaultConfigXML
    /// and setConfigXML are not supported.
    pub public_url: Option<Url>,
    /// How long events are kept.
    pub events: EventRules,
    /// What the root of the API tells.
    pub about: About,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            guid: "lb".to_owned(),
            budget: Duration::from_secs(8),
            attempt: Duration::from_millis(3500),
            list_deadline: Duration::from_secs(8),
            recordings_interval: Duration::from_secs(300),
            recordings_deadline: Duration::from_secs(30),
            grace: Duration::from_secs(30),
            last_resort: true,
            voice_bridges: VoiceBridges::default(),
            legacy_errors: false,
            webhooks: true,
            public_url: None,
            events: EventRules::default(),
            about: About::default(),
        }
    }
}

/// Collects the parts of a [`Balancer`].
#[derive(Debug)]
pub struct BalancerBuilder {
    settings: Settings,
    rules: FleetRules,
    network: Option<Network>,
    algorithms: Vec<Algorithm>,
    search_budget: SearchBudget,
    verifier: Option<Arc<dyn ChecksumVerifier>>,
    policies: Policies,
    stores: Stores,
    gateway: Arc<dyn Gateway>,
    locator: Arc<dyn Locator>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    observers: Vec<Arc<dyn Observer>>,
    relay: Option<Relay>,
    live: Live,
}

/// What outlives a configuration: all that a running balancer knows and that is not in the store.
#[derive(Clone, Debug, Default)]
struct Live {
    fleet: Arc<LiveFleet>,
    kept_fleet: Arc<refresh::KeptFleet>,
    store_health: Arc<store_health::StoreHealth>,
    undelivered: Arc<deliver::Undelivered>,
    server_hooks: Arc<hooks::ServerHooks>,
    refused: Arc<refused::Refused>,
    presence: Arc<presence::Presence>,
    usage: Arc<limits::Usage>,
    recording_rounds: Arc<recording_rounds::RecordingRounds>,
    words: Arc<super::words::AwaitedWords>,
    support: Arc<support::Support>,
    contacts: Arc<contacts::Contacts>,
    course: Arc<course::LiveCourse>,
    rollups: Arc<rollups::Rollups>,
    fences: Arc<fences::Fences>,
    learning: Arc<learning::Learning>,
    secrets: Option<Arc<SharedSecrets>>,
    policies: Policies,
}

impl Balancer {
    /// Begins a balancer that calls its servers through `gateway`. What is not set besides: a store in memory with no
    /// integrations, no positions of addresses.
    pub fn builder(gateway: Arc<dyn Gateway>, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> BalancerBuilder {
        BalancerBuilder {
            settings: Settings::default(),
            rules: FleetRules::default(),
            network: None,
            algorithms: Algorithm::ALL.to_vec(),
            search_budget: SearchBudget::default(),
            verifier: None,
            policies: Policies::default(),
            stores: Stores::one(Arc::new(InMemoryStore::new())),
            gateway,
            locator: Arc::new(KnownNetworks::default()),
            clock,
            rng,
            observers: Vec::new(),
            live: Live::default(),
            relay: None,
        }
    }
}

impl BalancerBuilder {
    /// What it goes by.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// What servers are judged by.
    pub fn rules(mut self, rules: FleetRules) -> Self {
        self.rules = rules;
        self
    }

    /// The websites that may use it, in place of those in the store. Plans, routers and partners that they name allow
    /// everything and place by the Mconf rule. They can be changed while the balancer runs; a restart forgets that.
    pub fn integrations(self, integrations: impl Into<Arc<Integrations>>) -> Self {
        self.network(Network::of(Arc::unwrap_or_clone(integrations.into())))
    }

    /// Who may use it, and how, in place of what the store has. It can be changed while the balancer runs; a restart forgets
    /// that.
    pub fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// The algorithms that calls may be signed with; all four if never said.
    pub fn algorithms(mut self, algorithms: impl Into<Vec<Algorithm>>) -> Self {
        self.algorithms = algorithms.into();
        self
    }

    /// What searches through all secrets may cost, where no hint tells whose a call is.
    pub fn search_budget(mut self, budget: SearchBudget) -> Self {
        self.search_budget = budget;
        self
    }

    /// Verifies calls by something else than the integrations' secrets.
    pub fn verifier(mut self, verifier: Arc<dyn ChecksumVerifier>) -> Self {
        self.verifier = Some(verifier);
        self
    }

    /// The router called `name` places by `policy`, whatever the network says of it.
    pub fn router(mut self, name: impl Into<RouterName>, policy: Arc<dyn PlacementPolicy>) -> Self {
        self.policies.fix(name.into(), policy);
        self
    }

    /// A placement policy of one's own that routers can name: `make` is given the router. It is asked again only when the
    /// router changes, so a policy may remember things.
    pub fn policy(mut self, name: impl Into<String>, make: PolicyMaker) -> Self {
        self.policies.add(name.into(), make);
        self
    }

    /// Where everything is kept; in memory if never said.
    pub fn store<S>(self, store: Arc<S>) -> Self
    where
        S: MeetingStore
            + FleetStore
            + NetworkStore
            + AccountStore
            + RecordingStore
            + HookStore
            + EventStore
            + CourseStore
            + RollupStore
            + PolicyStore,
    {
        self.stores(Stores::one(store))
    }

    /// The same, where each kind of thing has a store of its own.
    pub fn stores(mut self, stores: Stores) -> Self {
        self.stores = stores;
        self
    }

    /// Where addresses are.
    pub fn locator(mut self, locator: Arc<dyn Locator>) -> Self {
        self.locator = locator;
        self
    }

    /// Somebody who is told of every event.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }

    /// Takes over from a balancer that runs: its stores, its clock, its fleet with all that is known of it, who called from
    /// where, what the policies of its routers remember. Both may answer calls at the same time, so that those under way end with the one that they began with. The new
    /// one is not to [resume](Balancer::resume); [`judge_anew`](Balancer::judge_anew) lets other rules hold at once.
    ///
    /// The guid in the settings should stay the same: all running meetings are stamped with it.
    pub fn succeeding(mut self, running: &Balancer) -> Self {
        self.live = Live {
            fleet: Arc::clone(&running.fleet),
            kept_fleet: Arc::clone(&running.kept_fleet),
            store_health: Arc::clone(&running.store_health),
            undelivered: Arc::clone(&running.undelivered),
            server_hooks: Arc::clone(&running.server_hooks),
            refused: Arc::clone(&running.refused),
            presence: Arc::clone(&running.presence),
            usage: Arc::clone(&running.usage),
            recording_rounds: Arc::clone(&running.recording_rounds),
            words: Arc::clone(&running.words),
            support: Arc::clone(&running.support),
            contacts: Arc::clone(&running.contacts),
            course: Arc::clone(&running.course),
            rollups: Arc::clone(&running.rollups),
            fences: Arc::clone(&running.fences),
            learning: Arc::clone(&running.learning),
            secrets: running.secrets.clone(),
            policies: running.policies.clone(),
        };
        self.clock = Arc::clone(&running.clock);
        self.stores(running.stores.clone())
    }

    /// Takes over what websites want to be told at the end of a meeting. Without it their callbacks go on to the servers
    /// untouched. With it, [`Balancer::ended`] must be reachable under the URL of the relay, and
    /// [`Balancer::deliver_due`] be called every few seconds.
    pub fn relay(mut self, relay: Relay) -> Self {
        self.relay = Some(relay);
        self
    }

    /// The balancer.
    pub fn build(mut self) -> Balancer {
        if let Some(network) = self.network {
            self.stores.network = Arc::new(InMemoryStore::of(network));
        }
        let (verifier, secrets) = match self.verifier {
            Some(other) => (other, None),
            None => {
                let network = Arc::clone(&self.stores.network);
                let secrets = SharedSecrets::following(network, self.algorithms, Arc::clone(&self.clock))
                    .throttled(self.search_budget);
                let secrets = Arc::new(match &self.live.secrets {
                    Some(earlier) => secrets.succeeding(earlier),
                    None => secrets,
                });
                (Arc::clone(&secrets) as Arc<dyn ChecksumVerifier>, Some(secrets))
            }
        };
        self.live.support.begin(self.clock.now());
        Balancer {
            settings: self.settings,
            rules: Arc::new(self.rules),
            verifier,
            secrets,
            policies: self.policies.succeeding(self.live.policies),
            store: Arc::clone(&self.stores.meetings),
            stores: self.stores,
            gateway: self.gateway,
            locator: self.locator,
            clock: self.clock,
            rng: self.rng,
            observers: self.observers,
            relay: self.relay,
            fleet: self.live.fleet,
            kept_fleet: self.live.kept_fleet,
            store_health: self.live.store_health,
            undelivered: self.live.undelivered,
            server_hooks: self.live.server_hooks,
            refused: self.live.refused,
            presence: self.live.presence,
            usage: self.live.usage,
            recording_rounds: self.live.recording_rounds,
            words: self.live.words,
            support: self.live.support,
            contacts: self.live.contacts,
            course: self.live.course,
            rollups: self.live.rollups,
            fences: self.live.fences,
            learning: self.live.learning,
        }
    }
}
