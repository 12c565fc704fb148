//! [`FormOf`]: what was filled in.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::rest::Problem;

/// The longest form, bytes.
pub(super) const MOST: usize = 512 << 10;

/// The longest form of somebody who has not logged in, bytes.
pub(super) const MOST_OF_STRANGERS: usize = 8 << 10;

/// The field that carries the token of the session.
pub(super) const TOKEN: &str = "csrf";

/// The fields of a form that was posted. A name that is there several times is a list; what `T` does not have is left out.
pub(crate) struct FormOf<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormOf<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Problem::bad("this takes what a page's form posts"));
        }
        let body = to_bytes(request.into_body(), MOST).await;
        let body = body.map_err(|_| Problem::too_large(format!("a form has at most {MOST} bytes")))?;
        serde_html_form::from_bytes(&body).map(Self).map_err(|error| Problem::bad(format!("the form: {error}")))
    }
}
