//! A configuration with mistakes is refused with their places, and a database in use is not opened twice.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use harness::{Lb, free_port, integrations, lb_binary, simulated, unwatched};

/// Runs `lb` to its end in `folder`; exit code and what it said.
fn lb(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(lb_binary());
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(stdout.is_empty(), "errors belong on standard error: {}", String::from_utf8_lossy(&stdout));
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn every_mistake_is_refused_with_its_line_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lb.toml");
    let integration = "[[integrations]]\nname = \"moodle\"\n";
    for (text, line, said) in [
        ("[listen]\nport = 80\n".to_owned(), 2, "port"),
        ("[lisen]\napi = \"127.0.0.1:0\"\n".to_owned(), 1, "lisen"),
        ("\n[listen]\napi = \"here\"\n".to_owned(), 3, "address"),
        ("[store]\nurl = \"postgres://lb:s3cr3t@db/lb\"\n".to_owned(), 2, "sqlite:PATH"),
        ("[monitor]\nkind = \"zabbix\"\n".to_owned(), 2, "nagios"),
        ("[monitor]\ninterval = 10\n".to_owned(), 2, "10s"),
        ("[health]\nfailures = 0\n".to_owned(), 2, "1"),
        ("[upstream]\ntimeout = \"soon\"\n".to_owned(), 2, "10s"),
        ("[routers.default]\npolicy = \"dice\"\n".to_owned(), 2, "least-meetings"),
        (format!("{integration}secrets = [\"\"]\n"), 3, "empty"),
        (format!("{integration}secrets = [\"s3cr3t\"]\n{integration}secrets = [\"other\"]\n"), 5, "moodle"),
        ("[[servers]]\nname = \"bbb1\"\nurl = \"ftp://bbb1\"\nsecret = \"s3cr3t\"\n".to_owned(), 3, "http"),
        ("[listen\n".to_owned(), 1, ""),
    ] {
        std::fs::write(&file, &text).unwrap();
        let (code, of_serve) = lb(folder.path(), &["serve", "--config", "lb.toml"]);
        assert_eq!(code, Some(2), "{text}{of_serve}");
        assert!(of_serve.contains(&format!("lb.toml:{line}: ")), "{text}{of_serve}");
        assert!(of_serve.contains(said) && !of_serve.contains("s3cr3t"), "{text}{of_serve}");
        assert_eq!(lb(folder.path(), &["check-config", "lb.toml"]), (Some(2), of_serve));
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lb.toml"], "no database was made");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["serve", "--config", "none.toml"][..], &["check-config", "none.toml"]] {
        let (code, said) = lb(folder.path(), arguments);
        assert_eq!(code, Some(2));
        assert!(said.contains("none.toml"), "{said}");
    }
}

#[tokio::test]
async fn a_second_balancer_over_the_same_database_is_refused_and_the_first_serves_on() {
    let servers = simulated(1).await;
    let first = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers))).await;
    first.ready().await;
    let second = format!("[listen]\napi = \"127.0.0.1:{}\"\n[store]\nurl = \"sqlite:lb.sqlite3\"\n", free_port());
    std::fs::write(first.folder.path().join("second.toml"), second).unwrap();
    let (code, said) = lb(first.folder.path(), &["serve", "--config", "second.toml"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("lb.sqlite3 is in use by another balancer"), "{said}");
    first.website("moodle-s3cr3t").create("room-1").await.success();

    let same_port = format!("[listen]\napi = \"{}\"\n[store]\nurl = \"memory:\"\n", first.address);
    std::fs::write(first.folder.path().join("third.toml"), same_port).unwrap();
    let (code, said) = lb(first.folder.path(), &["serve", "--config", "third.toml"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("cannot listen on {}", first.address)), "{said}");
}
