//! [`Client`] speaks with a running balancer: its `/api/v1`, over TCP or over the local socket.
//!
//! | | |
//! |---|---|
//! | `target` | which balancer is meant |
//! | `transport` | how it is reached |
//! | `place` | the paths of its resources |
//! | `problem` | what it says when it refuses |
//!
//! It follows no redirect, and sends nothing twice that has reached the balancer.

mod place;
mod problem;
pub(crate) mod target;
mod transport;

use std::fmt;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use lb_core::Secret;
use serde_json::Value;

pub(crate) use self::place::Place;
pub(crate) use self::target::Target;
use self::transport::Transport;
use crate::outcome::Failure;

/// How long connecting may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// How long an answer may take, from the first byte of the request to its own last.
const ANSWER_DEADLINE: Duration = Duration::from_secs(60);
/// The longest answer that is read.
const ANSWER_LIMIT: usize = 64 * 1024 * 1024;

/// Speaks with one balancer.
pub(crate) struct Client {
    transport: Transport,
    authorization: Option<HeaderValue>,
}

/// What was answered where what was asked for is done.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Which version of the resource it is; to be given back with a change of it.
    pub(crate) version: Option<HeaderValue>,
    /// The body as it came.
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON; null where there is none.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        let unreadable = |_| Refusal { status: None, sentence: "the balancer's answer is no JSON".to_owned() };
        serde_json::from_slice(&self.body).map_err(unreadable)
    }
}

/// Why what was asked for is not done, as a sentence.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What the balancer answered; none if it did not.
    pub(crate) status: Option<StatusCode>,
    /// Why.
    pub(crate) sentence: String,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal.status {
            // the request says something that it may not say: who wrote it said that
            Some(StatusCode::BAD_REQUEST) => Self::Usage(refusal.sentence),
            _ => Self::Failed(refusal.sentence),
        }
    }
}

/// What is sent along with a request.
#[derive(Debug, Default)]
pub(crate) struct Sent<'a> {
    /// The body, as JSON.
    pub(crate) body: Option<&'a Value>,
    /// What must be there, or must not, for it to be done: `If-Match` or `If-None-Match`.
    pub(crate) only_if: Option<(HeaderName, HeaderValue)>,
    /// What kind of answer is wanted; JSON where nothing is said.
    pub(crate) accept: Option<&'static str>,
}

impl Client {
    /// A client for the balancer that is meant. Over a socket it has been reached once when this returns.
    ///
    /// # Errors
    /// A sentence if none can be reached, or the token cannot be sent.
    pub(crate) async fn open(target: Target) -> Result<Self, Failure> {
        let (transport, token) = match target {
            Target::Url(url, token) => (Transport::tcp(&url).map_err(Failure::Failed)?, token),
            Target::Sockets(paths, token) => (Transport::socket(&paths).await.map_err(Failure::Failed)?, token),
        };
        Ok(Self { transport, authorization: token.as_ref().map(bearer).transpose()? })
    }

    /// Asks for `place`.
    pub(crate) async fn get(&self, place: &Place) -> Result<Answer, Refusal> {
        self.send(Method::GET, place, Sent::default()).await
    }

    /// Does what POST does at `place`, with `body` if there is one.
    pub(crate) async fn post(&self, place: &Place, body: Option<&Value>) -> Result<Answer, Refusal> {
        self.send(Method::POST, place, Sent { body, ..Sent::default() }).await
    }

    /// Takes `place` away.
    pub(crate) async fn delete(&self, place: &Place) -> Result<Answer, Refusal> {
        self.send(Method::DELETE, place, Sent::default()).await
    }

    /// Sends one request and reads its answer.
    ///
    /// # Errors
    /// A [`Refusal`] if there is no answer in time, or it is not 2xx.
    pub(crate) async fn send(&self, method: Method, place: &Place, sent: Sent<'_>) -> Result<Answer, Refusal> {
        let refused = |sentence: String| Refusal { status: None, sentence };
        let mut request = Request::builder().method(method).uri(self.transport.uri(place.as_str()));
        request = request.header(USER_AGENT, concat!("lb/", env!("CARGO_PKG_VERSION")));
        request = request.header(ACCEPT, sent.accept.unwrap_or("application/json"));
        if let Some(host) = self.transport.host() {
            request = request.header(HOST, host);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some((header, value)) = sent.only_if {
            request = request.header(header, value);
        }
        if sent.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = sent.body.map(ToString::to_string).unwrap_or_default();
        let request = request.body(body.into()).map_err(|_| refused("that is no path of a balancer".to_owned()))?;
        let called = tokio::time::timeout(CONNECT_DEADLINE + ANSWER_DEADLINE, self.transport.call(request));
        let late = |_| refused(format!("{} did not answer within {ANSWER_DEADLINE:?}", self.transport));
        let (head, body) = called.await.map_err(late)?.map_err(refused)?;
        if head.status.is_success() {
            return Ok(Answer { version: head.headers.get(ETAG).cloned(), body });
        }
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let sentence = problem::sentence(&self.transport.to_string(), head.status, kind, &body);
        Err(Refusal { status: Some(head.status), sentence })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("transport", &self.transport.to_string()).finish_non_exhaustive()
    }
}

fn bearer(token: &Secret) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
    let mut value = value.map_err(|_| Failure::Usage("that is no token: it has characters no token has".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
