//! Where who has logged in begins: the dashboard, or, for who may not see the network, their own integrations.

use axum::response::Response;
use lb_core::account::Right;

use super::frame::see_other;
use super::routes::Pages;
use super::visitor::Visitor;
use crate::rest::Problem;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin", Right::Own, begin);
}

async fn begin(visitor: Visitor) -> Result<Response, Problem> {
    Ok(see_other(if visitor.may(Right::ViewNetwork) { "/admin/servers" } else { "/admin/integrations" }))
}
