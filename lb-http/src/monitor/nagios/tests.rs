use std::sync::atomic::{AtomicBool, Ordering};

use lb_core::server::HostStatus;
use lb_core::testkit::source as contract;
use lb_core::{ManualClock, Timestamp};
use url::Url;

use super::fake::{FakeNagios, Reply};
use super::*;

const SERVICES: &str = include_str!("../../../tests/fixtures/nagios/statusjson-servicelist-details.json");
const HOSTS: &str = include_str!("../../../tests/fixtures/nagios/statusjson-hostlist-details.json");
const OBJECTS: &str = include_str!("../../../tests/fixtures/nagios/objectjson-hostlist-details.json");
const GROUPS: &str = include_str!("../../../tests/fixtures/nagios/objectjson-hostgrouplist-details.json");

fn good(target: &str) -> &'static str {
    match target {
        _ if target.contains("statusjson.cgi?query=servicelist&details=true") => SERVICES,
        _ if target.contains("statusjson.cgi?query=hostlist&details=true") => HOSTS,
        _ if target.contains("objectjson.cgi?query=hostlist&details=true") => OBJECTS,
        _ if target.contains("objectjson.cgi?query=hostgrouplist&details=true") => GROUPS,
        _ => panic!("asked for {target}"),
    }
}

async fn good_nagios() -> FakeNagios {
    FakeNagios::start(|target| Reply::ok(good(target))).await
}

fn settings(fake: &FakeNagios) -> NagiosSettings {
    let url = Url::parse(&format!("http://{}/nagios4/cgi-bin/", fake.address)).unwrap();
    NagiosSettings { username: "lb".into(), password: "hidden-word".into(), ..NagiosSettings::new(url) }
}

fn source(settings: NagiosSettings) -> Nagios {
    Nagios::new(settings, Arc::new(ManualClock::default())).unwrap()
}

fn named<'a>(report: &'a MonitorReport, name: &str) -> &'a ReportedServer {
    report.servers.iter().find(|reported| reported.server.name.as_str() == name).unwrap()
}

#[tokio::test]
async fn a_poll_brings_servers_services_and_load() {
    let fake = good_nagios().await;
    let report = source(settings(&fake)).poll().await.unwrap();
    assert_eq!(report.servers.len(), 3);

    let poa1 = named(&report, "poa1.example.org");
    assert_eq!((poa1.host, poa1.recording, poa1.services.len()), (HostStatus::Up, false, 9));
    assert_eq!(poa1.server.address, "192.0.2.10");
    let load = poa1.load;
    assert_eq!(
        (load.cpu, load.meetings, load.users, load.audio, load.video),
        (Some(12.37), Some(2), Some(17), Some(11), Some(4))
    );
    assert_eq!(load.memory.map(f64::round), Some(36.0));
    assert_eq!(load.disk.map(f64::round), Some(20.0));
    // by Nagios's own clock the figure was 11 s old
    assert_eq!(ManualClock::default().now().since(load.cpu_at), Duration::from_secs(11));

    assert_eq!(named(&report, "bru1.example.org").host, HostStatus::Down);
    assert_eq!(named(&report, "bru1.example.org").load.memory, None);
    assert_eq!(named(&report, "bsb1.example.org").load.cpu, Some(93.2));
}

#[tokio::test]
async fn it_keeps_the_contract_of_every_source() {
    let fake = good_nagios().await;
    let source = source(settings(&fake));
    contract::names_are_unique_and_not_empty(&source).await;
    contract::urls_are_those_of_an_api(&source).await;
    contract::figures_are_within_their_range(&source).await;
    contract::a_poll_can_be_repeated(&source).await;
    contract::a_poll_may_be_dropped(&source).await;
}

#[tokio::test]
async fn objects_are_asked_for_again_after_a_restart_and_after_five_minutes() {
    let restarted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&restarted);
    let fake = FakeNagios::start(move |target| {
        let body = good(target).to_owned();
        let after = |body: String| body.replace("\"program_start\": 1795335008000", "\"program_start\": 1795335058000");
        Reply::ok(if flag.load(Ordering::SeqCst) { after(body) } else { body })
    })
    .await;
    let clock = Arc::new(ManualClock::default());
    let source = Nagios::new(settings(&fake), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    let objects_asked = || fake.requests().iter().filter(|seen| seen.target.contains("objectjson")).count();

    for (moved, restart, asked) in [(0, false, 1), (299, false, 1), (1, false, 2), (10, true, 3), (10, true, 3)] {
        clock.advance(Duration::from_secs(moved));
        restarted.store(restart, Ordering::SeqCst);
        source.poll().await.unwrap();
        assert_eq!(objects_asked(), asked, "after {moved} s more, restarted: {restart}");
    }
}

#[tokio::test]
async fn hosts_of_the_recording_group_only_hold_recordings() {
    let fake = good_nagios().await;
    let recording = Some("mconf-recording-server".to_owned());
    let report = source(NagiosSettings { recording_hostgroup: recording, ..settings(&fake) }).poll().await.unwrap();
    assert_eq!(report.servers.len(), 3);
    assert!(named(&report, "bsb1.example.org").recording);
    assert!(!named(&report, "poa1.example.org").recording);
}

#[tokio::test]
async fn only_hosts_of_the_configured_groups_count() {
    let groups = GROUPS.replacen("\"bsb1.example.org\",", "", 1).replacen("\"bru1.example.org\",", "", 1);
    let fake = FakeNagios::start(move |target| match target {
        _ if target.contains("hostgrouplist") => Reply::ok(groups.clone()),
        _ => Reply::ok(good(target)),
    })
    .await;
    let (hostgroup, recording) = (Some("mconf-node".to_owned()), Some("mconf-recording-server".to_owned()));

    let one = source(NagiosSettings { hostgroup: hostgroup.clone(), ..settings(&fake) }).poll().await.unwrap();
    assert_eq!(one.servers.len(), 1);
    let narrowed = fake.requests().iter().filter(|seen| seen.target.ends_with("&hostgroup=mconf-node")).count();
    assert_eq!(narrowed, 3, "Nagios is asked for that group alone");

    let both = NagiosSettings { hostgroup, recording_hostgroup: recording, ..settings(&fake) };
    let both = source(both).poll().await.unwrap();
    assert_eq!(both.servers.len(), 2);
    assert!(named(&both, "bsb1.example.org").recording);
}

#[tokio::test]
async fn a_group_that_nagios_does_not_show_is_an_error() {
    let fake = good_nagios().await;
    for settings in [
        NagiosSettings { hostgroup: Some("nope".into()), ..settings(&fake) },
        NagiosSettings { recording_hostgroup: Some("nope".into()), ..settings(&fake) },
    ] {
        let error = source(settings).poll().await.unwrap_err();
        assert!(matches!(&error, SourceError::Refused(why) if why.contains("nope")), "{error}");
    }
}

#[tokio::test]
async fn old_data_are_stale_though_the_objects_may_be_old() {
    let fake = good_nagios().await;
    let strict = NagiosSettings { max_age: Duration::from_millis(500), ..settings(&fake) };
    assert_eq!(source(strict).poll().await.unwrap_err(), SourceError::Stale(Duration::from_secs(1)));
    // the objects were written 61 s before the question: when Nagios started
    let patient = NagiosSettings { max_age: Duration::from_secs(1), ..settings(&fake) };
    assert!(source(patient).poll().await.is_ok());
}

#[tokio::test]
async fn an_all_pending_nagios_is_reported_as_it_is() {
    let pending = include_str!("../../../tests/fixtures/nagios/statusjson-just-started-all-pending.json");
    let fake =
        FakeNagios::start(move |target| Reply::ok(if target.contains("servicelist") { pending } else { good(target) }))
            .await;
    let report = source(settings(&fake)).poll().await.unwrap();
    assert_eq!(report.servers.len(), 3);
    assert!(report.servers.iter().all(|reported| reported.load == lb_core::server::Load::default()));
}

#[tokio::test]
async fn a_stopped_nagios_is_an_error_whichever_answer_it_is() {
    for cgi in ["query=servicelist", "statusjson.cgi?query=hostlist", "objectjson.cgi?query=hostlist"] {
        let fake =
            FakeNagios::start(move |target| Reply::ok(if target.contains(cgi) { "\n" } else { good(target) })).await;
        let error = source(settings(&fake)).poll().await.unwrap_err();
        assert!(matches!(error, SourceError::Unreadable(_)), "{cgi}: {error}");
    }
}

#[tokio::test]
async fn a_poll_ends_at_its_deadline_whether_nagios_is_silent_or_slow() {
    for reply in [Reply::Hang, Reply::Trickle] {
        let fake = FakeNagios::start(move |_| reply.clone()).await;
        let source = source(NagiosSettings { deadline: Duration::from_millis(200), ..settings(&fake) });
        let ended = tokio::time::timeout(Duration::from_secs(20), source.poll()).await.unwrap();
        assert_eq!(ended.unwrap_err(), SourceError::Unreachable("no answer within 0.2 s".into()));
    }
}

#[tokio::test]
async fn no_error_and_no_debug_output_tells_a_secret() {
    let fake = FakeNagios::start(|_| Reply::status(401)).await;
    let source = source(settings(&fake));
    contract::an_error_tells_no_secret(&source, &["hidden-word", "://"]).await;
    let shown = format!("{source:?}");
    assert!(!shown.contains("hidden-word"), "{shown}");

    let fake = good_nagios().await;
    let source = self::source(settings(&fake));
    source.poll().await.unwrap();
    assert!(!format!("{source:?}").contains("0123456789abcdef"));
}

#[tokio::test]
async fn a_nagios_of_another_clock_gives_the_same_ages() {
    let fake = good_nagios().await;
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(20_000)));
    let report = Nagios::new(settings(&fake), clock).unwrap().poll().await.unwrap();
    assert_eq!(named(&report, "poa1.example.org").load.cpu_at, Timestamp::from_millis(9_000));
}

#[tokio::test]
async fn a_server_whose_state_is_not_shown_is_left_out() {
    let without_poa1 = HOSTS.replace("\"poa1.example.org\"", "\"(null)\"");
    let fake = FakeNagios::start(move |target| match target {
        _ if target.contains("statusjson.cgi?query=hostlist") => Reply::ok(without_poa1.clone()),
        _ => Reply::ok(good(target)),
    })
    .await;
    let report = source(settings(&fake)).poll().await.unwrap();
    let names: Vec<_> = report.servers.iter().map(|reported| reported.server.name.as_str()).collect();
    assert_eq!(names, ["bru1.example.org", "bsb1.example.org"]);
}

#[tokio::test]
async fn a_user_who_is_given_rights_sees_the_servers_at_the_next_poll() {
    let allowed = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&allowed);
    let fake = FakeNagios::start(move |target| {
        let mut body: serde_json::Value = serde_json::from_str(good(target)).unwrap();
        if !flag.load(Ordering::SeqCst) {
            let list = if target.contains("servicelist") { "servicelist" } else { "hostlist" };
            body["data"][list] = serde_json::json!({});
        }
        Reply::ok(body.to_string())
    })
    .await;
    let source = source(settings(&fake));
    assert_eq!(source.poll().await.unwrap().servers.len(), 0);
    allowed.store(true, Ordering::SeqCst);
    assert_eq!(source.poll().await.unwrap().servers.len(), 3);
}
