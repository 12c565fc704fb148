//! The stylesheet, modules and pictures: embedded, and kept by browsers for good, because their path has what is in them.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::server::Service;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../assets/", $name)))),*]
    };
}

/// All of them.
const ASSETS: &[(&str, &[u8])] = embedded![
    "copy.js",
    "dashboard.js",
    "file.js",
    "form.js",
    "icon.svg",
    "inline.js",
    "live.js",
    "map.js",
    "patch.js",
    "preview.js",
    "side.js",
    "style.css",
    "table.js",
    "time.js",
    "world.svg",
    "zone.js",
];

/// What all of them are, in ten characters: modules find each other by relative paths, so that they change together.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for (name, bytes) in ASSETS {
        digest.update(name);
        digest.update(bytes);
    }
    let mut text = hex::encode(digest.finalize());
    text.truncate(10);
    text
});

/// What tells one version of all files from another.
pub(crate) fn version() -> &'static str {
    &DIGEST
}

/// Where the file `name` is.
pub(super) fn url(name: &str) -> String {
    debug_assert!(found(name).is_some(), "there is no {name}");
    format!("/assets/{}/{name}", *DIGEST)
}

pub(super) fn router() -> Router<Service> {
    Router::new().route("/assets/{version}/{name}", get(asset)).route("/favicon.ico", get(icon))
}

async fn asset(Path((version, name)): Path<(String, String)>) -> Response {
    // who asks for another version has a page from before an upgrade: they get what there is
    let kept = if version == *DIGEST { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer(&name, kept)
}

async fn icon() -> Response {
    answer("icon.svg", "public, max-age=86400")
}

fn answer(name: &str, kept: &'static str) -> Response {
    let Some(bytes) = found(name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit_once('.').map(|(_, kind)| kind) {
        Some("css") => "text/css;charset=utf-8",
        Some("js") => "text/javascript;charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static(kept)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    (headers, bytes).into_response()
}

fn found(name: &str) -> Option<&'static [u8]> {
    ASSETS.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}
