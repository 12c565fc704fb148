//! [`Metrics`]: what Prometheus reads at `/metrics`. Counters follow the events; gauges are read off the fleet when asked.

mod placements;

use std::collections::BTreeMap;

use lb_core::balancer::{Alarm, Balancer};
use lb_core::event::{Event, EventKind, Observer};
use lb_core::server::ServerState;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use self::placements::Placements;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallLabels {
    call: String,
    outcome: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct NameLabel {
    name: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ServerLabel {
    server: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PolicyLabels {
    router: String,
    policy: String,
    what: &'static str,
}

/// Counters and gauges. Labels take only values from bounded sets: calls, messageKeys of the balancer, servers, routers.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    call_seconds: Family<NameLabel, Histogram>,
    events: Family<NameLabel, Counter>,
    server_failures: Family<ServerLabel, Counter>,
    servers: Family<NameLabel, Gauge>,
    users: Family<ServerLabel, Gauge>,
    meetings: Family<ServerLabel, Gauge>,
    cpu: Family<ServerLabel, Gauge<f64, std::sync::atomic::AtomicU64>>,
    foreign: Family<ServerLabel, Gauge>,
    copies: Family<ServerLabel, Gauge>,
    alarms: Family<NameLabel, Gauge>,
    fenced: Family<PolicyLabels, Gauge>,
    searches: Family<OutcomeLabel, Counter>,
    search_waits: Counter,
    reloads: Family<OutcomeLabel, Counter>,
    last_reload: Gauge,
    monitor_failing: Gauge,
    monitor_age: Gauge,
    store_failing: Gauge,
    store_unwritten: Gauge,
    ready: Gauge,
    connections: Gauge,
    connections_cut: Family<NameLabel, Counter>,
    certificate_reads: Family<NameLabel, Counter>,
    report_files: Family<OutcomeLabel, Counter>,
    viewers: Gauge,
    viewers_gone: Family<NameLabel, Counter>,
    placements: Placements,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let call_seconds = Family::new_with_constructor(call_histogram as fn() -> Histogram);
        let mut metrics = Self {
            registry: Registry::with_prefix("lb"),
            calls: Family::default(),
            call_seconds,
            events: Family::default(),
            server_failures: Family::default(),
            servers: Family::default(),
            users: Family::default(),
            meetings: Family::default(),
            cpu: Family::default(),
            foreign: Family::default(),
            copies: Family::default(),
            alarms: Family::default(),
            fenced: Family::default(),
            searches: Family::default(),
            search_waits: Counter::default(),
            reloads: Family::default(),
            last_reload: Gauge::default(),
            monitor_failing: Gauge::default(),
            monitor_age: Gauge::default(),
            store_failing: Gauge::default(),
            store_unwritten: Gauge::default(),
            ready: Gauge::default(),
            connections: Gauge::default(),
            connections_cut: Family::default(),
            certificate_reads: Family::default(),
            report_files: Family::default(),
            viewers: Gauge::default(),
            viewers_gone: Family::default(),
            placements: Placements::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "calls",
            "Calls of websites, by outcome (success, failed by a server, or the balancer's own messageKey)",
            self.calls.clone(),
        );
        registry.register(
            "call_duration_seconds",
            "From the receipt of a call to its answer",
            self.call_seconds.clone(),
        );
        registry.register("events", "Events of each kind", self.events.clone());
        registry.register(
            "server_failures",
            "Calls and polls to which a server gave no usable answer",
            self.server_failures.clone(),
        );
        registry.register("servers", "Servers in each state", self.servers.clone());
        registry.register("server_users", "Users in meetings, as last listed", self.users.clone());
        registry.register("server_meetings", "Meetings that run, as last listed", self.meetings.clone());
        registry.register("server_cpu_percent", "CPU in use as the monitor last measured it", self.cpu.clone());
        registry.register(
            "server_foreign_meetings",
            "Meetings that somebody made on a server past this balancer",
            self.foreign.clone(),
        );
        registry.register(
            "server_copies_in_use",
            "Copies of meetings that were placed afresh elsewhere, with people in them",
            self.copies.clone(),
        );
        registry.register("alarms", "What an operator should look at now, by what it is", self.alarms.clone());
        registry.register(
            "policy_fenced",
            "1 for each router whose placement policy did what none may do, and has not done that well since",
            self.fenced.clone(),
        );
        registry.register(
            "checksum_searches",
            "Calls whose integration no hint told, by what came of trying all secrets (refused: too many were before)",
            self.searches.clone(),
        );
        registry.register("checksum_search_waits", "Those that waited for their turn", self.search_waits.clone());
        registry.register("config_reloads", "Configurations to be taken over while it ran", self.reloads.clone());
        registry.register(
            "config_last_reload_timestamp_seconds",
            "When one was taken over last, or 0 if none was",
            self.last_reload.clone(),
        );
        registry.register(
            "monitor_age_seconds",
            "Since the monitor was last good, or -1 if it never was",
            self.monitor_age.clone(),
        );
        registry.register("monitor_failing", "1 while polls of the monitor fail", self.monitor_failing.clone());
        registry.register("store_failing", "1 while the store cannot be written to", self.store_failing.clone());
        registry.register(
            "store_unwritten_changes",
            "Changes that are in memory only, because the store cannot be written to",
            self.store_unwritten.clone(),
        );
        registry.register("ready", "1 while store and fleet can be used", self.ready.clone());
        registry.register("connections", "Connections that are open", self.connections.clone());
        registry.register("connections_cut", "Connections closed by this side, and why", self.connections_cut.clone());
        registry.register(
            "certificate_reads",
            "Changes of the certificate's files, taken or refused",
            self.certificate_reads.clone(),
        );
        registry.register(
            "report_files",
            "Monthly reports that were written to files, or could not be",
            self.report_files.clone(),
        );
        registry.register("dashboard_viewers", "Browsers that are told what changes", self.viewers.clone());
        registry.register(
            "dashboard_viewers_lost",
            "Browsers that were sent away (dropped: they read too slowly; refused: there were too many)",
            self.viewers_gone.clone(),
        );
        self.placements.register(&mut self.registry);
    }

    /// The metrics as text, in the OpenMetrics format.
    pub async fn render(&self, balancer: &Balancer) -> String {
        self.ready.set(i64::from(balancer.troubles().await.is_empty()));
        self.store_failing.set(i64::from(balancer.store_failing()));
        self.store_unwritten.set(i64::try_from(balancer.store().unwritten()).unwrap_or(i64::MAX));
        self.read_fleet(balancer);
        let mut text = String::new();
        // writing to a string cannot fail
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// A connection was accepted.
    pub(crate) fn connection_opened(&self) {
        self.connections.inc();
    }

    /// A connection that was accepted is closed; with `cut`, by this side for that reason.
    pub(crate) fn connection_closed(&self, cut: Option<&'static str>) {
        self.connections.dec();
        if let Some(cut) = cut {
            self.connection_cut(cut);
        }
    }

    /// A connection was closed by this side for that reason.
    pub(crate) fn connection_cut(&self, why: &'static str) {
        self.connections_cut.get_or_create(&NameLabel { name: why.to_owned() }).inc();
    }

    /// The files of the certificate have changed; whether they could be used.
    pub(crate) fn certificate_read(&self, taken: bool) {
        let name = if taken { "taken" } else { "refused" };
        self.certificate_reads.get_or_create(&NameLabel { name: name.to_owned() }).inc();
    }

    /// The files of a month's report were written, or could not be.
    pub(crate) fn report_files(&self, written: bool) {
        let outcome = if written { "written" } else { "failed" };
        self.report_files.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// Somebody watches the dashboard.
    pub(crate) fn viewer_came(&self) {
        self.viewers.inc();
    }

    /// Somebody watches no more.
    pub(crate) fn viewer_left(&self) {
        self.viewers.dec();
    }

    /// Somebody is sent away: they read too slowly.
    pub(crate) fn viewer_dropped(&self) {
        self.viewers_gone.get_or_create(&NameLabel { name: "dropped".to_owned() }).inc();
    }

    /// Somebody is sent away: there are too many.
    pub(crate) fn viewer_refused(&self) {
        self.viewers_gone.get_or_create(&NameLabel { name: "refused".to_owned() }).inc();
    }

    fn read_fleet(&self, balancer: &Balancer) {
        let fleet = balancer.fleet();
        self.placements.look(&fleet, balancer.now());
        self.monitor_failing.set(i64::from(fleet.monitor().trouble.is_some()));
        let age = fleet.monitor().good_at.map(|good_at| balancer.now().since(good_at).as_secs() as i64);
        self.monitor_age.set(age.unwrap_or(-1));
        let mut states: BTreeMap<&str, i64> = ServerState::ALL.map(|state| (state.as_str(), 0)).into();
        // servers that have left must not show their last figures for ever
        self.users.clear();
        self.meetings.clear();
        self.cpu.clear();
        self.foreign.clear();
        self.copies.clear();
        for server in fleet.servers() {
            *states.entry(server.state().as_str()).or_default() += 1;
            let label = ServerLabel { server: server.server.name.to_string() };
            self.users.get_or_create(&label).set(i64::from(server.users()));
            self.meetings.get_or_create(&label).set(i64::from(server.meetings()));
            self.foreign.get_or_create(&label).set(server.foreign.len() as i64);
            self.copies.get_or_create(&label).set(server.copies_in_use.len() as i64);
            if let Some(cpu) = server.measured.cpu {
                self.cpu.get_or_create(&label).set(cpu);
            }
        }
        let mut alarms: BTreeMap<&str, i64> = Alarm::WORDS.map(|word| (word, 0)).into();
        self.fenced.clear();
        for alarm in balancer.alarms() {
            *alarms.entry(alarm.word()).or_default() += 1;
            if let Alarm::PolicyFenced { router, policy, misconduct, .. } = alarm {
                let labels = PolicyLabels { router: router.to_string(), policy, what: misconduct.word() };
                self.fenced.get_or_create(&labels).set(1);
            }
        }
        for (word, count) in alarms {
            self.alarms.get_or_create(&NameLabel { name: word.to_owned() }).set(count);
        }
        for (state, count) in states {
            self.servers.get_or_create(&NameLabel { name: state.to_owned() }).set(count);
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event) {
        match &event.kind {
            EventKind::CallAnswered { call, key, success, server, took, .. } => {
                let outcome = match (success, server) {
                    (true, _) => "success".to_owned(),
                    // a server's own keys are not a bounded set
                    (false, Some(_)) => "failed".to_owned(),
                    (false, None) => key.to_string(),
                };
                self.calls.get_or_create(&CallLabels { call: call.to_string(), outcome }).inc();
                self.call_seconds.get_or_create(&NameLabel { name: call.to_string() }).observe(took.as_secs_f64());
            }
            EventKind::ServerFailed { server, .. } => {
                self.server_failures.get_or_create(&ServerLabel { server: server.to_string() }).inc();
            }
            EventKind::SecretsSearched { outcome, waited, .. } => {
                self.searches.get_or_create(&OutcomeLabel { outcome: outcome.as_str() }).inc();
                if !waited.is_zero() {
                    self.search_waits.inc();
                }
            }
            EventKind::ConfigurationReloaded { .. } => {
                self.reloads.get_or_create(&OutcomeLabel { outcome: "ok" }).inc();
                self.last_reload.set((event.at.as_millis() / 1000) as i64);
            }
            EventKind::ConfigurationRefused { .. } => {
                self.reloads.get_or_create(&OutcomeLabel { outcome: "failed" }).inc();
            }
            kind => {
                if let EventKind::MeetingCreated { server, placement, router, .. } = kind {
                    let router = router.as_ref().map_or("", |router| router.as_str());
                    self.placements.note(event.at, router, placement, server);
                }
                self.events.get_or_create(&NameLabel { name: kind.word().to_owned() }).inc();
            }
        }
    }
}

/// From 1 ms to about 8 s.
fn call_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 14))
}
