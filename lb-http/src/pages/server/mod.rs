//! One server as it goes: its row of the dashboard, its course over the last day, the last calls to it, what the monitor checks,
//! the meetings on it, and the administrator's word. What is written down of it is administration's.
//!
//! | file | what |
//! |---|---|
//! | `history` | its course over the last day |
//! | `calls` | the last calls to it |
//! | `meetings` | the meetings on it |

mod calls;
mod history;
mod meetings;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::fleet::FleetServer;
use lb_core::network::EntityName;
use lb_core::server::{AdministratorWord, ServerState, ServiceState};
use lb_core::{ServerName, Timestamp};
use serde::Deserialize;

use self::calls::Calls;
use self::history::History;
use self::meetings::Meetings;
use super::dashboard::{Look, Row};
use super::form::FormOf;
use super::frame::{Frame, Section, see_other_with, show};
use super::notice::Notice;
use super::routes::{Door, Pages};
use super::visitor::Visitor;
use super::{links, numbers};
use crate::live::{Audience, View};
use crate::rest::{PathOf, Problem, servers};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/servers/{name}", Door::Dashboard, page);
    pages.post("/servers/{name}/word", Right::Administer, say);
}

#[derive(Template)]
#[template(path = "server.html")]
struct Page<'a> {
    frame: Frame,
    look: Look,
    name: &'a str,
    /// Which picture this is, so that the stream goes on from there.
    seen: String,
    at: String,
    state: &'static str,
    word: &'static str,
    row: Row<'a>,
    history: History,
    calls: Calls,
    /// Absent where names are not for this visitor.
    inside: Option<Inside>,
    words: Vec<SaidWord>,
    /// Where it is administered.
    administration: String,
    action: String,
    may: bool,
    may_release: bool,
}

/// What only who may see the network sees.
struct Inside {
    url: String,
    address: String,
    tags: Vec<String>,
    services: Vec<Checked>,
    meetings: Meetings,
}

/// One thing that the monitor checks.
struct Checked {
    name: String,
    state: &'static str,
    tone: &'static str,
    output: String,
    at: Option<Timestamp>,
}

/// A word that can be said.
struct SaidWord {
    word: &'static str,
    text: &'static str,
    hint: &'static str,
    holds: bool,
}

async fn page(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<ServerName>,
) -> Result<Response, Problem> {
    let setup = service.setup.load();
    let balancer = &setup.balancer;
    let unknown = || Problem::not_found(EntityName::Server(name.clone()));
    let fleet = balancer.fleet();
    let member = fleet.server(&name).ok_or_else(unknown)?;
    let present = service.live.present(&setup);
    let shown = present.server(&name).ok_or_else(unknown)?;
    let audience = if visitor.may(Right::ViewNetwork) { Audience::Network } else { Audience::Public };
    let view = View::whole(&present, audience, visitor.language);
    let look = Look::of(&view);
    let words = AdministratorWord::ALL.map(|word| {
        let (text, hint) = look.w.servers.said(word);
        SaidWord { word: word.as_str(), text, hint, holds: word == member.word }
    });
    let inside = match audience {
        Audience::Network => Some(Inside {
            url: member.server.api_url.to_string(),
            address: member.server.address.clone(),
            tags: member.server.tags.clone(),
            services: member.services.iter().map(checked).collect(),
            meetings: Meetings::on(&name, balancer, look).await?,
        }),
        Audience::Public => None,
    };
    show(&Page {
        frame: visitor.frame(name.as_str(), Section::Dashboard),
        look,
        name: name.as_str(),
        seen: service.live.id(&present),
        at: numbers::time(present.at),
        state: shown.state.as_str(),
        word: look.w.states.of(shown.state),
        row: Row::of(shown, &view),
        history: History::of(&name, &present, look),
        calls: Calls::of(&balancer.contact(&name), look),
        inside,
        words: words.into(),
        administration: format!("/admin{}", links::server(name.as_str())),
        action: format!("{}/word", links::server(name.as_str())),
        may: visitor.may(Right::Administer),
        may_release: may_release(member),
    })
}

/// Whether its meetings can be given free: it does not answer, and they are not free already.
fn may_release(member: &FleetServer) -> bool {
    member.state() == ServerState::Suspended && !member.released
}

fn checked(service: &lb_core::server::Service) -> Checked {
    let (state, tone) = match service.state {
        ServiceState::Ok => ("OK", "is-good"),
        ServiceState::Warning => ("WARNING", "is-warning"),
        ServiceState::Critical => ("CRITICAL", "is-critical"),
        ServiceState::Unknown => ("UNKNOWN", "is-quiet"),
        ServiceState::Pending => ("PENDING", "is-quiet"),
    };
    Checked { name: service.name.clone(), state, tone, output: service.output.clone(), at: service.checked_at }
}

/// What is said.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    word: String,
}

async fn say(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<ServerName>,
    FormOf(said): FormOf<Said>,
) -> Result<Response, Problem> {
    let word = AdministratorWord::ALL.into_iter().find(|word| word.as_str() == said.word);
    let word = word.ok_or_else(|| Problem::bad("a word is automatic, force-enabled, force-disabled or draining"))?;
    let back = links::server(name.as_str());
    servers::said(&service, visitor.caller()?, name, word).await?;
    Ok(see_other_with(&back, Notice::Done))
}
