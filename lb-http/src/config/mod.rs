//! The configuration: one TOML file, every key optional and settable by environment. Only this module knows TOML.
//!
//! `file` has the keys as they are said, [`Config`] what they mean; `meaning` leads from one to the other and checks what
//! no single key can tell. `docs/configuration.md` describes every key.
//!
//! ```
//! use lb_http::config::Config;
//! let environment = [("LB__LISTEN__API".to_owned(), "127.0.0.1:9000".to_owned())];
//! let config = Config::load(None, environment.into_iter())?;
//! assert_eq!(config.listen.api[0].port(), 9000);
//! # Ok::<(), lb_http::config::ConfigErrors>(())
//! ```

mod admin_socket;
mod choice;
mod duration;
mod entity;
mod env;
mod error;
mod file;
mod load;
mod meaning;
mod network;
pub mod network_file;
pub mod profiles;
mod scalar;
mod servers;
mod settings;
mod value;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use lb_core::balancer::EventRules;
use lb_core::checksum::{Algorithm, SearchBudget};
use lb_core::report::Zone;
use lb_core::server::{ExpectedLoadRule, HealthRules};
use lb_core::{Network, Secret};
use url::Url;

pub use self::admin_socket::AdminSocket;
pub use self::choice::{DashboardAccess, LogFormat, MonitorFormat, MonitorKind, ReportFormat, VoiceUnique};
pub use self::error::ConfigErrors;
pub use self::profiles::ProfileAt;
pub use self::settings::Setting;
pub use crate::store::{StoreUrl, WhenUnavailable};

/// All that the bundled server is told, checked. [`Config::default`] is what holds where nothing is said.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens and how it is reached.
    pub listen: Listen,
    /// Where meetings are kept.
    pub store: StoreUrl,
    /// What becomes of creates while they cannot be kept there.
    pub when_store_unavailable: WhenUnavailable,
    /// The file with the keys that secrets are sealed with there; absent: they stand there as they are.
    pub store_key_file: Option<PathBuf>,
    /// Who knows the servers.
    pub monitor: Monitor,
    /// How meetings are followed.
    pub meetings: Meetings,
    /// How recordings are followed.
    pub recordings: Recordings,
    /// When a server is suspended and when it comes back.
    pub health: HealthRules,
    /// How servers are called.
    pub upstream: Upstream,
    /// How websites are told.
    pub callbacks: Callbacks,
    /// Whether the balancer keeps a hook of its own on servers that have bbb-webhooks.
    pub webhooks: bool,
    /// The GeoIP database; absent: no address has a place.
    pub geoip_database: Option<PathBuf>,
    /// The websites, their plans, partners and routers, and the servers, as far as the file declares them: those are managed.
    /// There are always a plan and a router called `default`.
    pub network: Arc<Network>,
    /// Stamped on every meeting as `mconflb-guid`.
    pub guid: String,
    /// What the API says of itself.
    pub api: Api,
    /// The algorithms that calls may be signed with; at least one.
    pub algorithms: Vec<Algorithm>,
    /// What searching through all secrets for the one that signed a call may cost.
    pub search_budget: SearchBudget,
    /// What holds for every router.
    pub placement: Placement,
    /// Where no two meetings may have the same voice bridge.
    pub voice_unique: VoiceUnique,
    /// How long events are kept, and how long they name people.
    pub events: EventRules,
    /// Who may see the dashboard, and how many at once.
    pub dashboard: Dashboard,
    /// Which reports are written each month, and the zone of reports that name none on their page.
    pub reports: Reports,
    /// The log.
    pub log: Log,
}

/// `[listen]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The addresses of the API; at least one.
    pub api: Vec<SocketAddr>,
    /// How websites and servers reach this balancer. No query, no fragment.
    pub public_url: Url,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The address for administration and metrics; absent: they are at the addresses of the API.
    pub admin: Option<SocketAddr>,
    /// Whether TLS is spoken there. Only where there is `tls`.
    pub admin_tls: bool,
    /// Where administration without a token is, for the same machine.
    pub admin_socket: AdminSocket,
    /// The certificate; absent: plain HTTP is spoken.
    pub tls: Option<Tls>,
    /// Connections at once to all addresses of the API together; at least 1.
    pub max_connections: usize,
    /// Connections at once from one address that is no trusted proxy; at least 1.
    pub max_connections_per_address: usize,
    /// How long a connection may stay open with nothing under way.
    pub idle_timeout: Duration,
}

/// `[listen.tls]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The file with the certificate and its chain, in PEM.
    pub certificate: PathBuf,
    /// The file with the certificate's private key, in PEM.
    pub key: PathBuf,
}

/// `[monitor]`
#[derive(Clone, Debug)]
pub struct Monitor {
    /// Who knows the servers.
    pub source: MonitorSource,
    /// How often it is asked, and how often meetings are listed.
    pub interval: Duration,
    /// Names of services that say nothing about load.
    pub ignored_services: Vec<String>,
}

/// `[monitor] kind`, with what that kind needs.
#[derive(Clone, Debug)]
pub enum MonitorSource {
    /// Nobody: the servers of the network and no others.
    Static,
    /// Nagios. What the network says of single servers goes over what it says.
    Nagios(Box<Nagios>),
}

/// How Nagios is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nagios {
    /// The directory of its CGI programs; ends in `/`.
    pub url: Url,
    /// How it answers.
    pub format: MonitorFormat,
    /// User name and password.
    pub credentials: Option<(String, Secret)>,
    /// The host group of the servers; absent: all hosts are servers.
    pub hostgroup: Option<String>,
    /// The host group of servers that hold recordings and never meetings.
    pub recording_hostgroup: Option<String>,
    /// The service whose performance data has the CPU load.
    pub cpu_service: String,
    /// The label of the CPU load in it.
    pub cpu_label: String,
}

/// `[meetings]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meetings {
    /// A meeting younger than this is never forgotten by a poll.
    pub grace: Duration,
}

/// `[recordings]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recordings {
    /// How often each server is asked for its recordings.
    pub interval: Duration,
}

/// `[upstream]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// How long connecting to a server may take.
    pub connect_timeout: Duration,
    /// How long a website's whole call may take.
    pub timeout: Duration,
    /// How many calls may be under way to one server; at least 1.
    pub max_concurrent_calls: usize,
}

/// `[callbacks]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Callbacks {
    /// Whether websites' callback URLs may lead to addresses that are not public.
    pub allow_private_addresses: bool,
}

/// `[api]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// BBB's API version that the root call answers.
    pub version: String,
    /// The number of this deployment in the root call's answer.
    pub deploy: u32,
    /// Whether errors are worded as the Mconf balancer of 2017 did.
    pub legacy_errors: bool,
}

/// `[placement]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// How a meeting that was just placed counts. Its `max_age` is `[monitor] max_age`.
    pub expected_load: ExpectedLoadRule,
    /// Whether servers with a service in WARNING are used when there are no others.
    pub last_resort: bool,
}

/// `[dashboard]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dashboard {
    /// Who may see it.
    pub access: DashboardAccess,
    /// How many may have it open at once and be sent what changes; at least 1.
    pub viewers: usize,
}

/// `[reports]`
#[derive(Clone, Debug, PartialEq)]
pub struct Reports {
    /// Where the report of each month is written; absent: nowhere.
    pub directory: Option<PathBuf>,
    /// As what; at least one.
    pub formats: Vec<ReportFormat>,
    /// Where months begin.
    pub zone: Zone,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// How it is written.
    pub format: LogFormat,
    /// What is logged: `info`, or `warn,lb_core=debug`.
    pub level: String,
}
