//! Hooks: what websites ask for, the balancer's own hook on each server, and what is passed on.
//!
//! ```text
//!   hooks/create … ──▶ create, destroy, list ──▶ HookStore
//!   keep_hook ──hooks/list, hooks/create──▶ each server that has bbb-webhooks, again and again
//!   server ──POST──▶ hook_heard: signed? whose meeting? ──▶ a delivery for each hook that wants it ──▶ Outbox
//!   what the balancer does itself ──▶ own ───────────────────▲
//! ```

mod create;
mod destroy;
mod heard;
mod keep;
mod list;
mod own;

use std::sync::Arc;
use std::time::Duration;

use url::Url;

pub use self::heard::HookHeard;
pub(super) use self::keep::ServerHooks;

use super::Balancer;
use crate::api::Failure;
use crate::callback::{CallbackKind, Callbacks, Delivery, DeliveryId, Message};
use crate::hook::{Hook, HookEvent, token};
use crate::meeting::{Meeting, MeetingId, MeetingKey};
use crate::network::IntegrationName;
use crate::server::{Server, ServerName};

/// The segments of a path that stand before a server's name and a token.
const PLACE: [&str; 2] = ["callbacks", "hook"];

/// How long it is known whose a meeting was that has ended: longer than recordings are worked on.
const ENDED_KNOWN: Duration = Duration::from_secs(30 * 24 * 3600);

impl Balancer {
    /// The URL of the balancer's own hook on a server; `None` where hooks are not passed on.
    fn own_hook_url(&self, server: &Server) -> Option<Url> {
        let relay = self.relay.as_ref().filter(|_| self.settings.webhooks)?;
        let mut url = relay.public_url.clone();
        let token = token::of(server, &self.settings.guid);
        url.path_segments_mut().ok()?.pop_if_empty().extend(PLACE).extend([server.name.as_str(), &token]);
        Some(url)
    }

    /// Forgets whose the meetings were that ended more than 30 days ago. To be called now and then.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store fails.
    pub async fn forget_ended(&self) -> Result<(), Failure> {
        self.stored(self.stores.hooks.forget_ended(self.clock.now().before(ENDED_KNOWN)).await)
    }

    /// Whether a delivery is still to be made: all are, but those for hooks that were taken away.
    pub(super) async fn is_wanted(&self, delivery: &Delivery) -> Result<bool, Failure> {
        let Message::Hook { hook, .. } = &delivery.message else { return Ok(true) };
        let hooks = self.stored(self.stores.hooks.hooks_of(&delivery.meeting.integration).await)?;
        Ok(hooks.iter().any(|known| known.id.to_string() == **hook))
    }

    /// Takes the hook away that a delivery was for, as bbb-webhooks does with one whose website has been away for too long.
    pub(super) async fn give_up_hook(&self, delivery: &Delivery) {
        let integration = &delivery.meeting.integration;
        if let Message::Hook { hook, .. } = &delivery.message
            && let Ok(id) = hook.parse()
        {
            // a store in trouble has been told of; the next delivery that is given up takes the hook away
            let _ = self.stored(self.stores.hooks.remove_hook(integration, id).await);
        }
    }

    /// What `event` of `server`, in the meeting `key`, leads to: one delivery for each of `hooks` that wants it.
    fn hook_deliveries(
        &self,
        hooks: &[Arc<Hook>],
        key: &MeetingKey,
        told_as: &MeetingId,
        server: &ServerName,
        event: &HookEvent,
    ) -> Vec<Delivery> {
        let (digest, posted) = (event.digest(server), Arc::<str>::from(event.posted()));
        let timestamp = self.clock.now().as_millis();
        let wanted = hooks.iter().filter(|hook| hook.wants(event.id(), told_as));
        let delivery = |hook: &Arc<Hook>| Delivery {
            id: DeliveryId { callback: hook.delivery(&digest), kind: CallbackKind::Hook },
            meeting: key.clone(),
            url: hook.wish.url.clone(),
            message: Message::Hook { hook: hook.id.to_string().into(), event: Arc::clone(&posted), timestamp },
            failures: 0,
        };
        wanted.map(delivery).collect()
    }

    /// `event` in words that the website of `integration`, whose meeting it is, may hear; `None` where that website is gone.
    fn hook_terms(
        &self,
        event: HookEvent,
        integration: &IntegrationName,
        told_as: &MeetingId,
        meeting: Option<&Meeting>,
    ) -> Option<HookEvent> {
        let network = self.network();
        let integration = network.integration(integration.as_str())?;
        let own = meeting.filter(|_| event.id() == "meeting-created").and_then(|meeting| meeting.callbacks.as_ref());
        let given: Vec<_> =
            own.into_iter().flat_map(Callbacks::metadata).map(|(key, url)| (key, url.expose())).collect();
        Some(event.for_website(integration, told_as, &given))
    }
}
