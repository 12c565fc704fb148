//! [`Entry`]: one thing that was noted of one meeting.

use std::borrow::Cow;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::server::ServerName;

/// The longest messageKey that is kept whole, in bytes. BBB's own are shorter.
const LONGEST_KEY: usize = 48;

/// One thing, or the same thing several times in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// When, the first time.
    pub(crate) at: Timestamp,
    /// When, the last time.
    pub(crate) until: Timestamp,
    /// How often.
    pub(crate) times: u32,
    /// Where; absent for a call that no server was asked for.
    pub(crate) server: Option<ServerName>,
    /// What.
    pub(crate) what: Noted,
}

/// What was noted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Noted {
    /// A website's call was answered.
    Call {
        /// Which.
        call: Cow<'static, str>,
        /// BBB's messageKey, empty where there was none.
        key: Cow<'static, str>,
        /// Whether it was answered with a success.
        success: bool,
        /// The longest that it took.
        took: Duration,
    },
    /// A list of its server showed it.
    Seen {
        /// The fewest users.
        least: u32,
        /// The most users.
        most: u32,
    },
    /// A list of its server lacked it, or showed it ended.
    Missed,
}

impl Noted {
    /// A call, as it is kept.
    pub(crate) fn call(call: Cow<'static, str>, key: Cow<'static, str>, success: bool, took: Duration) -> Self {
        let key = match key {
            Cow::Borrowed(key) => Cow::Borrowed(key),
            Cow::Owned(key) => {
                let end = (0..=LONGEST_KEY.min(key.len())).rev().find(|&end| key.is_char_boundary(end));
                Cow::Owned(key[..end.unwrap_or(0)].to_owned())
            }
        };
        Self::Call { call, key, success, took }
    }

    /// Whether it is one of the lists.
    fn is_poll(&self) -> bool {
        !matches!(self, Self::Call { .. })
    }

    /// Takes in `other`, if it is the same once more.
    fn merge(&mut self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Call { call, key, success, took },
                Self::Call { call: again, key: same_key, success: as_well, took: longer },
            ) => {
                let same = call == again && key == same_key && success == as_well;
                if same {
                    *took = (*took).max(*longer);
                }
                same
            }
            (Self::Seen { least, most }, Self::Seen { least: fewer, most: more }) => {
                (*least, *most) = ((*least).min(*fewer), (*most).max(*more));
                true
            }
            (Self::Missed, Self::Missed) => true,
            _ => false,
        }
    }
}

impl Entry {
    /// What was noted now for the first time.
    pub(crate) fn new(at: Timestamp, server: Option<ServerName>, what: Noted) -> Self {
        Self { at, until: at, times: 1, server, what }
    }

    /// Takes in `next`, if it is the same once more.
    pub(super) fn merge(&mut self, next: &Self) -> bool {
        let same = self.server == next.server && self.what.merge(&next.what);
        if same {
            self.until = self.until.max(next.until);
            self.times = self.times.saturating_add(1);
        }
        same
    }

    /// Whether this and `other` are of one sort, so that an earlier one than this is not what goes on.
    pub(super) fn stands_before(&self, other: &Self) -> bool {
        self.what.is_poll() && other.what.is_poll()
    }
}
