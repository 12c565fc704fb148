//! `getSessions`: who is in a website's meetings, as their servers listed them last.

use super::Reply;
use crate::fleet::FleetServer;
use crate::meeting::Meeting;
use crate::xml::{Document, Node, Writer};

/// The answer: one entry for each attendee, with the internal id of the meeting, as BBB has it.
pub fn reply<'a>(meetings: impl Iterator<Item = (&'a Meeting, Option<&'a FleetServer>)>) -> Reply {
    let mut sessions = Writer::new();
    for (meeting, server) in meetings {
        let list = server.and_then(|server| server.list.as_deref());
        let Some(listed) = list.and_then(|list| list.find(&meeting.internal_id)) else { continue };
        if listed.ended || listed.users == 0 {
            continue;
        }
        let xml = format!("<meeting>{}</meeting>", listed.xml.unpack());
        let Ok(document) = Document::parse(xml.as_bytes()) else { continue };
        let fields = document.root();
        let attendees = fields.child("attendees").into_iter().flat_map(Node::children);
        for attendee in attendees.filter(|node| node.is("attendee")) {
            sessions.open("meeting").element("meetingID", listed.internal_id.as_str());
            sessions.element("meetingName", &fields.value("meetingName"));
            sessions.element("userName", &attendee.value("fullName")).close("meeting");
        }
    }
    let sessions = sessions.into_string();
    Reply::success(|writer| {
        if sessions.is_empty() {
            writer.raw("<sessions/>").element("messageKey", "noSessions");
            // BBB's own spelling
            writer.element("message", "no sessions were found on this serverr");
        } else {
            writer.open("sessions").raw(&sessions).close("sessions");
        }
    })
}
