//! What holds, key by key, for people to read: no secret is in it.

use std::path::PathBuf;
use std::time::Duration;

use lb_core::balancer::EventRules;
use lb_core::checksum::SearchBudget;
use lb_core::server::{ExpectedLoadRule, HealthRules};
use serde_json::{Value, json};

use super::{
    AdminSocket, Api, Config, Dashboard, Listen, Log, Monitor, MonitorSource, Nagios, Placement, Upstream,
    WhenUnavailable,
};

/// What stands in the place of a secret.
const HIDDEN: &str = "(hidden)";

/// One key of the configuration, and what holds for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key, such as `store.url`.
    pub key: &'static str,
    /// What holds, as the configuration file writes it; null: nothing is said, and nothing holds.
    pub value: Value,
    /// Whether that is what holds where nothing is said.
    pub default: bool,
}

impl Config {
    /// What holds for every key, whoever said it. Integrations, plans, partners, routers and servers are not among them: the file
    /// is not the only one who knows those.
    pub fn settings(&self) -> Vec<Setting> {
        let usual = values(&Self::default());
        let is_usual = |key: &str, value: &Value| usual.iter().any(|(known, usual)| *known == key && usual == value);
        let settings = values(self).into_iter();
        settings.map(|(key, value)| Setting { key, default: is_usual(key, &value), value }).collect()
    }
}

fn values(config: &Config) -> Vec<(&'static str, Value)> {
    // every field is named, so that a new one cannot be forgotten
    let Config {
        listen,
        store,
        when_store_unavailable,
        store_key_file,
        monitor,
        meetings,
        recordings,
        health,
        upstream,
        callbacks,
        webhooks,
        geoip_database,
        network: _,
        guid,
        api,
        algorithms,
        search_budget,
        placement,
        voice_unique,
        events,
        dashboard,
        reports,
        log,
    } = config;
    let HealthRules { failures, successes, down_after, .. } = *health;
    let Upstream { connect_timeout, timeout, max_concurrent_calls } = *upstream;
    let Api { version, deploy, legacy_errors } = api;
    let SearchBudget { per_address, within, beyond, patience, .. } = *search_budget;
    let Placement { expected_load: ExpectedLoadRule { expected_users, ramp, cpu_per_user, max_age }, last_resort } =
        *placement;
    let EventRules { retention, anonymise_after } = *events;
    let Dashboard { access, viewers } = dashboard;
    let Log { format, level } = log;
    let mut all = listened(listen);
    all.extend([
        ("store.url", text(store)),
        ("store.create_when_unavailable", json!(*when_store_unavailable == WhenUnavailable::Remember)),
        ("store.key_file", path(store_key_file.as_ref())),
    ]);
    all.extend(monitored(monitor));
    all.extend([
        ("monitor.max_age", span(max_age)),
        ("meetings.grace", span(meetings.grace)),
        ("recordings.interval", span(recordings.interval)),
        ("health.failures", json!(failures)),
        ("health.successes", json!(successes)),
        ("health.down_after", span(down_after)),
        ("upstream.connect_timeout", span(connect_timeout)),
        ("upstream.timeout", span(timeout)),
        ("upstream.max_concurrent_calls", json!(max_concurrent_calls)),
        ("callbacks.allow_private_addresses", json!(callbacks.allow_private_addresses)),
        ("webhooks.enabled", json!(webhooks)),
        ("geoip.database", path(geoip_database.as_ref())),
        ("balancer.guid", json!(guid)),
        ("api.version", json!(version)),
        ("api.deploy", json!(deploy)),
        ("api.legacy_errors", json!(legacy_errors)),
        ("checksum.algorithms", json!(algorithms)),
        ("checksum.hashes_per_address", json!(per_address)),
        ("checksum.hashes_within", json!(within)),
        ("checksum.hashes_beyond", json!(beyond)),
        ("checksum.patience", span(patience)),
        ("placement.expected_users", json!(expected_users)),
        ("placement.ramp", span(ramp)),
        ("placement.cpu_per_user", json!(cpu_per_user)),
        ("placement.last_resort", json!(last_resort)),
        ("voice.unique", text(voice_unique)),
        ("events.retention", retention.map_or("never".into(), span)),
        ("events.anonymise_after", anonymise_after.map_or("never".into(), span)),
        ("dashboard.access", text(access)),
        ("dashboard.viewers", json!(viewers)),
        ("reports.directory", path(reports.directory.as_ref())),
        ("reports.formats", reports.formats.iter().map(text).collect()),
        ("reports.zone", json!(reports.zone.name())),
        ("log.format", text(format)),
        ("log.level", json!(level)),
    ]);
    all
}

fn listened(listen: &Listen) -> Vec<(&'static str, Value)> {
    let Listen {
        api,
        public_url,
        trusted_proxies,
        admin,
        admin_socket,
        admin_tls,
        tls,
        max_connections,
        max_connections_per_address,
        idle_timeout,
    } = listen;
    vec![
        ("listen.api", api.iter().map(text).collect()),
        ("listen.public_url", text(public_url)),
        ("listen.trusted_proxies", trusted_proxies.iter().map(text).collect()),
        ("listen.admin", admin.as_ref().map_or(Value::Null, text)),
        (
            "listen.admin_socket",
            match admin_socket {
                AdminSocket::BesideDatabase => Value::Null,
                AdminSocket::At(at) => path(Some(at)),
                AdminSocket::Nowhere => "none".into(),
            },
        ),
        ("listen.admin_tls", json!(admin_tls)),
        ("listen.tls.certificate", path(tls.as_ref().map(|tls| &tls.certificate))),
        ("listen.tls.key", path(tls.as_ref().map(|tls| &tls.key))),
        ("listen.max_connections", json!(max_connections)),
        ("listen.max_connections_per_address", json!(max_connections_per_address)),
        ("listen.idle_timeout", span(*idle_timeout)),
    ]
}

fn monitored(monitor: &Monitor) -> Vec<(&'static str, Value)> {
    let Monitor { source, interval, ignored_services } = monitor;
    let mut all = match source {
        MonitorSource::Static => vec![("monitor.kind", json!("static"))],
        MonitorSource::Nagios(nagios) => {
            let Nagios { url, format, credentials, hostgroup, recording_hostgroup, cpu_service, cpu_label } = &**nagios;
            let (username, password) = match credentials {
                Some((username, _)) => (json!(username), json!(HIDDEN)),
                None => (Value::Null, Value::Null),
            };
            vec![
                ("monitor.kind", json!("nagios")),
                ("monitor.url", text(url)),
                ("monitor.format", text(format)),
                ("monitor.username", username),
                ("monitor.password", password),
                ("monitor.hostgroup", json!(hostgroup)),
                ("monitor.recording_hostgroup", json!(recording_hostgroup)),
                ("monitor.cpu_service", json!(cpu_service)),
                ("monitor.cpu_label", json!(cpu_label)),
            ]
        }
    };
    all.extend([("monitor.interval", span(*interval)), ("monitor.ignored_services", json!(ignored_services))]);
    all
}

fn text(value: impl ToString) -> Value {
    value.to_string().into()
}

fn path(path: Option<&PathBuf>) -> Value {
    path.map_or(Value::Null, |path| text(path.display()))
}

/// As the configuration file writes it.
fn span(duration: Duration) -> Value {
    const DAY: u64 = 24 * 3600;
    match duration.as_secs() {
        seconds if seconds >= DAY && seconds % DAY == 0 && duration.subsec_nanos() == 0 => {
            format!("{}d", seconds / DAY).into()
        }
        _ => format!("{duration:?}").into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn config(text: &str) -> Config {
        Config::from_text("lb.toml", text, std::iter::empty()).unwrap()
    }

    #[test]
    fn what_is_said_is_told_apart_from_what_holds_anyway() {
        let settings = config("[store]\nurl = \"memory:\"\n[events]\nretention = \"never\"\n").settings();
        let of = |key: &str| settings.iter().find(|setting| setting.key == key).cloned().unwrap();
        assert_eq!(of("store.url"), Setting { key: "store.url", value: "memory:".into(), default: false });
        assert_eq!(of("events.retention").value, "never");
        let usual = of("events.anonymise_after");
        assert_eq!((usual.value, usual.default), ("90d".into(), true));
        let keys: BTreeSet<_> = settings.iter().map(|setting| setting.key).collect();
        assert_eq!(keys.len(), settings.len(), "each key once");
    }

    #[test]
    fn no_secret_is_told() {
        let settings = config(
            "[monitor]\nkind = \"nagios\"\nurl = \"http://nagios.example/cgi-bin/\"\nusername = \"lb\"\npassword = \"hush-1\"\n\
             [[integrations]]\nname = \"moodle\"\nsecrets = [\"hush-2\"]\n\
             [[servers]]\nname = \"bbb1\"\nsecret = \"hush-3\"\n",
        )
        .settings();
        let all = format!("{settings:?}");
        assert!(!all.contains("hush") && all.contains("(hidden)"), "{all}");
    }

    #[test]
    fn what_is_told_may_be_said_again() {
        for setting in Config::default().settings() {
            let (table, key) = setting.key.rsplit_once('.').unwrap();
            // a certificate is two files that must be there together, and TLS for administrators needs one
            if setting.value.is_null() || setting.key == "listen.admin_tls" {
                continue;
            }
            let text = format!("[{table}]\n{key} = {}\n", setting.value);
            let again = config(&text).settings().into_iter().find(|one| one.key == setting.key).unwrap();
            assert_eq!(again.value, setting.value, "{text}");
        }
    }
}
