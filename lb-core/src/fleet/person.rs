//! Who is in a listed meeting: [`Attendee`], and the [`PersonKey`] that one is compared by.

use std::fmt;

use sha2::{Digest, Sha256};

/// Somebody whom a server lists in a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// The website's id of the user; BBB's own where the website gave none.
    pub user_id: String,
    /// The name.
    pub name: String,
    /// Whether as a moderator.
    pub moderator: bool,
}

impl Attendee {
    /// What the attendee is compared by.
    pub fn key(&self) -> PersonKey {
        PersonKey::of(&self.user_id, &self.name)
    }
}

/// What people in one meeting are told apart by: a digest of the id and the name that their website gave them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonKey(u64);

impl PersonKey {
    /// That of the user `user_id` called `name`.
    pub fn of(user_id: &str, name: &str) -> Self {
        let digest = Sha256::new().chain_update(user_id).chain_update([0]).chain_update(name).finalize();
        let mut first = [0; 8];
        first.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(u64::from_be_bytes(first))
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKey({self})")
    }
}
