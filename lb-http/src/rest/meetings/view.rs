//! How meetings look in JSON.

use std::collections::BTreeMap;

use lb_core::balancer::{MeetingDetail, RunningMeeting};
use lb_core::event::{Found, Placement};
use serde::Serialize;
use utoipa::ToSchema;

use crate::rest::moment::Moment;

/// A meeting that runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeetingView {
    integration: String,
    /// The website's id of it.
    meeting_id: String,
    /// BBB's id of it, which the recording will have too.
    internal_id: String,
    name: String,
    server: String,
    created_at: Moment,
    /// Whether it may be recorded.
    recording: bool,
    /// Users in it; null until its server has listed it.
    users: Option<u32>,
    /// Users with audio.
    audio: Option<u32>,
    /// Users with video.
    video: Option<u32>,
    /// When its server was asked for that.
    seen_at: Option<Moment>,
}

impl From<&RunningMeeting> for MeetingView {
    fn from(running: &RunningMeeting) -> Self {
        let (meeting, seen) = (&running.meeting, running.seen);
        Self {
            integration: meeting.key.integration.to_string(),
            meeting_id: meeting.key.meeting_id.to_string(),
            internal_id: meeting.internal_id.to_string(),
            name: meeting.name.clone(),
            server: meeting.server.to_string(),
            created_at: meeting.created_at.into(),
            recording: meeting.records,
            users: seen.map(|seen| seen.users),
            audio: seen.map(|seen| seen.audio),
            video: seen.map(|seen| seen.video),
            seen_at: seen.map(|seen| seen.at.into()),
        }
    }
}

/// A meeting that runs, and how it came to be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeetingDetailView {
    #[serde(flatten)]
    meeting: MeetingView,
    /// What its server may be used for.
    #[schema(example = "enabled")]
    server_state: Option<&'static str>,
    /// Why it was placed there; null where the stored events do not tell.
    placement: Option<PlacementView>,
    /// How it was found, where it was not created through this database: expired-claim or listed.
    found: Option<&'static str>,
    /// What its website is to be told at its end: ended, meta-ended.
    callbacks: Vec<&'static str>,
}

/// Why a meeting was placed where it is.
#[derive(Debug, Serialize, ToSchema)]
struct PlacementView {
    router: Option<String>,
    policy: String,
    /// In the policy's own unit, lower is better; null where nothing was known.
    score: Option<f64>,
    reason: String,
    /// 1 unless servers failed before.
    attempt: u32,
    /// How many servers could have had it.
    candidates: u32,
    /// Those that would have come next.
    next: Vec<NextView>,
    /// How many servers were left out, by the first reason of each.
    left_out: BTreeMap<String, u32>,
    /// How it was known where the user is.
    #[schema(example = "forwarded-address")]
    position_from: Option<&'static str>,
}

/// A server that would have come next.
#[derive(Debug, Serialize, ToSchema)]
struct NextView {
    server: String,
    score: Option<f64>,
}

impl PlacementView {
    fn new(placement: &Placement, router: Option<String>) -> Self {
        let next = |next: &lb_core::event::NextBest| NextView { server: next.server.to_string(), score: next.score };
        Self {
            router,
            policy: placement.policy.clone(),
            score: placement.score,
            reason: placement.reason.clone(),
            attempt: placement.attempt,
            candidates: placement.candidates,
            next: placement.next.iter().map(next).collect(),
            left_out: placement.left_out.iter().map(|(why, count)| (why.to_string(), *count)).collect(),
            position_from: placement.position_from.map(|from| from.as_str()),
        }
    }
}

impl From<&MeetingDetail> for MeetingDetailView {
    fn from(detail: &MeetingDetail) -> Self {
        Self {
            meeting: (&detail.running).into(),
            server_state: detail.server_state.map(|state| state.as_str()),
            placement: detail.placement.as_ref().map(|placement| {
                // of those placed by an earlier version the integration's router alone is known
                let router = placement.router.as_ref().or(detail.router.as_ref());
                PlacementView::new(placement, router.map(ToString::to_string))
            }),
            found: detail.found.map(|found| match found {
                Found::ExpiredClaim => "expired-claim",
                Found::Listed => "listed",
            }),
            callbacks: detail.callbacks.iter().map(|kind| kind.as_str()).collect(),
        }
    }
}
