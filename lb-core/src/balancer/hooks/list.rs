//! What hooks/list answers: the website's own hooks; where a meeting is named, those that hear of it.

use crate::api::{Failure, Params, hooks};
use crate::balancer::{Answered, Balancer};
use crate::hook::Hook;
use crate::network::Integration;

impl Balancer {
    pub(in crate::balancer) async fn hooks_list(
        &self,
        integration: &Integration,
        params: &Params,
    ) -> Result<Answered, Failure> {
        if self.relay.is_none() {
            return Err(Failure::UnsupportedRequest);
        }
        let own = self.stored(self.stores.hooks.hooks_of(&integration.name).await);
        let own = own.map_err(|_| Failure::HooksNotListed)?;
        let meeting = params.given("meetingID");
        let hears = |hook: &&Hook| {
            let only = hook.wish.meeting.as_ref().map(|id| id.as_str());
            meeting.is_none() || only.is_none() || only == meeting
        };
        Ok(Answered::locally(hooks::list(own.iter().map(|hook| &**hook).filter(hears))))
    }
}
