//! Recordings.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lb_core::account::{Reach, Right};
use lb_core::balancer::{Balancer, RecordingAction};
use lb_core::network::{IntegrationName, Network};
use lb_core::recording::{Page as Part, RecordingQuery, RecordingState, States, Which};
use lb_core::{Recording, RecordingId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::moment::Moment;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::to_its_end;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, list, __path_list);
    routes.add(Right::View, show, __path_show);
    routes.add(Right::Manage, publish, __path_publish);
    routes.add(Right::Manage, unpublish, __path_unpublish);
    routes.add(Right::Manage, delete, __path_delete);
    routes.add(Right::Administer, assign, __path_assign);
}

/// A recording.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct RecordingView {
    id: String,
    /// Whose it is; null: nobody knows.
    integration: Option<String>,
    /// Whether an administrator said whose it is.
    assigned: bool,
    /// The website's id of the meeting.
    meeting_id: String,
    /// The server that holds it.
    server: String,
    /// BBB's word for how far it is.
    #[schema(example = "published")]
    state: &'static str,
    started_at: Moment,
    ended_at: Moment,
    /// How many people were in the meeting.
    participants: u32,
    /// What people can play, in BBB's words.
    formats: Vec<String>,
    /// What the website said of it.
    metadata: std::collections::BTreeMap<String, String>,
}

impl From<&Arc<Recording>> for RecordingView {
    fn from(recording: &Arc<Recording>) -> Self {
        let fields = recording.xml.unpack();
        Self {
            id: recording.id.to_string(),
            integration: recording.integration.as_ref().map(ToString::to_string),
            assigned: recording.assigned,
            meeting_id: recording.meeting_id.to_string(),
            server: recording.server.to_string(),
            state: recording.state.as_str(),
            started_at: recording.start.into(),
            ended_at: recording.end.into(),
            participants: recording.participants,
            formats: fields.formats(),
            metadata: fields.metadata().into_iter().collect(),
        }
    }
}

/// Which recordings are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Those of this integration.
    pub(crate) integration: Option<String>,
    /// Those of this meeting, by the website's id.
    pub(crate) meeting_id: Option<String>,
    /// Those in this state: published, unpublished, processed, processing or deleted; all but deleted ones where nothing is said.
    pub(crate) state: Option<String>,
    /// Those that are nobody's, instead.
    #[serde(default)]
    pub(crate) unattributed: bool,
}

impl Filter {
    fn states(&self) -> Result<States, Problem> {
        use RecordingState::{Processed, Processing, Published, Unpublished};
        let Some(word) = &self.state else { return Ok(States::of(&[Published, Unpublished, Processed, Processing])) };
        let wrong = || Problem::bad("state is published, unpublished, processed, processing or deleted");
        RecordingState::named(word).map(|state| States::of(&[state])).ok_or_else(wrong)
    }

    fn which(&self) -> Which {
        self.meeting_id.as_ref().map_or(Which::All, |id| Which::OfMeetings(vec![id.as_str().into()]))
    }
}

/// Whose the last recordings of a page are, and how many of theirs came before the next page.
struct Cursor {
    offset: usize,
    owner: String,
}

impl Cursor {
    fn read(text: Option<&str>) -> Result<Self, Problem> {
        let Some(text) = text else { return Ok(Self { offset: 0, owner: String::new() }) };
        let parts = text.split_once('-').and_then(|(offset, owner)| Some((offset.parse().ok()?, owner.to_owned())));
        let (offset, owner) = parts.ok_or_else(|| Problem::bad("after is no place in this list"))?;
        Ok(Self { offset, owner })
    }
}

/// All recordings
///
/// By integration, and newest first.
#[utoipa::path(get, path = "/recordings", tag = "recordings", params(Filter, Paging),
    responses((status = 200, body = Page<RecordingView>)))]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(filter): QueryOf<Filter>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<RecordingView>>, Problem> {
    let balancer = &service.setup.load().balancer;
    let Page { items, next } = listed(balancer, &caller, &filter, &paging).await?;
    Ok(Json(Page { items: items.iter().map(RecordingView::from).collect(), next }))
}

/// A page of the recordings that `filter` asks for, as far as `caller` sees them.
pub(crate) async fn listed(
    balancer: &Balancer,
    caller: &Caller,
    filter: &Filter,
    paging: &Paging,
) -> Result<Page<Arc<Recording>>, Problem> {
    let (limit, cursor) = (paging.limit()?, Cursor::read(paging.after.as_deref())?);
    if filter.unattributed {
        return nobodys(balancer, caller, limit, cursor.offset).await;
    }
    let states = filter.states()?;
    let mut here = Vec::new();
    let mut offset = cursor.offset;
    for owner in owners(balancer, caller, filter).await? {
        if owner.as_str() < cursor.owner.as_str() {
            continue;
        }
        if owner.as_str() != cursor.owner {
            offset = 0;
        }
        loop {
            let room = (limit - here.len()).min(Part::MOST);
            let page = Some(Part { offset, limit: room });
            let query =
                RecordingQuery { which: filter.which(), states, page, ..RecordingQuery::all_of(Some(owner.clone())) };
            let selected = balancer.recordings().select(&query).await?;
            offset += selected.recordings.len();
            let more = offset < selected.total && !selected.recordings.is_empty();
            here.extend(selected.recordings);
            if here.len() == limit {
                return Ok(Page { items: here, next: Some(format!("{offset}-{owner}")) });
            }
            if !more {
                break;
            }
        }
    }
    Ok(Page { items: here, next: None })
}

/// The integrations whose recordings are asked for and seen, by name.
async fn owners(balancer: &Balancer, caller: &Caller, filter: &Filter) -> Result<Vec<IntegrationName>, Problem> {
    let network = balancer.network();
    if let Some(name) = &filter.integration {
        return Ok(vec![caller.integration(&network, name)?.name.clone()]);
    }
    let mut owners = balancer.recordings().owners_of_recordings().await?;
    owners.retain(|owner| caller.integration(&network, owner.as_str()).is_ok());
    owners.sort_unstable();
    Ok(owners)
}

/// Those of which nobody knows whose they are.
async fn nobodys(
    balancer: &Balancer,
    caller: &Caller,
    limit: usize,
    offset: usize,
) -> Result<Page<Arc<Recording>>, Problem> {
    if caller.reach() != Reach::Network {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let all = balancer.unattributed_recordings().await?;
    let items: Vec<_> = all.iter().skip(offset).take(limit).cloned().collect();
    let end = offset + items.len();
    Ok(Page { next: (end < all.len()).then(|| format!("{end}-")), items })
}

/// One recording
#[utoipa::path(get, path = "/recordings/{id}", tag = "recordings", params(("id" = String, Path)),
    responses((status = 200, body = RecordingView)))]
async fn show(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<RecordingId>,
) -> Result<Json<RecordingView>, Problem> {
    let found = seen(&service.setup.load().balancer, &caller, &id).await?;
    Ok(Json(RecordingView::from(&found)))
}

/// Let people play a recording
#[utoipa::path(post, path = "/recordings/{id}/publish", tag = "recordings", params(("id" = String, Path)),
    responses((status = 200, body = RecordingView)))]
async fn publish(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<RecordingId>,
) -> Result<Json<RecordingView>, Problem> {
    changed(&service, &caller, id, RecordingAction::Publish).await
}

/// Take a recording back
#[utoipa::path(post, path = "/recordings/{id}/unpublish", tag = "recordings", params(("id" = String, Path)),
    responses((status = 200, body = RecordingView)))]
async fn unpublish(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<RecordingId>,
) -> Result<Json<RecordingView>, Problem> {
    changed(&service, &caller, id, RecordingAction::Unpublish).await
}

/// Delete a recording
///
/// Its server deletes it. Nobody can bring it back.
#[utoipa::path(delete, path = "/recordings/{id}", tag = "recordings", params(("id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<RecordingId>,
) -> Result<StatusCode, Problem> {
    done(&service, &caller, &id, RecordingAction::Delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose a recording is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnerBody {
    /// The integration; null: what is stamped on it is to tell again.
    integration: Option<String>,
}

/// Say whose a recording is
#[utoipa::path(post, path = "/recordings/{id}/assign", tag = "recordings", request_body = OwnerBody,
    params(("id" = String, Path)), responses((status = 200, body = RecordingView)))]
async fn assign(
    State(service): State<Service>,
    caller: Caller,
    PathOf(id): PathOf<RecordingId>,
    BodyOf(body): BodyOf<OwnerBody>,
) -> Result<Json<RecordingView>, Problem> {
    assigned(&service, &caller, &id, body.integration).await?;
    show(State(service), caller, PathOf(id)).await
}

/// Says whose a recording is: that of `integration`, or of whom what is stamped on it tells.
pub(crate) async fn assigned(
    service: &Service,
    caller: &Caller,
    id: &RecordingId,
    integration: Option<String>,
) -> Result<(), Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    let owner = integration.map(IntegrationName::from);
    if let Some(owner) = &owner {
        caller.integration(&balancer.network(), owner.as_str())?;
    }
    let (actor, recording) = (caller.actor(), id.clone());
    let assigning = async move {
        let done = balancer.assign_recording(&recording, owner.as_ref(), &actor).await?;
        if done { Ok(()) } else { Err(Problem::not_found(format!("recording {recording}"))) }
    };
    to_its_end(service, assigning).await
}

async fn changed(
    service: &Service,
    caller: &Caller,
    id: RecordingId,
    action: RecordingAction,
) -> Result<Json<RecordingView>, Problem> {
    done(service, caller, &id, action).await?;
    let found = seen(&service.setup.load().balancer, caller, &id).await?;
    Ok(Json(RecordingView::from(&found)))
}

/// Does something to a recording that `caller` sees.
pub(crate) async fn done(
    service: &Service,
    caller: &Caller,
    id: &RecordingId,
    action: RecordingAction,
) -> Result<(), Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    seen(&balancer, caller, id).await?;
    let (actor, id) = (caller.actor(), id.clone());
    let doing = async move { balancer.administer_recording(&id, action, &actor).await.map_err(Problem::from) };
    to_its_end(service, doing).await
}

/// The recording, if who asks sees it.
pub(crate) async fn seen(balancer: &Balancer, caller: &Caller, id: &RecordingId) -> Result<Arc<Recording>, Problem> {
    let network = balancer.network();
    let found = balancer.recordings().find(id).await?.filter(|recording| is_seen(&network, caller, recording));
    found.ok_or_else(|| Problem::not_found(format!("recording {id}")))
}

fn is_seen(network: &Network, caller: &Caller, recording: &Recording) -> bool {
    let owner = recording.integration.as_ref().and_then(|owner| network.integration(owner.as_str()));
    owner.map_or(caller.reach() == Reach::Network, |owner| caller.reach().has(owner))
}
