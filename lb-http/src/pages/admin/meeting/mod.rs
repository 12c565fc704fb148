//! One meeting: what it is, why it is where it is, and all that is known of what happened to it. It may have ended.

mod end;
mod entry;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::balancer::{Incarnation, MeetingDetail};
use lb_core::event::Placement;
use lb_core::{MeetingId, MeetingKey, Timestamp};
use serde::Deserialize;

use self::entry::Row;
use crate::pages::dashboard::{Look, chosen};
use crate::pages::frame::{Frame, Section, show};
use crate::pages::language::Language;
use crate::pages::links;
use crate::pages::listing::said;
use crate::pages::marked::escaped;
use crate::pages::routes::Pages;
use crate::pages::sentence::Sentence;
use crate::pages::visitor::Visitor;
use crate::rest::{Problem, QueryOf, trace};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/meetings/one", Right::View, one);
    end::pages(pages);
}

/// Which meeting. Its id may also be BBB's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    integration: String,
    meeting_id: String,
    internal_id: String,
    /// Whether its end was just asked for.
    ending: bool,
}

#[derive(Template)]
#[template(path = "admin/meeting.html")]
struct MeetingPage {
    frame: Frame,
    integration: String,
    meeting_id: String,
    running: Option<MeetingDetail>,
    /// Why it was placed there, in the reader’s language where that is not English.
    reason: Option<Sentence>,
    /// Servers that were left out: how many, and why.
    left_out: String,
    /// How it was known where the user is.
    position: Option<&'static str>,
    state: Option<(&'static str, &'static str)>,
    sees_servers: bool,
    lives: Vec<Life>,
    only: String,
    all: String,
    entries: Vec<Row>,
    since: String,
    older: bool,
    forgotten: u64,
    may_end: bool,
    end: String,
    ending: bool,
}

/// One life of the meeting.
struct Life {
    internal_id: String,
    server: String,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
    href: String,
}

async fn one(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, visitor.words());
    let id = MeetingId::from(asked.meeting_id.as_str());
    let trace = trace::seen(&service, caller, &asked.integration, &id, said(&asked.internal_id)).await?;
    let key = trace.meeting;
    let (integration, meeting_id) = (key.integration.to_string(), key.meeting_id.to_string());
    let running = running(&service, &visitor, &key).await?;
    let life = |one: Incarnation| Life {
        href: links::with(
            "/admin/meetings/one",
            &[
                ("integration", integration.as_str()),
                ("meeting_id", &meeting_id),
                ("internal_id", one.internal_id.as_str()),
            ],
        ),
        internal_id: one.internal_id.to_string(),
        server: one.server.to_string(),
        created_at: one.created_at,
        ended_at: one.ended_at,
    };
    let name = running.as_ref().map(|detail| detail.running.meeting.name.clone()).filter(|name| !name.is_empty());
    let frame = visitor.frame(name.unwrap_or_else(|| meeting_id.clone()), Section::Meetings);
    let state = running.as_ref().and_then(|detail| detail.server_state);
    let look = Look { w, language: visitor.language };
    let placement = running.as_ref().and_then(|detail| detail.placement.as_ref());
    // in English the balancer’s own words say more
    let ours = placement.filter(|_| visitor.language != Language::English);
    let since = frame.time(trace.remembered_since);
    show(&MeetingPage {
        lives: trace.incarnations.into_iter().map(life).collect(),
        state: state.map(|state| (state.as_str(), w.states.of(state))),
        sees_servers: visitor.may(Right::ViewNetwork),
        all: links::meeting(&integration, &meeting_id),
        end: links::with("/admin/meetings/end", &[("integration", &integration), ("meeting_id", &meeting_id)]),
        only: asked.internal_id,
        entries: trace.entries.iter().map(|entry| Row::of(entry, look)).collect(),
        left_out: placement.map(|placement| left_out(placement, look)).unwrap_or_default(),
        position: placement.and_then(|one| Some(w.explain.position_from(one.position_from?))),
        reason: ours.map(|placement| chosen(placement, look)),
        since: escaped(w.meetings.history_lead).replace("{}", &since),
        older: trace.older,
        forgotten: trace.forgotten,
        may_end: visitor.may(Right::Manage),
        ending: asked.ending && running.is_some(),
        frame,
        integration,
        meeting_id,
        running,
    })
}

fn left_out(placement: &Placement, look: Look) -> String {
    let (w, states) = (&look.w.explain, &look.w.states);
    let said = placement
        .left_out
        .iter()
        .map(|(why, count)| format!("{} × {}", look.number(*count), w.left_out_word(why, states)));
    said.collect::<Vec<_>>().join(", ")
}

/// The meeting, if it runs.
async fn running(service: &Service, visitor: &Visitor, key: &MeetingKey) -> Result<Option<MeetingDetail>, Problem> {
    let found = service.setup.load().balancer.running_meeting(key, &visitor.caller()?.reach()).await;
    found.map_err(|failure| match failure {
        lb_core::api::Failure::ReportTrouble => Problem::unavailable(failure.message()),
        other => other.into(),
    })
}
