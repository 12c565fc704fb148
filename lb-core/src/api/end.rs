//! `end`: asks a meeting's server to end it. It ends a little later; it is forgotten when its server lists it no more.

use super::{Failure, Params};
use crate::meeting::MeetingId;

/// The meeting meant.
///
/// # Errors
/// [`Failure::MissingMeetingId`].
pub fn meeting_id(params: &Params) -> Result<MeetingId, Failure> {
    params.given("meetingID").map(MeetingId::from).ok_or(Failure::MissingMeetingId)
}

/// The query for the server: the website's parameters in their order. The meeting is named by the website's id of it, also
/// where the website named it by its internal one, which old versions of BBB do not know.
pub fn query(mut params: Params, meeting_id: &MeetingId) -> String {
    params.retain(|name| !matches!(name, "checksum" | "integrationName"));
    params.set("meetingID", meeting_id.as_str());
    params.encode()
}
