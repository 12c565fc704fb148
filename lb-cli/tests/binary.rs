//! The binary as a user runs it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::thread::{self, JoinHandle};

const SECRET: &str = "LBtest-0a1B2c3D4e5F";
const BASE: &str = "https://lb.example.org";

fn lb(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lb"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn config(text: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lb.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (directory, path)
}

/// Answers one call with `answer` and tells what was asked.
fn website(answer: String) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut byte = [0];
        while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            asked.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(asked).unwrap()
    });
    (base, asked)
}

#[test]
fn urls_are_signed_as_bbb_does() {
    let join: &[&str] = &["join", "fullName=Jane Doe", "meetingID=room-1", "role=MODERATOR", "redirect=true"];
    let create: &[&str] =
        &["create", "name=Demo & café", "meetingID=room-1", "attendeePW=ap", "moderatorPW=mp", "meta_bbb-origin=lb"];
    for (call, algorithm, path) in [
        (&["getMeetings"][..], "sha1", "getMeetings?checksum=aed7ab01f282f50f85a2136e977bc453e5a26475"),
        (
            &["getMeetings"],
            "sha256",
            "getMeetings?checksum=1d41b8b0f2bfb63b76ef02ce6a980d32607e61d4049c67459799997e32aa20e4",
        ),
        (
            &["getMeetings", "random=random"],
            "sha1",
            "getMeetings?random=random&checksum=a5d3c9655471f5a82b6da827017e47c1e8a42141",
        ),
        (
            create,
            "sha1",
            "create?name=Demo+%26+caf%C3%A9&meetingID=room-1&attendeePW=ap&moderatorPW=mp&meta_bbb-origin=lb&checksum=182c2a3a6197cf0e6c1f733e88c8e5eaf0b50c64",
        ),
        (
            create,
            "sha256",
            "create?name=Demo+%26+caf%C3%A9&meetingID=room-1&attendeePW=ap&moderatorPW=mp&meta_bbb-origin=lb&checksum=9e02c19117348b9c9a4f565346c85c655f4250fbf07c9761646926e2eb3b2791",
        ),
        (
            join,
            "sha384",
            "join?fullName=Jane+Doe&meetingID=room-1&role=MODERATOR&redirect=true&checksum=eda0b92028bb6c6c12f1eb07055b3c56343e3e9904171bc58e4f886d3aec7509af91d81c5f05400c955b5dcfa5ea2208",
        ),
        (
            join,
            "sha512",
            "join?fullName=Jane+Doe&meetingID=room-1&role=MODERATOR&redirect=true&checksum=6d6626de18f1e5f0c5bd26b16bacab11bd4c710868a6e73e7454bc5e9d7195f46f5716c83b6e33c4f7a5fef69bb3ddc80c45a0d10d4494228166f3a10c20882f",
        ),
        (
            &["hooks/create", "callbackURL=https://lms.example/hook", "meetingID=room-1"],
            "sha1",
            "hooks/create?callbackURL=https%3A%2F%2Flms.example%2Fhook&meetingID=room-1&checksum=f10d2615713fcd6f2cff97c082e220caae027ccb",
        ),
    ] {
        let options = ["--secret", SECRET, "--base", BASE, "--checksum", algorithm];
        let (code, url, _) = run(&mut lb(&[&["url"], call, &options].concat()));
        assert_eq!((code, url), (0, format!("{BASE}/bigbluebutton/api/{path}\n")));
    }
}

#[test]
fn the_secret_comes_from_the_environment_standard_input_or_a_configuration() {
    let signed = format!(
        "{BASE}/bigbluebutton/api/getMeetings?checksum=1d41b8b0f2bfb63b76ef02ce6a980d32607e61d4049c67459799997e32aa20e4\n"
    );
    let (_, url, _) = run(lb(&["url", "getMeetings", "--base", BASE]).env("LB_SECRET", SECRET));
    assert_eq!(url, signed);

    let mut command = lb(&["url", "getMeetings", "--base", BASE, "--secret", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{SECRET}").unwrap();
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), signed);

    let text =
        format!("[listen]\npublic_url = '{BASE}'\n[[integrations]]\nname = 'moodle'\nsecrets = ['{SECRET}', 'old']\n");
    let (_directory, path) = config(&text);
    let (_, url, _) = run(&mut lb(&["url", "getMeetings", "--config", &path]));
    assert_eq!(url, signed);
    let named = ["url", "getMeetings", "--config", &path, "--integration", "moodle"];
    assert_eq!(run(lb(&named).env("LB_SECRET", "another")).1, signed);
    let (code, _, error) = run(&mut lb(&["url", "getMeetings", "--config", &path, "--integration", "portal"]));
    assert_eq!((code, error.as_str()), (2, "there is no such integration; there are moodle\n"));
}

#[test]
fn what_is_missing_for_a_signature_is_said() {
    let (code, _, error) = run(&mut lb(&["url", "getMeetings", "--base", BASE]));
    assert_eq!((code, error.as_str()), (2, "no secret: give --secret or --config, or set LB_SECRET\n"));
    let (code, _, error) = run(&mut lb(&["url", "getMeetings", "--secret", SECRET]));
    assert_eq!((code, error.as_str()), (2, "no base: give --base URL or --config FILE\n"));
    let (code, _, error) = run(&mut lb(&["url", "getMeetings", "--secret", SECRET, "--base", "lb.example.org"]));
    assert!(code == 2 && error.contains("http or https") && !error.contains(SECRET), "{error}");
}

#[test]
fn a_good_configuration_is_summed_up_without_its_secrets() {
    let text = "[[integrations]]\nname = 'moodle'\nsecrets = ['s3cr3t']\n[[integrations]]\nname = 'old'\nactive = false\n\
        secrets = ['s3cr3t-2']\n[[servers]]\nname = 'bbb1'\nurl = 'https://bbb1.example.org'\nsecret = 's3cr3t-3'\n";
    let (_directory, path) = config(text);
    let (code, summary, error) = run(lb(&["check-config", &path]).env("LB__LISTEN__API", "127.0.0.1:9"));
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(summary.contains("127.0.0.1:9, reached as http://127.0.0.1:9/"), "{summary}");
    assert!(summary.contains("moodle, old (not active)") && summary.contains("1 static"), "{summary}");
    let (_, json, _) = run(&mut lb(&["check-config", &path, "--json"]));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["servers"], serde_json::json!(["bbb1"]));
    assert_eq!(value["integrations"][1]["active"], false);
    assert_eq!(value["routers"]["default"]["policy"], "nearest-least-cpu");
    assert!(!summary.contains("s3cr3t") && !json.contains("s3cr3t"));
    assert_eq!(run(&mut lb(&["check-config"])).0, 0, "the defaults are good");
}

#[test]
fn everything_wrong_with_a_configuration_is_said_with_its_line() {
    let (_directory, path) = config("[[integrations]]\nname = 'a'\n[[servers]]\nname = 'b'\nurl = 'https://b'\n");
    let (code, summary, error) = run(&mut lb(&["check-config", &path]));
    assert_eq!((code, summary.as_str()), (2, ""));
    let expected = format!(
        "{path}:2: integration a has no secrets; it must have at least one\n\
         {path}:4: server b has no secret, which monitor.kind \"static\" needs\n"
    );
    assert_eq!(error, expected);
    let (code, _, error) = run(lb(&["check-config"]).env("LB__LISTEN__APII", "x"));
    assert_eq!(code, 2);
    assert!(error.starts_with("LB__LISTEN__APII: listen.apii is not a known key"), "{error}");
}

fn http(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Runs `lb call` with `more` against a website that answers `answer`.
fn call(answer: String, more: &[&str]) -> (i32, String, String) {
    let (base, asked) = website(answer);
    let all = ["call", "getMeetingInfo", "meetingID=room 1", "--secret", SECRET, "--base", &base];
    let outcome = run(&mut lb(&[&all, more].concat()));
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("GET /bigbluebutton/api/getMeetingInfo?meetingID=room+1&checksum="), "{asked}");
    outcome
}

#[test]
fn an_answer_is_shown_readably_as_json_or_raw() {
    let body = "<response>\n<returncode>SUCCESS</returncode><attendees><attendee><role>VIEWER</role></attendee></attendees></response>";
    let answer = || http("200 OK", body);
    let readable = "returncode: SUCCESS\nattendees:\n  attendee:\n    role: VIEWER\n";
    assert_eq!(call(answer(), &[]), (0, readable.to_owned(), String::new()));
    let (code, json, _) = call(answer(), &["--json"]);
    let expected = serde_json::json!({ "returncode": "SUCCESS", "attendees": [{ "role": "VIEWER" }] });
    assert_eq!((code, serde_json::from_str::<serde_json::Value>(&json).unwrap()), (0, expected));
    assert_eq!(call(answer(), &["--raw"]), (0, body.to_owned(), String::new()));
}

#[test]
fn a_failed_call_is_shown_and_ends_with_1() {
    let body = "<response><returncode>FAILED</returncode><messageKey>notFound</messageKey></response>";
    for (more, shown) in [(&[][..], "returncode: FAILED\nmessageKey: notFound\n"), (&["--raw"], body)] {
        assert_eq!(call(http("200 OK", body), more), (1, shown.to_owned(), String::new()));
    }
    let (code, shown, error) = call(http("502 Bad Gateway", "<html>\u{1b}[31mBad\n</p>"), &[]);
    assert_eq!((code, shown.as_str()), (1, "<html>\\u{1b}[31mBad\n</p>\n"));
    assert!(error.ends_with("answered HTTP 502 Bad Gateway\n"), "{error}");
}

#[test]
fn a_redirect_is_not_followed_and_its_tokens_are_hidden_unless_raw_is_asked_for() {
    let location = "https://bbb1.example.org/bigbluebutton/api/join?meetingID=1&password=mp&checksum=0123";
    let answer = || http(&format!("302 Found\r\nLocation: {location}"), "");
    let hidden = "https://bbb1.example.org/bigbluebutton/api/join?meetingID=1&password=…&checksum=…";
    assert_eq!(call(answer(), &[]), (0, format!("location: {hidden}\n"), String::new()));
    assert_eq!(call(answer(), &["--raw"]).1, format!("{location}\n"));
    let json: serde_json::Value = serde_json::from_str(&call(answer(), &["--json"]).1).unwrap();
    assert_eq!(json, serde_json::json!({ "status": 302, "location": hidden }));
}

#[test]
fn a_server_that_cannot_be_called_is_named_without_the_query() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for base in [format!("http://{free}"), format!("https://{free}")] {
        let (code, shown, error) =
            run(&mut lb(&["call", "end", "meetingID=room-1", "--secret", SECRET, "--base", &base]));
        assert_eq!((code, shown.as_str()), (1, ""));
        assert!(error.starts_with(&format!("{base} cannot be called: ")) && error.lines().count() == 1, "{error}");
        assert!(!error.contains("room-1") && !error.contains("checksum"), "{error}");
    }
}

#[test]
fn help_has_the_exit_codes_and_examples_and_wrong_usage_ends_with_2() {
    let (code, help, _) = run(&mut lb(&["--help"]));
    assert!(code == 0 && help.contains("2  wrong usage or configuration"), "{help}");
    for command in ["check-config", "backup", "restore", "url", "call"] {
        let (code, help, _) = run(&mut lb(&[command, "--help"]));
        assert!(code == 0 && help.contains("Examples:\n  "), "{help}");
    }
    let help = run(lb(&["url", "--help"]).env("LB_SECRET", SECRET)).1;
    assert!(!help.contains(SECRET), "{help}");
    assert_eq!(run(&mut lb(&["serv"])).0, 2);
    assert_eq!(run(&mut lb(&["url", "create", "name", "--secret", SECRET])).0, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = lb(&["check-config", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    assert_eq!((status.code(), stderr), (Some(0), Vec::new()));
}
