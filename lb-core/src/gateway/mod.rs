//! How a call reaches a server: [`Gateway`] performs one call on one server and says what became of it.
//!
//! | implementation | for |
//! |---|---|
//! | [`ScriptedServers`] | tests and simulations: [`SimulatedBbb`] servers in memory that can be told to misbehave |
//! | `lb_http::upstream::HttpGateway` | real servers over HTTP |

mod scripted;
mod simulated;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

pub use self::scripted::{Fault, ScriptedServers};
pub use self::simulated::{
    SimulatedBbb, SimulatedBreakout, SimulatedCallback, SimulatedCallbackKind, SimulatedFormat, SimulatedHook,
    SimulatedMeeting, SimulatedRecording, SimulatedRecordingState, SimulatedReply, SimulatedTextTrack, SimulatedUser,
};

use crate::api::{Params, Upload, UploadError, sorted_form};
use crate::checksum::{self, Algorithm};
use crate::network::IntegrationName;
use crate::server::Server;

/// Performs one call on one server.
///
/// An implementation follows no redirects, sends no cookies, bounds what it reads, and **sends a call that changes state
/// at most once**. A call that only reads may be sent once more within its deadline, where it was surely not received or its
/// connection broke before any answer.
#[async_trait]
pub trait Gateway: fmt::Debug + Send + Sync + 'static {
    /// Sends `call` to `server` and reads the whole answer within `call.deadline`.
    ///
    /// # Errors
    /// [`GatewayError`] where there is no HTTP answer. Whatever the server answered, with whatever status, is no error here.
    ///
    /// # Cancel safety
    /// Dropping the future may leave the call sent or not sent: a call that changes state must be run to its end.
    async fn call(&self, server: &Server, call: ServerCall) -> Result<ServerReply, GatewayError>;
}

/// One call to a server, signed and ready to be sent.
pub struct ServerCall {
    /// The call's name, such as `create`; `unknown` for one that the balancer does not know and passes on.
    pub name: &'static str,
    /// The whole URL, signature included. It is a bearer token: it must not be logged.
    pub url: Url,
    /// A body to POST; absent: GET.
    pub body: Option<CallBody>,
    /// How long the call may take in all. Where the body is an upload: how long the server may take for each piece of it, and
    /// to answer once it has all of it; how long the website may take is the upload's own affair.
    pub deadline: Duration,
    /// Whether it changes state on the server: then it must not be sent twice.
    pub changes_state: bool,
    /// The integration that it is made for, so that none can take a server away from the others; absent: the balancer's own.
    pub website: Option<IntegrationName>,
}

impl ServerCall {
    /// The signed URL of call `name` with `query` (raw, without checksum) on `server`.
    pub fn signed_url(server: &Server, name: &str, query: &str) -> Url {
        let digest = checksum::sign(server.checksum, name, query, &server.secret);
        let separator = if query.is_empty() { "" } else { "&" };
        let mut url = server.api_url.clone();
        url.set_path(&[server.api_url.path(), name].concat());
        url.set_query(Some(&[query, separator, "checksum=", &digest].concat()));
        url
    }

    /// A call that reads: GET, may be repeated.
    pub fn read(server: &Server, name: &'static str, query: &str, deadline: Duration) -> Self {
        Self {
            name,
            url: Self::signed_url(server, name, query),
            body: None,
            deadline,
            changes_state: false,
            website: None,
        }
    }

    /// A call that changes state: GET, or POST where there is a body. Never repeated.
    pub fn change(
        server: &Server,
        name: &'static str,
        query: &str,
        body: Option<(String, Bytes)>,
        deadline: Duration,
    ) -> Self {
        let body = body.map(|(content_type, bytes)| CallBody::Whole(content_type, bytes));
        Self { name, url: Self::signed_url(server, name, query), body, deadline, changes_state: true, website: None }
    }

    /// The same, made for a call of `website`.
    #[must_use]
    pub fn on_behalf_of(self, website: &IntegrationName) -> Self {
        Self { website: Some(website.clone()), ..self }
    }

    /// A call that changes state, whose body goes on while it comes.
    pub fn upload(server: &Server, name: &'static str, query: &str, upload: Upload, deadline: Duration) -> Self {
        Self { body: Some(CallBody::Streamed(upload)), ..Self::change(server, name, query, None, deadline) }
    }

    /// A call that changes state, all of it in a form that is signed as BBB up to 2.5 wants it: SHA-1 over the parameters in
    /// the order of their names. There is nothing in the URL.
    pub fn form(server: &Server, name: &'static str, form: &Params, deadline: Duration) -> Self {
        let sorted = sorted_form(form);
        let digest = checksum::sign(Algorithm::Sha1, name, &sorted, &server.secret);
        let mut url = server.api_url.clone();
        url.set_path(&[server.api_url.path(), name].concat());
        let body = CallBody::Whole(FORM.to_owned(), [&sorted, "&checksum=", &digest].concat().into());
        Self { name, url, body: Some(body), deadline, changes_state: true, website: None }
    }
}

/// The content type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What is posted.
pub enum CallBody {
    /// All of it, with its content type.
    Whole(String, Bytes),
    /// What goes on while it comes.
    Streamed(Upload),
}

impl CallBody {
    /// Its content type and all of it, once it has come.
    ///
    /// # Errors
    /// [`GatewayError::Interrupted`] where it does not come whole.
    pub async fn collect(self) -> Result<(String, Bytes), GatewayError> {
        match self {
            Self::Whole(content_type, bytes) => Ok((content_type, bytes)),
            Self::Streamed(upload) => {
                let content_type = upload.content_type.clone();
                Ok((content_type, upload.collect().await.map_err(GatewayError::Interrupted)?))
            }
        }
    }
}

impl fmt::Debug for CallBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole(..) => "Whole",
            Self::Streamed(_) => "Streamed",
        })
    }
}

impl fmt::Debug for ServerCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerCall").field("name", &self.name).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// What a server answered, before anybody looked into it.
#[derive(Clone)]
pub struct ServerReply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, if it says one.
    pub content_type: Option<String>,
    /// The whole body.
    pub body: Bytes,
}

impl fmt::Debug for ServerReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerReply").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}

/// What became of a call that has no usable answer. The texts are for the operator and contain no URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Nobody takes connections at the server's address: they are refused, or come to nothing. The call surely never reached
    /// it. A machine that is down, and its meetings with it, is like that.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The call surely never reached the server for another reason: its name is not found, its certificate is not trusted.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The call was not sent because too many others to this server are under way. It says nothing of the server's health.
    #[error("not sent: too many calls to this server are under way")]
    Busy,
    /// The call was not sent because its URL is longer than requests can be. It says nothing of the server's health, and it
    /// would be too long for any other server as well.
    #[error("not sent: its URL is too long")]
    TooLong,
    /// The call was sent, and no usable end came: time-out, reset. The server may have done it.
    #[error("sent, but the answer never came: {0}")]
    Unknown(String),
    /// The server answered something that is no answer: HTML, a server error, garbage, too much. It may have done it.
    #[error("a bad answer: {0}")]
    BadAnswer(String),
    /// The website's own body did not come whole, and so the call was sent in part. It says nothing of the server's health.
    #[error("sent in part: {0}")]
    Interrupted(UploadError),
}
