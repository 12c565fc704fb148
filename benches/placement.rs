//! Placing one meeting: the first candidate of each policy, and changing one server of the fleet.
#![allow(missing_docs, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use lb_core::fleet::{Fleet, FleetRules, FleetServer, LiveFleet};
use lb_core::placement::{
    LeastCpu, LeastMeetings, LeastUsers, MeetingHints, Nearest, NearestLeastCpu, PlacementPolicy, PlacementRequest,
    PowerOfTwo, Random, RoundRobin, Weighted,
};
use lb_core::server::{AdministratorWord, HostStatus, Load, Service, ServiceState};
use lb_core::source::{MonitorReport, ReportedServer};
use lb_core::{MeetingKey, Position, Server, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// Servers all over the globe, each with four services and its own load.
fn fleet(count: usize) -> Fleet {
    let servers = (0..count).map(|number| {
        let name = format!("bbb{number:05}.example.org");
        let mut server = Server::new(name.as_str(), &format!("https://{name}"), "secret").expect("a URL");
        // spread evenly, neighbours in number far apart
        let turn = number as f64 * 0.618_033_988_749_894_9;
        server.position = Position::try_new((turn.fract() - 0.5) * 120.0, ((turn * 7.0).fract() - 0.5) * 360.0);
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

fn policies(criterion: &mut Criterion) {
    let here = Position::try_new(-30.03, -51.2);
    let policies: [(&str, Box<dyn PlacementPolicy>, Option<Position>); 10] = [
        ("nearest-least-cpu", Box::new(NearestLeastCpu::default()), here),
        ("nearest-least-cpu-without-position", Box::new(NearestLeastCpu::default()), None),
        ("least-cpu", Box::new(LeastCpu), None),
        ("least-users", Box::new(LeastUsers), None),
        ("least-meetings", Box::new(LeastMeetings), None),
        ("round-robin", Box::new(RoundRobin::default()), None),
        ("nearest", Box::new(Nearest), here),
        ("random", Box::new(Random), None),
        ("weighted", Box::new(Weighted::default()), None),
        ("power-of-two", Box::new(PowerOfTwo), None),
    ];
    let mut group = criterion.benchmark_group("placement/first-candidate");
    let meeting = MeetingKey::new("moodle", "room-1");
    for size in SIZES {
        let fleet = fleet(size);
        let eligible = |server: &FleetServer| server.state().takes_new_meetings() && server.has_room(NOW);
        for (name, policy, position) in &policies {
            let request = PlacementRequest {
                fleet: &fleet,
                eligible: &eligible,
                position: *position,
                meeting: &meeting,
                hints: MeetingHints::default(),
                now: NOW,
            };
            assert!(policy.rank(&request).next().is_some());
            group.bench_with_input(BenchmarkId::new(*name, size), &request, |bencher, request| {
                bencher.iter(|| policy.rank(black_box(request)).next().map(|candidate| candidate.score));
            });
        }
    }
    group.finish();
}

fn changes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("placement/fleet-change-of-one-server");
    for size in SIZES {
        let live = LiveFleet::default();
        live.change(|_| (Some(fleet(size)), ()));
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
    targets = policies, changes
}
criterion_main!(benches);
