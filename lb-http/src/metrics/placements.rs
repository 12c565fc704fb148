//! [`Placements`]: how many meetings each policy places, and how the servers that it chose fare afterwards. So a router and its
//! canary are compared.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lb_core::Timestamp;
use lb_core::event::Placement;
use lb_core::fleet::Fleet;
use lb_core::server::ServerName;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, linear_buckets};
use prometheus_client::registry::Registry;

/// So long after a placement its server is looked at: the meeting has filled by then.
const AFTERWARDS: Duration = Duration::from_secs(600);

/// Looked at so long after that, by one who reads the metrics seldom, its server tells nothing of it any more.
const OVERDUE: Duration = Duration::from_secs(300);

/// So many placements wait to be looked at; beyond that new ones are not.
const WAITING: usize = 10_000;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Labels {
    /// The integration's router, whoever placed in its stead.
    router: String,
    /// The router that placed: that one, its canary or a fallback; empty where none did.
    by: String,
    policy: String,
}

#[derive(Debug)]
struct Waiting {
    due: Timestamp,
    labels: Labels,
    server: ServerName,
}

impl Waiting {
    fn is_overdue(&self, now: Timestamp) -> bool {
        now.since(self.due) > OVERDUE
    }
}

/// What becomes of placements.
#[derive(Debug)]
pub(super) struct Placements {
    made: Family<Labels, Counter>,
    cpu: Family<Labels, Histogram>,
    // held for a push or for what is due
    waiting: Mutex<VecDeque<Waiting>>,
}

impl Default for Placements {
    fn default() -> Self {
        Self {
            made: Family::default(),
            cpu: Family::new_with_constructor((|| Histogram::new(linear_buckets(10.0, 10.0, 10))) as fn() -> Histogram),
            waiting: Mutex::default(),
        }
    }
}

impl Placements {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "placements",
            "Meetings placed, by the integration's router, the router that placed and its policy",
            self.made.clone(),
        );
        registry.register(
            "placement_cpu_percent",
            "CPU of the servers that were chosen, ten minutes afterwards",
            self.cpu.clone(),
        );
    }

    /// A meeting was placed on `server`.
    pub(super) fn note(&self, at: Timestamp, router: &str, placement: &Placement, server: &ServerName) {
        let by = placement.router.as_ref().map_or("", |by| by.as_str()).to_owned();
        let labels = Labels { router: router.to_owned(), by, policy: placement.policy.clone() };
        self.made.get_or_create(&labels).inc();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.front().is_some_and(|first| first.is_overdue(at)) {
            waiting.pop_front();
        }
        // Those that wait stay: were the oldest dropped, with more placements than this in ten minutes none would ever be due.
        if waiting.len() < WAITING {
            waiting.push_back(Waiting { due: at + AFTERWARDS, labels, server: server.clone() });
        }
    }

    /// Looks at the servers of placements that are due. One whose CPU is not known now is not counted.
    pub(super) fn look(&self, fleet: &Fleet, now: Timestamp) {
        let due: Vec<_> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.partition_point(|one| one.due <= now);
            waiting.drain(..count).collect()
        };
        for one in due.iter().filter(|one| !one.is_overdue(now)) {
            if let Some(cpu) = fleet.server(&one.server).and_then(|server| server.cpu(now)) {
                self.cpu.get_or_create(&one.labels).observe(cpu);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use lb_core::Server;
    use lb_core::server::Load;
    use lb_core::source::{MonitorReport, ReportedServer};
    use prometheus_client::encoding::text::encode;

    use super::*;

    fn placed_by(router: &str, policy: &str) -> Placement {
        Placement { router: Some(router.into()), policy: policy.to_owned(), ..Placement::default() }
    }

    #[test]
    fn a_placement_is_counted_at_once_and_its_server_is_looked_at_ten_minutes_later() {
        let begin = Timestamp::from_millis(1_800_000_000_000);
        let later = begin + AFTERWARDS;
        let server = Server::new("bbb1", "https://bbb1.example.org", "secret").unwrap();
        let load = Load { cpu: Some(72.0), cpu_at: later, ..Load::default() };
        let report = MonitorReport::of([ReportedServer { load, ..ReportedServer::unwatched(server) }]);
        let fleet = Fleet::default().with_report(report, &BTreeMap::new(), &Arc::default(), later).unwrap();
        let placements = Placements::default();
        let mut registry = Registry::default();
        placements.register(&mut registry);
        placements.note(begin, "default", &placed_by("default", "predictive"), &"bbb1".into());
        placements.note(begin, "default", &placed_by("tried", "predictive"), &"gone".into());
        let told = |now| {
            placements.look(&fleet, now);
            let mut text = String::new();
            encode(&mut text, &registry).unwrap();
            text
        };
        let early = told(begin + Duration::from_secs(599));
        assert!(
            early.contains("placements_total{router=\"default\",by=\"default\",policy=\"predictive\"} 1"),
            "{early}"
        );
        assert!(!early.contains("placement_cpu_percent_count"), "{early}");
        let all = told(later);
        assert!(
            all.contains("placement_cpu_percent_sum{router=\"default\",by=\"default\",policy=\"predictive\"} 72"),
            "{all}"
        );
        assert!(!all.contains("placement_cpu_percent_count{router=\"default\",by=\"tried\""), "{all}");
        placements.note(begin, "default", &placed_by("default", "predictive"), &"bbb1".into());
        assert_eq!(
            told(later + OVERDUE + Duration::from_secs(1)).replace(
                "total{router=\"default\",by=\"default\",policy=\"predictive\"} 2",
                "total{router=\"default\",by=\"default\",policy=\"predictive\"} 1"
            ),
            all,
            "once, and not too late"
        );
    }

    #[test]
    fn no_more_wait_than_may() {
        let placements = Placements::default();
        for milli in 0..WAITING as u64 + 5 {
            let placed = placed_by("default", "random");
            placements.note(Timestamp::from_millis(milli), "default", &placed, &"bbb1".into());
        }
        let waiting = placements.waiting.lock().unwrap();
        assert_eq!(
            (waiting.len(), waiting[0].due),
            (WAITING, Timestamp::from_millis(0) + AFTERWARDS),
            "the first is due"
        );
    }
}
