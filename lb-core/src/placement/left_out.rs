//! [`LeftOut`]: why a server is not ranked for a meeting; [`Way`]: by which way one that is was found.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::server::ServerState;

/// Why a server may not have a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeftOut {
    /// Its state lets it take none.
    State(ServerState),
    /// One more meeting would not stay within its capacity.
    Full,
    /// It holds, is about to hold or may hold a meeting of the same id: another integration's, or a stray copy.
    Occupied,
    /// It has failed already, or the meeting was lost with it.
    Tried,
    /// The meeting is a breakout room, and its parent is elsewhere.
    NotTheParents,
    /// It lacks a tag that the integration requires.
    LacksTag,
    /// It carries a tag that the integration forbids.
    ForbiddenTag,
    /// Somebody made a meeting of the same id on it past the balancer.
    ForeignMeeting,
    /// Nothing speaks against it, and yet the policy did not rank it.
    NotRanked,
}

impl LeftOut {
    /// The word for it, lower case with hyphens: that of the state where the state is the reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State(state) => state.as_str(),
            Self::Full => "full",
            Self::Occupied => "occupied",
            Self::Tried => "tried",
            Self::NotTheParents => "not-the-parents",
            Self::LacksTag => "lacks-tag",
            Self::ForbiddenTag => "forbidden-tag",
            Self::ForeignMeeting => "foreign-meeting",
            Self::NotRanked => "not-ranked",
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::State(state) => return write!(f, "it is {state}"),
            Self::Full => "one more meeting would not stay within its capacity",
            Self::Occupied => "it holds, or may hold, another meeting of the same id",
            Self::Tried => "it failed before, or the meeting was lost with it",
            Self::NotTheParents => "a breakout room goes where its parent is",
            Self::LacksTag => "it lacks a tag that the integration requires",
            Self::ForbiddenTag => "it carries a tag that the integration forbids",
            Self::ForeignMeeting => "somebody made a meeting of the same id on it past the balancer",
            Self::NotRanked => "the policy did not rank it",
        })
    }
}

/// By which way a server was found for a meeting. Ways are gone in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The website prefers it.
    PreferredServer,
    /// The router ranked it among those that carry the tags which the integration prefers.
    PreferredTags,
    /// The router ranked it among all that are eligible.
    Router,
    /// It is disabled by WARNING alone, and no other can take the meeting.
    LastResort,
}

impl Way {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreferredServer => "preferred-server",
            Self::PreferredTags => "preferred-tags",
            Self::Router => "router",
            Self::LastResort => "last-resort",
        }
    }
}
