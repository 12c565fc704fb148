//! What administrators do to a server: their word on it, its meetings given free, its secret; and the freeze of the fleet, lifted.

use axum::extract::State;
use axum::response::Response;
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::network::EntityName;
use lb_core::server::AdministratorWord;
use serde::Deserialize;

use super::kind::Servers;
use crate::pages::admin::entity::{AskPage, EntityKind, Ground, SecretPage};
use crate::pages::form::FormOf;
use crate::pages::frame::{Section, see_other_with, show};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{PathOf, Problem, servers, status};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.post("/admin/servers/{name}/word", Right::Administer, say);
    pages.get("/admin/servers/{name}/release", Right::Administer, ask_release);
    pages.post("/admin/servers/{name}/release", Right::Administer, release);
    pages.post("/admin/servers/{name}/reveal", Right::Guard, reveal);
    pages.post("/admin/servers/lift", Right::Administer, lift);
}

/// What is said.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    word: String,
}

async fn say(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    FormOf(said): FormOf<Said>,
) -> Result<Response, Problem> {
    let word = AdministratorWord::ALL.into_iter().find(|word| word.as_str() == said.word);
    let word = word.ok_or_else(|| Problem::bad("a word is automatic, force-enabled, force-disabled or draining"))?;
    servers::said(&service, visitor.caller()?, name.as_str().into(), word).await?;
    Ok(see_other_with(&Servers::href(&name, ""), Notice::Done))
}

async fn ask_release(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (w, server) = (&ground.w.servers, ServerName::from(name.as_str()));
    let fleet = ground.balancer().fleet();
    let member = fleet.server(&server).ok_or_else(|| Problem::not_found(EntityName::Server(server.clone())))?;
    let frame = visitor.frame(format!("{}: {name}", w.release), Section::Servers);
    let meetings = ground.balancer().meetings_left(&server).await?;
    let left = fill(w.left, &[&frame.number(meetings), &frame.number(member.users())]);
    show(&AskPage {
        base: Servers::BASE,
        all: w.title,
        href: Servers::href(&name, ""),
        meaning: vec![w.release_hint.to_owned(), left],
        fields: Vec::new(),
        problem: None,
        action: Servers::href(&name, "/release"),
        hidden: Vec::new(),
        button: w.release,
        danger: true,
        name: &name,
        frame,
    })
}

async fn release(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    servers::released(&service, visitor.caller()?, &name.as_str().into()).await?;
    Ok(see_other_with(&Servers::href(&name, ""), Notice::Done))
}

async fn lift(State(service): State<Service>, visitor: Visitor) -> Result<Response, Problem> {
    let caller = visitor.caller()?.clone();
    // where there was nothing to lift, it is as it was to be
    let _ = status::lift(State(service), caller).await?;
    Ok(see_other_with(Servers::BASE, Notice::Done))
}

async fn reveal(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.servers;
    let secret = servers::revealed(&service, ground.caller, &name.as_str().into()).await?;
    show(&SecretPage {
        frame: visitor.frame(fill(w.secret_of, &[&name]), Section::Servers),
        base: Servers::BASE,
        all: w.title,
        href: Servers::href(&name, ""),
        lead: w.seen_once,
        secrets: vec![(w.secret.to_owned(), secret)],
        name: &name,
    })
}
