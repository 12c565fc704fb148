//! What `lb` lives among: simulated servers, a website, and the settings of the run.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use lb_core::checksum::{Algorithm, sign};
use lb_core::{Secret, Timestamp};
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};
use tokio::net::TcpStream;

use crate::Failed;
use crate::balancer::{Lb, SECRET};

/// What the script may change, by environment.
#[derive(Debug)]
pub struct Settings {
    pub lb: String,
    pub nginx: String,
    pub nginx_config: String,
    /// The core of `lb` and of nginx.
    pub cpu: usize,
    pub rounds: usize,
    pub connections: usize,
    /// Calls of each kind and round, a fortieth of it for creates; 0 leaves the speed out.
    pub calls: usize,
    /// Meetings for the memory; 0 leaves it out.
    pub meetings: usize,
    /// Recordings for the memory; 0 leaves them out.
    pub recordings: usize,
    /// Browsers with the dashboard open; 0 leaves them out.
    pub viewers: usize,
    /// Servers behind the dashboard.
    pub servers: usize,
    /// Nothing but proxied calls through `lb`: for a look at it with a profiler.
    pub only_proxied: bool,
}

impl Settings {
    pub fn from_environment() -> Result<Self, Failed> {
        Ok(Self {
            lb: variable("LOAD_LB", "target/release/lb".to_owned())?,
            nginx: variable("LOAD_NGINX", "/usr/sbin/nginx".to_owned())?,
            nginx_config: variable("LOAD_NGINX_CONFIG", "benches/load/nginx.conf".to_owned())?,
            cpu: variable("LOAD_CPU", 0)?,
            rounds: variable("LOAD_ROUNDS", 3)?,
            connections: variable("LOAD_CONNECTIONS", 64)?,
            calls: variable("LOAD_CALLS", 40_000)?,
            meetings: variable("LOAD_MEETINGS", 10_000)?,
            recordings: variable("LOAD_RECORDINGS", 100_000)?,
            viewers: variable("LOAD_VIEWERS", 0)?,
            servers: variable("LOAD_SERVERS", 40)?,
            only_proxied: variable("LOAD_ONLY_PROXIED", false)?,
        })
    }
}

impl Settings {
    /// Creates in each round: few enough for the voice bridges of one server.
    pub fn creates(&self) -> usize {
        self.calls / 40
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, connections, calls, .. } = self;
        write!(f, "{rounds} rounds, {connections} connections, {calls} calls of each kind, {} creates", self.creates())
    }
}

fn variable<T: FromStr>(name: &str, default: T) -> Result<T, Failed> {
    match std::env::var(name) {
        Ok(text) => text.parse().map_err(|_| format!("{name} cannot be {text:?}").into()),
        Err(_) => Ok(default),
    }
}

/// The simulated servers.
pub struct World {
    pub servers: Vec<SimulatedServer>,
}

impl World {
    pub async fn start(count: usize) -> Result<Self, Failed> {
        let mut servers = Vec::new();
        for number in 0..count {
            let secret = format!("server-secret-{number}").as_str().into();
            servers.push(SimulatedServer::start(SimulatedServerSettings { secret, ..Default::default() }).await?);
        }
        Ok(Self { servers })
    }

    pub fn address(&self, server: usize) -> Result<SocketAddr, Failed> {
        let url = self.servers.get(server).ok_or("no such server")?.url();
        Ok(url::Url::parse(url)?.socket_addrs(|| None)?.first().copied().ok_or("no address")?)
    }

    /// A website that knows the secret of a server itself and calls it at `address`.
    pub fn website(&self, server: usize, address: SocketAddr) -> Website {
        let secret = self.servers.get(server).map_or_else(|| "".into(), |server| server.secret().clone());
        Website { address, secret }
    }

    /// Lets `count` people join a meeting, wherever it is.
    pub fn fill(&self, meeting_id: &str, count: usize) {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp::default() + since_1970;
        for server in &self.servers {
            server.with(|bbb| {
                if bbb.meeting(meeting_id).is_none() {
                    return;
                }
                for number in 0..count {
                    let name = format!("Attendee+Number+{number}&userID=user-{number}");
                    let query = format!("meetingID={meeting_id}&fullName={name}&role=VIEWER");
                    let query = signed("join", &query, server.secret());
                    bbb.handle(now, "join", &query, None);
                }
                bbb.set_media(meeting_id, count / 2, 1);
            });
        }
    }
}

/// A website that knows only BBB's API.
#[derive(Clone)]
pub struct Website {
    address: SocketAddr,
    secret: Secret,
}

impl Website {
    pub fn of(lb: &Lb) -> Self {
        Self { address: lb.address, secret: SECRET.into() }
    }

    /// One that calls `lb` with another secret.
    pub fn with(lb: &Lb, secret: &str) -> Self {
        Self { address: lb.address, secret: secret.into() }
    }

    /// Path and query of a call, signed.
    pub fn target(&self, call: &str, query: &str) -> String {
        format!("/bigbluebutton/api/{call}?{}", signed(call, query, &self.secret))
    }

    pub async fn create(&self, meeting_id: &str) -> Result<(), Failed> {
        let query = format!("name=Algebra&meetingID={meeting_id}&meta_bbb-origin=load");
        let (status, body) = fetch(self.address, &self.target("create", &query)).await?;
        if status != 200 || !body.contains("SUCCESS") {
            return Err(format!("not created: {status} {body}").into());
        }
        Ok(())
    }
}

fn signed(call: &str, query: &str, secret: &Secret) -> String {
    format!("{query}&checksum={}", sign(Algorithm::Sha256, call, query, secret))
}

/// One GET over a connection of its own.
pub async fn fetch(address: SocketAddr, target: &str) -> Result<(u16, String), Failed> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(TcpStream::connect(address).await?)).await?;
    tokio::spawn(connection);
    let request = Request::get(target).header(HOST, address.to_string()).body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// An address on loopback that was free a moment ago.
pub fn free_address() -> Result<SocketAddr, Failed> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
