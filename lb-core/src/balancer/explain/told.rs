//! [`Explanation`]: what is told of a placement.

use std::sync::Arc;

use crate::api::Failure;
use crate::balancer::place::{PassedOver, Ranked, Whereabouts};
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::meeting::{Meeting, MeetingId};
use crate::network::{Integration, IntegrationName, RouterName, TagRules};
use crate::placement::{LeftOut, Misconduct, Way};
use crate::position::Position;
use crate::server::{ServerName, ServerState};

/// How many servers are told of that could have the meeting; further ones are not even ranked.
pub const RANKED_TOLD: usize = 500;

/// Where a create would go at one moment, and why.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// At which moment.
    pub at: Timestamp,
    /// Whose create.
    pub integration: IntegrationName,
    /// Of which meeting; absent: any.
    pub meeting_id: Option<MeetingId>,
    /// Where the user is, and how that is known.
    pub whereabouts: Whereabouts,
    /// The router of the integration.
    pub router: RouterName,
    /// The policy of that router.
    pub policy: String,
    /// The server that the website would prefer, as it would be named.
    pub preferred_server: Option<String>,
    /// The integration's rules for tags.
    pub tags: TagRules,
    /// What would become of it.
    pub outcome: Outcome,
    /// The servers that could have the meeting, in the order in which they are tried: [`RANKED_TOLD`] at most. When one has
    /// failed, a policy that measures from the nearest server may rank those that are left anew.
    pub candidates: Vec<RankedServer>,
    /// Whether there are more of them.
    pub more_candidates: bool,
    /// The servers that could not, by name.
    pub left_out: Vec<LeftOutServer>,
    /// Policies of the routers on the way that are passed over because of what they did.
    pub fenced: Vec<FencedPolicy>,
}

/// A policy that is passed over because it did what none may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FencedPolicy {
    /// Whose.
    pub router: RouterName,
    /// Which.
    pub policy: String,
    /// What it did.
    pub misconduct: Misconduct,
    /// Until when it is fenced off; absent where it did that for this explanation, which fences nobody off.
    pub until: Option<Timestamp>,
}

impl From<PassedOver> for FencedPolicy {
    fn from(passed: PassedOver) -> Self {
        let policy = passed.policy.name().to_owned();
        Self { router: passed.router, policy, misconduct: passed.misconduct, until: passed.until }
    }
}

/// What would become of a create.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It would be refused, whatever the servers.
    Refused(Failure),
    /// The meeting exists: the create would go to its server, and nothing would be placed.
    There {
        /// The meeting.
        meeting: Arc<Meeting>,
        /// Whether calls are sent to that server now.
        answers: bool,
    },
    /// Another create of that meeting is under way: this one would wait for it.
    UnderWay {
        /// Where that one is tried.
        server: ServerName,
    },
    /// It would be placed.
    Placed {
        /// Where.
        server: ServerName,
        /// The server that the meeting was lost with, if it is placed afresh.
        afresh_from: Option<ServerName>,
    },
    /// No server could have it.
    NoServer(Failure),
}

/// One server that could have the meeting.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedServer {
    /// Which.
    pub server: ServerName,
    /// By which way it was found.
    pub way: Way,
    /// The router that ranked it, if one did.
    pub router: Option<RouterName>,
    /// The policy that ranked it, or what stands in its place.
    pub policy: String,
    /// The policy's score, lower is better; absent where nothing is known.
    pub score: Option<f64>,
    /// Why it stands here, for people.
    pub reason: String,
    /// How far it is from the user, kilometres, where both places are known.
    pub km: Option<f64>,
    /// CPU in use with what is expected, per cent; absent where the figure is missing or too old.
    pub expected_cpu: Option<f64>,
    /// Users that it has or is about to have.
    pub expected_users: f64,
    /// Meetings that it has or is about to have.
    pub expected_meetings: u32,
}

impl RankedServer {
    pub(super) fn new(ranked: Ranked<'_>, user: Option<Position>, now: Timestamp) -> Self {
        let server = ranked.server;
        let distance = user.zip(server.server.position).map(|(user, there)| user.km_to(there));
        Self {
            server: server.server.name.clone(),
            way: ranked.way,
            router: ranked.router.cloned(),
            policy: ranked.policy_name().to_owned(),
            score: ranked.score,
            km: distance,
            expected_cpu: server.expected_cpu(now),
            expected_users: server.expected_users(now),
            expected_meetings: server.expected_meetings(),
            reason: ranked.reason,
        }
    }
}

/// One server that could not have the meeting.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOutServer {
    /// Which.
    pub server: ServerName,
    /// What it may be used for.
    pub state: ServerState,
    /// Why not, at least one reason; the first alone would be enough.
    pub reasons: Vec<LeftOutReason>,
}

/// One reason why a server could not have a meeting.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOutReason {
    /// The reason.
    pub why: LeftOut,
    /// The same for people, with the facts.
    pub text: String,
}

impl LeftOutServer {
    pub(super) fn new(server: &FleetServer, why: Vec<LeftOut>, integration: &Integration, now: Timestamp) -> Self {
        let reason = |why| LeftOutReason { why, text: text(why, server, integration, now) };
        Self {
            server: server.server.name.clone(),
            state: server.state(),
            reasons: why.into_iter().map(reason).collect(),
        }
    }
}

fn text(why: LeftOut, server: &FleetServer, integration: &Integration, now: Timestamp) -> String {
    let those = |tags: &[String], carried: bool| {
        let tags = tags.iter().filter(|tag| server.server.tags.contains(tag) == carried);
        tags.map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    match why {
        LeftOut::State(state) if server.reasons().is_empty() => format!("it is {state}"),
        LeftOut::State(state) => format!("it is {state}: {}", server.reasons().join(", ")),
        LeftOut::Full => {
            let capacity = server.server.capacity.unwrap_or_default();
            format!("it has or expects {:.0} users, and its capacity is {capacity}", server.expected_users(now))
        }
        LeftOut::LacksTag => format!("it lacks what is required: {}", those(&integration.tags.required, false)),
        LeftOut::ForbiddenTag => format!("it carries what is forbidden: {}", those(&integration.tags.forbidden, true)),
        other => other.to_string(),
    }
}
