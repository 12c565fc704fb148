//! [`Frame`]: what is around every page, and how pages are answered.

use std::borrow::Borrow;
use std::sync::LazyLock;

use askama::Template;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lb_core::Timestamp;
use lb_core::account::{Right, Role};

use super::assets;
use super::form::TOKEN;
use super::language::Language;
use super::notice::{self, Notice};
use super::numbers;
use super::visitor::Visitor;
use super::words::Words;
use crate::rest::Problem;

/// What a page may load: what comes from here, in files of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A part of the site, as its navigation has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Dashboard,
    Reports,
    Servers,
    Integrations,
    Plans,
    Partners,
    Routers,
    Meetings,
    Recordings,
    Events,
    Explain,
    Console,
    Users,
    Tokens,
    Audit,
    Persons,
    Network,
    Settings,
    Account,
    /// In no part.
    None,
}

impl Section {
    fn is_administration(self) -> bool {
        !matches!(self, Self::Dashboard | Self::Reports | Self::None)
    }
}

/// A line of the navigation.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) href: &'static str,
    pub(crate) text: &'static str,
    /// Whether the page is there.
    pub(crate) present: bool,
}

/// What is around every page: `frame.html`, which all of them extend, is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// What the page is called.
    pub(crate) title: String,
    /// Every sentence, in the visitor's language.
    pub(crate) w: &'static Words,
    pub(crate) language: Language,
    /// What the visitor is called; `None` where they have not logged in.
    pub(crate) user: Option<String>,
    /// What was just done.
    pub(crate) notice: Option<&'static str>,
    /// What the visitor may open.
    pub(crate) main_links: Vec<Link>,
    /// The same of administration, under headings.
    pub(crate) admin_links: Vec<(&'static str, Vec<Link>)>,
    /// What the visitor is here.
    pub(crate) role: &'static str,
    /// When the page was written.
    pub(crate) at: Timestamp,
    /// The balancer's version.
    pub(crate) version: &'static str,
    section: Section,
    csrf: String,
}

impl Frame {
    pub(super) fn new(visitor: &Visitor, title: String, section: Section) -> Self {
        let w = visitor.words();
        let user = visitor.caller.as_ref().map(|_| visitor.display_name.clone());
        let csrf = visitor.csrf.as_ref().map(|csrf| csrf.expose().to_owned()).unwrap_or_default();
        let link = |(place, href, text, open): (Section, _, _, bool)| {
            open.then_some(Link { href, text, present: place == section })
        };
        let n = &w.frame;
        let (own, view) = (visitor.may(Right::Own), visitor.may(Right::View));
        let (network, guard) = (visitor.may(Right::ViewNetwork), visitor.may(Right::Guard));
        let administer = visitor.may(Right::Administer);
        let main = [
            link((Section::Dashboard, "/", n.dashboard, network || visitor.dashboard_is_public)),
            link((Section::Reports, "/reports", n.reports, view)),
            own.then_some(Link { href: "/admin", text: n.administration, present: section.is_administration() }),
        ];
        let of_network = [
            (Section::Servers, "/admin/servers", n.servers, network),
            (Section::Meetings, "/admin/meetings", n.meetings, view),
            (Section::Recordings, "/admin/recordings", n.recordings, view),
            (Section::Explain, "/admin/explain", n.explain, network),
            (Section::Network, "/admin/network", n.network, administer),
            (Section::Settings, "/admin/settings", n.settings, administer),
        ];
        let of_websites = [
            (Section::Integrations, "/admin/integrations", n.integrations, view),
            (Section::Plans, "/admin/plans", n.plans, network),
            (Section::Partners, "/admin/partners", n.partners, network),
            (Section::Routers, "/admin/routers", n.routers, network),
            (Section::Console, "/admin/console", n.console, administer),
        ];
        let of_people = [
            (Section::Events, "/admin/events", n.events, view),
            (Section::Audit, "/admin/audit", n.audit, administer),
            (Section::Users, "/admin/users", n.users, guard),
            (Section::Tokens, "/admin/tokens", n.tokens, guard),
            (Section::Persons, "/admin/persons", n.persons, administer),
        ];
        let under = |heading, links: &[(Section, &'static str, &'static str, bool)]| {
            let links: Vec<Link> = links.iter().filter_map(|known| link(*known)).collect();
            (!links.is_empty()).then_some((heading, links))
        };
        let admin =
            [under(n.of_network, &of_network), under(n.of_websites, &of_websites), under(n.of_people, &of_people)];
        let role = visitor.caller.as_ref().map_or("", |caller| match caller.principal.role {
            Role::Administrator => n.administrator,
            Role::PartnerManager(_) => n.partner_manager,
            Role::Viewer => n.viewer,
        });
        Self {
            title,
            w,
            language: visitor.language,
            user,
            notice: visitor.notice.map(|notice| notice.text(w)),
            main_links: main.into_iter().flatten().collect(),
            admin_links: admin.into_iter().flatten().collect(),
            role,
            at: visitor.at,
            version: env!("CARGO_PKG_VERSION"),
            section,
            csrf,
        }
    }

    /// Whether the page is one of administration.
    pub(crate) fn is_administration(&self) -> bool {
        self.section.is_administration()
    }

    /// Where a file of `assets` is.
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// The field that every form that is posted must have, as HTML.
    pub(crate) fn csrf_field(&self) -> String {
        let token = askama::filters::escape(&self.csrf, askama::filters::Html);
        token.map_or_else(
            |_| String::new(),
            |token| format!("<input type=\"hidden\" name=\"{TOKEN}\" value=\"{token}\">"),
        )
    }

    /// A number as people write it: `12,345`, `12.345`.
    pub(crate) fn number(&self, number: impl numbers::Whole) -> String {
        numbers::whole(number.whole(), self.language)
    }

    /// A number with so many digits after the point: `1,234.5`, `1.234,5`.
    pub(crate) fn decimal(&self, number: impl Borrow<f64>, digits: usize) -> String {
        numbers::decimal(*number.borrow(), digits, self.language)
    }

    /// A moment as HTML, in UTC; a module shows it in the reader's zone.
    pub(crate) fn time(&self, at: impl Borrow<Timestamp>) -> String {
        numbers::time(*at.borrow())
    }
}

/// The answer with a page.
pub(crate) fn show(page: &impl Template) -> Result<Response, Problem> {
    show_with(StatusCode::OK, page)
}

/// The answer with a page and a status.
pub(crate) fn show_with(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let text = page.render().map_err(|_| Problem::unavailable("the page cannot be written"))?;
    Ok((status, HEADERS.clone(), text).into_response())
}

/// Leads on to another page of this site, after something was posted.
pub(crate) fn see_other(path: &str) -> Response {
    let place = HeaderValue::try_from(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, place), (CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
}

/// The same, to a page that says what was done.
pub(crate) fn see_other_with(path: &str, notice: Notice) -> Response {
    let joined = if path.contains('?') { '&' } else { '?' };
    see_other(&format!("{path}{joined}{}={}", notice::FIELD, notice.word()))
}

static HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let fixed = [
        (CONTENT_TYPE, "text/html;charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (VARY, "accept-language, cookie"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
});
