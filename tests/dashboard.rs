//! The stream of what changes on the dashboard: who may have it, how soon it tells, and what becomes of those who read slowly.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use harness::{Lb, fetch, integrations, lb_binary, simulated, until, unwatched};
use hyper::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const PASSWORD: &str = "correct horse battery";
const PATIENCE: Duration = Duration::from_secs(20);
const QUICK: &str = "[monitor]\ninterval = \"1s\"\n";

/// `lb` on the same machine; it must succeed.
fn here(lb: &Lb, words: &[&str]) {
    let mut child = Command::new(lb_binary())
        .args(words)
        .current_dir(lb.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// The cookie of somebody who has just been made and has logged in.
async fn log_in(lb: &Lb, name: &str, role: &[&str]) -> String {
    here(lb, &[&["user", "create", name, "--password-stdin", "--role"], role].concat());
    let body = ("application/json", Bytes::from(json!({ "name": name, "password": PASSWORD }).to_string()));
    let url = format!("http://{}/api/v1/session", lb.pages);
    let answer = fetch(Method::POST, &url, Some(body), &[]).await.unwrap();
    answer.cookie.unwrap().split(';').next().unwrap().to_owned()
}

/// A browser that has the dashboard open.
struct Viewer {
    stream: TcpStream,
    heard: String,
}

impl Viewer {
    async fn with(lb: &Lb, headers: &str) -> Self {
        let stream = TcpStream::connect(lb.pages).await.unwrap();
        Self::over(stream, headers).await
    }

    async fn over(mut stream: TcpStream, headers: &str) -> Self {
        let head = format!("GET /live HTTP/1.1\r\nHost: lb\r\nAccept: text/event-stream\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        Self { stream, heard: String::new() }
    }

    async fn who_is(lb: &Lb, cookie: &str) -> Self {
        let mut viewer = Self::with(lb, &format!("Cookie: {cookie}\r\n")).await;
        viewer.hears("event: hello\n").await;
        viewer
    }

    /// Reads until `text` has come; how long that took.
    async fn hears(&mut self, text: &str) -> Duration {
        let begun = Instant::now();
        let reading = async {
            while !self.heard.contains(text) {
                let goes_on = self.read().await;
                assert!(goes_on || self.heard.contains(text), "it is closed without {text}: {}", self.heard);
            }
        };
        let done = tokio::time::timeout(PATIENCE, reading).await;
        assert!(done.is_ok(), "no {text} in {}", self.heard);
        begun.elapsed()
    }

    /// Reads on. Answers whether something came, and not the end.
    async fn read(&mut self) -> bool {
        let mut buffer = [0; 16 << 10];
        let Ok(length @ 1..) = self.stream.read(&mut buffer).await else { return false };
        self.heard.push_str(&String::from_utf8_lossy(&buffer[..length]));
        !self.has_ended()
    }

    /// Whether the last piece of a body in chunks has come.
    fn has_ended(&self) -> bool {
        self.heard.ends_with("\r\n0\r\n\r\n")
    }

    /// Reads to the end.
    async fn ends(&mut self) {
        let ended = tokio::time::timeout(PATIENCE, async { while !self.has_ended() && self.read().await {} }).await;
        assert!(ended.is_ok(), "it goes on");
    }

    /// The name of the last picture that it was told.
    fn seen(&self) -> String {
        let (_, id) = self.heard.rsplit_once("\nid: ").unwrap();
        id.lines().next().unwrap().to_owned()
    }
}

/// The status of the answer to who asks for the stream so.
async fn status(lb: &Lb, headers: &[(&str, &str)]) -> u16 {
    fetch(Method::GET, &format!("http://{}/live", lb.pages), None, headers).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_see_the_network_is_told_of_it_unless_everybody_may() {
    let servers = simulated(1).await;
    let network = integrations(&[("moodle-of-x", "moodle-s3cr3t")]) + &unwatched(&servers) + QUICK;
    let network = network + "[partners.ufrgs]\ndisplay_name = \"U\"\n";
    let mut lb = Lb::start(&network).await;
    lb.ready().await;
    let viewer = log_in(&lb, "eva", &["viewer"]).await;
    let manager = log_in(&lb, "max", &["partner-manager", "--partner", "ufrgs"]).await;
    assert_eq!(status(&lb, &[]).await, 303, "to the form");
    assert_eq!(status(&lb, &[("cookie", "lb_session=forged")]).await, 303);
    assert_eq!(status(&lb, &[("cookie", &manager)]).await, 403);
    let mut eva = Viewer::who_is(&lb, &viewer).await;

    lb.configure(&(network.clone() + "[dashboard]\naccess = \"public\"\n"));
    lb.hang_up();
    until(PATIENCE, "it is public", async || (fetch_page(&lb, "/readyz").await && is_public(&lb).await).then_some(()))
        .await;
    let mut public = Viewer::with(&lb, "").await;
    let mut max = Viewer::who_is(&lb, &manager).await;
    lb.website("moodle-s3cr3t").call("create", &[("name", "Algebra of x"), ("meetingID", "room-of-x")]).await.success();
    eva.hears("event: patch\n").await;
    public.hears("event: patch\n").await;
    max.hears("event: patch\n").await;
    for stranger in [&public, &max] {
        assert!(!stranger.heard.contains("of-x") && !stranger.heard.contains("of x"), "{}", stranger.heard);
    }

    // a session that ends, and a public that is none any more
    lb.configure(&network);
    lb.hang_up();
    let out = format!("http://{}/logout", lb.pages);
    let page = fetch(Method::GET, &format!("http://{}/api/v1/session", lb.pages), None, &[("cookie", &viewer)]).await;
    let csrf: serde_json::Value = serde_json::from_slice(&page.unwrap().body).unwrap();
    let form = format!("csrf={}", csrf["csrf_token"].as_str().unwrap());
    let form = ("application/x-www-form-urlencoded", Bytes::from(form));
    let left = fetch(Method::POST, &out, Some(form), &[("cookie", &viewer)]).await.unwrap();
    assert_eq!(left.status, 303, "{}", left.text());
    for viewer in [&mut eva, &mut public, &mut max] {
        viewer.hears("event: ended\n").await;
        viewer.ends().await;
    }
    lb.metric_is("lb_dashboard_viewers", 0.0).await;
}

async fn fetch_page(lb: &Lb, path: &str) -> bool {
    lb.get(path).await.is_ok_and(|(status, _)| status == 200)
}

async fn is_public(lb: &Lb) -> bool {
    let mut stream = TcpStream::connect(lb.pages).await.unwrap();
    stream.write_all(b"GET /live HTTP/1.1\r\nHost: lb\r\n\r\n").await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    &head == b"HTTP/1.1 200"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_within_two_seconds_and_a_stop_ends_the_stream_at_once() {
    let servers = simulated(2).await;
    let mut lb = Lb::start(&(unwatched(&servers) + QUICK)).await;
    lb.ready().await;
    let cookie = log_in(&lb, "eva", &["viewer"]).await;
    let mut viewer = Viewer::who_is(&lb, &cookie).await;
    viewer.hears("event: patch\n").await;
    viewer.heard.clear();
    here(&lb, &["server", "drain", "bbb2"]);
    let told = viewer.hears("event: patch\n").await;
    assert!(told < Duration::from_secs(2), "{told:?}");

    // after a restart nobody knows what the browser has seen: it fetches the page
    let seen = viewer.seen();
    let begun = Instant::now();
    lb.ask_to_stop();
    viewer.ends().await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(lb.stopped().await, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10), "no stream holds up the stop");
    lb.restart().await;
    lb.ready().await;
    let mut again = Viewer::with(&lb, &format!("Cookie: {cookie}\r\nLast-Event-ID: {seen}\r\n")).await;
    again.hears("event: again\n").await;
    again.hears("\nid: ").await;
    let mut back = Viewer::with(&lb, &format!("Cookie: {cookie}\r\nLast-Event-ID: {}\r\n", again.seen())).await;
    back.hears("event: patch\n").await;
    assert!(!back.heard.contains("event: again\n"), "it goes on where it was: {}", back.heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_cut_by_no_deadline_of_answers_and_keeps_nobody_from_administration() {
    let servers = simulated(1).await;
    let config = unwatched(&servers) + "[dashboard]\nviewers = 300\n";
    let lb = Lb::start_with_admin("idle_timeout = \"1s\"", &config).await;
    lb.ready().await;
    let cookie = log_in(&lb, "eva", &["viewer"]).await;
    let begun = Instant::now();
    let mut viewers = Vec::new();
    for _ in 0..300 {
        viewers.push(Viewer::who_is(&lb, &cookie).await);
    }
    assert_eq!(status(&lb, &[("cookie", &cookie)]).await, 503, "one too many");
    lb.metric_is("lb_dashboard_viewers", 300.0).await;
    lb.metric_is("lb_dashboard_viewers_lost_total{name=\"refused\"}", 1.0).await;
    // longer than a head may take, and a connection be idle
    while begun.elapsed() < Duration::from_secs(14) {
        viewers[0].heard.clear();
        viewers[0].hears("event: patch\n").await;
    }
    for viewer in &mut viewers {
        viewer.heard.clear();
        viewer.hears("event: patch\n").await;
    }
    drop(viewers);
    lb.metric_is("lb_dashboard_viewers", 0.0).await;
    Viewer::who_is(&lb, &cookie).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_sent_away_and_holds_nobody_up() {
    let servers = simulated(1).await;
    let lb = Lb::start(&(unwatched(&servers) + QUICK)).await;
    lb.ready().await;
    let cookie = log_in(&lb, "eva", &["viewer"]).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(lb.pages).await.unwrap();
    let slow = Viewer::over(stream, &format!("Cookie: {cookie}\r\n")).await;
    let mut quick = Viewer::who_is(&lb, &cookie).await;
    lb.metric_is("lb_dashboard_viewers", 2.0).await;
    let begun = Instant::now();
    let mut word = ["drain", "undrain"].into_iter().cycle();
    while lb.metric("lb_dashboard_viewers").await != Some(1.0) {
        assert!(begun.elapsed() < Duration::from_secs(120), "it is still there");
        here(&lb, &["server", word.next().unwrap(), "bbb1"]);
        quick.heard.clear();
        let told = quick.hears("event: patch\n").await;
        assert!(told < Duration::from_secs(2), "{told:?}");
    }
    drop(slow);
}
