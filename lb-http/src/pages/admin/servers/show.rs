//! One server: how it is, what is said of it, and what can be said.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::fleet::FleetServer;
use lb_core::network::EntityName;
use lb_core::server::{AdministratorWord, ServerState, ServiceState};
use lb_core::{ServerName, Timestamp};

use super::kind::Servers;
use crate::pages::admin::entity::{EntityKind, Ground, Use};
use crate::pages::fields::{Fact, Filled};
use crate::pages::frame::{Frame, Section};
use crate::pages::links;
use crate::pages::sentence::Sentence;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::servers::{Known, said_by};
use crate::rest::{PathOf, Problem};
use crate::server::Service;

#[derive(Template)]
#[template(path = "admin/server.html")]
struct ServerPage<'p> {
    frame: Frame,
    name: &'p str,
    known: Option<Status>,
    word: &'static str,
    words: Vec<SaidWord>,
    left: String,
    facts: Vec<(Fact<'p>, &'static str)>,
    managed: bool,
    is_said: bool,
    has_secret: bool,
    may: bool,
    may_guard: bool,
    may_release: bool,
    href: String,
    new: String,
    dashboard: String,
    meetings: String,
    services: Vec<ServiceRow>,
    uses: Vec<Use>,
}

/// A word that can be said.
struct SaidWord {
    word: &'static str,
    text: &'static str,
    hint: &'static str,
    holds: bool,
}

/// How it is.
struct Status {
    state: &'static str,
    state_word: &'static str,
    reasons: Vec<Sentence>,
    released: bool,
    host: String,
    meetings: String,
    users: String,
    to_come: String,
    shares: Vec<(&'static str, String)>,
    answered: Option<Timestamp>,
    suspended: Option<Timestamp>,
    foreign: usize,
    url: String,
    position: String,
    tags: Vec<String>,
}

struct ServiceRow {
    name: String,
    word: String,
    tone: &'static str,
    output: String,
    at: Option<Timestamp>,
}

pub(super) async fn show(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (w, server) = (&ground.w.servers, ServerName::from(name.as_str()));
    let (balancer, fleet) = (ground.balancer(), ground.balancer().fleet());
    let known = Known { member: fleet.server(&server), said: ground.network.server(&server) };
    if known.is_nobody() {
        return Err(Problem::not_found(EntityName::Server(server)));
    }
    let frame = visitor.frame(format!("{} {name}", w.one), Section::Servers);
    let holds = balancer.word_on(&server).unwrap_or_default();
    let words = AdministratorWord::ALL.map(|word| {
        let (text, hint) = w.said(word);
        SaidWord { word: word.as_str(), text, hint, holds: word == holds }
    });
    let is_out = matches!(holds, AdministratorWord::Draining | AdministratorWord::ForceDisabled);
    let left = match balancer.meetings_left(&server).await? {
        0 if is_out => w.drained.to_owned(),
        meetings => {
            let users = known.member.map_or(0, |member| member.users());
            fill(w.left, &[&frame.number(meetings), &frame.number(users)])
        }
    };
    // a form that is only read: without the field of a first word
    let form = match known.said {
        Some(_) => Filled::with(Servers::fields(&ground, Some(&name)), Servers::body(&ground, Some(&name))?),
        None => Filled::with(Vec::new(), serde_json::Value::Null),
    };
    let who: BTreeMap<_, _> = said_by(known.said, ground.setup.monitored);
    let facts = form.facts(&ground.w.form).into_iter();
    let facts = facts.map(|fact| {
        let said_by = w.who(who.get(fact.field.key).copied().unwrap_or_default());
        (fact, said_by)
    });
    let status = known.member.map(|member| status(&ground, &frame, member));
    let href = Servers::href(&name, "");
    let page = ServerPage {
        name: &name,
        known: status,
        word: w.said(holds).0,
        words: words.into(),
        left,
        facts: facts.collect(),
        managed: known.said.is_some_and(|said| said.managed),
        is_said: known.said.is_some(),
        has_secret: known.member.is_some() || known.said.is_some_and(|said| said.facts.secret.is_some()),
        may: ground.may(Right::Administer),
        may_guard: ground.may(Right::Guard),
        may_release: known.member.is_some_and(|member| member.state() == ServerState::Suspended && !member.released),
        href,
        new: links::with(Servers::NEW, &[("name", &name)]),
        dashboard: links::server(&name),
        meetings: links::with("/admin/meetings", &[("server", &name)]),
        services: known.member.map(|member| services(member)).unwrap_or_default(),
        uses: Servers::used_by(&ground, &name).0,
        frame,
    };
    crate::pages::frame::show(&page)
}

fn status(ground: &Ground<'_>, frame: &Frame, member: &Arc<FleetServer>) -> Status {
    let (w, now) = (&ground.w.servers, ground.balancer().now());
    let measured = &member.measured;
    let shares = [(w.cpu, measured.cpu), (w.memory, measured.memory), (w.disk, measured.disk)];
    let shares =
        shares.into_iter().filter_map(|(label, share)| Some((label, format!("{} %", frame.decimal(share?, 0)))));
    let (meetings, users) = (member.expected.meetings(), member.expected.users(now));
    let expected = meetings > 0 || users >= 0.5;
    Status {
        state: member.state().as_str(),
        state_word: ground.w.states.of(member.state()),
        reasons: member.reasons().iter().map(|reason| ground.w.reasons.of(reason)).collect(),
        released: member.released,
        host: serde_json::to_value(member.host)
            .ok()
            .and_then(|host| Some(host.as_str()?.to_owned()))
            .unwrap_or_default(),
        meetings: frame.number(member.meetings()),
        users: frame.number(member.users()),
        to_come: if expected {
            fill(w.to_come, &[&frame.number(meetings), &frame.decimal(users, 0)])
        } else {
            String::new()
        },
        shares: shares.collect(),
        answered: member.list.as_ref().map(|list| list.asked_at),
        suspended: member.reachability.suspended_since(),
        foreign: member.foreign.len(),
        url: member.server.api_url.to_string(),
        position: member.server.position.map(|at| format!("{}, {}", at.latitude, at.longitude)).unwrap_or_default(),
        tags: member.server.tags.clone(),
    }
}

fn services(member: &FleetServer) -> Vec<ServiceRow> {
    let row = |service: &lb_core::server::Service| ServiceRow {
        name: service.name.clone(),
        word: serde_json::to_value(service.state)
            .ok()
            .and_then(|word| Some(word.as_str()?.to_owned()))
            .unwrap_or_default(),
        tone: match service.state {
            ServiceState::Ok => "is-good",
            ServiceState::Warning => "is-warning",
            ServiceState::Critical => "is-critical",
            _ => "is-quiet",
        },
        output: service.output.clone(),
        at: service.checked_at,
    };
    member.services.iter().map(row).collect()
}
