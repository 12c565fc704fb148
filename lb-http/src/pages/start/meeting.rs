//! The test meeting: made, joined and ended as a website would.

use axum::extract::State;
use axum::http::header::{HeaderValue, REFERRER_POLICY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lb_core::api::Call;
use serde::Deserialize;

use super::page::Given;
use super::progress::{MEETING_ID, Step};
use super::{PATH, answer};
use crate::pages::console::Meaning;
use crate::pages::form::FormOf;
use crate::pages::frame::{see_other, see_other_with};
use crate::pages::notice::Notice;
use crate::pages::visitor::Visitor;
use crate::pages::website::WebsiteCall;
use crate::rest::{PathOf, Problem, QueryOf, meetings};
use crate::server::Service;

/// Whose.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Whose {
    integration: String,
}

fn call(service: &Service, visitor: &Visitor, whose: &str, params: &[(&str, &str)]) -> Result<WebsiteCall, Problem> {
    let network = service.setup.load().balancer.network();
    let integration = visitor.caller()?.integration(&network, whose)?;
    let kind = if params.iter().any(|(name, _)| *name == "role") { Call::Join } else { Call::Create };
    WebsiteCall::new(service, integration, kind, params)
}

pub(super) async fn make(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(whose): FormOf<Whose>,
) -> Result<Response, Problem> {
    let name = visitor.words().start.meeting_name;
    let call = call(&service, &visitor, &whose.integration, &[("name", name), ("meetingID", MEETING_ID)])?;
    let told = call.make(&service, visitor.caller()?).await?;
    let meaning = Meaning::of(&told, visitor.words());
    if meaning.is_good() {
        return Ok(see_other(&format!("{PATH}?step={}", Step::Meeting.word())));
    }
    let given = Given { integration: whose.integration, refused: Some(meaning), ..Given::default() };
    answer(&service, &visitor, Some(Step::Meeting), StatusCode::BAD_GATEWAY, given).await
}

/// Leads on to the meeting's server, as a moderator.
pub(super) async fn join(
    State(service): State<Service>,
    visitor: Visitor,
    headers: HeaderMap,
    QueryOf(whose): QueryOf<Whose>,
) -> Result<Response, Problem> {
    // a link of another website must not bring anybody into a meeting
    let site = headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default());
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Problem::forbidden("this was asked for by a page of another website"));
    }
    let params = [("meetingID", MEETING_ID), ("fullName", visitor.display_name.as_str()), ("role", "MODERATOR")];
    let call = call(&service, &visitor, &whose.integration, &params)?;
    let told = call.make(&service, visitor.caller()?).await?;
    if let Some(location) = told.location {
        let hidden = [(REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
        return Ok((hidden, see_other(&location)).into_response());
    }
    let given = Given {
        integration: whose.integration,
        refused: Some(Meaning::of(&told, visitor.words())),
        ..Given::default()
    };
    answer(&service, &visitor, Some(Step::Meeting), StatusCode::BAD_GATEWAY, given).await
}

pub(super) async fn end(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(whose): FormOf<Whose>,
) -> Result<Response, Problem> {
    let caller = visitor.caller()?.clone();
    meetings::end(State(service), caller, PathOf((whose.integration, MEETING_ID.to_owned()))).await?;
    Ok(see_other_with(&format!("{PATH}?step={}", Step::Next.word()), Notice::Done))
}
