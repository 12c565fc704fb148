//! Secrets in the database of the real binary: sealed with the keys of a file, and refused without them.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use harness::{Lb, integrations, simulated, unwatched};

const SEALED: &str = "[store]\nurl = \"sqlite:lb.sqlite3\"\nkey_file = \"store.key\"\n";
const PLAIN: &str = "[store]\nurl = \"sqlite:lb.sqlite3\"\n";

/// Which of the secrets stand in the files of the database.
fn readable(lb: &Lb, name: &str) -> Vec<&'static str> {
    let read = |suffix: &str| fs::read(lb.folder.path().join(format!("{name}{suffix}"))).unwrap_or_default();
    let bytes = ["", "-wal", "-journal"].map(read).concat();
    let has = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    ["moodle-s3cr3t", "s3cr3t-of-bbb1", "key=of-the-website"].into_iter().filter(has).collect()
}

/// What `lb` says when it refuses to do this.
fn refused(lb: &Lb, arguments: &[&str]) -> String {
    let (code, output, errors) = lb.run(arguments);
    assert!(code.is_some_and(|code| code != 0), "{output}{errors}");
    errors
}

fn done(lb: &Lb, arguments: &[&str]) -> String {
    let (code, output, errors) = lb.run(arguments);
    assert_eq!(code, Some(0), "{output}{errors}");
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_sealed_at_a_restart_goes_to_a_new_key_and_is_refused_without_it() {
    let servers = simulated(1).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers);
    let mut lb = Lb::start(&format!("{PLAIN}{config}")).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    let ended = [
        ("meetingID", "room"),
        ("name", "Room"),
        ("meta_endCallbackUrl", "https://lms.example/ended?key=of-the-website"),
    ];
    moodle.call("create", &ended).await.success();
    let running = async || moodle.call("getMeetingInfo", &[("meetingID", "room")]).await.success();
    running().await;
    lb.kill();
    assert_eq!(readable(&lb, "lb.sqlite3"), ["moodle-s3cr3t", "s3cr3t-of-bbb1", "key=of-the-website"]);

    done(&lb, &["key", "new", "store.key"]);
    lb.configure(&format!("{SEALED}{config}"));
    let checked = done(&lb, &["check-config", "lb.toml"]);
    assert!(checked.contains("secrets sealed with the key k"), "{checked}");
    lb.restart().await;
    lb.ready().await;
    assert_eq!(readable(&lb, "lb.sqlite3"), [""; 0]);
    running().await;
    done(&lb, &["backup", "copy.sqlite3", "--config", "lb.toml"]);
    assert_eq!(readable(&lb, "copy.sqlite3"), [""; 0]);

    done(&lb, &["key", "new", "store.key", "--rotate"]);
    lb.restart().await;
    lb.ready().await;
    let log = lb.log();
    assert!(log.contains("no secret in the database is under this key any more"), "{log}");
    assert_eq!(lb.terminate().await, Some(0));

    // the old key is the only one that opens the backup
    let keys = fs::read_to_string(lb.folder.path().join("store.key")).unwrap();
    let old = keys.lines().last().unwrap().to_owned();
    fs::write(lb.folder.path().join("store.key"), keys.replace(&format!("{old}\n"), "")).unwrap();
    let said = refused(&lb, &["restore", "copy.sqlite3", "--config", "lb.toml"]);
    let (id, text) = old.split_once(' ').unwrap();
    assert!(said.contains(&format!("sealed with the key {id}")) && !said.contains(text), "{said}");

    let serve = ["serve", "--config", "lb.toml"];
    lb.configure(&format!("{PLAIN}{config}"));
    let said = refused(&lb, &serve);
    assert!(said.contains("are sealed: name the file with their keys in [store] key_file"), "{said}");
    lb.configure(&format!("{SEALED}{config}"));
    fs::write(lb.folder.path().join("store.key"), format!("{old}\n")).unwrap();
    let said = refused(&lb, &serve);
    assert!(said.contains("which the file of [store] key_file does not have"), "{said}");
    fs::write(lb.folder.path().join("store.key"), keys).unwrap();
    lb.restart().await;
    lb.ready().await;
    running().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_is_missing_malformed_or_open_to_all_is_refused_with_what_to_do() {
    let mut lb = Lb::start(SEALED.replace("key_file = \"store.key\"\n", "").as_str()).await;
    assert_eq!(lb.terminate().await, Some(0));
    lb.configure(SEALED);
    let path = lb.folder.path().join("store.key");
    let commands: [&[&str]; 2] = [&["serve", "--config", "lb.toml"], &["check-config", "lb.toml"]];
    let says = |sentence: &str| {
        for command in commands {
            let said = refused(&lb, command);
            assert!(said.contains("the key file store.key") && said.contains(sentence), "{command:?}: {said}");
            assert!(!said.contains("AAAA"), "{said}");
        }
    };
    says("cannot be read");
    fs::write(&path, "k1 AAAAAAAA\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    says("mode 644");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    says("has a bad line 1");
    fs::write(&path, "# nothing\n").unwrap();
    says("has no key");
}
