//! Routers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::network::{Network, Refinements, Router, RouterName};
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

/// What can be said of a router. What is not said is as it is for a new one, which has the Mconf rule.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RouterBody {
    /// The placement policy.
    #[schema(example = "nearest-least-cpu")]
    policy: String,
    /// How far from the nearest server others compete with it, kilometres.
    #[schema(minimum = 0)]
    radius_km: f64,
    /// Weights of servers, by name, in place of their own.
    #[schema(value_type = BTreeMap<String, f64>)]
    weights: BTreeMap<ServerName, f64>,
    /// The router that is asked where this one finds no server.
    fallback: Option<String>,
    /// Only servers that carry all of these tags are ranked.
    only_tags: Vec<String>,
    /// Servers that carry all of these tags come first.
    prefer_tags: Vec<String>,
    /// Servers that have or expect so many users are left out.
    #[schema(exclusive_minimum = 0)]
    max_users: Option<f64>,
    /// Servers of which so much CPU is in use or expected, per cent, are left out.
    #[schema(exclusive_minimum = 0)]
    max_cpu: Option<f64>,
    /// The policy that chooses among servers that are alike.
    tie_break: Option<String>,
    /// How far from the best score servers are alike, in the unit of the policy's scores.
    #[schema(minimum = 0)]
    tie_within: f64,
    /// The router that places a share of the meetings in place of this one.
    canary: Option<String>,
    /// How large that share is.
    #[schema(minimum = 0, maximum = 1)]
    canary_share: f64,
}

/// A router: a placement policy with its parameters, which integrations choose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RouterView {
    name: String,
    #[serde(flatten)]
    pub(crate) body: RouterBody,
    /// Whether the configuration file declares it, which alone changes it then.
    managed: bool,
}

impl Default for RouterBody {
    fn default() -> Self {
        RouterView::from(&Arc::new(Router::new(""))).body
    }
}

impl RouterBody {
    /// The router called `name` of which this is said.
    pub(crate) fn named(self, name: RouterName) -> Router {
        let fallback = self.fallback.map(Into::into);
        let refinements = Refinements {
            only_tags: self.only_tags,
            prefer_tags: self.prefer_tags,
            max_users: self.max_users,
            max_cpu: self.max_cpu,
            tie_break: self.tie_break,
            tie_within: self.tie_within,
            canary: self.canary.map(Into::into),
            canary_share: self.canary_share,
        };
        let Self { policy, radius_km, weights, .. } = self;
        Router { policy, radius_km, weights, fallback, refinements, ..Router::new(name) }
    }
}

impl From<&Arc<Router>> for RouterView {
    fn from(router: &Arc<Router>) -> Self {
        let Router { name, policy, radius_km, weights, fallback, refinements, managed } = Router::clone(router);
        let body = RouterBody {
            policy,
            radius_km,
            weights,
            fallback: fallback.map(|fallback| fallback.to_string()),
            only_tags: refinements.only_tags,
            prefer_tags: refinements.prefer_tags,
            max_users: refinements.max_users,
            max_cpu: refinements.max_cpu,
            tie_break: refinements.tie_break,
            tie_within: refinements.tie_within,
            canary: refinements.canary.map(|canary| canary.to_string()),
            canary_share: refinements.canary_share,
        };
        Self { name: name.to_string(), body, managed }
    }
}

/// All routers
#[utoipa::path(get, path = "/routers", tag = "routers", params(Paging),
    responses((status = 200, body = Page<RouterView>)))]
async fn list(
    State(service): State<Service>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<RouterView>>, Problem> {
    let network = service.setup.load().balancer.network();
    let page = Page::by_name(network.routers(), &paging, |router| router.name.as_str(), RouterView::from)?;
    Ok(Json(page))
}

/// One router
#[utoipa::path(get, path = "/routers/{name}", tag = "routers", params(("name" = String, Path)),
    responses((status = 200, body = RouterView, headers(("ETag" = String)))))]
async fn show(State(service): State<Service>, PathOf(name): PathOf<RouterName>) -> Result<Response, Problem> {
    answered(&service.setup.load().balancer.network(), name)
}

/// Make a router, or put this in its place
#[utoipa::path(put, path = "/routers/{name}", tag = "routers", request_body = RouterBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = RouterView, headers(("ETag" = String))),
        (status = 201, body = RouterView, headers(("ETag" = String)))))]
pub(crate) async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<RouterName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<RouterBody>,
) -> Result<Response, Problem> {
    let status = network_entity::put(&service, &caller, precondition, body.named(name.clone())).await?;
    Ok((status, answered(&service.setup.load().balancer.network(), name)?).into_response())
}

/// Take a router away
///
/// One that integrations or other routers name cannot be taken away.
#[utoipa::path(delete, path = "/routers/{name}", tag = "routers",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
pub(crate) async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<RouterName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    network_entity::remove(&service, &caller, precondition, name).await
}

fn answered(network: &Network, name: RouterName) -> Result<Response, Problem> {
    let view = network.router(name.as_str()).map(RouterView::from);
    network_entity::versioned(network, name, view)
}
