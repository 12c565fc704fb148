//! How near an integration is to the limits of its plan.

use super::Finding;
use crate::api::Failure;
use crate::balancer::Balancer;
use crate::network::{Integration, IntegrationName, Plan};

/// How much of what plans limit an integration has now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Meetings at the same time, with those that are being created.
    pub meetings: u32,
    /// Users at the same time, as the servers last said.
    pub users: u32,
    /// Calls in the busiest second of the last minute.
    pub calls_per_second: u32,
}

impl Balancer {
    /// How much of what plans limit the integration called `name` has now.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`].
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn used(&self, name: &IntegrationName) -> Result<Used, Failure> {
        let meetings = self.stored(self.store.meetings_of(name).await)?;
        let claims = self.stored(self.store.claims().await)?;
        // as they are counted where one more is refused
        let claimed = claims.iter().filter(|claim| claim.key.integration == *name).count();
        let fleet = self.fleet();
        let users = meetings.iter().filter_map(|meeting| {
            let list = fleet.server(&meeting.server)?.list.as_deref()?;
            list.find(&meeting.internal_id).filter(|listed| !listed.ended).map(|listed| listed.users)
        });
        Ok(Used {
            meetings: u32::try_from(meetings.len() + claimed).unwrap_or(u32::MAX),
            users: users.fold(0, u32::saturating_add),
            calls_per_second: self.support.regulars.of(name).busiest(self.clock.now()),
        })
    }

    /// The limits of which more than four fifths are used.
    pub(super) async fn near_limits(&self, integration: &Integration, plan: &Plan) -> Result<Vec<Finding>, Failure> {
        let Used { meetings, users, calls_per_second: calls } = self.used(&integration.name).await?;
        let near = [
            near("concurrent-meetings", "meetings at the same time", meetings, plan.max_concurrent_meetings),
            near("concurrent-users", "users at the same time", users, plan.max_concurrent_users),
            near("calls-per-second", "calls in the busiest second of the last minute", calls, plan.calls_per_second),
        ];
        Ok(near.into_iter().flatten().collect())
    }
}

fn near(word: &'static str, what: &str, used: u32, limit: Option<u32>) -> Option<Finding> {
    let limit = limit?;
    let says = format!("{used} of {limit} {what} that its plan has.");
    if used >= limit {
        let advice = "What goes beyond is refused. Give it another plan, or wait until some have ended.";
        return Some(Finding::trouble(word, says, advice));
    }
    let is_near = u64::from(used) * 5 > u64::from(limit) * 4;
    is_near.then(|| Finding::warning(word, says, "Think of a plan with a higher limit."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balancer::Severity;

    #[test]
    fn more_than_four_fifths_is_near_and_all_of_it_is_trouble() {
        let severity = |used, limit| near("x", "things", used, limit).map(|finding| finding.severity);
        assert_eq!((severity(100, None), severity(80, Some(100))), (None, None));
        assert_eq!(severity(81, Some(100)), Some(Severity::Warning));
        assert_eq!(
            (severity(100, Some(100)), severity(0, Some(0))),
            (Some(Severity::Trouble), Some(Severity::Trouble))
        );
    }
}
