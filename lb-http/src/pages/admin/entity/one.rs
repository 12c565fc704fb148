//! One of them, to be read.

use askama::Template;
use axum::response::Response;
use lb_core::account::Right;

use super::{EntityKind, Ground, KindWords, Use};
use crate::pages::fields::{Fact, Filled};
use crate::pages::frame::{Frame, show};
use crate::rest::Problem;

#[derive(Template)]
#[template(path = "admin/one.html")]
pub(in crate::pages::admin) struct OnePage<'p> {
    frame: Frame,
    base: &'static str,
    words: KindWords,
    name: &'p str,
    facts: Vec<Fact<'p>>,
    managed: bool,
    edit: Option<String>,
    remove: Option<String>,
    uses: Vec<Use>,
    more: usize,
    meaning: String,
}

/// The page of the one called `name`.
pub(in crate::pages::admin) fn one<K: EntityKind>(ground: &Ground<'_>, name: &str) -> Result<Response, Problem> {
    let form = Filled::with(K::fields(ground, Some(name)), K::body(ground, Some(name))?);
    let (managed, _) = ground.version(&K::entity(name));
    let (uses, count) = K::used_by(ground, name);
    let words = K::words(ground.w);
    let may = |right| !managed && ground.may(right);
    show(&OnePage {
        frame: ground.visitor.frame(format!("{} {name}", words.one), K::SECTION),
        base: K::BASE,
        words,
        name,
        facts: form.facts(&ground.w.form),
        managed,
        edit: may(K::RIGHT).then(|| K::href(name, "/edit")),
        remove: (may(Right::Administer) && K::always(ground, name).is_none()).then(|| K::href(name, "/remove")),
        more: count - uses.len(),
        uses,
        meaning: K::meaning(ground, name),
    })
}
