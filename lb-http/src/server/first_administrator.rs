//! The page on which the first administrator is made, with the token that the balancer shows at its start.
//!
//! It is whole in itself: no script, nothing from elsewhere.

use std::sync::LazyLock;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{Peer, Service, address_of, body_within};
use crate::accounts::{AccountError, FirstAdministratorWish};

const STYLE: &str = include_str!("../../templates/first_administrator.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

#[derive(Template)]
#[template(path = "first_administrator.html")]
struct Page<'a> {
    open: bool,
    token: &'a str,
    name: &'a str,
    display_name: &'a str,
    made: Option<&'a str>,
    problem: Option<&'a str>,
    style: &'static str,
}

/// The longest form, bytes.
const MOST: usize = 8 << 10;

/// How long it may take to come.
const TIME: Duration = Duration::from_secs(10);

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/first-administrator", get(form).post(make))
}

async fn form(State(service): State<Service>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let token = field(query.as_bytes(), "token");
    let open = service.accounts.accounts().first_administrator().is_some();
    page(StatusCode::OK, &Page { open, token: &token, ..Page::EMPTY })
}

async fn make(
    State(service): State<Service>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // strangers come here: nothing is read where nobody is awaited
    if service.accounts.accounts().first_administrator().is_none() {
        return page(StatusCode::FORBIDDEN, &Page::EMPTY);
    }
    let Ok(body) = body_within(body, MOST, TIME).await else {
        return page(StatusCode::BAD_REQUEST, &Page { open: true, ..Page::EMPTY });
    };
    let [token, name, display_name, password] =
        ["token", "name", "display_name", "password"].map(|name| field(&body, name));
    let address = match peer {
        Peer::Remote(peer) => Some(address_of(&service, peer.ip(), &headers)),
        Peer::Local { .. } => None,
    };
    let wish = FirstAdministratorWish {
        token: token.as_str().into(),
        name: name.as_str().into(),
        display_name: display_name.clone(),
        password: password.into(),
    };
    match service.accounts.make_first_administrator(wish, address).await {
        Ok(user) => page(StatusCode::CREATED, &Page { made: Some(user.name.as_str()), ..Page::EMPTY }),
        Err(error) => {
            let status = match &error {
                AccountError::Busy | AccountError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
                AccountError::FirstToken => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            };
            // what the store says is for the log
            let problem = match error {
                AccountError::Store(_) => "the store cannot be used at the moment; the log says why".to_owned(),
                other => other.to_string(),
            };
            let open = service.accounts.accounts().first_administrator().is_some();
            let (token, name, display_name) = (token.as_str(), name.as_str(), display_name.as_str());
            page(status, &Page { open, token, name, display_name, problem: Some(&problem), ..Page::EMPTY })
        }
    }
}

impl Page<'_> {
    const EMPTY: Self =
        Self { open: false, token: "", name: "", display_name: "", made: None, problem: None, style: STYLE };
}

/// A field of a form or of a query.
fn field(form: &[u8], name: &str) -> String {
    let found = form_urlencoded::parse(form).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn page(status: StatusCode, page: &Page<'_>) -> Response {
    let Ok(text) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let fixed = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CONTENT_SECURITY_POLICY, POLICY.clone()),
    ];
    (status, fixed, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stands_in_the_form_as_text_and_the_password_does_not() {
        let form = b"token=a%22b&name=%3Cb%3E&password=hush";
        let (token, name) = (field(form, "token"), field(form, "name"));
        let text =
            Page { open: true, token: &token, name: &name, problem: Some("no"), ..Page::EMPTY }.render().unwrap();
        assert!(text.contains("value=\"a&#34;b\"") && text.contains("&#60;b&#62;"), "{text}");
        assert!(text.contains("<p class=\"problem\" role=\"alert\">no</p>") && !text.contains("hush"), "{text}");
        assert!(!text.contains("<script") && !text.contains("://"), "{text}");
    }
}
