//! A meeting is ended, once somebody has said so twice. What was confirmed is the meeting that was on the page: another that has
//! come of the same id stays.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::MeetingKey;
use lb_core::account::Right;
use lb_core::balancer::MeetingDetail;
use serde::Deserialize;

use super::running;
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show};
use crate::pages::links;
use crate::pages::marked::marked;
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::meetings::ended;
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/meetings/end", Right::Manage, ask);
    pages.post("/admin/meetings/end", Right::Manage, end);
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    integration: String,
    meeting_id: String,
    internal_id: String,
}

#[derive(Template)]
#[template(path = "admin/meeting_end.html")]
struct EndPage {
    frame: Frame,
    headline: String,
    detail: MeetingDetail,
    back: String,
    people: Option<String>,
}

async fn found(service: &Service, visitor: &Visitor, asked: &Asked) -> Result<MeetingDetail, Problem> {
    let key = MeetingKey::new(asked.integration.as_str(), asked.meeting_id.as_str());
    running(service, visitor, &key).await?.ok_or_else(|| Problem::not_found(format!("meeting {key}")))
}

async fn ask(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let w = &visitor.words().meetings;
    let detail = found(&service, &visitor, &asked).await?;
    let meeting = &detail.running.meeting;
    let name = if meeting.name.is_empty() { meeting.key.meeting_id.as_str() } else { &meeting.name };
    let frame = visitor.frame(fill(w.end_title, &[&name]), Section::Meetings);
    let back = links::meeting(meeting.key.integration.as_str(), meeting.key.meeting_id.as_str());
    let people = detail.running.seen.map(|seen| fill(w.end_people, &[&seen.users]));
    show(&EndPage { headline: marked(w.end_title, &[&name]), frame, back, people, detail })
}

async fn end(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(asked): FormOf<Asked>,
) -> Result<Response, Problem> {
    let detail = found(&service, &visitor, &asked).await?;
    let meeting = &detail.running.meeting;
    if meeting.internal_id.as_str() != asked.internal_id {
        return Err(Problem::overtaken(visitor.words().meetings.another));
    }
    ended(&service, visitor.caller()?, meeting.key.clone()).await?;
    let page = links::meeting(meeting.key.integration.as_str(), meeting.key.meeting_id.as_str());
    Ok(see_other_with(&format!("{page}&ending=true"), Notice::Done))
}
