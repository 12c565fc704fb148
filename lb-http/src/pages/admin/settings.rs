//! What the configuration says. It is read here, and changed in the file.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use serde_json::Value;

use crate::pages::frame::{Frame, Section, show};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::rest::Problem;
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/settings", Right::Administer, list);
}

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    key: &'static str,
    value: Option<String>,
    usual: bool,
}

async fn list(State(service): State<Service>, visitor: Visitor) -> Result<Response, Problem> {
    let setup = service.setup.load();
    let rows = setup.settings.iter().map(|one| Row { key: one.key, value: written(&one.value), usual: one.default });
    let frame = visitor.frame(visitor.words().settings.title, Section::Settings);
    show(&SettingsPage { frame, rows: rows.collect() })
}

/// A value as the file writes it, without the quotes that a text alone has there.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
