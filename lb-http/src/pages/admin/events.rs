//! What happened: the stored events that a visitor may see.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lb_core::Timestamp;
use lb_core::account::Right;
use lb_core::event::Event;
use lb_core::store::EventCursor;
use serde::Deserialize;

use crate::pages::dashboard::Look;
use crate::pages::frame::{Frame, Section, show};
use crate::pages::listing::{self, PAGE, Pager, moment, said};
use crate::pages::routes::Pages;
use crate::pages::told::{KINDS, Told};
use crate::pages::visitor::Visitor;
use crate::pages::{links, told};
use crate::rest::events::{EventsAsked, filter, kinds};
use crate::rest::{Moment, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/events", Right::View, list);
}

/// What is asked for, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    integration: String,
    server: String,
    meeting_id: String,
    internal_id: String,
    from: String,
    until: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/events.html")]
struct EventsPage {
    frame: Frame,
    asked: Asked,
    kinds: Vec<Kind>,
    rows: Vec<Row>,
    pager: Pager,
    integrations: Vec<String>,
    servers: Vec<String>,
    narrowed: bool,
    has_kinds: bool,
    is_partner: bool,
    may_export: bool,
}

/// A kind to choose.
struct Kind {
    word: &'static str,
    label: &'static str,
    chosen: bool,
}

/// One event, as it stands in the list.
struct Row {
    at: Timestamp,
    told: Told,
    meeting: Option<(String, String)>,
}

impl Row {
    fn new(visitor: &Visitor, Event { at, kind }: &Event) -> Self {
        let meeting = kind
            .meeting()
            .map(|key| (key.meeting_id.to_string(), links::meeting(key.integration.as_str(), key.meeting_id.as_str())));
        Self { at: *at, told: Told::of(Look { w: visitor.words(), language: visitor.language }, kind), meeting }
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let caller = visitor.caller()?;
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    let mut chosen = kinds(query.as_deref().unwrap_or_default());
    chosen.retain(|kind| !kind.is_empty());
    let wanted = EventsAsked {
        integration: said(&asked.integration),
        meeting_id: said(&asked.meeting_id),
        internal_id: said(&asked.internal_id),
        server: said(&asked.server),
        from: moment(&asked.from)?.map(Moment),
        until: moment(&asked.until)?.map(Moment),
    };
    let filter = filter(wanted, chosen.clone(), caller, &network)?;
    let wrong = |_| Problem::bad("after must be the next of the page before");
    let after: Option<EventCursor> = said(&asked.after).map(|after| after.parse().map_err(wrong)).transpose()?;
    let found = balancer.events(&filter, after, PAGE).await?;
    let words = visitor.words();
    let label = |word| told::label(&words.kinds, word);
    let offered =
        KINDS.iter().map(|(word, _)| Kind { word, label: label(word), chosen: chosen.iter().any(|kind| kind == word) });
    let pairs = [
        ("integration", asked.integration.as_str()),
        ("server", &asked.server),
        ("meeting_id", &asked.meeting_id),
        ("internal_id", &asked.internal_id),
        ("from", &asked.from),
        ("until", &asked.until),
    ];
    let pairs: Vec<_> = chosen.iter().map(|kind| ("kind", kind.as_str())).chain(pairs).collect();
    let servers = balancer.fleet();
    let may_see_all = visitor.may(Right::ViewNetwork);
    show(&EventsPage {
        frame: visitor.frame(words.events.title, Section::Events),
        kinds: offered.collect(),
        pager: Pager::new("/admin/events", &pairs, &asked.after, found.next, found.events.len()),
        rows: found.events.iter().map(|event| Row::new(&visitor, event)).collect(),
        integrations: listing::integrations(&network, caller),
        servers: match may_see_all {
            true => listing::few(servers.servers().iter().map(|one| one.server.name.to_string())),
            false => Vec::new(),
        },
        narrowed: pairs.iter().any(|(_, value)| !value.is_empty()),
        has_kinds: !chosen.is_empty(),
        is_partner: !may_see_all,
        may_export: visitor.may(Right::Administer),
        asked,
    })
}
