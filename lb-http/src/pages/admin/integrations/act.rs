//! An integration is activated at once, and deactivated after the page has said what that means.

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::network::Revision;

use super::kind::Integrations;
use crate::pages::admin::entity::{AskPage, EntityKind, Ground};
use crate::pages::fields::{Posted, posted};
use crate::pages::form::FormOf;
use crate::pages::frame::{Section, see_other_with, show};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{PathOf, Precondition, Problem, integrations};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.post("/admin/integrations/{name}/activate", Right::Administer, activate);
    pages.get("/admin/integrations/{name}/deactivate", Right::Administer, ask);
    pages.post("/admin/integrations/{name}/deactivate", Right::Administer, deactivate);
}

async fn ask(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.integrations;
    let integration = ground.caller.integration(&ground.network, &name)?;
    let used = ground.balancer().used(&integration.name).await?;
    let (_, version) = ground.version(&Integrations::entity(&name));
    let frame = visitor.frame(fill(w.deactivating, &[&name]), Section::Integrations);
    let now = format!("{}: {}. {}: {}.", w.meetings, frame.number(used.meetings), w.users, frame.number(used.users));
    show(&AskPage {
        base: Integrations::BASE,
        all: w.title,
        href: Integrations::href(&name, ""),
        meaning: vec![w.deactivate_lead.to_owned(), now],
        fields: Vec::new(),
        problem: None,
        action: Integrations::href(&name, "/deactivate"),
        hidden: vec![("version", version.map(|version| version.to_string()).unwrap_or_default())],
        button: w.deactivate,
        danger: false,
        name: &name,
        frame,
    })
}

async fn activate(
    service: State<Service>,
    visitor: Visitor,
    path: PathOf<String>,
    form: FormOf<Posted>,
) -> Result<Response, Problem> {
    set(service, &visitor, path, form, true).await
}

async fn deactivate(
    service: State<Service>,
    visitor: Visitor,
    path: PathOf<String>,
    form: FormOf<Posted>,
) -> Result<Response, Problem> {
    set(service, &visitor, path, form, false).await
}

async fn set(
    State(service): State<Service>,
    visitor: &Visitor,
    PathOf(name): PathOf<String>,
    FormOf(given): FormOf<Posted>,
    active: bool,
) -> Result<Response, Problem> {
    let caller = visitor.caller()?;
    let version = version_of(&given)?;
    integrations::set_active(&service, caller, name.as_str().into(), version, active).await?;
    Ok(see_other_with(&Integrations::href(&name, ""), Notice::Saved))
}

/// What must be there still: the version that the form has.
pub(super) fn version_of(given: &Posted) -> Result<Precondition, Problem> {
    let version = posted(given, "version").and_then(|version| version.parse().ok()).map(Revision);
    let version = version.ok_or_else(|| Problem::bad("the form has no version: open the page anew"))?;
    Ok(Precondition::Version(version))
}
