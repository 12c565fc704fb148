//! The document that describes all that can be asked for, and a page to read.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use bytes::Bytes;

use super::routes::Routes;

static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    let document = super::routes().openapi();
    serde_json::to_vec_pretty(&document).unwrap_or_default().into()
});

pub(super) fn routes(routes: &mut Routes) {
    routes.add(None, document, __path_document);
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "about", responses((status = 200, content_type = "application/json")))]
async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone())
}
