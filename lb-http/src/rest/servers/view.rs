//! How a server looks in JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use lb_core::balancer::Balancer;
use lb_core::checksum::Algorithm;
use lb_core::fleet::FleetServer;
use lb_core::network::{NetworkServer, ServerFacts};
use lb_core::server::{AdministratorWord, HostStatus, Service, ServiceState};
use lb_core::{ServerName, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ServerBody;
use crate::rest::integrations::PositionBody;
use crate::rest::moment::Moment;

/// What is known of one server: in the fleet, and by what operators have written down.
#[derive(Clone, Copy, Default)]
pub(crate) struct Known<'a> {
    pub(crate) member: Option<&'a Arc<FleetServer>>,
    pub(crate) said: Option<&'a Arc<NetworkServer>>,
}

impl Known<'_> {
    pub(crate) fn is_nobody(&self) -> bool {
        self.member.is_none() && self.said.is_none()
    }

    /// The tags that hold.
    pub(crate) fn tags(&self) -> &[String] {
        match (self.member, self.said) {
            (Some(member), _) => &member.server.tags,
            (None, Some(said)) => said.facts.tags.as_deref().unwrap_or_default(),
            (None, None) => &[],
        }
    }
}

/// A server. What operators have written down stands first; how it is stands under `status`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ServerView {
    name: String,
    #[serde(flatten)]
    said: ServerBody,
    /// Whether operators have written its secret down. It is not shown.
    has_secret: bool,
    /// Whether the configuration file declares it, which alone changes it then.
    managed: bool,
    /// The administrator's word on it: automatic, force-enabled, force-disabled or draining.
    #[schema(value_type = String, example = "automatic")]
    word: AdministratorWord,
    /// How it is; null where it is no server of the network now: the monitor does not have it, or its URL or secret is missing.
    status: Option<StatusView>,
    /// Who says what of it: `file`, `administrator`, `monitor`, or `default` where nobody does. Shown of one server only.
    #[serde(skip_serializing_if = "Option::is_none")]
    said_by: Option<BTreeMap<&'static str, &'static str>>,
}

/// How a server is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct StatusView {
    /// What it may be used for: enabled, force-enabled, warning, critical, force-disabled, draining, gone, suspended or recording.
    #[schema(example = "enabled")]
    state: &'static str,
    /// Why.
    reasons: Vec<String>,
    /// Since when it does not answer.
    suspended_since: Option<Moment>,
    /// Whether it is surely down: its meetings are placed afresh.
    confirmed_down: bool,
    /// Whether an administrator has given its meetings free.
    released: bool,
    /// The monitor's word on the machine: undefined, pending, up, down or unreachable.
    #[schema(value_type = String, example = "up")]
    host: HostStatus,
    /// Where calls go.
    url: String,
    position: Option<PositionBody>,
    /// The most users that it is given.
    capacity: Option<u32>,
    weight: Option<f64>,
    tags: Vec<String>,
    #[schema(value_type = String, example = "sha256")]
    checksum: Algorithm,
    /// In use, per cent, as far as measured.
    cpu: Option<f64>,
    /// When that was measured.
    cpu_at: Option<Moment>,
    /// In use, per cent.
    memory: Option<f64>,
    /// In use, per cent.
    disk: Option<f64>,
    /// Meetings that run on it.
    meetings: u32,
    /// People in them.
    users: u32,
    /// Meetings that were placed on it and that it does not show yet.
    meetings_to_come: u32,
    /// People who are expected beside those.
    users_to_come: f64,
    /// Meetings that somebody made on it past the balancer.
    foreign_meetings: usize,
    /// Of when its last answer with its meetings is.
    answered_at: Option<Moment>,
    /// How old that is.
    answered_seconds_ago: Option<u64>,
    /// What the monitor checks on it. Shown of one server only.
    #[serde(skip_serializing_if = "Option::is_none")]
    services: Option<Vec<ServiceView>>,
}

/// One thing that the monitor checks.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ServiceView {
    name: String,
    /// OK, WARNING, CRITICAL, UNKNOWN or PENDING.
    #[schema(value_type = String, example = "OK")]
    state: ServiceState,
    /// What the check said.
    output: String,
    checked_at: Option<Moment>,
}

impl ServerView {
    /// What lists have of it.
    pub(super) fn of(name: &ServerName, known: &Known<'_>, balancer: &Balancer) -> Self {
        let said = known.said.map(|said| ServerBody::from(&said.facts)).unwrap_or_default();
        Self {
            name: name.to_string(),
            said,
            has_secret: known.said.is_some_and(|said| said.facts.secret.is_some()),
            managed: known.said.is_some_and(|said| said.managed),
            word: balancer.word_on(name).unwrap_or_default(),
            status: known.member.map(|member| StatusView::of(member, balancer)),
            said_by: None,
        }
    }

    /// The same with what is shown of one server only.
    pub(super) fn with_all(mut self, known: &Known<'_>, monitored: bool) -> Self {
        if let (Some(status), Some(member)) = (&mut self.status, known.member) {
            status.services = Some(member.services.iter().map(ServiceView::from).collect());
        }
        self.said_by = Some(said_by(known.said, monitored));
        self
    }
}

/// Who says what of a server.
pub(crate) fn said_by(said: Option<&Arc<NetworkServer>>, monitored: bool) -> BTreeMap<&'static str, &'static str> {
    let nobody = ServerFacts::default();
    let ServerFacts { api_url, secret, position, capacity, weight, tags, checksum } =
        said.map_or(&nobody, |said| &said.facts);
    let who = if said.is_some_and(|said| said.managed) { "file" } else { "administrator" };
    let others = if monitored { "monitor" } else { "default" };
    [
        ("url", api_url.is_some()),
        ("secret", secret.is_some()),
        ("position", position.is_some()),
        ("capacity", capacity.is_some()),
        ("weight", weight.is_some()),
        ("tags", tags.is_some()),
        ("checksum", checksum.is_some()),
    ]
    .map(|(field, is_said)| (field, if is_said { who } else { others }))
    .into()
}

impl StatusView {
    fn of(member: &FleetServer, balancer: &Balancer) -> Self {
        let (server, now) = (&member.server, balancer.now());
        let asked_at = member.list.as_ref().map(|list| list.asked_at);
        let measured = &member.measured;
        Self {
            state: member.state().as_str(),
            reasons: member.reasons().to_vec(),
            suspended_since: member.reachability.suspended_since().map(Moment),
            confirmed_down: balancer.fleet().is_confirmed_down(&server.name, now),
            released: member.released,
            host: member.host,
            url: server.api_url.to_string(),
            position: server.position.map(PositionBody::from),
            capacity: server.capacity,
            weight: server.weight,
            tags: server.tags.clone(),
            checksum: server.checksum,
            cpu: measured.cpu,
            cpu_at: measured.cpu.is_some().then_some(Moment(measured.cpu_at)),
            memory: measured.memory,
            disk: measured.disk,
            meetings: member.meetings(),
            users: member.users(),
            meetings_to_come: member.expected.meetings(),
            users_to_come: member.expected.users(now),
            foreign_meetings: member.foreign.len(),
            answered_at: asked_at.map(Moment),
            answered_seconds_ago: asked_at.map(|at: Timestamp| now.since(at).as_secs()),
            services: None,
        }
    }
}

impl From<&Service> for ServiceView {
    fn from(service: &Service) -> Self {
        Self {
            name: service.name.clone(),
            state: service.state,
            output: service.output.clone(),
            checked_at: service.checked_at.map(Moment),
        }
    }
}
