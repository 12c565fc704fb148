//! [`Session`]: somebody who has logged in; [`FirstAdministrator`], the way in while there is nobody.

use std::net::IpAddr;
use std::time::Duration;

use super::{SecretDigest, UserName};
use crate::Secret;
use crate::clock::Timestamp;

/// How many sessions a user has at most; the oldest goes.
pub const SESSIONS_OF_ONE: usize = 20;

/// How long a session lasts at most.
pub const SESSION_LASTS: Duration = Duration::from_secs(12 * 3600);

/// How long a session lasts while nothing is done in it.
pub const SESSION_IDLE: Duration = Duration::from_secs(2 * 3600);

/// How long the first administrator may be made with one token.
pub const FIRST_ADMINISTRATOR_LASTS: Duration = Duration::from_secs(24 * 3600);

/// What is done in a session is noted at most so often.
const SESSION_USE_NOTED: Duration = Duration::from_secs(60);

/// Somebody who has logged in and shows a cookie for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What its cookie is recognised by; it names the session.
    pub digest: SecretDigest,
    /// Who.
    pub user: UserName,
    /// What a page must send with whatever changes something, so that no other website can.
    pub csrf: Secret,
    /// Since when.
    pub created_at: Timestamp,
    /// When something was done in it last; up to a minute behind.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Where it was begun from.
    pub address: Option<IpAddr>,
}

impl Session {
    /// Whether it has ended by itself.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.expires_at || now.since(self.seen_at.as_past(now)) >= SESSION_IDLE
    }

    /// Whether what is done in it now should be noted: that is done once a minute at most.
    pub fn is_use_to_be_noted(&self, now: Timestamp) -> bool {
        now.since(self.seen_at.as_past(now)) >= SESSION_USE_NOTED
    }
}

/// What whoever makes the first administrator must show, while there is no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAdministrator {
    /// What the token is recognised by.
    pub digest: SecretDigest,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_after_two_idle_hours_or_after_twelve_in_all() {
        let hour = |hours: u64| Timestamp::from_millis(1_000_000_000 + hours * 3_600_000);
        let session = |seen: u64| Session {
            digest: SecretDigest::of_text("x"),
            user: "ana".into(),
            csrf: "y".into(),
            created_at: hour(0),
            seen_at: hour(seen),
            expires_at: hour(0) + SESSION_LASTS,
            address: None,
        };
        assert!(!session(0).has_ended(hour(1)) && session(0).has_ended(hour(2)));
        assert!(!session(10).has_ended(hour(11)) && session(11).has_ended(hour(12)));
        assert!(!session(1).is_use_to_be_noted(hour(1)) && session(1).is_use_to_be_noted(hour(1) + SESSION_USE_NOTED));
        assert!(session(7).has_ended(hour(1)), "it was seen by a clock that was set back since");
    }
}
