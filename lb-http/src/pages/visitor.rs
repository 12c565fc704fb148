//! [`Visitor`]: who looks at a page, and in which language.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use lb_core::account::Right;
use lb_core::{Secret, Timestamp};

use super::frame::{Frame, Section};
use super::language::Language;
use super::notice::Notice;
use super::routes::Door;
use super::words::Words;
use crate::rest::{Caller, Problem, cookie};
use crate::server::{Peer, Service, address_of};

/// Who looks at a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visitor {
    /// Who they are, if they have logged in.
    pub(crate) caller: Option<Caller>,
    /// What they are called.
    pub(crate) display_name: String,
    /// What the forms of their pages carry.
    pub(crate) csrf: Option<Secret>,
    /// What they read.
    pub(crate) language: Language,
    /// What they have just done, which the page that they were led to says.
    pub(crate) notice: Option<Notice>,
    /// When they came.
    pub(crate) at: Timestamp,
    /// Whether everybody may see the dashboard.
    pub(crate) dashboard_is_public: bool,
}

impl Visitor {
    pub(super) fn of(service: &Service, request: &Request) -> Self {
        let language = Language::preferred(request.headers());
        let notice = request.uri().query().and_then(Notice::of);
        let setup = service.setup.load();
        let (at, dashboard_is_public) = (setup.balancer.now(), setup.dashboard_is_public);
        let nobody = Self { language, notice, at, dashboard_is_public, ..Self::default() };
        let (Some(Peer::Remote(peer)), Some(cookie)) =
            (request.extensions().get::<Peer>().copied(), cookie(request.headers()))
        else {
            return nobody;
        };
        let Some((principal, csrf)) = service.accounts.by_session(cookie) else { return nobody };
        let address = address_of(service, peer.ip(), request.headers());
        let user = service.accounts.accounts().user(principal.user.as_str()).cloned();
        let display_name = user.map(|user| user.display_name.clone()).filter(|name| !name.is_empty());
        Self {
            display_name: display_name.unwrap_or_else(|| principal.user.to_string()),
            caller: Some(Caller::of_session(principal, address)),
            csrf: Some(csrf),
            ..nobody
        }
    }

    /// Whether a door opens for them.
    pub(super) fn passes(&self, door: Door) -> bool {
        match door {
            Door::Anybody => true,
            Door::Dashboard => self.dashboard_is_public || self.may(Right::ViewNetwork),
            Door::User(right) => self.may(right),
        }
    }

    /// Whether they have logged in and have this right.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.principal.may(right))
    }

    /// Who they are.
    ///
    /// # Errors
    /// [`Problem`]: they have not logged in, and came through a door that opens for everybody.
    pub(crate) fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(|| Problem::unknown_caller("log in first"))
    }

    /// What they read.
    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// What is around a page called `title`, which is one of `section`.
    pub(crate) fn frame(&self, title: impl Into<String>, section: Section) -> Frame {
        Frame::new(self, title.into(), section)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
