//! Who shows a cookie or a token.

use lb_core::Secret;
use lb_core::account::{AccountUse, Accounts, ApiToken, Principal, SecretDigest, TokenId, TokenScope, UserName};

use super::AccountService;

/// The longest text that is looked at as a cookie or token.
const LONGEST: usize = 200;

impl AccountService {
    /// Who has begun the session of this cookie, and the token that a page must send with whatever changes something.
    pub fn by_session(&self, cookie: &str) -> Option<(Principal, Secret)> {
        let digest = digest(cookie)?;
        let (accounts, now) = (self.accounts(), self.clock.now());
        let session = accounts.session(&digest).filter(|session| !session.has_ended(now))?;
        let principal = principal(&accounts, &session.user, TokenScope::Full)?;
        if session.is_use_to_be_noted(now) {
            self.store.note_use(AccountUse::Session(digest, now));
        }
        Some((principal, session.csrf.clone()))
    }

    /// Whose token this is, what it may do, and its id.
    pub fn by_token(&self, bearer: &str) -> Option<(Principal, TokenId)> {
        let digest = digest(bearer)?;
        let (accounts, now) = (self.accounts(), self.clock.now());
        let token = accounts.token(ApiToken::id_in(bearer)?)?;
        if token.digest != digest || token.has_expired(now) {
            return None;
        }
        let principal = principal(&accounts, &token.user, token.scope)?;
        if token.is_use_to_be_noted(now) {
            self.store.note_use(AccountUse::Token(token.id.clone(), now));
        }
        Some((principal, token.id.clone()))
    }
}

fn digest(shown: &str) -> Option<SecretDigest> {
    (shown.len() <= LONGEST).then(|| SecretDigest::of_text(shown))
}

/// Somebody who is let in, with the role that they have now.
fn principal(accounts: &Accounts, user: &UserName, scope: TokenScope) -> Option<Principal> {
    let user = accounts.user(user.as_str()).filter(|user| user.active)?;
    Some(Principal { user: user.name.clone(), role: user.role.clone(), scope })
}
