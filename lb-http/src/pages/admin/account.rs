//! One's own account: the password, and the tokens of one's own.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lb_core::account::{Right, Role};
use serde::Deserialize;

use super::tokens::{Row, TokenForm};
use super::users::role;
use crate::accounts::{AccountError, BadPassword};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show_with};
use crate::pages::links;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{Problem, cookie};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/account", Right::Own, one);
    pages.post("/admin/account/password", Right::Own, change);
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage<'a> {
    frame: Frame,
    name: String,
    display_name: String,
    role: &'static str,
    partner: Option<String>,
    sessions: String,
    edit: Option<String>,
    tokens: Vec<Row>,
    form: &'a TokenForm,
    wrong: Wrong,
}

/// What is wrong with a new password; empty where nothing is.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    old: String,
    new: &'static str,
    again: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    old_password: String,
    new_password: String,
    again: String,
}

async fn one(State(service): State<Service>, visitor: Visitor) -> Result<Response, Problem> {
    let form = TokenForm::empty(&service.accounts.accounts(), &visitor.caller()?.principal.user, "account");
    page(&service, &visitor, &form, Wrong::default(), StatusCode::OK)
}

async fn change(
    State(service): State<Service>,
    visitor: Visitor,
    headers: HeaderMap,
    FormOf(given): FormOf<PasswordForm>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, visitor.words());
    let nothing = Wrong::default();
    let (status, wrong) = if given.new_password != given.again {
        (StatusCode::BAD_REQUEST, Wrong { again: w.account.not_same, ..nothing })
    } else {
        let (name, old, new) = (&caller.principal.user, given.old_password.into(), given.new_password.into());
        let changed = service.accounts.change_own_password(name, &old, &new, cookie(&headers), caller.address);
        match changed.await {
            Ok(()) => return Ok(see_other_with("/admin/account", Notice::Saved)),
            Err(AccountError::WrongPassword) => {
                (StatusCode::FORBIDDEN, Wrong { old: w.account.wrong.to_owned(), ..nothing })
            }
            Err(AccountError::Locked { retry_after }) => {
                let minutes = retry_after.as_secs().div_ceil(60);
                (StatusCode::TOO_MANY_REQUESTS, Wrong { old: fill(w.account.locked, &[&minutes]), ..nothing })
            }
            Err(AccountError::Busy) => {
                (StatusCode::SERVICE_UNAVAILABLE, Wrong { old: w.account.busy.to_owned(), ..nothing })
            }
            Err(AccountError::Password(BadPassword::Name)) => {
                (StatusCode::BAD_REQUEST, Wrong { new: w.users.password_is_name, ..nothing })
            }
            Err(AccountError::Password(_)) => (StatusCode::BAD_REQUEST, Wrong { new: w.users.bad_password, ..nothing }),
            Err(other) => return Err(other.into()),
        }
    };
    let form = TokenForm::empty(&service.accounts.accounts(), &caller.principal.user, "account");
    page(&service, &visitor, &form, wrong, status)
}

pub(super) fn page(
    service: &Service,
    visitor: &Visitor,
    form: &TokenForm,
    wrong: Wrong,
    status: StatusCode,
) -> Result<Response, Problem> {
    let w = visitor.words();
    let principal = &visitor.caller()?.principal;
    let accounts = service.accounts.accounts();
    let user = accounts.user(principal.user.as_str());
    let page = AccountPage {
        frame: visitor.frame(w.account.title, Section::Account),
        name: principal.user.to_string(),
        display_name: user.map(|user| user.display_name.clone()).unwrap_or_default(),
        role: role(&principal.role, &w.users),
        partner: match &principal.role {
            Role::PartnerManager(partner) => Some(partner.to_string()),
            Role::Administrator | Role::Viewer => None,
        },
        sessions: fill(w.account.sessions_text, &[&accounts.sessions_of(&principal.user).count()]),
        edit: visitor.may(Right::Guard).then(|| links::user(principal.user.as_str(), "")),
        tokens: accounts.tokens_of(&principal.user).map(|token| Row::of(token, w)).collect(),
        form,
        wrong,
    };
    show_with(status, &page)
}
