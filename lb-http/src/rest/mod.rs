//! Administration over HTTP: JSON below `/api/v1`.
//!
//! | file | what |
//! |---|---|
//! | `routes` | the table of what can be asked for, and which right each asks for |
//! | `caller` | who asks |
//! | `extract` | what is read of a request |
//! | `problem` | why a request was not done |
//! | `work` | what a request may cost |
//! | `page`, `version` | long lists; `ETag` and `If-Match` |
//! | `openapi` | the document that describes all of it, and a page to read |
//! | all others | one file for each kind of thing: how it looks in JSON, and what can be done to it |

mod account_problem;
pub(crate) mod audit;
mod caller;
mod doctor;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod extract;
mod given_secret;
mod hidden;
pub(crate) mod integrations;
pub(crate) mod meetings;
pub(crate) mod moment;
pub(crate) mod network;
pub(crate) mod network_entity;
mod openapi;
pub(crate) mod page;
pub(crate) mod partners;
pub(crate) mod persons;
pub(crate) mod plans;
mod problem;
pub(crate) mod recordings;
mod reports;
pub(crate) mod routers;
mod routes;
pub(crate) mod secrets;
pub(crate) mod servers;
mod session;
pub(crate) mod settings;
pub(crate) mod status;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;
pub(crate) mod trace;
pub(crate) mod users;
pub(crate) mod version;
mod work;

use std::future::Future;

pub(crate) use self::caller::{Caller, cookie};
pub(crate) use self::extract::{BodyOf, PathOf, QueryOf};
pub(crate) use self::moment::Moment;
pub(crate) use self::page::{Page, Paging};
pub(crate) use self::problem::Problem;
pub(crate) use self::reports::{Asked, ReportView, csv_of, made};
pub(crate) use self::routes::BASE;
use self::routes::Routes;
pub(crate) use self::session::set_cookie;
pub(crate) use self::version::Precondition;
pub(crate) use self::work::{Who, done};
use crate::server::Service;

/// All that can be asked for.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::default();
    openapi::routes(&mut routes);
    audit::routes(&mut routes);
    events::routes(&mut routes);
    integrations::routes(&mut routes);
    secrets::routes(&mut routes);
    doctor::routes(&mut routes);
    trace::routes(&mut routes);
    plans::routes(&mut routes);
    partners::routes(&mut routes);
    routers::routes(&mut routes);
    recordings::routes(&mut routes);
    network::routes(&mut routes);
    session::routes(&mut routes);
    users::routes(&mut routes);
    tokens::routes(&mut routes);
    persons::routes(&mut routes);
    settings::routes(&mut routes);
    servers::routes(&mut routes);
    status::routes(&mut routes);
    meetings::routes(&mut routes);
    explain::routes(&mut routes);
    reports::routes(&mut routes);
    routes
}

/// The same, served.
pub(crate) fn router(service: &Service) -> axum::Router<Service> {
    let served = routes().router(service).fallback(nothing_there).method_not_allowed_fallback(not_so);
    axum::Router::new().nest(BASE, served)
}

/// Runs what must be run to its end although its asker may hang up.
pub(crate) async fn to_its_end<T: Send + 'static>(
    service: &Service,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let done = service.tasks.spawn(work).await;
    done.unwrap_or_else(|_| Err(Problem::unavailable("it broke off; the log says why")))
}

async fn nothing_there() -> Problem {
    Problem::not_found(format!("such path below {BASE}"))
}

async fn not_so() -> Problem {
    Problem::not_so()
}
