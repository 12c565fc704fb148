//! Placing one meeting: the first candidate of each policy that a router can name, all of them beside each other, one that is
//! refined, and changing one server of the fleet.
#![allow(missing_docs, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use lb_core::fleet::{Fleet, FleetRules, FleetServer, LiveFleet};
use lb_core::network::{Refinements, Router};
use lb_core::placement::{MeetingHints, NAMES, PlacementPolicy, PlacementRequest, named};
use lb_core::server::{AdministratorWord, HostStatus, Load, Service, ServiceState};
use lb_core::source::{MonitorReport, ReportedServer};
use lb_core::{MeetingKey, Position, Server, ServerName, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// In the middle of the circle, and where the user is.
const HERE: Position = Position { latitude: -30.03, longitude: -51.2 };

/// Where the servers stand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spread {
    Globe,
    /// All of them within 300 km of each other.
    Circle,
}

impl Spread {
    /// Evenly, and neighbours in number far apart.
    fn position(self, turn: f64) -> Option<Position> {
        match self {
            Self::Globe => {
                let north = (2.0 * turn.fract() - 1.0).asin().to_degrees();
                Position::try_new(north, ((turn * 7.0).fract() - 0.5) * 360.0)
            }
            Self::Circle => Some(HERE.going((turn * 7.0).fract() * 360.0, turn.fract().sqrt() * 150.0)),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Globe => "globe",
            Self::Circle => "circle",
        }
    }
}

/// Servers with four services each and a load of their own.
fn fleet(count: usize, spread: Spread) -> Fleet {
    let servers = (0..count).map(|number| {
        let name = format!("bbb{number:05}.example.org");
        let mut server = Server::new(name.as_str(), &format!("https://{name}"), "secret").expect("a URL");
        let turn = number as f64 * 0.618_033_988_749_894_9;
        server.position = spread.position(turn);
        server.capacity = Some(1_000);
        let service = |name: &str| Service {
            name: name.to_owned(),
            state: ServiceState::Ok,
            output: "OK".to_owned(),
            checked_at: Some(NOW),
        };
        let load = Load {
            cpu: Some((turn * 13.0).fract() * 90.0),
            cpu_at: NOW,
            meetings: Some((number % 40) as u32),
            users: Some((number % 211) as u32),
            ..Load::default()
        };
        let services = ["Processor Report", "Memory Report", "Disk Report", "Meetings Report"].map(service).into();
        ReportedServer { services, load, host: HostStatus::Up, ..ReportedServer::unwatched(server) }
    });
    let report = MonitorReport::of(servers.collect::<Vec<_>>());
    Fleet::default().with_report(report, &BTreeMap::new(), &Arc::new(FleetRules::default()), NOW).expect("servers")
}

/// The policies that a router can name.
fn policies() -> impl Iterator<Item = (&'static str, Arc<dyn PlacementPolicy>)> {
    NAMES
        .into_iter()
        .filter_map(|name| Some((name, named(&Router { policy: name.to_owned(), ..Router::new("router") })?)))
}

/// A request for a place, with what the balancer asks of a server before it may have a meeting.
fn with_request<T>(fleet: &Fleet, position: Option<Position>, act: impl FnOnce(&PlacementRequest<'_>) -> T) -> T {
    let meeting = MeetingKey::new("moodle", "room-1");
    let (names, tags): (&[ServerName], &[String]) = black_box((&[], &[]));
    let eligible = |server: &FleetServer| {
        server.state().takes_new_meetings()
            && server.has_room(NOW)
            && !names.contains(&server.server.name)
            && server.carries(tags)
            && !server.carries_one_of(tags)
            && !server.foreign.contains(&meeting.meeting_id)
    };
    let hints = MeetingHints::default();
    act(&PlacementRequest { fleet, eligible: &eligible, position, meeting: &meeting, hints, now: NOW })
}

/// Whether it matters to the policy where the user is.
fn is_geographic(policy: &dyn PlacementPolicy) -> bool {
    let fleet = fleet(100, Spread::Globe);
    let first = |longitude: i32| {
        let user = Position::try_new(0.0, f64::from(longitude));
        with_request(&fleet, user, |request| policy.rank(request).next().map(|first| first.server.server.name.clone()))
    };
    (-17..18).any(|tens| first(tens * 10) != first(-180))
}

fn first_candidate(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    policy: &dyn PlacementPolicy,
    (fleet, position): (&Fleet, Option<Position>),
) {
    with_request(fleet, position, |request| {
        assert!(policy.rank(request).next().is_some());
        group.bench_function(id, |bencher| {
            bencher.iter(|| policy.rank(black_box(request)).next().map(|candidate| candidate.score));
        });
    });
}

/// A group for each policy.
fn each_policy(criterion: &mut Criterion) {
    let fleets = [Spread::Globe, Spread::Circle].map(|spread| SIZES.map(|size| (spread, size, fleet(size, spread))));
    for (name, policy) in policies() {
        let geographic = is_geographic(&*policy);
        let mut group = criterion.benchmark_group(format!("placement/{name}"));
        for (spread, size, fleet) in
            fleets.iter().flatten().filter(|(spread, ..)| geographic || *spread == Spread::Globe)
        {
            first_candidate(&mut group, BenchmarkId::new(spread.word(), size), &*policy, (fleet, Some(HERE)));
        }
        for (_, size, fleet) in fleets[0].iter().filter(|_| geographic) {
            first_candidate(&mut group, BenchmarkId::new("nowhere", size), &*policy, (fleet, None));
        }
        group.finish();
    }
}

/// All policies in one report.
fn all_policies(criterion: &mut Criterion) {
    let fleet = fleet(1_000, Spread::Globe);
    let mut group = criterion.benchmark_group("placement/1000-servers");
    for (name, policy) in policies() {
        first_candidate(&mut group, BenchmarkId::from_parameter(name), &*policy, (&fleet, Some(HERE)));
    }
    group.finish();
}

/// A policy with its ties broken, under a cap: its first candidate, and all of them as an explanation shows them.
fn refined(criterion: &mut Criterion) {
    let refinements = Refinements {
        max_cpu: Some(85.0),
        tie_break: Some("nearest".to_owned()),
        tie_within: 5.0,
        ..Refinements::default()
    };
    let router = Router { policy: "least-cpu".to_owned(), refinements, ..Router::new("router") };
    let policy = named(&router).expect("a policy");
    let mut group = criterion.benchmark_group("placement/refined");
    for size in SIZES {
        let fleet = fleet(size, Spread::Globe);
        first_candidate(&mut group, BenchmarkId::new("first", size), &*policy, (&fleet, Some(HERE)));
        if size > 1_000 {
            // nobody explains so many, and a ranking by distance goes outward kilometre by kilometre
            continue;
        }
        with_request(&fleet, Some(HERE), |request| {
            assert!(policy.rank(request).count() > size / 2);
            group.bench_function(BenchmarkId::new("all", size), |bencher| {
                bencher.iter(|| policy.rank(black_box(request)).count());
            });
        });
    }
    group.finish();
}

fn changes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("placement/fleet-change-of-one-server");
    for size in SIZES {
        let live = LiveFleet::default();
        live.change(|_| (Some(fleet(size, Spread::Globe)), ()));
        let name = live.load().servers()[size / 2].server.name.clone();
        let mut words = [AdministratorWord::ForceEnabled, AdministratorWord::Automatic].into_iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| {
                let word = words.next().unwrap_or_default();
                live.change(|fleet| (fleet.with_server(&name, NOW, |server| server.word = word), ()));
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(700)).sample_size(20);
    targets = each_policy, all_policies, refined, changes
}
criterion_main!(benches);
