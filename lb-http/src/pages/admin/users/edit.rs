//! One user: what they may do, shown and changed. A change is shown before it is made.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::account::{Right, User, UserName};
use lb_core::balancer::Expected;
use lb_core::network::Revision;

use super::Row;
use super::form::{Given, body, fields};
use super::refused::Refused;
use crate::accounts::{AccountError, UserWish, differences};
use crate::pages::admin::tokens;
use crate::pages::fields::{Changed, Filled, Posted, changed, posted};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show_with};
use crate::pages::links;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{PathOf, Problem};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/users/{name}", Right::Guard, one);
    pages.post("/admin/users/{name}", Right::Guard, change);
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage<'a> {
    frame: Frame,
    user: Row,
    version: Revision,
    form: &'a Filled,
    tokens: Vec<tokens::Row>,
    password_wrong: &'static str,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "admin/user_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    user: Row,
    version: Revision,
    changes: Vec<Changed>,
    carried: Vec<(String, String)>,
    is_switched_off: bool,
}

/// The user of that name.
pub(super) fn found(service: &Service, name: &UserName) -> Result<User, Problem> {
    let accounts = service.accounts.accounts();
    let user = accounts.user(name.as_str()).ok_or_else(|| Problem::not_found(format!("user {name}")))?;
    Ok(User::clone(user))
}

/// The version that the page was made of.
pub(super) fn version(given: &Posted) -> Result<Revision, Problem> {
    let number = posted(given, "version").and_then(|text| text.parse().ok());
    number.map(Revision).ok_or_else(|| Problem::bad("the form does not say which version it is of"))
}

async fn one(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<UserName>,
) -> Result<Response, Problem> {
    let user = found(&service, &name)?;
    let fields = fields(&service.setup.load().balancer.network(), visitor.words());
    page(&service, &visitor, &user, user.version, StatusCode::OK, &Filled::with(fields, body(&user)), "")
}

async fn change(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<UserName>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, visitor.words());
    let version = version(&given)?;
    let user = found(&service, &name)?;
    if user.version != version {
        return Err(AccountError::Overtaken { user: name }.into());
    }
    let fields = fields(&service.setup.load().balancer.network(), w);
    let mut form = Filled::posted(fields, body(&user), &given);
    let Some(read) = form.read(&w.form) else {
        return page(&service, &visitor, &user, version, StatusCode::BAD_REQUEST, &form, "");
    };
    let read: Given = serde_json::from_value(read).map_err(|error| Problem::bad(error.to_string()))?;
    let step = posted(&given, "step").unwrap_or_default();
    let refused: Refused = match read.wish(Some(name)) {
        Err(refused) => refused,
        Ok(_) if step == "back" => return page(&service, &visitor, &user, version, StatusCode::OK, &form, ""),
        Ok((wish, _)) if step != "confirm" => match would(&service, &user, &wish) {
            Ok(next) => return confirm(&service, &visitor, &user, &next, &form),
            Err(error) => error.into(),
        },
        Ok((wish, _)) => {
            match service.accounts.put_user(wish, None, Expected::Version(version), &caller.actor()).await {
                Ok(user) => return Ok(see_other_with(&links::user(user.name.as_str(), ""), Notice::Saved)),
                Err(error) => error.into(),
            }
        }
    };
    let status = refused.say(&mut form, &w.users)?;
    page(&service, &visitor, &user, version, status, &form, "")
}

/// The user as they would be, if they may be so.
fn would(service: &Service, user: &User, wish: &UserWish) -> Result<User, AccountError> {
    let next =
        User { display_name: wish.display_name.clone(), role: wish.role.clone(), active: wish.active, ..user.clone() };
    let change = lb_core::account::AccountChange::PutUser(next.clone());
    service.accounts.accounts().changed(&[change])?;
    Ok(next)
}

fn confirm(service: &Service, visitor: &Visitor, user: &User, next: &User, form: &Filled) -> Result<Response, Problem> {
    let w = visitor.words();
    let page = ConfirmPage {
        frame: visitor.frame(w.users.confirm, Section::Users),
        user: Row::of(&service.accounts.accounts(), user, &w.users),
        version: user.version,
        changes: changed(&differences(Some(user), next), form.fields(), &w.form),
        carried: form.carried(),
        is_switched_off: user.active && !next.active,
    };
    show_with(StatusCode::OK, &page)
}

pub(super) fn page(
    service: &Service,
    visitor: &Visitor,
    user: &User,
    version: Revision,
    status: StatusCode,
    form: &Filled,
    password_wrong: &'static str,
) -> Result<Response, Problem> {
    let w = visitor.words();
    let accounts = service.accounts.accounts();
    let page = UserPage {
        frame: visitor.frame(fill(w.users.edit, &[&user.name]), Section::Users),
        user: Row::of(&accounts, user, &w.users),
        version,
        form,
        tokens: accounts.tokens_of(&user.name).map(|token| tokens::Row::of(token, w)).collect(),
        password_wrong,
        is_own: visitor.caller()?.principal.user == user.name,
    };
    show_with(status, &page)
}
