//! One person's data.

use axum::Json;
use axum::extract::State;
use lb_core::account::Right;
use lb_core::network::IntegrationName;
use lb_core::store::PersonQuery;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Caller;
use super::events::EventView;
use super::extract::{BodyOf, QueryOf};
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::to_its_end;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Administer, export, __path_export);
    routes.add(Right::Administer, erase, __path_erase);
}

/// Who is meant: what is said must all fit, and `user_id` or `name` must be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonBody {
    /// Only at this integration.
    integration: Option<String>,
    /// The website's id of the user.
    user_id: Option<String>,
    /// The name, just as it was given.
    name: Option<String>,
}

impl PersonBody {
    /// An integration that is no more has left events, and its people may ask all the same: it need not be there.
    fn query(self) -> Result<PersonQuery, Problem> {
        let integration = self.integration.map(IntegrationName::from);
        PersonQuery::new(integration, self.user_id, self.name).map_err(|nobody| Problem::bad(nobody.to_string()))
    }
}

/// Who is meant, as for the export, and whether they are erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasureBody {
    /// Only at this integration.
    integration: Option<String>,
    /// The website's id of the user.
    user_id: Option<String>,
    /// The name, just as it was given.
    name: Option<String>,
    /// Whether it is only counted, and nothing changed.
    #[serde(default)]
    dry_run: bool,
}

/// How much was erased.
#[derive(Debug, Serialize, ToSchema)]
struct ErasureView {
    /// How many events named them.
    events: usize,
    /// Whether they still do.
    dry_run: bool,
}

/// Show one person's data
///
/// What the stored events say of somebody, newest first. A page has at most 100 events that name them, and with each that
/// says that they entered the one that says that they left; it may have none and yet not be the last.
#[utoipa::path(post, path = "/persons/export", tag = "persons", params(Paging), request_body = PersonBody,
    responses((status = 200, body = Page<EventView>)))]
async fn export(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(paging): QueryOf<Paging>,
    BodyOf(body): BodyOf<PersonBody>,
) -> Result<Json<Page<EventView>>, Problem> {
    let balancer = &service.setup.load().balancer;
    let (query, limit) = (body.query()?, paging.limit()?);
    let after = paging.after.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| Problem::bad("after is no place in this list"))?;
    let page = balancer.export_person(&query, after, limit, &caller.actor()).await?;
    let items = page.events.into_iter().map(EventView::from).collect();
    Ok(Json(Page { items, next: page.next.map(|next| next.to_string()) }))
}

/// Erase one person's data
///
/// Pseudonyms take the place of their name and id in all stored events, others on each day. That cannot be undone.
#[utoipa::path(post, path = "/persons/erase", tag = "persons", request_body = ErasureBody,
    responses((status = 200, body = ErasureView)))]
async fn erase(
    State(service): State<Service>,
    caller: Caller,
    BodyOf(body): BodyOf<ErasureBody>,
) -> Result<Json<ErasureView>, Problem> {
    let balancer = service.setup.load().balancer.clone();
    let ErasureBody { integration, user_id, name, dry_run } = body;
    let (query, by) = (PersonBody { integration, user_id, name }.query()?, caller.actor());
    let work = async move {
        let events = match dry_run {
            true => balancer.count_person(&query).await?,
            false => balancer.erase_person(&query, &by).await?,
        };
        Ok(ErasureView { events, dry_run })
    };
    to_its_end(&service, work).await.map(Json)
}
