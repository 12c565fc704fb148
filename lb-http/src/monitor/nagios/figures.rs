//! From the performance data of a server's services to its [`Load`].
//!
//! The names are those of the reports that Mconf's servers send: `cpu_avg` of `Processor Report`, `mem_avg`, `disk_avg`,
//! and `meetings`, `users`, `audios`, `videos`. Only service and label of the CPU figure can be chosen: the others are
//! found by their label in whatever service carries them.

use lb_core::Timestamp;
use lb_core::server::{Load, Service, ServiceState};

use super::perfdata::{self, Item};

/// A service as a poll found it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CheckedService {
    /// What is told on.
    pub(super) service: Service,
    /// Its figures, as printed.
    pub(super) perfdata: String,
}

/// Where the CPU figure is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CpuFigure {
    /// The service.
    pub(super) service: String,
    /// The label in its performance data.
    pub(super) label: String,
}

/// Reads the load of one server from its services. `at` turns a moment of the monitor's clock into one of ours.
///
/// A service that is UNKNOWN or PENDING gives no figure: what it still carries is from before its reporter fell silent.
pub(super) fn load(services: &[CheckedService], cpu: &CpuFigure, at: impl Fn(Timestamp) -> Timestamp) -> Load {
    let known =
        |checked: &&CheckedService| !matches!(checked.service.state, ServiceState::Unknown | ServiceState::Pending);
    let reports: Vec<(&CheckedService, Vec<Item>)> =
        services.iter().filter(known).map(|checked| (checked, perfdata::parse(&checked.perfdata))).collect();
    let anywhere = |label: &str| reports.iter().find_map(|(_, items)| labelled(items, label));
    // "users" alone may be those of a login shell: the counts are taken from the report that counts meetings
    let counts = reports.iter().find(|(_, items)| labelled(items, "meetings").is_some());
    let count = |label: &str| counts.and_then(|(_, items)| labelled(items, label)).and_then(Item::count);

    let cpu_report = reports.iter().find(|(checked, _)| checked.service.name == cpu.service);
    let cpu_figure = cpu_report.and_then(|(_, items)| labelled(items, &cpu.label)).and_then(cpu_per_cent);
    let cpu_checked = cpu_report.and_then(|(checked, _)| checked.service.checked_at);
    // a figure of no known moment could be of any: it is no figure
    let (cpu, cpu_at) = match (cpu_figure, cpu_checked) {
        (Some(figure), Some(moment)) => (Some(figure), at(moment)),
        _ => (None, Timestamp::default()),
    };
    Load {
        cpu,
        cpu_at,
        memory: anywhere("mem_avg").and_then(Item::per_cent),
        disk: anywhere("disk_avg").and_then(Item::per_cent),
        meetings: count("meetings"),
        users: count("users"),
        audio: count("audios"),
        video: count("videos"),
    }
}

fn labelled<'a>(items: &'a [Item], label: &str) -> Option<&'a Item> {
    items.iter().find(|item| item.label == label)
}

/// A percentage, or a bare number taken for one.
fn cpu_per_cent(item: &Item) -> Option<f64> {
    let value = item.value.filter(|value| *value >= 0.0)?;
    matches!(item.unit.as_str(), "%" | "").then(|| value.min(100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, state: ServiceState, perfdata: &str) -> CheckedService {
        let checked_at = Some(Timestamp::from_millis(5_000));
        let service = Service { name: name.into(), state, output: String::new(), checked_at };
        CheckedService { service, perfdata: perfdata.into() }
    }

    fn load_of(services: &[CheckedService]) -> Load {
        let cpu = CpuFigure { service: "Processor Report".into(), label: "cpu_avg".into() };
        load(services, &cpu, |moment| moment)
    }

    #[test]
    fn every_figure_is_found() {
        use ServiceState::{Critical, Ok, Warning};
        let load = load_of(&[
            checked("BigBlueButton Info", Ok, "meetings=2;;;0; users=17;;;0; audios=11;;;0; videos=4;;;0; "),
            checked("Disk Report", Critical, "disk_avg=150.00GB;125;141;0;200"),
            checked("Memory Report", Ok, "mem_avg=25.00MB;50;70;0;100"),
            checked("Processor Report", Warning, "cpu_avg=73.2%;70;90;0;100"),
        ]);
        let cpu_at = Timestamp::from_millis(5_000);
        assert_eq!(
            load,
            Load {
                cpu: Some(73.2),
                cpu_at,
                memory: Some(25.0),
                disk: Some(75.0),
                meetings: Some(2),
                users: Some(17),
                audio: Some(11),
                video: Some(4)
            }
        );
    }

    #[test]
    fn a_service_that_is_unknown_or_pending_gives_no_figure() {
        for state in [ServiceState::Unknown, ServiceState::Pending] {
            let services = [
                checked("Processor Report", state, "cpu_avg=12%"),
                checked("Info", state, "meetings=2 users=3"),
                checked("Memory Report", state, "mem_avg=25%"),
            ];
            assert_eq!(load_of(&services), Load::default(), "{state:?}");
        }
    }

    #[test]
    fn the_cpu_figure_is_a_percentage_of_its_own_service_and_at_most_100() {
        let cpu = |name: &str, perfdata: &str| load_of(&[checked(name, ServiceState::Ok, perfdata)]).cpu;
        assert_eq!(cpu("Processor Report", "cpu_avg=12.5"), Some(12.5));
        assert_eq!(cpu("Processor Report", "cpu_avg=180%"), Some(100.0));
        for (service, perfdata) in [
            ("Another", "cpu_avg=12%"),
            ("Processor Report", "load1=0.5"),
            ("Processor Report", "cpu_avg=12s"),
            ("Processor Report", "cpu_avg=-1%"),
            ("Processor Report", "cpu_avg=U"),
        ] {
            assert_eq!(cpu(service, perfdata), None, "{service} {perfdata}");
        }
    }

    #[test]
    fn a_cpu_figure_of_no_known_moment_is_no_figure() {
        let mut services = [checked("Processor Report", ServiceState::Ok, "cpu_avg=12%")];
        services[0].service.checked_at = None;
        assert_eq!(load_of(&services), Load::default());
    }

    #[test]
    fn users_of_a_login_shell_are_not_those_of_meetings() {
        let shell = checked("Current Users", ServiceState::Ok, "users=4;20;50;0");
        let info = checked("Info", ServiceState::Ok, "meetings=1 users=9");
        assert_eq!(load_of(std::slice::from_ref(&shell)).users, None);
        assert_eq!(load_of(&[shell, info]).users, Some(9));
    }
}
