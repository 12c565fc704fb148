//! Pages for people: the dashboard, administration, usage reports. They are written by the server and can be read and printed
//! without scripts; small modules add comfort.
//!
//! | file | what |
//! |---|---|
//! | `routes` | the table of pages, and who may open each |
//! | `guard` | nobody comes in who may not, and nothing is posted from elsewhere |
//! | `visitor` | who looks, and in which language |
//! | `frame` | what is around every page |
//! | `form` | what was filled in |
//! | `fields` | forms whose fields are described once, and what a change does |
//! | `trouble` | the page for what was not done |
//! | `words` | every sentence, in each language |
//! | `language` | which of them is wanted |
//! | `notice` | what was just done |
//! | `numbers` | figures and moments, as people write them |
//! | `marked`, `sentence` | sentences with names in them |
//! | `told` | what happened, as people are told it |
//! | `listing`, `links` | long lists; where pages are |
//! | `chart`, `map` | what is drawn |
//! | `assets` | the stylesheet, modules and pictures |
//! | `dashboard` | the front page |
//! | `login`, `first_administrator` | the ways in |
//! | `server` | one server as it goes |
//! | `reports` | usage reports, and the file of each month |
//! | `live` | the stream of what changes on the dashboard |
//! | `home` | where who has logged in begins |
//! | `admin` | administration |
//! | `website` | calls as websites make them |
//! | `console` | the API console |
//! | `explain` | where a meeting would go, and why |
//! | `onboard` | a new integration, step by step |
//! | `start` | the first steps |
//!
//! What changes something goes through the same functions as REST: rights, checks and the audit log are the same.

mod admin;
mod assets;
pub(crate) mod chart;
mod console;
mod dashboard;
mod explain;
mod fields;
mod first_administrator;
mod form;
mod frame;
mod guard;
mod home;
mod language;
mod links;
mod listing;
mod live;
mod login;
pub(crate) mod map;
mod marked;
mod notice;
mod numbers;
mod onboard;
pub(crate) mod reports;
mod routes;
mod sentence;
mod server;
mod start;
#[cfg(test)]
mod tests;
mod told;
mod trouble;
mod visitor;
mod website;
mod words;

use axum::Router;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

pub(crate) use self::live::fragments;
use self::routes::Pages;
use crate::server::Service;

/// All pages.
pub(crate) fn pages() -> Pages {
    let mut pages = Pages::default();
    console::pages(&mut pages);
    dashboard::pages(&mut pages);
    explain::pages(&mut pages);
    home::pages(&mut pages);
    live::pages(&mut pages);
    server::pages(&mut pages);
    login::pages(&mut pages);
    first_administrator::pages(&mut pages);
    onboard::pages(&mut pages);
    start::pages(&mut pages);
    reports::pages(&mut pages);
    admin::pages(&mut pages);
    pages
}

/// The same, served. Streams of news are not compressed: they would wait for more to come.
pub(crate) fn router(service: &Service) -> Router<Service> {
    let compressed = CompressionLayer::new().compress_when(DefaultPredicate::new().and(has_no_token));
    pages().router(service).merge(assets::router()).layer(compressed)
}

/// An answer that sets a cookie is small, and nobody learns of its length.
fn has_no_token(
    _: axum::http::StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    !headers.contains_key(axum::http::header::SET_COOKIE)
}
