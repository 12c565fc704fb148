//! Where a meeting would go now, and why: in words, in tables, and drawn on the map.
//!
//! | file | what |
//! |---|---|
//! | `question` | what is asked, as the form has it |
//! | `page` | what the page shows |
//! | `told` | candidates and those left out, for people |
//! | `drawn` | the map |

mod drawn;
mod page;
mod question;
mod told;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::account::Right;

use self::page::ExplainPage;
use self::question::Question;
use super::frame::{Section, show_with};
use super::routes::Pages;
use super::visitor::Visitor;
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

/// Where it is.
const PATH: &str = "/admin/explain";

pub(super) fn pages(pages: &mut Pages) {
    pages.get(PATH, Right::ViewNetwork, explain);
}

async fn explain(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(question): QueryOf<Question>,
) -> Result<Response, Problem> {
    let balancer = service.setup.load().balancer.clone();
    let frame = visitor.frame(visitor.words().explain.title, Section::Explain);
    let flaws = question.flaws(visitor.words());
    let told = if question.integration.is_empty() || flaws.any() {
        None
    } else {
        Some(balancer.explain(&question.asked()?.read()?).await?)
    };
    let status = if flaws.any() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    show_with(status, &ExplainPage::new(&balancer, visitor.caller()?, frame, question, flaws, told))
}
