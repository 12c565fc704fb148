//! A new one, and another in the place of one: a form, what it would change, and the change. Nothing is changed before it is
//! confirmed, nor if somebody else was faster.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::event::Administered;
use lb_core::network::Revision;
use serde::Deserialize;
use serde_json::Value;

use super::{EntityKind, Ground, Refused, form_words};
use crate::pages::fields::{Changed, Empty, Field, Filled, Kind, Posted, Shown, changed, posted};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, see_other_with, show, show_with};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::network_entity;
use crate::rest::{PathOf, Precondition, Problem, QueryOf};
use crate::server::Service;

/// The field that says what is to be done with what was filled in: `again` shows the form once more, `fragment` tells what would
/// change to a module, `confirm` does it; all else shows what would change.
const STEP: &str = "step";

/// The field that has the version of what was shown.
const VERSION: &str = "version";

/// The pages on which a new one is made.
pub(in crate::pages::admin) fn new_pages<K: EntityKind>(pages: &mut Pages) {
    pages.get(K::NEW, K::RIGHT, new::<K>);
    pages.post(K::NEW, K::RIGHT, make::<K>);
}

/// The pages on which one is changed.
pub(in crate::pages::admin) fn form_pages<K: EntityKind>(pages: &mut Pages) {
    pages.get(K::EDIT, K::RIGHT, edit::<K>);
    pages.post(K::EDIT, K::RIGHT, change::<K>);
}

#[derive(Template)]
#[template(path = "admin/edit.html")]
struct EditPage<'p> {
    frame: Frame,
    base: &'static str,
    all: &'static str,
    lead: &'static str,
    name: Option<&'p str>,
    /// Whether it is there already.
    is_there: bool,
    action: String,
    cancel: String,
    version: String,
    fields: Vec<Shown<'p>>,
    problem: Option<String>,
    locked: bool,
}

#[derive(Template)]
#[template(path = "admin/preview.html")]
struct PreviewPage<'p> {
    frame: Frame,
    base: &'static str,
    all: &'static str,
    name: &'p str,
    is_new: bool,
    action: String,
    cancel: String,
    version: String,
    carried: Vec<(String, String)>,
    changes: Vec<Changed>,
    meaning: String,
}

#[derive(Template)]
#[template(path = "admin/preview_fragment.html")]
struct PreviewFragment {
    w: &'static crate::pages::words::FormWords,
    problem: Option<String>,
    is_new: bool,
    changes: Vec<Changed>,
    meaning: String,
}

/// What a link to the form of a new one may say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Begin {
    name: String,
}

async fn new<K: EntityKind>(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(begin): QueryOf<Begin>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let mut body = K::body(&ground, None)?;
    if let Value::Object(body) = &mut body {
        body.insert("name".to_owned(), begin.name.into());
    }
    let form = Filled::with(fields::<K>(&ground, None), body);
    form_page::<K>(&ground, StatusCode::OK, &form, None, "")
}

async fn edit<K: EntityKind>(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let body = K::body(&ground, Some(&name))?;
    let version = may_change::<K>(&ground, &name)?;
    let form = Filled::with(fields::<K>(&ground, Some(&name)), body);
    form_page::<K>(&ground, StatusCode::OK, &form, Some(&name), &version.to_string())
}

async fn make<K: EntityKind>(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let form = Filled::posted(fields::<K>(&ground, None), K::body(&ground, None)?, &given);
    let name = posted(&given, "name").unwrap_or_default().trim().to_owned();
    asked::<K>(&ground, form, &given, &name, None).await
}

async fn change<K: EntityKind>(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let body = K::body(&ground, Some(&name))?;
    let present = may_change::<K>(&ground, &name)?;
    let read = posted(&given, VERSION).and_then(|version| version.parse().ok()).map(Revision);
    let read = read.ok_or_else(|| Problem::bad("the form has no version: open the page anew"))?;
    if read != present {
        return Err(Problem::overtaken(format!("{} has been changed since the page was opened", K::entity(&name))));
    }
    let form = Filled::posted(fields::<K>(&ground, Some(&name)), body, &given);
    asked::<K>(&ground, form, &given, &name, Some(read)).await
}

/// Does what was asked for with what was filled in.
async fn asked<K: EntityKind>(
    ground: &Ground<'_>,
    mut form: Filled,
    given: &Posted,
    name: &str,
    version: Option<Revision>,
) -> Result<Response, Problem> {
    let step = posted(given, STEP).unwrap_or_default();
    let shown = version.map(|version| version.to_string()).unwrap_or_default();
    let known = version.map(|_| name);
    if step == "again" {
        return form_page::<K>(ground, StatusCode::OK, &form, known, &shown);
    }
    let found = examined::<K>(ground, &mut form, name, version.is_none())?;
    match (found, step) {
        (found, "fragment") => fragment::<K>(ground, &form, name, found, version.is_none()),
        (None, _) => form_page::<K>(ground, StatusCode::BAD_REQUEST, &form, known, &shown),
        (Some((body, _)), "confirm") => {
            let precondition = version.map_or(Precondition::Absent, Precondition::Version);
            K::put(ground, name, precondition, body).await?;
            Ok(see_other_with(&K::href(name, ""), if version.is_some() { Notice::Saved } else { Notice::Made }))
        }
        (Some((_, changes)), _) => preview_page::<K>(ground, &form, name, &shown, changes),
    }
}

/// The body that was filled in, and what it would change; none where something is wrong, which the form then says.
fn examined<K: EntityKind>(
    ground: &Ground<'_>,
    form: &mut Filled,
    name: &str,
    is_new: bool,
) -> Result<Option<(Value, Vec<Changed>)>, Problem> {
    let w = form_words(ground);
    let read = form.read(w);
    if is_new && !name.is_empty() {
        if network_entity::check(name).is_err() || !lb_core::network::is_name(name) {
            form.refuse(Some("name"), w.bad_name.to_owned());
        } else if ground.network.version(&K::entity(name)).is_some() {
            form.refuse(Some("name"), w.name_taken.to_owned());
        }
    }
    let Some(mut body) = read.filter(|_| !form.is_wrong()) else { return Ok(None) };
    if let Value::Object(body) = &mut body {
        body.remove("name");
    }
    let found = K::wish(ground, name, body.clone())
        .and_then(|wish| ground.balancer().would_apply(&wish).map_err(|error| Refused::of(error, name, w)));
    match found {
        Ok(applied) => {
            let entity = K::entity(name);
            let own = applied.into_iter().filter(|one| one.name == entity && one.how != Administered::Removed);
            let changes: Vec<_> = own.flat_map(|one| one.changes).collect();
            let changes = changed(&changes, form.fields(), w);
            Ok(Some((body, changes)))
        }
        Err(Refused::Field(key, why)) => {
            form.refuse(Some(key), why);
            Ok(None)
        }
        Err(Refused::Whole(why)) => {
            form.refuse(None, why);
            Ok(None)
        }
        Err(Refused::Problem(problem)) => Err(problem),
    }
}

/// The version of what is called `name`, if it may be changed here.
fn may_change<K: EntityKind>(ground: &Ground<'_>, name: &str) -> Result<Revision, Problem> {
    let entity = K::entity(name);
    match ground.version(&entity) {
        (true, _) => {
            let why = "is declared in the configuration file: change it there and reload the configuration";
            Err(Problem::conflict(format!("{entity} {why}")))
        }
        (false, version) => version.ok_or_else(|| Problem::not_found(entity)),
    }
}

/// The fields of the kind, those of a new one with its name.
fn fields<K: EntityKind>(ground: &Ground<'_>, name: Option<&str>) -> Vec<Field> {
    let w = form_words(ground);
    let mut fields = K::fields(ground, name);
    if name.is_none() {
        let kind = Kind::Text { most: 255, empty: Empty::Text };
        fields.insert(0, Field::new("name", kind, w.name, w.name_hint).required());
    }
    fields
}

fn form_page<K: EntityKind>(
    ground: &Ground<'_>,
    status: StatusCode,
    form: &Filled,
    name: Option<&str>,
    version: &str,
) -> Result<Response, Problem> {
    let (w, words) = (form_words(ground), K::words(ground.w));
    let count = form.wrong_fields();
    let problem = match (&form.problem, count) {
        (Some(problem), _) => Some(problem.clone()),
        (None, 0) => None,
        (None, 1) => Some(w.wrong_one.to_owned()),
        (None, count) => Some(fill(w.wrong_some, &[&count])),
    };
    let given = form.carried().into_iter().find(|(key, _)| key == "name" && name.is_none()).map(|(_, given)| given);
    let there = given.as_deref().and_then(|given| Some((given, K::there(ground, given)?)));
    let called = name.or(there.map(|(given, _)| given));
    let title = called.map_or_else(|| words.new.to_owned(), |name| format!("{} {name}", words.one));
    let page = EditPage {
        frame: ground.visitor.frame(title, K::SECTION),
        base: K::BASE,
        all: words.title,
        lead: there.map_or(words.lead, |(_, lead)| lead),
        name,
        is_there: called.is_some(),
        action: name.map_or_else(|| K::NEW.to_owned(), |name| K::href(name, "/edit")),
        cancel: called.map_or_else(|| K::BASE.to_owned(), |name| K::href(name, "")),
        version: version.to_owned(),
        locked: form.fields().iter().any(|field| field.locked),
        fields: form.shown(),
        problem,
    };
    show_with(status, &page)
}

fn preview_page<K: EntityKind>(
    ground: &Ground<'_>,
    form: &Filled,
    name: &str,
    version: &str,
    changes: Vec<Changed>,
) -> Result<Response, Problem> {
    let words = K::words(ground.w);
    let is_new = version.is_empty();
    show(&PreviewPage {
        frame: ground.visitor.frame(format!("{} {name}", words.one), K::SECTION),
        base: K::BASE,
        all: words.title,
        name,
        is_new,
        action: if is_new { K::NEW.to_owned() } else { K::href(name, "/edit") },
        cancel: if is_new { K::BASE.to_owned() } else { K::href(name, "") },
        version: version.to_owned(),
        carried: form.carried(),
        meaning: if is_new { String::new() } else { K::meaning(ground, name) },
        changes,
    })
}

fn fragment<K: EntityKind>(
    ground: &Ground<'_>,
    form: &Filled,
    name: &str,
    found: Option<(Value, Vec<Changed>)>,
    is_new: bool,
) -> Result<Response, Problem> {
    let w = form_words(ground);
    let problem = found.is_none().then(|| {
        let wrong = form.shown().into_iter().find_map(|shown| Some((shown.field.label, shown.wrong?.to_owned())));
        wrong.map_or_else(|| form.problem.clone().unwrap_or_default(), |(label, wrong)| format!("{label}: {wrong}"))
    });
    let changes = found.map(|(_, changes)| changes).unwrap_or_default();
    let meaning = if is_new || changes.is_empty() { String::new() } else { K::meaning(ground, name) };
    show(&PreviewFragment { w, problem, is_new, changes, meaning })
}
