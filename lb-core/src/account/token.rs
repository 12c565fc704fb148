//! [`ApiToken`]: what a program shows instead of a password.

use std::time::Duration;

use super::{SecretDigest, TokenScope, UserName};
use crate::clock::Timestamp;
use crate::names::name_type;
use crate::{Rng, RngExt, Secret};

/// How many tokens a user has at most.
pub const TOKENS_OF_ONE: usize = 100;

/// The longest label of a token, in bytes.
pub const LONGEST_LABEL: usize = 255;

/// What every token begins with, so that programs that look for lost secrets know one.
const MARK: &str = "lbt_";

/// How many characters of a token are public, and how many are not.
const ID_LENGTH: usize = 10;
const SECRET_LENGTH: usize = 40;

/// The use of a token is noted at most so often.
pub(crate) const TOKEN_USE_NOTED: Duration = Duration::from_secs(3600);

name_type! {
    /// Names a token. It is part of the token and no secret.
    TokenId
}

/// What a program shows instead of a password: it may do what its owner may, as far as its scope goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub user: UserName,
    /// What its owner calls it; at most 255 bytes.
    pub label: String,
    /// What it is recognised by.
    pub digest: SecretDigest,
    /// How much of its owner's role it has.
    pub scope: TokenScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is not valid any more.
    pub expires_at: Option<Timestamp>,
    /// When it was used last; up to an hour behind.
    pub last_used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Draws a new token: what is kept of it, and the token itself, `lbt_<id>_<40 characters>`, which nobody can tell again.
    pub fn draw(
        user: UserName,
        label: String,
        scope: TokenScope,
        created_at: Timestamp,
        rng: &dyn Rng,
    ) -> (Self, Secret) {
        let id = rng.alphanumeric(ID_LENGTH);
        let token = Secret::from(format!("{MARK}{id}_{}", rng.alphanumeric(SECRET_LENGTH)));
        let digest = SecretDigest::of(&token);
        let kept = Self { id: id.into(), user, label, digest, scope, created_at, expires_at: None, last_used_at: None };
        (kept, token)
    }

    /// The id in a text that may be a token.
    pub fn id_in(token: &str) -> Option<&str> {
        let (id, secret) = token.strip_prefix(MARK)?.split_once('_')?;
        (id.len() == ID_LENGTH && secret.len() == SECRET_LENGTH).then_some(id)
    }

    /// Whether it is not valid any more, whoever has it.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|until| now >= until)
    }

    /// Whether its use now should be noted: it is noted once an hour at most.
    pub fn is_use_to_be_noted(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|last| now.since(last.as_past(now)) >= TOKEN_USE_NOTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRng;

    #[test]
    fn a_token_is_drawn_whole_and_only_its_id_and_digest_are_kept() {
        let draw =
            || ApiToken::draw("ana".into(), String::new(), TokenScope::Read, Timestamp::default(), &SeededRng::new(1));
        let (kept, token) = draw();
        let text = token.expose();
        assert_eq!(text.len(), "lbt_".len() + 10 + 1 + 40);
        assert_eq!(ApiToken::id_in(text), Some(kept.id.as_str()));
        assert_eq!(kept.digest, SecretDigest::of_text(text));
        assert!(!format!("{kept:?}").contains(&text[15..]));
        for other in ["", "lbt_", "lbt_x_y", &text[1..], &text[..text.len() - 1], "lbt_aaaaaaaaaa"] {
            assert_eq!(ApiToken::id_in(other), None, "{other}");
        }
    }

    #[test]
    fn a_token_expires_at_its_moment_and_its_use_is_noted_once_an_hour() {
        let at = Timestamp::from_millis;
        let (mut kept, _) = ApiToken::draw("ana".into(), String::new(), TokenScope::Read, at(0), &SeededRng::new(1));
        assert!(!kept.has_expired(at(u64::MAX)) && kept.is_use_to_be_noted(at(1)));
        kept.expires_at = Some(at(10));
        kept.last_used_at = Some(at(5));
        assert!(!kept.has_expired(at(9)) && kept.has_expired(at(10)));
        assert!(!kept.is_use_to_be_noted(at(5 + 3_599_999)) && kept.is_use_to_be_noted(at(5 + 3_600_000)));
    }
}
