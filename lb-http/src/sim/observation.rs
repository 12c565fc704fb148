//! [`SimulatedHost`]: a server as Nagios is told to watch it, and what its checks find.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use lb_core::server::ServiceState;
use lb_core::{Position, Secret};

use super::bbb::SimulatedServer;

/// A simulated server as Nagios is told to watch it.
#[derive(Clone, Debug)]
pub struct SimulatedHost {
    /// Its host name in Nagios.
    pub name: String,
    /// The name that people read.
    pub alias: String,
    /// The host groups that it is in.
    pub groups: Vec<String>,
    /// Told in the custom variables `SERVER_LATITUDE` and `SERVER_LONGITUDE`, where present.
    pub position: Option<Position>,
    /// The server itself.
    pub server: Arc<SimulatedServer>,
}

impl SimulatedHost {
    /// A host of group `mconf-node`.
    pub fn new(name: impl Into<String>, server: Arc<SimulatedServer>) -> Self {
        let name = name.into();
        Self { alias: name.clone(), name, groups: vec!["mconf-node".to_owned()], position: None, server }
    }
}

/// What Nagios knows of a host at one moment.
#[derive(Clone)]
pub(super) struct Observation {
    pub(super) name: String,
    pub(super) alias: String,
    pub(super) groups: Vec<String>,
    pub(super) position: Option<Position>,
    pub(super) url: String,
    pub(super) secret: Secret,
    pub(super) up: bool,
    pub(super) services: Vec<ObservedService>,
}

#[derive(Clone)]
pub(super) struct ObservedService {
    pub(super) name: &'static str,
    pub(super) state: ServiceState,
    pub(super) output: String,
    pub(super) perf_data: String,
    /// Reported by the server itself, not checked from outside.
    pub(super) passive: bool,
}

/// Services whose state a test has set, by host and service.
pub(super) type Forced = HashMap<(String, String), ServiceState>;

const MEMORY_MB: usize = 16_000;
const DISK_GB: usize = 157;
const DISK_USED_GB: usize = 31;

impl Observation {
    /// Checks the host as Mconf's checks do: thresholds CPU and memory 70/90 %, disk 80/90 %. Where the server is stopped,
    /// the host is down, its own reports are out of date and the checks from outside fail.
    pub(super) fn of(host: &SimulatedHost, forced: &Forced) -> Self {
        let up = host.server.is_open();
        let mut services = if up { reports(&host.server) } else { silence() };
        for service in &mut services {
            if let Some(state) = forced.get(&(host.name.clone(), service.name.to_owned())) {
                service.state = *state;
            }
        }
        Self {
            name: host.name.clone(),
            alias: host.alias.clone(),
            groups: host.groups.clone(),
            position: host.position,
            url: host.server.url().to_owned(),
            secret: host.server.secret().clone(),
            up,
            services,
        }
    }
}

fn reports(server: &SimulatedServer) -> Vec<ObservedService> {
    let (cpu, [meetings, users, audios, videos]) = server.with(|bbb| {
        let live = || bbb.meetings().filter(|meeting| meeting.ended_at.is_none());
        let audios = live().flat_map(|meeting| &meeting.users).filter(|user| user.voice).count();
        let videos = live().flat_map(|meeting| &meeting.users).filter(|user| user.video).count();
        (bbb.cpu(), [live().count(), bbb.users(), audios, videos])
    });
    let service = |name, state, output: String, perf_data: String, passive| ObservedService {
        name,
        state,
        output,
        perf_data: perf_data.trim_end().to_owned(),
        passive,
    };
    let memory = (2_000 + 12 * users).min(MEMORY_MB);
    let memory_percent = 100 * memory / MEMORY_MB;
    let disk_percent = 100 * DISK_USED_GB / DISK_GB;
    vec![
        service(
            "Processor Report",
            by_threshold(cpu, 70.0, 90.0),
            format!("CPU usage: {cpu:.1}% Model: Simulated CPU (8 cores)"),
            readings("cpu", "%", [cpu, (cpu * 1.2).min(100.0), cpu * 0.8], [70, 90, 100]) + "cores=8;;;;",
            true,
        ),
        service(
            "Memory Report",
            by_threshold(memory_percent as f64, 70.0, 90.0),
            format!("Memory usage: {memory}MB of {MEMORY_MB}MB ({memory_percent}%)"),
            readings("mem", "MB", [memory as f64; 3], [MEMORY_MB * 7 / 10, MEMORY_MB * 9 / 10, MEMORY_MB]),
            true,
        ),
        service(
            "Disk Report",
            by_threshold(disk_percent as f64, 80.0, 90.0),
            format!("Disk usage: {DISK_USED_GB}GB of {DISK_GB}GB ({disk_percent}%)"),
            readings("disk", "GB", [DISK_USED_GB as f64; 3], [DISK_GB * 8 / 10, DISK_GB * 9 / 10, DISK_GB]),
            true,
        ),
        service(
            "BigBlueButton Info",
            ServiceState::Ok,
            format!("Meetings: {meetings}, Users: {users}, User with audio: {audios}, User with video: {videos}"),
            format!("meetings={meetings};;;0; users={users};;;0; audios={audios};;;0; videos={videos};;;0;"),
            false,
        ),
        service(
            "BigBlueButton API",
            ServiceState::Ok,
            "HTTP OK: HTTP/1.1 200 OK - 312 bytes in 0.012 second response time".to_owned(),
            "time=0.012345s;;;0.000000;10.000000 size=312B;;;0".to_owned(),
            false,
        ),
    ]
}

fn silence() -> Vec<ObservedService> {
    let out_of_date = ["Processor Report", "Memory Report", "Disk Report"].map(|name| ObservedService {
        name,
        state: ServiceState::Unknown,
        output: "UNKNOWN: This service is out-of-date".to_owned(),
        perf_data: String::new(),
        passive: true,
    });
    let failed = ["BigBlueButton Info", "BigBlueButton API"].map(|name| ObservedService {
        name,
        state: ServiceState::Critical,
        output: "connect to address 127.0.0.1: Connection refused".to_owned(),
        perf_data: String::new(),
        passive: false,
    });
    out_of_date.into_iter().chain(failed).collect()
}

/// `NAME_avg=…UNIT;W;C;0;MAX NAME_max=… NAME_min=… ` of average, highest and lowest.
fn readings(name: &str, unit: &str, values: [f64; 3], [warning, critical, most]: [usize; 3]) -> String {
    ["avg", "max", "min"].iter().zip(values).fold(String::new(), |mut text, (which, value)| {
        // writing to a String cannot fail
        let _ = write!(text, "{name}_{which}={value:.2}{unit};{warning};{critical};0;{most} ");
        text
    })
}

fn by_threshold(value: f64, warning: f64, critical: f64) -> ServiceState {
    match value {
        _ if value >= critical => ServiceState::Critical,
        _ if value >= warning => ServiceState::Warning,
        _ => ServiceState::Ok,
    }
}
