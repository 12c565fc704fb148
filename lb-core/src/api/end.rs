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

/// The query for the server: the website's parameters in their order.
pub fn query(mut params: Params) -> String {
    params.retain(|name| !matches!(name, "checksum" | "integrationName"));
    params.encode()
}
