//! A user is taken away, once somebody has said so twice.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::account::{Right, UserName};
use lb_core::balancer::Expected;
use lb_core::network::Revision;

use super::Row;
use super::edit::{found, version};
use crate::accounts::AccountError;
use crate::pages::fields::Posted;
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show_with};
use crate::pages::marked::marked;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{PathOf, Problem};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/users/{name}/remove", Right::Guard, ask);
    pages.post("/admin/users/{name}/remove", Right::Guard, remove);
}

#[derive(Template)]
#[template(path = "admin/user_remove.html")]
struct RemovePage {
    frame: Frame,
    headline: String,
    user: Row,
    version: Revision,
    says: Vec<String>,
    problem: Option<&'static str>,
}

async fn ask(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<UserName>,
) -> Result<Response, Problem> {
    page(&service, &visitor, &name, StatusCode::OK, None)
}

async fn remove(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<UserName>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let (caller, version) = (visitor.caller()?, version(&given)?);
    found(&service, &name)?;
    match service.accounts.remove_user(&name, Expected::Version(version), &caller.actor()).await {
        Ok(()) => Ok(see_other_with("/admin/users", Notice::Removed)),
        Err(AccountError::Bad(lb_core::account::BadAccounts::LastAdministrator { .. })) => {
            let why = visitor.words().users.last_administrator;
            page(&service, &visitor, &name, StatusCode::CONFLICT, Some(why))
        }
        Err(other) => Err(other.into()),
    }
}

fn page(
    service: &Service,
    visitor: &Visitor,
    name: &UserName,
    status: StatusCode,
    problem: Option<&'static str>,
) -> Result<Response, Problem> {
    let w = &visitor.words().users;
    let user = found(service, name)?;
    let accounts = service.accounts.accounts();
    let (tokens, sessions) = (accounts.tokens_of(name).count(), accounts.sessions_of(name).count());
    let mut says = vec![fill(w.remove_tokens, &[&tokens]), fill(w.remove_sessions, &[&sessions])];
    if visitor.caller()?.principal.user == *name {
        says.push(w.remove_self.to_owned());
    }
    let frame = visitor.frame(fill(w.remove_title, &[name]), Section::Users);
    let headline = marked(w.remove_title, &[name]);
    let row = Row::of(&accounts, &user, w);
    show_with(status, &RemovePage { frame, headline, user: row, version: user.version, says, problem })
}
