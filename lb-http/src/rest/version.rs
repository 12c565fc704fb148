//! `ETag`, `If-Match` and `If-None-Match` (RFC 9110): no change of another is lost.

use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use lb_core::balancer::Expected;
use lb_core::network::Revision;

use super::problem::Problem;

/// The header that carries the version of what is answered.
pub(crate) fn etag(version: Revision) -> [(HeaderName, HeaderValue); 1] {
    let value = HeaderValue::try_from(format!("\"{version}\""));
    [(ETAG, value.unwrap_or_else(|_| HeaderValue::from_static("\"\"")))]
}

/// What who changes something takes for present: `If-Match: "17"` what has this version, `If-Match: *` whatever is there,
/// `If-None-Match: *` nothing; neither of them, anything or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    None,
    Absent,
    Present,
    Version(Revision),
}

impl Precondition {
    /// The same for what has the version `present` now, if it is there.
    pub(crate) fn expected(self, present: Option<Revision>) -> Result<Expected, Problem> {
        match (self, present) {
            (Self::None, _) => Ok(Expected::Any),
            (Self::Absent, _) => Ok(Expected::Absent),
            (Self::Version(version), Some(_)) => Ok(Expected::Version(version)),
            (Self::Present, Some(version)) => Ok(Expected::Version(version)),
            (Self::Version(_) | Self::Present, None) => Err(Problem::overtaken("it is not there any more")),
        }
    }
}

impl Precondition {
    /// The same for who may change only what is `present`: where nothing is said, that is what must be there still.
    pub(crate) fn pinned(self, present: Option<Revision>) -> Self {
        match (self, present) {
            (Self::None | Self::Present, Some(version)) => Self::Version(version),
            (other, _) => other,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Precondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header =
            |name| parts.headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default().trim());
        match (header(IF_MATCH), header(IF_NONE_MATCH)) {
            (None, None) => Ok(Self::None),
            (None, Some("*")) => Ok(Self::Absent),
            (Some("*"), None) => Ok(Self::Present),
            (Some(tag), None) => version(tag).map(Self::Version),
            _ => Err(Problem::bad("send either If-Match, or If-None-Match: *")),
        }
    }
}

/// The version that a tag stands for. A weak one, or another's, fits nothing.
fn version(tag: &str) -> Result<Revision, Problem> {
    let number = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|number| number.parse().ok());
    number.map(Revision).ok_or_else(|| Problem::overtaken("If-Match has no version that was ever here"))
}
