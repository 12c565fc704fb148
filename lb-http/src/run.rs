//! From a [`Config`] to a balancer that serves: [`run`], and [`prepare`] for those who want to look at it before.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use lb_core::api::root::About;
use lb_core::balancer::{Balancer, Settings, VoiceBridges};
use lb_core::event::Observer;
use lb_core::placement::{
    LeastCpu, LeastMeetings, LeastUsers, Nearest, NearestLeastCpu, PlacementPolicy, PowerOfTwo, Random, RoundRobin,
    Weighted,
};
use lb_core::source::{Located, ServerSource, StaticServers, WithFacts};
use lb_core::{Clock, Locator};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assembly::Assembly;
use crate::callbacks;
use crate::clock::SystemClock;
use crate::config::{Config, MonitorFormat, MonitorSource, Policy, Router, VoiceUnique};
use crate::event_log::EventLog;
use crate::geo::GeoError;
use crate::metrics::Metrics;
use crate::monitor::nagios::{Nagios, NagiosFormat, NagiosSettings};
use crate::reload::Reloader;
use crate::rounds;
use crate::server::{self, Limits, Service};
use crate::setup::LiveSetup;
use crate::store::{self, OpenError, OpenedStore};

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
    let opened = store::open(&config.store, config.when_store_unavailable)?;
    let metrics = Arc::new(Metrics::new());
    let own: [Arc<dyn Observer>; 2] = [Arc::new(EventLog), Arc::clone(&metrics) as _];
    let assembly = Assembly {
        clock: Arc::new(SystemClock::new()),
        meetings: opened.meetings(),
        fleet: opened.fleet(),
        observers: own.into_iter().chain(observers).collect(),
    };
    let assembled = assembly.assemble(config, None)?;
    assembled.setup.balancer.resume().await.map_err(|failure| StartError::Resume(failure.message()))?;
    let setup = Arc::new(LiveSetup::new(Arc::clone(&assembled.setup)));
    let service = Service { setup: Arc::clone(&setup), metrics, tasks: TaskTracker::new(), limits: Limits::default() };
    let reloader = Some(Reloader::new(assembly, setup, assembled));
    Ok(Prepared { listener, service, reloader, opened })
}

/// A balancer that is ready to serve.
#[derive(Debug)]
pub struct Prepared {
    listener: TcpListener,
    service: Service,
    reloader: Option<Reloader>,
    opened: OpenedStore,
}

impl Prepared {
    /// The address that is bound: with port 0 in the configuration, the one that the system gave.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// The balancer as it is now: a reload puts another in its place.
    pub fn balancer(&self) -> Arc<Balancer> {
        Arc::clone(&self.service.setup.load().balancer)
    }

    /// What takes over another configuration while this serves; `None` after the first time.
    pub fn reloader(&mut self) -> Option<Reloader> {
        self.reloader.take()
    }

    /// Serves until `shutdown` is ready. Then no connection is accepted any more, calls under way are answered, what waits
    /// is written, and the store is closed.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let stop = CancellationToken::new();
        let rounds = TaskTracker::new();
        rounds::start(&self.service.setup, &rounds, &stop);
        callbacks::start(&self.service.setup, &rounds, &stop);
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

pub(crate) fn settings(config: &Config) -> Settings {
    let budget = config.upstream.timeout;
    let defaults = Settings::default();
    Settings {
        guid: config.guid.clone(),
        budget,
        // so that a second server still fits, however short the budget
        attempt: defaults.attempt.min(budget * 7 / 16),
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

pub(crate) fn policy(router: &Router) -> Arc<dyn PlacementPolicy> {
    match router.policy {
        Policy::NearestLeastCpu => Arc::new(NearestLeastCpu { radius_km: router.radius_km }),
        Policy::LeastCpu => Arc::new(LeastCpu),
        Policy::LeastUsers => Arc::new(LeastUsers),
        Policy::LeastMeetings => Arc::new(LeastMeetings),
        Policy::RoundRobin => Arc::new(RoundRobin::default()),
        Policy::Nearest => Arc::new(Nearest),
        Policy::Random => Arc::new(Random),
        Policy::Weighted => Arc::new(Weighted),
        Policy::PowerOfTwo => Arc::new(PowerOfTwo),
    }
}

pub(crate) fn source(
    config: &Config,
    clock: &Arc<dyn Clock>,
    locator: Arc<dyn Locator>,
) -> Result<Arc<dyn ServerSource>, StartError> {
    Ok(match &config.monitor.source {
        MonitorSource::Static(servers) => Arc::new(Located::new(StaticServers::new(servers.iter().cloned()), locator)),
        MonitorSource::Nagios(nagios, facts) => {
            let (username, password) = nagios.credentials.clone().unwrap_or_else(|| (String::new(), "".into()));
            let settings = NagiosSettings {
                format: match nagios.format {
                    MonitorFormat::Core4 => NagiosFormat::Core4,
                    MonitorFormat::Mconf => NagiosFormat::Mconf,
                },
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
