//! To log in and out.

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use serde::Deserialize;
use url::form_urlencoded;

use super::form::FormOf;
use super::frame::{Frame, Section, see_other, show_with};
use super::routes::{Door, Pages};
use super::visitor::Visitor;
use crate::accounts::LoginRefused;
use crate::rest::{Problem, QueryOf, cookie, set_cookie};
use crate::server::{Peer, Service, remote_of};

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/login", Door::Anybody, form);
    pages.post("/login", Door::Anybody, log_in);
    pages.post("/logout", Right::Own, log_out);
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    frame: Frame,
    next: &'a str,
    name: &'a str,
    problem: Option<&'a str>,
    ended: bool,
    out: bool,
}

/// Where to go on.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    next: String,
    /// Whether somebody has just logged out.
    out: bool,
}

#[derive(Deserialize)]
struct LogInForm {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The way to `uri` leads past the form.
pub(super) fn asked(uri: &Uri) -> Response {
    let next = uri.path_and_query().map_or("/", |path| path.as_str());
    if next == "/" {
        return see_other("/login");
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    see_other(&format!("/login?{query}"))
}

async fn form(visitor: Visitor, headers: HeaderMap, QueryOf(next): QueryOf<Next>) -> Result<Response, Problem> {
    if visitor.caller.is_some() {
        return Ok(see_other(local(&next.next)));
    }
    let frame = visitor.frame(visitor.words().login.title, Section::None);
    let ended = cookie(&headers).is_some_and(|cookie| !cookie.is_empty());
    let page = LoginPage { frame, next: local(&next.next), name: "", problem: None, ended, out: next.out };
    show_with(StatusCode::OK, &page)
}

async fn log_in(
    State(service): State<Service>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    headers: HeaderMap,
    FormOf(form): FormOf<LogInForm>,
) -> Result<Response, Problem> {
    let address = remote_of(&service, peer, &headers);
    let refused = match service.accounts.log_in(&form.name, &form.password.into(), address).await {
        Ok(begun) => {
            let to = match local(&form.next) {
                "/" if !visitor.dashboard_is_public && !sees_network(&service, begun.cookie.expose()) => "/admin",
                next => next,
            };
            return Ok(([set_cookie(&service, Some(&begun))], see_other(to)).into_response());
        }
        Err(refused) => refused,
    };
    let w = &visitor.words().login;
    let (status, problem) = match refused {
        LoginRefused::Wrong => (StatusCode::UNAUTHORIZED, w.wrong.to_owned()),
        LoginRefused::Locked { retry_after } => {
            let minutes = retry_after.as_secs().div_ceil(60);
            (StatusCode::TOO_MANY_REQUESTS, super::words::fill(w.locked, &[&minutes]))
        }
        LoginRefused::Busy => (StatusCode::SERVICE_UNAVAILABLE, w.busy.to_owned()),
        LoginRefused::Store(error) => return Err(error.into()),
    };
    let frame = visitor.frame(w.title, Section::None);
    let next = local(&form.next);
    let page = LoginPage { frame, next, name: &form.name, problem: Some(&problem), ended: false, out: false };
    show_with(status, &page)
}

/// Whether whose session it is may see the dashboard: a partner's manager begins with the own integrations.
fn sees_network(service: &Service, cookie: &str) -> bool {
    service.accounts.by_session(cookie).is_some_and(|(principal, _)| principal.may(Right::ViewNetwork))
}

async fn log_out(
    State(service): State<Service>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(cookie) = cookie(&headers) {
        service.accounts.log_out(cookie, remote_of(&service, peer, &headers)).await?;
    }
    Ok(([set_cookie(&service, None)], see_other("/login?out=true")).into_response())
}

/// A path of this site; what leads elsewhere leads to the front page.
fn local(next: &str) -> &str {
    let elsewhere = |next: &str| next.starts_with("//") || next.contains(['\\', '\r', '\n', '\t']) || !next.is_ascii();
    if next.starts_with('/') && !elsewhere(next) { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_leads_nowhere_else() {
        for here in ["/", "/admin/plans?after=a%20b", "/reports"] {
            assert_eq!(local(here), here);
        }
        for elsewhere in
            ["", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1"]
        {
            assert_eq!(local(elsewhere), "/", "{elsewhere}");
        }
    }
}
