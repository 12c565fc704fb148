//! SIGHUP lets a running balancer read its configuration again. No call is dropped, and what is wrong changes nothing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use harness::{Lb, Website, copies, integrations, simulated, static_servers, until, unwatched};
use lb_http::sim::SimulatedServer;

const RELOADS: usize = 20;

/// The first `count` of these servers, and whatever can differ.
fn changing(servers: &[SimulatedServer], count: usize, websites: &[(&str, &str)], number: usize) -> String {
    let facts = |server: &SimulatedServer| (server.url().to_owned(), server.secret().expose().to_owned());
    let names: Vec<_> = (1..=count).map(|number| format!("bbb{number}")).collect();
    let servers = names.iter().zip(servers.iter().map(facts)).map(|(name, (url, secret))| (name.as_str(), url, secret));
    let odd = number % 2;
    format!(
        "[monitor]\ninterval = \"{}ms\"\n[routers.default]\nradius_km = {}\n[upstream]\nmax_concurrent_calls = {}\n\
         [health]\nfailures = {}\n[placement]\nexpected_users = {}\n[api]\ndeploy = {number}\n\
         [log]\nlevel = \"{}\"\n{}{}",
        100 + 50 * number,
        100 + number,
        100 + odd,
        3 + odd,
        10 + number,
        if odd == 1 { "debug" } else { "info" },
        integrations(websites),
        static_servers(servers)
    )
}

/// Makes calls of every kind until `stop`; each must succeed.
async fn use_it(website: Website, name: String, stop: Arc<AtomicBool>, calls: Arc<AtomicUsize>) {
    for number in 0.. {
        let id = format!("{name}-{number}");
        let room = [("meetingID", id.as_str())];
        website.create(&id).await.success();
        let join = website.call("join", &[("fullName", "Ana"), ("meetingID", &id), ("role", "VIEWER")]).await;
        assert_eq!(join.status, 302, "{}", join.text());
        for call in ["getMeetingInfo", "isMeetingRunning", "getMeetings"] {
            website.call(call, &room).await.success();
        }
        calls.fetch_add(5, Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_reloads_under_a_stream_of_calls_fail_none() {
    let servers = simulated(3).await;
    let stay = [("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")];
    let mut lb = Lb::start(&changing(&servers, 3, &stay, 0)).await;
    lb.ready().await;
    let (stop, calls) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let clients: Vec<_> = (0..4)
        .map(|number| {
            let website = lb.website(stay[number % 2].1);
            tokio::spawn(use_it(website, format!("room-{number}"), Arc::clone(&stop), Arc::clone(&calls)))
        })
        .collect();

    let secret = |number: usize| format!("s3cr3t-of-site-{number}");
    let mut internal_ids = Vec::new();
    for number in 1..=RELOADS {
        let (name, its_secret) = (format!("site-{number}"), secret(number));
        let websites = [stay[0], stay[1], (name.as_str(), its_secret.as_str())];
        lb.configure(&changing(&servers, 2 + number % 2, &websites, number));
        lb.hang_up();
        lb.metric_is("lb_config_reloads_total{outcome=\"ok\"}", number as f64).await;
        let (_, root) = lb.get("/bigbluebutton/api").await.unwrap();
        assert!(root.contains(&format!("<deploy>{number}<")), "{root}");
        let created = lb.website(&its_secret).create(&format!("room-of-{name}")).await.success();
        internal_ids.push(created.value("internalMeetingID"));
        if number > 1 {
            lb.website(&secret(number - 1)).call("getMeetings", &[]).await.failed("checksumError");
        }
    }
    // calls go on for a while after the last
    let made = calls.load(Ordering::Relaxed);
    until(Duration::from_secs(30), "more calls", async || (calls.load(Ordering::Relaxed) > made + 40).then_some(()))
        .await;
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    assert!(calls.load(Ordering::Relaxed) > 10 * RELOADS, "there was a stream of calls");

    // whoever comes back finds its meeting where it was
    let first = secret(1);
    lb.configure(&changing(&servers, 3, &[stay[0], stay[1], ("site-1", &first)], 0));
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"ok\"}", (RELOADS + 1) as f64).await;
    let info = lb.website(&first).call("getMeetingInfo", &[("meetingID", "room-of-site-1")]).await.success();
    assert_eq!(info.value("internalMeetingID"), internal_ids[0]);
    assert_eq!(lb.metric("lb_config_reloads_total{outcome=\"failed\"}").await.unwrap_or(0.0), 0.0);

    let log = lb.log();
    let told = |words: &str| assert!(log.contains(words), "not told: {words}");
    told("integrations added: site-2; integrations removed: site-1; servers removed: bbb3; routers changed: default");
    told(
        "monitor.interval changed; health changed; upstream changed; api changed; placement changed; log.level changed",
    );
    assert_eq!(lb.terminate().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_mistakes_changes_nothing_and_they_are_told_with_their_lines() {
    let servers = simulated(1).await;
    let good = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers);
    let mut lb = Lb::start(&good).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    moodle.create("room-1").await.success();
    let mistakes = [
        ("[health]\nfailures = 0\n", "lb.toml:6: health.failures must be"),
        ("[meeting]\ngrace = \"1s\"\n", "lb.toml:5: meeting is not a known key"),
        ("[[integrations]]\nname = \"other\"\nsecrets = [\"moodle-s3cr3t\"]\n", "share a secret"),
        ("[geoip]\ndatabase = \"nowhere.mmdb\"\n", "nowhere.mmdb cannot be read"),
        ("[log\n", "lb.toml:5: "),
    ];
    for (number, (mistake, told)) in mistakes.into_iter().enumerate() {
        lb.configure(&format!("{mistake}[api]\ndeploy = 7\n{good}"));
        lb.hang_up();
        lb.metric_is("lb_config_reloads_total{outcome=\"failed\"}", (number + 1) as f64).await;
        assert!(lb.log().contains(told), "{told}: {}", lb.log());
        moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
        assert!(!lb.get("/bigbluebutton/api").await.unwrap().1.contains("<deploy>7<"));
    }
    std::fs::remove_file(lb.folder.path().join("lb.toml")).unwrap();
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"failed\"}", (mistakes.len() + 1) as f64).await;
    moodle.create("room-2").await.success();

    lb.configure(&format!("[api]\ndeploy = 7\n{good}"));
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"ok\"}", 1.0).await;
    assert!(lb.metric("lb_config_last_reload_timestamp_seconds").await.unwrap() > 1_700_000_000.0);
    assert!(lb.get("/bigbluebutton/api").await.unwrap().1.contains("<deploy>7<"), "and a good one is taken again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_only_from_the_next_start_on_is_named_and_the_rest_is_taken_over() {
    let servers = simulated(1).await;
    let good = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers);
    let lb = Lb::start(&format!("[balancer]\nguid = \"lb-one\"\n{good}")).await;
    lb.ready().await;
    lb.website("moodle-s3cr3t").create("room-1").await.success();
    let more = integrations(&[("portal", "portal-s3cr3t")]);
    let text = format!(
        "[listen]\napi = \"127.0.0.1:1\"\n[store]\nurl = \"memory:\"\n[balancer]\nguid = \"lb-two\"\n\
         [log]\nformat = \"json\"\n{more}{good}"
    );
    std::fs::write(lb.folder.path().join("lb.toml"), text).unwrap();
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"ok\"}", 1.0).await;
    let log = lb.log();
    for key in ["listen.api", "store.url", "balancer.guid", "log.format"] {
        let line = log.lines().find(|line| line.contains(key)).unwrap_or_else(|| panic!("{key} is not named: {log}"));
        assert!(line.contains("WARN") && line.contains("takes effect at the next start"), "{line}");
    }
    lb.website("moodle-s3cr3t").call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    lb.website("portal-s3cr3t").create("room-2").await.success();
    assert_eq!(copies(&servers, "room-2"), [1]);
    let stamp = |bbb: &mut lb_core::gateway::SimulatedBbb| {
        bbb.meeting("room-2").and_then(|meeting| meeting.parameter("meta_mconflb-guid").map(str::to_owned))
    };
    assert_eq!(servers[0].with(stamp).as_deref(), Some("lb-one"), "running meetings must not be disowned");
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_partners_routers_and_websites_follow_the_file() {
    let servers = simulated(2).await;
    let first = "[plans.small]\nmay_record = false\n[partners.ufrgs]\ncontact = \"Ana\"\n\
                 [routers.even]\npolicy = \"round-robin\"\nfallback = \"default\"\n\
                 [[integrations]]\nname = \"moodle\"\nplan = \"small\"\nrouter = \"even\"\npartner = \"ufrgs\"\n\
                 secrets = [\"moodle-s3cr3t\",\n{ secret = \"old-s3cr3t\", label = \"old\", expires = \"2020-01-01T00:00:00Z\" }]\n";
    let rest = unwatched(&servers);
    let mut lb = Lb::start(&(first.to_owned() + &rest)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    for id in ["room-1", "room-2"] {
        moodle.create(id).await.success();
    }
    assert_eq!([copies(&servers, "room-1"), copies(&servers, "room-2")], [[1, 0], [0, 1]], "round-robin");
    lb.website("old-s3cr3t").call("getMeetings", &[]).await.failed("checksumError");

    let off = first.replace("name = \"moodle\"", "name = \"moodle\"\nactive = false").replace("round-robin", "random");
    lb.configure(&(off + &rest));
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"ok\"}", 1.0).await;
    moodle.call("getMeetings", &[]).await.failed("permissionDenied");
    let log = lb.log();
    for told in [
        "integrations changed: moodle; routers changed: even",
        "by=\"configuration\" how=\"added\" which=\"integration moodle\"",
        "by=\"configuration\" how=\"changed\" which=\"router even\" changes=\"policy: round-robin → random\"",
        "by=\"configuration\" how=\"changed\" which=\"integration moodle\" changes=\"active: true → false\"",
    ] {
        assert!(log.contains(told), "not told: {told}\n{log}");
    }

    lb.kill();
    lb.configure(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &rest));
    lb.restart().await;
    moodle.call("getMeetingInfo", &[("meetingID", "room-2")]).await.success();
    let gone = "how=\"removed\" which=\"router even\"";
    assert!(lb.log().contains(gone), "{}", lb.log());
}
