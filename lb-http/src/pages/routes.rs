//! [`Pages`]: the table of pages, and who may open each.

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use lb_core::account::Right;

use super::guard::guard;
use super::trouble;
use crate::server::Service;

/// Who may open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Everybody.
    Anybody,
    /// Who may see the network, and everybody where the configuration makes the dashboard public.
    Dashboard,
    /// Who has logged in and has this right.
    User(Right),
}

impl From<Right> for Door {
    fn from(right: Right) -> Self {
        Self::User(right)
    }
}

/// A page, or what is posted from one.
#[derive(Debug)]
pub(crate) struct Row {
    /// Where it is.
    pub(crate) path: &'static str,
    /// Whether something is posted there.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test that opens every page asks for it"))]
    pub(crate) posted: bool,
    /// Who may open it.
    pub(crate) door: Door,
    handler: MethodRouter<Service>,
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    rows: Vec<Row>,
}

impl Pages {
    /// Adds a page.
    pub(crate) fn get<H, T>(&mut self, path: &'static str, door: impl Into<Door>, handler: H)
    where
        H: Handler<T, Service>,
        T: 'static,
    {
        self.rows.push(Row { path, posted: false, door: door.into(), handler: get(handler) });
    }

    /// Adds what is posted from a page. It must carry the token of its visitor's session, if there is one.
    pub(crate) fn post<H, T>(&mut self, path: &'static str, door: impl Into<Door>, handler: H)
    where
        H: Handler<T, Service>,
        T: 'static,
    {
        self.rows.push(Row { path, posted: true, door: door.into(), handler: post(handler) });
    }

    /// What can be opened.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The same for axum, each behind its door. Below `/admin` and `/reports` what is not there is a readable page.
    pub(super) fn router(self, service: &Service) -> Router<Service> {
        let behind = |door, handler: MethodRouter<Service>| {
            handler.layer::<_, std::convert::Infallible>(from_fn_with_state((service.clone(), door), guard))
        };
        let mut router = Router::new();
        for path in ["/admin/{*nothing}", "/reports/{*nothing}"] {
            router = router.route(path, behind(Door::Anybody, get(trouble::nothing_there)));
        }
        for row in self.rows {
            router = router.route(row.path, behind(row.door, row.handler));
        }
        router
    }
}
