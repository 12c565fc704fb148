//! [`HttpSender`]: sends requests to websites.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_core::callback::{CallbackRequest, CallbackSender, Post, SendError};
use url::Url;

use super::destination::Destinations;
use crate::tls;
use crate::upstream::root_cause;

/// How many redirects are followed, as by BBB.
const REDIRECTS: usize = 5;

/// How much of an answer is read, so that a website's script can write to its end.
const ANSWER: usize = 64 << 10;

/// How long is read. A script that works on after it has said 200 gets that time before its connection is closed.
const READING: Duration = Duration::from_secs(2);

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// Tells websites over HTTP/1.1, each over a connection of its own. It keeps no cookies, sends no credentials but those of the
/// request, and these to its host alone, uses no proxy, and follows five redirects. Unless it may, it calls no address that
/// [is not public](super::is_public).
///
/// What is posted follows the redirects 307 and 308. The others would make a GET without a body of it, which browsers do: a
/// website that answers that with 200 has not been told anything, so it is a failure.
pub struct HttpSender {
    client: Client<HttpsConnector<HttpConnector<Destinations>>, Full<Bytes>>,
    destinations: Destinations,
}

impl HttpSender {
    /// A sender. `allow_private_addresses`: whether websites may be at addresses that are not public.
    ///
    /// # Errors
    /// The TLS library cannot be set up. Missing certificates of the system are no error: then only websites over plain HTTP
    /// can be told, and a warning is logged.
    pub fn new(allow_private_addresses: bool) -> Result<Self, rustls::Error> {
        let tls = tls::client_config(true).or_else(|error| {
            tracing::warn!(%error, "the system's certificates cannot be read: websites over https cannot be told");
            tls::client_config(false)
        })?;
        Ok(Self::to(Destinations::new(allow_private_addresses), tls))
    }

    fn to(destinations: Destinations, tls: rustls::ClientConfig) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(destinations);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECTING));
        let https =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(https);
        Self { client, destinations }
    }

    async fn request(&self, url: &Url, post: Option<&Post>, trusted: bool) -> Result<Response<Incoming>, SendError> {
        self.destinations.check(url).map_err(|problem| SendError(problem.to_owned()))?;
        let mut bare = url.clone();
        // a website's own credentials are for browsers; hyper would put them into the Host header
        let _ = (bare.set_username(""), bare.set_password(None));
        bare.set_fragment(None);
        let mut request =
            Request::builder().uri(bare.as_str()).header(USER_AGENT, concat!("lb/", env!("CARGO_PKG_VERSION")));
        if let Some(post) = post {
            request = request.method(Method::POST).header(CONTENT_TYPE, post.content_type);
            if let Some(authorization) = post.authorization.as_ref().filter(|_| trusted) {
                request = request.header(AUTHORIZATION, authorization.expose());
            }
        }
        let body = post.map(|post| post.body.clone()).unwrap_or_default();
        let request = request.body(Full::new(body)).map_err(|_| SendError("its URL fits no request".to_owned()))?;
        let answer = self.client.request(request).await;
        answer.map_err(|error| {
            let doing = if error.is_connect() { "cannot connect: " } else { "" };
            SendError(format!("{doing}{}", root_cause(&error)))
        })
    }

    /// The last answer of the website, its body unread.
    async fn follow(&self, request: &CallbackRequest) -> Result<Response<Incoming>, SendError> {
        let first = Url::parse(request.url.expose()).map_err(|_| SendError("its URL is none".to_owned()))?;
        let (post, mut url) = (request.post.as_ref(), first.clone());
        for _ in 0..=REDIRECTS {
            let answer = self.request(&url, post, is_as_safe(&first, &url)).await?;
            match answer.status() {
                StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {}
                StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => {
                    if post.is_some() {
                        let status = answer.status().as_u16();
                        return Err(SendError(format!(
                            "it redirects a POST with {status}: only 307 and 308 can be followed"
                        )));
                    }
                }
                _ => return Ok(answer),
            }
            let location = answer.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            url = next.ok_or_else(|| SendError("it redirects to nowhere".to_owned()))?;
        }
        Err(SendError(format!("it redirects more than {REDIRECTS} times")))
    }
}

/// Whether what was meant for `first` may be told to `url`: the same origin, or the same host over https where it was http.
fn is_as_safe(first: &Url, url: &Url) -> bool {
    let upgraded = first.scheme() == "http" && url.scheme() == "https" && first.host() == url.host();
    first.origin() == url.origin() || (upgraded && first.port().is_none() && url.port().is_none())
}

#[async_trait]
impl CallbackSender for HttpSender {
    async fn send(&self, request: &CallbackRequest, deadline: Duration) -> Result<u16, SendError> {
        let late = |_| SendError(format!("no answer within {} s", deadline.as_secs_f32()));
        let answer = tokio::time::timeout(deadline, self.follow(request)).await.map_err(late)??;
        let status = answer.status().as_u16();
        // the website knows, whatever comes of the rest
        let _ = tokio::time::timeout(READING, Limited::new(answer.into_body(), ANSWER).collect()).await;
        Ok(status)
    }
}

impl fmt::Debug for HttpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSender").field("destinations", &self.destinations).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
