mod matrix;
mod servers;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use lb_core::account::{Role, TokenScope};
use lb_core::balancer::{Actor, Expected};
use lb_core::{Secret, Timestamp};
use tower::ServiceExt;

use super::routes::BASE;
use crate::accounts::{TokenWish, UserWish};
use crate::config::Config;
use crate::run::{Prepared, prepare};
use crate::server::Peer;

const NETWORK: &str = r#"
[listen]
api = "127.0.0.1:0"
[store]
url = "memory:"
[partners.ufrgs]
[partners.puc]
"#;

/// A balancer that serves nobody, and what would be answered to those who ask.
struct Asked {
    prepared: Prepared,
    router: axum::Router,
}

/// What somebody shows.
#[derive(Clone, Default)]
struct Shown {
    headers: Vec<(&'static str, String)>,
}

impl Shown {
    fn token(token: &Secret) -> Self {
        Self { headers: vec![("authorization", format!("Bearer {}", token.expose()))] }
    }
}

impl Asked {
    async fn new() -> Self {
        let config = Config::from_text("lb.toml", NETWORK, std::iter::empty()).unwrap();
        let prepared = prepare(config, []).await.unwrap();
        let service = prepared.service().clone();
        let router = super::router(&service).with_state(service);
        Self { prepared, router }
    }

    /// Status and body.
    async fn ask(&self, method: Method, path: &str, shown: &Shown, body: Option<&str>) -> (u16, String) {
        let mut request = Request::builder().method(method).uri(format!("{BASE}{path}"));
        request = request.extension(Peer::Remote("192.0.2.1:4711".parse().unwrap()));
        for (name, value) in &shown.headers {
            request = request.header(*name, value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_owned()))).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn user(&self, name: &str, role: Role, password: Option<&Secret>) {
        let wish = UserWish { name: name.into(), display_name: name.to_owned(), role, active: true };
        let accounts = self.prepared.accounts();
        accounts.put_user(wish, password, Expected::Any, &Actor::from("a test")).await.unwrap();
    }

    async fn token(&self, user: &str, expires_at: Option<Timestamp>) -> Shown {
        let wish = TokenWish { user: user.into(), label: format!("of {user}"), scope: TokenScope::Full, expires_at };
        let accounts = Arc::clone(self.prepared.accounts());
        let (_, token) = accounts.make_token(wish, &Actor::from("a test")).await.unwrap();
        Shown::token(&token)
    }
}
