//! [`Caller`]: who asks, and [`guard`], which lets nobody through who may not.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lb_core::Secret;
use lb_core::account::{Principal, Reach, Right, Role, TokenId, TokenScope};
use lb_core::balancer::Actor;
use lb_core::network::{Integration, IntegrationName, Network};

use super::problem::Problem;
use super::work::{self, Who};
use crate::server::{Peer, Service, address_of};

/// The cookie of a session.
pub(crate) const SESSION: &str = "lb_session";

/// What a page sends with whatever changes something, so that no other page can do it.
const CSRF: &str = "x-csrf-token";

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// The token that they have shown, if they have.
    pub(crate) token: Option<TokenId>,
    /// Absent for who came by the local socket.
    pub(crate) address: Option<IpAddr>,
}

impl Caller {
    /// Somebody who has logged in.
    pub(crate) fn of_session(principal: Principal, address: IpAddr) -> Self {
        Self { principal, token: None, address: Some(address) }
    }

    /// Somebody on this machine who could as well change the database.
    fn local(user: u32) -> Self {
        let user = format!("local user {user}").into();
        let principal = Principal { user, role: Role::Administrator, scope: TokenScope::Full };
        Self { principal, token: None, address: None }
    }

    /// Whether they came by the local socket.
    fn is_local(&self) -> bool {
        self.address.is_none()
    }

    /// As whom changes are made.
    pub(crate) fn actor(&self) -> Actor {
        let user = self.principal.user.as_str();
        match &self.token {
            Some(token) => Actor::with_token(user, token.as_str(), self.address),
            None => Actor::new(user, self.address),
        }
    }

    /// Whose things they see.
    pub(crate) fn reach(&self) -> Reach {
        self.principal.reach()
    }

    /// The integrations that they see; `None`: all, and those that were removed.
    pub(crate) fn seen(&self, network: &Network) -> Option<BTreeSet<IntegrationName>> {
        let reach = self.reach();
        let seen = || network.integrations().iter().filter(|integration| reach.has(integration));
        (reach != Reach::Network).then(|| seen().map(|integration| integration.name.clone()).collect())
    }

    /// The integration called `name`, if they see it.
    pub(crate) fn integration<'n>(&self, network: &'n Network, name: &str) -> Result<&'n Arc<Integration>, Problem> {
        let reach = self.reach();
        let seen = network.integration(name).filter(|integration| reach.has(integration));
        seen.ok_or_else(|| Problem::not_found(format!("integration {name}")))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unknown_caller("log in, or send an API token"))
    }
}

/// Lets a request through whose caller has `right`; every one, where none is asked for.
pub(super) async fn guard(
    State((service, right)): State<(Service, Option<Right>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let known = peer.map_or(Ok(None), |peer| known(&service, peer, request.method(), request.headers()));
    let who = match (known, right) {
        (Ok(Some(caller)), right) if right.is_none_or(|right| caller.principal.may(right)) => {
            let who = if caller.is_local() { Who::Local } else { Who::Known };
            request.extensions_mut().insert(caller);
            who
        }
        (_, None) => Who::Stranger,
        (Ok(Some(_)), Some(right)) => {
            return Problem::forbidden(format!("this asks for the right to {}", right.as_str())).into_response();
        }
        (Ok(None), Some(_)) => return Problem::unknown_caller("log in, or send an API token").into_response(),
        (Err(problem), Some(_)) => return problem.into_response(),
    };
    work::done(&service, who, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

/// Who asks, if they show it: by the local socket, by a token, or by a session's cookie.
fn known(service: &Service, peer: Peer, method: &Method, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let remote = match peer {
        Peer::Local { user } => return Ok(Some(Caller::local(user))),
        Peer::Remote(remote) => remote,
    };
    let address = Some(address_of(service, remote.ip(), headers));
    if let Some(bearer) = bearer(headers) {
        let unknown = || Problem::unknown_caller("the token is not valid: it has expired, was revoked, or never was");
        let (principal, token) = service.accounts.by_token(bearer).ok_or_else(unknown)?;
        return Ok(Some(Caller { principal, token: Some(token), address }));
    }
    let Some(cookie) = cookie(headers) else { return Ok(None) };
    let ended = || Problem::unknown_caller("the session has ended: log in again");
    let (principal, csrf) = service.accounts.by_session(cookie).ok_or_else(ended)?;
    let shown = headers.get(CSRF).and_then(|value| value.to_str().ok()).map(Secret::from);
    if !method.is_safe() && shown != Some(csrf) {
        return Err(Problem::forbidden("X-CSRF-Token is not that of the session: GET /session answers it"));
    }
    Ok(Some(Caller { principal, token: None, address }))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of the session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION).map(|(_, value)| value)
}
