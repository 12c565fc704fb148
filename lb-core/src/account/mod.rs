//! Who may run the network, and how much of it: people, their roles, and what they carry to show who they are.
//!
//! | | |
//! |---|---|
//! | [`Role`] | what a person is here |
//! | [`TokenScope`] | how much of its owner's role an API token has |
//! | [`Right`] | what a thing that can be done asks for |
//! | [`Reach`] | whose things somebody sees |
//! | [`Principal`] | somebody who has shown who they are |
//! | [`User`] | somebody who may log in |
//! | [`ApiToken`] | what a program shows instead of a password |
//! | [`Session`] | somebody who has logged in |
//! | [`Accounts`] | the immutable snapshot of all of them |
//! | [`AccountChange`] | what makes other accounts of them |

mod accounts;
mod bad;
mod digest;
mod principal;
mod role;
mod session;
#[cfg(test)]
mod tests;
mod token;
mod user;

pub use self::accounts::{AccountChange, AccountUse, Accounts, MOST_USERS};
pub use self::bad::BadAccounts;
pub use self::digest::SecretDigest;
pub use self::principal::{Principal, Reach, Right};
pub use self::role::{Role, TokenScope};
pub use self::session::{
    FIRST_ADMINISTRATOR_LASTS, FirstAdministrator, SESSION_IDLE, SESSION_LASTS, SESSIONS_OF_ONE, Session,
};
pub use self::token::{ApiToken, LONGEST_LABEL, TOKENS_OF_ONE, TokenId};
pub use self::user::{LONGEST_DISPLAY_NAME, LONGEST_USER_NAME, PasswordHash, User};

use crate::names::name_type;

name_type! {
    /// How a person logs in: unique.
    UserName
}
