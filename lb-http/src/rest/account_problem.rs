//! Why something was not done to an account, as a [`Problem`].

use lb_core::account::BadAccounts;

use super::problem::Problem;
use crate::accounts::{AccountError, LoginRefused};

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let detail = error.to_string();
        match error {
            AccountError::Bad(BadAccounts::NoSuchUser { user }) => Self::not_found(format!("user {user}")),
            AccountError::Bad(BadAccounts::NoSuchToken { id }) => Self::not_found(format!("token {id}")),
            AccountError::Bad(BadAccounts::Name | BadAccounts::TooLong) => Self::bad(detail),
            AccountError::Bad(_) => Self::conflict(detail),
            AccountError::Exists { .. } | AccountError::Overtaken { .. } => Self::overtaken(detail),
            AccountError::NoSuchPartner { .. } | AccountError::Password(_) | AccountError::Expired => Self::bad(detail),
            AccountError::WrongPassword | AccountError::FirstToken => Self::forbidden(detail),
            AccountError::Locked { retry_after } => Self::too_often(detail, retry_after.as_secs().max(1)),
            AccountError::Busy => Self::unavailable(detail),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<LoginRefused> for Problem {
    fn from(refused: LoginRefused) -> Self {
        let detail = refused.to_string();
        match refused {
            LoginRefused::Wrong => Self::unknown_caller(detail),
            LoginRefused::Locked { retry_after } => Self::too_often(detail, retry_after.as_secs().max(1)),
            LoginRefused::Busy => Self::unavailable(detail),
            LoginRefused::Store(error) => error.into(),
        }
    }
}
