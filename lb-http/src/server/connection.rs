//! One connection: the handshake, HTTP within the deadlines, and its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper::{Request, Version, body::Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use lb_core::api::route;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::either::Either;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::activity::{Activity, Cut, Verdict};
use super::answer_body::watched;
use super::bodies::Bodies;
use super::peer::Peer;
use super::reply_body::ReplyBody;
use super::stream::{Bytes, Stream};
use super::uploads::Uploads;
use super::{Limits, Service, api};

/// What all connections share.
pub(super) struct Server {
    pub(super) builder: Builder<TokioExecutor>,
    pub(super) bodies: Bodies,
    pub(super) uploads: Uploads,
    /// In KiB.
    pub(super) answers: Arc<Semaphore>,
    pub(super) service: Service,
    /// Cancelled when the server is asked to stop.
    pub(super) stopping: CancellationToken,
}

/// What is served to those who come to one listener.
pub(super) struct Offer {
    pub(super) api: bool,
    pub(super) pages: axum::Router,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Server {
    pub(super) fn new(service: Service, stopping: CancellationToken) -> Self {
        let limits = service.limits;
        Self {
            builder: builder(&limits),
            bodies: Bodies::new(&limits),
            uploads: Uploads::new(&limits),
            answers: Arc::new(Semaphore::new(limits.all_answers >> 10)),
            service,
            stopping,
        }
    }

    /// Serves one connection to its end.
    pub(super) async fn connection(self: Arc<Self>, offer: Arc<Offer>, stream: TcpStream, peer: SocketAddr) {
        self.service.metrics.connection_opened();
        let cut = self.shake_hands(offer, stream, peer).await.err();
        self.service.metrics.connection_closed(cut.map(Cut::word));
        if let Some(cut) = cut {
            tracing::trace!(%peer, why = cut.word(), "a connection was closed");
        }
    }

    async fn shake_hands(self: &Arc<Self>, offer: Arc<Offer>, stream: TcpStream, peer: SocketAddr) -> Result<(), Cut> {
        let limits = self.service.limits;
        let _ = stream.set_nodelay(true);
        let bytes = match &offer.tls {
            None => Either::Left(stream),
            Some(tls) => {
                let handshake = tokio::time::timeout(limits.head_time, tls.accept(stream));
                let shaken = tokio::select! {
                    shaken = handshake => shaken,
                    () = self.stopping.cancelled() => return Ok(()),
                };
                match shaken {
                    Ok(Ok(stream)) => Either::Right(Box::new(stream)),
                    Ok(Err(_)) | Err(_) => return Err(Cut::Handshake),
                }
            }
        };
        self.serve(offer, Either::Left(bytes), Peer::Remote(peer)).await
    }

    /// Speaks HTTP over `bytes` until one end has enough.
    pub(super) async fn serve(self: &Arc<Self>, offer: Arc<Offer>, bytes: Bytes, peer: Peer) -> Result<(), Cut> {
        let limits = self.service.limits;
        let activity = Activity::new();
        let stream = TokioIo::new(Stream { bytes, activity: Arc::clone(&activity) });
        let (server, begun) = (Arc::clone(self), Arc::clone(&activity));
        let answer = service_fn(move |request: Request<Incoming>| {
            let under_way = begun.begun(request.version() == Version::HTTP_2);
            let (server, offer) = (Arc::clone(&server), Arc::clone(&offer));
            async move {
                let answer = server.answer(&offer, peer, request).await;
                Ok::<_, Infallible>(watched(answer, under_way, &server.answers))
            }
        });
        let mut connection = pin!(self.builder.serve_connection(stream, answer));
        let give_up = |cut| {
            activity.give_up();
            Err(cut)
        };
        // until then the client may leave by itself
        let mut leaving: Option<(Instant, Cut)> = None;
        let mut stopping = false;
        loop {
            let again = match (activity.look(&limits), leaving) {
                (_, Some((until, cut))) if until <= Instant::now() => return give_up(cut),
                (_, Some((until, _))) => until,
                (Verdict::Over(Cut::Idle), None) => {
                    connection.as_mut().graceful_shutdown();
                    let until = Instant::now() + limits.head_time;
                    leaving = Some((until, Cut::Idle));
                    until
                }
                (Verdict::Over(cut), None) => return give_up(cut),
                (Verdict::Fine(again), None) => again,
            };
            tokio::select! {
                // an error is a website that hangs up or talks nonsense: its own affair
                _ = connection.as_mut() => return leaving.map_or(Ok(()), |(_, cut)| Err(cut)),
                () = tokio::time::sleep_until(again) => {}
                () = self.stopping.cancelled(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }

    async fn answer(&self, offer: &Offer, peer: Peer, mut request: Request<Incoming>) -> hyper::Response<ReplyBody> {
        if let Peer::Remote(peer) = peer
            && offer.api
            && route(request.uri().path()).is_some()
        {
            return api::answer(&self.service, &self.bodies, &self.uploads, peer, request).await;
        }
        request.extensions_mut().insert(peer);
        let Ok(page) = offer.pages.clone().oneshot(request).await;
        page.map(ReplyBody::Page)
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // the time for heads is kept by `Activity`
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(limits.head_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .max_concurrent_streams(limits.streams)
        .keep_alive_interval(limits.answer_time)
        .keep_alive_timeout(limits.head_time);
    builder
}
