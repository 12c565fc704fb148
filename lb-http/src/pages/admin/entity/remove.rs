//! Taking one away, after the page has said what that means.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::network::Revision;

use super::{EntityKind, Ground, Use};
use crate::pages::fields::{Posted, posted};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, see_other_with, show};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::rest::{PathOf, Precondition, Problem};
use crate::server::Service;

/// The page that asks, and what it posts.
pub(in crate::pages::admin) fn removal_pages<K: EntityKind>(pages: &mut Pages) {
    pages.get(K::REMOVE, Right::Administer, ask::<K>);
    pages.post(K::REMOVE, Right::Administer, remove::<K>);
}

#[derive(Template)]
#[template(path = "admin/remove.html")]
struct RemovePage<'p> {
    frame: Frame,
    base: &'static str,
    all: &'static str,
    one: &'static str,
    name: &'p str,
    action: String,
    back: String,
    version: String,
    /// Why it cannot be removed, if so.
    against: Option<&'static str>,
    meaning: String,
    uses: Vec<Use>,
    more: usize,
}

async fn ask<K: EntityKind>(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (words, w, entity) = (K::words(ground.w), ground.w, K::entity(&name));
    let (managed, version) = ground.version(&entity);
    let version = version.ok_or_else(|| Problem::not_found(entity))?;
    let (uses, count) = K::used_by(&ground, &name);
    let held = K::HELD_BY_USE && count > 0;
    let against = managed.then_some(w.form.managed).or_else(|| K::always(&ground, &name));
    show(&RemovePage {
        frame: visitor.frame(format!("{} {name}", words.one), K::SECTION),
        base: K::BASE,
        all: words.title,
        one: words.one,
        action: K::href(&name, "/remove"),
        back: K::href(&name, ""),
        version: version.to_string(),
        against: against.or_else(|| held.then_some(w.admin.held)),
        meaning: K::removal(&ground, &name),
        more: count - uses.len(),
        uses,
        name: &name,
    })
}

async fn remove<K: EntityKind>(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let version = posted(&given, "version").and_then(|version| version.parse().ok()).map(Revision);
    let version = version.ok_or_else(|| Problem::bad("the form has no version: open the page anew"))?;
    K::remove(&ground, &name, Precondition::Version(version)).await?;
    Ok(see_other_with(K::BASE, Notice::Removed))
}
