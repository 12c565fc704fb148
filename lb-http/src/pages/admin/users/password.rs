//! Another password for a user.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::Secret;
use lb_core::account::{Right, UserName};
use lb_core::balancer::Expected;

use super::edit::{found, page, version};
use super::form::{body, fields};
use crate::accounts::{AccountError, BadPassword, UserWish};
use crate::pages::fields::{Filled, Posted, posted};
use crate::pages::form::FormOf;
use crate::pages::frame::see_other_with;
use crate::pages::links;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::rest::{PathOf, Problem};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.post("/admin/users/{name}/password", Right::Guard, set);
}

/// A form that is posted again is of a version that is no more: it changes nothing.
async fn set(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<UserName>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, visitor.words());
    let version = version(&given)?;
    let user = found(&service, &name)?;
    let password = Secret::from(posted(&given, "password").unwrap_or_default());
    let wish = UserWish {
        name: user.name.clone(),
        display_name: user.display_name.clone(),
        role: user.role.clone(),
        active: user.active,
    };
    let done = service.accounts.put_user(wish, Some(&password), Expected::Version(version), &caller.actor()).await;
    let wrong = match done {
        Ok(user) => return Ok(see_other_with(&links::user(user.name.as_str(), ""), Notice::Saved)),
        Err(AccountError::Password(BadPassword::Name)) => w.users.password_is_name,
        Err(AccountError::Password(_)) => w.users.bad_password,
        Err(other) => return Err(other.into()),
    };
    let fields = fields(&service.setup.load().balancer.network(), w);
    let form = Filled::with(fields, body(&user));
    page(&service, &visitor, &user, version, StatusCode::BAD_REQUEST, &form, wrong)
}
