//! The whole network as one document: exported; and applied, once it was shown what that changes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::balancer::Applied;
use lb_core::event::Administered;
use lb_core::network::Revision;
use serde::Deserialize;

use crate::config::network_file;
use crate::pages::fields::{Changed, changed};
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show, show_with};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::{Words, fill};
use crate::rest::Problem;
use crate::rest::network::{NetworkDocument, applied, document, wish};
use crate::server::Service;

/// So many things are shown of what would change; the others are counted.
const SHOWN: usize = 200;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/network", Right::Administer, form);
    pages.post("/admin/network/export", Right::Administer, export);
    pages.post("/admin/network/preview", Right::Administer, preview);
    pages.post("/admin/network/apply", Right::Administer, apply);
}

/// A document, as it was posted.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Given {
    document: String,
    prune: String,
    /// The revision of the network that the changes were shown of.
    base: Option<u64>,
}

impl Given {
    fn prunes(&self) -> bool {
        !self.prune.is_empty()
    }
}

#[derive(Template)]
#[template(path = "admin/network.html")]
struct NetworkPage {
    frame: Frame,
    given: Given,
    problem: Option<String>,
    may_reveal: bool,
}

#[derive(Template)]
#[template(path = "admin/network_preview.html")]
struct PreviewPage {
    frame: Frame,
    given: Given,
    base: Revision,
    things: Vec<Thing>,
    count: String,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/network_applied.html")]
struct AppliedPage {
    frame: Frame,
    secrets: BTreeMap<String, String>,
}

/// One thing that is changed.
struct Thing {
    kind: String,
    name: String,
    how: &'static str,
    tone: &'static str,
    changes: Vec<Changed>,
}

impl Thing {
    fn changes(&self) -> &[Changed] {
        &self.changes
    }

    fn of(applied: &Applied, w: &'static Words) -> Self {
        let (kind, removed) = (applied.name.kind(), applied.how == Administered::Removed);
        Self {
            kind: w.audit.subject(kind).to_owned(),
            name: applied.name.as_str().to_owned(),
            how: w.audit.how(applied.how),
            tone: match applied.how {
                Administered::Added => "is-good",
                Administered::Removed => "is-critical",
                _ => "is-news",
            },
            // of what goes, nothing remains to be told
            changes: if removed { Vec::new() } else { changed(&applied.changes, &[], &w.form) },
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Export {
    format: String,
    secrets: String,
}

async fn form(visitor: Visitor) -> Result<Response, Problem> {
    page(&visitor, Given::default(), None, StatusCode::OK)
}

fn page(visitor: &Visitor, given: Given, problem: Option<String>, status: StatusCode) -> Result<Response, Problem> {
    let frame = visitor.frame(visitor.words().transfer.title, Section::Network);
    show_with(status, &NetworkPage { frame, given, problem, may_reveal: visitor.may(Right::Guard) })
}

async fn export(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(asked): FormOf<Export>,
) -> Result<Response, Problem> {
    let (document, _) = document(&service, visitor.caller()?, !asked.secrets.is_empty()).await?;
    let failed = || Problem::unavailable("the file cannot be written");
    let value = serde_json::to_value(&document).map_err(|_| failed())?;
    let (kind, name, text) = match asked.format.as_str() {
        "json" => {
            let text = serde_json::to_string_pretty(&value).map_err(|_| failed())?;
            ("application/json", "attachment; filename=\"network.json\"", text)
        }
        _ => {
            let text = network_file::write(&value).map_err(|_| failed())?;
            ("application/toml", "attachment; filename=\"network.toml\"", text)
        }
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, text).into_response())
}

/// The document, in whichever format it is.
fn read(text: &str) -> Result<NetworkDocument, String> {
    let value = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).map_err(|error| format!("JSON: {error}"))?,
        false => network_file::read("TOML", text).map_err(|error| error.to_string())?,
    };
    serde_json::from_value(value).map_err(|error| error.to_string())
}

async fn preview(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(given): FormOf<Given>,
) -> Result<Response, Problem> {
    let w = visitor.words();
    if given.document.trim().is_empty() {
        return page(&visitor, given, Some(w.transfer.empty.to_owned()), StatusCode::BAD_REQUEST);
    }
    let setup = service.setup.load();
    let network = setup.balancer.network();
    let would = || -> Result<Vec<Applied>, (u16, String)> {
        let told = |problem: Problem| (problem.status(), problem.detail().to_owned());
        let document = read(&given.document).map_err(|why| (400, why))?;
        let base = Some(network.revision());
        let wish = wish(&network, setup.monitored, document, given.prunes(), base).map_err(told)?;
        setup.balancer.would_apply(&wish).map_err(|error| told(error.into()))
    };
    let changes = match would() {
        Ok(changes) => changes,
        Err((status, why)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            return page(&visitor, given, Some(why), status);
        }
    };
    let t = &w.transfer;
    let frame = visitor.frame(t.would, Section::Network);
    show(&PreviewPage {
        base: network.revision(),
        count: match changes.len() {
            0 => t.nothing.to_owned(),
            1 => t.count_one.to_owned(),
            many => fill(t.count, &[&frame.number(many)]),
        },
        more: changes
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
            .map(|more| fill(t.more, &[&frame.number(more)])),
        things: changes.iter().take(SHOWN).map(|change| Thing::of(change, w)).collect(),
        frame,
        given,
    })
}

async fn apply(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(given): FormOf<Given>,
) -> Result<Response, Problem> {
    let t = &visitor.words().transfer;
    let base = given.base.map(Revision).ok_or_else(|| Problem::bad("the form does not say what was shown"))?;
    let document = read(&given.document).map_err(Problem::bad)?;
    let setup = service.setup.load();
    let network = setup.balancer.network();
    if network.revision() != base {
        return Err(Problem::overtaken(t.stale));
    }
    let wish = wish(&network, setup.monitored, document, given.prunes(), Some(base))?;
    let (_, secrets, _) = applied(&service, visitor.caller()?, wish).await?;
    if secrets.is_empty() {
        return Ok(see_other_with("/admin/network", Notice::Done));
    }
    show(&AppliedPage { frame: visitor.frame(t.applied, Section::Network), secrets })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_in_either_format_and_what_is_wrong_is_said() {
        for text in ["[plans.school]\nmay_record = false\n", "{\"plans\": {\"school\": {\"may_record\": false}}}"] {
            let read = serde_json::to_value(read(text).unwrap()).unwrap();
            assert_eq!(read["plans"]["school"]["may_record"], false, "{text}");
        }
        for wrong in ["[plans", "{\"plans\": 1}", "{\"planes\": {}}", "[plans.school]\nmay_dance = true\n", "[]"] {
            assert!(!read(wrong).unwrap_err().is_empty(), "{wrong}");
        }
    }
}
