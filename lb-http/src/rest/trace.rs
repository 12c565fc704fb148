//! All that is known of one meeting, in order.

use axum::Json;
use axum::extract::State;
use lb_core::account::Right;
use lb_core::balancer::{Incarnation, Trace, TraceEntry};
use lb_core::{InternalMeetingId, MeetingId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::{PathOf, QueryOf};
use super::moment::Moment;
use super::problem::Problem;
use super::routes::Routes;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, trace, __path_trace);
}

/// What of it is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Of its lives only the one with this id of BBB's.
    internal_id: Option<String>,
}

/// One life of the meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct IncarnationView {
    /// BBB's id of it.
    internal_id: String,
    server: String,
    /// When it was created or found.
    created_at: Moment,
    /// When its end was learnt; null where it runs.
    ended_at: Option<Moment>,
}

/// One thing that happened, or the same thing several times in a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TraceEntryView {
    /// When, the first time.
    at: Moment,
    /// When, the last time.
    until: Moment,
    /// How often.
    times: u32,
    /// `stored`: an event that is kept. `memory`: known until the next restart.
    source: &'static str,
    /// What: the word of an event, such as `meeting-created`; `call`, `seen` (in a list of its server), `missed`.
    what: &'static str,
    /// The same for people.
    sentence: String,
    server: Option<String>,
    /// BBB's id of the life that it is about, where that is told.
    internal_id: Option<String>,
    /// The call, if it is one.
    call: Option<TracedCallView>,
    /// The fewest users that lists showed.
    users_from: Option<u32>,
    /// The most users that lists showed.
    users_to: Option<u32>,
    /// Why it was placed there, if it is that.
    placement: Option<TracedPlacementView>,
}

/// A website's call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TracedCallView {
    name: String,
    /// BBB's messageKey, empty where there was none.
    key: String,
    success: bool,
    /// The longest that it took, milliseconds.
    took_ms: u64,
}

/// Why a meeting was placed where it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TracedPlacementView {
    /// Empty where it went where the one before it was.
    policy: String,
    /// Lower is better.
    score: Option<f64>,
    reason: String,
    /// 1 unless servers ranked before it failed.
    attempt: u32,
}

/// All that is known of one meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TraceView {
    integration: String,
    meeting_id: String,
    /// Where it runs now; null where it does not.
    server: Option<String>,
    /// Its lives, the first one first.
    incarnations: Vec<IncarnationView>,
    /// What happened, the earliest first.
    entries: Vec<TraceEntryView>,
    /// Whether older events are left out.
    older: bool,
    /// Since when calls and lists are remembered: the start of the balancer. What was before is in the stored events alone.
    remembered_since: Moment,
    /// How many older calls and lists were forgotten to make room.
    forgotten: u64,
}

impl From<Incarnation> for IncarnationView {
    fn from(one: Incarnation) -> Self {
        Self {
            internal_id: one.internal_id.to_string(),
            server: one.server.to_string(),
            created_at: one.created_at.into(),
            ended_at: one.ended_at.map(Moment),
        }
    }
}

impl From<TraceEntry> for TraceEntryView {
    fn from(entry: TraceEntry) -> Self {
        Self {
            at: entry.at.into(),
            until: entry.until.into(),
            times: entry.times,
            source: entry.source.as_str(),
            what: entry.word,
            sentence: entry.says,
            server: entry.server.map(|server| server.to_string()),
            internal_id: entry.internal_id.map(|id| id.to_string()),
            call: entry.call.map(|call| TracedCallView {
                name: call.call,
                key: call.key,
                success: call.success,
                took_ms: u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
            }),
            users_from: entry.users.map(|(least, _)| least),
            users_to: entry.users.map(|(_, most)| most),
            placement: entry.placement.map(|placement| TracedPlacementView {
                policy: placement.policy,
                score: placement.score,
                reason: placement.reason,
                attempt: placement.attempt,
            }),
        }
    }
}

impl From<Trace> for TraceView {
    fn from(trace: Trace) -> Self {
        Self {
            integration: trace.meeting.integration.to_string(),
            meeting_id: trace.meeting.meeting_id.to_string(),
            server: trace.runs_on.map(|server| server.to_string()),
            incarnations: trace.incarnations.into_iter().map(Into::into).collect(),
            entries: trace.entries.into_iter().map(Into::into).collect(),
            older: trace.older,
            remembered_since: trace.remembered_since.into(),
            forgotten: trace.forgotten,
        }
    }
}

/// All that is known of one meeting, in order
///
/// Calls, its placement, what the lists of its server showed, callbacks, recordings; of one that has ended too. Calls and lists
/// are remembered until the next restart, and bounded; stored events are kept. Who came and went is counted, and not named. What
/// became of its servers is told to who sees the whole network.
#[utoipa::path(get, path = "/meetings/{integration}/{meeting_id}/trace", tag = "meetings",
    params(("integration" = String, Path),
        ("meeting_id" = String, Path, description = "The website's id of it, or BBB's internal one"), Asked),
    responses((status = 200, body = TraceView)))]
async fn trace(
    State(service): State<Service>,
    caller: Caller,
    PathOf((integration, meeting_id)): PathOf<(String, MeetingId)>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Json<TraceView>, Problem> {
    let trace = seen(&service, &caller, &integration, &meeting_id, asked.internal_id).await?;
    Ok(Json(trace.into()))
}

/// What `caller` is to be shown of what is known of a meeting: of all its lives, or of one.
pub(crate) async fn seen(
    service: &Service,
    caller: &Caller,
    integration: &str,
    meeting_id: &MeetingId,
    internal_id: Option<String>,
) -> Result<Trace, Problem> {
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    let name = &caller.integration(&network, integration)?.name;
    let only = internal_id.map(InternalMeetingId::from);
    let found = balancer.trace(name, meeting_id, only.as_ref()).await?;
    let mut trace = found.ok_or_else(|| Problem::not_found(format!("meeting {meeting_id} of {name} that is known")))?;
    if !caller.principal.may(Right::ViewNetwork) {
        trace.entries.retain(|entry| !entry.is_of_server());
    }
    Ok(trace)
}
