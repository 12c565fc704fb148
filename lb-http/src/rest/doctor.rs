//! What is wrong with one integration.

use axum::Json;
use axum::extract::State;
use lb_core::account::Right;
use lb_core::balancer::{Examination, ExaminedCall, Finding, UnreachedHost};
use lb_core::network::IntegrationName;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::extract::PathOf;
use super::moment::Moment;
use super::problem::Problem;
use super::routes::Routes;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, doctor, __path_doctor);
}

/// Something that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FindingView {
    /// `trouble`: something does not work. `warning`: it soon may not. `note`: worth knowing.
    severity: &'static str,
    /// The same for programs, such as `secret-expires`.
    what: &'static str,
    sentence: String,
    /// What to do about it.
    advice: String,
}

/// A call that was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RefusedCallView {
    /// When, the last time.
    at: Moment,
    /// How often within a second of each other.
    times: u32,
    /// Where it came from.
    address: Option<String>,
    /// Which; `unknown` where it is none that the balancer has.
    call: &'static str,
    /// BBB's messageKey.
    key: &'static str,
    /// What tells refusals of one key apart.
    reason: &'static str,
    /// Whether the call itself told whose it is. Where it did not, a secret of this integration has made its checksum, with a
    /// mistake.
    named: bool,
    /// What is wrong with its checksum, such as `secret-with-blanks`; none where that is right.
    mistakes: Vec<&'static str>,
    sentence: String,
    /// What to do about it.
    advice: String,
}

/// A host that callbacks or hooks do not reach.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct UnreachedView {
    host: String,
    /// What it is to be told: `ended`, `meta-ended`, `recording-ready`, `analytics`, `hook`.
    kind: &'static str,
    /// Since when nothing came through.
    since: Moment,
    /// Tries in vain since then.
    failures: u32,
    /// What went wrong the last time.
    problem: String,
    /// Null where it was given up.
    next_try: Option<Moment>,
}

/// What is wrong with an integration. No query, checksum or secret is in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ExaminationView {
    integration: String,
    at: Moment,
    /// Since when calls and callbacks are remembered: the start of the balancer.
    remembered_since: Moment,
    active: bool,
    plan: String,
    /// When it last called with success; null where it has not since the start of the balancer.
    last_success_at: Option<Moment>,
    /// Where that came from.
    last_success_from: Option<String>,
    /// What was found, the worst first; empty where all is well.
    findings: Vec<FindingView>,
    /// Its calls that were refused of late, the newest first.
    refused_calls: Vec<RefusedCallView>,
    /// The hosts that its callbacks and hooks do not reach.
    unreached: Vec<UnreachedView>,
    /// Callbacks that wait to be told.
    callbacks_waiting: usize,
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        let Finding { severity, word, says, advice } = finding;
        Self { severity: severity.as_str(), what: word, sentence: says, advice }
    }
}

impl From<ExaminedCall> for RefusedCallView {
    fn from(call: ExaminedCall) -> Self {
        Self {
            at: call.at.into(),
            times: call.times,
            address: call.address.map(|address| address.to_string()),
            call: call.call,
            key: call.key,
            reason: call.reason,
            named: call.named,
            mistakes: call.mistakes.iter().map(|mistake| mistake.word()).collect(),
            sentence: call.says,
            advice: call.advice,
        }
    }
}

impl From<UnreachedHost> for UnreachedView {
    fn from(host: UnreachedHost) -> Self {
        let UnreachedHost { host, kind, since, failures, problem, next_try } = host;
        Self { host, kind: kind.as_str(), since: since.into(), failures, problem, next_try: next_try.map(Moment) }
    }
}

impl From<Examination> for ExaminationView {
    fn from(examination: Examination) -> Self {
        let last = examination.last_success;
        Self {
            integration: examination.integration.to_string(),
            at: examination.at.into(),
            remembered_since: examination.remembered_since.into(),
            active: examination.active,
            plan: examination.plan.to_string(),
            last_success_at: last.map(|(at, _)| at.into()),
            last_success_from: last.and_then(|(_, address)| address).map(|address| address.to_string()),
            findings: examination.findings.into_iter().map(Into::into).collect(),
            refused_calls: examination.refused.into_iter().map(Into::into).collect(),
            unreached: examination.unreached.into_iter().map(Into::into).collect(),
            callbacks_waiting: examination.waiting,
        }
    }
}

/// What is wrong with an integration
///
/// Its refused calls of late, each with the reason: of a wrong checksum the mistake that makes the very digest that was sent,
/// if it is a usual one. And what else may keep it from working: limits, callbacks, secrets, servers.
#[utoipa::path(get, path = "/integrations/{name}/doctor", tag = "integrations", params(("name" = String, Path)),
    responses((status = 200, body = ExaminationView)))]
async fn doctor(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
) -> Result<Json<ExaminationView>, Problem> {
    let found = service.setup.load().balancer.examine(&name, &caller.reach()).await?;
    let examination = found.ok_or_else(|| Problem::not_found(format!("integration {name}")))?;
    Ok(Json(examination.into()))
}
