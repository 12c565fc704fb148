//! The ways in which a Nagios misleads whoever asks it, each with what a poll makes of it, in both formats.
//!
//! | trap | Core 4 | mconf |
//! |---|---|---|
//! | stopped, and still 200 | an empty line: `a_stopped_nagios_is_an_error` | a page of HTML: the same |
//! | crashed, and still answering | `old_data_are_refused`: by its own times | the same: by what no longer changes |
//! | restarted, all PENDING | `nothing_checked_is_no_figure` | the same |
//! | user without rights: an empty list | `an_empty_list_is_told_as_it_is` | the same |
//! | group unknown, or hidden from the user | `an_unknown_group_is_an_error` | the same |
//! | error within 200 | `core4::tests`: `errors_of_nagios_are_told…` | there is none |
//! | pages of help in an error | `core4::tests`: `a_long_message_is_cut…` | `mconf::tests`: `a_stopped_nagios…` |
//! | reporter silent: UNKNOWN, old figures | `a_silent_reporter_gives_no_figure` | the same |
//! | an old figure in fresh data | `a_figure_ages_from_its_own_check` | the same |
//! | non-ASCII: empty texts, `(null)` names | `core4::tests`: `objects_without_a_printable_name…` | not there: texts are UTF-8 |
//! | non-ASCII in figures | `core4::tests`: `figures_that_nagios_drops…` | `mconf::tests`: `entities_are_bytes…` |
//! | keys twice | `core4::tests`: `a_repeated_key…` | hosts twice: `mconf::tests`: `a_host_in_two_groups…` |
//! | bits or words for states | `core4::tests`: `words_and_bits…` | words only |
//! | arrays that end in `{}` | not there | `mconf::tests`: `the_empty_object…` |
//! | quotes in variables | escaped | `mconf::tests`: `a_quote_in_a_custom_variable…` |
//! | a host that is no server | `core4::tests`: `a_host_is_a_server…` | `mconf::tests`: `custom_variables_are…` |
//! | endless, slow or silent answers | `fetch::tests`, `a_poll_ends_at_its_deadline` | the same |
//! | far too many hosts | `too_many_servers_are_refused` | the same |
//! | figures in odd writings | `perfdata::tests` | the same |

use std::sync::atomic::{AtomicUsize, Ordering};

use lb_core::ManualClock;
use lb_core::server::{HostStatus, Load, ServiceState};
use lb_core::testkit::source as contract;
use serde_json::{Value, json};
use url::Url;

use super::fake::{FakeNagios, Reply};
use super::*;

const FORMATS: [NagiosFormat; 2] = [NagiosFormat::Core4, NagiosFormat::Mconf];

/// What a real Nagios of that format answered.
fn capture(target: &str) -> &'static str {
    match target {
        _ if target.contains("style=mconf") => {
            include_str!("../../../tests/fixtures/nagios/n3-status-json-style-mconf.json")
        }
        _ if target.contains("servicelist") => {
            include_str!("../../../tests/fixtures/nagios/statusjson-servicelist-details.json")
        }
        _ if target.contains("statusjson.cgi?query=hostlist") => {
            include_str!("../../../tests/fixtures/nagios/statusjson-hostlist-details.json")
        }
        _ if target.contains("hostgrouplist") => {
            include_str!("../../../tests/fixtures/nagios/objectjson-hostgrouplist-details.json")
        }
        _ => include_str!("../../../tests/fixtures/nagios/objectjson-hostlist-details.json"),
    }
}

/// A Nagios that answers its captures as `change` makes them, and a source that asks it.
async fn source(
    format: NagiosFormat,
    settings: impl FnOnce(&mut NagiosSettings),
    change: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
) -> (FakeNagios, Nagios, Arc<ManualClock>) {
    let fake = FakeNagios::start(move |target| change(target, capture(target))).await;
    let url = Url::parse(&format!("http://{}/cgi-bin/", fake.address)).unwrap();
    let mut with = NagiosSettings { format, ..NagiosSettings::new(url) };
    settings(&mut with);
    let clock = Arc::new(ManualClock::default());
    let source = Nagios::new(with, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    (fake, source, clock)
}

fn as_it_is(_target: &str, body: &str) -> Reply {
    Reply::ok(body.to_owned())
}

fn poa1(report: &MonitorReport) -> &ReportedServer {
    report.servers.iter().find(|reported| reported.server.name.as_str() == "poa1.example.org").unwrap()
}

#[tokio::test]
async fn both_formats_tell_the_same() {
    for format in FORMATS {
        let recording = |settings: &mut NagiosSettings| {
            settings.recording_hostgroup = Some("mconf-recording-server".into());
        };
        let (_fake, source, clock) = source(format, recording, as_it_is).await;
        let report = source.poll().await.unwrap();
        let told: Vec<_> = report
            .servers
            .iter()
            .map(|told| (told.server.name.as_str(), told.host, told.recording, told.load.cpu, told.load.users))
            .collect();
        let expected = [
            ("bru1.example.org", HostStatus::Down, false, Some(7.0), None),
            ("bsb1.example.org", HostStatus::Up, true, Some(93.2), Some(0)),
            ("poa1.example.org", HostStatus::Up, false, Some(12.37), Some(17)),
        ];
        assert_eq!(told, expected, "{format:?}");
        assert!(clock.now().since(poa1(&report).load.cpu_at) <= Duration::from_secs(11), "{format:?}");
        contract::names_are_unique_and_not_empty(&source).await;
        contract::urls_are_those_of_an_api(&source).await;
        contract::figures_are_within_their_range(&source).await;
        contract::a_poll_can_be_repeated(&source).await;
        contract::a_poll_may_be_dropped(&source).await;
        assert!(!format!("{source:?}").contains("0123456789abcdef"), "{format:?}");
    }
}

#[tokio::test]
async fn a_stopped_nagios_is_an_error() {
    for (format, body) in FORMATS.into_iter().zip(["\n", "<H1>Whoops!</H1>"]) {
        let (_fake, source, _) = source(format, |_| {}, move |_, _| Reply::ok(body)).await;
        let error = source.poll().await.unwrap_err();
        assert!(matches!(&error, SourceError::Unreadable(why) if why.contains("stopped")), "{format:?}: {error}");
        contract::an_error_tells_no_secret(&source, &["Whoops", "://"]).await;
    }
}

#[tokio::test]
async fn old_data_are_refused() {
    let (_fake, crashed, _) = source(
        NagiosFormat::Core4,
        |settings| settings.max_age = Duration::from_millis(500),
        |_, body| Reply::ok(body.to_owned()),
    )
    .await;
    assert_eq!(crashed.poll().await.unwrap_err(), SourceError::Stale(Duration::from_secs(1)));

    let (_fake, crashed, clock) = source(NagiosFormat::Mconf, |_| {}, as_it_is).await;
    for (seconds, outcome) in [(0, Ok(3)), (60, Ok(3)), (1, Err(61)), (30, Err(91))] {
        clock.advance(Duration::from_secs(seconds));
        let polled = crashed.poll().await.map(|report| report.servers.len());
        assert_eq!(polled, outcome.map_err(|age| SourceError::Stale(Duration::from_secs(age))));
    }
}

#[tokio::test]
async fn data_in_which_anything_changes_are_not_old() {
    let polls = Arc::new(AtomicUsize::new(0));
    let minute = move |_: &str, body: &str| {
        let minute = polls.fetch_add(1, Ordering::SeqCst);
        // the CPU of bsb1 alone is checked again, in another of Nagios's formats
        Reply::ok(body.replacen("2026-11-22 08:16:05", &format!("11-22-2026 08:{minute:02}:05"), 1))
    };
    let (_fake, source, clock) = source(NagiosFormat::Mconf, |_| {}, minute).await;
    for _ in 0..5 {
        assert_eq!(source.poll().await.unwrap().servers.len(), 3);
        clock.advance(Duration::from_secs(50));
    }
}

#[tokio::test]
async fn nothing_checked_is_no_figure() {
    for format in FORMATS {
        let unchecked = |target: &str, body: &str| {
            let pending = include_str!("../../../tests/fixtures/nagios/statusjson-just-started-all-pending.json");
            if target.contains("servicelist") {
                return Reply::ok(pending);
            }
            let mut answer: Value = serde_json::from_str(body).unwrap();
            for group in answer["hostgroups"].as_array_mut().into_iter().flatten() {
                for host in group["hosts"].as_array_mut().into_iter().flatten() {
                    for service in host["services"].as_array_mut().into_iter().flatten() {
                        *service = json!({ "description": service["description"], "status": "PENDING",
                                           "last_check": "N/A", "performance_data": "" });
                    }
                }
            }
            Reply::ok(answer.to_string())
        };
        let (_fake, source, _) = source(format, |_| {}, unchecked).await;
        let report = source.poll().await.unwrap();
        let services = report.servers.iter().flat_map(|reported| &reported.services);
        assert!(services.clone().count() > 10 && services.clone().all(|one| one.state == ServiceState::Pending));
        assert!(report.servers.iter().all(|reported| reported.load == Load::default()), "{format:?}");
    }
}

#[tokio::test]
async fn an_empty_list_is_told_as_it_is() {
    for format in FORMATS {
        let empty = |target: &str, body: &str| {
            let mut answer: Value = serde_json::from_str(body).unwrap();
            let list = if target.contains("servicelist") { "servicelist" } else { "hostlist" };
            match answer.get_mut("hostgroups") {
                Some(groups) => *groups = json!([{}]),
                None => answer["data"][list] = json!({}),
            }
            Reply::ok(answer.to_string())
        };
        let (_fake, source, clock) = source(format, |_| {}, empty).await;
        for _ in 0..3 {
            assert_eq!(source.poll().await.unwrap().servers.len(), 0, "{format:?}");
            clock.advance(Duration::from_secs(100));
        }
    }
}

#[tokio::test]
async fn an_unknown_group_is_an_error() {
    for format in FORMATS {
        for (hostgroup, recording) in [(Some("nope"), None), (None, Some("nope")), (Some("mconf-node"), Some("nope"))] {
            let groups = |settings: &mut NagiosSettings| {
                settings.hostgroup = hostgroup.map(str::to_owned);
                settings.recording_hostgroup = recording.map(str::to_owned);
            };
            let (_fake, source, _) = source(format, groups, as_it_is).await;
            let error = source.poll().await.unwrap_err();
            assert_eq!(error, SourceError::Refused("it shows no host group nope to this user".into()), "{format:?}");
        }
    }
}

#[tokio::test]
async fn nagios_is_asked_for_no_more_than_the_group_that_counts() {
    for (hostgroup, recording, asked) in
        [(None, None, "all"), (Some("mconf-node"), None, "mconf-node"), (Some("mconf-node"), Some("a b&c"), "all")]
    {
        let groups = |settings: &mut NagiosSettings| {
            settings.hostgroup = hostgroup.map(str::to_owned);
            settings.recording_hostgroup = recording.map(str::to_owned);
        };
        let (fake, source, _) = source(NagiosFormat::Mconf, groups, as_it_is).await;
        let _ = source.poll().await;
        assert_eq!(fake.requests()[0].target, format!("/cgi-bin/status-json.cgi?style=mconf&hostgroup={asked}"));
    }
}

#[tokio::test]
async fn a_silent_reporter_gives_no_figure() {
    for format in FORMATS {
        let silent = |_: &str, body: &str| {
            let mut answer: Value = serde_json::from_str(body).unwrap();
            let core4 = answer.pointer_mut("/data/servicelist/poa1.example.org/Processor Report/status");
            if let Some(status) = core4 {
                *status = 8.into();
            }
            let mconf = answer.pointer_mut("/hostgroups/0/hosts/2/services");
            let services = mconf.and_then(Value::as_array_mut).into_iter().flatten();
            for service in services.filter(|service| service["description"] == "Processor Report") {
                service["status"] = "UNKNOWN".into();
            }
            Reply::ok(answer.to_string())
        };
        let (_fake, source, _) = source(format, |_| {}, silent).await;
        let report = source.poll().await.unwrap();
        assert_eq!((poa1(&report).load.cpu, poa1(&report).load.users), (None, Some(17)), "{format:?}");
    }
}

#[tokio::test]
async fn a_figure_ages_from_its_own_check() {
    for format in FORMATS {
        let polls = Arc::new(AtomicUsize::new(0));
        // Nagios goes on, and host checks with it; the CPU of poa1 is no longer reported
        let going_on = move |target: &str, body: &str| {
            let seconds = if target.contains("style=mconf") { 30 * polls.fetch_add(1, Ordering::SeqCst) } else { 0 };
            Reply::ok(body.replacen("2026-11-22 08:16:09", &format!("2026-11-22 08:20:{seconds:02}"), 1))
        };
        let (_fake, source, clock) = source(format, |_| {}, going_on).await;
        let ages = async || {
            let load = poa1(&source.poll().await.unwrap()).load;
            (load.cpu, clock.now().since(load.cpu_at).as_secs())
        };
        let (figure, age) = ages().await;
        assert_eq!((figure, age), (Some(12.37), if format == NagiosFormat::Core4 { 11 } else { 0 }));
        clock.advance(Duration::from_secs(45));
        // Core 4 tells the time of the check beside its own, and both stand still here
        assert_eq!(ages().await, (Some(12.37), if format == NagiosFormat::Core4 { 11 } else { 45 }));
    }
}

#[tokio::test]
async fn a_poll_ends_at_its_deadline() {
    for format in FORMATS {
        for reply in [Reply::Hang, Reply::Trickle] {
            let soon = |settings: &mut NagiosSettings| settings.deadline = Duration::from_millis(200);
            let (_fake, source, _) = source(format, soon, move |_, _| reply.clone()).await;
            let ended = tokio::time::timeout(Duration::from_secs(20), source.poll()).await.unwrap();
            assert_eq!(ended.unwrap_err(), SourceError::Unreachable("no answer within 0.2 s".into()), "{format:?}");
        }
    }
}

#[tokio::test]
async fn too_many_servers_are_refused() {
    let host = |number: usize| json!({ "name": format!("h{number}"), "status": "UP", "BBB_URL": "http://h/", "BBB_SALT": "s" });
    for (count, accepted) in [(MOST_SERVERS, true), (MOST_SERVERS + 1, false)] {
        let hosts: Vec<_> = (0..count).map(host).collect();
        let body = json!({ "hostgroups": [{ "name": "g", "hosts": hosts }, {}] }).to_string();
        let (_fake, source, _) = source(NagiosFormat::Mconf, |_| {}, move |_, _| Reply::ok(body.clone())).await;
        assert_eq!(source.poll().await.is_ok(), accepted, "{count}");
    }
}
