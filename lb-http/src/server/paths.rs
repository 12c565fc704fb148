//! All paths that are not BBB's API.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::{Service, callbacks};
use crate::{pages, rest};

/// All pages beside the API: `/ping` and `/healthz` while the process serves, `/readyz` when store and fleet can be used,
/// `/metrics` for Prometheus, `/api/v1` for administration, and the pages for people.
pub fn router(service: Service) -> Router {
    for_everybody()
        .route("/readyz", get(readyz))
        .merge(private())
        .merge(rest::router(&service))
        .merge(pages::router(&service))
        .with_state(service)
}

/// The pages that strangers may see where administration has a listener of its own. `/readyz` keeps its reasons to itself.
pub(super) fn public(service: Service) -> Router {
    for_everybody().route("/readyz", get(readyz_without_reasons)).with_state(service)
}

/// What every listener has. What is no page may be a server that calls back.
fn for_everybody() -> Router<Service> {
    let pages = Router::new().route("/ping", get(|| async { "pong" })).route("/healthz", get(|| async { "ok\n" }));
    pages.fallback(callbacks::called)
}

/// What only those who run the balancer may see.
fn private() -> Router<Service> {
    Router::new().route("/metrics", get(metrics))
}

async fn readyz_without_reasons(State(service): State<Service>) -> impl IntoResponse {
    match service.setup.load().balancer.troubles().await {
        troubles if troubles.is_empty() => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}

async fn readyz(State(service): State<Service>) -> impl IntoResponse {
    match service.setup.load().balancer.troubles().await {
        troubles if troubles.is_empty() => (StatusCode::OK, "ready\n".to_owned()),
        troubles => (StatusCode::SERVICE_UNAVAILABLE, troubles.join("\n") + "\n"),
    }
}

async fn metrics(State(service): State<Service>) -> impl IntoResponse {
    let text = service.metrics.render(&service.setup.load().balancer).await;
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
}
