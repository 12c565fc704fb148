//! How an explanation looks in JSON.

use lb_core::api::Failure;
use lb_core::balancer::{Explanation, FencedPolicy, LeftOutServer, Outcome, RankedServer, Whereabouts};
use lb_core::network::TagRules;
use serde::Serialize;
use utoipa::ToSchema;

use crate::rest::moment::Moment;

/// Where a create would go, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExplanationView {
    at: Moment,
    integration: String,
    /// Null: any meeting that does not exist.
    meeting_id: Option<String>,
    outcome: OutcomeView,
    position: PositionView,
    /// The integration's router.
    router: String,
    /// The policy of that router.
    policy: String,
    /// The server that the website would prefer.
    preferred_server: Option<String>,
    tags: TagsView,
    /// The servers that could have the meeting, in the order in which they would be tried: 500 at most.
    candidates: Vec<CandidateView>,
    /// Whether there are more of them.
    more_candidates: bool,
    /// The servers that could not.
    left_out: Vec<LeftOutView>,
    /// Policies on the way that are passed over because of what they did.
    fenced: Vec<FencedView>,
}

/// A policy that is passed over because it did what none may do.
#[derive(Debug, Serialize, ToSchema)]
struct FencedView {
    router: String,
    policy: String,
    /// What it did: panicked, ranked-twice, not-offered or not-a-number.
    #[schema(example = "panicked")]
    what: &'static str,
    /// The same for people, as it goes on after the policy's name.
    text: String,
    /// Until when it is fenced off; null where it did that for this explanation alone, which fences nobody off.
    until: Option<Moment>,
}

/// What would become of the create.
#[derive(Debug, Default, Serialize, ToSchema)]
struct OutcomeView {
    /// placed: on `server`; there: the meeting exists on `server`, and nothing is placed; under-way: another create of it is
    /// being tried on `server`; no-server: none can have it; refused: by the plan or for what is wrong with it.
    #[schema(example = "placed")]
    word: &'static str,
    server: Option<String>,
    /// Whether `server` has a WARNING and is taken because no other can be.
    last_resort: bool,
    /// The server that the meeting was lost with, where it is placed afresh.
    afresh_from: Option<String>,
    /// Whether calls are sent to the server of a meeting that exists.
    answers: Option<bool>,
    /// BBB's key of what the website would be told, where that is no success.
    key: Option<&'static str>,
    /// The same for people.
    message: Option<&'static str>,
}

/// Where the user is taken to be.
#[derive(Debug, Serialize, ToSchema)]
struct PositionView {
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
    /// given, forwarded-address, integration, caller-address or nowhere.
    #[schema(example = "integration")]
    from: &'static str,
}

/// The tags that the integration chooses servers by.
#[derive(Debug, Serialize, ToSchema)]
struct TagsView {
    required: Vec<String>,
    preferred: Vec<String>,
    forbidden: Vec<String>,
}

/// A server that could have the meeting.
#[derive(Debug, Serialize, ToSchema)]
struct CandidateView {
    /// From 1.
    rank: usize,
    server: String,
    /// How it was found: preferred-server, preferred-tags, router or last-resort.
    #[schema(example = "router")]
    way: &'static str,
    /// The router that ranked it.
    router: Option<String>,
    policy: String,
    /// In the policy's own unit, lower is better; null where nothing is known.
    score: Option<f64>,
    /// Why it stands here.
    reason: String,
    /// How far it is from the user.
    km: Option<f64>,
    /// CPU in use with what is expected, per cent.
    expected_cpu: Option<f64>,
    expected_users: f64,
    expected_meetings: u32,
}

/// A server that could not have the meeting.
#[derive(Debug, Serialize, ToSchema)]
struct LeftOutView {
    server: String,
    #[schema(example = "draining")]
    state: &'static str,
    /// All that speaks against it; the first alone would be enough.
    reasons: Vec<ReasonView>,
}

/// What speaks against a server.
#[derive(Debug, Serialize, ToSchema)]
struct ReasonView {
    /// A state, full, occupied, tried, not-the-parents, lacks-tag, forbidden-tag, foreign-meeting or not-ranked.
    #[schema(example = "full")]
    why: &'static str,
    /// The same for people, with the facts.
    text: String,
}

impl From<Explanation> for ExplanationView {
    fn from(explained: Explanation) -> Self {
        let last_resort = explained.is_last_resort();
        let TagRules { required, preferred, forbidden } = explained.tags;
        Self {
            at: explained.at.into(),
            integration: explained.integration.to_string(),
            meeting_id: explained.meeting_id.map(|id| id.to_string()),
            outcome: OutcomeView { last_resort, ..explained.outcome.into() },
            position: explained.whereabouts.into(),
            router: explained.router.to_string(),
            policy: explained.policy,
            preferred_server: explained.preferred_server,
            tags: TagsView { required, preferred, forbidden },
            candidates: (1..).zip(explained.candidates).map(CandidateView::from).collect(),
            more_candidates: explained.more_candidates,
            left_out: explained.left_out.into_iter().map(LeftOutView::from).collect(),
            fenced: explained.fenced.into_iter().map(FencedView::from).collect(),
        }
    }
}

impl From<FencedPolicy> for FencedView {
    fn from(fenced: FencedPolicy) -> Self {
        Self {
            router: fenced.router.to_string(),
            policy: fenced.policy,
            what: fenced.misconduct.word(),
            text: fenced.misconduct.to_string(),
            until: fenced.until.map(Moment::from),
        }
    }
}

impl From<Outcome> for OutcomeView {
    fn from(outcome: Outcome) -> Self {
        let told = |word, failure: Failure| Self {
            word,
            key: Some(failure.key()),
            message: Some(failure.message()),
            ..Self::default()
        };
        let at =
            |word, server: &lb_core::ServerName| Self { word, server: Some(server.to_string()), ..Self::default() };
        match outcome {
            Outcome::Refused(failure) => told("refused", failure),
            Outcome::NoServer(failure) => told("no-server", failure),
            Outcome::There { meeting, answers } => Self { answers: Some(answers), ..at("there", &meeting.server) },
            Outcome::UnderWay { server } => at("under-way", &server),
            Outcome::Placed { server, afresh_from } => {
                Self { afresh_from: afresh_from.map(|lost| lost.to_string()), ..at("placed", &server) }
            }
        }
    }
}

impl From<Whereabouts> for PositionView {
    fn from(Whereabouts { position, from }: Whereabouts) -> Self {
        let (latitude, longitude) = position.map(|position| (position.latitude, position.longitude)).unzip();
        Self { latitude, longitude, from: from.as_str() }
    }
}

impl From<(usize, RankedServer)> for CandidateView {
    fn from((rank, ranked): (usize, RankedServer)) -> Self {
        Self {
            rank,
            server: ranked.server.to_string(),
            way: ranked.way.as_str(),
            router: ranked.router.map(|router| router.to_string()),
            policy: ranked.policy,
            score: ranked.score,
            reason: ranked.reason,
            km: ranked.km,
            expected_cpu: ranked.expected_cpu,
            expected_users: ranked.expected_users,
            expected_meetings: ranked.expected_meetings,
        }
    }
}

impl From<LeftOutServer> for LeftOutView {
    fn from(left_out: LeftOutServer) -> Self {
        let reasons = left_out.reasons.into_iter();
        Self {
            server: left_out.server.to_string(),
            state: left_out.state.as_str(),
            reasons: reasons.map(|reason| ReasonView { why: reason.why.as_str(), text: reason.text }).collect(),
        }
    }
}
