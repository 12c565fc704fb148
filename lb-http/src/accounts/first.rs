//! The first administrator: the way in while there is nobody.

use std::net::IpAddr;
use std::sync::Arc;

use lb_core::account::{
    AccountChange, Accounts, FIRST_ADMINISTRATOR_LASTS, FirstAdministrator, Role, SecretDigest, User, UserName,
};
use lb_core::balancer::Actor;
use lb_core::event::{Administered, Subject};
use lb_core::store::StoreError;
use lb_core::{RngExt, Secret};

use super::{AccountError, AccountService, told};

/// Characters of the token.
const TOKEN_LENGTH: usize = 40;

/// What is said of the first administrator.
#[derive(Clone, Debug)]
pub struct FirstAdministratorWish {
    /// What the balancer showed when it was started.
    pub token: Secret,
    /// How they will log in.
    pub name: UserName,
    /// What they are called.
    pub display_name: String,
    /// Their password.
    pub password: Secret,
}

impl AccountService {
    /// While there is no user: draws a token that [makes the first administrator](Self::make_first_administrator) once, within
    /// 24 hours, in the place of an earlier one. It is for the operator's eyes only: it goes into no log.
    ///
    /// # Errors
    /// [`StoreError`]: there is none.
    pub async fn draw_first_token(&self) -> Result<Option<Secret>, StoreError> {
        let token = Secret::from(self.rng.alphanumeric(TOKEN_LENGTH));
        let expires_at = self.clock.now() + FIRST_ADMINISTRATOR_LASTS;
        let first = FirstAdministrator { digest: SecretDigest::of(&token), expires_at };
        let decide = |accounts: &Accounts| {
            let change = accounts.is_empty().then(|| AccountChange::FirstAdministrator(Some(first.clone())));
            Ok::<_, StoreError>((change.into_iter().collect(), Vec::new()))
        };
        let accounts = self.change(decide).await?;
        Ok((accounts.first_administrator() == Some(&first)).then_some(token))
    }

    /// Makes the first administrator. The token is used up by that.
    ///
    /// # Errors
    /// [`AccountError`]: nothing was changed. [`AccountError::FirstToken`] where the token is not the right one, or there is
    /// somebody already.
    pub async fn make_first_administrator(
        &self,
        wish: FirstAdministratorWish,
        address: Option<IpAddr>,
    ) -> Result<Arc<User>, AccountError> {
        let (digest, now) = (SecretDigest::of(&wish.token), self.clock.now());
        let is_right = |accounts: &Accounts| {
            let first = accounts.first_administrator();
            accounts.is_empty() && first.is_some_and(|first| first.digest == digest && now < first.expires_at)
        };
        // before a hash is computed for a stranger
        if !is_right(&self.accounts()) {
            return Err(AccountError::FirstToken);
        }
        let hash = self.new_hash(&wish.password, &wish.name).await?;
        let user = User {
            display_name: wish.display_name,
            password: Some(hash),
            ..User::new(wish.name, Role::Administrator, now)
        };
        let by = Actor::new(user.name.as_str(), address);
        let decide = |accounts: &Accounts| {
            if !is_right(accounts) {
                return Err(AccountError::FirstToken);
            }
            let subject = Subject::new("user", &user.name);
            let event = self.event(&by, Administered::Added, subject, told::differences(None, &user));
            Ok((vec![AccountChange::PutUser(user.clone()), AccountChange::FirstAdministrator(None)], vec![event]))
        };
        let accounts = self.change(decide).await?;
        accounts.user(user.name.as_str()).cloned().ok_or(AccountError::FirstToken)
    }
}
