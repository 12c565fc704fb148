//! Servers are administered while the real binary runs: put, drained under traffic, taken away.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use harness::{Lb, copies, integrations, lb_binary, simulated, until};
use lb_http::sim::SimulatedServer;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

/// Nobody knows the servers but those who run the network. Meetings go to one server after the other.
fn config() -> String {
    integrations(&[("moodle", "moodle-s3cr3t")])
        + "[monitor]\ninterval = \"1s\"\n[meetings]\ngrace = \"1s\"\n[routers.default]\npolicy = \"round-robin\"\n"
}

fn done(lb: &Lb, arguments: &[&str]) -> String {
    let (code, output, errors) = lb.run(arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {output}{errors}");
    output
}

fn json(lb: &Lb, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(lb, &[arguments, &["--json"]].concat())).unwrap()
}

fn state(lb: &Lb, name: &str) -> Value {
    json(lb, &["server", "show", name])["status"]["state"].clone()
}

fn put(lb: &Lb, name: &str, server: &SimulatedServer, more: &[&str]) -> String {
    let secret = server.secret().expose();
    done(lb, &[&["server", "put", name, "--api-url", server.url(), "--secret", secret], more].concat())
}

/// How many meetings a server was asked to create.
fn creates(server: &SimulatedServer) -> u64 {
    server.calls().get("create").copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_server_gets_no_new_meeting_and_keeps_those_that_it_has_until_the_last_has_ended() {
    let servers = simulated(2).await;
    let lb = Lb::start(&config()).await;
    for (name, server) in [("bbb1", &servers[0]), ("bbb2", &servers[1])] {
        assert_eq!(put(&lb, name, server, &[]), format!("server {name} is created\n"));
        assert_eq!(state(&lb, name), "enabled", "it is there as soon as that is answered");
    }
    let website = lb.website("moodle-s3cr3t");
    for room in 1..=4 {
        website.create(&format!("room-{room}")).await.success();
    }
    let on_first: Vec<_> =
        (1..=4).map(|room| format!("room-{room}")).filter(|room| copies(&servers, room) == [1, 0]).collect();
    assert_eq!(on_first.len(), 2, "each server has two");

    let (stop, made) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let traffic = tokio::spawn({
        let (stop, made, website) = (Arc::clone(&stop), Arc::clone(&made), website.clone());
        async move {
            for number in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                website.create(&format!("more-{number}")).await.success();
                made.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    });
    until(PATIENCE, "both get meetings", async || (made.load(Ordering::Relaxed) > 4).then_some(())).await;
    let mut drain = Command::new(lb_binary())
        .args(["server", "drain", "bbb1", "--wait"])
        .current_dir(lb.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    until(PATIENCE, "it is being drained", async || (state(&lb, "bbb1") == "draining").then_some(())).await;
    // creates that were under way have an answer by now
    let under_way = made.load(Ordering::Relaxed) + 2;
    until(PATIENCE, "the traffic goes on", async || (made.load(Ordering::Relaxed) >= under_way).then_some(())).await;
    let (before, then) = (creates(&servers[0]), made.load(Ordering::Relaxed));
    until(PATIENCE, "the traffic goes on", async || (made.load(Ordering::Relaxed) > then + 20).then_some(())).await;
    assert_eq!(creates(&servers[0]), before, "no new meeting lands there");

    for room in &on_first {
        website.call("getMeetingInfo", &[("meetingID", room)]).await.success();
        let join = [("fullName", "Ana"), ("meetingID", room.as_str()), ("role", "VIEWER")];
        assert!(website.call("join", &join).await.location.is_some_and(|at| at.starts_with(servers[0].url())));
    }
    assert!(drain.try_wait().unwrap().is_none(), "it waits");
    stop.store(true, Ordering::Relaxed);
    traffic.await.unwrap();
    let left: Vec<String> = servers[0].with(|bbb| {
        bbb.meetings().filter(|meeting| !meeting.has_ended()).map(|meeting| meeting.meeting_id.clone()).collect()
    });
    let (last, others) = left.split_last().unwrap();
    for room in others {
        website.call("end", &[("meetingID", room)]).await.success();
    }
    until(PATIENCE, "one is left", async || {
        let drained = json(&lb, &["server", "show", "bbb1"]);
        (drained["status"]["meetings"] == 1).then_some(())
    })
    .await;
    assert!(drain.try_wait().unwrap().is_none(), "it waits for the last one");
    website.call("end", &[("meetingID", last)]).await.success();
    let code = until(PATIENCE, "the wait ends", async || drain.try_wait().unwrap()).await;
    let mut output = String::new();
    std::io::Read::read_to_string(&mut drain.stdout.take().unwrap(), &mut output).unwrap();
    assert!(code.success() && output.ends_with("server bbb1 is drained\n"), "{output}");
    until(PATIENCE, "it is disabled", async || (state(&lb, "bbb1") == "force-disabled").then_some(())).await;

    assert_eq!(done(&lb, &["server", "undrain", "bbb1"]), "server bbb1 is used again\n");
    assert_eq!(state(&lb, "bbb1"), "enabled");
    // what is said is in the log within a second
    until(PATIENCE, "all of it is in the audit log, newest first", async || {
        let told = json(&lb, &["audit", "list", "--kind", "server", "--name", "bbb1"]);
        let told: Vec<_> = told["items"].as_array().unwrap().iter().map(|entry| entry["how"].clone()).collect();
        (told == ["automatic", "force-disabled", "drained", "added"]).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_put_changed_and_taken_away_and_outlive_a_restart() {
    let servers = simulated(2).await;
    let mut lb = Lb::start(&config()).await;
    let website = lb.website("moodle-s3cr3t");
    website.create("too-early").await.failed("internalError");
    put(&lb, "bbb1", &servers[0], &["--capacity", "200", "--tags", "gpu,large", "--position=-30.03,-51.2"]);
    put(&lb, "bbb2", &servers[1], &["--word", "force-disabled"]);
    assert_eq!((state(&lb, "bbb1"), state(&lb, "bbb2")), ("enabled".into(), "force-disabled".into()));
    for room in ["room-a", "room-b"] {
        website.create(room).await.success();
        assert_eq!(copies(&servers, room), [1, 0]);
    }
    lb.restart().await;
    lb.ready().await;
    assert_eq!((state(&lb, "bbb1"), state(&lb, "bbb2")), ("enabled".into(), "force-disabled".into()));
    let shown = json(&lb, &["server", "show", "bbb1"]);
    assert_eq!((&shown["status"]["capacity"], &shown["said_by"]["capacity"]), (&200.into(), &"administrator".into()));
    assert_eq!((&shown["has_secret"], &shown["said_by"]["weight"]), (&true.into(), &"default".into()));
    assert!(!shown.to_string().contains("s3cr3t"), "{shown}");
    assert_eq!(done(&lb, &["server", "put", "bbb1", "--capacity", "none"]), "server bbb1 is changed\n");
    assert_eq!(json(&lb, &["server", "show", "bbb1"])["status"]["capacity"], Value::Null);
    assert!(done(&lb, &["server", "list", "--tag", "gpu"]).contains("bbb1"));
    assert_eq!(done(&lb, &["server", "list", "--state", "enabled"]).lines().count(), 2);

    for (arguments, exit, said) in [
        (&["server", "put", "bbb3"][..], 2, "has no URL"),
        (&["server", "put", "bbb3", "--api-url", servers[0].url(), "--secret", "12345678"], 2, "have the same URL"),
        (
            &["server", "put", "bbb3", "--api-url", "ftp://bbb3", "--secret", "12345678"],
            2,
            "not an absolute http or https URL",
        ),
        (&["server", "put", "bbb3", "--api-url", "http://bbb3", "--secret", "1234567"], 2, "8 to 255 characters"),
        (&["server", "put", "bbb1", "--weight", "0"], 2, "weight"),
        (&["server", "release", "bbb1"], 1, "answers"),
        (&["server", "drain", "bbb9"], 1, "there is no server bbb9"),
        (&["server", "list", "--state", "tired"], 2, "state is one of"),
    ] {
        let (code, output, errors) = lb.run(arguments);
        assert_eq!((code, output.as_str()), (Some(exit), ""), "{arguments:?}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    }

    done(&lb, &["server", "remove", "bbb1", "--yes"]);
    until(PATIENCE, "it is gone", async || (state(&lb, "bbb1") == "gone").then_some(())).await;
    website.call("getMeetingInfo", &[("meetingID", "room-a")]).await.success();
    for room in ["room-a", "room-b"] {
        website.call("end", &[("meetingID", room)]).await.success();
    }
    until(PATIENCE, "it is dropped", async || (lb.run(&["server", "show", "bbb1"]).0 == Some(1)).then_some(())).await;
    done(&lb, &["server", "automatic", "bbb2"]);
    website.create("room-c").await.success();
    assert_eq!(copies(&servers, "room-c"), [0, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_file_declares_only_the_file_changes() {
    let servers = simulated(1).await;
    let mut lb = Lb::start(&(config() + &harness::unwatched(&servers))).await;
    lb.ready().await;
    for arguments in [&["server", "put", "bbb1", "--capacity", "7"][..], &["server", "remove", "bbb1", "--yes"]] {
        let (code, _, errors) = lb.run(arguments);
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(errors.contains("server bbb1 is declared in the configuration file"), "{errors}");
    }
    done(&lb, &["server", "force-disable", "bbb1"]);
    assert_eq!(state(&lb, "bbb1"), "force-disabled", "the word is the administrator's all the same");
    lb.configure(&config());
    lb.hang_up();
    let gone = || lb.run(&["server", "show", "bbb1"]).0 == Some(1);
    until(PATIENCE, "the file has let go of it, and it holds no meeting", async || gone().then_some(())).await;
}
