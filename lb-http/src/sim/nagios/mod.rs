//! [`SimulatedNagios`]: a Nagios with JSON CGIs, those of Core 4 and Mconf's, watching simulated servers.

mod json;
mod mconf;
mod records;

use std::collections::BTreeMap;
use std::fmt;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Request, Response, StatusCode};
use lb_core::server::ServiceState;
use lb_core::{Secret, Timestamp};
use url::form_urlencoded;

use self::json::{Answer, Cgi, Query};
use super::fault::NagiosFault;
use super::loopback::{self, Body, Ending, Loopback, Site};
use super::observation::{Forced, Observation, SimulatedHost};

const CGI_BIN: &str = "/nagios4/cgi-bin/";

/// What a simulated Nagios is made with.
#[derive(Clone, Debug)]
pub struct SimulatedNagiosSettings {
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// The user that is let in.
    pub username: String,
    /// The user's password.
    pub password: Secret,
}

impl Default for SimulatedNagiosSettings {
    /// Any free port, user `lb`, password `simulated`.
    fn default() -> Self {
        Self { port: 0, username: "lb".to_owned(), password: "simulated".into() }
    }
}

/// A Nagios on loopback: `statusjson.cgi` (`servicelist`, `hostlist`) and `objectjson.cgi` (`hostlist`, `hostgrouplist`) as
/// Core 4 has them, and Mconf's `status-json.cgi` (`style=mconf`); with HTTP Basic authentication and the `hostgroup` filter.
/// Dropping it closes it.
///
/// What it tells is always what the servers do at that moment, in Mconf's services and messages.
pub struct SimulatedNagios {
    loopback: Loopback<Nagios>,
    url: String,
}

impl SimulatedNagios {
    /// Starts one that watches `hosts`.
    ///
    /// # Errors
    /// If the port cannot be bound.
    pub async fn start(settings: SimulatedNagiosSettings, hosts: Vec<SimulatedHost>) -> io::Result<Self> {
        let listener = loopback::bind(settings.port).await?;
        let url = format!("http://{}{CGI_BIN}", listener.local_addr()?);
        let credentials = STANDARD.encode(format!("{}:{}", settings.username, settings.password.expose()));
        let state = State {
            hosts: hosts.into(),
            forced: Arc::default(),
            fault: None,
            program_start: super::now(),
            queries: BTreeMap::new(),
        };
        let nagios = Nagios {
            username: settings.username,
            authorization: Secret::from(format!("Basic {credentials}")),
            state: Mutex::new(state),
        };
        Ok(Self { loopback: Loopback::start(listener, Arc::new(nagios))?, url })
    }

    /// The URL of its CGIs: `http://127.0.0.1:PORT/nagios4/cgi-bin/`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it watches `hosts`. It restarts for that, as Nagios must: `program_start` changes.
    pub fn set_hosts(&self, hosts: Vec<SimulatedHost>) {
        let mut state = self.loopback.site().lock();
        state.hosts = hosts.into();
        // counted in whole seconds: two restarts within one must still be seen
        state.program_start = super::now().max(state.program_start + std::time::Duration::from_secs(1));
    }

    /// From now on a service of a host is in `state`, whatever its numbers say; `None` goes back to what they say.
    pub fn set_service(&self, host: &str, service: &str, state: Option<ServiceState>) {
        let mut site = self.loopback.site().lock();
        let forced = Arc::make_mut(&mut site.forced);
        let key = (host.to_owned(), service.to_owned());
        match state {
            Some(state) => forced.insert(key, state),
            None => forced.remove(&key),
        };
    }

    /// From now on every request meets `fault`; `None` heals it.
    pub fn fault(&self, fault: Option<NagiosFault>) {
        let meets = fault.map(|fault| match fault {
            NagiosFault::Stale(age) => {
                let (hosts, forced) = self.loopback.site().watched();
                Meets::Frozen(observe(&hosts, &forced).into(), super::now().before(age))
            }
            fault => Meets::Fault(fault),
        });
        self.loopback.site().lock().fault = meets;
    }

    /// How many requests of each `query` have come (`mconf` for that style), those that met a fault included.
    pub fn queries(&self) -> BTreeMap<String, u64> {
        self.loopback.site().lock().queries.clone()
    }

    /// Closes the listener and every connection: the monitor's machine is away.
    pub async fn stop(&self) {
        self.loopback.close().await;
    }

    /// Listens again on the same port after a [`stop`](Self::stop).
    ///
    /// # Errors
    /// If somebody else has taken the port meanwhile.
    pub async fn reopen(&self) -> io::Result<()> {
        self.loopback.reopen().await
    }
}

impl fmt::Debug for SimulatedNagios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedNagios").field("url", &self.url).finish_non_exhaustive()
    }
}

struct Nagios {
    username: String,
    authorization: Secret,
    // Never held across an await, nor while a server is looked at.
    state: Mutex<State>,
}

struct State {
    hosts: Arc<[SimulatedHost]>,
    forced: Arc<Forced>,
    fault: Option<Meets>,
    program_start: Timestamp,
    queries: BTreeMap<String, u64>,
}

/// What a request meets instead of the truth.
#[derive(Clone)]
enum Meets {
    /// What was observed once, and the moment it claims to be of.
    Frozen(Arc<[Observation]>, Timestamp),
    Fault(NagiosFault),
}

impl Nagios {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked under the lock has failed already.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watched(&self) -> (Arc<[SimulatedHost]>, Arc<Forced>) {
        let state = self.lock();
        (state.hosts.clone(), state.forced.clone())
    }

    /// Notes the query, and says what it meets and since when Nagios runs.
    fn count(&self, query: &Query) -> (Option<Meets>, Timestamp) {
        let mut state = self.lock();
        if let Some(name) = query.name() {
            *state.queries.entry(name.to_owned()).or_default() += 1;
        }
        (state.fault.clone(), state.program_start)
    }
}

impl Site for Nagios {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Ending> {
        let cgi = match request.uri().path().strip_prefix(CGI_BIN) {
            Some("statusjson.cgi") => Cgi::Status,
            Some("objectjson.cgi") => Cgi::Object,
            Some("status-json.cgi") => Cgi::Mconf,
            _ => return Ok(page(StatusCode::NOT_FOUND)),
        };
        let pairs = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let query = Query::new(cgi, pairs.into_owned().collect());
        if cgi == Cgi::Mconf && query.name().is_none() {
            // its other styles are not simulated
            return Ok(page(StatusCode::NOT_FOUND));
        }
        let (meets, program_start) = self.count(&query);
        let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(Secret::from);
        let refused = matches!(meets, Some(Meets::Fault(NagiosFault::Unauthorized)));
        if refused || given.as_ref() != Some(&self.authorization) {
            return Ok(page(StatusCode::UNAUTHORIZED));
        }
        let (hosts, forced) = self.watched();
        let live = || Answer {
            observations: observe(&hosts, &forced).into(),
            user: &self.username,
            now: super::now(),
            program_start,
            last_data_update: super::now(),
            pending: false,
        };
        let answer = match meets {
            None => live(),
            Some(Meets::Frozen(observations, at)) => Answer { observations, last_data_update: at, ..live() },
            Some(Meets::Fault(NagiosFault::Pending)) => Answer { pending: true, ..live() },
            Some(Meets::Fault(NagiosFault::EmptyList)) => Answer { observations: [].into(), ..live() },
            Some(Meets::Fault(NagiosFault::Hang)) => pending().await,
            Some(Meets::Fault(NagiosFault::Garbage)) => return Ok(json("{\"format_version\": 0, \"res\u{0}")),
            Some(Meets::Fault(NagiosFault::Stopped | NagiosFault::Stale(_) | NagiosFault::Unauthorized)) => {
                return Ok(json(query.when_stopped()));
            }
        };
        Ok(json(answer.to(&query)))
    }
}

fn observe(hosts: &[SimulatedHost], forced: &Forced) -> Vec<Observation> {
    hosts.iter().map(|host| Observation::of(host, forced)).collect()
}

fn json(text: impl Into<bytes::Bytes>) -> Response<Body> {
    let mut response = Response::new(loopback::whole(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

fn page(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(loopback::whole(format!("<html><body><h1>{status}</h1></body></html>\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Nagios Access\""));
    }
    response
}

#[cfg(test)]
mod tests;
