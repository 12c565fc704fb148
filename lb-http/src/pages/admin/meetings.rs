//! The meetings that run.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::Timestamp;
use lb_core::account::Right;
use lb_core::balancer::{RunningMeeting, Seen};
use serde::Deserialize;

use crate::pages::frame::{Frame, Section, show};
use crate::pages::links;
use crate::pages::listing::{self, PAGE, Pager, said};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::rest::meetings::{Filter, cursor, read_cursor};
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/meetings", Right::View, list);
}

/// What is asked for, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    integration: String,
    server: String,
    text: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/meetings.html")]
struct MeetingsPage {
    frame: Frame,
    asked: Asked,
    rows: Vec<Row>,
    pager: Pager,
    integrations: Vec<String>,
    servers: Vec<String>,
    narrowed: bool,
    sees_servers: bool,
}

/// A meeting, as it stands in the list.
struct Row {
    name: String,
    meeting_id: String,
    href: String,
    integration: String,
    server: String,
    server_href: String,
    created_at: Timestamp,
    records: bool,
    seen: Option<Seen>,
}

impl Row {
    fn of(RunningMeeting { meeting, seen }: RunningMeeting) -> Self {
        let id = meeting.key.meeting_id.to_string();
        Self {
            name: if meeting.name.is_empty() { id.clone() } else { meeting.name.clone() },
            href: links::meeting(meeting.key.integration.as_str(), &id),
            meeting_id: id,
            integration: meeting.key.integration.to_string(),
            server: meeting.server.to_string(),
            server_href: links::server(meeting.server.as_str()),
            created_at: meeting.created_at,
            records: meeting.records,
            seen,
        }
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let caller = visitor.caller()?;
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    let filter = Filter { integration: said(&asked.integration), server: said(&asked.server), text: said(&asked.text) };
    let search = filter.search(caller, &network)?;
    let after = said(&asked.after).as_deref().map(read_cursor).transpose()?;
    let found = balancer.running_meetings(&search, after.as_ref(), PAGE).await?;
    let pairs = [("integration", asked.integration.as_str()), ("server", &asked.server), ("text", &asked.text)];
    let next = found.next.as_ref().map(cursor);
    let sees_servers = visitor.may(Right::ViewNetwork);
    let fleet = balancer.fleet();
    show(&MeetingsPage {
        frame: visitor.frame(visitor.words().meetings.title, Section::Meetings),
        pager: Pager::new("/admin/meetings", &pairs, &asked.after, next, found.meetings.len()),
        rows: found.meetings.into_iter().map(Row::of).collect(),
        integrations: listing::integrations(&network, caller),
        servers: match sees_servers {
            true => listing::few(fleet.servers().iter().map(|one| one.server.name.to_string())),
            false => Vec::new(),
        },
        narrowed: pairs.iter().any(|(_, value)| !value.is_empty()),
        sees_servers,
        asked,
    })
}
