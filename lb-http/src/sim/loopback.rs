//! An HTTP/1.1 server on loopback that can be closed, opened again on its port, and told to break connections.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// Connections held at once; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 4096;
/// How long to wait after a connection could not be accepted: most likely no file descriptor is free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection may take on loopback before the queue counts as full.
const QUEUE_FULL: Duration = Duration::from_millis(200);
/// Connections that fill the queue of a listener that wants one; the system rounds up.
const MOST_QUEUED: usize = 64;
/// In how many pieces an answer trickles.
const PIECES: u32 = 20;

/// A whole answer, or one that breaks or never seems to end.
pub(super) type Body = Either<Full<Bytes>, BoxBody<Bytes, Ending>>;

/// What answers the requests.
pub(super) trait Site: Send + Sync + 'static {
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Body>, Ending>> + Send;
}

/// How a connection ends instead of an answer.
#[derive(Debug)]
pub(super) enum Ending {
    Close,
    Reset,
    Raw(&'static [u8]),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was told to end")
    }
}

impl Error for Ending {}

pub(super) fn whole(bytes: impl Into<Bytes>) -> Body {
    Either::Left(Full::new(bytes.into()))
}

/// The first half of `bytes`, and then a reset.
pub(super) fn broken(bytes: Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    let frames = stream::unfold(Some(half), |half| async move {
        match half {
            Some(half) if !half.is_empty() => Some((Ok(Frame::data(half)), Some(Bytes::new()))),
            _ => {
                // one turn in which the first half goes out
                tokio::task::yield_now().await;
                Some((Err(Ending::Reset), None))
            }
        }
    });
    Either::Right(StreamBody::new(frames).boxed())
}

/// `bytes` in pieces, the last one after `duration`.
pub(super) fn trickle(bytes: Bytes, duration: Duration) -> Body {
    let piece = bytes.len().div_ceil(PIECES as usize).max(1);
    let frames = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(duration / PIECES).await;
        let next = rest.split_to(piece.min(rest.len()));
        Some((Ok(Frame::data(next)), rest))
    });
    Either::Right(StreamBody::new(frames).boxed())
}

/// 64 KiB of blanks.
pub(super) static BLANKS: [u8; 64 << 10] = [b' '; 64 << 10];

/// 64 KiB of empty elements.
pub(super) static ELEMENTS: [u8; 64 << 10] = {
    let (element, mut bytes, mut at) = (*b"<a/>", [0; 64 << 10], 0);
    while at < bytes.len() {
        bytes[at] = element[at % element.len()];
        at += 1;
    }
    bytes
};

/// `start`, then `filling` over and over for `length` bytes, then `end`.
pub(super) fn huge(start: &'static str, filling: &'static [u8], length: u64, end: &'static str) -> Body {
    let fillings = stream::unfold(length, move |left| async move {
        let chunk = left.min(filling.len() as u64);
        let filling = filling.get(..chunk as usize).unwrap_or_default();
        (chunk > 0).then_some((filling, left - chunk))
    });
    let parts = stream::StreamExt::chain(stream::iter([start.as_bytes()]), fillings);
    let parts = stream::StreamExt::chain(parts, stream::iter([end.as_bytes()]));
    let frames = stream::StreamExt::map(parts, |part| Ok(Frame::data(Bytes::from_static(part))));
    Either::Right(StreamBody::new(frames).boxed())
}

/// A listener with its connections, open or closed.
pub(super) struct Loopback<S> {
    site: Arc<S>,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// A listener on 127.0.0.1; port 0 is any free one.
pub(super) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

impl<S: Site> Loopback<S> {
    pub(super) fn start(listener: TcpListener, site: Arc<S>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let running = Mutex::new(Some(Running::start(listener, site.clone())));
        Ok(Self { site, address, running })
    }

    pub(super) fn site(&self) -> &Arc<S> {
        &self.site
    }

    pub(super) fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// Closes the listener and all connections; returns when that is done.
    pub(super) async fn close(&self) {
        let running = self.lock().take();
        if let Some(running) = running {
            running.stop.cancel();
            // an error says that the task has panicked: then it is closed as well
            let _ = running.task.await;
        }
    }

    /// Closes all connections and listens without ever taking one, behind a queue that is full: whoever connects hangs.
    pub(super) async fn clog(&self) -> io::Result<()> {
        self.close().await;
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        let listener = socket.listen(1)?;
        let mut queue = Vec::new();
        while let Ok(connected) = tokio::time::timeout(QUEUE_FULL, TcpStream::connect(self.address)).await {
            queue.push(connected?);
            if queue.len() > MOST_QUEUED {
                return Err(io::Error::other("the system's queue has no end"));
            }
        }
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            stopped.cancelled().await;
            drop((queue, listener));
        });
        *self.lock() = Some(Running { stop, task });
        Ok(())
    }

    /// Listens again on the same port. Nothing happens where it is open.
    pub(super) async fn reopen(&self) -> io::Result<()> {
        if self.is_open() {
            return Ok(());
        }
        let listener = bind(self.address.port()).await?;
        *self.lock() = Some(Running::start(listener, self.site.clone()));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Drop for Loopback<S> {
    fn drop(&mut self) {
        if let Some(running) = self.running.get_mut().unwrap_or_else(PoisonError::into_inner) {
            running.stop.cancel();
        }
    }
}

impl Running {
    fn start<S: Site>(listener: TcpListener, site: Arc<S>) -> Self {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(serve(listener, site, stop.clone())), stop }
    }
}

async fn serve<S: Site>(listener: TcpListener, site: Arc<S>, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, site.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn connection<S: Site>(stream: TcpStream, site: Arc<S>) {
    let _ = stream.set_nodelay(true); // only slower without
    let service = service_fn(move |request| Box::pin(site.clone().answer(request)));
    let mut http = http1::Builder::new();
    http.header_read_timeout(None);
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    let Err(error) = poll_fn(|context| connection.poll_without_shutdown(context)).await else { return };
    let mut stream = connection.into_parts().io.into_inner();
    // Whatever goes wrong here, the peer sees a connection that ended without an answer, which is what was asked for.
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(Ending::Reset) => {
            let _ = stream.set_zero_linger();
        }
        Some(Ending::Raw(bytes)) => {
            let _ = stream.write_all(bytes).await;
        }
        Some(Ending::Close) | None => {}
    }
}
