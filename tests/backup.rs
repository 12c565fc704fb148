//! `lb backup` while the balancer serves, and `lb restore` while it does not.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use harness::{Lb, Website, integrations, simulated, unwatched};
use lb_http::sim::{Fault, SimulatedServer};
use rusqlite::Connection;

const CONFIG: [&str; 2] = ["--config", "lb.toml"];

async fn started(servers: &[SimulatedServer]) -> (Lb, Website) {
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(servers))).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    (lb, moodle)
}

/// `lb` with these arguments and the configuration, which must do what it is asked; what it says.
fn done(lb: &Lb, arguments: &[&str]) -> String {
    let (code, output, errors) = lb.run(&[arguments, &CONFIG].concat());
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{output}");
    output
}

/// The same, which must refuse; what it says.
fn refused(lb: &Lb, arguments: &[&str]) -> String {
    let (code, output, errors) = lb.run(&[arguments, &CONFIG].concat());
    assert_eq!((code, output.as_str()), (Some(1), ""), "{errors}");
    errors
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn joined(moodle: &Website, meeting_id: &str) -> bool {
    let join = moodle.call("join", &[("fullName", "Ana"), ("meetingID", meeting_id), ("role", "VIEWER")]).await;
    join.location.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_under_traffic_has_all_that_was_acknowledged_before_and_is_restored() {
    let servers = simulated(2).await;
    let (mut lb, moodle) = started(&servers).await;
    for number in 0..20 {
        moodle.create(&format!("before-{number}")).await.success();
    }
    let stop = AtomicBool::new(false);
    let traffic = async {
        for number in 0_u32.. {
            if stop.load(Ordering::Relaxed) {
                return number;
            }
            moodle.create(&format!("during-{number}")).await.success();
        }
        0
    };
    let copying = async {
        let said = tokio::task::block_in_place(|| done(&lb, &["backup", "copy.sqlite3", "--json"]));
        stop.store(true, Ordering::Relaxed);
        said
    };
    let (said, during) = tokio::join!(copying, traffic);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let copy = lb.folder.path().join("copy.sqlite3");
    let meetings = said["meetings"].as_u64().unwrap();
    assert!((20..=20 + u64::from(during)).contains(&meetings), "{said}");
    assert_eq!(said["bytes"], fs::metadata(&copy).unwrap().len());
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let files = names(lb.folder.path());
    let expected = [
        "copy.sqlite3",
        "lb.log",
        "lb.sock",
        "lb.sqlite3",
        "lb.sqlite3-lock",
        "lb.sqlite3-shm",
        "lb.sqlite3-wal",
        "lb.toml",
    ];
    assert_eq!(files, expected, "nothing is left beside the copy");

    assert!(refused(&lb, &["restore", "copy.sqlite3"]).contains("in use by a balancer: stop that one first"));
    moodle.create("after").await.success();
    // nothing can be learnt from the servers
    for server in &servers {
        server.fault_on("getMeetings", Fault::HangBefore);
    }
    lb.kill();
    let said = done(&lb, &["restore", "copy.sqlite3"]);
    assert!(said.contains("the database before is kept as "), "{said}");
    let kept = said.trim_end().rsplit_once(' ').unwrap().1.to_owned();
    assert!(kept.contains("lb.sqlite3.before-restore-"), "{kept}");
    lb.restart().await;
    lb.ready().await;
    for number in 0..20 {
        assert!(joined(&moodle, &format!("before-{number}")).await);
    }
    assert!(!joined(&moodle, "after").await);

    lb.kill();
    done(&lb, &["restore", &kept]);
    lb.restart().await;
    lb.ready().await;
    assert!(joined(&moodle, "after").await, "the database before had what was in its log");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_is_overwritten_by_a_backup_unless_it_is_meant() {
    let servers = simulated(1).await;
    let (lb, moodle) = started(&servers).await;
    moodle.create("room-1").await.success();
    let notes = lb.folder.path().join("notes");
    fs::write(&notes, "mine").unwrap();
    assert!(
        refused(&lb, &["backup", "notes"])
            .contains("is there already: name another file, or have it replaced by --force")
    );
    assert_eq!(fs::read(&notes).unwrap(), b"mine");
    for own in ["lb.sqlite3", "./lb.sqlite3", "lb.sqlite3-wal", "lb.sqlite3-journal"] {
        let said = refused(&lb, &["backup", own, "--force"]);
        assert!(said.contains("is the database itself, or belongs to it"), "{said}");
    }
    assert!(refused(&lb, &["backup", "."]).contains("cannot be used"));
    assert!(refused(&lb, &["backup", "missing/copy"]).contains("cannot be used: No such file"));
    let said = done(&lb, &["backup", "notes", "--force"]);
    assert!(said.contains("1 meetings") && said.contains("schema "), "{said}");
    let copy = Connection::open(&notes).unwrap();
    assert_eq!(copy.query_row("SELECT meeting_id FROM meetings", [], |row| row.get::<_, String>(0)).unwrap(), "room-1");
    moodle.create("room-2").await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_restored_is_refused_and_the_database_stays() {
    let servers = simulated(1).await;
    let (mut lb, moodle) = started(&servers).await;
    moodle.create("room-1").await.success();
    done(&lb, &["backup", "whole"]);
    assert_eq!(lb.terminate().await, Some(0));
    let folder = lb.folder.path().to_owned();
    let database = fs::read(folder.join("lb.sqlite3")).unwrap();
    let whole = fs::read(folder.join("whole")).unwrap();
    fs::write(folder.join("text"), "these are my notes, not a database\n".repeat(400)).unwrap();
    fs::write(folder.join("empty"), "").unwrap();
    fs::write(folder.join("short"), &whole[..whole.len() / 2]).unwrap();
    let mut bytes = whole.clone();
    bytes[4096 * 3..4096 * 12].fill(0x5A);
    fs::write(folder.join("damaged"), &bytes).unwrap();
    let altered = |name: &str, sql: &str| {
        fs::write(folder.join(name), &whole).unwrap();
        Connection::open(folder.join(name)).unwrap().execute_batch(sql).unwrap();
    };
    altered("foreign", "PRAGMA application_id = 7");
    altered("newer", "INSERT INTO migrations SELECT max(version) + 1, 'x', 0 FROM migrations");
    altered("other", "UPDATE migrations SET checksum = 'x'");
    for (name, said) in [
        ("none", "there is no file none"),
        ("text", "is damaged"),
        ("empty", "is no database of a balancer"),
        ("short", "is damaged"),
        ("damaged", "is damaged"),
        ("foreign", "is no database of a balancer"),
        ("newer", "use the version that made it"),
        ("other", "by other statements"),
        ("lb.sqlite3", "is the database itself"),
    ] {
        let before = names(&folder);
        let refusal = refused(&lb, &["restore", name]);
        assert!(refusal.contains(said) && refusal.lines().count() == 1, "{name}: {refusal}");
        assert_eq!(names(&folder), before, "{name}");
        assert_eq!(fs::read(folder.join("lb.sqlite3")).unwrap(), database, "{name}");
    }
    let (code, _, said) = lb.run(&["backup", "x"]);
    assert_eq!(code, Some(0), "the default names the same database: {said}");
    fs::write(folder.join("memory.toml"), "[store]\nurl = \"memory:\"\n").unwrap();
    assert_eq!(lb.run(&["backup", "y", "--config", "memory.toml"]).0, Some(2));
    fs::write(folder.join("none.toml"), "[store]\nurl = \"sqlite:none.sqlite3\"\n").unwrap();
    let (code, _, said) = lb.run(&["backup", "y", "--config", "none.toml"]);
    assert!(code == Some(1) && said.contains("begins at the working directory"), "{said}");
    let (code, said, _) = lb.run(&["restore", "whole", "--config", "none.toml"]);
    assert!(code == Some(0) && said.contains("there was no database before"), "{said}");
    lb.restart().await;
    assert!(joined(&moodle, "room-1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_root_restores_belongs_to_whom_the_database_belonged() {
    let servers = simulated(1).await;
    let (mut lb, _moodle) = started(&servers).await;
    done(&lb, &["backup", "copy"]);
    lb.kill();
    let folder = lb.folder.path();
    let owner = |name: &str| fs::metadata(folder.join(name)).unwrap().uid();
    let root = owner("lb.sqlite3") == 0;
    let expected = if root { 65_534 } else { owner("lb.sqlite3") };
    if root {
        chown(folder.join("lb.sqlite3"), Some(expected), None).unwrap();
    }
    done(&lb, &["restore", "copy"]);
    assert_eq!([owner("lb.sqlite3"), owner("lb.sqlite3-lock")], [expected; 2]);
    let kept = names(folder).into_iter().find(|name| name.contains("before-restore")).unwrap();
    assert_eq!(owner(&kept), expected);
}
