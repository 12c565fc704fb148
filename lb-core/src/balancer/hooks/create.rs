//! What hooks/create does: it keeps a hook, if its URL is one that the website may be told at.

use crate::api::{Failure, Params, hooks};
use crate::balancer::{Answered, Balancer};
use crate::network::Integration;
use crate::store::HookAdded;

impl Balancer {
    pub(in crate::balancer) async fn hooks_create(
        &self,
        integration: &Integration,
        params: &Params,
    ) -> Result<Answered, Failure> {
        // without it nobody could be told
        let relay = self.relay.as_ref().ok_or(Failure::UnsupportedRequest)?;
        let wish = hooks::read_create(params, &integration.name)?;
        if !wish.url.is_at(&integration.callback_hosts) || !relay.sender.may_reach(&wish.url) {
            return Err(Failure::HookNotCreated);
        }
        let added = self.stored(self.stores.hooks.add_hook(wish).await).map_err(|_| Failure::HookNotCreated)?;
        match added {
            HookAdded::Added(id) => Ok(Answered::locally(hooks::created(id))),
            HookAdded::Known(id) => {
                Ok(Answered { key: hooks::DUPLICATE.into(), ..Answered::locally(hooks::duplicate(id)) })
            }
            HookAdded::Full => Err(Failure::HookNotCreated),
        }
    }
}
