//! A new user.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::balancer::Expected;
use serde_json::json;

use super::form::{Given, fields_of_new};
use crate::pages::fields::{Filled, Posted};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show_with};
use crate::pages::links;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::rest::Problem;
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/users/new", Right::Guard, form);
    pages.post("/admin/users/new", Right::Guard, make);
}

#[derive(Template)]
#[template(path = "admin/user_new.html")]
struct NewPage<'a> {
    frame: Frame,
    form: &'a Filled,
}

fn usual() -> serde_json::Value {
    json!({ "name": "", "display_name": "", "role": "viewer", "partner": null, "active": true })
}

async fn form(State(service): State<Service>, visitor: Visitor) -> Result<Response, Problem> {
    let fields = fields_of_new(&service.setup.load().balancer.network(), visitor.words());
    page(&visitor, StatusCode::OK, &Filled::with(fields, usual()))
}

async fn make(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(posted): FormOf<Posted>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, visitor.words());
    let fields = fields_of_new(&service.setup.load().balancer.network(), w);
    let mut form = Filled::posted(fields, usual(), &posted);
    let Some(given) = form.read(&w.form) else { return page(&visitor, StatusCode::BAD_REQUEST, &form) };
    let given: Given = serde_json::from_value(given).map_err(|error| Problem::bad(error.to_string()))?;
    let made = async {
        let (wish, password) = given.wish(None)?;
        let user = service.accounts.put_user(wish, password.as_ref(), Expected::Absent, &caller.actor()).await?;
        Ok(user)
    };
    match made.await {
        Ok(user) => Ok(see_other_with(&links::user(user.name.as_str(), ""), Notice::Made)),
        Err(refused) => {
            let refused: super::refused::Refused = refused;
            let status = refused.say(&mut form, &w.users)?;
            page(&visitor, status, &form)
        }
    }
}

fn page(visitor: &Visitor, status: StatusCode, form: &Filled) -> Result<Response, Problem> {
    show_with(status, &NewPage { frame: visitor.frame(visitor.words().users.new, Section::Users), form })
}
