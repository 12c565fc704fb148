//! What the black-box tests share: the real binary as a process, and a website that calls it.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it, as a module of its own")]
#![allow(missing_docs, missing_debug_implementations, reason = "not for anybody outside")]

pub mod forms;
pub mod nagios;
pub mod secrets;
pub mod slow;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_core::Secret;
use lb_core::api::Params;
use lb_core::checksum::{Algorithm, sign};
use lb_core::xml::Document;
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The binary `lb`, built once for the profile that the tests are built for.
pub fn lb_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("this test is a file");
        let profile = test.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST").to_owned();
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "lb-cli", "--bin", "lb"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.file_name().is_some_and(|name| name == "release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "lb cannot be built");
        profile.join("lb")
    })
}

/// A port on loopback that was free a moment ago. It is none of those that the system gives to connections and to listeners
/// without a port of their own: one of them could take it before the balancer does. None is given twice.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u32> = 12_000..32_000;
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    // what another test left of it is as good, also where that one has panicked
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    // tests that run at the same time as processes of their own begin at different places
    let begin = std::process::id().wrapping_mul(101);
    let ports = (0..PORTS.len() as u32).map(|offset| PORTS.start + begin.wrapping_add(offset) % PORTS.len() as u32);
    let mut ports = ports.filter_map(|port| u16::try_from(port).ok());
    let free = ports.find(|port| !given.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let port = free.expect("loopback has a free port");
    given.insert(port);
    port
}

/// Polls until `done` answers something, at most `patience`.
pub async fn until<T>(patience: Duration, what: &str, mut done: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(value) = done().await {
            return value;
        }
        assert!(Instant::now() < deadline, "not within {patience:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `lb serve` as a process of its own, with a folder of its own. It is killed when this is dropped, and its log is searched
/// for secrets.
#[derive(Debug)]
pub struct Lb {
    pub address: SocketAddr,
    /// Where its pages are: the same, or a listener of their own.
    pub pages: SocketAddr,
    pub folder: TempDir,
    /// What a shell does before it becomes `lb` at the next start; empty: no shell.
    pub before: &'static str,
    listen: String,
    secrets: Vec<String>,
    child: Option<Child>,
    guard: Option<Child>,
}

/// A process that kills another when this one is gone without a word: its input ends then. It is in a group of its own, so
/// that it outlives what kills the test with its group.
fn guard(id: u32) -> Child {
    let mut shell = Command::new("sh");
    shell.args(["-c", "read -r _; kill -9 \"$0\"", &id.to_string()]).process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell starts")
}

impl Lb {
    /// Starts it with `config` (without `[listen]`, which is added, and `[store]`, which is a file in the folder unless
    /// the configuration names one), and waits until it answers.
    pub async fn start(config: &str) -> Self {
        Self::start_after("", config).await
    }

    /// The same, after a shell has done `before`.
    pub async fn start_after(before: &'static str, config: &str) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        Self::start_at(before, address, address, &format!("api = \"{address}\""), config).await
    }

    /// The same, with the keys of `[listen]` beside `api`, and a listener of its own for its pages.
    pub async fn start_with_admin(listen: &str, config: &str) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let pages = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let listen = format!("api = \"{address}\"\nadmin = \"{pages}\"\n{listen}");
        Self::start_at("", address, pages, &listen, config).await
    }

    /// The same, with all keys of `[listen]`: one of its addresses, and where its pages are.
    pub async fn start_at(
        before: &'static str,
        address: SocketAddr,
        pages: SocketAddr,
        listen: &str,
        config: &str,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the balancer");
        let listen = listen.to_owned();
        let mut lb = Self { address, pages, folder, before, listen, secrets: Vec::new(), child: None, guard: None };
        lb.configure(config);
        lb.restart().await;
        lb
    }

    /// Writes its configuration, to which the same is added as by [`Lb::start`]. What runs reads it at [`Lb::hang_up`].
    pub fn configure(&mut self, config: &str) {
        let store = if config.contains("[store]") {
            String::new()
        } else {
            "[store]\nurl = \"sqlite:lb.sqlite3\"\n".to_owned()
        };
        let text = format!("[listen]\n{}\n{store}{config}", self.listen);
        std::fs::write(self.folder.path().join("lb.toml"), text).expect("the configuration can be written");
        self.secrets.extend(secrets::of_configuration(config));
    }

    /// Starts it again over what the last run left.
    pub async fn restart(&mut self) {
        self.kill();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log");
        let mut command = if self.before.is_empty() {
            Command::new(lb_binary())
        } else {
            let mut shell = Command::new("bash");
            shell.args(["-c", &format!("{}; exec \"$0\" \"$@\"", self.before)]).arg(lb_binary());
            shell
        };
        let child = command
            .args(["serve", "--config", "lb.toml"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("lb starts");
        self.guard = Some(guard(child.id()));
        self.child = Some(child);
        let patience = Duration::from_secs(30);
        until(patience, "lb answers /ping", async || self.get("/ping").await.ok().filter(|(status, _)| *status == 200))
            .await;
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        self.unguard();
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Before its process id may become another's.
    fn unguard(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            let _ = guard.kill();
            let _ = guard.wait();
        }
    }

    /// SIGTERM; answers its exit code when it has stopped by itself.
    pub async fn terminate(&mut self) -> Option<i32> {
        self.ask_to_stop();
        self.stopped().await
    }

    /// Runs another `lb` in the same folder to its end: exit code, standard output, standard error.
    pub fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        self.run_with(arguments, "")
    }

    /// The same with a standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(lb_binary());
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("lb runs");
        // one that reads nothing may have ended
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let ran = child.wait_with_output().expect("lb runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let (output, errors) = (text(ran.stdout), text(ran.stderr));
        for (place, text) in [("output", &output), ("errors", &errors)] {
            secrets::assert_kept(place, text, &self.secrets);
        }
        (ran.status.code(), output, errors)
    }

    /// SIGTERM.
    pub fn ask_to_stop(&self) {
        self.keep_metrics();
        self.signal("-TERM");
    }

    /// SIGHUP.
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, signal: &str) {
        let id = self.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill runs").success());
    }

    /// Its exit code when it has stopped by itself.
    pub async fn stopped(&mut self) -> Option<i32> {
        self.unguard();
        let mut child = self.child.take()?;
        until(Duration::from_secs(30), "lb stops after SIGTERM", async || child.try_wait().expect("a child"))
            .await
            .code()
    }

    /// Its process id.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("lb.log")
    }

    /// Everything that it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// GETs a path; status and body.
    pub async fn get(&self, path: &str) -> Result<(u16, String), String> {
        let answer = fetch(Method::GET, &format!("http://{}{path}", self.pages), None, &[]).await?;
        Ok((answer.status, answer.text()))
    }

    /// Waits until `/readyz` says so: the monitor has answered.
    pub async fn ready(&self) {
        let patience = Duration::from_secs(30);
        until(patience, "lb is ready", async || self.get("/readyz").await.ok().filter(|(status, _)| *status == 200))
            .await;
    }

    /// Waits until `/readyz` says that something is wrong; what.
    pub async fn unready(&self) -> String {
        until(Duration::from_secs(30), "lb is not ready", async || match self.get("/readyz").await {
            Ok((503, reasons)) => Some(reasons),
            _ => None,
        })
        .await
    }

    /// A number of `/metrics`, by its name and labels as they stand there; `None` if it is not there.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let (_, text) = self.get("/metrics").await.expect("lb answers");
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
    }

    /// Waits until a number of `/metrics` is so.
    pub async fn metric_is(&self, name: &str, value: f64) {
        let patience = Duration::from_secs(30);
        until(patience, &format!("{name} {value}"), async || {
            self.metric(name).await.filter(|found| (found - value).abs() < 1e-9)
        })
        .await;
    }

    fn metrics_path(&self) -> PathBuf {
        self.folder.path().join("metrics.txt")
    }

    /// Keeps what `/metrics` says now, to be searched in the end. A balancer that hangs or is gone says nothing.
    fn keep_metrics(&self) {
        let ask = || -> std::io::Result<Vec<u8>> {
            let mut stream = std::net::TcpStream::connect_timeout(&self.pages, Duration::from_secs(1))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: lb\r\nConnection: close\r\n\r\n")?;
            let mut text = Vec::new();
            stream.read_to_end(&mut text)?;
            Ok(text)
        };
        if self.child.is_some()
            && let Ok(text) = ask()
        {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(self.metrics_path());
            file.and_then(|mut file| file.write_all(&text)).expect("a file");
        }
    }

    /// Fails if something confidential is in what it has written since its first start.
    fn assert_secrets_are_kept(&self) {
        secrets::assert_kept("log", &self.log(), &self.secrets);
        let metrics = std::fs::read_to_string(self.metrics_path()).unwrap_or_default();
        secrets::assert_kept("metrics", &metrics, &self.secrets);
    }

    /// A website that calls it.
    pub fn website(&self, secret: &str) -> Website {
        Website { base: format!("http://{}/bigbluebutton/api/", self.address), secret: secret.into() }
    }
}

impl Drop for Lb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.keep_metrics();
        }
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            eprintln!("--- end of the log of lb ---\n{}", lines[lines.len().saturating_sub(200)..].join("\n"));
        } else {
            self.assert_secrets_are_kept();
        }
    }
}

/// A website that knows only BBB's API.
#[derive(Clone, Debug)]
pub struct Website {
    pub base: String,
    pub secret: Secret,
}

impl Website {
    /// The signed URL of a call.
    pub fn url(&self, call: &str, params: &[(&str, &str)]) -> String {
        let query = params.iter().copied().collect::<Params>().encode();
        let digest = sign(Algorithm::Sha1, call, &query, &self.secret);
        let url = format!("{}{call}?{query}&checksum={digest}", self.base);
        secrets::hear(&url);
        url
    }

    /// Calls; an error only where there is no HTTP answer.
    pub async fn try_call(&self, call: &str, params: &[(&str, &str)]) -> Result<Answer, String> {
        fetch(Method::GET, &self.url(call, params), None, &[]).await
    }

    /// Calls with extra headers.
    pub async fn call_with(&self, call: &str, params: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        fetch(Method::GET, &self.url(call, params), None, headers).await.expect("the balancer answers")
    }

    /// Calls.
    pub async fn call(&self, call: &str, params: &[(&str, &str)]) -> Answer {
        self.try_call(call, params).await.expect("the balancer answers")
    }

    /// Creates a meeting.
    pub async fn create(&self, meeting_id: &str) -> Answer {
        self.call("create", &[("name", "Algebra"), ("meetingID", meeting_id)]).await
    }
}

/// Sends bytes as they are over a connection of its own, and reads until the other side closes it or `patience` is over.
/// `None` if it did not close it.
pub async fn raw(address: SocketAddr, bytes: &[u8], patience: Duration) -> Option<String> {
    secrets::hear(&String::from_utf8_lossy(bytes));
    let mut stream = TcpStream::connect(address).await.expect("lb accepts connections");
    let mut answer = Vec::new();
    let exchange = async {
        let (mut from, mut to) = stream.split();
        // it may refuse before all is sent: then it stops reading
        let writing = async {
            let _ = to.write_all(bytes).await;
        };
        let reading = async {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = from.read(&mut buffer).await {
                answer.extend_from_slice(&buffer[..length]);
            }
        };
        tokio::join!(writing, reading);
    };
    tokio::time::timeout(patience, exchange).await.ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    secrets::hear(&answer);
    Some(answer)
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub cookie: Option<String>,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of an element right inside the answer.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let document =
            Document::parse(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()));
        document.root().value(name).into_owned()
    }

    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!((self.status, self.value("returncode").as_str()), (200, "SUCCESS"), "{}", self.text());
        self
    }

    #[track_caller]
    pub fn failed(&self, key: &str) {
        assert_eq!((self.status, self.value("messageKey").as_str()), (200, key), "{}", self.text());
    }
}

/// One request over a connection of its own. Redirects are not followed.
pub async fn fetch(
    method: Method,
    url: &str,
    body: Option<(&str, Bytes)>,
    headers: &[(&str, &str)],
) -> Result<Answer, String> {
    let client: Client<HttpConnector, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    secrets::hear(url);
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some((content_type, body)) = &body {
        secrets::hear(&String::from_utf8_lossy(body));
        request = request.header("content-type", *content_type);
    }
    let request =
        request.body(Full::new(body.map(|(_, bytes)| bytes).unwrap_or_default())).map_err(|error| error.to_string())?;
    let deadline = Duration::from_secs(30);
    let answer = tokio::time::timeout(deadline, client.request(request)).await.map_err(|_| "no answer".to_owned())?;
    let answer = answer.map_err(|error| format!("{error:?}"))?;
    let status = answer.status().as_u16();
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    secrets::hear(location.as_deref().unwrap_or_default());
    secrets::hear(&String::from_utf8_lossy(&body));
    Ok(Answer { status, location, cookie, body })
}

/// Simulated servers, each with a secret of its own.
pub async fn simulated(count: usize) -> Vec<SimulatedServer> {
    simulated_with(count, SimulatedServerSettings::default()).await
}

/// The same, which also know calls that no BBB of today has.
pub async fn simulated_with_calls(count: usize, calls: &[&str]) -> Vec<SimulatedServer> {
    let future_calls = calls.iter().map(|&call| call.to_owned()).collect();
    simulated_with(count, SimulatedServerSettings { future_calls, ..SimulatedServerSettings::default() }).await
}

/// The same with these settings but for the secret.
pub async fn simulated_with(count: usize, settings: SimulatedServerSettings) -> Vec<SimulatedServer> {
    let mut servers = Vec::new();
    for number in 1..=count {
        let secret = format!("s3cr3t-of-bbb{number}").as_str().into();
        let settings = SimulatedServerSettings { secret, ..settings.clone() };
        servers.push(SimulatedServer::start(settings).await.expect("loopback has a free port"));
    }
    servers
}

/// The configuration of simulated servers that nobody watches: `bbb1`, `bbb2`, ….
pub fn unwatched(servers: &[SimulatedServer]) -> String {
    let names: Vec<_> = (1..=servers.len()).map(|number| format!("bbb{number}")).collect();
    let facts = |server: &SimulatedServer| (server.url().to_owned(), server.secret().expose().to_owned());
    static_servers(
        names.iter().zip(servers.iter().map(facts)).map(|(name, (url, secret))| (name.as_str(), url, secret)),
    )
}

/// How many meetings of that id run on each server.
pub fn copies(servers: &[SimulatedServer], meeting_id: &str) -> Vec<usize> {
    let copies = |server: &SimulatedServer| {
        server.with(|bbb| bbb.meetings().filter(|meeting| meeting.meeting_id == meeting_id).count())
    };
    servers.iter().map(copies).collect()
}

/// The configuration of servers that nobody watches, each `(name, url, secret)`.
pub fn static_servers<'a>(servers: impl IntoIterator<Item = (&'a str, String, String)>) -> String {
    let tables = servers
        .into_iter()
        .map(|(name, url, secret)| format!("[[servers]]\nname = \"{name}\"\nurl = \"{url}\"\nsecret = \"{secret}\"\n"));
    tables.collect()
}

/// The configuration of websites, each `(name, secret)`.
pub fn integrations(websites: &[(&str, &str)]) -> String {
    let tables = websites
        .iter()
        .map(|(name, secret)| format!("[[integrations]]\nname = \"{name}\"\nsecrets = [\"{secret}\"]\n"));
    tables.collect()
}
