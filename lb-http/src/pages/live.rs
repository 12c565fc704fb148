//! The stream of what changes on the dashboard.

use std::borrow::Cow;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lb_core::account::Right;
use url::form_urlencoded;

use super::routes::{Door, Pages};
use super::visitor::Visitor;
use super::{assets, numbers};
use crate::live::{View, Watcher, stream};
use crate::rest::{Problem, cookie};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/live", Door::Dashboard, live);
}

/// Which picture the browser has seen: it says so by itself when it connects again, and the page does at first.
fn seen(headers: &HeaderMap, query: &str) -> Option<String> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(Cow::from);
    let said = || form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "seen").map(|(_, seen)| seen);
    last.or_else(said).map(Cow::into_owned)
}

async fn live(
    State(service): State<Service>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let session = cookie(&headers).filter(|_| visitor.may(Right::ViewNetwork)).map(str::to_owned);
    let seen = seen(&headers, query.as_deref().unwrap_or_default());
    stream(&service, Watcher { language: visitor.language, session, seen }, assets::version())
}

/// What changed, as fragments of HTML: each a `template` with one element, which takes the place of the one with its id.
pub(crate) fn fragments(view: &View<'_>) -> String {
    let at = numbers::time(view.present.at);
    format!("<template><span id=\"as-of\">{at}</span></template>{}", super::dashboard::fragments(view))
}
