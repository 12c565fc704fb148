//! Waiting for the last meeting of a server.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::balancer::Balancer;
use lb_core::network::EntityName;
use lb_core::server::AdministratorWord;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use utoipa::{IntoParams, ToSchema};

use crate::rest::extract::{PathOf, QueryOf};
use crate::rest::problem::Problem;
use crate::rest::routes::Routes;
use crate::server::Service;

/// The longest that one request waits, seconds.
const LONGEST: u64 = 30;

/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(250);

/// Requests that wait at the same time; further ones are answered at once.
static WAITING: Semaphore = Semaphore::const_new(16);

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::ViewNetwork, drained, __path_drained);
}

/// How long.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wait {
    /// Answer only when the server is drained, or after so many seconds.
    #[serde(default)]
    #[param(minimum = 0, maximum = 30)]
    wait: u64,
}

/// How far a server is drained.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct DrainedView {
    /// Whether it gets no new meetings because an administrator says so, and has none left.
    drained: bool,
    /// The administrator's word: draining, or force-disabled when all is done; any other where it is not drained any more.
    #[schema(value_type = String, example = "draining")]
    word: AdministratorWord,
    /// Meetings that it still has, or that are about to come to it.
    meetings: usize,
    /// People in them, as it said last.
    users: u32,
}

/// Whether a server is drained
///
/// With `wait` it is answered when it is, or after so many seconds: to be asked again then.
#[utoipa::path(get, path = "/servers/{name}/drained", tag = "servers", params(("name" = String, Path), Wait),
    responses((status = 200, body = DrainedView)))]
async fn drained(
    State(service): State<Service>,
    PathOf(name): PathOf<ServerName>,
    QueryOf(Wait { wait }): QueryOf<Wait>,
) -> Result<Json<DrainedView>, Problem> {
    if wait > LONGEST {
        return Err(Problem::bad(format!("wait must be from 0 to {LONGEST}")));
    }
    let place = WAITING.try_acquire();
    let wait = if place.is_ok() { wait } else { 0 };
    let deadline = Instant::now() + Duration::from_secs(wait);
    loop {
        // a reload may put another balancer in its place
        let view = look(&service.setup.load().balancer, &name).await?;
        let is_draining = view.word == AdministratorWord::Draining;
        if view.drained || !(is_draining || view.word == AdministratorWord::ForceDisabled) || Instant::now() >= deadline
        {
            return Ok(Json(view));
        }
        sleep(LOOK.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}

async fn look(balancer: &Balancer, name: &ServerName) -> Result<DrainedView, Problem> {
    let no_such = || Problem::not_found(EntityName::Server(name.clone()));
    let word = balancer.word_on(name).ok_or_else(no_such)?;
    let meetings = balancer.meetings_left(name).await?;
    let users = balancer.fleet().server(name).map_or(0, |member| member.users());
    let is_out = matches!(word, AdministratorWord::Draining | AdministratorWord::ForceDisabled);
    Ok(DrainedView { drained: is_out && meetings == 0, word, meetings, users })
}
