//! One recording: published, taken back, deleted, and said whose it is. What is posted says in which state the page showed it: of a
//! recording that is other by then nothing is changed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::RecordingId;
use lb_core::account::Right;
use lb_core::balancer::RecordingAction;
use serde::Deserialize;

use super::recordings::Row;
use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, see_other_with, show};
use crate::pages::links;
use crate::pages::listing::{self, said};
use crate::pages::notice::Notice;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::rest::recordings::{assigned, done, seen};
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/recordings/one", Right::View, one);
    pages.get("/admin/recordings/delete", Right::Manage, ask);
    pages.post("/admin/recordings/publish", Right::Manage, publish);
    pages.post("/admin/recordings/unpublish", Right::Manage, unpublish);
    pages.post("/admin/recordings/delete", Right::Manage, delete);
    pages.post("/admin/recordings/assign", Right::Administer, assign);
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    id: String,
    /// The state that the page showed.
    state: String,
    /// Whose it was on the page, and whose it is to be.
    was: String,
    integration: String,
}

#[derive(Template)]
#[template(path = "admin/recording.html")]
struct RecordingPage {
    frame: Frame,
    row: Row,
    integrations: Vec<String>,
    can_publish: bool,
    can_unpublish: bool,
    can_delete: bool,
    may_manage: bool,
    may_assign: bool,
    delete: String,
    meeting: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/recording_delete.html")]
struct DeletePage {
    frame: Frame,
    row: Row,
}

async fn row(service: &Service, visitor: &Visitor, id: &str) -> Result<Row, Problem> {
    let balancer = &service.setup.load().balancer;
    let found = seen(balancer, visitor.caller()?, &RecordingId::from(id)).await?;
    Ok(Row::of(&found, visitor.words()))
}

async fn one(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    use lb_core::recording::RecordingState::{Deleted, Processed, Processing, Published, Unpublished};
    let row = row(&service, &visitor, &asked.id).await?;
    let may_manage = visitor.may(Right::Manage);
    let network = service.setup.load().balancer.network();
    let meeting = row.integration.as_deref().filter(|owner| network.integration(owner).is_some());
    show(&RecordingPage {
        frame: visitor.frame(row.name.clone(), Section::Recordings),
        integrations: listing::integrations(&network, visitor.caller()?),
        can_publish: may_manage && matches!(row.state, Unpublished | Processed),
        can_unpublish: may_manage && matches!(row.state, Published | Processed),
        can_delete: may_manage && !matches!(row.state, Deleted | Processing),
        may_manage,
        may_assign: visitor.may(Right::Administer),
        delete: links::with("/admin/recordings/delete", &[("id", &row.id)]),
        meeting: meeting.map(|owner| links::meeting(owner, &row.meeting_id)),
        row,
    })
}

async fn ask(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let row = row(&service, &visitor, &asked.id).await?;
    show(&DeletePage { frame: visitor.frame(visitor.words().recordings.delete_title, Section::Recordings), row })
}

async fn publish(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(asked): FormOf<Asked>,
) -> Result<Response, Problem> {
    act(&service, &visitor, asked, RecordingAction::Publish).await
}

async fn unpublish(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(asked): FormOf<Asked>,
) -> Result<Response, Problem> {
    act(&service, &visitor, asked, RecordingAction::Unpublish).await
}

async fn delete(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(asked): FormOf<Asked>,
) -> Result<Response, Problem> {
    act(&service, &visitor, asked, RecordingAction::Delete).await
}

async fn act(service: &Service, visitor: &Visitor, asked: Asked, action: RecordingAction) -> Result<Response, Problem> {
    let row = row(service, visitor, &asked.id).await?;
    if row.state.as_str() != asked.state {
        return Err(Problem::overtaken(visitor.words().recordings.other_state));
    }
    done(service, visitor.caller()?, &RecordingId::from(asked.id.as_str()), action).await?;
    Ok(match action {
        RecordingAction::Delete => see_other_with("/admin/recordings", Notice::Removed),
        RecordingAction::Publish | RecordingAction::Unpublish => see_other_with(&row.href, Notice::Done),
    })
}

async fn assign(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(asked): FormOf<Asked>,
) -> Result<Response, Problem> {
    let row = row(&service, &visitor, &asked.id).await?;
    if row.integration.clone().unwrap_or_default() != asked.was {
        return Err(Problem::overtaken(visitor.words().recordings.other_state));
    }
    let id = RecordingId::from(asked.id.as_str());
    assigned(&service, visitor.caller()?, &id, said(&asked.integration)).await?;
    Ok(see_other_with(&row.href, Notice::Saved))
}
