//! Recordings as the balancer keeps them: [`Recording`], what is asked for of them ([`RecordingQuery`]), and how their XML is
//! kept small ([`RecordingXml`]).

mod metadata;
mod query;
mod xml;

use serde::{Deserialize, Serialize};

pub use self::metadata::{MetadataFilter, Pattern, is_key};
pub use self::query::{Page, RecordingQuery, Selected, States, Which};
pub use self::xml::{RecordingFields, RecordingXml};

use crate::clock::Timestamp;
use crate::meeting::{InternalMeetingId, MeetingId};
use crate::names::name_type;
use crate::network::IntegrationName;
use crate::server::ServerName;

name_type! {
    /// BBB's id of a recording, `recordID`: the internal id of its meeting.
    RecordingId
}

impl From<&RecordingId> for InternalMeetingId {
    fn from(id: &RecordingId) -> Self {
        id.as_str().into()
    }
}

/// A recording on one server. A recording server may hold a copy of what another server has: each is one of these, and
/// websites are shown the one that has come furthest.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// BBB's id of it.
    pub id: RecordingId,
    /// The server that lists it.
    pub server: ServerName,
    /// The website's id of its meeting.
    pub meeting_id: MeetingId,
    /// Whose it is; absent: nobody's, and only administrators see it.
    pub integration: Option<IntegrationName>,
    /// Whether an administrator said whose it is.
    pub assigned: bool,
    /// How far it has come.
    pub state: RecordingState,
    /// Whether people need the website's leave to play it; absent: its server knows nothing of that.
    pub protected: Option<bool>,
    /// When the meeting began, by the server's clock.
    pub start: Timestamp,
    /// When it ended, by the server's clock.
    pub end: Timestamp,
    /// How many people were in it.
    pub participants: u32,
    /// When a website last changed it through this balancer. Its server may show the state before for a while.
    pub changed_at: Timestamp,
    /// What its server says of it.
    pub xml: RecordingXml,
}

impl Recording {
    /// Whether `other` is the same recording on the same server.
    pub fn is_at_place_of(&self, other: &Recording) -> bool {
        self.id == other.id && self.server == other.server
    }

    /// Whether the two differ in nothing that a server tells.
    pub fn says_the_same(&self, other: &Recording) -> bool {
        self.is_at_place_of(other)
            && (self.state, self.protected) == (other.state, other.protected)
            && (self.start, self.end, self.participants) == (other.start, other.end, other.participants)
            && self.meeting_id == other.meeting_id
            && self.xml == other.xml
    }
}

/// How far a recording has come, in BBB's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordingState {
    /// People can play it.
    Published,
    /// It was taken back.
    Unpublished,
    /// It is ready and nobody has said whether people may play it.
    Processed,
    /// Its server works on it.
    Processing,
    /// It was deleted; servers keep such ones for a while.
    Deleted,
}

impl RecordingState {
    /// Every state, the one that websites most want to see first.
    pub const ALL: [Self; 5] = [Self::Published, Self::Unpublished, Self::Processed, Self::Processing, Self::Deleted];

    /// BBB's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::Processed => "processed",
            Self::Processing => "processing",
            Self::Deleted => "deleted",
        }
    }

    /// The state of that name, in any case.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(word))
    }
}
