//! Servers.

mod actions;
mod body;
mod drained;
mod view;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::fleet::Fleet;
use lb_core::network::{EntityName, Network};
use lb_core::server::ServerState;
use lb_core::{Server, ServerName};
use serde::Deserialize;
use tokio::time::{Instant, sleep};
use utoipa::IntoParams;

pub(crate) use self::actions::{released, revealed, said};
pub(crate) use self::body::ServerBody;
use self::view::ServerView;
pub(crate) use self::view::{Known, said_by};
use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::version::{Precondition, etag};
use super::{network_entity, to_its_end};
use crate::server::Service;
use crate::setup::Setup;

/// How long it is waited for that the fleet has what was put. It is asked for at once.
const TAKEN_UP: Duration = Duration::from_secs(2);

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::ViewNetwork, list, __path_list);
    routes.add(Right::ViewNetwork, show, __path_show);
    routes.add(Right::Administer, put, __path_put);
    routes.add(Right::Administer, remove, __path_remove);
    actions::routes(routes);
    drained::routes(routes);
}

/// Which servers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those in this state: enabled, force-enabled, warning, critical, force-disabled, draining, gone, suspended or recording.
    state: Option<String>,
    /// Only those that carry this tag.
    tag: Option<String>,
}

impl Filter {
    fn check(&self) -> Result<(), Problem> {
        let words = ServerState::ALL.map(ServerState::as_str);
        match &self.state {
            Some(state) if !words.contains(&state.as_str()) => {
                Err(Problem::bad(format!("state is one of {}", words.join(", "))))
            }
            _ => Ok(()),
        }
    }

    fn fits(&self, known: &Known<'_>) -> bool {
        let state = known.member.map(|member| member.state().as_str());
        let in_state = self.state.as_deref().is_none_or(|wanted| state == Some(wanted));
        in_state && self.tag.as_ref().is_none_or(|tag| known.tags().contains(tag))
    }
}

/// All servers
///
/// Those of the monitor, and those that operators have written down.
#[utoipa::path(get, path = "/servers", tag = "servers", params(Filter, Paging),
    responses((status = 200, body = Page<ServerView>)))]
async fn list(
    State(service): State<Service>,
    QueryOf(filter): QueryOf<Filter>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<ServerView>>, Problem> {
    filter.check()?;
    let balancer = &service.setup.load().balancer;
    let (fleet, network) = (balancer.fleet(), balancer.network());
    let mut all: BTreeMap<&ServerName, Known<'_>> = BTreeMap::new();
    for member in fleet.servers() {
        all.entry(&member.server.name).or_default().member = Some(member);
    }
    for said in network.servers() {
        all.entry(&said.name).or_default().said = Some(said);
    }
    let fitting = all.into_iter().filter(|(_, known)| filter.fits(known));
    let page = Page::by_name(
        fitting,
        &paging,
        |(name, _)| name.as_str(),
        |(name, known)| ServerView::of(name, &known, balancer),
    )?;
    Ok(Json(page))
}

/// One server
///
/// With its services, and with who says what of it.
#[utoipa::path(get, path = "/servers/{name}", tag = "servers", params(("name" = String, Path)),
    responses((status = 200, body = ServerView, headers(("ETag" = String)))))]
async fn show(State(service): State<Service>, PathOf(name): PathOf<ServerName>) -> Result<Response, Problem> {
    answered(&service, &name)
}

/// Write a server down, or put this in its place
///
/// Where no monitor knows the servers this makes it one of them, and it must have a URL and a secret. Where one does, what is said
/// here goes over what the monitor says. What is not said is not known, or left to the monitor; only a secret that is not said
/// stays as it is.
#[utoipa::path(put, path = "/servers/{name}", tag = "servers", request_body = ServerBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = ServerView, headers(("ETag" = String))),
        (status = 201, body = ServerView, headers(("ETag" = String)))))]
pub(crate) async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<ServerBody>,
) -> Result<Response, Problem> {
    let setup = service.setup.load();
    let network = setup.balancer.network();
    let (entity, present) = (EntityName::Server(name.clone()), network.server(&name));
    let version = network.version(&entity);
    if version.is_none() {
        network_entity::check(name.as_str())?;
    }
    let expected = precondition.expected(version)?;
    let word = body.word();
    let server = body.named(name.clone())?;
    let known = present.and_then(|present| present.facts.secret.as_ref());
    for (what, missing) in
        [("URL", server.facts.api_url.is_none()), ("secret", server.facts.secret.as_ref().or(known).is_none())]
    {
        if missing && !setup.monitored {
            let why = format!("server {name} has no {what}: no monitor knows the servers, so it must be said");
            return Err(Problem::bad(why));
        }
    }
    let (balancer, actor) = (setup.balancer.clone(), caller.actor());
    let putting = async move { Ok(balancer.put_server(server, word, expected, &actor).await?) };
    to_its_end(&service, putting).await?;
    taken_up(&setup, &name).await;
    let status = if version.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, answered(&service, &name)?).into_response())
}

/// Take a server away
///
/// Where no monitor knows the servers it gets no new meetings any more, and is dropped when its last one has ended. Where one does,
/// the server is the monitor's again. One that a partner lends or a router weighs cannot be taken away.
#[utoipa::path(delete, path = "/servers/{name}", tag = "servers",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
pub(crate) async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<ServerName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    network_entity::remove(&service, &caller, precondition, name).await
}

fn answered(service: &Service, name: &ServerName) -> Result<Response, Problem> {
    let setup = service.setup.load();
    let (fleet, network) = (setup.balancer.fleet(), setup.balancer.network());
    let known = Known { member: fleet.server(name), said: network.server(name) };
    if known.is_nobody() {
        return Err(Problem::not_found(EntityName::Server(name.clone())));
    }
    let view = Json(ServerView::of(name, &known, &setup.balancer).with_all(&known, setup.monitored));
    Ok(match network.version(&EntityName::Server(name.clone())) {
        Some(version) => (etag(version), view).into_response(),
        None => view.into_response(),
    })
}

/// Returns when the fleet has a server as it was put, so that who put it can go on with it. A monitor is not waited for.
async fn taken_up(setup: &Setup, name: &ServerName) {
    let deadline = Instant::now() + TAKEN_UP;
    while !setup.monitored && !is_taken_up(&setup.balancer.fleet(), &setup.balancer.network(), name) {
        if Instant::now() >= deadline {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

fn is_taken_up(fleet: &Fleet, network: &Network, name: &ServerName) -> bool {
    let Some(said) = network.server(name).and_then(|said| said.whole()) else { return true };
    fleet.server(name).is_some_and(|member| {
        // where it stands, its address may tell
        let position = said.position.or(member.server.position);
        !member.gone && *member.server == Server { position, ..said }
    })
}
