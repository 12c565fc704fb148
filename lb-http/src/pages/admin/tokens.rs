//! API tokens: everybody's for who may guard; made here and at one's own account, and shown that once.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::account::{Accounts, ApiToken, BadAccounts, Right, TokenId, TokenScope, UserName};
use lb_core::{Secret, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::accounts::AccountError;
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show, show_with};
use crate::pages::links;
use crate::pages::listing::{self, PAGE, Pager, moment, said};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::Words;
use crate::rest::tokens::{Scope, TokenBody, owner, wish};
use crate::rest::{Moment, Page, Paging, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/tokens", Right::Guard, list);
    pages.post("/admin/tokens/make", Right::Own, make);
    pages.get("/admin/tokens/revoke", Right::Own, ask);
    pages.post("/admin/tokens/revoke", Right::Own, revoke);
}

/// Which tokens.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    user: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage<'a> {
    frame: Frame,
    asked: Asked,
    tokens: Vec<Row>,
    pager: Pager,
    users: Vec<String>,
    form: &'a TokenForm,
}

#[derive(Template)]
#[template(path = "admin/token_made.html")]
struct MadePage {
    frame: Frame,
    label: String,
    token: Secret,
    back: &'static str,
}

#[derive(Template)]
#[template(path = "admin/token_revoke.html")]
struct RevokePage {
    frame: Frame,
    token: Row,
    from: String,
}

/// A token, as it stands in lists.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) user: String,
    pub(super) user_href: String,
    pub(super) label: String,
    pub(super) scope: &'static str,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) revoke: String,
}

impl Row {
    pub(super) fn of(token: &ApiToken, w: &Words) -> Self {
        let scope = match token.scope {
            TokenScope::Read => w.tokens.read,
            TokenScope::Operate => w.tokens.operate,
            TokenScope::Full => w.tokens.full,
        };
        Self {
            id: token.id.to_string(),
            user: token.user.to_string(),
            user_href: links::user(token.user.as_str(), ""),
            label: token.label.clone(),
            scope,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoke: links::with("/admin/tokens/revoke", &[("id", token.id.as_str())]),
        }
    }
}

/// What is said of a new token, as it is written; and what is wrong with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenForm {
    pub(super) user: String,
    pub(super) label: String,
    pub(super) scope: String,
    pub(super) expires_at: String,
    /// Which tokens there were when the form was opened.
    pub(super) there: String,
    /// Where the form was: `account`, or among all tokens.
    pub(super) from: String,
    #[serde(skip)]
    pub(super) wrong: Wrong,
}

/// What is wrong with each field; empty where nothing is.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    pub(super) user: &'static str,
    pub(super) label: &'static str,
    pub(super) expires_at: &'static str,
    pub(super) whole: &'static str,
}

impl TokenForm {
    /// An empty form for the tokens of `user`.
    pub(super) fn empty(accounts: &Accounts, user: &UserName, from: &str) -> Self {
        let (scope, from) = ("read".to_owned(), from.to_owned());
        Self { user: user.to_string(), scope, from, there: there(accounts), ..Self::default() }
    }
}

/// Tells which tokens there are, so that a form that is posted twice makes one.
fn there(accounts: &Accounts) -> String {
    let mut digest = Sha256::new();
    for token in accounts.tokens() {
        digest.update(token.id.as_str());
    }
    let mut text = hex::encode(digest.finalize());
    text.truncate(16);
    text
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let form = TokenForm::empty(&service.accounts.accounts(), &visitor.caller()?.principal.user, "");
    page(&service, &visitor, asked, &form, StatusCode::OK)
}

fn page(
    service: &Service,
    visitor: &Visitor,
    asked: Asked,
    form: &TokenForm,
    status: StatusCode,
) -> Result<Response, Problem> {
    let w = visitor.words();
    let accounts = service.accounts.accounts();
    let user = said(&asked.user);
    let wanted = accounts.tokens().filter(|token| user.as_deref().is_none_or(|user| token.user.as_str() == user));
    let after = (!asked.after.is_empty()).then(|| asked.after.clone());
    let paging = Paging { limit: u16::try_from(PAGE).ok(), after };
    let Page { items, next } = Page::by_name(wanted, &paging, |token| token.id.as_str(), |token| Row::of(token, w))?;
    let page = TokensPage {
        frame: visitor.frame(w.tokens.title, Section::Tokens),
        pager: Pager::new("/admin/tokens", &[("user", &asked.user)], &asked.after, next, items.len()),
        tokens: items,
        users: listing::few(accounts.users().map(|user| user.name.to_string())),
        asked,
        form,
    };
    show_with(status, &page)
}

async fn make(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(mut form): FormOf<TokenForm>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, &visitor.words().tokens);
    let accounts = service.accounts.accounts();
    if form.there != there(&accounts) {
        return Err(Problem::overtaken(w.used));
    }
    if let Some(body) = read(&mut form, &accounts, owner(caller), visitor.words()) {
        let made = service.accounts.make_token(wish(&service, caller, body)?, &caller.actor()).await;
        form.wrong = match made {
            Ok((token, secret)) => {
                let back = if form.from == "account" { "/admin/account" } else { "/admin/tokens" };
                let frame = visitor.frame(w.made_title, Section::Tokens);
                return show(&MadePage { frame, label: token.label, token: secret, back });
            }
            Err(AccountError::Expired) => Wrong { expires_at: w.past, ..Wrong::default() },
            Err(AccountError::Bad(BadAccounts::TooLong)) => Wrong { label: w.label_long, ..Wrong::default() },
            Err(AccountError::Bad(BadAccounts::TooManyTokens { .. })) => {
                Wrong { whole: w.too_many, ..Wrong::default() }
            }
            Err(other) => return Err(other.into()),
        };
    }
    match visitor.may(Right::Guard) && form.from != "account" {
        true => page(&service, &visitor, Asked::default(), &form, StatusCode::BAD_REQUEST),
        false => super::account::page(&service, &visitor, &form, Default::default(), StatusCode::BAD_REQUEST),
    }
}

/// What is asked for; none where something is wrong, which the form then says. Who makes tokens of their `own` alone is not told
/// which other users there are.
fn read(form: &mut TokenForm, accounts: &Accounts, own: Option<&UserName>, w: &'static Words) -> Option<TokenBody> {
    let user = said(&form.user).map(UserName::from);
    let scope = match form.scope.as_str() {
        "full" => Scope::Full,
        "operate" => Scope::Operate,
        _ => Scope::Read,
    };
    let expires_at = moment(&form.expires_at);
    form.wrong = Wrong {
        user: match &user {
            Some(user) if own.is_none() && accounts.user(user.as_str()).is_none() => w.tokens.no_user,
            _ => "",
        },
        label: if form.label.trim().is_empty() { w.form.required } else { "" },
        expires_at: if expires_at.is_err() { w.tokens.bad_moment } else { "" },
        whole: "",
    };
    let is_right = [form.wrong.user, form.wrong.label, form.wrong.expires_at].iter().all(|wrong| wrong.is_empty());
    let expires_at = expires_at.ok()?.map(Moment);
    is_right.then(|| TokenBody { user, label: form.label.trim().to_owned(), scope, expires_at })
}

/// Which token is meant, and from which page one came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Meant {
    id: String,
    from: String,
}

async fn ask(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(meant): QueryOf<Meant>,
) -> Result<Response, Problem> {
    let accounts = service.accounts.accounts();
    let own = owner(visitor.caller()?);
    let token = accounts.token(&meant.id).filter(|token| own.is_none_or(|user| token.user == *user));
    let token = token.ok_or_else(|| Problem::not_found(format!("token {}", meant.id)))?;
    let w = visitor.words();
    let title = crate::pages::words::fill(w.tokens.revoke_title, &[&token.id]);
    let frame = visitor.frame(title, Section::Tokens);
    show(&RevokePage { frame, token: Row::of(token, w), from: meant.from })
}

async fn revoke(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(meant): FormOf<Meant>,
) -> Result<Response, Problem> {
    let caller = visitor.caller()?;
    service.accounts.revoke_token(&TokenId::from(meant.id), owner(caller), &caller.actor()).await?;
    let to_all = visitor.may(Right::Guard) && meant.from != "account";
    Ok(see_other_with(if to_all { "/admin/tokens" } else { "/admin/account" }, Notice::Removed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::language::Language;

    #[test]
    fn who_may_not_guard_is_not_told_which_users_there_are() {
        let asked = || TokenForm { user: "ana".to_owned(), label: "a script".to_owned(), ..TokenForm::default() };
        let (accounts, w, eva) = (Accounts::default(), Words::of(Language::English), UserName::from("eva"));
        let mut form = asked();
        assert!(read(&mut form, &accounts, None, w).is_none());
        assert_eq!(form.wrong.user, w.tokens.no_user);
        // it is refused as that of a user who is there
        let mut form = asked();
        assert!(read(&mut form, &accounts, Some(&eva), w).is_some());
        assert_eq!(form.wrong.user, "");
    }
}
