//! [`Network`]: the simulated servers, the Nagios that watches them, and the balancer in front, all on loopback.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lb_core::account::Role;
use lb_core::balancer::{Actor, Balancer, Expected};
use lb_core::event::Observer;
use lb_core::{Clock, Position};
use lb_http::accounts::{AccountService, UserWish};
use lb_http::clock::SystemClock;
use lb_http::config::Config;
use lb_http::geo::MmdbLocator;
use lb_http::sim::{SimulatedHost, SimulatedNagios, SimulatedNagiosSettings, SimulatedServer, SimulatedServerSettings};
use lb_http::store::{self, StoreUrl};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::cast::{ADMINISTRATOR, CITIES, CPU_PER_USER, PARTNERS, SERVERS, WEBSITES, WebsiteRole};
use super::history;
use crate::outcome::Failure;

/// How long the first poll of the monitor may take.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// The simulated servers and their monitor.
#[derive(Debug)]
pub(super) struct Simulation {
    /// In the order of [`SERVERS`].
    pub(super) servers: Vec<Arc<SimulatedServer>>,
    pub(super) nagios: SimulatedNagios,
}

impl Simulation {
    async fn start(seed: u64) -> io::Result<Self> {
        let (mut servers, mut hosts) = (Vec::new(), Vec::new());
        for (role, number) in SERVERS.iter().zip(0..) {
            let settings = SimulatedServerSettings {
                base_cpu: role.base_cpu,
                cpu_per_user: CPU_PER_USER,
                seed: Some(seed.wrapping_add(number)),
                ..SimulatedServerSettings::default()
            };
            let server = Arc::new(SimulatedServer::start(settings).await?);
            let mut host = SimulatedHost::new(role.name, Arc::clone(&server));
            role.city.clone_into(&mut host.alias);
            host.position = Some(role.position);
            hosts.push(host);
            servers.push(server);
        }
        let nagios = SimulatedNagios::start(SimulatedNagiosSettings::default(), hosts).await?;
        Ok(Self { servers, nagios })
    }

    /// The server that `url` leads to.
    pub(super) fn server_at(&self, url: &str) -> Option<&SimulatedServer> {
        self.servers.iter().map(Arc::as_ref).find(|server| url.starts_with(server.url()))
    }
}

/// All that runs for the demo. Dropping it closes what is open and removes the folder.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) simulation: Arc<Simulation>,
    pub(super) balancer: Arc<Balancer>,
    pub(super) address: SocketAddr,
    serving: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    // last, so that it goes when the store is closed
    folder: TempDir,
}

impl Network {
    /// Starts everything and waits until the balancer knows its servers. `port` 0 is any free one.
    pub(super) async fn start(port: u16, seed: u64, observer: Arc<dyn Observer>) -> Result<Self, Failure> {
        let cannot = |error: io::Error| Failure::Failed(format!("the simulated network cannot start: {error}"));
        let folder = tempfile::Builder::new().prefix("lb-demo-").tempdir().map_err(cannot)?;
        let cities = folder.path().join("cities.mmdb");
        std::fs::write(&cities, CITIES).map_err(cannot)?;
        let simulation = Arc::new(Simulation::start(seed).await.map_err(cannot)?);
        let mut config = Config::from_text("demo", &configuration(port, &simulation.nagios), std::iter::empty())?;
        config.store = StoreUrl::Sqlite(folder.path().join("lb.sqlite3"));
        remember(&config, &cities, seed).await?;
        config.geoip_database = Some(cities);

        let failed = |error: lb_http::StartError| Failure::Failed(error.to_string());
        let prepared = lb_http::prepare(config, [observer]).await.map_err(failed)?;
        let unbound = || Failure::Failed("the balancer has no address".to_owned());
        let address = prepared.address().ok_or_else(unbound)?;
        let balancer = prepared.balancer();
        administrator(prepared.accounts()).await?;
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(prepared.serve(async {
            // an error says that the network was dropped
            let _ = stopped.await;
        }));
        let network = Self { simulation, balancer, address, serving, stop, folder };
        network.ready().await?;
        Ok(network)
    }

    async fn ready(&self) -> Result<(), Failure> {
        let known = async {
            while self.balancer.fleet().servers().len() < SERVERS.len() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let late = |_| Failure::Failed("the simulated monitor was not read in time".to_owned());
        tokio::time::timeout(READY_WITHIN, known).await.map_err(late)
    }

    /// Stops everything, answers calls under way, closes all ports and removes the folder.
    pub(super) async fn stop(self) -> io::Result<()> {
        // an error says that it has stopped already
        let _ = self.stop.send(());
        // before the balancer has ended: calls that hang on a silent server end with its connections
        for server in &self.simulation.servers {
            server.stop().await;
        }
        self.simulation.nagios.stop().await;
        let _ = self.serving.await;
        self.folder.close()
    }
}

/// Has its store tell of the day before.
async fn remember(config: &Config, cities: &Path, seed: u64) -> Result<(), Failure> {
    let cannot = |error: String| Failure::Failed(format!("the demo's past cannot be written: {error}"));
    let locator = MmdbLocator::open(cities).map_err(|error| cannot(error.to_string()))?;
    let opened = store::open(&config.store, config.when_store_unavailable, None);
    let opened = opened.map_err(|error| cannot(error.to_string()))?;
    let now = SystemClock::new().now();
    let written = history::write(&opened.stores(), &locator, seed, now).await;
    opened.close().await;
    written.map_err(|error| cannot(error.to_string()))
}

/// Somebody who may log in.
async fn administrator(accounts: &AccountService) -> Result<(), Failure> {
    let (name, password) = ADMINISTRATOR;
    let wish = UserWish { name: name.into(), display_name: "Demo".to_owned(), role: Role::Administrator, active: true };
    let put = accounts.put_user(wish, Some(&password.into()), Expected::Absent, &Actor::from("the demo")).await;
    put.map(drop).map_err(|error| Failure::Failed(format!("the demo has no administrator: {error}")))
}

/// As an operator would write it, but for times that are short enough to watch.
fn configuration(port: u16, nagios: &SimulatedNagios) -> String {
    let mut text = format!(
        "[listen]\napi = \"127.0.0.1:{port}\"\n\
         [balancer]\nguid = \"demo\"\n\
         [monitor]\nkind = \"nagios\"\nurl = \"{}\"\nusername = \"lb\"\npassword = \"simulated\"\ninterval = \"2s\"\n\
         [meetings]\ngrace = \"4s\"\n\
         [health]\nfailures = 2\nsuccesses = 2\n\
         [upstream]\nconnect_timeout = \"1s\"\ntimeout = \"4s\"\n\
         [placement]\nexpected_users = 12\nramp = \"40s\"\ncpu_per_user = {CPU_PER_USER}\n",
        nagios.url()
    );
    for (name, display_name) in PARTNERS {
        text.push_str(&format!("[partners.{name}]\ndisplay_name = \"{display_name}\"\n"));
    }
    text.push_str("[plans.large]\nmax_concurrent_meetings = 200\n");
    text.push_str("[plans.small]\nmax_concurrent_meetings = 20\nmax_users_per_meeting = 60\n");
    for WebsiteRole { name, display_name, partner, plan, secret, position, .. } in &WEBSITES {
        let Position { latitude, longitude } = position;
        text.push_str(&format!(
            "[[integrations]]\nname = \"{name}\"\ndisplay_name = \"{display_name}\"\npartner = \"{partner}\"\n\
             plan = \"{plan}\"\nsecrets = [\"{secret}\"]\nlatitude = {latitude:?}\nlongitude = {longitude:?}\n",
        ));
    }
    text
}
