//! [`HttpGateway`]: calls to real servers over HTTP and HTTPS.

mod classify;
mod places;
mod upload;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use lb_core::api::Upload;
use lb_core::gateway::{CallBody, Gateway, GatewayError, ServerCall, ServerReply};
use lb_core::server::Server;
use tokio::time::{Instant, timeout_at};
use url::Position;

pub(crate) use self::classify::root_cause;
use self::classify::{of_body, of_request};
use self::places::Places;
use self::upload::UploadBody;
use crate::tls;

type HttpClient = Client<HttpsConnector<HttpConnector>, upload::CallBody>;

/// What a gateway goes by.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamSettings {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How many calls to one server may be under way at once, and three quarters of it for one website. Further ones wait a
    /// quarter of their time, then fail.
    pub max_concurrent_calls: usize,
    /// The most bytes of one answer that are read. A list of a thousand meetings with their users has some 3 MB.
    pub answer_limit: usize,
    /// The same for a list of recordings. BBB before 2.6 lists all at once: ten thousand have some 30 MB.
    pub recordings_limit: usize,
}

impl Default for UpstreamSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            max_concurrent_calls: 100,
            answer_limit: 16 << 20,
            recordings_limit: 40 << 20,
        }
    }
}

/// Calls servers over HTTP/1.1. It follows no redirects, keeps no cookies and bounds what it reads.
///
/// Calls that read share kept connections, a pool for each server. Calls that change state go over a connection of their
/// own: a kept one may have died unnoticed, and then nobody knows whether the call was received.
pub struct HttpGateway {
    reading: HttpClient,
    changing: HttpClient,
    places: Places,
    settings: UpstreamSettings,
}

/// How much of an answer is read at once. A buffer that grows with the answers would stay with each kept connection.
const READ_BUFFER: usize = 8 << 10;

/// The longest URL that the HTTP library puts into a request, in bytes (`http::Uri`). One that a website could just send may
/// have become longer: it is encoded anew and carries stamps.
const LONGEST_URL: usize = (u16::MAX - 1) as usize;

/// How long a kept connection may be idle: less than the minute after which web servers close theirs.
const IDLE: Duration = Duration::from_secs(15);

impl HttpGateway {
    /// A gateway that goes by `settings`.
    ///
    /// # Errors
    /// The TLS library cannot be set up. Missing certificates of the system are no error: then only servers over plain
    /// HTTP can be called, and a warning is logged.
    pub fn new(settings: UpstreamSettings) -> Result<Self, rustls::Error> {
        let tls = tls::client_config(true).or_else(|error| {
            tracing::warn!(%error, "the system's certificates cannot be read: servers over https cannot be called");
            tls::client_config(false)
        })?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        tcp.set_nodelay(true);
        let https =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).http1_read_buf_exact_size(READ_BUFFER);
        let reading = builder.pool_max_idle_per_host(settings.max_concurrent_calls).build(https.clone());
        let changing = builder.pool_max_idle_per_host(0).retry_canceled_requests(false).build(https);
        Ok(Self { reading, changing, places: Places::new(settings.max_concurrent_calls), settings })
    }

    async fn send(&self, client: &HttpClient, call: &ServerCall) -> Result<ServerReply, Failed> {
        let body = match &call.body {
            Some(CallBody::Whole(content_type, body)) => Some((content_type.as_str(), Full::new(body.clone()))),
            // it is taken out before
            Some(CallBody::Streamed(_)) | None => None,
        };
        let body = body.map(|(content_type, body)| (content_type, Either::Left(body)));
        self.request(client, call.name, request(call, body)).await
    }

    async fn request(
        &self,
        client: &HttpClient,
        name: &str,
        request: Result<Request<upload::CallBody>, hyper::http::Error>,
    ) -> Result<ServerReply, Failed> {
        let request = request.map_err(|error| Failed::from(GatewayError::NotSent(error.to_string())))?;
        let answer = client.request(request).await.map_err(|error| of_request(&error))?;
        let status = answer.status().as_u16();
        let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let limit = if name == "getRecordings" { self.settings.recordings_limit } else { self.settings.answer_limit };
        let body = Limited::new(answer.into_body(), limit).collect().await;
        let body = body.map_err(|error| of_body(&*error, limit))?;
        Ok(ServerReply { status, content_type, body: body.to_bytes() })
    }

    async fn send_by(&self, call: &ServerCall, deadline: Instant) -> Result<ServerReply, GatewayError> {
        let client = if call.changes_state { &self.changing } else { &self.reading };
        let late = || GatewayError::Unknown("no answer within the deadline".to_owned());
        let first = timeout_at(deadline, self.send(client, call)).await.map_err(|_| late())?;
        match first {
            // the server had closed a kept connection: a call that only reads may be sent once more, over a new one
            Err(failed) if failed.connection_broke && !call.changes_state => {
                let second = timeout_at(deadline, self.send(&self.changing, call)).await.map_err(|_| late())?;
                second.map_err(|failed| failed.error)
            }
            result => result.map_err(|failed| failed.error),
        }
    }

    /// Sends a call whose body is still coming, once. The server has its deadline for each piece, and for the answer.
    async fn send_on(
        &self,
        call: &ServerCall,
        upload: Upload,
        patience: Duration,
    ) -> Result<ServerReply, GatewayError> {
        let content_type = upload.content_type.clone();
        let (body, turn) = UploadBody::new(upload);
        let request = request(call, Some((content_type.as_str(), Either::Right(body))));
        tokio::select! {
            answered = self.request(&self.changing, call.name, request) => answered.map_err(|failed| failed.error),
            () = turn.overrun(patience) => Err(GatewayError::Unknown("no answer within the deadline".to_owned())),
        }
    }
}

#[async_trait]
impl Gateway for HttpGateway {
    async fn call(&self, server: &Server, mut call: ServerCall) -> Result<ServerReply, GatewayError> {
        if call.url.as_str().len() > LONGEST_URL {
            return Err(GatewayError::TooLong);
        }
        let deadline = Instant::now() + call.deadline;
        let patience = Instant::now() + call.deadline / 4;
        let place = self.places.of(&server.name).take(call.website.clone());
        let _place = timeout_at(patience, place).await.ok().flatten().ok_or(GatewayError::Busy)?;
        match call.body.take() {
            Some(CallBody::Streamed(upload)) => {
                let patience = deadline.saturating_duration_since(Instant::now());
                self.send_on(&call, upload, patience).await
            }
            body => {
                call.body = body;
                self.send_by(&call, deadline).await
            }
        }
    }
}

impl fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpGateway").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Why a call has no answer, and whether it was the connection that broke before any answer came.
#[derive(Debug)]
struct Failed {
    error: GatewayError,
    connection_broke: bool,
}

impl From<GatewayError> for Failed {
    fn from(error: GatewayError) -> Self {
        Self { error, connection_broke: false }
    }
}

fn request(
    call: &ServerCall,
    body: Option<(&str, upload::CallBody)>,
) -> Result<Request<upload::CallBody>, hyper::http::Error> {
    // No Accept header: some versions of BBB answer JSON or an error page to one that they do not expect.
    let request = Request::builder()
        .uri(call.url.as_str())
        .header(HOST, &call.url[Position::BeforeHost..Position::AfterPort])
        .header(USER_AGENT, HeaderValue::from_static(concat!("lb/", env!("CARGO_PKG_VERSION"))));
    match body {
        Some((content_type, body)) => request.method(Method::POST).header(CONTENT_TYPE, content_type).body(body),
        None => request.method(Method::GET).body(Either::Left(Full::default())),
    }
}

#[cfg(test)]
mod tests;
