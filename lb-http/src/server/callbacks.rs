//! What servers call when a meeting has ended: `…/callbacks/ended/INTEGRATION/TOKEN`, behind any prefix.

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use lb_core::api::Params;
use lb_core::balancer::{Balancer, Heard};

use super::{Service, hooks};

/// Answers a server's hint, or what it tells a hook; any other path is not found. HEAD does nothing.
pub(super) async fn ended(State(service): State<Service>, request: Request) -> Response {
    if let Some((server, token)) = Balancer::hook_in(request.uri().path()).map(|(name, token)| (name, token.to_owned()))
    {
        return hooks::heard(&service, &server, &token, request).await;
    }
    let Some((integration, token)) = Balancer::hint_in(request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match *request.method() {
        Method::GET => {}
        Method::HEAD => return StatusCode::OK.into_response(),
        _ => return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response(),
    }
    let marks = Params::parse(request.uri().query().unwrap_or_default()).get("recordingmarks") == Some("true");
    match service.setup.load().balancer.ended(&integration, token, marks).await {
        Heard::Taken => StatusCode::OK.into_response(),
        Heard::Unknown => StatusCode::NOT_FOUND.into_response(),
        Heard::Later => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "30")]).into_response(),
    }
}
