//! Plans.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::network::{Network, Plan, PlanName};
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

/// What can be said of a plan. What is not said is as it is for a new one, which allows everything.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PlanBody {
    /// Whether its integrations may use the balancer.
    active: bool,
    /// Whether they may record meetings.
    may_record: bool,
    /// The most meetings at the same time of one integration; null: no limit, here and below.
    max_concurrent_meetings: Option<u32>,
    /// The most users at the same time of one integration.
    max_concurrent_users: Option<u32>,
    /// The most users of one meeting.
    max_users_per_meeting: Option<u32>,
    /// How long a meeting may last, seconds.
    #[schema(value_type = Option<u32>, minimum = 1)]
    max_duration_seconds: Option<NonZeroU32>,
    /// The most calls of one integration in a second.
    #[schema(value_type = Option<u32>, minimum = 1)]
    calls_per_second: Option<NonZeroU32>,
    /// The calls that may be made; null: all.
    allowed_calls: Option<BTreeSet<String>>,
}

/// A plan: permissions and limits that integrations share.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    name: String,
    #[serde(flatten)]
    pub(crate) body: PlanBody,
    /// Whether the configuration file declares it, which alone changes it then.
    managed: bool,
}

impl Default for PlanBody {
    fn default() -> Self {
        PlanView::from(&Arc::new(Plan::new(""))).body
    }
}

impl PlanBody {
    /// The plan called `name` of which this is said.
    pub(crate) fn named(self, name: PlanName) -> Plan {
        Plan {
            active: self.active,
            may_record: self.may_record,
            max_concurrent_meetings: self.max_concurrent_meetings,
            max_concurrent_users: self.max_concurrent_users,
            max_users_per_meeting: self.max_users_per_meeting,
            max_duration: self.max_duration_seconds.map(|seconds| Duration::from_secs(seconds.get().into())),
            calls_per_second: self.calls_per_second.map(NonZeroU32::get),
            allowed_calls: self.allowed_calls,
            ..Plan::new(name)
        }
    }
}

impl From<&Arc<Plan>> for PlanView {
    fn from(plan: &Arc<Plan>) -> Self {
        // a part of a second becomes a whole one: no limit is answered stricter than it is
        let seconds = |duration: Duration| {
            NonZeroU32::new(u32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(u32::MAX))
        };
        let body = PlanBody {
            active: plan.active,
            may_record: plan.may_record,
            max_concurrent_meetings: plan.max_concurrent_meetings,
            max_concurrent_users: plan.max_concurrent_users,
            max_users_per_meeting: plan.max_users_per_meeting,
            max_duration_seconds: plan.max_duration.and_then(seconds),
            calls_per_second: plan.calls_per_second.and_then(NonZeroU32::new),
            allowed_calls: plan.allowed_calls.clone(),
        };
        Self { name: plan.name.to_string(), body, managed: plan.managed }
    }
}

/// All plans
#[utoipa::path(get, path = "/plans", tag = "plans", params(Paging),
    responses((status = 200, body = Page<PlanView>)))]
async fn list(
    State(service): State<Service>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<PlanView>>, Problem> {
    let network = service.setup.load().balancer.network();
    let page = Page::by_name(network.plans(), &paging, |plan| plan.name.as_str(), PlanView::from)?;
    Ok(Json(page))
}

/// One plan
#[utoipa::path(get, path = "/plans/{name}", tag = "plans", params(("name" = String, Path)),
    responses((status = 200, body = PlanView, headers(("ETag" = String)))))]
async fn show(State(service): State<Service>, PathOf(name): PathOf<PlanName>) -> Result<Response, Problem> {
    answered(&service.setup.load().balancer.network(), name)
}

/// Make a plan, or put this in its place
#[utoipa::path(put, path = "/plans/{name}", tag = "plans", request_body = PlanBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = PlanView, headers(("ETag" = String))),
        (status = 201, body = PlanView, headers(("ETag" = String)))))]
pub(crate) async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<PlanName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<PlanBody>,
) -> Result<Response, Problem> {
    let status = network_entity::put(&service, &caller, precondition, body.named(name.clone())).await?;
    Ok((status, answered(&service.setup.load().balancer.network(), name)?).into_response())
}

/// Take a plan away
///
/// One that integrations have cannot be taken away.
#[utoipa::path(delete, path = "/plans/{name}", tag = "plans",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
pub(crate) async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<PlanName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    network_entity::remove(&service, &caller, precondition, name).await
}

fn answered(network: &Network, name: PlanName) -> Result<Response, Problem> {
    let view = network.plan(name.as_str()).map(PlanView::from);
    network_entity::versioned(network, name, view)
}
