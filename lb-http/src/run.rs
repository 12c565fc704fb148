//! From a [`Config`] to a balancer that serves: [`run`], and [`prepare`] for those who want to look at it before.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lb_core::api::root::About;
use lb_core::balancer::{AdministrationError, Balancer, Settings, VoiceBridges};
use lb_core::event::Observer;
use lb_core::network::Declared;
use lb_core::source::{Located, MonitorReport, NetworkServers, ServerSource, SourceError, WithFacts};
use lb_core::store::{NetworkStore, StoreError};
use lb_core::{Clock, Locator, Secret};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts::{AccountService, HashCost};
use crate::aging;
use crate::assembly::Assembly;
use crate::callbacks;
use crate::clock::SystemClock;
use crate::config::{self, AdminSocket, Config, Listen, MonitorFormat, MonitorSource, VoiceUnique};
use crate::event_log::EventLog;
use crate::geo::GeoError;
use crate::hooks;
use crate::live::{Feed, Live};
use crate::metrics::Metrics;
use crate::monitor::nagios::{Nagios, NagiosFormat, NagiosSettings};
use crate::pages;
use crate::reload::Reloader;
use crate::report_files;
use crate::rollups;
use crate::rounds;
use crate::server::{self, CertificateError, Certificates, Limits, Listener, LocalSocket, Purpose, Service};
use crate::setup::LiveSetup;
use crate::store::{self, KeyFileError, KeyRing, OpenError, OpenedStore};

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
    let certificates = config.listen.tls.clone().map(Certificates::open).transpose()?;
    let listeners = listeners(&config.listen, certificates.as_ref())?;
    let limits = Limits {
        connections: config.listen.max_connections,
        connections_per_address: config.listen.max_connections_per_address,
        idle_time: config.listen.idle_timeout,
        // who watches the dashboard keeps nobody else from administration
        administration_connections: Limits::default().administration_connections + config.dashboard.viewers,
        ..Limits::default()
    };
    let viewers = config.dashboard.viewers;
    let keys = config.store_key_file.as_deref().map(KeyRing::read).transpose()?.map(Arc::new);
    let opened = store::open(&config.store, config.when_store_unavailable, keys)?;
    let local = local_socket(&config)?;
    let metrics = Arc::new(Metrics::new());
    let feed = Arc::new(Feed::default());
    let own: [Arc<dyn Observer>; 3] = [Arc::new(EventLog), Arc::clone(&metrics) as _, Arc::clone(&feed) as _];
    let assembly = Assembly {
        clock: Arc::new(SystemClock::new()),
        stores: opened.stores(),
        observers: own.into_iter().chain(observers).collect(),
        news: Arc::default(),
    };
    let assembled = assembly.assemble(config, None)?;
    let declared = Declared::from(&*assembled.config.network);
    assembled.setup.balancer.declare(&declared).await.map_err(StartError::Network)?;
    assembled.setup.balancer.resume().await.map_err(|failure| StartError::Resume(failure.message()))?;
    feed.seed(&assembled.setup.balancer).await;
    let started_at = assembly.clock.now();
    let setup = Arc::new(LiveSetup::new(Arc::clone(&assembled.setup)));
    let accounts = Arc::new(assembly.accounts(HashCost::default()));
    let first_token = accounts.draw_first_token().await.map_err(StartError::FirstToken)?;
    let service = Service {
        setup: Arc::clone(&setup),
        accounts,
        metrics,
        tasks: TaskTracker::new(),
        live: Arc::new(Live::new(feed, certificates.clone(), viewers, started_at, pages::fragments)),
        limits,
        posts: Arc::default(),
    };
    let reloader = Some(Reloader::new(assembly, setup, assembled, certificates.clone()));
    Ok(Prepared { listeners, local, certificates, service, first_token, reloader, opened })
}

/// A balancer that is ready to serve.
#[derive(Debug)]
pub struct Prepared {
    listeners: Vec<Listener>,
    local: Option<LocalSocket>,
    certificates: Option<Arc<Certificates>>,
    service: Service,
    first_token: Option<Secret>,
    reloader: Option<Reloader>,
    opened: OpenedStore,
}

impl Prepared {
    #[cfg(test)]
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// The first address of the API: with port 0 in the configuration, the one that the system gave.
    pub fn address(&self) -> Option<SocketAddr> {
        self.addresses().next()
    }

    /// All addresses of the API, in the order of the configuration.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let api = self.listeners.iter().filter(|listener| listener.purpose != Purpose::Administration);
        api.filter_map(|listener| listener.socket.local_addr().ok())
    }

    /// The address for administration and metrics, if they have one of their own.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        let mut listeners = self.listeners.iter();
        listeners.find(|listener| listener.purpose == Purpose::Administration)?.socket.local_addr().ok()
    }

    /// Where administration without a token is, for the same machine.
    pub fn admin_socket(&self) -> Option<&Path> {
        self.local.as_ref().map(LocalSocket::path)
    }

    /// The certificate that is shown to websites, where TLS is spoken. It follows its files by itself;
    /// [`reload`](Certificates::reload) does so at once.
    pub fn certificates(&self) -> Option<&Arc<Certificates>> {
        self.certificates.as_ref()
    }

    /// The balancer as it is now: a reload puts another in its place.
    pub fn balancer(&self) -> Arc<Balancer> {
        Arc::clone(&self.service.setup.load().balancer)
    }

    /// The people who run it.
    pub fn accounts(&self) -> &Arc<AccountService> {
        &self.service.accounts
    }

    /// While there is no user: what whoever makes the first administrator must show. For the operator's eyes only.
    pub fn first_token(&self) -> Option<&Secret> {
        self.first_token.as_ref()
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
        hooks::start(&self.service.setup, &rounds, &stop);
        aging::start(&self.service.setup, &rounds, &stop);
        report_files::start(&self.service, &rounds, &stop);
        rounds.spawn(Arc::clone(&self.service.live).watch(Arc::clone(&self.service.setup), stop.clone()));
        rollups::start(&self.service.setup, &rounds, &stop);
        if let Some(certificates) = self.certificates.clone() {
            rounds.spawn(certificates.watch(Arc::clone(&self.service.metrics), stop.clone()));
        }
        for listener in &self.listeners {
            if let Ok(address) = listener.socket.local_addr() {
                let (purpose, tls) = (listener.purpose.as_str(), listener.certificates.is_some());
                tracing::info!(%address, purpose, tls, version = env!("CARGO_PKG_VERSION"), "serving");
            }
        }
        if let Some(local) = &self.local {
            tracing::info!(path = %local.path().display(), purpose = "administration", "serving");
        }
        let setup = Arc::clone(&self.service.setup);
        server::serve(self.listeners, self.local, self.service, shutdown).await;
        stop.cancel();
        rounds.close();
        rounds.wait().await;
        if setup.load().balancer.keep_learned().await.is_err() {
            tracing::warn!(
                "what placement policies have learnt in the last minutes is lost: the store cannot be written to"
            );
        }
        self.opened.close().await;
        tracing::info!("stopped");
    }
}

fn listeners(listen: &Listen, certificates: Option<&Arc<Certificates>>) -> Result<Vec<Listener>, StartError> {
    let purpose = if listen.admin.is_some() { Purpose::Api } else { Purpose::Everything };
    let api = listen.api.iter().map(|address| (*address, purpose, true));
    let admin = listen.admin.map(|address| (address, Purpose::Administration, listen.admin_tls));
    let bound = api.chain(admin).map(|(address, purpose, tls)| {
        let socket = server::bind(address);
        let socket = socket.map_err(|error| StartError::Listen { address, problem: error.to_string() })?;
        Ok(Listener { socket, purpose, certificates: certificates.filter(|_| tls).cloned() })
    });
    bound.collect()
}

/// The socket for administration from the same machine. One that nobody asked for in so many words may fail.
fn local_socket(config: &Config) -> Result<Option<LocalSocket>, StartError> {
    let Some(path) = config.listen.admin_socket.path(&config.store) else { return Ok(None) };
    match LocalSocket::bind(&path) {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if config.listen.admin_socket == AdminSocket::BesideDatabase => {
            let path = path.display();
            tracing::warn!(%path, %error, "there is no local socket: administration from this machine needs a token");
            Ok(None)
        }
        Err(error) => Err(StartError::Socket { path, problem: error.to_string() }),
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
        recordings_interval: config.recordings.interval,
        recordings_deadline: defaults.recordings_deadline,
        grace: config.meetings.grace,
        last_resort: config.placement.last_resort,
        voice_bridges: match config.voice_unique {
            VoiceUnique::Server => VoiceBridges::PerServer,
            VoiceUnique::Fleet => VoiceBridges::PerFleet,
        },
        legacy_errors: config.api.legacy_errors,
        webhooks: config.webhooks,
        public_url: Some(config.listen.public_url.clone()),
        events: config.events,
        about: About {
            api_version: config.api.version.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            deploy: config.api.deploy.into(),
            revision: env!("LB_REVISION").to_owned(),
            ..About::default()
        },
    }
}

/// What a Nagios is made of, if there is one: one that is asked the same stays the same.
pub(crate) fn asked(config: &Config) -> Option<(&config::Nagios, Duration)> {
    match &config.monitor.source {
        MonitorSource::Static => None,
        MonitorSource::Nagios(nagios) => Some((nagios, config.placement.expected_load.max_age)),
    }
}

/// What knows the servers, and the Nagios that it asks, if it asks one.
type Asked = (Arc<dyn ServerSource>, Option<Arc<Nagios>>);

/// What knows the servers, with what the network in `store` says of them at each poll. The Nagios is `kept`, or a new one.
pub(crate) fn source(
    config: &Config,
    clock: &Arc<dyn Clock>,
    locator: Arc<dyn Locator>,
    store: Arc<dyn NetworkStore>,
    kept: Option<Arc<Nagios>>,
) -> Result<Asked, StartError> {
    Ok(match &config.monitor.source {
        MonitorSource::Static => (Arc::new(Located::new(NetworkServers::new(store), locator)), None),
        MonitorSource::Nagios(settings) => {
            let nagios = match kept {
                Some(nagios) => nagios,
                None => Arc::new(nagios(settings, config.placement.expected_load.max_age, clock)?),
            };
            (Arc::new(Located::new(WithFacts::new(Kept(Arc::clone(&nagios)), store), locator)), Some(nagios))
        }
    })
}

fn nagios(nagios: &config::Nagios, max_age: Duration, clock: &Arc<dyn Clock>) -> Result<Nagios, StartError> {
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
        max_age,
        ..NagiosSettings::new(nagios.url.clone())
    };
    Nagios::new(settings, Arc::clone(clock)).map_err(|error| StartError::Monitor(error.to_string()))
}

/// A Nagios that outlives a reload.
#[derive(Debug)]
struct Kept(Arc<Nagios>);

#[async_trait]
impl ServerSource for Kept {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        self.0.poll().await
    }
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
    /// Its socket for administration cannot be made.
    #[error("cannot make the socket {}: {problem}", path.display())]
    Socket {
        /// Where.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// Its certificate cannot be used.
    #[error("the certificate in [listen.tls] cannot be used: {0}")]
    Certificate(#[from] CertificateError),
    /// Its store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The keys of its store cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// What an earlier run left cannot be read.
    #[error("what an earlier run left cannot be taken up: {0}")]
    Resume(&'static str),
    /// There is no user, and the token for the first administrator cannot be kept.
    #[error("the token for the first administrator cannot be kept: {0}")]
    FirstToken(StoreError),
    /// What the configuration declares does not go together with what the store has, or cannot be kept.
    #[error("the integrations, plans, partners, routers and servers of the configuration cannot be taken over: {0}")]
    Network(AdministrationError),
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
