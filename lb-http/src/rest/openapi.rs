//! The document that describes all that can be asked for, and the same as a page to read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use lb_core::account::Right;
use sha2::{Digest, Sha256};

use super::routes::Routes;

/// What stands in the page's style element, byte for byte: the policy carries its digest.
const STYLE: &str = include_str!("../../templates/reference.css");

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'")
});

static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    let document = super::routes().openapi();
    serde_json::to_vec_pretty(&document).unwrap_or_default().into()
});

static PAGE: LazyLock<String> = LazyLock::new(|| Page::of(&super::routes()).render().unwrap_or_default());

pub(super) fn routes(routes: &mut Routes) {
    routes.add(None, document, __path_document);
    routes.add(None, page, __path_page);
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "about",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone())
}

/// All of this as a page to read
#[utoipa::path(get, path = "/reference", tag = "about",
    responses((status = 200, description = "HTML", content_type = "text/html")))]
async fn page() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY.as_str())], PAGE.as_str())
}

/// What can be asked for, by kind.
#[derive(Template)]
#[template(path = "reference.html")]
struct Page {
    kinds: BTreeMap<String, Vec<Operation>>,
    style: &'static str,
}

/// One thing that can be asked for.
struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    right: &'static str,
    parameters: Vec<(String, String)>,
    has_body: bool,
}

impl Page {
    fn of(routes: &Routes) -> Self {
        let mut kinds: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
        for row in routes.rows() {
            let said = row.operation();
            let parameters = said.parameters.iter().flatten().filter(|one| !one.name.starts_with("If-"));
            let operation = Operation {
                method: serde_json::to_value(&row.method)
                    .ok()
                    .and_then(|word| word.as_str().map(str::to_uppercase))
                    .unwrap_or_default(),
                path: row.path.clone(),
                summary: said.summary.clone().unwrap_or_default(),
                description: plain(said.description.as_deref()),
                right: row.right.map_or("anybody", Right::as_str),
                parameters: parameters.map(|one| (one.name.clone(), plain(one.description.as_deref()))).collect(),
                has_body: said.request_body.is_some(),
            };
            let kind = said.tags.iter().flatten().next().cloned().unwrap_or_default();
            kinds.entry(kind).or_default().push(operation);
        }
        Self { kinds, style: STYLE }
    }
}

/// Without Markdown's marks for code.
fn plain(text: Option<&str>) -> String {
    text.unwrap_or_default().replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_everything_that_can_be_asked_for() {
        let routes = super::super::routes();
        let page = Page::of(&routes).render().unwrap();
        for row in routes.rows() {
            assert!(page.contains(&format!("<code>{}</code>", row.path)), "{}", row.path);
        }
        for kind in ["integrations", "servers", "meetings", "users"] {
            assert!(page.contains(&format!("<h2>{kind}</h2>")), "{kind}");
        }
        assert!(!page.contains("<script"));
    }
}
