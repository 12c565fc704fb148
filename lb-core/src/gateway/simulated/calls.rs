//! The calls that are neither create nor join.

use url::form_urlencoded::Serializer;

use super::parameters::Parameters;
use super::reply::{Failure, SimulatedReply, element};
use super::{Body, SimulatedBbb};
use crate::clock::Timestamp;

/// Calls that answer a wrong checksum with an error of BBB's; others are pages that are not there.
pub(super) const KNOWN: [&str; 8] = [
    "create",
    "isMeetingRunning",
    "end",
    "getMeetingInfo",
    "getMeetings",
    "getSessions",
    "insertDocument",
    "sendChatMessage",
];

/// Those of them that are about recordings, and have a wording of their own for it.
pub(super) const OF_RECORDINGS: [&str; 4] =
    ["getRecordings", "publishRecordings", "deleteRecordings", "updateRecordings"];

const NOT_FOUND: Failure = Failure::new("notFound", "A meeting with that ID does not exist");
const ID_SIZE: Failure = Failure::new("sizeError", "Meeting ID must be between 2 and 256 characters");
const ID_COMMA: Failure = Failure::new("validationError", "Meeting ID cannot contain ','");

impl SimulatedBbb {
    pub(super) fn root(&self) -> SimulatedReply {
        let mut inner = String::from("<version>2.0</version><apiVersion>2.0</apiVersion><bbbVersion/>");
        element(&mut inner, "graphqlWebsocketUrl", &format!("{}/graphql", self.origin.replacen("http", "ws", 1)));
        element(&mut inner, "graphqlApiUrl", &format!("{}/api/rest", self.origin));
        SimulatedReply::success(&inner)
    }

    pub(super) fn is_meeting_running(&self, parameters: &Parameters) -> SimulatedReply {
        let meeting_id = parameters.get("meetingID");
        if let Some(failure) = meeting_id.and_then(bad_meeting_id) {
            return SimulatedReply::failed(failure);
        }
        let running = meeting_id.and_then(|id| self.meeting(id)).is_some_and(|meeting| meeting.is_running());
        SimulatedReply::success(&format!("<running>{running}</running>"))
    }

    pub(super) fn end_call(&mut self, now: Timestamp, parameters: &Parameters) -> SimulatedReply {
        let Some(key) = parameters.given("meetingID").and_then(|id| self.find(id)) else {
            return SimulatedReply::failed(NOT_FOUND);
        };
        self.end_meeting(now, &key, true);
        SimulatedReply::message(
            "SUCCESS",
            "sentEndMeetingRequest",
            "A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or \
             isMeetingRunning API calls to verify that it was ended.",
        )
    }

    pub(super) fn get_meeting_info(&self, parameters: &Parameters) -> SimulatedReply {
        let Some(meeting) = parameters.given("meetingID").and_then(|id| self.meeting(id)) else {
            return SimulatedReply::failed(NOT_FOUND);
        };
        let mut inner = String::new();
        meeting.write_info(&mut inner, false);
        let rooms = || self.meetings().filter(|room| room.is_room_of(&meeting.internal_id));
        if rooms().next().is_some() {
            inner.push_str("<breakoutRooms>");
            rooms().for_each(|room| element(&mut inner, "breakout", &room.internal_id));
            inner.push_str("</breakoutRooms>");
        }
        SimulatedReply::success(&inner)
    }

    pub(super) fn get_meetings(&self) -> SimulatedReply {
        if self.meetings.is_empty() {
            return SimulatedReply::success(
                "<meetings/><messageKey>noMeetings</messageKey>\
                 <message>no meetings were found on this server</message>",
            );
        }
        let mut inner = String::from("<meetings>");
        for meeting in self.meetings() {
            inner.push_str("<meeting>");
            meeting.write_info(&mut inner, true);
            inner.push_str("</meeting>");
        }
        inner.push_str("</meetings>");
        SimulatedReply::success(&inner)
    }

    /// One for each user in a meeting.
    pub(super) fn get_sessions(&self) -> SimulatedReply {
        let mut inner = String::new();
        for (meeting, user) in self.meetings().flat_map(|meeting| meeting.users.iter().map(move |user| (meeting, user)))
        {
            inner.push_str("<meeting>");
            element(&mut inner, "meetingID", &meeting.internal_id);
            element(&mut inner, "meetingName", &meeting.name);
            element(&mut inner, "userName", &user.full_name);
            inner.push_str("</meeting>");
        }
        if inner.is_empty() {
            // BBB's own spelling
            let message = "no sessions were found on this serverr";
            return SimulatedReply::success(&format!(
                "<sessions/><messageKey>noSessions</messageKey><message>{message}</message>"
            ));
        }
        SimulatedReply::success(&format!("<sessions>{inner}</sessions>"))
    }

    pub(super) fn future_call(&self, name: &str, parameters: &Parameters) -> SimulatedReply {
        let Some(meeting) = parameters.given("meetingID").and_then(|id| self.meeting(id)) else {
            return SimulatedReply::failed(NOT_FOUND);
        };
        let given = parameters.iter().filter(|(name, _)| *name != "checksum");
        let given = Serializer::new(String::new()).extend_pairs(given).finish();
        let mut inner = String::new();
        element(&mut inner, "call", name);
        element(&mut inner, "internalMeetingID", &meeting.internal_id);
        element(&mut inner, "given", &given);
        SimulatedReply::success(&inner)
    }

    pub(super) fn insert_document(&mut self, parameters: &Parameters, body: Body<'_>) -> SimulatedReply {
        let Body::Xml(xml) = body else {
            return SimulatedReply::failed(super::create::UNSUPPORTED_CONTENT_TYPE);
        };
        let id = parameters.get("meetingID").unwrap_or_default();
        let Some(meeting) = self.find_live(id).and_then(|key| self.meetings.get_mut(&key)) else {
            return SimulatedReply::message("FAILED", "", &format!("Meeting with id [{id}] not found."));
        };
        if !xml.windows(b"<document".len()).any(|part| part == b"<document") {
            // BBB has no answer left here
            return SimulatedReply { body: String::new(), ..SimulatedReply::success("") };
        }
        meeting.documents = meeting.documents.saturating_add(1);
        SimulatedReply::message("SUCCESS", "", "Presentation is being uploaded")
    }

    pub(super) fn send_chat_message(&mut self, parameters: &Parameters) -> SimulatedReply {
        let failed = |key, message| SimulatedReply::failed(Failure::new(key, message));
        let Some(id) = parameters.given("meetingID") else {
            return failed("missingParamMeetingID", "You must provide a meeting ID");
        };
        match parameters.given("message").map(|message| message.chars().count()) {
            None => return failed("missingParamMessage", "You must provide the param message"),
            Some(1..=500) => {}
            Some(_) => return failed("sizeError", "Param message must be between 1 and 500 characters"),
        }
        let Some(meeting) = self.find_live(id).and_then(|key| self.meetings.get_mut(&key)) else {
            return failed("meetingNotFound", "Meeting not found");
        };
        meeting.chat_messages = meeting.chat_messages.saturating_add(1);
        SimulatedReply::message("SUCCESS", "", "Message successfully sent")
    }
}

/// What is wrong with a meetingID, as BBB ranks it.
pub(super) fn bad_meeting_id(meeting_id: &str) -> Option<Failure> {
    if !(2..=256).contains(&meeting_id.chars().count()) {
        Some(ID_SIZE)
    } else if meeting_id.contains(',') {
        Some(ID_COMMA)
    } else {
        None
    }
}
