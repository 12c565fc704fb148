//! `join`: the browser must end on the meeting's server, so a website's join is answered with a redirect to a join signed
//! for that server.

use super::{Failure, Params};
use crate::event::Role;
use crate::meeting::{Meeting, MeetingId};

/// A join that may be sent on.
#[derive(Clone, Debug)]
pub struct Join {
    /// The meeting meant.
    pub meeting_id: MeetingId,
    /// The name of who joins.
    pub full_name: String,
    /// The website's id of the user.
    pub user_id: Option<String>,
    /// Whether the browser is to be redirected: `redirect=false` asks for XML instead.
    pub redirect: bool,
    params: Params,
}

impl Join {
    /// Checks what a website sent.
    ///
    /// # Errors
    /// [`Failure::MissingMeetingId`], [`Failure::MissingFullName`].
    pub fn read(mut params: Params) -> Result<Self, Failure> {
        params.retain(|name| !matches!(name, "checksum" | "integrationName"));
        Ok(Self {
            meeting_id: params.given("meetingID").ok_or(Failure::MissingMeetingId)?.into(),
            full_name: params.given("fullName").ok_or(Failure::MissingFullName)?.to_owned(),
            user_id: params.given("userID").map(str::to_owned),
            redirect: !wants_xml(&params),
            params,
        })
    }

    /// As what somebody joins `meeting`: the role given wins over the password (BBB ≥ 2.4).
    pub fn role(&self, meeting: &Meeting) -> Role {
        let by_password =
            || self.params.given("password").is_some_and(|text| meeting.passwords.moderator == text.into());
        match self.params.given("role").map(str::to_ascii_uppercase).as_deref() {
            Some("MODERATOR") => Role::Moderator,
            Some("VIEWER") => Role::Attendee,
            _ if by_password() => Role::Moderator,
            _ => Role::Attendee,
        }
    }

    /// The query for the server that holds `meeting`: the website's parameters in their order, the meeting named by the
    /// website's id of it. The createTime of an incarnation that it superseded becomes its own: a join of the lost one means
    /// the one in its place.
    pub fn query(&self, meeting: &Meeting) -> String {
        let mut params = self.params.clone().for_server(&meeting.key.meeting_id);
        let create_time = params.given("createTime").and_then(|text| text.parse::<u64>().ok());
        if create_time.is_some_and(|create_time| meeting.superseded.contains(&create_time)) {
            params.set("createTime", meeting.create_time.to_string());
        }
        params.encode()
    }
}

/// Whether whoever joins asks for XML instead of a redirect: `redirect=false`.
pub(super) fn wants_xml(params: &Params) -> bool {
    params.get("redirect").is_some_and(|text| text.eq_ignore_ascii_case("false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_needs_a_meeting_and_a_name() {
        let read = |query: &str| Join::read(Params::parse(query));
        assert_eq!(read("fullName=Ana").unwrap_err(), Failure::MissingMeetingId);
        assert_eq!(read("meetingID=room&fullName=").unwrap_err(), Failure::MissingFullName);
        let join = read("fullName=Ana+B&meetingID=room&redirect=FALSE&createTime=1&integrationName=x").unwrap();
        assert!(!join.redirect);
        assert_eq!(join.params.encode(), "fullName=Ana+B&meetingID=room&redirect=FALSE&createTime=1");
    }
}
