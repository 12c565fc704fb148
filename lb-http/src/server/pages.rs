//! All paths that are not BBB's API.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::{Service, callbacks};

/// The pages beside the API: `/ping` and `/healthz` while the process serves, `/readyz` when store and fleet can be used,
/// `/metrics` for Prometheus. What is none of these may be a server that calls back.
pub fn router(service: Service) -> Router {
    Router::new()
        .route("/ping", get(|| async { "pong" }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .fallback(callbacks::ended)
        .with_state(service)
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
