//! [`BadAccounts`]: why users, tokens and sessions cannot be as somebody wants them.

use super::accounts::MOST_USERS;
use super::token::{LONGEST_LABEL, TOKENS_OF_ONE};
use super::user::{LONGEST_DISPLAY_NAME, LONGEST_USER_NAME};
use super::{TokenId, UserName};

/// Why users, tokens and sessions cannot be as they would be. Each is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadAccounts {
    /// A name is empty, has characters around it or in it that nobody sees, is too long, or cannot be a new user's: it is a
    /// word for something else that acts, or cannot stand in a path.
    #[error(
        "the name of a user must have 1 to {LONGEST_USER_NAME} bytes, no control characters, no space at its ends, none of \
         / \\ ? # % ( ), and must not be . or .., configuration, balancer, or begin with \"local user\""
    )]
    Name,
    /// A display name or a label is too long.
    #[error("a display name has at most {LONGEST_DISPLAY_NAME} bytes, a label at most {LONGEST_LABEL}")]
    TooLong,
    /// There are as many users as there may be.
    #[error("there are {MOST_USERS} users already, and there may be no more")]
    TooManyUsers,
    /// A user has as many tokens as they may.
    #[error("user {user} has {TOKENS_OF_ONE} tokens already: revoke those that nothing uses any more")]
    TooManyTokens {
        /// Whose.
        user: UserName,
    },
    /// Nobody would be left who may do everything.
    #[error("user {user} is the last active administrator: make another one first")]
    LastAdministrator {
        /// Who.
        user: UserName,
    },
    /// There is nobody of that name.
    #[error("there is no user {user}")]
    NoSuchUser {
        /// Who is meant.
        user: UserName,
    },
    /// There is no such token.
    #[error("there is no token {id}")]
    NoSuchToken {
        /// Which is meant.
        id: TokenId,
    },
    /// The token is there already.
    #[error("there is a token {id} already")]
    SameToken {
        /// Which.
        id: TokenId,
    },
}
