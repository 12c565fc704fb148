//! What administrators say of a server.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::event::Subject;
use lb_core::network::EntityName;
use lb_core::server::AdministratorWord;
use serde::Serialize;
use utoipa::ToSchema;

use super::answered;
use super::view::ServerView;
use crate::rest::caller::Caller;
use crate::rest::extract::PathOf;
use crate::rest::problem::Problem;
use crate::rest::routes::Routes;
use crate::rest::to_its_end;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Administer, force_enable, __path_force_enable);
    routes.add(Right::Administer, force_disable, __path_force_disable);
    routes.add(Right::Administer, automatic, __path_automatic);
    routes.add(Right::Administer, drain, __path_drain);
    routes.add(Right::Administer, undrain, __path_undrain);
    routes.add(Right::Administer, release, __path_release);
    routes.add(Right::Guard, reveal, __path_reveal);
}

/// Use a server whatever its services say
#[utoipa::path(post, path = "/servers/{name}/force-enable", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView)))]
async fn force_enable(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    said(&service, &caller, name, AdministratorWord::ForceEnabled).await
}

/// Give a server no new meetings
#[utoipa::path(post, path = "/servers/{name}/force-disable", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView)))]
async fn force_disable(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    said(&service, &caller, name, AdministratorWord::ForceDisabled).await
}

/// Use a server as its services say
#[utoipa::path(post, path = "/servers/{name}/automatic", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView)))]
async fn automatic(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    said(&service, &caller, name, AdministratorWord::Automatic).await
}

/// Give a server no new meetings, and disable it when its last one has ended
#[utoipa::path(post, path = "/servers/{name}/drain", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView)))]
async fn drain(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    said(&service, &caller, name, AdministratorWord::Draining).await
}

/// Use a server again that is being drained, or was
///
/// It is used as its services say. Where it is neither drained nor disabled, nothing is changed.
#[utoipa::path(post, path = "/servers/{name}/undrain", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView)))]
async fn undrain(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    match service.setup.load().balancer.word_on(&name) {
        Some(AdministratorWord::ForceEnabled) => answered(&service, &name),
        _ => said(&service, &caller, name, AdministratorWord::Automatic).await,
    }
}

/// Give the meetings of a server free that does not answer
///
/// Created again, they are placed afresh at once, on other servers. Holds until it answers.
#[utoipa::path(post, path = "/servers/{name}/release", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView)))]
async fn release(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    released(&service, &caller, &name).await?;
    answered(&service, &name)
}

/// Gives the meetings of a server free that does not answer.
pub(crate) async fn released(service: &Service, caller: &Caller, name: &ServerName) -> Result<(), Problem> {
    let balancer = service.setup.load().balancer.clone();
    if balancer.fleet().server(name).is_none() {
        return Err(Problem::not_found(EntityName::Server(name.clone())));
    }
    let (server, actor) = (name.clone(), caller.actor());
    let released = to_its_end(service, async move { Ok(balancer.release_meetings(&server, &actor).await) }).await?;
    if !released {
        let why = format!("server {name} answers: only the meetings of one that does not can be given free");
        return Err(Problem::conflict(why));
    }
    Ok(())
}

/// The secret of a server.
#[derive(Clone, Serialize, ToSchema)]
struct ShownServerSecret {
    /// What calls to it are signed with.
    secret: String,
}

/// Show the secret of a server
///
/// The audit log says who asked.
#[utoipa::path(post, path = "/servers/{name}/reveal", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ShownServerSecret)))]
async fn reveal(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    let secret = revealed(&service, &caller, &name).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(ShownServerSecret { secret })).into_response())
}

/// The secret of a server, after the audit log has who asked.
pub(crate) async fn revealed(service: &Service, caller: &Caller, name: &ServerName) -> Result<String, Problem> {
    let balancer = &service.setup.load().balancer;
    let used = balancer.fleet().server(name).map(|member| member.server.secret.clone());
    let secret = used.or_else(|| balancer.network().server(name)?.facts.secret.clone());
    let secret = secret.ok_or_else(|| Problem::not_found(format!("secret of a server {name}")))?;
    let subject = Subject::new("server", name);
    balancer.tell_revealed(&caller.actor(), subject).await?;
    Ok(secret.expose().to_owned())
}

/// Says `word` of a server.
pub(crate) async fn said(
    service: &Service,
    caller: &Caller,
    name: ServerName,
    word: AdministratorWord,
) -> Result<Response, Problem> {
    let balancer = service.setup.load().balancer.clone();
    let (server, actor) = (name.clone(), caller.actor());
    let saying = async move { Ok(balancer.set_word(&server, word, &actor).await?) };
    if !to_its_end(service, saying).await? {
        return Err(Problem::not_found(EntityName::Server(name)));
    }
    answered(service, &name)
}
