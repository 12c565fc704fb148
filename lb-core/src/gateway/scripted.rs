//! [`ScriptedServers`]: a gateway to BBB servers in memory that misbehave when told to.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use super::{CallBody, Gateway, GatewayError, ServerCall, ServerReply, SimulatedBbb, SimulatedReply};
use crate::clock::Clock;
use crate::secret::Secret;
use crate::server::Server;

/// Names of calls kept for one server; the oldest go first.
const LOG: usize = 10_000;

/// How a server misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refuses the connection: [`GatewayError::Unreachable`].
    Refuse,
    /// Takes the call, does nothing, and never answers: [`GatewayError::Unknown`] at the call's deadline.
    HangBefore,
    /// Does the call and never answers: [`GatewayError::Unknown`] at the call's deadline.
    HangAfter,
    /// Closes the connection without having done the call: [`GatewayError::Unknown`] at once.
    ResetBefore,
    /// Does the call and closes the connection without an answer: [`GatewayError::Unknown`] at once.
    ResetAfter,
    /// Does nothing; its web server answers 502 with a page, as while BBB starts.
    Html502,
    /// Does the call and answers 200 without a body.
    Empty,
    /// Does the call and answers 200 with bytes that are no text.
    Garbage,
    /// Does the call and answers so much later; past the deadline it is as [`HangAfter`](Fault::HangAfter).
    Slow(Duration),
}

/// Any number of BBB servers in memory, each called by its name and each with faults on demand.
///
/// A call reaches the server that its URL names. Time passes only on the clock given.
pub struct ScriptedServers {
    clock: Arc<dyn Clock>,
    // By host name. Held for one call's work and never across an await.
    servers: Mutex<HashMap<String, Scripted>>,
}

struct Scripted {
    bbb: SimulatedBbb,
    fault: Option<Fault>,
    fault_on: HashMap<String, Fault>,
    log: VecDeque<&'static str>,
}

impl Scripted {
    fn handle(&mut self, clock: &dyn Clock, url: &Url, body: Option<(&str, &[u8])>) -> SimulatedReply {
        match url.path().strip_prefix("/bigbluebutton/api/") {
            Some(path) => self.bbb.handle(clock.now(), path, url.query().unwrap_or_default(), body),
            None => SimulatedReply::html(404, "Not Found"),
        }
    }
}

impl ScriptedServers {
    /// No servers yet; hanging and slow ones take their time on `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, servers: Mutex::default() }
    }

    /// Adds an empty server at `http://NAME.invalid/bigbluebutton/` and returns its facts. One of the same name is
    /// replaced.
    ///
    /// # Panics
    /// If `name` cannot be the first part of a host name.
    pub fn add(&self, name: &str, secret: impl Into<Secret>) -> Server {
        let (host, secret) = (host(name), secret.into());
        let server = Server::new(name, &format!("http://{host}/bigbluebutton/"), secret.clone());
        let server = server.unwrap_or_else(|_| panic!("{name:?} cannot be part of a host name"));
        let bbb = SimulatedBbb::new(format!("http://{host}"), secret);
        let scripted = Scripted { bbb, fault: None, fault_on: HashMap::new(), log: VecDeque::new() };
        self.lock().insert(host, scripted);
        server
    }

    /// From now on every call on server `name` meets `fault`; `None` heals it, what was said by
    /// [`fault_on`](Self::fault_on) included. Calls under way are not touched.
    pub fn fault(&self, name: &str, fault: Option<Fault>) {
        if let Some(server) = self.lock().get_mut(&host(name)) {
            server.fault = fault;
            if fault.is_none() {
                server.fault_on.clear();
            }
        }
    }

    /// From now on `call` on server `name` meets `fault`, whatever the others meet.
    pub fn fault_on(&self, name: &str, call: &str, fault: Fault) {
        if let Some(server) = self.lock().get_mut(&host(name)) {
            server.fault_on.insert(call.to_owned(), fault);
        }
    }

    /// The names of the calls that were tried on server `name`, oldest first, refused ones included. The last 10 000 are
    /// kept.
    pub fn calls(&self, name: &str) -> Vec<String> {
        let servers = self.lock();
        servers.get(&host(name)).into_iter().flat_map(|server| &server.log).map(|&call| call.to_owned()).collect()
    }

    /// Looks at server `name`, or changes it past the API, once all that is due there by now has happened. `None` if there is
    /// none of this name.
    pub fn with<T>(&self, name: &str, look: impl FnOnce(&mut SimulatedBbb) -> T) -> Option<T> {
        self.lock().get_mut(&host(name)).map(|server| {
            server.bbb.advance(self.clock.now());
            look(&mut server.bbb)
        })
    }

    /// Makes server `name` another, with the settings of [`SimulatedBbb`]'s `with_` methods.
    pub fn set_up(&self, name: &str, set: impl FnOnce(SimulatedBbb) -> SimulatedBbb) {
        let mut servers = self.lock();
        if let Some(server) = servers.get_mut(&host(name)) {
            let bbb = std::mem::replace(&mut server.bbb, SimulatedBbb::new("", ""));
            server.bbb = set(bbb);
        }
    }

    /// A browser follows `url` to its server: what a join ends in. It meets no fault and is not among the calls. `None` if
    /// no server has this host.
    pub fn browse(&self, url: &Url) -> Option<SimulatedReply> {
        let mut servers = self.lock();
        let server = servers.get_mut(url.host_str()?)?;
        Some(server.handle(&*self.clock, url, None))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Scripted>> {
        // A test that panicked under the lock has failed already.
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes of the call but for the waiting: the answer where the server did it, and the fault.
    fn perform(
        &self,
        call: &ServerCall,
        body: Option<(&str, &[u8])>,
    ) -> Result<(Option<SimulatedReply>, Option<Fault>), GatewayError> {
        let mut servers = self.lock();
        let server = call.url.host_str().and_then(|host| servers.get_mut(host));
        let server = server.ok_or_else(|| GatewayError::NotSent("no server has this name".into()))?;
        server.log.push_back(call.name);
        let surplus = server.log.len().saturating_sub(LOG);
        server.log.drain(..surplus);
        let fault = server.fault_on.get(call.name).copied().or(server.fault);
        let reply = match fault {
            Some(Fault::Refuse | Fault::HangBefore | Fault::ResetBefore | Fault::Html502) => None,
            None | Some(Fault::HangAfter | Fault::ResetAfter | Fault::Empty | Fault::Garbage | Fault::Slow(_)) => {
                Some(server.handle(&*self.clock, &call.url, body))
            }
        };
        Ok((reply, fault))
    }

    async fn time_out(&self, deadline: Duration) -> GatewayError {
        self.clock.sleep(deadline).await;
        GatewayError::Unknown("no answer in time".into())
    }
}

#[async_trait]
impl Gateway for ScriptedServers {
    async fn call(&self, _: &Server, mut call: ServerCall) -> Result<ServerReply, GatewayError> {
        let body = match call.body.take().map(CallBody::collect) {
            Some(body) => Some(body.await?),
            None => None,
        };
        let body = body.as_ref().map(|(content_type, bytes)| (content_type.as_str(), &bytes[..]));
        let (reply, fault) = self.perform(&call, body)?;
        let reply = reply.map(answer);
        match fault {
            Some(Fault::Refuse) => return Err(GatewayError::Unreachable("connection refused".into())),
            Some(Fault::HangBefore | Fault::HangAfter) => return Err(self.time_out(call.deadline).await),
            Some(Fault::ResetBefore | Fault::ResetAfter) => {
                return Err(GatewayError::Unknown("connection reset".into()));
            }
            Some(Fault::Empty) => return Ok(ServerReply { status: 200, content_type: None, body: Bytes::new() }),
            Some(Fault::Garbage) => {
                let body = Bytes::from_static(b"\x00\xff<resp\xfe\xed");
                return Ok(ServerReply { status: 200, content_type: None, body });
            }
            Some(Fault::Slow(delay)) if delay >= call.deadline => return Err(self.time_out(call.deadline).await),
            Some(Fault::Slow(delay)) => self.clock.sleep(delay).await,
            Some(Fault::Html502) | None => {}
        }
        Ok(reply.unwrap_or_else(|| answer(SimulatedReply::html(502, "Bad Gateway"))))
    }
}

impl fmt::Debug for ScriptedServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedServers").finish_non_exhaustive()
    }
}

fn answer(reply: SimulatedReply) -> ServerReply {
    let content_type = Some(reply.content_type.to_owned()).filter(|text| !text.is_empty());
    ServerReply { status: reply.status, content_type, body: reply.body.into() }
}

fn host(name: &str) -> String {
    format!("{}.invalid", name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;
    use futures_util::future::poll_immediate;

    use super::*;
    use crate::clock::ManualClock;

    const DEADLINE: Duration = Duration::from_secs(3);

    struct Fixture {
        clock: Arc<ManualClock>,
        servers: ScriptedServers,
        server: Server,
    }

    fn fixture() -> Fixture {
        let clock = Arc::new(ManualClock::default());
        let servers = ScriptedServers::new(clock.clone());
        let server = servers.add("bbb1", "s3cr3t");
        Fixture { clock, servers, server }
    }

    impl Fixture {
        fn create(&self) -> ServerCall {
            ServerCall::change(&self.server, "create", "name=Algebra&meetingID=room-1", None, DEADLINE)
        }

        fn meetings(&self) -> usize {
            self.servers.with("bbb1", |bbb| bbb.meetings().count()).unwrap()
        }
    }

    #[test]
    fn what_a_server_does_by_itself_happens_on_the_clock() {
        let fixture = fixture();
        let delay = Duration::from_secs(60);
        fixture.servers.set_up("bbb1", |bbb| bbb.with_recording_delay(delay));
        let query = "name=Algebra&meetingID=room-1&record=true";
        let create = ServerCall::change(&fixture.server, "create", query, None, DEADLINE);
        fixture.servers.call(&fixture.server, create).now_or_never().unwrap().unwrap();
        let end = ServerCall::change(&fixture.server, "end", "meetingID=room-1", None, DEADLINE);
        fixture.servers.call(&fixture.server, end).now_or_never().unwrap().unwrap();
        for state in ["processing", "processed", "published"] {
            let names = fixture.servers.with("bbb1", |bbb| bbb.recordings().map(|found| found.state.name()).collect());
            assert_eq!(names, Some(vec![state]));
            fixture.clock.advance(delay / 2);
        }
    }

    #[test]
    fn a_call_reaches_the_server_that_its_url_names() {
        let fixture = fixture();
        let other = fixture.servers.add("BBB2", "other");
        let reply = fixture.servers.call(&other, fixture.create()).now_or_never().unwrap().unwrap();
        assert_eq!(reply.status, 200);
        assert!(reply.body.starts_with(b"<response><returncode>SUCCESS</returncode>"));
        assert_eq!(fixture.meetings(), 1);
        assert_eq!(fixture.servers.calls("bbb1"), ["create"]);
        assert_eq!(fixture.servers.calls("BBB2"), [""; 0]);

        let unknown = Server::new("gone", "http://gone.invalid/", "s").unwrap();
        let call = ServerCall::read(&unknown, "getMeetings", "", DEADLINE);
        let error = fixture.servers.call(&unknown, call).now_or_never().unwrap().unwrap_err();
        assert!(matches!(error, GatewayError::NotSent(_)), "{error}");
    }

    #[test]
    fn faults_that_take_no_time_end_as_they_say_and_have_done_the_call_or_not() {
        type Expected = fn(&Result<ServerReply, GatewayError>) -> bool;
        let table: [(Fault, usize, Expected); 6] = [
            (Fault::Refuse, 0, |end| matches!(end, Err(GatewayError::Unreachable(_)))),
            (Fault::ResetBefore, 0, |end| matches!(end, Err(GatewayError::Unknown(_)))),
            (Fault::ResetAfter, 1, |end| matches!(end, Err(GatewayError::Unknown(_)))),
            (
                Fault::Html502,
                0,
                |end| matches!(end, Ok(reply) if reply.status == 502 && reply.body.starts_with(b"<html>")),
            ),
            (Fault::Empty, 1, |end| matches!(end, Ok(reply) if reply.status == 200 && reply.body.is_empty())),
            (Fault::Garbage, 1, |end| matches!(end, Ok(reply) if std::str::from_utf8(&reply.body).is_err())),
        ];
        for (fault, meetings, expected) in table {
            let fixture = fixture();
            fixture.servers.fault("bbb1", Some(fault));
            let end = fixture.servers.call(&fixture.server, fixture.create()).now_or_never().unwrap();
            assert!(expected(&end), "{fault:?}: {end:?}");
            assert_eq!(fixture.meetings(), meetings, "{fault:?}");
            assert_eq!(fixture.servers.calls("bbb1"), ["create"], "{fault:?}");
            fixture.servers.fault("bbb1", None);
            let healed = fixture.servers.call(&fixture.server, fixture.create()).now_or_never().unwrap();
            assert!(healed.is_ok(), "{fault:?}");
        }
    }

    #[test]
    fn hanging_takes_the_whole_deadline_and_slowness_what_it_says() {
        for (fault, waits, meetings, answers) in [
            (Fault::HangBefore, DEADLINE, 0, false),
            (Fault::HangAfter, DEADLINE, 1, false),
            (Fault::Slow(Duration::from_secs(2)), Duration::from_secs(2), 1, true),
            (Fault::Slow(Duration::from_secs(9)), DEADLINE, 1, false),
        ] {
            let fixture = fixture();
            fixture.servers.fault_on("bbb1", "create", fault);
            let mut call = pin!(fixture.servers.call(&fixture.server, fixture.create()));
            assert!(poll_immediate(&mut call).now_or_never().unwrap().is_none());
            assert_eq!(fixture.meetings(), meetings, "{fault:?}");
            fixture.clock.advance(waits - Duration::from_millis(1));
            assert!(poll_immediate(&mut call).now_or_never().unwrap().is_none(), "{fault:?}");
            fixture.clock.advance(Duration::from_millis(1));
            let end = poll_immediate(&mut call).now_or_never().unwrap().unwrap();
            assert_eq!(end.is_ok(), answers, "{fault:?}: {end:?}");
            let list = ServerCall::read(&fixture.server, "getMeetings", "", DEADLINE);
            assert!(
                fixture.servers.call(&fixture.server, list).now_or_never().unwrap().is_ok(),
                "only create is faulty"
            );
        }
    }

    #[test]
    fn a_browser_that_follows_a_join_is_counted() {
        let fixture = fixture();
        fixture.servers.call(&fixture.server, fixture.create()).now_or_never().unwrap().unwrap();
        let join = ServerCall::signed_url(&fixture.server, "join", "fullName=Ada&meetingID=room-1&role=VIEWER");
        let reply = fixture.servers.browse(&join).unwrap();
        assert_eq!(reply.status, 302);
        assert_eq!(fixture.servers.with("bbb1", |bbb| bbb.users()), Some(1));
        assert_eq!(fixture.servers.calls("bbb1"), ["create"]);
    }
}
