//! Where who has logged in begins: the first steps while there is nothing, then the servers; or, for who may not see the network,
//! their own integrations.

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;

use super::frame::see_other;
use super::routes::Pages;
use super::visitor::Visitor;
use crate::rest::Problem;
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin", Right::Own, begin);
}

async fn begin(State(service): State<Service>, visitor: Visitor) -> Result<Response, Problem> {
    let balancer = &service.setup.load().balancer;
    let is_empty = balancer.fleet().servers().is_empty() && balancer.network().integrations().iter().len() == 0;
    Ok(see_other(match visitor.may(Right::ViewNetwork) {
        true if is_empty && visitor.may(Right::Administer) => "/admin/start",
        true => "/admin/servers",
        false => "/admin/integrations",
    }))
}
