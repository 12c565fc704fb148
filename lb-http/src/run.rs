//! From a [`Config`] to a balancer that serves: [`run`], and [`prepare`] for those who want to look at it before.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lb_core::Locator;
use lb_core::api::root::About;
use lb_core::balancer::{Balancer, Relay, Settings, VoiceBridges};
use lb_core::event::Observer;
use lb_core::fleet::FleetRules;
use lb_core::placement::{LeastCpu, LeastMeetings, LeastUsers, NearestLeastCpu, PlacementPolicy, RoundRobin};
use lb_core::source::{Located, ServerSource, StaticServers, WithFacts};
use lb_core::{Clock, KnownNetworks};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::callbacks::{self, HttpSender};
use crate::clock::SystemClock;
use crate::config::{Config, MonitorSource, Policy, Router, VoiceUnique};
use crate::event_log::EventLog;
use crate::geo::{GeoError, MmdbLocator};
use crate::metrics::Metrics;
use crate::monitor::nagios::{Nagios, NagiosSettings};
use crate::rng::SystemRng;
use crate::rounds;
use crate::server::{self, Limits, Service};
use crate::store::{self, OpenError, OpenedStore};
use crate::upstream::{HttpGateway, UpstreamSettings};

/// Serves as `config` says until `shutdown` is ready, then stops without cutting a call.
///
/// # Errors
/// [`StartError`] if it cannot start. Once it serves, nothing but `shutdown` ends it.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
    prepare(config, []).await?.serve(shutdown).await;
    Ok(())
}

/// Opens the store, binds the listener and takes up what an earlier run left. `observers` are told of every event beside
/// the log and the metrics.
///
/// # Errors
/// [`StartError`] if it cannot start.
pub async fn prepare(
    config: Config,
    observers: impl IntoIterator<Item = Arc<dyn Observer>>,
) -> Result<Prepared, StartError> {
    let address = config.listen.api;
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| StartError::Listen { address, problem: error.to_string() })?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let locator: Arc<dyn Locator> = match &config.geoip_database {
        Some(path) => Arc::new(MmdbLocator::open(path)?),
        None => Arc::new(KnownNetworks::default()),
    };
    let opened = store::open(&config.store)?;
    let metrics = Arc::new(Metrics::new());
    let upstream = UpstreamSettings {
        connect_timeout: config.upstream.connect_timeout,
        max_concurrent_calls: config.upstream.max_concurrent_calls,
        ..UpstreamSettings::default()
    };
    let gateway = HttpGateway::new(upstream).map_err(|error| StartError::Tls(error.to_string()))?;
    let sender = HttpSender::new(config.callbacks.allow_private_addresses);
    let sender = Arc::new(sender.map_err(|error| StartError::Tls(error.to_string()))?);
    let mut builder = Balancer::builder(Arc::new(gateway), Arc::clone(&clock), Arc::new(SystemRng))
        .settings(settings(&config))
        .rules(FleetRules {
            health: config.health,
            expected: config.placement.expected_load,
            ignored_services: config.monitor.ignored_services.clone(),
        })
        .integrations(Arc::clone(&config.integrations))
        .algorithms(config.algorithms.clone())
        .stores(opened.meetings(), opened.fleet())
        .locator(Arc::clone(&locator))
        .relay(Relay { public_url: config.listen.public_url.clone(), sender })
        .observer(Arc::new(EventLog))
        .observer(Arc::clone(&metrics) as _);
    for observer in observers {
        builder = builder.observer(observer);
    }
    for (name, router) in &config.routers {
        builder = builder.router(name, policy(router));
    }
    let balancer = Arc::new(builder.build());
    balancer.resume().await.map_err(|failure| StartError::Resume(failure.message()))?;
    let service = Service {
        balancer,
        metrics,
        trusted_proxies: config.listen.trusted_proxies.clone().into(),
        tasks: TaskTracker::new(),
        limits: Limits::default(),
    };
    let source = source(&config, &clock, locator)?;
    Ok(Prepared { listener, service, source, every: config.monitor.interval, opened })
}

/// A balancer that is ready to serve.
#[derive(Debug)]
pub struct Prepared {
    listener: TcpListener,
    service: Service,
    source: Arc<dyn ServerSource>,
    every: Duration,
    opened: OpenedStore,
}

impl Prepared {
    /// The address that is bound: with port 0 in the configuration, the one that the system gave.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// The balancer itself.
    pub fn balancer(&self) -> &Arc<Balancer> {
        &self.service.balancer
    }

    /// Serves until `shutdown` is ready. Then no connection is accepted any more, calls under way are answered, what waits
    /// is written, and the store is closed.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let stop = CancellationToken::new();
        let rounds = TaskTracker::new();
        rounds::start(&self.service.balancer, self.source, self.every, &rounds, &stop);
        callbacks::start(&self.service.balancer, &rounds, &stop);
        if let Ok(address) = self.listener.local_addr() {
            tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");
        }
        server::serve(self.listener, self.service, shutdown).await;
        stop.cancel();
        rounds.close();
        rounds.wait().await;
        self.opened.close().await;
        tracing::info!("stopped");
    }
}

fn settings(config: &Config) -> Settings {
    let budget = config.upstream.timeout;
    let defaults = Settings::default();
    Settings {
        guid: config.guid.clone(),
        budget,
        attempt: defaults.attempt.min(budget),
        list_deadline: budget,
        grace: config.meetings.grace,
        last_resort: config.placement.last_resort,
        voice_bridges: match config.voice_unique {
            VoiceUnique::Server => VoiceBridges::PerServer,
            VoiceUnique::Fleet => VoiceBridges::PerFleet,
        },
        legacy_errors: config.api.legacy_errors,
        about: About {
            api_version: config.api.version.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            deploy: config.api.deploy.into(),
            revision: env!("LB_REVISION").to_owned(),
            ..About::default()
        },
    }
}

fn policy(router: &Router) -> Arc<dyn PlacementPolicy> {
    match router.policy {
        Policy::NearestLeastCpu => Arc::new(NearestLeastCpu { radius_km: router.radius_km }),
        Policy::LeastCpu => Arc::new(LeastCpu),
        Policy::LeastUsers => Arc::new(LeastUsers),
        Policy::LeastMeetings => Arc::new(LeastMeetings),
        Policy::RoundRobin => Arc::new(RoundRobin::default()),
    }
}

fn source(
    config: &Config,
    clock: &Arc<dyn Clock>,
    locator: Arc<dyn Locator>,
) -> Result<Arc<dyn ServerSource>, StartError> {
    Ok(match &config.monitor.source {
        MonitorSource::Static(servers) => Arc::new(Located::new(StaticServers::new(servers.iter().cloned()), locator)),
        MonitorSource::Nagios(nagios, facts) => {
            let (username, password) = nagios.credentials.clone().unwrap_or_else(|| (String::new(), "".into()));
            let settings = NagiosSettings {
                username,
                password,
                hostgroup: nagios.hostgroup.clone(),
                recording_hostgroup: nagios.recording_hostgroup.clone(),
                cpu_service: nagios.cpu_service.clone(),
                cpu_label: nagios.cpu_label.clone(),
                max_age: config.placement.expected_load.max_age,
                ..NagiosSettings::new(nagios.url.clone())
            };
            let source =
                Nagios::new(settings, Arc::clone(clock)).map_err(|error| StartError::Monitor(error.to_string()))?;
            let facts: HashMap<_, _> = facts.clone();
            Arc::new(Located::new(WithFacts::new(source, facts), locator))
        }
    })
}

/// Why a balancer cannot start, in a sentence for the operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Its address cannot be bound.
    #[error("cannot listen on {address}: {problem}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        problem: String,
    },
    /// Its store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// What an earlier run left cannot be read.
    #[error("what an earlier run left cannot be taken up: {0}")]
    Resume(&'static str),
    /// Its GeoIP database cannot be read.
    #[error(transparent)]
    Geo(#[from] GeoError),
    /// Its monitor cannot be asked at all.
    #[error("{0}")]
    Monitor(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}
