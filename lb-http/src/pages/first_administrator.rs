//! The page on which the first administrator is made, with the token that the balancer shows at its start.

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::form::FormOf;
use super::frame::{Frame, Section, see_other, show_with};
use super::routes::{Door, Pages};
use super::visitor::Visitor;
use crate::accounts::{AccountError, FirstAdministratorWish};
use crate::rest::{Problem, QueryOf, set_cookie};
use crate::server::{Peer, Service, remote_of};

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/first-administrator", Door::Anybody, form);
    pages.post("/first-administrator", Door::Anybody, make);
}

#[derive(Template)]
#[template(path = "first_administrator.html")]
struct FirstPage<'a> {
    frame: Frame,
    open: bool,
    token: &'a str,
    name: &'a str,
    display_name: &'a str,
    problem: Option<&'a str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Token {
    token: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FirstForm {
    token: String,
    name: String,
    display_name: String,
    password: String,
}

async fn form(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(query): QueryOf<Token>,
) -> Result<Response, Problem> {
    let given = FirstForm { token: query.token, ..FirstForm::default() };
    page(&service, &visitor, StatusCode::OK, &given, None)
}

async fn make(
    State(service): State<Service>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    headers: HeaderMap,
    FormOf(form): FormOf<FirstForm>,
) -> Result<Response, Problem> {
    let address = remote_of(&service, peer, &headers);
    let wish = FirstAdministratorWish {
        token: form.token.as_str().into(),
        name: form.name.as_str().into(),
        display_name: form.display_name.clone(),
        password: form.password.as_str().into(),
    };
    match service.accounts.make_first_administrator(wish, address).await {
        // who has just chosen a password need not type it again
        Ok(user) => {
            let begun = service.accounts.log_in(user.name.as_str(), &form.password.as_str().into(), address).await;
            Ok(match begun {
                Ok(begun) => ([set_cookie(&service, Some(&begun))], see_other("/admin/start")).into_response(),
                Err(_) => see_other("/login?next=/admin/start"),
            })
        }
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let status = match &error {
                AccountError::Busy => StatusCode::SERVICE_UNAVAILABLE,
                AccountError::FirstToken => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            };
            page(&service, &visitor, status, &form, Some(&error.to_string()))
        }
    }
}

fn page(
    service: &Service,
    visitor: &Visitor,
    status: StatusCode,
    given: &FirstForm,
    problem: Option<&str>,
) -> Result<Response, Problem> {
    let open = service.accounts.accounts().first_administrator().is_some();
    let frame = visitor.frame(visitor.words().first.title, Section::None);
    let FirstForm { token, name, display_name, password: _ } = given;
    show_with(status, &FirstPage { frame, open, token, name, display_name, problem })
}
