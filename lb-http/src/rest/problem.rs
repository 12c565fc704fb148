//! [`Problem`]: why a request was not done, as RFC 9457 has it.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lb_core::api::Failure;
use lb_core::balancer::AdministrationError;
use lb_core::network::BadNetwork;
use lb_core::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is, for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:lb:problem:not-found")]
    kind: String,
    /// The same for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, and what to do about it.
    detail: String,
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, word: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let kind = format!("urn:lb:problem:{word}");
        Self { kind, title, status: status.as_u16(), detail: detail.into(), retry_after: None }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// What is wrong, for people.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The request says something that it may not say: 400.
    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request is wrong", detail)
    }

    /// Nobody has shown who they are: 401.
    pub(crate) fn unknown_caller(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Who asks is not known", detail)
    }

    /// Who asks may not do this: 403.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// There is no such thing, as far as who asks may see: 404.
    pub(crate) fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", format!("there is no {what}"))
    }

    /// What is there stands against it: 409.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "Something stands against it", detail)
    }

    /// The path has nothing for this method: 405.
    pub(crate) fn not_so() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "Not by this method",
            "the header Allow has what is possible",
        )
    }

    /// It is no longer as who asks takes it to be: 412.
    pub(crate) fn overtaken(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "overtaken", "It has been changed meanwhile", detail)
    }

    /// Too much was sent: 413.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too much was sent", detail)
    }

    /// The body is in no format that is read: 415.
    pub(crate) fn not_json() -> Self {
        let detail = "send JSON, with the header Content-Type: application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body is no JSON", detail)
    }

    /// Not now; again after so many seconds: 429.
    pub(crate) fn too_often(detail: impl Into<String>, retry_after: u64) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-often", "Too often", detail);
        Self { retry_after: Some(retry_after), ..problem }
    }

    /// The balancer cannot do it now: 503.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not possible at the moment", detail);
        Self { retry_after: Some(5), ..problem }
    }

    /// A server of the network did not do what it was asked: 502.
    pub(crate) fn server_failed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "server-failed", "A server did not do it", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        let mut response = (status, Json(&self)).into_response();
        response.headers_mut().extend(headers);
        // pages tell it in their own way
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AdministrationError> for Problem {
    fn from(error: AdministrationError) -> Self {
        let detail = error.to_string();
        match error {
            AdministrationError::Bad(BadNetwork::NoSuch { name }) => Self::not_found(name),
            AdministrationError::Exists { .. }
            | AdministrationError::Overtaken { .. }
            | AdministrationError::NetworkOvertaken => Self::overtaken(detail),
            AdministrationError::Managed { .. }
            | AdministrationError::LabelTaken { .. }
            | AdministrationError::LookedAfter { .. }
            | AdministrationError::Bad(BadNetwork::InUse { .. } | BadNetwork::Always { .. }) => Self::conflict(detail),
            AdministrationError::Label { found: 0, .. } => Self::not_found("secret with that label"),
            AdministrationError::Label { .. } => Self::conflict(detail),
            AdministrationError::Store(error) => error.into(),
            _ => Self::bad(detail),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overtaken | StoreError::Fenced => Self::overtaken(error.to_string()),
            StoreError::BadNetwork(bad) => AdministrationError::Bad(bad).into(),
            // what the store says is for the log: the observers were told
            _ => Self::unavailable("the store cannot be used at the moment; the log says why"),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::RecordingNotFound => Self::not_found("such recording"),
            Failure::StoreTrouble => Self::unavailable("the store cannot be used at the moment; the log says why"),
            other => Self::server_failed(other.message()),
        }
    }
}
