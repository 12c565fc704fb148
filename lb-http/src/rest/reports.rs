//! Usage reports, as JSON and as CSV.

mod asked;
mod sheet;
mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::balancer::{Balancer, ReportError};
use lb_core::report::{ReportQuery, Table};
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

pub(crate) use self::asked::Asked;
pub(crate) use self::sheet::csv as csv_of;
pub(crate) use self::view::ReportView;
use super::caller::Caller;
use super::extract::QueryOf;
use super::problem::Problem;
use super::routes::Routes;
use super::to_its_end;
use crate::rollups;
use crate::server::Service;

/// Reports that are made at the same time: each may take some hundred MB.
const AT_ONCE: usize = 2;

/// How long one may take.
const TIME: Duration = Duration::from_secs(60);

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, report, __path_report);
    routes.add(Right::Administer, rebuild, __path_rebuild);
}

/// A usage report
///
/// Figures of a period, by group and step; what each means stands in docs/usage-reports.md. Nothing said: the last full month,
/// by integration. At most two are made at the same time, and one may take a minute.
#[utoipa::path(get, path = "/reports", tag = "reports", params(Asked),
    responses((status = 200, content((ReportView = "application/json"), (String = "text/csv")))))]
async fn report(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(asked): QueryOf<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    let as_csv = asked.wants_csv(accepted(&headers))?;
    let query = asked.query(&caller, &balancer.network(), balancer.now())?;
    let table = made(balancer, query).await?;
    let mut response = if as_csv { csv(&table)? } else { Json(ReportView::from(&table)).into_response() };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// What is made anew.
#[derive(Debug, Serialize, ToSchema)]
struct RebuildView {
    /// How many days of UTC. `reports.days_left` of `GET /status` says how many are left.
    days: usize,
}

/// Make anew what reports are made of
///
/// Reports read what was made in advance of past quarters of an hour. It is made anew of all events that are kept, in the
/// background, a day after the other; reports go on meanwhile.
#[utoipa::path(post, path = "/reports/rebuild", tag = "reports", responses((status = 200, body = RebuildView)))]
async fn rebuild(State(service): State<Service>, caller: Caller) -> Result<Json<RebuildView>, Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    let actor = caller.actor();
    let days = to_its_end(&service, async move { Ok(balancer.rebuild_rollups(&actor).await?) }).await?;
    rollups::at_once();
    Ok(Json(RebuildView { days }))
}

fn accepted(headers: &HeaderMap) -> &str {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Makes a report on a thread where it delays no call. Who hangs up does not stop it; its deadline does.
pub(crate) async fn made(balancer: Arc<Balancer>, query: ReportQuery) -> Result<Table, Problem> {
    let busy = |_| Problem::unavailable(format!("{AT_ONCE} reports are being made, and no more are at the same time"));
    let place = PLACES.try_acquire().map_err(busy)?;
    let runtime = Handle::current();
    let making = tokio::task::spawn_blocking(move || {
        let _place = place;
        runtime.block_on(async { tokio::time::timeout(TIME, balancer.report(query)).await })
    });
    match making.await {
        Ok(Ok(Ok(table))) => Ok(table),
        Ok(Ok(Err(error))) => Err(error.into()),
        Ok(Err(_)) => {
            let detail = format!("the report took longer than {} s: ask for a shorter period", TIME.as_secs());
            Err(Problem::unavailable(detail))
        }
        Err(_) => Err(Problem::unavailable("the report broke off; the log says why")),
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Query(_) | ReportError::TooMuch(_) => Self::bad(error.to_string()),
            ReportError::Store(error) => error.into(),
            _ => Self::unavailable(error.to_string()),
        }
    }
}

fn csv(table: &Table) -> Result<Response, Problem> {
    let text = sheet::csv(table).map_err(|_| Problem::unavailable("the report cannot be written as CSV"))?;
    let name = table.step.as_str();
    let disposition = format!("attachment; filename=\"report-by-{}-{name}.csv\"", table.by.as_str());
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}
