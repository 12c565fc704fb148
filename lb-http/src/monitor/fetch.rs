//! [`Fetcher`]: GETs from the web interface of a monitor.

use std::error::Error as StdError;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_core::Secret;
use lb_core::source::SourceError;
use url::Url;

use crate::tls;

/// The most bytes of one answer that are read. Nagios needs some 2 kB for a service.
const BODY_LIMIT: usize = 64 << 20;

/// Fetches documents below one URL.
///
/// It follows no redirects (the password would follow them), keeps no connection from one poll to the next, and bounds
/// what it reads. It sets no deadline: the poll as a whole has one.
pub(super) struct Fetcher {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    base: Url,
    authorization: Option<HeaderValue>,
    body_limit: usize,
}

impl Fetcher {
    /// Fetches below `base`, with HTTP Basic authentication unless `username` is empty.
    pub(super) fn new(base: &Url, username: &str, password: &Secret) -> Result<Self, SetupError> {
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(SetupError::NotHttp);
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(SetupError::PasswordInUrl);
        }
        if username.contains(':') {
            return Err(SetupError::BadUsername);
        }
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let tls = tls::client_config(base.scheme() == "https").map_err(|error| SetupError::Tls(error.to_string()))?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        let https =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        // polls are seconds apart: a kept connection saves nothing and may have died in between
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(https);
        let authorization = authorization(username, password);
        Ok(Self { client, base, authorization, body_limit: BODY_LIMIT })
    }

    /// The whole body of `name`, a relative reference with its query, if it is answered with 200.
    ///
    /// # Errors
    /// [`SourceError`], whose text contains neither URL nor body.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection.
    pub(super) async fn get(&self, name: &str) -> Result<Bytes, SourceError> {
        let url = self.base.join(name).map_err(|error| SourceError::Unreadable(error.to_string()))?;
        let mut request = Request::get(url.as_str());
        if let (Some(headers), Some(authorization)) = (request.headers_mut(), &self.authorization) {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let request = request.body(Empty::new()).map_err(|error| SourceError::Unreachable(error.to_string()))?;
        let unreachable = |error: &dyn StdError| SourceError::Unreachable(root_cause(error));
        let answer = self.client.request(request).await.map_err(|error| unreachable(&error))?;
        check_status(answer.status())?;
        match Limited::new(answer.into_body(), self.body_limit).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(SourceError::Unreadable(format!("it is longer than {} MiB", self.body_limit >> 20)))
            }
            Err(error) => Err(unreachable(error.as_ref())),
        }
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

fn authorization(username: &str, password: &Secret) -> Option<HeaderValue> {
    let encoded = STANDARD.encode(format!("{username}:{}", password.expose()));
    let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok().filter(|_| !username.is_empty())?;
    value.set_sensitive(true);
    Some(value)
}

fn check_status(status: StatusCode) -> Result<(), SourceError> {
    let code = status.as_u16();
    match code {
        200 => Ok(()),
        401 => Err(SourceError::Refused("HTTP status 401: wrong user or password".into())),
        403 => Err(SourceError::Refused("HTTP status 403: the user may not see this".into())),
        404 => Err(SourceError::Unreadable("HTTP status 404: check the monitor's URL".into())),
        300..=399 => Err(SourceError::Unreadable(format!(
            "HTTP status {code}: redirects are not followed, configure the URL that it leads to"
        ))),
        _ => Err(SourceError::Unreadable(format!("HTTP status {code}"))),
    }
}

/// The innermost error says what happened; those around it only where.
fn root_cause(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Why a monitor cannot be asked at all: a mistake in its settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Its URL is not one.
    #[error("the monitor's URL must begin with http:// or https://")]
    NotHttp,
    /// Its URL holds a user or a password, which logs would show.
    #[error("the monitor's user and password must not stand in its URL; use username and password")]
    PasswordInUrl,
    /// HTTP Basic authentication cannot carry a user name with a colon (RFC 7617, 2).
    #[error("the monitor's user name must not contain a colon")]
    BadUsername,
    /// The certificates to verify it by cannot be had.
    #[error("the monitor's certificate could not be verified: {0}")]
    Tls(String),
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::*;
    use crate::monitor::nagios::fake::{FakeNagios, Reply};

    fn fetcher(address: SocketAddr) -> Fetcher {
        let base = Url::parse(&format!("http://{address}/nagios4/cgi-bin")).unwrap();
        Fetcher::new(&base, "lb", &Secret::from("p:w")).unwrap()
    }

    #[tokio::test]
    async fn a_document_is_fetched_with_user_and_password() {
        let fake = FakeNagios::start(|_| Reply::ok("hello")).await;
        let body = fetcher(fake.address).get("statusjson.cgi?query=servicelist").await.unwrap();
        assert_eq!(body, "hello");
        let requests = fake.requests();
        assert_eq!(requests[0].target, "/nagios4/cgi-bin/statusjson.cgi?query=servicelist");
        assert_eq!(requests[0].authorization.as_deref(), Some("Basic bGI6cDp3"));
    }

    #[tokio::test]
    async fn without_a_user_name_no_password_is_sent() {
        let fake = FakeNagios::start(|_| Reply::ok("hello")).await;
        let base = Url::parse(&format!("http://{}/", fake.address)).unwrap();
        Fetcher::new(&base, "", &Secret::from("p")).unwrap().get("a").await.unwrap();
        assert_eq!(fake.requests()[0].authorization, None);
    }

    #[tokio::test]
    async fn every_other_status_is_an_error() {
        let fake = FakeNagios::start(|target| Reply::status(target.rsplit('/').next().unwrap().parse().unwrap())).await;
        let fetcher = fetcher(fake.address);
        for status in ["401", "403"] {
            assert!(matches!(fetcher.get(status).await, Err(SourceError::Refused(_))), "{status}");
        }
        for status in ["204", "302", "404", "500", "503"] {
            let error = fetcher.get(status).await.unwrap_err();
            assert!(matches!(&error, SourceError::Unreadable(why) if why.contains(status)), "{error}");
        }
        // the redirect was not followed
        assert_eq!(fake.requests().len(), 7);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_an_error_and_not_read_to_its_end() {
        let fake = FakeNagios::start(|_| Reply::Endless).await;
        let fetcher = Fetcher { body_limit: 1 << 20, ..fetcher(fake.address) };
        let error = tokio::time::timeout(Duration::from_secs(20), fetcher.get("a")).await.unwrap().unwrap_err();
        assert_eq!(error, SourceError::Unreadable("it is longer than 1 MiB".into()));
    }

    #[tokio::test]
    async fn a_refused_or_broken_connection_says_so_without_the_url() {
        let fake = FakeNagios::start(|_| Reply::HangUp).await;
        let fetcher = fetcher(fake.address);
        let broken = fetcher.get("a").await.unwrap_err();
        assert!(matches!(broken, SourceError::Unreachable(_)), "{broken}");
        fake.stop().await;
        let refused = fetcher.get("a").await.unwrap_err().to_string();
        assert!(refused.contains("refused") && !refused.contains("://"), "{refused}");
    }

    #[test]
    fn bad_settings_are_refused_with_a_sentence() {
        let refused = |url: &str, user: &str| Fetcher::new(&Url::parse(url).unwrap(), user, &"p".into()).unwrap_err();
        assert_eq!(refused("ftp://127.0.0.1/", "lb"), SetupError::NotHttp);
        assert_eq!(refused("http://lb:p@127.0.0.1/", "lb"), SetupError::PasswordInUrl);
        assert_eq!(refused("http://127.0.0.1/", "l:b"), SetupError::BadUsername);
    }

    #[tokio::test]
    async fn https_speaks_tls() {
        let fake = FakeNagios::start(|_| Reply::ok("hello")).await;
        let base = Url::parse(&format!("https://{}/", fake.address)).unwrap();
        match Fetcher::new(&base, "lb", &"p".into()) {
            // the fake speaks plain HTTP
            Ok(fetcher) => assert!(matches!(fetcher.get("a").await, Err(SourceError::Unreachable(_)))),
            Err(error) => assert!(matches!(error, SetupError::Tls(_)), "a system without certificates: {error}"),
        }
        assert_eq!(fake.requests().len(), 0);
    }

    #[test]
    fn the_debug_output_shows_no_password() {
        let base = Url::parse("http://127.0.0.1/cgi-bin/").unwrap();
        let shown = format!("{:?}", Fetcher::new(&base, "lb", &"secret-word".into()).unwrap());
        assert_eq!(shown, "Fetcher { base: \"http://127.0.0.1/cgi-bin/\", .. }");
    }
}
