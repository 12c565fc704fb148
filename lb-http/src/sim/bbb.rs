//! [`SimulatedServer`]: a BBB server over real HTTP.

mod callers;
mod settings;
mod upload;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use lb_core::gateway::{SimulatedBbb, SimulatedReply};
use lb_core::{Secret, Timestamp};
use tokio::runtime::Handle;

pub use self::settings::SimulatedServerSettings;

use self::callers::Callers;
use super::fault::Fault;
use super::loopback::{self, Body, Ending, Loopback, Site};

/// The largest request body that is read; a larger one is answered 413.
const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// Different names of calls that are counted; further ones count as unknown.
const NAMES_COUNTED: usize = 100;

/// Nine entities, each ten times the next.
const BOMB: &str = "<?xml version=\"1.0\"?><!DOCTYPE response [<!ENTITY a \"boom\">\
    <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\
    <!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">\
    <!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\"><!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\">\
    <!ENTITY h \"&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;\"><!ENTITY i \"&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;\">]>\
    <response><returncode>SUCCESS</returncode><meetingID>&i;</meetingID></response>";

/// A BBB server on loopback over HTTP/1.1, a [`SimulatedBbb`] inside. Dropping it closes it.
pub struct SimulatedServer {
    loopback: Loopback<Bbb>,
    url: String,
    secret: Secret,
}

impl SimulatedServer {
    /// Starts one.
    ///
    /// # Errors
    /// If the port cannot be bound.
    pub async fn start(settings: SimulatedServerSettings) -> io::Result<Self> {
        let listener = loopback::bind(settings.port).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let url = format!("{origin}/bigbluebutton/");
        let bbb = settings.make(origin);
        let state = State { bbb, fault: None, fault_on: HashMap::new(), calls: BTreeMap::new(), alarm: None };
        let callers = Callers {
            pauses: settings.callback_pauses.into(),
            hook_pauses: settings.hook_pauses.into(),
            runtime: Handle::current(),
            hooks: Mutex::default(),
        };
        let site = Bbb { state: Mutex::new(state), callers };
        let loopback = Loopback::start(listener, Arc::new(site))?;
        Ok(Self { loopback, url, secret: settings.secret })
    }

    /// Its URL as operators write it down: `http://127.0.0.1:PORT/bigbluebutton/`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The secret that its calls are signed with.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// From now on every call meets `fault`; `None` heals it, what was said by [`fault_on`](Self::fault_on) included.
    /// Calls under way are not touched.
    pub fn fault(&self, fault: Option<Fault>) {
        let mut state = self.loopback.site().lock();
        state.fault = fault;
        if fault.is_none() {
            state.fault_on.clear();
        }
    }

    /// From now on calls of this name meet `fault`, whatever the others meet.
    pub fn fault_on(&self, call: &str, fault: Fault) {
        self.loopback.site().lock().fault_on.insert(call.to_owned(), fault);
    }

    /// How many calls of each name have come, those that met a fault included. The root's name is empty.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.loopback.site().lock().calls.clone()
    }

    /// Looks at the server, or changes it past the API. Calls wait meanwhile. What it is to call because of it is called.
    pub fn with<T>(&self, look: impl FnOnce(&mut SimulatedBbb) -> T) -> T {
        let site = self.loopback.site();
        let mut state = site.lock();
        state.bbb.advance(super::now());
        let seen = look(&mut state.bbb);
        site.go_on(&mut state);
        seen
    }

    /// Whether it accepts connections.
    pub fn is_open(&self) -> bool {
        self.loopback.is_open()
    }

    /// Closes the listener and every connection; its meetings stay. When this returns, connections are refused.
    pub async fn stop(&self) {
        self.loopback.close().await;
    }

    /// Closes every connection and takes none any more, behind a queue that is full: whoever connects waits. Its meetings
    /// stay; it is healed by a [`stop`](Self::stop) and a [`reopen`](Self::reopen). It works where the system ignores
    /// connections that find the queue full, as Linux does.
    ///
    /// # Errors
    /// If somebody else has taken the port meanwhile, or the queue never fills.
    pub async fn clog(&self) -> io::Result<()> {
        self.loopback.clog().await
    }

    /// Listens again on the same port after a [`stop`](Self::stop).
    ///
    /// # Errors
    /// If somebody else has taken the port meanwhile.
    pub async fn reopen(&self) -> io::Result<()> {
        self.loopback.reopen().await
    }
}

impl fmt::Debug for SimulatedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedServer").field("url", &self.url).finish_non_exhaustive()
    }
}

struct Bbb {
    // Held for one call's work and never across an await.
    state: Mutex<State>,
    callers: Callers,
}

struct State {
    bbb: SimulatedBbb,
    fault: Option<Fault>,
    fault_on: HashMap<String, Fault>,
    calls: BTreeMap<String, u64>,
    /// When it is looked again at what happens by itself.
    alarm: Option<Timestamp>,
}

impl State {
    fn count(&mut self, name: &str) {
        if let Some(count) = self.calls.get_mut(name) {
            *count += 1;
            return;
        }
        let name = if self.calls.len() < NAMES_COUNTED { name } else { "unknown" };
        *self.calls.entry(name.to_owned()).or_default() += 1;
    }

    /// Counts the call, finds the fault that it meets, and does it if the fault lets it.
    fn perform(&mut self, name: &str, query: &str, body: Option<(&str, &[u8])>) -> (SimulatedReply, Option<Fault>) {
        self.count(name);
        let fault = self.fault_on.get(name).copied().or(self.fault);
        let reply = if fault.is_none_or(Fault::does_the_call) {
            self.bbb.handle(super::now(), name, query, body)
        } else {
            SimulatedReply::html(502, "Bad Gateway")
        };
        (reply, fault)
    }
}

impl Bbb {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked under the lock has failed already.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls whom the server is to call, and sees to it that what happens by itself happens when it is due.
    fn go_on(self: &Arc<Self>, state: &mut State) {
        let site = Arc::downgrade(self);
        self.callers.call(state.bbb.take_callbacks(), &site);
        let Some(due) = state.bbb.next_due().filter(|due| state.alarm.is_none_or(|alarm| *due < alarm)) else { return };
        state.alarm = Some(due);
        self.callers.runtime.spawn(async move {
            tokio::time::sleep(due.since(super::now())).await;
            let Some(site) = site.upgrade() else { return };
            let mut state = site.lock();
            // a step of the wall clock back must not make the wait end before its time
            let now = super::now().max(due);
            if state.alarm == Some(due) {
                state.alarm = None;
            }
            state.bbb.advance(now);
            site.go_on(&mut state);
        });
    }
}

impl Site for Bbb {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Ending> {
        let (head, body) = request.into_parts();
        let name = match head.uri.path() {
            "/bigbluebutton" | "/bigbluebutton/" | "/bigbluebutton/api" => "",
            // where a browser ends that follows a join
            "/html5client/join" => return Ok(respond(SimulatedReply::html(200, "BigBlueButton"))),
            path => match path.strip_prefix("/bigbluebutton/api/") {
                Some("join") if head.method != Method::GET => {
                    return Ok(respond(SimulatedReply::html(405, "Method Not Allowed")));
                }
                Some(name) if name.starts_with("hooks/") && head.method != Method::GET => {
                    return Ok(respond(SimulatedReply::html(404, "Not Found")));
                }
                Some(name) => name,
                None => return Ok(respond(SimulatedReply::html(404, "Not Found"))),
            },
        };
        let bytes = if body.is_end_stream() {
            Bytes::new()
        } else {
            match Limited::new(body, BODY_LIMIT).collect().await {
                Ok(collected) => collected.to_bytes(),
                Err(_) => return Ok(respond(SimulatedReply::html(413, "Request Entity Too Large"))),
            }
        };
        let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let bytes = match name {
            "putRecordingTextTrack" => upload::file(content_type, bytes).await.unwrap_or_default(),
            _ => bytes,
        };
        let body = (!bytes.is_empty()).then_some((content_type, &bytes[..]));
        let (reply, fault) = {
            let mut state = self.lock();
            let done = state.perform(name, head.uri.query().unwrap_or_default(), body);
            self.go_on(&mut state);
            done
        };
        misbehave(reply, fault).await
    }
}

async fn misbehave(reply: SimulatedReply, fault: Option<Fault>) -> Result<Response<Body>, Ending> {
    match fault {
        None | Some(Fault::Html502) => Ok(respond(reply)),
        Some(Fault::HangBefore | Fault::HangAfter) => pending().await,
        Some(Fault::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            Ok(respond(reply))
        }
        Some(Fault::Empty) => Ok(respond(reply).map(|_| loopback::whole(""))),
        Some(Fault::Garbage) => Ok(respond(reply).map(|_| loopback::whole(&b"\x00\xff<resp\xfe\xed"[..]))),
        Some(Fault::Huge(length)) => {
            let start = "<response><returncode>SUCCESS</returncode><meetings>";
            let end = "</meetings></response>";
            Ok(respond(reply).map(|_| loopback::huge(start, &loopback::BLANKS, length, end)))
        }
        Some(Fault::Crowd(length)) => {
            let start = "<response><returncode>SUCCESS</returncode>";
            Ok(respond(reply).map(|_| loopback::huge(start, &loopback::ELEMENTS, length, "</response>")))
        }
        Some(Fault::Bomb) => Ok(respond(reply).map(|_| loopback::whole(BOMB))),
        Some(Fault::Trickle(duration)) => {
            let whole = Bytes::from(reply.body.clone());
            Ok(respond(reply).map(|_| loopback::trickle(whole, duration)))
        }
        Some(Fault::ResetMiddle) => {
            let whole = Bytes::from(reply.body.clone());
            let length = HeaderValue::from(whole.len().max(1)); // of an empty answer one byte never comes
            let mut response = respond(reply).map(|_| loopback::broken(whole));
            response.headers_mut().insert(CONTENT_LENGTH, length);
            Ok(response)
        }
        Some(Fault::NotHttp) => Err(Ending::Raw(b"\x15\x03\x01\x00\x02 this is no HTTP\r\n\r\n")),
        Some(Fault::Close) => Err(Ending::Close),
        Some(Fault::ResetBefore | Fault::ResetAfter) => Err(Ending::Reset),
    }
}

fn respond(reply: SimulatedReply) -> Response<Body> {
    let mut response = Response::new(loopback::whole(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if !reply.content_type.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    }
    if let Some(location) = reply.location.and_then(|location| HeaderValue::try_from(location).ok()) {
        headers.insert(LOCATION, location);
    }
    response
}

#[cfg(test)]
mod tests;
