//! How a balancer is reached: by its URL, or by a socket of this machine.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::http::response::Parts;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::UnixStream;
use tokio::time::timeout;
use url::Url;

use super::{ANSWER_LIMIT, CONNECT_DEADLINE};

type Wrong = Box<dyn Error + Send + Sync>;

/// How one balancer is reached.
pub(super) enum Transport {
    Tcp {
        client: Box<legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
        /// Without the slash at its end.
        base: String,
    },
    /// A connection for each call.
    Socket(PathBuf),
}

impl Transport {
    /// Over TCP, with TLS where the URL says so, verified as the operating system does.
    pub(super) fn tcp(url: &Url) -> Result<Self, String> {
        let base = url.as_str().trim_end_matches('/').trim_end_matches("/api/v1").to_owned();
        let cannot = |error: &dyn fmt::Display| format!("{base} cannot be called: {error}");
        let mut http = HttpConnector::new();
        http.set_connect_timeout(Some(CONNECT_DEADLINE));
        http.enforce_http(false);
        let https = HttpsConnectorBuilder::new().try_with_platform_verifier().map_err(|error| cannot(&error))?;
        let https = https.https_or_http().enable_http1().wrap_connector(http);
        Ok(Self::Tcp { client: Box::new(legacy::Client::builder(TokioExecutor::new()).build(https)), base })
    }

    /// Over the first of these sockets that a balancer listens to.
    ///
    /// # Errors
    /// What was tried, and what came of it.
    pub(super) async fn socket(paths: &[PathBuf]) -> Result<Self, String> {
        let mut tried = Vec::new();
        for path in paths {
            match connect(path).await {
                Ok(_) => return Ok(Self::Socket(path.clone())),
                Err(error) => tried.push(format!("{}: {}", path.display(), why(&error))),
            }
        }
        Err(format!(
            "no balancer answers ({}): start one, or say where it is with --url, --profile, --socket or --config",
            tried.join("; ")
        ))
    }

    /// What stands in the request's first line.
    pub(super) fn uri(&self, place: &str) -> String {
        match self {
            Self::Tcp { base, .. } => format!("{base}{place}"),
            Self::Socket(_) => place.to_owned(),
        }
    }

    /// The `Host` that nobody else writes.
    pub(super) fn host(&self) -> Option<&'static str> {
        matches!(self, Self::Socket(_)).then_some("localhost")
    }

    /// Sends `request` and reads the answer to its end.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn call(&self, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), String> {
        let done = match self {
            Self::Tcp { client, .. } => match client.request(request).await {
                Ok(response) => read(response).await,
                Err(error) => Err(error.into()),
            },
            Self::Socket(path) => over_socket(path, request).await,
        };
        done.map_err(|error| format!("{self} cannot be called: {}", chain(&*error)))
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { base, .. } => f.write_str(base),
            Self::Socket(path) => write!(f, "{}", path.display()),
        }
    }
}

async fn connect(path: &Path) -> io::Result<UnixStream> {
    let late = |_| io::Error::new(ErrorKind::TimedOut, "it does not answer");
    timeout(CONNECT_DEADLINE, UnixStream::connect(path)).await.map_err(late)?
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "is not there".to_owned(),
        ErrorKind::ConnectionRefused => "nobody listens".to_owned(),
        ErrorKind::PermissionDenied => "only the balancer's own user may".to_owned(),
        _ => error.to_string(),
    }
}

async fn over_socket(path: &Path, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), Wrong> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(connect(path).await?)).await?;
    // ends with the sender; what goes wrong on it is told by the call
    tokio::spawn(connection);
    read(sender.send_request(request).await?).await
}

async fn read(response: hyper::Response<Incoming>) -> Result<(Parts, Bytes), Wrong> {
    let (head, body) = response.into_parts();
    Ok((head, Limited::new(body, ANSWER_LIMIT).collect().await?.to_bytes()))
}

/// An error and what it comes from, which the HTTP client leaves out of its first sentence.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
