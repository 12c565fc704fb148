//! An administrator ends a meeting: the same end that a website may ask for, signed with the password that the balancer knows.

use crate::account::Reach;
use crate::api::{Failure, Params};
use crate::balancer::proxied::About;
use crate::balancer::{Actor, Balancer};
use crate::event::{Administered, Subject};
use crate::meeting::MeetingKey;

/// Why a meeting was not ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndMeetingError {
    /// There is no such meeting within reach.
    #[error("there is no such meeting")]
    NoSuchMeeting,
    /// Its server is not asked now, or gave no usable answer. It may have been ended all the same.
    #[error("the server of the meeting gives no usable answer")]
    ServerTrouble,
    /// Its server said no.
    #[error("the server of the meeting refused: {key}")]
    Refused {
        /// BBB's messageKey.
        key: String,
    },
    /// The store cannot be read now.
    #[error("the store cannot be read now")]
    StoreTrouble,
}

impl Balancer {
    /// Asks a meeting's server to end it, as its website can: everybody is sent out, and what its website wants to be told it
    /// is told as at every end. A meeting that its server does not have any more has ended.
    ///
    /// # Errors
    /// [`EndMeetingError`].
    ///
    /// # Cancel safety
    /// Must be run to its end: dropped half-way, the meeting may end and nobody is told who did it.
    pub async fn end_meeting(&self, key: &MeetingKey, reach: &Reach, by: &Actor) -> Result<(), EndMeetingError> {
        let deadline = self.now() + self.settings.budget;
        let held = self.held_within(key, reach).await.map_err(|_| EndMeetingError::StoreTrouble)?;
        let meeting = held.ok_or(EndMeetingError::NoSuchMeeting)?;
        let password = meeting.passwords.moderator.expose();
        let params = Params::from_iter([("meetingID", meeting.key.meeting_id.as_str()), ("password", password)]);
        let key = meeting.key.clone();
        let answered = self.end_there(&About::Meeting(meeting), &key.integration, params, deadline).await;
        match answered {
            Ok(answered) if answered.success => {}
            Ok(answered) if matches!(&*answered.key, "notFound" | "invalidMeetingIdentifier") => {}
            Ok(answered) => return Err(EndMeetingError::Refused { key: answered.key.into_owned() }),
            Err(Failure::StoreTrouble) => return Err(EndMeetingError::StoreTrouble),
            Err(_) => return Err(EndMeetingError::ServerTrouble),
        }
        self.tell_administered(by, Administered::Ended, Subject::new("meeting", &key), Vec::new()).await;
        Ok(())
    }
}
