//! [`FakeNagios`]: a web server on loopback that answers what a test says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// What it answers to one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status and a body.
    Body(u16, Bytes),
    /// Zeros without end.
    Endless,
    /// One byte after the other, without end.
    Trickle,
    /// Nothing, ever.
    Hang,
    /// Closes the connection.
    HangUp,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Bytes>) -> Self {
        Self::Body(200, body.into())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Body(status, Bytes::new())
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
}

/// A web server that a test scripts.
#[derive(Debug)]
pub(crate) struct FakeNagios {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    serving: JoinHandle<()>,
}

impl FakeNagios {
    /// Answers every request with what `reply` says to its target.
    pub(crate) async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, reply) = (Arc::clone(&seen), Arc::new(reply));
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
                let service = service_fn(move |request: Request<Incoming>| {
                    let target = request.uri().to_string();
                    let authorization = request.headers().get("authorization");
                    let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
                    log.lock().unwrap().push(Seen { target: target.clone(), authorization });
                    answer(reply(&target))
                });
                connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, seen, serving }
    }

    /// What it was asked so far.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Closes its port and all connections.
    pub(crate) async fn stop(self) {
        self.serving.abort();
        let _ = self.serving.await;
    }
}

async fn answer(reply: Reply) -> Result<Response<UnsyncBoxBody<Bytes, Infallible>>, &'static str> {
    match reply {
        Reply::Body(status, body) => {
            let response = Response::builder().status(status).header("location", "/elsewhere");
            Ok(response.body(Full::new(body).boxed_unsync()).unwrap())
        }
        Reply::Endless => {
            let zeros = stream::repeat_with(|| Ok(Frame::data(Bytes::from_static(&[0; 65_536]))));
            Ok(Response::new(StreamBody::new(zeros).boxed_unsync()))
        }
        Reply::Trickle => {
            let bytes = stream::unfold((), async |()| {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Some((Ok(Frame::data(Bytes::from_static(b" "))), ()))
            });
            Ok(Response::new(StreamBody::new(bytes).boxed_unsync()))
        }
        Reply::Hang => std::future::pending().await,
        Reply::HangUp => Err("hang up"),
    }
}
