//! The page for what was not done: which status, what is wrong, and what to do about it.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};

use super::frame::{Frame, Section, show_with};
use super::visitor::Visitor;
use crate::rest::Problem;

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    frame: Frame,
    status: u16,
    advice: &'static str,
    detail: &'a str,
}

/// The page of `problem`.
pub(super) fn page(visitor: &Visitor, problem: Problem) -> Response {
    let status = problem.status();
    let w = &visitor.words().trouble;
    let (title, advice) = match status {
        400 => (w.bad, w.bad_advice),
        401 => (w.unknown, w.unknown_advice),
        403 => (w.forbidden, w.forbidden_advice),
        404 => (w.not_found, w.not_found_advice),
        409 => (w.conflict, w.conflict_advice),
        412 => (w.overtaken, w.overtaken_advice),
        413 => (w.too_large, w.too_large_advice),
        429 => (w.too_often, w.too_often_advice),
        502 => (w.server, w.server_advice),
        _ => (w.unavailable, w.unavailable_advice),
    };
    let frame = visitor.frame(title, Section::None);
    let page = TroublePage { frame, status, advice, detail: problem.detail() };
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let Ok(mut answer) = show_with(code, &page) else { return code.into_response() };
    let mut plain = problem.into_response();
    if let Some(after) = plain.headers_mut().remove(RETRY_AFTER) {
        answer.headers_mut().insert(RETRY_AFTER, after);
    }
    // a browser would ask for a name and password of its own
    answer.headers_mut().remove(WWW_AUTHENTICATE);
    answer
}

pub(super) async fn nothing_there() -> Problem {
    Problem::not_found("such page")
}
