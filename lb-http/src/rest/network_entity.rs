//! What integrations, plans, partners and routers have in common: they are put, taken away, and answered with a version.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::network::{Entity, EntityName, Network};
use serde::Serialize;

use super::caller::Caller;
use super::problem::Problem;
use super::version::{Precondition, etag};
use crate::server::Service;

/// Puts `entity` in the place of the one of its name: 200, or 201 where there was none.
pub(super) async fn put(
    service: &Service,
    caller: &Caller,
    precondition: Precondition,
    entity: impl Into<Entity>,
) -> Result<StatusCode, Problem> {
    let entity = entity.into();
    let balancer = &service.setup.load().balancer;
    let present = balancer.network().version(&entity.name());
    if present.is_none() {
        check(entity.name().as_str())?;
    }
    balancer.put(entity, precondition.expected(present)?, &caller.actor()).await?;
    Ok(if present.is_some() { StatusCode::OK } else { StatusCode::CREATED })
}

/// Takes what is called `name` away.
pub(super) async fn remove(
    service: &Service,
    caller: &Caller,
    precondition: Precondition,
    name: impl Into<EntityName>,
) -> Result<StatusCode, Problem> {
    let balancer = &service.setup.load().balancer;
    let name = name.into();
    let expected = precondition.expected(balancer.network().version(&name))?;
    balancer.remove(name, expected, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is called `name`, as `view` shows it, with its version.
pub(super) fn versioned<V: Serialize>(
    network: &Network,
    name: impl Into<EntityName>,
    view: Option<V>,
) -> Result<Response, Problem> {
    let name = name.into();
    match (view, network.version(&name)) {
        (Some(view), Some(version)) => Ok((etag(version), Json(view)).into_response()),
        _ => Err(Problem::not_found(name)),
    }
}

/// A name that is given here stands in paths from then on. What the configuration file declares may be called otherwise.
pub(crate) fn check(name: &str) -> Result<(), Problem> {
    let part = |character: char| character.is_control() || matches!(character, '/' | '\\' | '?' | '#' | '%');
    if matches!(name, "." | "..") || name.chars().any(part) {
        return Err(Problem::bad("a name has no control characters, no / \\ ? # %, and is neither . nor .."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_a_path() {
        for good in ["moodle", "Universidade Federal", "moodle.ufrgs.br", "…"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["..", "a/b", "../a", "a\\b", "a\nb", "a\u{7f}", "a?b", "100%"] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
