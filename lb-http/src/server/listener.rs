//! Accepting connections, serving each within its limits, and stopping without cutting a call.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use lb_core::api::route;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::{Service, api, pages};

/// Limits on what connections and requests may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once. Further ones wait in the system's queue until one closes.
    pub connections: usize,
    /// How long the head of a request may take to come.
    pub head_time: Duration,
    /// The most bytes of a head: at least 64 KiB, because Moodle sends welcome texts in the URL.
    pub head_bytes: usize,
    /// How long the body of a request may take to come.
    pub body_time: Duration,
    /// The most bytes of a form.
    pub form_bytes: usize,
    /// The most bytes of XML: slides of 30 MB, encoded in base 64.
    pub xml_bytes: usize,
    /// The most bytes that all bodies under way may have together. A request whose body does not fit gets 503.
    pub all_bodies: usize,
    /// How long a stop waits for calls under way.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16_384,
            head_time: Duration::from_secs(10),
            head_bytes: 128 << 10,
            body_time: Duration::from_secs(30),
            form_bytes: 1 << 20,
            xml_bytes: 42 << 20,
            all_bodies: 256 << 20,
            stop_time: Duration::from_secs(20),
        }
    }
}

/// Serves on `listener` until `shutdown` is ready. Then no connection is accepted any more, those that are idle are closed,
/// and calls under way are answered before this returns, within [`Limits::stop_time`].
/// A connection that cannot be accepted is logged, and accepting goes on.
pub async fn serve(listener: TcpListener, service: Service, shutdown: impl Future<Output = ()>) {
    let limits = service.limits;
    let server = Server {
        builder: builder(&limits),
        pages: pages::router(service.clone()),
        bodies: Arc::new(Semaphore::new(limits.all_bodies >> 10)),
        service,
    };
    let server = Arc::new(server);
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&connections).acquire_owned() => place,
            () = &mut shutdown => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // out of file descriptors, usually: others must close first
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut shutdown => break,
        };
        let connection = Arc::clone(&server).connection(stream, peer, &graceful);
        tokio::spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    let service = &server.service;
    service.tasks.close();
    let finished = async {
        graceful.shutdown().await;
        service.tasks.wait().await;
    };
    if tokio::time::timeout(limits.stop_time, finished).await.is_err() {
        tracing::warn!("stopped with calls still under way");
    }
}

struct Server {
    builder: Builder<TokioExecutor>,
    pages: axum::Router,
    // in KiB
    bodies: Arc<Semaphore>,
    service: Service,
}

impl Server {
    fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + use<> {
        let _ = stream.set_nodelay(true);
        let head_time = self.service.limits.head_time;
        let asked = Arc::new(AtomicBool::new(false));
        let (server, first_head) = (Arc::clone(&self), Arc::clone(&asked));
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            first_head.store(true, Ordering::Relaxed);
            let server = Arc::clone(&server);
            async move {
                if route(request.uri().path()).is_some() {
                    return Ok::<_, std::convert::Infallible>(
                        api::answer(&server.service, &server.bodies, peer, request).await,
                    );
                }
                let Ok(page) = server.pages.clone().oneshot(request).await;
                Ok(page.map(api::ReplyBody::Right))
            }
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let watched = graceful.watch(connection);
        async move {
            tokio::pin!(watched);
            let ended = tokio::select! {
                ended = &mut watched => ended,
                // hyper times heads only once it knows the version of HTTP, which a silent client never tells
                () = tokio::time::sleep(head_time) => {
                    if !asked.load(Ordering::Relaxed) {
                        return;
                    }
                    watched.await
                }
            };
            if let Err(error) = ended {
                // a website that hangs up, or that is too slow: its own affair
                tracing::trace!(%error, "a connection ended with an error");
            }
        }
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head_time).max_buf_size(limits.head_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(limits.head_bytes as u32)
        .max_concurrent_streams(200)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(limits.head_time);
    builder
}
