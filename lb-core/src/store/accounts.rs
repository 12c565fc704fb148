//! [`AccountStore`]: where users, tokens and sessions are kept.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::account::{AccountChange, AccountUse, Accounts};
use crate::event::Event;
use crate::network::Revision;

/// Keeps the accounts. It has the present ones in memory, so that every request can look at them.
#[async_trait]
pub trait AccountStore: fmt::Debug + Send + Sync + 'static {
    /// The accounts as they are now: what [`change_accounts`](Self::change_accounts) answered last, with what
    /// [`note_use`](Self::note_use) has noted since. It takes no lock and reads nothing but memory.
    fn accounts(&self) -> Arc<Accounts>;

    /// Makes `changes`, all at once, of the accounts at revision `base`, and stores `events` with them. Answers the accounts that
    /// came of it; from then on they are the present ones.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] where the accounts are no longer at `base`: whoever decided on the changes must look again.
    /// [`StoreError::BadAccounts`] where they would not be whole. Whatever the error, nothing is changed.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the change happens; where it does, it is present like any other.
    async fn change_accounts(
        &self,
        base: Revision,
        changes: Vec<AccountChange>,
        events: Vec<Event>,
    ) -> Result<Arc<Accounts>, StoreError>;

    /// Notes that something was used, soon, where it is to be noted at all. It returns at once; where the store is too busy, or
    /// in trouble, nothing is noted, and the next use is.
    fn note_use(&self, used: AccountUse);
}
