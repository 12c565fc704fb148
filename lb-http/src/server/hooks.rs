//! What servers post to the balancer's own hook: `…/callbacks/hook/SERVER/TOKEN`, behind any prefix.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use lb_core::ServerName;
use lb_core::api::Params;
use lb_core::balancer::HookHeard;
use lb_core::hook::HookPost;

use super::Service;

/// The longest body, bytes: the posts of bbb-webhooks have some kilobytes.
const LONGEST: usize = 1 << 20;

/// How long it may take to come.
const READING: Duration = Duration::from_secs(30);

/// Answers a post of the server `name`. Nothing is read of what comes with a wrong token.
pub(super) async fn heard(service: &Service, name: &ServerName, token: &str, request: Request) -> Response {
    let balancer = &service.setup.load().balancer;
    if !balancer.has_hook(name, token) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if *request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")]).into_response();
    }
    let (head, body) = request.into_parts();
    let is_form = text(&head.headers, &CONTENT_TYPE).is_some_and(|given| {
        let media_type = given.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if !is_form {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let body = match tokio::time::timeout(READING, to_bytes(body, LONGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let query = Params::parse(head.uri.query().unwrap_or_default());
    let authorization = text(&head.headers, &AUTHORIZATION);
    let post = HookPost { checksum: query.get("checksum"), authorization, body: &body };
    match balancer.hook_heard(name, token, &post).await {
        HookHeard::Taken => StatusCode::OK.into_response(),
        HookHeard::Unknown => StatusCode::NOT_FOUND.into_response(),
        HookHeard::Forged => StatusCode::UNAUTHORIZED.into_response(),
        HookHeard::Unreadable => StatusCode::BAD_REQUEST.into_response(),
        HookHeard::Later => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
