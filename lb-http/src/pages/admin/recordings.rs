//! Recordings: all of an integration, or those that are nobody's.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::recording::RecordingState;
use lb_core::{Recording, Timestamp};
use serde::Deserialize;

use crate::pages::frame::{Frame, Section, show};
use crate::pages::links;
use crate::pages::listing::{self, PAGE, Pager, said};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::Words;
use crate::rest::recordings::{Filter, listed};
use crate::rest::{Page, Paging, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/recordings", Right::View, list);
}

/// What is asked for, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    integration: String,
    meeting_id: String,
    state: String,
    nobodys: bool,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/recordings.html")]
struct RecordingsPage {
    frame: Frame,
    asked: Asked,
    states: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    pager: Pager,
    integrations: Vec<String>,
    narrowed: bool,
    sees_all: bool,
}

/// A recording, as it stands in the list and on its page.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) href: String,
    /// What its meeting was called, or its id.
    pub(super) name: String,
    pub(super) meeting_id: String,
    pub(super) integration: Option<String>,
    pub(super) assigned: bool,
    pub(super) server: String,
    pub(super) state: RecordingState,
    pub(super) state_word: &'static str,
    pub(super) tone: &'static str,
    pub(super) began: Timestamp,
    pub(super) ended: Timestamp,
    pub(super) minutes: u64,
    pub(super) people: u32,
    pub(super) formats: Vec<String>,
    pub(super) metadata: Vec<(String, String)>,
}

impl Row {
    pub(super) fn of(recording: &Arc<Recording>, w: &Words) -> Self {
        let fields = recording.xml.unpack();
        let metadata = fields.metadata();
        let name = metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case("meetingName"));
        let name = name.map(|(_, name)| name.clone()).filter(|name| !name.is_empty());
        Self {
            id: recording.id.to_string(),
            href: links::recording(recording.id.as_str()),
            name: name.unwrap_or_else(|| recording.meeting_id.to_string()),
            meeting_id: recording.meeting_id.to_string(),
            integration: recording.integration.as_ref().map(ToString::to_string),
            assigned: recording.assigned,
            server: recording.server.to_string(),
            state: recording.state,
            state_word: w.recordings.state(recording.state),
            tone: match recording.state {
                RecordingState::Published => "is-good",
                RecordingState::Unpublished => "is-warning",
                RecordingState::Processed => "is-news",
                RecordingState::Processing => "is-quiet",
                RecordingState::Deleted => "is-critical",
            },
            began: recording.start,
            ended: recording.end,
            minutes: recording.end.since(recording.start.as_past(recording.end)).as_secs().div_ceil(60),
            people: recording.participants,
            formats: fields.formats(),
            metadata,
        }
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let (caller, w) = (visitor.caller()?, visitor.words());
    let balancer = &service.setup.load().balancer;
    let sees_all = visitor.may(Right::ViewNetwork);
    let filter = Filter {
        integration: said(&asked.integration),
        meeting_id: said(&asked.meeting_id),
        state: said(&asked.state),
        unattributed: asked.nobodys && sees_all,
    };
    let paging = Paging { limit: u16::try_from(PAGE).ok(), after: said(&asked.after) };
    let Page { items, next } = listed(balancer, caller, &filter, &paging).await?;
    let pairs = [
        ("integration", asked.integration.as_str()),
        ("meeting_id", &asked.meeting_id),
        ("state", &asked.state),
        ("nobodys", if asked.nobodys { "true" } else { "" }),
    ];
    show(&RecordingsPage {
        frame: visitor.frame(w.recordings.title, Section::Recordings),
        states: RecordingState::ALL.iter().map(|state| (state.as_str(), w.recordings.state(*state))).collect(),
        pager: Pager::new("/admin/recordings", &pairs, &asked.after, next, items.len()),
        rows: items.iter().map(|recording| Row::of(recording, w)).collect(),
        integrations: listing::integrations(&balancer.network(), caller),
        narrowed: pairs.iter().take(3).any(|(_, value)| !value.is_empty()),
        sees_all,
        asked,
    })
}
