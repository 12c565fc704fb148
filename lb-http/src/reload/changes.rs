//! What is different between two configurations, in words without values, and what of it cannot be taken over.

use std::collections::BTreeMap;

use lb_core::Network;
use lb_core::network::Entity;

use crate::config::{Config, MonitorSource};

/// Names that one sentence lists.
const MOST_NAMES: usize = 20;

/// Sets keys that hold only from a start on back to what they are; answers those that were changed.
///
/// Their values are in use where no other can take their place: an address is bound, a store open, meetings are stamped.
pub(super) fn hold_back(present: &Config, next: &mut Config) -> Vec<String> {
    let mut held_back = Vec::new();
    let (listen, next_listen) = (&present.listen, &mut next.listen);
    hold("listen.api", &listen.api, &mut next_listen.api, &mut held_back);
    hold("listen.admin", &listen.admin, &mut next_listen.admin, &mut held_back);
    hold("listen.tls", &listen.tls, &mut next_listen.tls, &mut held_back);
    hold("listen.admin_tls", &listen.admin_tls, &mut next_listen.admin_tls, &mut held_back);
    hold("listen.admin_socket", &listen.admin_socket, &mut next_listen.admin_socket, &mut held_back);
    hold("listen.max_connections", &listen.max_connections, &mut next_listen.max_connections, &mut held_back);
    hold(
        "listen.max_connections_per_address",
        &listen.max_connections_per_address,
        &mut next_listen.max_connections_per_address,
        &mut held_back,
    );
    hold("listen.idle_timeout", &listen.idle_timeout, &mut next_listen.idle_timeout, &mut held_back);
    hold("store.url", &present.store, &mut next.store, &mut held_back);
    hold(
        "store.create_when_unavailable",
        &present.when_store_unavailable,
        &mut next.when_store_unavailable,
        &mut held_back,
    );
    hold("store.key_file", &present.store_key_file, &mut next.store_key_file, &mut held_back);
    hold("balancer.guid", &present.guid, &mut next.guid, &mut held_back);
    hold("dashboard.viewers", &present.dashboard.viewers, &mut next.dashboard.viewers, &mut held_back);
    hold("log.format", &present.log.format, &mut next.log.format, &mut held_back);
    held_back
}

fn hold<T: PartialEq + Clone>(key: &str, present: &T, next: &mut T, held_back: &mut Vec<String>) {
    if next != present {
        next.clone_from(present);
        held_back.push(key.to_owned());
    }
}

/// What is different in `after`.
pub(super) fn between(before: &Config, after: &Config) -> Vec<String> {
    // every field is named, so that a new one cannot be forgotten: a key of it is listed here, or held back above
    let Config {
        listen,
        store: _,
        when_store_unavailable: _,
        store_key_file: _,
        monitor,
        meetings,
        recordings,
        health,
        upstream,
        callbacks,
        webhooks,
        geoip_database,
        network,
        guid: _,
        api,
        algorithms,
        search_budget,
        placement,
        voice_unique,
        events,
        dashboard,
        reports,
        log,
    } = before;
    let mut changes = Changes::default();
    for kind in ["integration", "server", "plan", "partner", "router"] {
        changes.named(&format!("{kind}s"), &entities(network, kind), &entities(&after.network, kind));
    }
    for (key, same) in [
        ("listen.public_url", listen.public_url == after.listen.public_url),
        ("listen.trusted_proxies", listen.trusted_proxies == after.listen.trusted_proxies),
        ("monitor", same_monitor(&monitor.source, &after.monitor.source)),
        ("monitor.interval", monitor.interval == after.monitor.interval),
        ("monitor.ignored_services", monitor.ignored_services == after.monitor.ignored_services),
        ("meetings", *meetings == after.meetings),
        ("recordings", *recordings == after.recordings),
        ("health", *health == after.health),
        ("upstream", *upstream == after.upstream),
        ("callbacks", *callbacks == after.callbacks),
        ("webhooks.enabled", *webhooks == after.webhooks),
        ("geoip.database", *geoip_database == after.geoip_database),
        ("api", *api == after.api),
        ("checksum.algorithms", *algorithms == after.algorithms),
        ("checksum", *search_budget == after.search_budget),
        ("placement", *placement == after.placement),
        ("voice.unique", *voice_unique == after.voice_unique),
        ("events", *events == after.events),
        ("dashboard.access", dashboard.access == after.dashboard.access),
        ("reports", *reports == after.reports),
        ("log.level", log.level == after.log.level),
    ] {
        if !same {
            changes.0.push(format!("{key} changed"));
        }
    }
    changes.0
}

fn same_monitor(before: &MonitorSource, after: &MonitorSource) -> bool {
    match (before, after) {
        (MonitorSource::Static, MonitorSource::Static) => true,
        (MonitorSource::Nagios(before), MonitorSource::Nagios(after)) => before == after,
        _ => false,
    }
}

/// What is declared of one kind, by name.
fn entities(network: &Network, kind: &str) -> BTreeMap<String, Entity> {
    let of_kind = network.entities().map(|entity| (entity.name(), entity)).filter(|(name, _)| name.kind() == kind);
    of_kind.map(|(name, entity)| (name.as_str().to_owned(), entity)).collect()
}

#[derive(Default)]
struct Changes(Vec<String>);

impl Changes {
    fn named<T: PartialEq>(&mut self, what: &str, before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) {
        let only_in = |here: &BTreeMap<String, T>, there: &BTreeMap<String, T>| -> Vec<String> {
            here.keys().filter(|name| !there.contains_key(*name)).cloned().collect()
        };
        let changed = after.iter().filter(|(name, one)| before.get(*name).is_some_and(|earlier| earlier != *one));
        self.list(what, "added", &only_in(after, before));
        self.list(what, "removed", &only_in(before, after));
        self.list(what, "changed", &changed.map(|(name, _)| name.clone()).collect::<Vec<_>>());
    }

    fn list(&mut self, what: &str, how: &str, names: &[String]) {
        let more = names.len().saturating_sub(MOST_NAMES);
        let listed = names[..names.len() - more].join(", ");
        match (names.len(), more) {
            (0, _) => {}
            (_, 0) => self.0.push(format!("{what} {how}: {listed}")),
            _ => self.0.push(format!("{what} {how}: {listed} and {more} more")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::from_text("lb.toml", text, std::iter::empty()).unwrap()
    }

    fn integration(name: &str, secret: &str) -> String {
        format!("[[integrations]]\nname = \"{name}\"\nsecrets = [\"{secret}\"]\n")
    }

    #[test]
    fn changes_are_told_by_name_and_without_values() {
        let server = |name: &str, secret: &str| {
            format!("[[servers]]\nname = \"{name}\"\nurl = \"https://{name}\"\nsecret = \"{secret}\"\n")
        };
        let before =
            config(&[integration("a", "s3cr3t"), integration("b", "s3cr3t-b"), server("bbb1", "s3cr3t")].concat());
        assert_eq!(between(&before, &before), [] as [String; 0]);
        let other = "[monitor]\ninterval = \"1s\"\n[listen]\ntrusted_proxies = []\n[routers.even]\npolicy = \"least-users\"\n\
                     [checksum]\nalgorithms = [\"sha256\"]\n[log]\nlevel = \"debug\"\n";
        let after = config(
            &[other, &integration("b", "s3cr3t-other"), &integration("c", "s3cr3t-c"), &server("bbb2", "s3cr3t")]
                .concat(),
        );
        let changes = between(&before, &after);
        assert_eq!(
            changes,
            [
                "integrations added: c",
                "integrations removed: a",
                "integrations changed: b",
                "servers added: bbb2",
                "servers removed: bbb1",
                "routers added: even",
                "listen.trusted_proxies changed",
                "monitor.interval changed",
                "checksum.algorithms changed",
                "log.level changed",
            ]
        );
    }

    #[test]
    fn a_long_list_of_names_is_cut() {
        let many: String =
            (0..1000).map(|number| integration(&format!("site{number:03}"), &format!("s{number}"))).collect();
        let changes = between(&config(""), &config(&many));
        assert!(changes[0].ends_with("site019 and 980 more"), "{changes:?}");
    }

    #[test]
    fn what_holds_only_from_a_start_on_is_held_back_and_named() {
        let present = config("");
        let mut next = config(
            "[listen]\napi = \"127.0.0.1:9000\"\nadmin = \"127.0.0.1:9001\"\nmax_connections = 1\npublic_url = \"https://lb.example.org\"\n[store]\nurl = \"memory:\"\n\
             [log]\nformat = \"json\"\nlevel = \"debug\"\n",
        );
        let held_back = hold_back(&present, &mut next);
        assert_eq!(
            held_back,
            ["listen.api", "listen.admin", "listen.max_connections", "store.url", "balancer.guid", "log.format"]
        );
        assert_eq!(between(&present, &next), ["listen.public_url changed", "log.level changed"]);
        assert_eq!(next.guid, present.guid, "the guid that follows from public_url, too");
    }
}
