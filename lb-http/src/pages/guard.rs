//! [`guard`]: nobody comes in who may not, and nothing is posted from elsewhere.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use lb_core::Secret;
use url::form_urlencoded;

use super::routes::Door;
use super::visitor::Visitor;
use super::{form, trouble};
use crate::rest::{Problem, Who, done};
use crate::server::{Service, body_within};

/// How long what is posted may take to come.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Lets a visitor through whom `door` opens for.
pub(super) async fn guard(
    State((service, door)): State<(Service, Door)>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = Visitor::of(&service, &request);
    if !visitor.passes(door) {
        return match visitor.caller {
            Some(_) => trouble::page(&visitor, Problem::forbidden("your role does not have this page")),
            None if request.method().is_safe() => super::login::asked(request.uri()),
            None => trouble::page(&visitor, Problem::unknown_caller("the session has ended: log in again")),
        };
    }
    if !request.method().is_safe() {
        request = match genuine(&visitor, request).await {
            Ok(request) => request,
            Err(problem) => return trouble::page(&visitor, problem),
        };
    }
    let who = if visitor.caller.is_some() { Who::Known } else { Who::Stranger };
    request.extensions_mut().insert(visitor.clone());
    let answer = done(&service, who, request, next).await.unwrap_or_else(IntoResponse::into_response);
    match answer.extensions().get::<Problem>() {
        Some(problem) => trouble::page(&visitor, problem.clone()),
        None => answer,
    }
}

/// What was posted, if it was posted from a page of this balancer that was made for this session.
async fn genuine(visitor: &Visitor, request: Request) -> Result<Request, Problem> {
    if !from_here(request.headers()) {
        return Err(Problem::forbidden("this was posted from a page of another website"));
    }
    let (head, body) = request.into_parts();
    let most = if visitor.caller.is_some() { form::MOST } else { form::MOST_OF_STRANGERS };
    let body = body_within(body, most, BODY_TIME).await;
    let body = body.map_err(|_| Problem::too_large("what was posted is too long, or came too slowly"))?;
    if let Some(csrf) = &visitor.csrf
        && posted_token(&body).as_ref() != Some(csrf)
    {
        let why = "the page is not of this session: perhaps you have logged in again since; open it anew";
        return Err(Problem::forbidden(why));
    }
    Ok(Request::from_parts(head, Body::from(body)))
}

fn posted_token(body: &Bytes) -> Option<Secret> {
    let found = form_urlencoded::parse(body).find(|(name, _)| name == form::TOKEN);
    found.map(|(_, value)| Secret::from(value.into_owned()))
}

/// Whether a browser says that a page of this very host has posted it. One that says nothing is old, or a program.
fn from_here(headers: &HeaderMap) -> bool {
    let header = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or_default());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = header(ORIGIN) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == header(HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs =
            pairs.iter().map(|(name, value)| (axum::http::HeaderName::from_static(name), value.parse().unwrap()));
        pairs.collect()
    }

    #[test]
    fn what_another_website_posts_is_told_by_its_browser() {
        for (pairs, here) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("host", "lb.example.org"), ("origin", "https://lb.example.org")], true),
            (&[("host", "lb.example.org"), ("origin", "https://evil.example.org")], false),
            (&[("host", "lb.example.org"), ("origin", "null")], false),
        ] {
            assert_eq!(from_here(&headers(pairs)), here, "{pairs:?}");
        }
    }
}
