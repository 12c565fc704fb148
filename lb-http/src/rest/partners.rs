//! Partners.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::network::{EntityName, Network, Partner, PartnerName, Revision};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::version::{Precondition, etag};
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::ViewNetwork, list, __path_list);
    routes.add(Right::ViewNetwork, show, __path_show);
    routes.add(Right::Administer, put, __path_put);
    routes.add(Right::Administer, remove, __path_remove);
}

/// What can be said of a partner.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartnerBody {
    /// What people call it; its name, where nothing is said.
    #[serde(default)]
    display_name: Option<String>,
    /// Whom to write to.
    #[serde(default)]
    contact: String,
    /// The servers that it lends.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    servers: Vec<ServerName>,
}

/// A partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerView {
    name: String,
    #[serde(flatten)]
    body: PartnerBody,
    /// Whether the configuration file declares it, which alone changes it then.
    managed: bool,
}

impl PartnerBody {
    /// The partner called `name` of which this is said.
    pub(super) fn named(self, name: PartnerName) -> Partner {
        Partner {
            display_name: self.display_name.unwrap_or_else(|| name.to_string()),
            contact: self.contact,
            servers: self.servers,
            ..Partner::new(name)
        }
    }
}

impl From<&Partner> for PartnerView {
    fn from(partner: &Partner) -> Self {
        let Partner { name, display_name, contact, servers, managed } = partner.clone();
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
    let view = |partner: &Arc<Partner>| PartnerView::from(&**partner);
    Ok(Json(Page::by_name(network.partners(), &paging, |partner| partner.name.as_str(), view)?))
}

/// One partner
#[utoipa::path(get, path = "/partners/{name}", tag = "partners", params(("name" = String, Path)),
    responses((status = 200, body = PartnerView, headers(("ETag" = String)))))]
async fn show(State(service): State<Service>, PathOf(name): PathOf<PartnerName>) -> Result<Response, Problem> {
    answered(&service.setup.load().balancer.network(), &name)
}

/// Make a partner, or put this in its place
#[utoipa::path(put, path = "/partners/{name}", tag = "partners", request_body = PartnerBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = PartnerView, headers(("ETag" = String))),
        (status = 201, body = PartnerView, headers(("ETag" = String)))))]
async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<PartnerName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<PartnerBody>,
) -> Result<Response, Problem> {
    let balancer = &service.setup.load().balancer;
    let present = balancer.network().version(&name.clone().into());
    let expected = precondition.expected(present)?;
    balancer.put(body.named(name.clone()), expected, &caller.actor()).await?;
    let status = if present.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, answered(&balancer.network(), &name)?).into_response())
}

/// Take a partner away
///
/// One that integrations belong to cannot be taken away.
#[utoipa::path(delete, path = "/partners/{name}", tag = "partners",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<PartnerName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    let balancer = &service.setup.load().balancer;
    let name: EntityName = name.into();
    let expected = precondition.expected(balancer.network().version(&name))?;
    balancer.remove(name, expected, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answered(network: &Network, name: &PartnerName) -> Result<Response, Problem> {
    let partner = network.partner(name.as_str()).ok_or_else(|| Problem::not_found(EntityName::from(name.clone())))?;
    let version = network.version(&name.clone().into()).unwrap_or(Revision::default());
    Ok((etag(version), Json(PartnerView::from(&**partner))).into_response())
}
