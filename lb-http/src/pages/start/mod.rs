//! The first steps: from an empty balancer to one server, one integration and one test meeting.
//!
//! Which of them are done is seen in the network; nothing is kept of where somebody is in them.
//!
//! | file | what |
//! |---|---|
//! | `progress` | what is done |
//! | `page` | the pages of the steps |
//! | `server` | a server is checked and kept |
//! | `meeting` | the test meeting: made, joined, ended |

mod meeting;
mod page;
mod progress;
mod server;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::account::Right;
use serde::Deserialize;

use self::page::{Given, StartPage};
use self::progress::{Progress, Step};
use super::frame::show_with;
use super::routes::Pages;
use super::visitor::Visitor;
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

/// Where they are.
const PATH: &str = "/admin/start";

pub(super) fn pages(pages: &mut Pages) {
    pages.get(PATH, Right::Administer, show);
    pages.post("/admin/start/server", Right::Administer, server::keep);
    pages.post("/admin/start/meeting", Right::Administer, meeting::make);
    pages.get("/admin/start/join", Right::Administer, meeting::join);
    pages.post("/admin/start/end", Right::Administer, meeting::end);
}

/// Which step is looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    step: String,
    integration: String,
}

async fn show(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let given = Given { integration: asked.integration, ..Given::default() };
    answer(&service, &visitor, Step::named(&asked.step), StatusCode::OK, given).await
}

/// The page of `step`, or of the first one that is not done.
async fn answer(
    service: &Service,
    visitor: &Visitor,
    step: Option<Step>,
    status: StatusCode,
    given: Given,
) -> Result<Response, Problem> {
    let progress = Progress::look(service, visitor.caller()?).await?;
    let step = step.unwrap_or_else(|| progress.first_open());
    show_with(status, &StartPage::new(service, visitor, step, progress, given))
}
