//! Why a user is not as somebody wanted them, beside the field that it is about.

use axum::http::StatusCode;
use lb_core::account::BadAccounts;

use crate::accounts::{AccountError, BadPassword};
use crate::pages::fields::Filled;
use crate::pages::words::UserWords;
use crate::rest::Problem;

/// Why it was not done.
#[derive(Debug)]
pub(super) enum Refused {
    /// A partner manager without a partner.
    NeedsPartner,
    /// What the accounts say.
    Account(AccountError),
}

impl From<AccountError> for Refused {
    fn from(error: AccountError) -> Self {
        Self::Account(error)
    }
}

impl Refused {
    /// Says it in the form. Answers the status of the page.
    ///
    /// # Errors
    /// [`Problem`]: it is about no field, and the page has nothing that could be corrected.
    pub(super) fn say(self, form: &mut Filled, w: &UserWords) -> Result<StatusCode, Problem> {
        let (key, why, status) = match self {
            Self::NeedsPartner => ("partner", w.needs_partner, StatusCode::BAD_REQUEST),
            Self::Account(error) => match error {
                AccountError::Bad(BadAccounts::Name) => ("name", w.bad_name, StatusCode::BAD_REQUEST),
                AccountError::Bad(BadAccounts::TooLong) => ("display_name", w.too_long, StatusCode::BAD_REQUEST),
                AccountError::Bad(BadAccounts::LastAdministrator { .. }) => {
                    ("role", w.last_administrator, StatusCode::CONFLICT)
                }
                AccountError::Bad(BadAccounts::TooManyUsers) => ("", w.too_many, StatusCode::CONFLICT),
                AccountError::Exists { .. } => ("name", w.taken, StatusCode::CONFLICT),
                AccountError::NoSuchPartner { .. } => ("partner", w.no_such_partner, StatusCode::BAD_REQUEST),
                AccountError::Password(BadPassword::Length) => ("password", w.bad_password, StatusCode::BAD_REQUEST),
                AccountError::Password(BadPassword::Name) => ("password", w.password_is_name, StatusCode::BAD_REQUEST),
                other => return Err(other.into()),
            },
        };
        form.refuse((!key.is_empty()).then_some(key), why.to_owned());
        Ok(status)
    }
}
