//! `lb check-config`: says what is wrong with a configuration, or what it means.

use std::time::Duration;

use lb_core::balancer::EventRules;
use lb_http::config::{Config, Listen, MonitorSource};
use lb_http::store::KeyRing;
use lb_http::store::key_file::StoreKey;
use serde_json::{Value, json};

use crate::args::CheckConfig;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &CheckConfig, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let config = Config::load(args.file.as_deref(), world.environment.iter().cloned())?;
    let keys = config.store_key_file.as_deref().map(KeyRing::read).transpose();
    let keys = keys.map_err(|error| Failure::Usage(error.to_string()))?;
    if args.json {
        let mut value = as_json(&config);
        value["store_keys"] = json!(keys.as_ref().map(names));
        writeln!(world.output, "{value:#}")?;
    } else {
        world.output.write_all(as_text(&config, keys.as_ref()).as_bytes())?;
    }
    Ok(Outcome::Done)
}

fn as_text(config: &Config, keys: Option<&KeyRing>) -> String {
    let Config { listen, monitor, .. } = config;
    let network = &config.network;
    let declared = network.servers().len();
    let (monitor, servers) = match &monitor.source {
        MonitorSource::Static => {
            (format!("none, meetings listed every {:?}", monitor.interval), format!("{declared} static"))
        }
        MonitorSource::Nagios(nagios) => (
            format!("nagios at {}, every {:?}", nagios.url, monitor.interval),
            format!("the monitor's, {declared} described here"),
        ),
    };
    let integrations: Vec<_> = network
        .integrations()
        .iter()
        .map(|one| if one.active { one.name.to_string() } else { format!("{} (not active)", one.name) })
        .collect();
    let routers: Vec<_> = network.routers().map(|router| format!("{} ({})", router.name, router.policy)).collect();
    let plans: Vec<_> = network.plans().map(|plan| plan.name.to_string()).collect();
    let partners: Vec<_> = network.partners().map(|partner| partner.name.to_string()).collect();
    let geoip = config.geoip_database.as_ref().map_or("none".to_owned(), |path| path.display().to_string());
    [
        ("listen", listen_text(listen)),
        ("store", store_text(config, keys)),
        ("monitor", monitor),
        ("servers", servers),
        ("integrations", if integrations.is_empty() { "none".to_owned() } else { integrations.join(", ") }),
        ("plans", plans.join(", ")),
        ("partners", if partners.is_empty() { "none".to_owned() } else { partners.join(", ") }),
        ("routers", routers.join(", ")),
        ("geoip", geoip),
        ("events", events_text(config.events)),
        ("log", format!("{}, {}", config.log.format, config.log.level)),
    ]
    .map(|(name, value)| format!("{name:<13}{value}\n"))
    .concat()
}

/// Where things are kept, and what secrets are sealed with there.
fn store_text(config: &Config, keys: Option<&KeyRing>) -> String {
    let sealed = match (keys, keys.and_then(KeyRing::first)) {
        (None, _) => String::new(),
        (Some(_), None) => ", secrets not sealed any more".to_owned(),
        (Some(_), Some(key)) => format!(", secrets sealed with the key {}", key.id()),
    };
    format!("{}{sealed}", config.store)
}

fn names(keys: &KeyRing) -> Vec<&str> {
    keys.keys().iter().map(StoreKey::id).collect()
}

fn events_text(rules: EventRules) -> String {
    let after = |age: Option<Duration>| age.map_or("never".to_owned(), |age| format!("after {} days", days(age)));
    format!("names replaced {}, forgotten {}", after(rules.anonymise_after), after(rules.retention))
}

fn days(age: Duration) -> f64 {
    age.as_secs_f64() / 86_400.0
}

fn listen_text(listen: &Listen) -> String {
    let api: Vec<_> = listen.api.iter().map(ToString::to_string).collect();
    let tls = |speaks| if speaks { " with TLS" } else { "" };
    let admin = listen.admin.map(|admin| format!(", administration at {admin}{}", tls(listen.admin_tls)));
    let (api, admin) = (api.join(" and "), admin.unwrap_or_default());
    format!("{api}{}, reached as {}{admin}", tls(listen.tls.is_some()), listen.public_url)
}

fn as_json(config: &Config) -> Value {
    let monitor = &config.monitor;
    let (kind, url) = match &monitor.source {
        MonitorSource::Static => ("static", None),
        MonitorSource::Nagios(nagios) => ("nagios", Some(nagios.url.as_str())),
    };
    let network = &config.network;
    let servers: Vec<_> = network.servers().map(|server| server.name.to_string()).collect();
    let integrations: Vec<_> = network
        .integrations()
        .iter()
        .map(|one| {
            json!({
                "name": one.name,
                "active": one.active,
                "plan": one.plan,
                "router": one.router,
                "partner": one.partner,
                "secrets": one.secrets.len(),
            })
        })
        .collect();
    let routers = network.routers().map(|router| {
        let said = json!({
            "policy": router.policy,
            "radius_km": router.radius_km,
            "weights": router.weights,
            "fallback": router.fallback,
            "refinements": router.refinements,
        });
        (router.name.to_string(), said)
    });
    let plans = network.plans().map(|plan| {
        let said = json!({
            "active": plan.active,
            "may_record": plan.may_record,
            "max_concurrent_meetings": plan.max_concurrent_meetings,
            "max_concurrent_users": plan.max_concurrent_users,
            "max_users_per_meeting": plan.max_users_per_meeting,
            "max_duration_seconds": plan.max_duration.map(|duration| duration.as_secs_f64()),
            "calls_per_second": plan.calls_per_second,
            "allowed_calls": plan.allowed_calls,
        });
        (plan.name.to_string(), said)
    });
    let partners = network.partners().map(|partner| {
        (partner.name.to_string(), json!({ "display_name": partner.display_name, "servers": partner.servers }))
    });
    json!({
        "listen": {
            "api": config.listen.api,
            "admin": config.listen.admin,
            "tls": config.listen.tls.is_some(),
            "admin_tls": config.listen.admin_tls,
            "public_url": config.listen.public_url.as_str(),
        },
        "store": config.store.to_string(),
        "monitor": { "kind": kind, "url": url, "interval_seconds": monitor.interval.as_secs_f64() },
        "servers": servers,
        "integrations": integrations,
        "plans": plans.collect::<serde_json::Map<_, _>>(),
        "partners": partners.collect::<serde_json::Map<_, _>>(),
        "routers": routers.collect::<serde_json::Map<_, _>>(),
        "geoip": config.geoip_database,
        "events": {
            "retention_days": config.events.retention.map(days),
            "anonymise_after_days": config.events.anonymise_after.map(days),
        },
        "log": { "format": config.log.format.as_str(), "level": config.log.level },
    })
}
