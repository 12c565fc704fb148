//! [`Learner`]: a policy that learns from what becomes of meetings.

use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::meeting::{InternalMeetingId, MeetingKey};

/// What a policy that learns is told, and how what it has learnt outlives it.
///
/// None of its functions may block: they are called where meetings are placed and lists are taken over.
pub trait Learner: std::fmt::Debug + Send + Sync {
    /// What all servers showed at `now`. Called a few times a minute.
    fn observe(&self, fleet: &Fleet, now: Timestamp);

    /// A meeting has ended, whoever placed it. One that was placed afresh because its server failed ends once, where it was
    /// last.
    fn ended(&self, meeting: &FinishedMeeting<'_>);

    /// What it has learnt, at most [`LEARNED_BYTES`]; `None` if that is what it kept or [recalled](Self::recall) last.
    fn keep(&self) -> Option<Vec<u8>>;

    /// Takes back what an earlier one kept, in place of what it has learnt itself.
    ///
    /// # Errors
    /// [`BadMemory`], and it goes on with what it knows.
    fn recall(&self, kept: &[u8]) -> Result<(), BadMemory>;
}

/// More than this is not kept of what a policy has learnt: 4 MiB.
pub const LEARNED_BYTES: usize = 4 << 20;

/// A meeting that has ended.
#[derive(Clone, Copy, Debug)]
pub struct FinishedMeeting<'a> {
    /// Whose, and which.
    pub meeting: &'a MeetingKey,
    /// Which of the meetings of that name, as the server that held it last lists it: a list that is on its way may still show it.
    pub internal_id: &'a InternalMeetingId,
    /// When it was created, on the server that held it last.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The most users that were seen in it at once.
    pub most_users: u32,
}

/// What was kept cannot be read by the policy that is to recall it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what the policy {policy} had learnt cannot be read: {problem}")]
pub struct BadMemory {
    /// The policy that cannot.
    pub policy: String,
    /// What is wrong with it.
    pub problem: String,
}
