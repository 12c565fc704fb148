//! From what the file says to what it means, with the checks that need more than one key.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use lb_core::Position;
use lb_core::balancer::EventRules;
use lb_core::checksum::{Algorithm, SearchBudget};
use lb_core::report::Zone;
use lb_core::server::{ExpectedLoadRule, HealthRules};
use url::Url;

use super::choice::{DashboardAccess, LogFormat, MonitorFormat, MonitorKind, ReportFormat, VoiceUnique};
use super::file::{self, File};
use super::network::network;
use super::scalar::{Latitude, Longitude};
use super::servers::servers;
use super::value::{At, List, OneOrMore, Table, said};
use super::{
    Api, Callbacks, Config, Dashboard, Listen, Log, Meetings, Monitor, MonitorSource, Nagios, Placement, Recordings,
    Reports, Tls, Upstream,
};
use crate::store::{StoreUrl, WhenUnavailable};

/// What is wrong, and where it stands.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) text: String,
}

/// Collects every fault, so that one start shows them all.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, at: usize, text: impl Into<String>) {
        self.0.push(Fault { at, text: text.into() });
    }
}

impl Default for Config {
    fn default() -> Self {
        config(File::default(), &mut Faults::default())
    }
}

/// The meaning of `file`. It may be used only if there are no `faults`.
pub(super) fn config(file: File, faults: &mut Faults) -> Config {
    let listen = listen(file.listen.keys, faults);
    let whole = file.monitor.keys.kind.as_ref().is_none_or(|kind| kind.value == MonitorKind::Static);
    let servers = servers(file.servers.0, whole, faults);
    let (plans, partners, routers) = (file.plans.keys, file.partners.keys, file.routers.keys);
    let expected = ExpectedLoadRule::default();
    let (placement, health) = (file.placement.keys, file.health.keys);
    let (api, log, dashboard) = (file.api.keys, file.log.keys, file.dashboard.keys);
    let when_store_unavailable = match said(file.store.keys.create_when_unavailable) {
        Some(true) => WhenUnavailable::Remember,
        Some(false) | None => WhenUnavailable::Refuse,
    };
    Config {
        when_store_unavailable,
        store_key_file: said(file.store.keys.key_file),
        store: said(file.store.keys.url).unwrap_or_else(|| StoreUrl::Sqlite("lb.sqlite3".into())),
        meetings: Meetings { grace: said(file.meetings.keys.grace).unwrap_or(Duration::from_secs(30)) },
        recordings: Recordings { interval: said(file.recordings.keys.interval).unwrap_or(Duration::from_secs(300)) },
        health: HealthRules {
            failures: said(health.failures).map_or(3, u32::from),
            successes: said(health.successes).map_or(2, u32::from),
            down_after: said(health.down_after).unwrap_or(HealthRules::default().down_after),
            ..HealthRules::default()
        },
        upstream: upstream(file.upstream.keys, faults),
        callbacks: Callbacks {
            allow_private_addresses: said(file.callbacks.keys.allow_private_addresses).unwrap_or(false),
        },
        webhooks: said(file.webhooks.keys.enabled).unwrap_or(true),
        geoip_database: said(file.geoip.keys.database),
        network: Arc::new(network(plans, partners, routers, file.integrations.0, servers, faults)),
        guid: said(file.balancer.keys.guid).unwrap_or_else(|| guid_of(&listen.public_url)),
        api: Api {
            version: said(api.version).unwrap_or_else(|| "2.0".to_owned()),
            deploy: said(api.deploy).unwrap_or(0),
            legacy_errors: said(api.legacy_errors).unwrap_or(false),
        },
        search_budget: search_budget(&file.checksum.keys),
        algorithms: algorithms(file.checksum.keys.algorithms, faults),
        placement: Placement {
            expected_load: ExpectedLoadRule {
                expected_users: said(placement.expected_users).map_or(expected.expected_users, |users| users.0),
                ramp: said(placement.ramp).unwrap_or(expected.ramp),
                cpu_per_user: said(placement.cpu_per_user).map_or(expected.cpu_per_user, |percent| percent.0),
                max_age: file.monitor.keys.max_age.as_ref().map_or(expected.max_age, |age| age.value),
            },
            last_resort: said(placement.last_resort).unwrap_or(true),
        },
        voice_unique: said(file.voice.keys.unique).unwrap_or(VoiceUnique::Server),
        events: events(file.events.keys),
        reports: reports(file.reports.keys, faults),
        dashboard: Dashboard {
            access: said(dashboard.access).unwrap_or(DashboardAccess::Users),
            viewers: said(dashboard.viewers).map_or(1000, |most| most.get() as usize),
        },
        log: Log {
            format: said(log.format).unwrap_or(LogFormat::Text),
            level: said(log.level).map_or_else(|| "info".to_owned(), |level| level.0),
        },
        monitor: monitor(file.monitor, faults),
        listen,
    }
}

fn listen(keys: file::Listen, faults: &mut Faults) -> Listen {
    let api = match keys.api {
        Some(OneOrMore(List { at, values })) if values.is_empty() => {
            faults.add(at, "listen.api must have at least one address");
            values
        }
        Some(OneOrMore(list)) => list.values,
        None => vec![(Ipv4Addr::LOCALHOST, 8080).into()],
    };
    let tls = keys.tls.and_then(|table| tls(table, faults));
    if let (Some(At { at, value: true }), None) = (&keys.admin_tls, &tls) {
        faults.add(*at, "listen.admin_tls needs a certificate, in [listen.tls]");
    }
    let admin = said(keys.admin);
    // plain text goes over the network only if somebody wants it so
    let remote = admin.is_some_and(|address| !address.ip().to_canonical().is_loopback());
    let scheme = if tls.is_some() { "https" } else { "http" };
    // an empty list is a fault
    let first = api.first().copied().unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 8080).into());
    let public_url = said(keys.public_url).map_or_else(|| own_url(scheme, first), |url| url.0);
    let loopback = || [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].map(IpNet::from).to_vec();
    Listen {
        public_url,
        trusted_proxies: keys.trusted_proxies.map_or_else(loopback, |list| list.values),
        admin_socket: said(keys.admin_socket).unwrap_or_default(),
        admin_tls: tls.is_some() && said(keys.admin_tls).unwrap_or(remote),
        max_connections: said(keys.max_connections).map_or(16_384, |most| most.get() as usize),
        max_connections_per_address: said(keys.max_connections_per_address).map_or(1024, |most| most.get() as usize),
        idle_timeout: said(keys.idle_timeout).unwrap_or(Duration::from_secs(60)),
        api,
        admin,
        tls,
    }
}

fn tls(table: Table<file::Tls>, faults: &mut Faults) -> Option<Tls> {
    match (table.keys.certificate, table.keys.key) {
        (Some(certificate), Some(key)) => Some(Tls { certificate: certificate.value, key: key.value }),
        (certificate, key) => {
            let at = certificate.as_ref().or(key.as_ref()).map_or(table.at, |path| path.at);
            faults.add(at, "listen.tls needs both certificate and key");
            None
        }
    }
}

/// How this machine itself reaches `api`.
fn own_url(scheme: &str, api: SocketAddr) -> Url {
    let host = match api.ip() {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    // without the zone that a link-local address may have: no URL can carry it
    let address = SocketAddr::new(host, api.port());
    Url::parse(&format!("{scheme}://{address}/")).expect("an address and port stand for themselves in a URL")
}

/// The public URL without its scheme: a balancer that moves from http to https stays the same one.
fn guid_of(public_url: &Url) -> String {
    let text = public_url.as_str();
    text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/').to_owned()
}

fn upstream(keys: file::Upstream, faults: &mut Faults) -> Upstream {
    let at = keys.connect_timeout.as_ref().or(keys.timeout.as_ref()).map_or(0, |key| key.at);
    let upstream = Upstream {
        connect_timeout: said(keys.connect_timeout).unwrap_or(Duration::from_secs(2)),
        timeout: said(keys.timeout).unwrap_or(Duration::from_secs(8)),
        max_concurrent_calls: said(keys.max_concurrent_calls).map_or(100, |calls| calls.get() as usize),
    };
    if upstream.connect_timeout > upstream.timeout {
        faults.add(at, "upstream.connect_timeout must not be longer than upstream.timeout");
    }
    upstream
}

fn search_budget(keys: &file::Checksum) -> SearchBudget {
    let default = SearchBudget::default();
    let rate = |said: &Option<At<NonZero<u32>>>, default| said.as_ref().map_or(default, |said| said.value.get());
    SearchBudget {
        per_address: rate(&keys.hashes_per_address, default.per_address),
        within: rate(&keys.hashes_within, default.within),
        beyond: rate(&keys.hashes_beyond, default.beyond),
        patience: keys.patience.as_ref().map_or(default.patience, |patience| patience.value),
    }
}

fn events(keys: file::Events) -> EventRules {
    let default = EventRules::default();
    EventRules {
        retention: said(keys.retention).map_or(default.retention, |age| age.0),
        anonymise_after: said(keys.anonymise_after).map_or(default.anonymise_after, |age| age.0),
    }
}

fn reports(keys: file::Reports, faults: &mut Faults) -> Reports {
    let mut formats = vec![ReportFormat::Csv, ReportFormat::Json, ReportFormat::Html];
    if let Some(List { at, values }) = keys.formats {
        if values.is_empty() {
            faults.add(at, "reports.formats must have at least one; leave reports.directory out for no files");
        }
        formats = values;
    }
    Reports { directory: said(keys.directory), formats, zone: said(keys.zone).unwrap_or(Zone::utc()) }
}

fn algorithms(list: Option<List<Algorithm>>, faults: &mut Faults) -> Vec<Algorithm> {
    let Some(list) = list else { return Algorithm::ALL.to_vec() };
    if list.values.is_empty() {
        faults.add(list.at, "checksum.algorithms must have at least one, or no call can be signed");
    }
    list.values
}

pub(super) fn position(
    latitude: Option<At<Latitude>>,
    longitude: Option<At<Longitude>>,
    faults: &mut Faults,
) -> Option<Position> {
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => Position::try_new(latitude.value.0, longitude.value.0),
        (Some(At { at, .. }), None) => {
            faults.add(at, "latitude stands without longitude; give both or none");
            None
        }
        (None, Some(At { at, .. })) => {
            faults.add(at, "longitude stands without latitude; give both or none");
            None
        }
        (None, None) => None,
    }
}

fn monitor(table: Table<file::Monitor>, faults: &mut Faults) -> Monitor {
    let mut keys = table.keys;
    let interval = said(keys.interval.take()).unwrap_or(Duration::from_secs(10));
    let ignored_services = keys.ignored_services.take().map(|list| list.values).unwrap_or_default();
    if keys.kind.as_ref().is_none_or(|kind| kind.value == MonitorKind::Static) {
        without_nagios(&keys, faults);
    }
    let source = match keys.kind.as_ref().map(|kind| (kind.at, kind.value)) {
        Some((kind_at, MonitorKind::Nagios)) => MonitorSource::Nagios(Box::new(nagios(keys, kind_at, faults))),
        Some((_, MonitorKind::Static)) | None => MonitorSource::Static,
    };
    Monitor { source, interval, ignored_services }
}

/// The keys that would have no effect.
fn without_nagios(keys: &file::Monitor, faults: &mut Faults) {
    fn at<T>(key: &Option<At<T>>) -> Option<usize> {
        key.as_ref().map(|key| key.at)
    }
    let why = if keys.kind.is_some() { "and it is \"static\"" } else { "which is not said" };
    for (name, place) in [
        ("url", at(&keys.url)),
        ("format", at(&keys.format)),
        ("username", at(&keys.username)),
        ("password", at(&keys.password)),
        ("hostgroup", at(&keys.hostgroup)),
        ("recording_hostgroup", at(&keys.recording_hostgroup)),
        ("cpu_service", at(&keys.cpu_service)),
        ("cpu_label", at(&keys.cpu_label)),
    ] {
        if let Some(place) = place {
            faults.add(place, format!("monitor.{name} is used only with monitor.kind \"nagios\", {why}"));
        }
    }
}

fn nagios(keys: file::Monitor, at: usize, faults: &mut Faults) -> Nagios {
    if keys.url.is_none() {
        faults.add(at, "monitor.kind \"nagios\" needs monitor.url");
    }
    // stands for the missing one until the fault is reported
    let mut url = said(keys.url).map_or_else(|| own_url("http", (Ipv4Addr::LOCALHOST, 80).into()), |url| url.0);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    let credentials = match (keys.username, keys.password) {
        (Some(username), Some(password)) => Some((username.value, password.value)),
        (None, None) => None,
        (Some(At { at, .. }), None) => {
            faults.add(at, "monitor.username stands without monitor.password; give both or none");
            None
        }
        (None, Some(At { at, .. })) => {
            faults.add(at, "monitor.password stands without monitor.username; give both or none");
            None
        }
    };
    Nagios {
        url,
        format: said(keys.format).unwrap_or(MonitorFormat::Core4),
        credentials,
        hostgroup: said(keys.hostgroup),
        recording_hostgroup: said(keys.recording_hostgroup),
        cpu_service: said(keys.cpu_service).unwrap_or_else(|| "Processor Report".to_owned()),
        cpu_label: said(keys.cpu_label).unwrap_or_else(|| "cpu_avg".to_owned()),
    }
}
