//! [`Caller`]: who asks, and [`guard`], which lets nobody through who may not.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lb_core::account::{Principal, Reach, Right, Role, TokenScope};
use lb_core::balancer::Actor;
use lb_core::network::{Integration, IntegrationName, Network};

use super::problem::Problem;
use crate::server::{Peer, Service, address_of};

/// The cookie of a session.
pub(crate) const SESSION: &str = "lb_session";

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// Absent for who came by the local socket.
    pub(crate) address: Option<IpAddr>,
}

impl Caller {
    /// As whom changes are made.
    pub(crate) fn actor(&self) -> Actor {
        Actor::new(self.principal.user.as_str(), self.address)
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
    pub(crate) fn integration<'n>(
        &self,
        network: &'n Network,
        name: &str,
    ) -> Result<&'n std::sync::Arc<Integration>, Problem> {
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
    let known = known(&service, peer, request.method(), request.headers());
    match (known, right) {
        (Ok(Some(caller)), right) if right.is_none_or(|right| caller.principal.may(right)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        (_, None) => next.run(request).await,
        (Ok(Some(_)), Some(right)) => {
            Problem::forbidden(format!("this asks for the right to {}", right.as_str())).into_response()
        }
        (Ok(None), Some(_)) => Problem::unknown_caller("log in, or send an API token").into_response(),
        (Err(problem), Some(_)) => problem.into_response(),
    }
}

/// Who asks, if they show it.
fn known(
    service: &Service,
    peer: Option<Peer>,
    _method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Problem> {
    match peer {
        Some(Peer::Local { user }) => {
            let user = format!("local user {user}").as_str().into();
            let principal = Principal { user, role: Role::Administrator, scope: TokenScope::Full };
            Ok(Some(Caller { principal, address: None }))
        }
        Some(Peer::Remote(peer)) => {
            let _address = address_of(service, peer.ip(), headers);
            Ok(None)
        }
        None => Ok(None),
    }
}
