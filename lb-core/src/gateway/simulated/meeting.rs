//! [`SimulatedMeeting`] and [`SimulatedUser`]: what a simulated server holds, and how BBB writes it down.

use std::collections::BTreeMap;
use std::fmt;

use super::date::java_date;
use super::reply::element;
use crate::clock::Timestamp;
use crate::secret::Secret;

/// A meeting on a simulated server.
#[derive(Clone)]
#[non_exhaustive]
pub struct SimulatedMeeting {
    /// The website's id of it.
    pub meeting_id: String,
    /// `sha1hex(meetingID)-createTime`; a breakout room's is what its create call gave as meetingID.
    pub internal_id: String,
    /// Its name.
    pub name: String,
    /// Milliseconds since 1970, by the clock that its create call was handled with.
    pub create_time: u64,
    /// Makes who joins with it a viewer.
    pub attendee_password: Secret,
    /// Makes who joins with it a moderator.
    pub moderator_password: Secret,
    /// The number that telephones dial, as digits.
    pub voice_bridge: String,
    /// The number that telephones call first: text only.
    pub dial_number: String,
    /// Minutes; 0 is no limit.
    pub duration: u64,
    /// Users that it may have; 0 is no limit.
    pub max_users: u64,
    /// Whether it was created with `record=true`.
    pub records: bool,
    /// Whether anybody has ever joined.
    pub has_user_joined: bool,
    /// Whether an end call ended it.
    pub forcibly_ended: bool,
    /// When it ended; absent while it lives.
    pub ended_at: Option<Timestamp>,
    /// Who is in it.
    pub users: Vec<SimulatedUser>,
    /// How often anybody has joined.
    pub joins: u64,
    /// Who was in it and has left, oldest first; kept only where the meeting keeps events.
    pub past_users: Vec<SimulatedUser>,
    /// What setConfigXML brought last; only on a server that knows it.
    pub config_xml: Option<String>,
    /// Its metadata, keys in lower case and without `meta_`.
    pub metadata: BTreeMap<String, String>,
    /// What makes it a breakout room; absent for others.
    pub breakout: Option<SimulatedBreakout>,
    /// All parameters of its create call, decoded, but for the checksum.
    pub parameters: Vec<(String, String)>,
    /// Whether the create call brought a body with slides or other modules.
    pub has_modules: bool,
    /// Documents inserted since.
    pub documents: u32,
    /// Chat messages sent by call.
    pub chat_messages: u32,
}

/// What makes a meeting a breakout room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedBreakout {
    /// The parent's internal id.
    pub parent: String,
    /// Its number among the parent's, from 1.
    pub sequence: u64,
    /// Whether users choose it themselves.
    pub free_join: bool,
}

/// One attendee: one join call that somebody followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulatedUser {
    /// BBB's id: `w_` and twelve characters.
    pub internal_id: String,
    /// The website's id of the user; BBB's where it gave none.
    pub user_id: String,
    /// The name shown.
    pub full_name: String,
    /// A moderator, not a viewer.
    pub moderator: bool,
    /// Shows the slides.
    pub presenter: bool,
    /// Has joined with audio.
    pub voice: bool,
    /// Has a camera on.
    pub video: bool,
    /// What `userdata-` parameters brought.
    pub custom_data: Vec<(String, String)>,
    /// When the join call came.
    pub joined_at: Timestamp,
    /// When the user left; absent while in the meeting.
    pub left_at: Option<Timestamp>,
}

impl SimulatedMeeting {
    /// Whether anybody is in it: what `running` means.
    pub fn is_running(&self) -> bool {
        self.ended_at.is_none() && !self.users.is_empty()
    }

    /// Whether it was ended, and only lingers in lists.
    pub fn has_ended(&self) -> bool {
        self.ended_at.is_some()
    }

    /// A parameter of its create call.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether a recording starts by itself with the first user.
    pub(super) fn starts_recording(&self) -> bool {
        self.records && self.parameter("autoStartRecording") == Some("true")
    }

    /// Whether BBB keeps what happens in it: where it records, or was told to.
    pub(super) fn keeps_events(&self) -> bool {
        self.records || self.parameter("meetingKeepEvents") == Some("true")
    }

    pub(super) fn is_room_of(&self, parent: &str) -> bool {
        self.breakout.as_ref().is_some_and(|breakout| breakout.parent == parent)
    }

    fn count(&self, which: impl Fn(&SimulatedUser) -> bool) -> usize {
        self.users.iter().filter(|&user| which(user)).count()
    }

    /// Appends the fields of getMeetingInfo in BBB's order. `grouped`: counters as getMeetings writes them, `1,204`.
    pub(super) fn write_info(&self, xml: &mut String, grouped: bool) {
        let number = |number: usize| if grouped { with_separators(number) } else { number.to_string() };
        let flag = |flag: bool| if flag { "true" } else { "false" };
        element(xml, "meetingName", &self.name);
        element(xml, "meetingID", &self.meeting_id);
        element(xml, "internalMeetingID", &self.internal_id);
        element(xml, "createTime", &self.create_time.to_string());
        element(xml, "createDate", &java_date(Timestamp::from_millis(self.create_time)));
        element(xml, "voiceBridge", &self.voice_bridge);
        element(xml, "dialNumber", &self.dial_number);
        element(xml, "attendeePW", self.attendee_password.expose());
        element(xml, "moderatorPW", self.moderator_password.expose());
        element(xml, "running", flag(self.is_running()));
        element(xml, "duration", &self.duration.to_string());
        element(xml, "hasUserJoined", flag(self.has_user_joined));
        element(xml, "recording", flag(self.records));
        element(xml, "hasBeenForciblyEnded", flag(self.forcibly_ended));
        element(xml, "startTime", &self.create_time.to_string());
        element(xml, "endTime", &self.ended_at.unwrap_or_default().as_millis().to_string());
        element(xml, "participantCount", &number(self.users.len()));
        element(xml, "listenerCount", "0");
        element(xml, "voiceParticipantCount", &number(self.count(|user| user.voice)));
        element(xml, "videoCount", &number(self.count(|user| user.video)));
        element(xml, "maxUsers", &number(self.max_users.try_into().unwrap_or(usize::MAX)));
        element(xml, "moderatorCount", &number(self.count(|user| user.moderator)));
        xml.push_str("<attendees>");
        self.users.iter().for_each(|user| user.write(xml));
        xml.push_str("</attendees><metadata>");
        self.metadata.iter().for_each(|(key, value)| element(xml, key, value));
        xml.push_str("</metadata>");
        element(xml, "isBreakout", flag(self.breakout.is_some()));
        if let Some(breakout) = &self.breakout {
            element(xml, "parentMeetingID", &breakout.parent);
            element(xml, "sequence", &breakout.sequence.to_string());
            element(xml, "freeJoin", flag(breakout.free_join));
        }
    }
}

impl SimulatedUser {
    fn write(&self, xml: &mut String) {
        let flag = |flag: bool| if flag { "true" } else { "false" };
        xml.push_str("<attendee>");
        element(xml, "userID", &self.user_id);
        element(xml, "fullName", &self.full_name);
        element(xml, "role", if self.moderator { "MODERATOR" } else { "VIEWER" });
        element(xml, "isPresenter", flag(self.presenter));
        element(xml, "isListeningOnly", "false");
        element(xml, "hasJoinedVoice", flag(self.voice));
        element(xml, "hasVideo", flag(self.video));
        element(xml, "clientType", "HTML5");
        xml.push_str("<customdata>");
        self.custom_data.iter().for_each(|(key, value)| element(xml, key, value));
        xml.push_str("</customdata></attendee>");
    }
}

impl fmt::Debug for SimulatedMeeting {
    /// Shows no passwords and no parameters: callback URLs among them carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedMeeting")
            .field("meeting_id", &self.meeting_id)
            .field("internal_id", &self.internal_id)
            .field("users", &self.users.len())
            .field("ended_at", &self.ended_at)
            .finish_non_exhaustive()
    }
}

fn with_separators(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_have_thousands_separators_where_bbb_writes_them() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(with_separators(number), text);
        }
    }
}
