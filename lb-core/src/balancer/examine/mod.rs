//! [`Examination`]: what is wrong with one integration, and what to do about it.
//!
//! | file | what |
//! |---|---|
//! | `calls` | its refused calls, and why their checksums are wrong |
//! | `limits` | how near it is to the limits of its plan |
//! | `finding` | what is said |

mod calls;
mod finding;
mod limits;

use std::net::IpAddr;
use std::time::Duration;

pub use self::calls::ExaminedCall;
pub use self::finding::{Finding, Severity};
pub use self::limits::Used;

use super::Balancer;
use super::unreached::UnreachedHost;
use crate::account::Reach;
use crate::api::Failure;
use crate::callback::CallbackKind;
use crate::clock::Timestamp;
use crate::network::{Integration, IntegrationName, PlanName};

/// A secret that expires within this time is told of.
const EXPIRES_SOON: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is wrong with one integration. Nothing in it shows a query, a digest or a secret.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Which.
    pub integration: IntegrationName,
    /// When it was examined.
    pub at: Timestamp,
    /// Since when calls and callbacks are remembered: since the start of this process.
    pub remembered_since: Timestamp,
    /// Whether it may use the balancer.
    pub active: bool,
    /// Its plan.
    pub plan: PlanName,
    /// When it last called with success, and from where.
    pub last_success: Option<(Timestamp, Option<IpAddr>)>,
    /// What was found, the worst first; empty where all is well.
    pub findings: Vec<Finding>,
    /// Its calls that were refused of late, the newest first.
    pub refused: Vec<ExaminedCall>,
    /// The hosts that its callbacks and hooks do not reach.
    pub unreached: Vec<UnreachedHost>,
    /// Callbacks that wait.
    pub waiting: usize,
}

impl Balancer {
    /// Examines the integration called `name`, for somebody who sees what is within `reach`; `None` where there is no such
    /// integration, or it is not within that.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn examine(&self, name: &IntegrationName, reach: &Reach) -> Result<Option<Examination>, Failure> {
        let network = self.network();
        let Some(integration) = network.integration(name.as_str()).filter(|found| reach.has(found)) else {
            return Ok(None);
        };
        let (plan, now) = (network.plan_of(integration), self.clock.now());
        let refused = self.refused_calls(&network, integration, reach).await;
        let unreached = self.support.unreached.of(name);
        let waiting = self.stored(self.store.waiting(name).await)?;
        let last_success = self.support.regulars.of(name).succeeded;
        let mut findings = Vec::new();
        if !integration.active {
            findings.push(Finding::trouble("inactive", "It is not active: all its calls are refused.", "Activate it."));
        }
        if !plan.active {
            let says = format!("Its plan {} is not active: all its calls are refused.", plan.name);
            findings.push(Finding::trouble("plan-inactive", says, "Activate the plan, or give it another one."));
        }
        findings.extend(secrets(integration, now));
        findings.extend(self.servers_for(integration));
        findings.extend(calls::findings(&refused));
        findings.extend(self.near_limits(integration, plan).await?);
        findings.extend(unreached.iter().map(|host| unreached_finding(host, now)));
        if last_success.is_none() {
            let says = "No call of it has succeeded since this balancer was started.";
            let advice = "If it should have called: see its URL, and what stands between it and the balancer.";
            findings.push(Finding::note("no-calls", says, advice));
        }
        findings.sort_by_key(|finding| finding.severity);
        Ok(Some(Examination {
            integration: name.clone(),
            at: now,
            remembered_since: self.support.since(),
            active: integration.active,
            plan: plan.name.clone(),
            last_success,
            findings,
            refused,
            unreached,
            waiting,
        }))
    }

    /// Whether there are servers for its meetings.
    fn servers_for(&self, integration: &Integration) -> Option<Finding> {
        let (fleet, now) = (self.fleet(), self.clock.now());
        let allowed: Vec<_> =
            fleet.servers().iter().filter(|server| integration.tags.allow(&server.server.tags)).collect();
        let ready = allowed.iter().filter(|server| server.state().takes_new_meetings() && server.has_room(now)).count();
        let advice = "See the states of the servers, and the tags that the integration asks for.";
        match (allowed.len(), ready) {
            (0, _) => {
                let says = "No server has the tags that it asks for: it can create no meeting.";
                Some(Finding::trouble("no-server", says, advice))
            }
            (all, 0) => {
                let says = format!("None of the {all} servers for it takes a new meeting now.");
                Some(Finding::trouble("no-server", says, advice))
            }
            (all, 1) if all > 1 => {
                let says = format!("Only 1 of the {all} servers for it takes a new meeting now.");
                Some(Finding::warning("few-servers", says, advice))
            }
            _ => None,
        }
    }
}

/// What is to be said of its secrets.
fn secrets(integration: &Integration, now: Timestamp) -> Vec<Finding> {
    let called = |label: &str| if label.is_empty() { "without a label".to_owned() } else { format!("\"{label}\"") };
    let valid: Vec<_> = integration.secrets.iter().filter(|secret| secret.is_valid(now)).collect();
    if valid.is_empty() {
        let says = "None of its secrets is valid: all its calls are refused.";
        return vec![Finding::trouble("no-valid-secret", says, "Add a secret, or let one be valid for longer.")];
    }
    let soon = |end: Timestamp| end.since(now) <= EXPIRES_SOON;
    let expiring = valid.iter().filter_map(|secret| Some((secret, secret.expires_at.filter(|end| soon(*end))?)));
    let told = expiring.map(|(secret, end)| {
        let days = end.since(now).as_secs() / (24 * 3600);
        let within = if days == 0 { "within a day".to_owned() } else { format!("in {days} days") };
        let says = format!("Its secret {} expires {within}.", called(&secret.label));
        match valid.len() {
            1 => {
                Finding::warning("secret-expires", says, "It is the only valid one: give the website a new one before.")
            }
            _ => Finding::note("secret-expires", says, "See that the website has the other one by then."),
        }
    });
    told.collect()
}

fn unreached_finding(host: &UnreachedHost, now: Timestamp) -> Finding {
    let next = match host.next_try {
        Some(at) => format!("the next try is in {} s", at.since(now).as_secs()),
        None => "it is not tried again".to_owned(),
    };
    let minutes = now.since(host.since).as_secs() / 60;
    let word = if host.kind == CallbackKind::Hook { "hook-failing" } else { "callbacks-failing" };
    let says = format!(
        "{} cannot be told ({}): {} ({} tries in {minutes} min; {next}).",
        host.host,
        host.kind.as_str(),
        host.problem,
        host.failures
    );
    Finding::warning(
        word,
        says,
        "See that the website takes what the balancer sends, and that it can be reached from here.",
    )
}
