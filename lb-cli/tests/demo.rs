//! `lb demo` as a program runs it: through a pipe, without a terminal.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// The demo under way, with a folder of its own for what it leaves lying around.
struct Demo {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    temporary: TempDir,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_lb"));
        command.arg("demo").args(arguments).env_clear().env("TMPDIR", temporary.path());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, seen: Vec::new(), temporary }
    }

    /// Reads on until a line has `part` in it.
    fn line_with(&mut self, part: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(line) = self.seen.iter().find(|line| line.contains(part)) {
                return line.clone();
            }
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push(line),
                Err(_) => panic!("no line with {part:?} in {:#?}", self.seen),
            }
        }
    }

    fn url_of(&mut self, name: &str) -> String {
        self.line_with(&format!("{name:<13}http")).split_whitespace().nth(1).unwrap().to_owned()
    }

    /// Its exit code, when its output has ended.
    fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap().code(),
                Err(RecvTimeoutError::Timeout) => panic!("it does not end: {:#?}", self.seen),
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

fn host_and_path(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    rest.split_at(rest.find('/').unwrap())
}

fn get(url: &str) -> String {
    let (host, path) = host_and_path(url);
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_shows_placements_with_reasons_and_urls_that_answer_and_ends_by_itself() {
    let mut demo = Demo::start(&["--seconds", "8", "--seed", "7"]);
    let (create, join, list) = (demo.url_of("create"), demo.url_of("join"), demo.url_of("getMeetings"));
    assert!(get(&demo.url_of("readyz")).starts_with("HTTP/1.1 200"));
    let pages = demo.line_with("pages ");
    assert!(pages.contains("/ (log in as demo, password "), "{pages}");
    let placed = demo.line_with("  placed ");
    assert!(placed.contains("km away") && placed.contains("least CPU there"), "{placed}");
    let created = get(&create);
    assert!(created.contains("<returncode>SUCCESS</returncode>"), "{created}");
    let mine = demo.line_with("moodle: Mine: ");
    assert!(mine.contains("km away"), "the integration's own position counts: {mine}");
    let joined = get(&join);
    assert!(joined.starts_with("HTTP/1.1 302") && joined.contains("location: http://127.0.0.1:"), "{joined}");
    let listed = get(&list);
    assert!(listed.contains("<meetingID>mine</meetingID>") && listed.contains("<meetingID>moodle-1</meetingID>"));
    assert!(demo.line_with("  summary ").contains("of 6 servers take meetings"));
    assert_eq!(demo.exit_code(), Some(0));
    assert!(demo.line_with("stopped after ").contains(" joins"));
    assert_eq!(entries(demo.temporary.path()), [] as [&str; 0]);
}

#[test]
fn sigint_ends_it_early_and_nothing_is_left_behind() {
    let mut demo = Demo::start(&[]);
    let list = demo.url_of("getMeetings");
    demo.line_with("  placed ");
    let left_if_killed = entries(demo.temporary.path());
    assert!(left_if_killed.iter().all(|name| name.starts_with("lb-demo-")) && left_if_killed.len() == 1);
    let asked = Command::new("kill").args(["-INT", &demo.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert_eq!(demo.exit_code(), Some(0));
    assert_eq!(entries(demo.temporary.path()), [] as [&str; 0]);
    assert!(TcpStream::connect(host_and_path(&list).0).is_err(), "its port is closed");
}

#[test]
fn a_port_that_is_taken_is_said_and_nothing_is_left_behind() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let temporary = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lb"));
    command.args(["demo", "--port", &port]).env_clear().env("TMPDIR", temporary.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.starts_with(&format!("cannot listen on 127.0.0.1:{port}: ")), "{error}");
    assert_eq!(entries(temporary.path()), [] as [&str; 0]);
}
