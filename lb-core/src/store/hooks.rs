//! [`HookStore`]: which websites want to hear of what, and whose the meetings were that have ended.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use imbl::OrdMap;

use super::StoreError;
use crate::clock::Timestamp;
use crate::hook::{Hook, HookId, HookWish, MOST_HOOK_BYTES, MOST_HOOKS, MOST_HOOKS_IN_ALL};
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::network::IntegrationName;
use crate::server::ServerName;

/// Keeps hooks, and for a while whose a meeting was: what becomes of its recording is told long after its end. Changes are as
/// durable as those of a [`MeetingStore`](super::MeetingStore); hooks are looked up from memory.
///
/// # Cancel safety
/// Dropping the future of a change leaves it open whether it happens; it never half happens.
#[async_trait]
pub trait HookStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a new hook under a number of its own, unless the integration has one for that URL or too many.
    async fn add_hook(&self, wish: HookWish) -> Result<HookAdded, StoreError>;

    /// Takes a hook of `integration` away. Answers whether there was one.
    async fn remove_hook(&self, integration: &IntegrationName, id: HookId) -> Result<bool, StoreError>;

    /// All hooks of an integration, by number.
    async fn hooks_of(&self, integration: &IntegrationName) -> Result<Arc<[Arc<Hook>]>, StoreError>;

    /// Notes whose an incarnation was that has ended.
    async fn note_ended(&self, ended: EndedMeeting) -> Result<(), StoreError>;

    /// The incarnation that was noted as ended, if it was held on `server`.
    async fn ended_meeting(
        &self,
        internal_id: &InternalMeetingId,
        server: &ServerName,
    ) -> Result<Option<EndedMeeting>, StoreError>;

    /// Forgets those that ended before `before`.
    async fn forget_ended(&self, before: Timestamp) -> Result<(), StoreError>;
}

/// What came of adding a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAdded {
    /// It is kept.
    Added(HookId),
    /// The integration has one for that URL already.
    Known(HookId),
    /// The integration has [`MOST_HOOKS`], or all have [`MOST_HOOKS_IN_ALL`] or take [`MOST_HOOK_BYTES`].
    Full,
}

/// An incarnation of a meeting that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedMeeting {
    /// BBB's id of it.
    pub internal_id: InternalMeetingId,
    /// Whose it was, and which.
    pub key: MeetingKey,
    /// Where it was.
    pub server: ServerName,
    /// When its end was learnt.
    pub at: Timestamp,
}

/// All hooks as one persistent value, for stores that answer from memory: a change answers another index that shares nearly
/// everything.
#[derive(Clone, Debug, Default)]
pub struct HookIndex {
    hooks: OrdMap<IntegrationName, Arc<[Arc<Hook>]>>,
    count: usize,
    bytes: usize,
    // the last number that was given
    last: u64,
}

impl HookIndex {
    /// The index of `hooks`, in any order. `last` is the highest number that was ever given.
    pub fn new(hooks: impl IntoIterator<Item = Hook>, last: u64) -> Self {
        let mut index = Self { last, ..Self::default() };
        for hook in hooks {
            index.last = index.last.max(hook.id.0);
            index.put(hook);
        }
        index
    }

    /// See [`HookStore::add_hook`]. Where it was added, the second is the hook.
    pub fn add(&mut self, wish: HookWish) -> (HookAdded, Option<Arc<Hook>>) {
        let own = self.of(&wish.integration);
        if let Some(known) = own.iter().find(|hook| hook.wish.url == wish.url) {
            return (HookAdded::Known(known.id), None);
        }
        let is_full = self.count >= MOST_HOOKS_IN_ALL || self.bytes + wish.bytes() > MOST_HOOK_BYTES;
        if own.len() >= MOST_HOOKS || is_full {
            return (HookAdded::Full, None);
        }
        self.last += 1;
        let hook = self.put(Hook { id: HookId(self.last), wish });
        (HookAdded::Added(hook.id), Some(hook))
    }

    /// See [`HookStore::remove_hook`].
    pub fn remove(&mut self, integration: &IntegrationName, id: HookId) -> bool {
        let own = self.of(integration);
        let rest: Arc<[_]> = own.iter().filter(|hook| hook.id != id).cloned().collect();
        let removed = rest.len() < own.len();
        if removed {
            self.count -= 1;
            self.bytes -= bytes(&own) - bytes(&rest);
            if rest.is_empty() {
                self.hooks.remove(integration)
            } else {
                self.hooks.insert(integration.clone(), rest)
            };
        }
        removed
    }

    /// Takes all hooks of an integration away, which is itself removed.
    pub fn remove_all(&mut self, integration: &IntegrationName) {
        if let Some(own) = self.hooks.remove(integration) {
            self.count -= own.len();
            self.bytes -= bytes(&own);
        }
    }

    /// See [`HookStore::hooks_of`].
    pub fn of(&self, integration: &IntegrationName) -> Arc<[Arc<Hook>]> {
        self.hooks.get(integration).cloned().unwrap_or_default()
    }

    fn put(&mut self, hook: Hook) -> Arc<Hook> {
        let hook = Arc::new(hook);
        let integration = &hook.wish.integration;
        let mut own = self.of(integration).to_vec();
        own.push(Arc::clone(&hook));
        own.sort_by_key(|hook| hook.id);
        self.hooks.insert(integration.clone(), own.into());
        self.count += 1;
        self.bytes += hook.wish.bytes();
        hook
    }
}

fn bytes(hooks: &[Arc<Hook>]) -> usize {
    hooks.iter().map(|hook| hook.wish.bytes()).sum()
}
