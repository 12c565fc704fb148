//! Users.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::Secret;
use lb_core::account::{Accounts, Right, Role, User, UserName};
use lb_core::network::PartnerName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::moment::Moment;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::version::{Precondition, etag};
use crate::accounts::UserWish;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Guard, list, __path_list);
    routes.add(Right::Guard, show, __path_show);
    routes.add(Right::Guard, put, __path_put);
    routes.add(Right::Guard, remove, __path_remove);
    routes.add(Right::Guard, set_password, __path_set_password);
}

/// What somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RoleWord {
    /// Does everything.
    Administrator,
    /// Looks after the integrations of one partner.
    PartnerManager,
    /// Sees everything but secrets, and changes nothing.
    Viewer,
}

impl RoleWord {
    pub(crate) fn of(role: &Role) -> (Self, Option<String>) {
        match role {
            Role::Administrator => (Self::Administrator, None),
            Role::PartnerManager(partner) => (Self::PartnerManager, Some(partner.to_string())),
            Role::Viewer => (Self::Viewer, None),
        }
    }

    pub(crate) fn with(self, partner: Option<PartnerName>) -> Result<Role, Problem> {
        match (self, partner) {
            (Self::Administrator, None) => Ok(Role::Administrator),
            (Self::Viewer, None) => Ok(Role::Viewer),
            (Self::PartnerManager, Some(partner)) => Ok(Role::PartnerManager(partner)),
            (Self::PartnerManager, None) => Err(Problem::bad("a partner-manager needs a partner")),
            (Self::Administrator | Self::Viewer, Some(_)) => {
                Err(Problem::bad("only a partner-manager has a partner: leave it out, or say null"))
            }
        }
    }
}

/// What can be said of a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserBody {
    /// What they are called.
    #[serde(default)]
    #[schema(max_length = 255)]
    display_name: String,
    /// What they may do.
    role: RoleWord,
    /// The partner that a partner-manager looks after.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    partner: Option<PartnerName>,
    /// Whether they, and their tokens, are let in.
    #[serde(default = "yes")]
    active: bool,
    /// Their password; where nothing is said, the one that they have stays.
    #[serde(default)]
    #[schema(min_length = 12, max_length = 128)]
    password: Option<String>,
}

fn yes() -> bool {
    true
}

/// A user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct UserView {
    name: String,
    display_name: String,
    role: RoleWord,
    partner: Option<String>,
    active: bool,
    /// Whether they can log in; their tokens work without a password too.
    has_password: bool,
    /// How many API tokens they have.
    tokens: usize,
    created_at: Moment,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

/// All users
#[utoipa::path(get, path = "/users", tag = "users", params(Paging), responses((status = 200, body = Page<UserView>)))]
async fn list(
    State(service): State<Service>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<UserView>>, Problem> {
    let accounts = service.accounts.accounts();
    let view = |user: &Arc<User>| view(&accounts, user);
    Ok(Json(Page::by_name(accounts.users(), &paging, |user| user.name.as_str(), view)?))
}

/// One user
#[utoipa::path(get, path = "/users/{name}", tag = "users", params(("name" = String, Path)),
    responses((status = 200, body = UserView, headers(("ETag" = String)))))]
async fn show(State(service): State<Service>, PathOf(name): PathOf<UserName>) -> Result<Response, Problem> {
    let accounts = service.accounts.accounts();
    let user = accounts.user(name.as_str()).ok_or_else(|| Problem::not_found(format!("user {name}")))?;
    Ok(answered(&accounts, user))
}

/// Make a user, or put this in their place
///
/// The last active administrator stays one. A new password ends their sessions.
#[utoipa::path(put, path = "/users/{name}", tag = "users", request_body = UserBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = UserView, headers(("ETag" = String))),
        (status = 201, body = UserView, headers(("ETag" = String)))))]
async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<UserName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<UserBody>,
) -> Result<Response, Problem> {
    let present = service.accounts.accounts().user(name.as_str()).map(|user| user.version);
    let expected = precondition.expected(present)?;
    let role = body.role.with(body.partner)?;
    let wish = UserWish { name, display_name: body.display_name, role, active: body.active };
    let password = body.password.map(Secret::from);
    let user = service.accounts.put_user(wish, password.as_ref(), expected, &caller.actor()).await?;
    let status = if present.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, answered(&service.accounts.accounts(), &user)).into_response())
}

/// Take a user away, and their tokens and sessions
///
/// The last active administrator stays.
#[utoipa::path(delete, path = "/users/{name}", tag = "users",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<UserName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    let present = service.accounts.accounts().user(name.as_str()).map(|user| user.version);
    let expected = precondition.expected(present)?;
    service.accounts.remove_user(&name, expected, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a user another password
///
/// It ends their sessions. One's own is changed with `POST /session/password`.
#[utoipa::path(post, path = "/users/{name}/password", tag = "users", request_body = PasswordBody,
    params(("name" = String, Path)), responses((status = 204)))]
async fn set_password(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<UserName>,
    BodyOf(body): BodyOf<PasswordBody>,
) -> Result<StatusCode, Problem> {
    service.accounts.set_password(&name, &body.password.into(), &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn view(accounts: &Accounts, user: &User) -> UserView {
    let (role, partner) = RoleWord::of(&user.role);
    UserView {
        name: user.name.to_string(),
        display_name: user.display_name.clone(),
        role,
        partner,
        active: user.active,
        has_password: user.password.is_some(),
        tokens: accounts.tokens_of(&user.name).count(),
        created_at: user.created_at.into(),
    }
}

fn answered(accounts: &Accounts, user: &User) -> Response {
    (etag(user.version), Json(view(accounts, user))).into_response()
}
