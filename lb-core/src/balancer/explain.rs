//! Where a create would go now, and why. What is told is decided by the same code as a placement, and changes nothing.

mod told;

use std::collections::HashSet;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

pub use self::told::{Explanation, FencedPolicy, LeftOutReason, LeftOutServer, Outcome, RANKED_TOLD, RankedServer};

use super::Balancer;
use super::place::{Tier, Wanted, Whereabouts};
use crate::api::create::Create;
use crate::api::{Call, Failure, Params};
use crate::event::PositionFrom;
use crate::fleet::Fleet;
use crate::meeting::{MeetingId, MeetingKey};
use crate::network::{Integration, IntegrationName, Network, Plan};
use crate::placement::{LeftOut, MeetingHints, Way};
use crate::position::Position;
use crate::server::ServerName;
use crate::store::Entry;

/// A meeting that nobody has named: what holds for it holds for most.
const ANY: &str = "any-meeting";

/// Which create is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainRequest {
    /// Whose.
    pub integration: IntegrationName,
    /// Of which meeting; absent: any that nobody has. Where a policy draws, it draws by this.
    pub meeting_id: Option<MeetingId>,
    /// The addresses that the website or proxies would forward, leftmost first.
    pub forwarded_for: Vec<IpAddr>,
    /// The address that it would come from.
    pub address: Option<IpAddr>,
    /// Where the user is, whatever the addresses say.
    pub position: Option<Position>,
    /// The server that the website would prefer, by name or address.
    pub preferred_server: Option<String>,
    /// Whether the meeting may be recorded.
    pub records: bool,
    /// What the create says of the meeting to come: policies that predict go by it.
    pub hints: MeetingHints,
}

impl ExplainRequest {
    /// A create of any meeting of `integration`, from nowhere.
    pub fn new(integration: impl Into<IntegrationName>) -> Self {
        Self {
            integration: integration.into(),
            meeting_id: None,
            forwarded_for: Vec::new(),
            address: None,
            position: None,
            preferred_server: None,
            records: false,
            hints: MeetingHints::default(),
        }
    }

    fn params(&self, meeting_id: &MeetingId) -> Params {
        let hints = self.hints.params();
        let given = [
            Some(("name", "Explained")),
            Some(("meetingID", meeting_id.as_str())),
            self.preferred_server.as_deref().map(|server| (Create::PREFERRED_SERVER, server)),
            self.records.then_some(("record", "true")),
        ];
        let hints = hints.iter().map(|(name, value)| (*name, value.as_str()));
        given.into_iter().flatten().chain(hints).collect()
    }
}

/// Why nothing can be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// There is no such integration.
    #[error("there is no integration called {0}")]
    NoSuchIntegration(IntegrationName),
    /// The store cannot be read now.
    #[error("the store cannot be read now")]
    StoreTrouble,
}

/// What is known of the meeting before a place is looked for.
struct Looked {
    entry: Option<Entry>,
    occupied: Vec<ServerName>,
}

impl Balancer {
    /// Where a create would go now, and why: with every server that could have the meeting in the order in which they would
    /// be tried, and what speaks against the others. Rates of calls are not looked at.
    ///
    /// # Errors
    /// [`ExplainError`].
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn explain(&self, request: &ExplainRequest) -> Result<Explanation, ExplainError> {
        let network = self.network();
        let integration = network.integration(request.integration.as_str());
        let integration = integration.ok_or_else(|| ExplainError::NoSuchIntegration(request.integration.clone()))?;
        let plan = network.plan_of(integration);
        let meeting_id = request.meeting_id.clone().unwrap_or_else(|| ANY.into());
        let create = Self::asked(request, &meeting_id, integration, plan);
        let key = MeetingKey { integration: integration.name.clone(), meeting_id };
        let looked = match &request.meeting_id {
            Some(_) => self.look(&key).await.map_err(|_| ExplainError::StoreTrouble)?,
            None => Looked { entry: None, occupied: Vec::new() },
        };
        let parent = match &create {
            Ok(create) => self.parent_server(integration, create).await,
            Err(_) => Ok(None),
        };
        let lost = match &looked.entry {
            Some(Entry::Held(held)) if self.is_placed_afresh(held, &key) => Some(held.server.clone()),
            _ => None,
        };
        let tried: Vec<_> = lost.iter().cloned().collect();
        let wanted = Wanted {
            key: &key,
            hints: create.as_ref().map(Create::hints).unwrap_or_default(),
            integration,
            whereabouts: self.asked_from(request, integration),
            occupied: &looked.occupied,
            tried: &tried,
            only: parent.as_ref().ok().and_then(Option::as_ref),
            preferred: create.as_ref().ok().and_then(|create| create.preferred_server.as_deref()),
            attempt: 1,
        };
        let fleet = self.fleet();
        let (candidates, more, fenced) = self.ranked(&fleet, &network, &wanted);
        let left_out = self.left_out(&fleet, &wanted, &candidates, more);
        let outcome = match &create {
            Err(failure) => Outcome::Refused(*failure),
            Ok(_) => {
                let first = candidates.first().map(|first| &first.server);
                self.would_become(&looked, lost, plan, &wanted, parent.as_ref().err(), first).await?
            }
        };
        let router = network.router_of(integration);
        let policy = self.policy_of(router, &network).map(|policy| policy.name().to_owned());
        Ok(Explanation {
            at: self.clock.now(),
            integration: integration.name.clone(),
            meeting_id: request.meeting_id.clone(),
            whereabouts: wanted.whereabouts,
            router: router.name.clone(),
            policy: policy.unwrap_or_default(),
            preferred_server: wanted.preferred.map(str::to_owned),
            tags: integration.tags.clone(),
            outcome,
            candidates,
            more_candidates: more,
            left_out,
            fenced,
        })
    }

    /// The create as it would go on, or what refuses it.
    fn asked(
        request: &ExplainRequest,
        meeting_id: &MeetingId,
        integration: &Integration,
        plan: &Plan,
    ) -> Result<Create, Failure> {
        Self::allowed(Call::Create.name(), integration, plan)?;
        let mut params = request.params(meeting_id);
        integration.create.apply(&mut params);
        Self::planned(Create::read(params)?, plan)
    }

    fn asked_from(&self, request: &ExplainRequest, integration: &Integration) -> Whereabouts {
        match request.position {
            Some(position) => Whereabouts { position: Some(position), from: PositionFrom::Given },
            None => self.whereabouts(&request.forwarded_for, request.address, integration),
        }
    }

    async fn look(&self, key: &MeetingKey) -> Result<Looked, Failure> {
        let entry = self.stored(self.store.find(key).await)?;
        Ok(Looked { entry, occupied: self.stored(self.store.occupied(key).await)? })
    }

    /// The servers that may have the meeting, the first [`RANKED_TOLD`] of them, whether there are more, and which policies were
    /// passed over. None is fenced off by being asked here.
    fn ranked(
        &self,
        fleet: &Fleet,
        network: &Network,
        wanted: &Wanted<'_>,
    ) -> (Vec<RankedServer>, bool, Vec<FencedPolicy>) {
        let (mut ranked, mut more) = (Vec::new(), false);
        let passed_over = self.walk(fleet, network, wanted, &mut |found| {
            more = ranked.len() == RANKED_TOLD;
            if more {
                return ControlFlow::Break(());
            }
            ranked.push(RankedServer::new(found, wanted.whereabouts.position, self.clock.now()));
            ControlFlow::Continue(())
        });
        (ranked, more, passed_over.into_iter().map(FencedPolicy::from).collect())
    }

    /// The servers that are not `ranked`, and why.
    fn left_out(&self, fleet: &Fleet, wanted: &Wanted<'_>, ranked: &[RankedServer], more: bool) -> Vec<LeftOutServer> {
        let now = self.clock.now();
        let ranked: HashSet<_> = ranked.iter().map(|ranked| &ranked.server).collect();
        let others = fleet.servers().iter().filter(|server| !ranked.contains(&server.server.name));
        let told = others.filter_map(|server| {
            let mut reasons: Vec<_> = wanted.left_out(server, Tier::Regular, now).collect();
            let waits = || self.settings.last_resort && wanted.is_eligible(server, Tier::Warned, now);
            if reasons.is_empty() || waits() {
                if more {
                    return None;
                }
                reasons.push(LeftOut::NotRanked);
            }
            Some(LeftOutServer::new(server, reasons, wanted.integration, now))
        });
        told.collect()
    }

    /// What would become of the create, if nothing is wrong with it: looked at in the order in which a create comes upon it.
    async fn would_become(
        &self,
        looked: &Looked,
        lost: Option<ServerName>,
        plan: &Plan,
        wanted: &Wanted<'_>,
        no_parent: Option<&Failure>,
        first: Option<&ServerName>,
    ) -> Result<Outcome, ExplainError> {
        match &looked.entry {
            Some(Entry::Claimed(claim)) => return Ok(Outcome::UnderWay { server: claim.server.clone() }),
            Some(Entry::Held(held)) if lost.is_none() => {
                let answers = self.server_of(held).is_ok();
                let meeting = Arc::clone(held);
                return Ok(Outcome::There { meeting, answers });
            }
            _ => {}
        }
        let refused = async {
            if lost.is_none() {
                self.leave_room_for_users(wanted.integration, plan).await?;
            }
            if let Some(failure) = no_parent {
                return Err(*failure);
            }
            if first.is_none() {
                return Ok(Some(self.no_place(wanted).await));
            }
            if lost.is_none() && self.has_all_meetings(wanted.integration, plan).await? {
                return Err(Failure::TooManyMeetings);
            }
            Ok(None)
        };
        Ok(match (refused.await, first) {
            (Err(Failure::StoreTrouble), _) => return Err(ExplainError::StoreTrouble),
            (Err(failure), _) => Outcome::Refused(failure),
            (Ok(Some(failure)), _) => Outcome::NoServer(failure),
            (Ok(None), Some(server)) => Outcome::Placed { server: server.clone(), afresh_from: lost },
            (Ok(None), None) => Outcome::NoServer(Failure::NoServer),
        })
    }

    /// Whether the integration has as many meetings as its plan lets it have; those that are about to be are among them.
    async fn has_all_meetings(&self, integration: &Integration, plan: &Plan) -> Result<bool, Failure> {
        let Some(limit) = plan.max_concurrent_meetings else { return Ok(false) };
        let held = self.stored(self.store.meetings_of(&integration.name).await)?.len();
        let claims = self.stored(self.store.claims().await)?;
        let claimed = claims.iter().filter(|claim| claim.key.integration == integration.name).count();
        Ok(held + claimed >= usize::try_from(limit).unwrap_or(usize::MAX))
    }
}

impl Explanation {
    /// Whether the meeting would go to a server that is disabled by WARNING, because no other can take it.
    pub fn is_last_resort(&self) -> bool {
        let first = self.candidates.first().is_some_and(|first| first.way == Way::LastResort);
        first && matches!(self.outcome, Outcome::Placed { .. })
    }
}
