//! What hooks/destroy does: it takes a hook of the website's own away.

use crate::api::{Failure, Params, hooks};
use crate::balancer::{Answered, Balancer};
use crate::network::Integration;

impl Balancer {
    pub(in crate::balancer) async fn hooks_destroy(
        &self,
        integration: &Integration,
        params: &Params,
    ) -> Result<Answered, Failure> {
        if self.relay.is_none() {
            return Err(Failure::UnsupportedRequest);
        }
        let id = hooks::read_destroy(params)?;
        let removed = self.stored(self.stores.hooks.remove_hook(&integration.name, id).await);
        match removed.map_err(|_| Failure::HookNotDestroyed)? {
            true => Ok(Answered::locally(hooks::destroyed())),
            false => Err(Failure::HookNotFound),
        }
    }
}
