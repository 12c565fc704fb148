//! Tokens are made and revoked.

use lb_core::account::{AccountChange, Accounts, ApiToken, BadAccounts, TokenId, TokenScope, UserName};
use lb_core::balancer::Actor;
use lb_core::event::{Administered, Subject};
use lb_core::{Secret, Timestamp};

use super::{AccountError, AccountService, told};

/// What is said of a new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenWish {
    /// Whose it is to be.
    pub user: UserName,
    /// What it is called.
    pub label: String,
    /// How much of its owner's role it has.
    pub scope: TokenScope,
    /// From when on it is not valid any more.
    pub expires_at: Option<Timestamp>,
}

impl AccountService {
    /// Makes a token: what is kept of it, and the token itself, which nobody can tell again.
    ///
    /// # Errors
    /// [`AccountError`]: there is none.
    pub async fn make_token(&self, wish: TokenWish, by: &Actor) -> Result<(ApiToken, Secret), AccountError> {
        let now = self.clock.now();
        if wish.expires_at.is_some_and(|until| until <= now) {
            return Err(AccountError::Expired);
        }
        let (drawn, secret) = ApiToken::draw(wish.user, wish.label, wish.scope, now, &*self.rng);
        let token = ApiToken { expires_at: wish.expires_at, ..drawn };
        let decide = |_: &Accounts| {
            let subject = Subject::new("token", &token.id);
            let event = self.event(by, Administered::TokenMade, subject, told::facts(&token));
            Ok::<_, AccountError>((vec![AccountChange::AddToken(token.clone())], vec![event]))
        };
        self.change(decide).await?;
        Ok((token, secret))
    }

    /// Makes a token invalid at once. With `owner`, only one of theirs.
    ///
    /// # Errors
    /// [`AccountError`]: nothing was changed.
    pub async fn revoke_token(&self, id: &TokenId, owner: Option<&UserName>, by: &Actor) -> Result<(), AccountError> {
        let decide = |accounts: &Accounts| {
            let token = accounts.token(id.as_str()).filter(|token| owner.is_none_or(|owner| *owner == token.user));
            let token = token.ok_or_else(|| BadAccounts::NoSuchToken { id: id.clone() })?;
            let event = self.event(by, Administered::TokenRevoked, Subject::new("token", id), told::facts_gone(token));
            Ok::<_, AccountError>((vec![AccountChange::RemoveToken(id.clone())], vec![event]))
        };
        self.change(decide).await.map(drop)
    }
}
