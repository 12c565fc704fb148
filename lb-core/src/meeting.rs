//! Meetings as the balancer keeps them: [`Meeting`], its [`MeetingKey`], and the [`Claim`] that comes before it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::callback::Callbacks;
use crate::clock::Timestamp;
use crate::names::name_type;
use crate::network::IntegrationName;
use crate::secret::Secret;
use crate::server::ServerName;

name_type! {
    /// The website's id of a meeting: `meetingID`. Two integrations may use the same one.
    MeetingId
}

name_type! {
    /// BBB's id of one incarnation of a meeting, `internalMeetingID`: `sha1hex(meetingID)-createTime`. Also the `recordID`.
    InternalMeetingId
}

/// Whose meeting, and which: what a meeting is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MeetingKey {
    /// The integration that it belongs to.
    pub integration: IntegrationName,
    /// The website's id of it.
    pub meeting_id: MeetingId,
}

impl MeetingKey {
    /// The key of `integration`'s meeting `meeting_id`.
    pub fn new(integration: impl Into<IntegrationName>, meeting_id: impl Into<MeetingId>) -> Self {
        Self { integration: integration.into(), meeting_id: meeting_id.into() }
    }
}

impl fmt::Display for MeetingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.integration, self.meeting_id)
    }
}

/// The two passwords of a meeting. The balancer draws the ones that a website leaves out, so that a repeated create can
/// send them again (BBB up to 2.5 otherwise answers `idNotUnique`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passwords {
    /// Makes who joins with it a viewer.
    pub attendee: Secret,
    /// Makes who joins with it a moderator.
    pub moderator: Secret,
}

/// One incarnation of a meeting that a server has acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct Meeting {
    /// Whose, and which.
    pub key: MeetingKey,
    /// BBB's id of this incarnation.
    pub internal_id: InternalMeetingId,
    /// The server's `createTime`, milliseconds since 1970 by the server's clock.
    pub create_time: u64,
    /// Where it is held.
    pub server: ServerName,
    /// Its name.
    pub name: String,
    /// Its passwords.
    pub passwords: Passwords,
    /// The number that telephones dial.
    pub voice_bridge: Option<u32>,
    /// Whether it was created with `record=true`.
    pub records: bool,
    /// When the balancer acknowledged it, by the balancer's clock.
    pub created_at: Timestamp,
    /// The parameters of its create call as they may be kept and shown: no passwords, no callback URLs, no slide URLs.
    pub parameters: Vec<(String, String)>,
    /// The createTimes of incarnations that were lost with their servers and that this one took the place of, newest last, at
    /// most [`Meeting::SUPERSEDED_KEPT`]: joins that carry one of them mean this meeting.
    pub superseded: Vec<u64>,
    /// What its website is to be told at its end; absent where the balancer does not know or has not taken that over.
    pub callbacks: Option<Callbacks>,
}

impl Meeting {
    /// How many createTimes of superseded incarnations are kept.
    pub const SUPERSEDED_KEPT: usize = 8;

    /// This meeting in place of `lost`, whose server is down.
    #[must_use]
    pub fn superseding(mut self, lost: &Meeting) -> Self {
        self.superseded = lost.superseded.iter().copied().chain([lost.create_time]).collect();
        let surplus = self.superseded.len().saturating_sub(Self::SUPERSEDED_KEPT);
        self.superseded.drain(..surplus);
        self
    }
}

/// Names one claim. A confirm or a release with the token of a claim that is gone is refused.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimToken(String);

impl ClaimToken {
    /// Length in characters of a token that the balancer draws.
    pub const LENGTH: usize = 24;

    /// The token as text, to be stored. It is no secret, but whoever holds it can settle the claim.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ClaimToken {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for ClaimToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimToken")
    }
}

/// The right to create one meeting on one server, taken durably before the create is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Whose meeting, and which.
    pub key: MeetingKey,
    /// Where it is about to be created.
    pub server: ServerName,
    /// The passwords that the create will carry.
    pub passwords: Passwords,
    /// The voice bridge that the create will carry.
    pub voice_bridge: u32,
    /// Fences late answers.
    pub token: ClaimToken,
    /// After this moment anybody may settle the claim by asking its server.
    pub expires: Timestamp,
    /// The meeting that it is to take the place of, because its server is confirmed down. It is held again if the claim is
    /// given up.
    pub supersedes: Option<Arc<Meeting>>,
    /// The callbacks that the create will carry; absent where the balancer does not take them over.
    pub callbacks: Option<Callbacks>,
}

/// A server that may hold a copy of a meeting that nobody is sent to: its create was sent there and no usable answer came, or
/// the meeting was placed afresh while the server was down.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stray {
    /// The meeting that was meant.
    pub key: MeetingKey,
    /// Where the copy may be.
    pub server: ServerName,
    /// When the create was sent there, or the meeting created elsewhere.
    pub since: Timestamp,
    /// The incarnation that was superseded; absent where only a create was sent.
    pub superseded: Option<InternalMeetingId>,
}
