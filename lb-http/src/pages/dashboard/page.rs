//! The page.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lb_core::ServerName;
use lb_core::account::Right;
use lb_core::server::ServerState;

use super::alarms::Alarms;
use super::feed::Happened;
use super::headline::Headline;
use super::look::Look;
use super::order::{Asked, Column, PAGE};
use super::row::Row;
use super::totals::Totals;
use super::world::World;
use crate::live::{Audience, View};
use crate::pages::frame::{Frame, Section, show};
use crate::pages::numbers;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::Problem;
use crate::server::Service;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Page<'a> {
    frame: Frame,
    look: Look,
    asked: &'a Asked,
    /// Which picture this is, so that the stream goes on from there.
    seen: String,
    at: String,
    headline: Headline,
    alarms: Alarms,
    totals: Totals,
    happened: Happened,
    world: World,
    rows: Vec<Row<'a>>,
    /// `state` where all rows are here and sorted so: they stay in that order.
    sorted: &'static str,
    columns: Vec<Heading>,
    states: Vec<Choice>,
    /// Whether there is any server.
    is_empty: bool,
    /// How many servers are shown of how many.
    place: String,
    before: String,
    after: String,
    may_administer: bool,
    may_see_events: bool,
    /// The server that the map is around.
    chosen: Option<String>,
    whole_world: String,
    fitted: String,
}

/// A heading of the table.
struct Heading {
    label: &'static str,
    /// The same in full, where that is more.
    long: &'static str,
    /// Sorts by it; empty where nothing can be sorted.
    href: String,
    is_number: bool,
    /// A value of `aria-sort`; empty where it is not sorted by this.
    sorted: &'static str,
}

/// A state to be chosen.
struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

pub(super) async fn page(
    State(service): State<Service>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked: Asked = serde_html_form::from_str(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let asked = asked.clipped();
    let setup = service.setup.load();
    let present = service.live.present(&setup);
    let audience = if visitor.may(Right::ViewNetwork) { Audience::Network } else { Audience::Public };
    let view = View::whole(&present, audience, visitor.language);
    let look = Look::of(&view);
    let w = &look.w.dashboard;
    let shown = asked.choose(view.servers.clone(), look);
    let (first, last) = (shown.page * PAGE + 1, shown.page * PAGE + shown.servers.len());
    let (all, matching) = (look.number(view.servers.len()), look.number(shown.matching));
    let place = match shown.pages {
        1 if asked.narrows() => fill(w.shown, &[&matching, &all]),
        1 => String::new(),
        _ => fill(w.range, &[&look.number(first), &look.number(last), &matching]),
    };
    let to = |page: usize| asked.address(&[("page", &page.to_string())]);
    let alarms = Alarms::of(&view);
    show(&Page {
        frame: visitor.frame(w.title, Section::Dashboard),
        look,
        seen: service.live.id(&present),
        at: numbers::time(present.at),
        headline: Headline::of(&view, &alarms),
        alarms,
        totals: Totals::of(&view),
        happened: Happened::of(&view),
        world: World::asked(&view, &asked),
        rows: shown.servers.iter().map(|server| Row::of(server, &view)).collect(),
        sorted: if shown.pages == 1 && asked.order() == (Column::State, false) { "state" } else { "" },
        columns: headings(&asked, look),
        states: choices(&asked, &view, look),
        is_empty: view.servers.is_empty(),
        place,
        before: if shown.page > 0 { to(shown.page) } else { String::new() },
        after: if shown.page + 1 < shown.pages { to(shown.page + 2) } else { String::new() },
        may_administer: visitor.may(Right::Administer),
        may_see_events: visitor.may(Right::View),
        chosen: present.server(&ServerName::from(asked.server.as_str())).map(|server| server.name.to_string()),
        whole_world: asked.address(&[("map", Asked::WORLD), ("server", "")]),
        fitted: asked.address(&[("map", ""), ("server", "")]),
        asked: &asked,
    })
}

fn headings(asked: &Asked, look: Look) -> Vec<Heading> {
    let w = &look.w.dashboard;
    let (present, down) = asked.order();
    let heading = |column: Column, label, long| Heading {
        label,
        long,
        href: asked.sorted(column),
        is_number: column.is_number(),
        sorted: match (present == column, down) {
            (false, _) => "",
            (true, false) => "ascending",
            (true, true) => "descending",
        },
    };
    let course = Heading { label: w.last_day, long: "", href: String::new(), is_number: false, sorted: "" };
    vec![
        heading(Column::Server, w.server, ""),
        heading(Column::State, w.state, ""),
        heading(Column::Cpu, w.cpu, ""),
        heading(Column::Memory, w.memory, ""),
        heading(Column::Meetings, w.meetings, ""),
        heading(Column::Users, w.users, ""),
        heading(Column::Audio, w.audio, w.with_audio),
        heading(Column::Video, w.video, w.with_video),
        heading(Column::Pending, w.pending, w.pending_long),
        course,
        heading(Column::Calls, w.calls, w.calls_long),
        heading(Column::Answer, w.answers, w.answers_long),
    ]
}

fn choices(asked: &Asked, view: &View<'_>, look: Look) -> Vec<Choice> {
    let w = &look.w.dashboard;
    let choice = |value, label| Choice { value, label, chosen: asked.state == value };
    let mut choices = vec![choice("", w.any_state.to_owned()), choice(Asked::TROUBLE, w.troubled.to_owned())];
    for state in ServerState::ALL {
        let count = view.present.totals.in_state(state);
        if count > 0 || asked.state == state.as_str() {
            let label = format!("{} ({})", look.w.states.of(state), look.number(count));
            choices.push(choice(state.as_str(), label));
        }
    }
    choices
}
