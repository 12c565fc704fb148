//! Sessions: to log in and out, who one is; and the first administrator.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lb_core::account::{Principal, Right, UserName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, SESSION, cookie};
use super::extract::BodyOf;
use super::problem::Problem;
use super::routes::Routes;
use super::users::{RoleWord, UserView, view};
use crate::accounts::{FirstAdministratorWish, NewSession};
use crate::server::{Peer, Service, address_of};

pub(super) fn routes(routes: &mut Routes) {
    routes.add(None, log_in, __path_log_in);
    routes.add(Right::View, show, __path_show);
    routes.add(Right::Own, log_out, __path_log_out);
    routes.add(Right::Own, change_password, __path_change_password);
    routes.add(None, make_first, __path_make_first);
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LogInBody {
    name: String,
    password: String,
}

/// Who asks, and what they may do.
#[derive(Serialize, ToSchema)]
struct SessionView {
    user: String,
    display_name: String,
    role: RoleWord,
    partner: Option<String>,
    /// What they may ask for: the values of `x-right`.
    rights: Vec<&'static str>,
    /// What goes into the header `X-CSRF-Token` of whatever changes something; null without a session.
    csrf_token: Option<String>,
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnPasswordBody {
    old_password: String,
    #[schema(min_length = 12, max_length = 128)]
    new_password: String,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstAdministratorBody {
    /// What the balancer showed when it was started.
    token: String,
    #[schema(value_type = String, max_length = 64)]
    name: UserName,
    #[serde(default)]
    #[schema(max_length = 255)]
    display_name: String,
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

/// Where who asks is; nothing for who came by the local socket.
struct From(Option<IpAddr>);

impl FromRequestParts<Service> for From {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        Ok(Self(match parts.extensions.get::<Peer>() {
            Some(Peer::Remote(peer)) => Some(address_of(service, peer.ip(), &parts.headers)),
            Some(Peer::Local { .. }) | None => None,
        }))
    }
}

/// Log in
///
/// The answer sets the cookie of the session. It ends after two hours in which nothing is done, and after twelve in all.
/// Whoever is refused too often has to wait; `Retry-After` says how long.
#[utoipa::path(post, path = "/session", tag = "session", request_body = LogInBody,
    responses((status = 200, body = SessionView), (status = 401, description = "The name or the password is wrong")))]
async fn log_in(
    State(service): State<Service>,
    From(address): From,
    BodyOf(body): BodyOf<LogInBody>,
) -> Result<Response, Problem> {
    let begun = service.accounts.log_in(&body.name, &body.password.into(), address).await?;
    let (principal, csrf) = service.accounts.by_session(begun.cookie.expose()).ok_or_else(ended)?;
    let shown = shown(&service, &principal, Some(csrf.expose().to_owned()));
    Ok(([set_cookie(&service, Some(&begun))], NOT_KEPT, Json(shown)).into_response())
}

/// Who one is
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionView)))]
async fn show(State(service): State<Service>, caller: Caller, headers: HeaderMap) -> Response {
    // a token goes before a cookie: what is shown is of who asks
    let cookie = cookie(&headers).filter(|_| caller.token.is_none() && caller.address.is_some());
    let csrf = cookie.and_then(|cookie| service.accounts.by_session(cookie)).map(|(_, csrf)| csrf.expose().to_owned());
    (NOT_KEPT, Json(shown(&service, &caller.principal, csrf))).into_response()
}

/// Log out
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn log_out(State(service): State<Service>, From(address): From, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(cookie) = cookie(&headers) {
        service.accounts.log_out(cookie, address).await?;
    }
    Ok((StatusCode::NO_CONTENT, [set_cookie(&service, None)]).into_response())
}

/// Change one's own password
///
/// It ends one's other sessions. Wrong old passwords count as refused log-ins do.
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = OwnPasswordBody,
    responses((status = 204)))]
async fn change_password(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    BodyOf(body): BodyOf<OwnPasswordBody>,
) -> Result<StatusCode, Problem> {
    let (name, old, new) = (&caller.principal.user, body.old_password.into(), body.new_password.into());
    if service.accounts.accounts().user(name.as_str()).is_none() {
        return Err(Problem::bad("who comes by the local socket has no password here"));
    }
    service.accounts.change_own_password(name, &old, &new, cookie(&headers), caller.address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make the first administrator
///
/// While there is no user, the balancer shows a token at each start that does this once, within 24 hours.
#[utoipa::path(post, path = "/first-administrator", tag = "session", request_body = FirstAdministratorBody,
    responses((status = 201, body = UserView), (status = 403, description = "The token is wrong, too old, or used")))]
async fn make_first(
    State(service): State<Service>,
    From(address): From,
    BodyOf(body): BodyOf<FirstAdministratorBody>,
) -> Result<Response, Problem> {
    let wish = FirstAdministratorWish {
        token: body.token.into(),
        name: body.name,
        display_name: body.display_name,
        password: body.password.into(),
    };
    let user = service.accounts.make_first_administrator(wish, address).await?;
    Ok((StatusCode::CREATED, Json(view(&service.accounts.accounts(), &user))).into_response())
}

const NOT_KEPT: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

fn shown(service: &Service, principal: &Principal, csrf_token: Option<String>) -> SessionView {
    let (role, partner) = RoleWord::of(&principal.role);
    let accounts = service.accounts.accounts();
    let user = accounts.user(principal.user.as_str());
    SessionView {
        user: principal.user.to_string(),
        display_name: user.map(|user| user.display_name.clone()).unwrap_or_default(),
        role,
        partner,
        rights: Right::ALL.into_iter().filter(|right| principal.may(*right)).map(Right::as_str).collect(),
        csrf_token,
    }
}

/// The cookie of a session, or its end. No script reads it, and what another website posts does not have it; a link from
/// elsewhere does, and changes nothing.
pub(crate) fn set_cookie(service: &Service, begun: Option<&NewSession>) -> (HeaderName, HeaderValue) {
    let is_https = |url: &url::Url| url.scheme() == "https";
    let secure = service.setup.load().balancer.settings().public_url.as_ref().is_some_and(is_https);
    let value = begun.map_or("", |begun| begun.cookie.expose());
    let end = if begun.is_some() { "" } else { "; Max-Age=0" };
    let secure = if secure { "; Secure" } else { "" };
    let line = format!("{SESSION}={value}; Path=/; HttpOnly; SameSite=Lax{end}{secure}");
    (SET_COOKIE, HeaderValue::try_from(line).unwrap_or_else(|_| HeaderValue::from_static("")))
}

fn ended() -> Problem {
    Problem::unknown_caller("the session has ended: log in again")
}
