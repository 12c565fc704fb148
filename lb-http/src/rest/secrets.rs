//! The secrets of integrations.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::balancer::Expected;
use lb_core::event::Subject;
use lb_core::network::{IntegrationName, Network, Revision};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::integrations::{IntegrationView, answered};
use super::moment::Moment;
use super::problem::Problem;
use super::routes::Routes;
use super::version::{Precondition, etag};
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Manage, add, __path_add);
    routes.add(Right::Manage, expire, __path_expire);
    routes.add(Right::Manage, remove, __path_remove);
    routes.add(Right::Guard, reveal, __path_reveal);
}

/// What is to be said of a secret.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretBody {
    /// What people call it; no two of an integration have the same.
    #[schema(max_length = 100)]
    pub(crate) label: String,
    /// Until when calls may be signed with it; null: for ever.
    #[serde(default)]
    pub(crate) expires_at: Option<Moment>,
}

/// A secret. It is not answered without somebody asking for it in so many words.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ShownSecret {
    pub(crate) label: String,
    /// The secret itself.
    pub(crate) secret: String,
    pub(crate) expires_at: Option<Moment>,
}

/// Secrets.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ShownSecrets {
    pub(crate) secrets: Vec<ShownSecret>,
}

/// Which secret.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// What people call it; the first one of an integration has the empty label.
    #[serde(default)]
    pub(crate) label: String,
}

const NOT_KEPT: [(axum::http::HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// Give an integration one more secret
///
/// It is drawn, and answered this once. Calls may be signed with it and with the others from now on.
#[utoipa::path(post, path = "/integrations/{name}/secrets", tag = "integrations", request_body = SecretBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 201, body = ShownSecret, headers(("ETag" = String)))))]
async fn add(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<SecretBody>,
) -> Result<Response, Problem> {
    let (shown, version) = added(&service, &caller, name, precondition, body).await?;
    Ok((StatusCode::CREATED, NOT_KEPT, etag(version), Json(shown)).into_response())
}

/// Adds a secret: the one that was drawn.
pub(crate) async fn added(
    service: &Service,
    caller: &Caller,
    name: IntegrationName,
    precondition: Precondition,
    body: SecretBody,
) -> Result<(ShownSecret, Revision), Problem> {
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    caller.integration(&network, name.as_str())?;
    check(&body.label)?;
    let expected = expected(caller, &network, &name, precondition)?;
    let expires_at = body.expires_at.map(|moment| moment.0);
    let (secret, version) = balancer.add_secret(&name, &body.label, expires_at, expected, &caller.actor()).await?;
    let secret = secret.expose().to_owned();
    Ok((ShownSecret { label: body.label, secret, expires_at: body.expires_at }, version))
}

/// Let a secret be valid until another moment
///
/// One that has passed ends it at once.
#[utoipa::path(patch, path = "/integrations/{name}/secrets", tag = "integrations", request_body = SecretBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = IntegrationView, headers(("ETag" = String)))))]
pub(crate) async fn expire(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<SecretBody>,
) -> Result<Response, Problem> {
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    caller.integration(&network, name.as_str())?;
    let expected = expected(&caller, &network, &name, precondition)?;
    let expires_at = body.expires_at.map(|moment| moment.0);
    balancer.expire_secret(&name, &body.label, expires_at, expected, &caller.actor()).await?;
    answered(&balancer.network(), &caller, name)
}

/// Forget a secret
///
/// The only one cannot be forgotten.
#[utoipa::path(delete, path = "/integrations/{name}/secrets", tag = "integrations",
    params(("name" = String, Path), Which, ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = IntegrationView, headers(("ETag" = String)))))]
pub(crate) async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    QueryOf(which): QueryOf<Which>,
    precondition: Precondition,
) -> Result<Response, Problem> {
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    caller.integration(&network, name.as_str())?;
    let expected = expected(&caller, &network, &name, precondition)?;
    balancer.remove_secret(&name, &which.label, expected, &caller.actor()).await?;
    answered(&balancer.network(), &caller, name)
}

/// Show the secrets of an integration
///
/// The audit log says who asked.
#[utoipa::path(post, path = "/integrations/{name}/reveal", tag = "integrations", params(("name" = String, Path)),
    responses((status = 200, body = ShownSecrets)))]
async fn reveal(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
) -> Result<Response, Problem> {
    Ok((NOT_KEPT, Json(revealed(&service, &caller, &name).await?)).into_response())
}

/// The secrets of an integration, after the audit log has who asked.
pub(crate) async fn revealed(
    service: &Service,
    caller: &Caller,
    name: &IntegrationName,
) -> Result<ShownSecrets, Problem> {
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    let integration = caller.integration(&network, name.as_str())?;
    balancer.tell_revealed(&caller.actor(), Subject::new("integration", name)).await?;
    let shown = integration.secrets.iter().map(|known| ShownSecret {
        label: known.label.clone(),
        secret: known.secret.expose().to_owned(),
        expires_at: known.expires_at.map(Moment),
    });
    Ok(ShownSecrets { secrets: shown.collect() })
}

/// Whose integration it is may change meanwhile: who looks after one partner changes what was looked at, or nothing.
fn expected(
    caller: &Caller,
    network: &Network,
    name: &IntegrationName,
    precondition: Precondition,
) -> Result<Expected, Problem> {
    let version = network.version(&name.clone().into());
    let all = caller.principal.may(Right::Administer);
    let precondition = if all { precondition } else { precondition.pinned(version) };
    precondition.expected(version)
}

/// A label stands in lists and in the log.
fn check(label: &str) -> Result<(), Problem> {
    if label.chars().count() > 100 || label.chars().any(char::is_control) {
        return Err(Problem::bad("a label has at most 100 characters, and no control characters"));
    }
    Ok(())
}
