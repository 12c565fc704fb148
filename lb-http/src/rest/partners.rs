//! Partners.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::network::{Network, Partner, PartnerName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::network_entity;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::version::Precondition;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::ViewNetwork, list, __path_list);
    routes.add(Right::ViewNetwork, show, __path_show);
    routes.add(Right::Administer, put, __path_put);
    routes.add(Right::Administer, remove, __path_remove);
}

/// What can be said of a partner. What is not said is as it is for a new one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PartnerBody {
    /// What people call it; its name, where nothing is said.
    display_name: Option<String>,
    /// Whom to write to.
    contact: String,
    /// The servers that it lends.
    #[schema(value_type = Vec<String>)]
    servers: Vec<ServerName>,
}

/// A partner: an institution that owns integrations and may lend servers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerView {
    name: String,
    #[serde(flatten)]
    pub(crate) body: PartnerBody,
    /// Whether the configuration file declares it, which alone changes it then.
    managed: bool,
}

impl PartnerBody {
    /// The partner called `name` of which this is said.
    pub(crate) fn named(self, name: PartnerName) -> Partner {
        let Self { display_name, contact, servers } = self;
        let partner = Partner::new(name);
        Partner {
            display_name: display_name.unwrap_or_else(|| partner.display_name.clone()),
            contact,
            servers,
            ..partner
        }
    }
}

impl From<&Arc<Partner>> for PartnerView {
    fn from(partner: &Arc<Partner>) -> Self {
        let Partner { name, display_name, contact, servers, managed } = Partner::clone(partner);
        let body = PartnerBody { display_name: Some(display_name), contact, servers };
        Self { name: name.to_string(), body, managed }
    }
}

/// All partners
#[utoipa::path(get, path = "/partners", tag = "partners", params(Paging),
    responses((status = 200, body = Page<PartnerView>)))]
async fn list(
    State(service): State<Service>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<PartnerView>>, Problem> {
    let network = service.setup.load().balancer.network();
    let page = Page::by_name(network.partners(), &paging, |partner| partner.name.as_str(), PartnerView::from)?;
    Ok(Json(page))
}

/// One partner
#[utoipa::path(get, path = "/partners/{name}", tag = "partners", params(("name" = String, Path)),
    responses((status = 200, body = PartnerView, headers(("ETag" = String)))))]
async fn show(State(service): State<Service>, PathOf(name): PathOf<PartnerName>) -> Result<Response, Problem> {
    answered(&service.setup.load().balancer.network(), name)
}

/// Make a partner, or put this in its place
#[utoipa::path(put, path = "/partners/{name}", tag = "partners", request_body = PartnerBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = PartnerView, headers(("ETag" = String))),
        (status = 201, body = PartnerView, headers(("ETag" = String)))))]
pub(crate) async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<PartnerName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<PartnerBody>,
) -> Result<Response, Problem> {
    let status = network_entity::put(&service, &caller, precondition, body.named(name.clone())).await?;
    Ok((status, answered(&service.setup.load().balancer.network(), name)?).into_response())
}

/// Take a partner away
///
/// One that integrations belong to cannot be taken away.
#[utoipa::path(delete, path = "/partners/{name}", tag = "partners",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
pub(crate) async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<PartnerName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    network_entity::remove(&service, &caller, precondition, name).await
}

fn answered(network: &Network, name: PartnerName) -> Result<Response, Problem> {
    let view = network.partner(name.as_str()).map(PartnerView::from);
    network_entity::versioned(network, name, view)
}
