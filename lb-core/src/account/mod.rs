//! Who may run the network, and how much of it: people, their roles, and what they carry to show who they are.
//!
//! | | |
//! |---|---|
//! | [`Role`] | what a person is here |
//! | [`TokenScope`] | how much of its owner's role an API token has |
//! | [`Right`] | what a thing that can be done asks for |
//! | [`Reach`] | whose things somebody sees |
//! | [`Principal`] | somebody who has shown who they are |

mod principal;
mod role;

pub use self::principal::{Principal, Reach, Right};
pub use self::role::{Role, TokenScope};

use crate::names::name_type;

name_type! {
    /// How a person logs in: unique.
    UserName
}
