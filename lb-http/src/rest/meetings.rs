//! Meetings that run. Their passwords are in no answer.

mod view;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lb_core::MeetingKey;
use lb_core::account::Right;
use lb_core::api::Failure;
use lb_core::balancer::{EndMeetingError, MeetingSearch};
use lb_core::network::Network;
use serde::Deserialize;
use utoipa::IntoParams;

use self::view::{MeetingDetailView, MeetingView};
use super::caller::Caller;
use super::extract::{PathOf, QueryOf};
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::to_its_end;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, list, __path_list);
    routes.add(Right::View, show, __path_show);
    routes.add(Right::Manage, end, __path_end);
}

/// Which meetings are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Those of this integration.
    pub(crate) integration: Option<String>,
    /// Those on this server.
    pub(crate) server: Option<String>,
    /// Those whose meetingID or name has this in it, in any case.
    pub(crate) text: Option<String>,
}

/// Behind which meeting a page begins, as text: the length of the integration's name tells where that ends.
pub(crate) fn cursor(key: &MeetingKey) -> String {
    let integration = key.integration.as_str();
    format!("{}-{integration}{}", integration.len(), key.meeting_id)
}

pub(crate) fn read_cursor(text: &str) -> Result<MeetingKey, Problem> {
    let split = text.split_once('-').and_then(|(length, key)| key.split_at_checked(length.parse().ok()?));
    let (integration, meeting_id) = split.ok_or_else(|| Problem::bad("after is no place in this list"))?;
    Ok(MeetingKey::new(integration, meeting_id))
}

/// All meetings that run
///
/// By integration and meetingID. How many users they have is as of the last list of their servers.
#[utoipa::path(get, path = "/meetings", tag = "meetings", params(Filter, Paging),
    responses((status = 200, body = Page<MeetingView>)))]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(filter): QueryOf<Filter>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<MeetingView>>, Problem> {
    let balancer = &service.setup.load().balancer;
    let (limit, after) = (paging.limit()?, paging.after.as_deref().map(read_cursor).transpose()?);
    let search = filter.search(&caller, &balancer.network())?;
    let page = balancer.running_meetings(&search, after.as_ref(), limit).await?;
    let items = page.meetings.iter().map(MeetingView::from).collect();
    Ok(Json(Page { items, next: page.next.as_ref().map(cursor) }))
}

impl Filter {
    /// What `caller` is to be shown of it.
    pub(crate) fn search(self, caller: &Caller, network: &Network) -> Result<MeetingSearch, Problem> {
        if let Some(name) = &self.integration {
            caller.integration(network, name)?;
        }
        Ok(MeetingSearch {
            reach: caller.reach(),
            integration: self.integration.map(Into::into),
            server: self.server.map(Into::into),
            text: self.text.filter(|text| !text.is_empty()),
        })
    }
}

/// One meeting that runs
///
/// With why it was placed where it is.
#[utoipa::path(get, path = "/meetings/{integration}/{meeting_id}", tag = "meetings",
    params(("integration" = String, Path), ("meeting_id" = String, Path, description = "The website's id of it, or BBB's internal one")),
    responses((status = 200, body = MeetingDetailView)))]
async fn show(
    State(service): State<Service>,
    caller: Caller,
    PathOf((integration, meeting_id)): PathOf<(String, String)>,
) -> Result<Json<MeetingDetailView>, Problem> {
    let key = MeetingKey::new(integration, meeting_id);
    let found = service.setup.load().balancer.running_meeting(&key, &caller.reach()).await;
    let found = found.map_err(|failure| match failure {
        Failure::ReportTrouble => Problem::unavailable(failure.message()),
        other => other.into(),
    });
    let detail = found?.ok_or_else(|| Problem::not_found(format!("meeting {key}")))?;
    Ok(Json((&detail).into()))
}

/// End a meeting
///
/// Its server is asked to end it, as its website could: everybody is sent out. It is in the list until its server lists it no
/// more, which takes some seconds.
#[utoipa::path(post, path = "/meetings/{integration}/{meeting_id}/end", tag = "meetings",
    params(("integration" = String, Path), ("meeting_id" = String, Path)),
    responses((status = 202, description = "Its server ends it")))]
pub(crate) async fn end(
    State(service): State<Service>,
    caller: Caller,
    PathOf((integration, meeting_id)): PathOf<(String, String)>,
) -> Result<StatusCode, Problem> {
    ended(&service, &caller, MeetingKey::new(integration, meeting_id)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Has a meeting ended by its server.
pub(crate) async fn ended(service: &Service, caller: &Caller, key: MeetingKey) -> Result<(), Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    let (reach, actor) = (caller.reach(), caller.actor());
    let ending = async move {
        let ended = balancer.end_meeting(&key, &reach, &actor).await;
        ended.map_err(|error| match error {
            EndMeetingError::NoSuchMeeting => Problem::not_found(format!("meeting {key}")),
            EndMeetingError::ServerTrouble | EndMeetingError::Refused { .. } => {
                Problem::server_failed(error.to_string())
            }
            _ => Problem::unavailable("the store cannot be used at the moment; the log says why"),
        })
    };
    to_its_end(service, ending).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_is_read_as_it_was_written_whatever_names_have_in_them() {
        for (integration, meeting_id) in [("moodle", "room-1"), ("a-b/é", "7-x/é"), ("m", "")] {
            let key = MeetingKey::new(integration, meeting_id);
            assert_eq!(read_cursor(&cursor(&key)).unwrap(), key);
        }
        for bad in ["", "moodle", "99-moodle", "x-moodle", "1-é", "-1-a"] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
