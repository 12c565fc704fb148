//! [`User`]: somebody who may log in.

use std::fmt;

use super::{Role, UserName};
use crate::clock::Timestamp;
use crate::network::{PartnerName, Revision};

/// The longest name of a user, in bytes.
pub const LONGEST_USER_NAME: usize = 64;

/// The longest display name of a user, in bytes.
pub const LONGEST_DISPLAY_NAME: usize = 255;

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// How they log in: a [name](crate::network::is_name) of at most 64 bytes. Who is made has none with one of `/\?#%()`
    /// in it, and is not called `.`, `..`, `configuration`, `balancer` or `local user …`.
    pub name: UserName,
    /// What they are called; at most 255 bytes, may be empty.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// What their password is recognised by. Without one they cannot log in, and their tokens work all the same.
    pub password: Option<PasswordHash>,
    /// Whether they, and their tokens, are let in.
    pub active: bool,
    /// Since when they are a user.
    pub created_at: Timestamp,
    /// When they were changed last; said by the [`Accounts`](super::Accounts) that have them.
    pub version: Revision,
}

impl User {
    /// Somebody with a role, active, without a password.
    pub fn new(name: impl Into<UserName>, role: Role, created_at: Timestamp) -> Self {
        Self {
            name: name.into(),
            display_name: String::new(),
            role,
            password: None,
            active: true,
            created_at,
            version: Revision::default(),
        }
    }

    /// Whether they may do everything now.
    pub fn is_active_administrator(&self) -> bool {
        self.active && self.role == Role::Administrator
    }

    /// The partner that they look after, if they do.
    pub fn partner(&self) -> Option<&PartnerName> {
        match &self.role {
            Role::PartnerManager(partner) => Some(partner),
            Role::Administrator | Role::Viewer => None,
        }
    }
}

/// What acts without being a user, see [`Actor`](crate::balancer::Actor). Those in brackets need no mention.
const ACTORS: [&str; 2] = ["configuration", "balancer"];

/// How somebody is called who has come over the local socket; a number follows.
const LOCAL_USER: &str = "local user";

/// Whether a new user may be called `name`, as far as it is a name at all: the audit log must not take them for somebody else,
/// and their name must stand in the path of a URL.
pub(super) fn may_be_user_name(name: &str) -> bool {
    let is_actor = ACTORS.iter().any(|actor| name.eq_ignore_ascii_case(actor));
    let is_local = name.get(..LOCAL_USER.len()).is_some_and(|start| start.eq_ignore_ascii_case(LOCAL_USER))
        && name.chars().nth(LOCAL_USER.len()).is_none_or(char::is_whitespace);
    let is_path = name == "." || name == ".." || name.contains(['/', '\\', '?', '#', '%']);
    !is_actor && !is_local && !is_path && !name.contains(['(', ')'])
}

/// What a password is recognised by: a PHC string, such as `$argon2id$v=19$…`. It prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The text itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for PasswordHash {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
