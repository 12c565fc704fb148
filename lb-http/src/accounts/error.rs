//! [`AccountError`]: why an account was not changed.

use std::time::Duration;

use lb_core::account::{BadAccounts, UserName};
use lb_core::network::PartnerName;
use lb_core::store::StoreError;

use super::password::{LONGEST_PASSWORD, SHORTEST_PASSWORD};

/// Why an account was not changed, in a sentence for who wanted to. None has a password or token in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The accounts would not be whole.
    #[error(transparent)]
    Bad(BadAccounts),
    /// It was to be new and is there already.
    #[error("user {user} is there already")]
    Exists {
        /// Who.
        user: UserName,
    },
    /// Somebody else has changed the user since they were looked at.
    #[error("user {user} has been changed by somebody else since they were looked at: look at them again")]
    Overtaken {
        /// Who.
        user: UserName,
    },
    /// The partner that a user is to look after is not there.
    #[error("there is no partner {partner}")]
    NoSuchPartner {
        /// Which is meant.
        partner: PartnerName,
    },
    /// The password is none that may be used.
    #[error(transparent)]
    Password(#[from] BadPassword),
    /// The old password is wrong.
    #[error("the old password is wrong")]
    WrongPassword,
    /// Too many wrong passwords were given.
    #[error("too many wrong passwords were given: try again in {} minutes", retry_after.as_secs().div_ceil(60))]
    Locked {
        /// When it may be tried again.
        retry_after: Duration,
    },
    /// A token is to end before it begins.
    #[error("the token would have expired already")]
    Expired,
    /// The one-time token for the first administrator is wrong or too old, or somebody has used it.
    #[error(
        "this token is wrong, too old, or used: the balancer shows a new one when it is started while there is no user"
    )]
    FirstToken,
    /// Too many passwords are being hashed.
    #[error("too many passwords are being checked at the moment: try again soon")]
    Busy,
    /// The store cannot keep it.
    #[error(transparent)]
    Store(StoreError),
}

/// Why a password may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadPassword {
    /// Too short or too long.
    #[error("a password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")]
    Length,
    /// It is the name of its user.
    #[error("a password must not be the name of its user")]
    Name,
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadAccounts(bad) => Self::Bad(bad),
            other => Self::Store(other),
        }
    }
}

impl From<BadAccounts> for AccountError {
    fn from(bad: BadAccounts) -> Self {
        Self::Bad(bad)
    }
}
