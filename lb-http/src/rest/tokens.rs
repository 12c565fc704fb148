//! API tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use lb_core::account::{ApiToken, Right, TokenId, TokenScope, UserName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::moment::Moment;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use crate::accounts::TokenWish;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Own, list, __path_list);
    routes.add(Right::Own, show, __path_show);
    routes.add(Right::Own, make, __path_make);
    routes.add(Right::Own, revoke, __path_revoke);
}

/// How much of its owner's role a token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scope {
    /// It may look, and change nothing.
    Read,
    /// All that its owner may do but for users, tokens and secrets that are shown again.
    Operate,
    /// All that its owner may do.
    Full,
}

impl From<Scope> for TokenScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Operate => Self::Operate,
            Scope::Full => Self::Full,
        }
    }
}

impl From<TokenScope> for Scope {
    fn from(scope: TokenScope) -> Self {
        match scope {
            TokenScope::Read => Self::Read,
            TokenScope::Operate => Self::Operate,
            TokenScope::Full => Self::Full,
        }
    }
}

/// What is said of a new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenBody {
    /// Whose it is to be: one's own where nothing is said. That of another asks for the right to guard.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) user: Option<UserName>,
    /// What it is for.
    #[schema(max_length = 255)]
    pub(crate) label: String,
    pub(crate) scope: Scope,
    /// From when on it is not valid any more; null: always valid.
    #[serde(default)]
    pub(crate) expires_at: Option<Moment>,
}

/// A token, of which nobody can tell again what it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct TokenView {
    /// The part of it that is no secret.
    id: String,
    user: String,
    label: String,
    scope: Scope,
    created_at: Moment,
    expires_at: Option<Moment>,
    /// Up to an hour behind.
    last_used_at: Option<Moment>,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
struct MadeToken {
    #[serde(flatten)]
    view: TokenView,
    /// The token itself, answered this once.
    token: String,
}

/// Which tokens.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Whose: all that are seen where nothing is said.
    #[param(value_type = Option<String>)]
    user: Option<UserName>,
}

/// Tokens
///
/// Who may guard sees everybody's, others their own.
#[utoipa::path(get, path = "/tokens", tag = "tokens", params(Whose, Paging),
    responses((status = 200, body = Page<TokenView>)))]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(whose): QueryOf<Whose>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<TokenView>>, Problem> {
    let accounts = service.accounts.accounts();
    let owner = owner(&caller);
    let wanted =
        |token: &&Arc<ApiToken>| [owner, whose.user.as_ref()].into_iter().flatten().all(|user| token.user == *user);
    let tokens = accounts.tokens().filter(wanted);
    Ok(Json(Page::by_name(tokens, &paging, |token| token.id.as_str(), |token| view(token))?))
}

/// One token
#[utoipa::path(get, path = "/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 200, body = TokenView)))]
async fn show(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<TokenId>,
) -> Result<Json<TokenView>, Problem> {
    let accounts = service.accounts.accounts();
    let seen = |token: &&Arc<ApiToken>| owner(&caller).is_none_or(|user| token.user == *user);
    let token = accounts.token(id.as_str()).filter(seen).ok_or_else(|| Problem::not_found(format!("token {id}")))?;
    Ok(Json(view(token)))
}

/// Make a token
///
/// It is answered this once, and only its digest is kept.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = TokenBody,
    responses((status = 201, body = MadeToken)))]
async fn make(
    State(service): State<Service>,
    caller: Caller,
    BodyOf(body): BodyOf<TokenBody>,
) -> Result<Response, Problem> {
    let wish = wish(&service, &caller, body)?;
    let (token, secret) = service.accounts.make_token(wish, &caller.actor()).await?;
    let made = MadeToken { view: view(&token), token: secret.expose().to_owned() };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(made)).into_response())
}

/// The token that is asked for, if `caller` may make it.
pub(crate) fn wish(service: &Service, caller: &Caller, body: TokenBody) -> Result<TokenWish, Problem> {
    let user = body.user.unwrap_or_else(|| caller.principal.user.clone());
    if owner(caller).is_some_and(|own| *own != user) {
        return Err(Problem::forbidden("a token of somebody else asks for the right to guard"));
    }
    if service.accounts.accounts().user(user.as_str()).is_none() {
        return Err(Problem::bad(format!("there is no user {user}: say whose token it is to be")));
    }
    let expires_at = body.expires_at.map(|moment| moment.0);
    Ok(TokenWish { user, label: body.label, scope: body.scope.into(), expires_at })
}

/// Make a token invalid
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204)))]
async fn revoke(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<TokenId>,
) -> Result<StatusCode, Problem> {
    service.accounts.revoke_token(&id, owner(&caller), &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose tokens alone somebody sees.
pub(crate) fn owner(caller: &Caller) -> Option<&UserName> {
    (!caller.principal.may(Right::Guard)).then_some(&caller.principal.user)
}

fn view(token: &ApiToken) -> TokenView {
    TokenView {
        id: token.id.to_string(),
        user: token.user.to_string(),
        label: token.label.clone(),
        scope: token.scope.into(),
        created_at: token.created_at.into(),
        expires_at: token.expires_at.map(Moment),
        last_used_at: token.last_used_at.map(Moment),
    }
}
