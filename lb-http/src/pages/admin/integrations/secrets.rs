//! The secrets of an integration: one more beside the others, the end of one, and all of them shown.

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::network::Integration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::act::version_of;
use super::kind::Integrations;
use crate::pages::admin::entity::{AskPage, EntityKind, Ground, SecretPage};
use crate::pages::fields::{Empty, Field, Filled, Kind, Posted, posted};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show};
use crate::pages::listing::moment;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::secrets::{self, SecretBody, Which};
use crate::rest::{BodyOf, Moment, PathOf, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/integrations/{name}/secrets/add", Right::Manage, ask_add);
    pages.post("/admin/integrations/{name}/secrets/add", Right::Manage, add);
    pages.get("/admin/integrations/{name}/secrets/expire", Right::Manage, ask_expire);
    pages.post("/admin/integrations/{name}/secrets/expire", Right::Manage, expire);
    pages.get("/admin/integrations/{name}/secrets/forget", Right::Manage, ask_forget);
    pages.post("/admin/integrations/{name}/secrets/forget", Right::Manage, forget);
    pages.post("/admin/integrations/{name}/reveal", Right::Guard, reveal);
}

/// Which of them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Called {
    label: String,
}

/// What stands on a page that asks.
struct Asking {
    title: String,
    meaning: &'static str,
    what: &'static str,
    button: &'static str,
    danger: bool,
}

fn ask(
    ground: &Ground<'_>,
    name: &str,
    label: Option<&str>,
    form: &Filled,
    asking: Asking,
) -> Result<Response, Problem> {
    let w = &ground.w.integrations;
    let (managed, version) = ground.version(&Integrations::entity(name));
    if managed {
        return Err(Problem::conflict(format!("integration {name} is declared in the configuration file")));
    }
    let version = ("version", version.map(|version| version.to_string()).unwrap_or_default());
    show(&AskPage {
        frame: ground.visitor.frame(asking.title, Section::Integrations),
        base: Integrations::BASE,
        all: w.title,
        href: Integrations::href(name, ""),
        meaning: vec![asking.meaning.to_owned()],
        fields: form.shown(),
        problem: form.problem.clone(),
        action: Integrations::href(name, asking.what),
        hidden: label.map(|label| ("label", label.to_owned())).into_iter().chain([version]).collect(),
        button: asking.button,
        danger: asking.danger,
        name,
    })
}

/// The secret of `integration` that is called `label`, as people call it.
fn called(ground: &Ground<'_>, integration: &Integration, label: &str) -> Result<String, Problem> {
    let known = integration.secrets.iter().any(|known| known.label == label);
    let text = if label.is_empty() { ground.w.integrations.no_label } else { label };
    known.then(|| text.to_owned()).ok_or_else(|| Problem::not_found("secret with that label"))
}

fn until(ground: &Ground<'_>) -> Field {
    let w = &ground.w.integrations;
    Field::new("expires_at", Kind::Moment, w.expires, w.expire_hint)
}

fn add_fields(ground: &Ground<'_>) -> Vec<Field> {
    let w = &ground.w.integrations;
    let label = Kind::Text { most: 100, empty: Empty::Text };
    vec![Field::new("label", label, w.label, w.label_hint).required(), until(ground)]
}

fn adding(ground: &Ground<'_>) -> Asking {
    let w = &ground.w.integrations;
    Asking {
        title: w.add_secret.to_owned(),
        meaning: w.add_secret_lead,
        what: "/secrets/add",
        button: w.add_secret,
        danger: false,
    }
}

async fn ask_add(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    ground.caller.integration(&ground.network, &name)?;
    ask(&ground, &name, None, &Filled::with(add_fields(&ground), Value::Null), adding(&ground))
}

async fn add(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    ground.caller.integration(&ground.network, &name)?;
    let precondition = version_of(&given)?;
    let mut form = Filled::posted(add_fields(&ground), Value::Null, &given);
    let Some(read) = form.read(&ground.w.form) else {
        return ask(&ground, &name, None, &form, adding(&ground));
    };
    let body = body(&read, posted(&given, "label").unwrap_or_default().trim())?;
    let (shown, _) = secrets::added(&service, ground.caller, name.as_str().into(), precondition, body).await?;
    let w = &ground.w.integrations;
    secret_page(&ground, &name, fill(w.secret_called, &[&shown.label]), w.added_lead, vec![(shown.label, shown.secret)])
}

async fn ask_expire(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    QueryOf(which): QueryOf<Called>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.integrations;
    let integration = ground.caller.integration(&ground.network, &name)?;
    let text = called(&ground, integration, &which.label)?;
    let known = integration.secrets.iter().find(|known| known.label == which.label);
    let present = known.and_then(|known| known.expires_at).map(Moment);
    let form = Filled::with(vec![until(&ground)], json!({ "expires_at": present }));
    let asking = Asking {
        title: fill(w.expire_secret, &[&text]),
        meaning: w.secrets_lead,
        what: "/secrets/expire",
        button: w.expire,
        danger: false,
    };
    ask(&ground, &name, Some(&which.label), &form, asking)
}

async fn expire(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    ground.caller.integration(&ground.network, &name)?;
    let precondition = version_of(&given)?;
    let end = moment(posted(&given, "expires_at").unwrap_or_default())?.map(Moment);
    let body = SecretBody { label: posted(&given, "label").unwrap_or_default().to_owned(), expires_at: end };
    let caller = ground.caller.clone();
    secrets::expire(State(service.clone()), caller, PathOf(name.as_str().into()), precondition, BodyOf(body)).await?;
    Ok(see_other_with(&Integrations::href(&name, ""), Notice::Saved))
}

async fn ask_forget(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    QueryOf(which): QueryOf<Called>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.integrations;
    let integration = ground.caller.integration(&ground.network, &name)?;
    let text = called(&ground, integration, &which.label)?;
    let asking = Asking {
        title: fill(w.remove_secret, &[&text]),
        meaning: w.remove_secret_lead,
        what: "/secrets/forget",
        button: w.forget,
        danger: true,
    };
    ask(&ground, &name, Some(&which.label), &Filled::with(Vec::new(), Value::Null), asking)
}

async fn forget(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
    FormOf(given): FormOf<Posted>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    ground.caller.integration(&ground.network, &name)?;
    let (caller, precondition) = (ground.caller.clone(), version_of(&given)?);
    let which = Which { label: posted(&given, "label").unwrap_or_default().to_owned() };
    let path = PathOf(name.as_str().into());
    secrets::remove(State(service.clone()), caller, path, QueryOf(which), precondition).await?;
    Ok(see_other_with(&Integrations::href(&name, ""), Notice::Removed))
}

async fn reveal(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.integrations;
    let shown = secrets::revealed(&service, ground.caller, &name.as_str().into()).await?;
    let label = |label: String| if label.is_empty() { w.no_label.to_owned() } else { label };
    let shown = shown.secrets.into_iter().map(|known| (label(known.label), known.secret)).collect();
    secret_page(&ground, &name, fill(w.secrets_of, &[&name]), ground.w.servers.seen_once, shown)
}

fn secret_page(
    ground: &Ground<'_>,
    name: &str,
    title: String,
    lead: &'static str,
    secrets: Vec<(String, String)>,
) -> Result<Response, Problem> {
    let frame: Frame = ground.visitor.frame(title, Section::Integrations);
    let all = ground.w.integrations.title;
    show(&SecretPage { frame, base: Integrations::BASE, all, name, href: Integrations::href(name, ""), lead, secrets })
}

/// What REST takes.
fn body(read: &Value, label: &str) -> Result<SecretBody, Problem> {
    let end = read.get("expires_at").and_then(Value::as_str).unwrap_or_default();
    Ok(SecretBody { label: label.to_owned(), expires_at: moment(end)?.map(Moment) })
}
