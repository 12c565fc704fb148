//! Users: who may log in, and what they may do.

mod edit;
mod form;
mod new;
mod password;
mod refused;
mod remove;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::Timestamp;
use lb_core::account::{Accounts, Right, Role, User};
use serde::Deserialize;

use crate::pages::frame::{Frame, Section, show};
use crate::pages::links;
use crate::pages::listing::{PAGE, Pager};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::UserWords;
use crate::rest::{Page, Paging, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/users", Right::Guard, list);
    new::pages(pages);
    edit::pages(pages);
    password::pages(pages);
    remove::pages(pages);
}

/// Which users.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    find: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    frame: Frame,
    asked: Asked,
    rows: Vec<Row>,
    pager: Pager,
    own: String,
}

/// A user, as they stand in the list and on their page.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) role: &'static str,
    pub(super) partner: Option<String>,
    pub(super) active: bool,
    pub(super) has_password: bool,
    pub(super) tokens: usize,
    pub(super) created_at: Timestamp,
    pub(super) href: String,
}

impl Row {
    pub(super) fn of(accounts: &Accounts, user: &User, w: &UserWords) -> Self {
        Self {
            name: user.name.to_string(),
            display_name: user.display_name.clone(),
            role: role(&user.role, w),
            partner: user.partner().map(ToString::to_string),
            active: user.active,
            has_password: user.password.is_some(),
            tokens: accounts.tokens_of(&user.name).count(),
            created_at: user.created_at,
            href: links::user(user.name.as_str(), ""),
        }
    }
}

/// What a role is called.
pub(super) fn role(role: &Role, w: &UserWords) -> &'static str {
    match role {
        Role::Administrator => w.administrator,
        Role::PartnerManager(_) => w.partner_manager,
        Role::Viewer => w.viewer,
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let accounts = service.accounts.accounts();
    let w = &visitor.words().users;
    let find = asked.find.trim().to_lowercase();
    let fits = |user: &User| {
        let texts = [user.name.as_str(), &user.display_name, user.partner().map_or("", |partner| partner.as_str())];
        texts.iter().any(|text| text.to_lowercase().contains(&find))
    };
    let found = accounts.users().filter(|user| fits(user));
    let after = (!asked.after.is_empty()).then(|| asked.after.clone());
    let paging = Paging { limit: u16::try_from(PAGE).ok(), after };
    let view = |user: &std::sync::Arc<User>| Row::of(&accounts, user, w);
    let Page { items, next } = Page::by_name(found, &paging, |user| user.name.as_str(), view)?;
    let pager = Pager::new("/admin/users", &[("find", &asked.find)], &asked.after, next, items.len());
    let own = visitor.caller()?.principal.user.to_string();
    let frame = visitor.frame(w.title, Section::Users);
    show(&UsersPage { frame, asked, rows: items, pager, own })
}
