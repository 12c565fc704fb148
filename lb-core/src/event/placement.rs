//! [`Placement`]: why a meeting was placed where it was, as it is kept with the event of its creation.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::network::RouterName;
use crate::server::ServerName;

/// Why a meeting was placed where it was. It is small: a few numbers, two names and the policy's sentence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The policy that ranked; empty where the meeting went where the one before it was.
    pub policy: String,
    /// The router whose policy that is: the integration's own, its canary, or a fallback. Absent where no router ranked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub router: Option<RouterName>,
    /// The policy's score of the server, lower is better; absent where nothing was known.
    pub score: Option<f64>,
    /// The policy's reason, for people.
    pub reason: String,
    /// Which attempt it was: 1 unless servers ranked before it failed.
    pub attempt: u32,
    /// How many servers could have had it.
    #[serde(default)]
    pub candidates: u32,
    /// Those that would have come next, best first: [`Placement::NEXT_KEPT`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<NextBest>,
    /// How many servers were left out, by the [word](crate::placement::LeftOut::as_str) for the first reason of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<Cow<'static, str>, u32>,
    /// How it was known where the user is who asked for it; absent where it made no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_from: Option<PositionFrom>,
}

impl Placement {
    /// How many of those that would have come next are kept.
    pub const NEXT_KEPT: usize = 2;
}

/// A server that would have come next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextBest {
    /// Which.
    pub server: ServerName,
    /// The policy's score of it; absent where nothing was known.
    pub score: Option<f64>,
}

/// How it is known where the user is who asks for a meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PositionFrom {
    /// Nobody knows.
    #[default]
    Nowhere,
    /// Who asks for an explanation said so.
    Given,
    /// An address that the website or a proxy forwarded.
    ForwardedAddress,
    /// The integration's own position.
    Integration,
    /// The address that the call came from.
    CallerAddress,
}

impl PositionFrom {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nowhere => "nowhere",
            Self::Given => "given",
            Self::ForwardedAddress => "forwarded-address",
            Self::Integration => "integration",
            Self::CallerAddress => "caller-address",
        }
    }
}
