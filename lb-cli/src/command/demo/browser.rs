//! [`Browser`]: GETs what a website's server or a person's browser GETs.

use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::LOCATION;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_core::Secret;
use lb_core::api::Params;
use lb_core::checksum::{Algorithm, sign};
use lb_core::xml::Document;

/// How long one answer may take: what PHP's and Ruby's clients wait.
const DEADLINE: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// Connections kept for the next call, to each host.
const IDLE_CONNECTIONS: usize = 8;

/// The signed URL of a call to the API at `api`, which ends in `/`. SHA-1, which most websites send and which is shortest.
pub(super) fn signed_url(api: &str, secret: &Secret, call: &str, parameters: &[(&str, &str)]) -> String {
    let query = parameters.iter().copied().collect::<Params>().encode();
    let checksum = sign(Algorithm::Sha1, call, &query, secret);
    let separator = if query.is_empty() { "" } else { "&" };
    format!("{api}{call}?{query}{separator}checksum={checksum}")
}

/// What came back.
pub(super) struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: Bytes,
}

impl Answer {
    /// Whether it is BBB's SUCCESS.
    pub(super) fn is_success(&self) -> bool {
        Document::parse(&self.body).is_ok_and(|document| document.root().value("returncode") == "SUCCESS")
    }

    /// Where it redirects to.
    pub(super) fn redirect(&self) -> Option<&str> {
        self.location.as_deref().filter(|_| self.status.is_redirection())
    }
}

/// An HTTP client that follows nothing by itself.
#[derive(Clone)]
pub(super) struct Browser(Client<HttpConnector, Empty<Bytes>>);

impl Browser {
    pub(super) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(IDLE_CONNECTIONS).build_http())
    }

    /// One GET; `None` where no whole answer came within the deadline.
    pub(super) async fn get(&self, url: &str, forwarded_for: Option<&str>) -> Option<Answer> {
        let mut request = Request::get(url);
        if let Some(address) = forwarded_for {
            request = request.header("x-forwarded-for", address);
        }
        let request = request.body(Empty::new()).ok()?;
        let answer = async {
            let response = self.0.request(request).await.ok()?;
            let status = response.status();
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let body = Limited::new(response.into_body(), ANSWER_LIMIT).collect().await.ok()?.to_bytes();
            Some(Answer { status, location, body })
        };
        tokio::time::timeout(DEADLINE, answer).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_parameters_is_signed_over_its_name_alone() {
        let url = signed_url("http://lb/api/", &"LBtest-0a1B2c3D4e5F".into(), "getMeetings", &[]);
        assert_eq!(url, "http://lb/api/getMeetings?checksum=aed7ab01f282f50f85a2136e977bc453e5a26475");
    }
}
