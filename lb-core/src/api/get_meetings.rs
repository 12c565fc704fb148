//! `getMeetings`: [reading](read) a server's list, and [writing](reply) a website its own from what the lists brought.

mod write;

pub use self::write::reply;

use super::{Answer, create, stamp};
use crate::clock::Timestamp;
use crate::fleet::{ListedMeeting, MeetingList, PackedXml, attendees};
use crate::meeting::{InternalMeetingId, Meeting, MeetingKey, Passwords};
use crate::placement::MeetingHints;
use crate::secret::Secret;
use crate::server::ServerName;
use crate::xml::{Document, Node};

/// Reads a server's answer to a getMeetings that was sent at `asked_at`. A meeting without ids is left out.
pub fn read(answer: &Answer<'_>, asked_at: Timestamp) -> MeetingList {
    let meetings = answer.root().child("meetings").into_iter().flat_map(Node::children);
    MeetingList::new(asked_at, meetings.filter(|node| node.is("meeting")).filter_map(read_meeting).collect())
}

fn read_meeting(node: Node<'_>) -> Option<ListedMeeting> {
    let (meeting_id, internal_id) = (node.value("meetingID"), node.value("internalMeetingID"));
    if meeting_id.is_empty() || internal_id.is_empty() {
        return None;
    }
    let count = |name| node.number(name).unwrap_or(0).try_into().unwrap_or(u32::MAX);
    let mut people: Vec<_> = attendees(node).map(|attendee| attendee.key()).collect();
    people.sort_unstable();
    let people = people.into_boxed_slice();
    let metadata = node.child("metadata");
    let whole = node.without(metadata.into_iter().flat_map(stamp::nodes));
    let fields = whole.split_once('>').and_then(|(_, rest)| rest.rsplit_once('<')).map_or("", |(fields, _)| fields);
    // the documentation wraps these three in an element of their own, the code writes them flat
    let breakout = node.flag("isBreakout") || node.child("breakout").is_some();
    Some(ListedMeeting {
        internal_id: (*internal_id).into(),
        meeting_id: (*meeting_id).into(),
        create_time: node.number("createTime").unwrap_or(0),
        users: count("participantCount"),
        moderators: count("moderatorCount"),
        audio: count("voiceParticipantCount"),
        video: count("videoCount"),
        size_hint: metadata
            .and_then(|metadata| metadata.number(MeetingHints::SIZE_LISTED)?.try_into().ok())
            .filter(|size| *size > 0),
        ended: node.flag("hasBeenForciblyEnded") || node.number("endTime").unwrap_or(0) > 0,
        breakout,
        parent: parent_of(node).filter(|_| breakout),
        voice_bridge: node.number("voiceBridge").and_then(|number| number.try_into().ok()),
        stamp: metadata.and_then(stamp::read),
        people,
        xml: PackedXml::new(fields),
    })
}

fn parent_of(node: Node<'_>) -> Option<InternalMeetingId> {
    let within = [Some(node), node.child("breakout")].into_iter().flatten();
    let parent = within.map(|node| node.value("parentMeetingID")).find(|parent| !parent.is_empty())?;
    Some((*parent).into())
}

/// The meeting that a list shows, as it is kept; `None` if its fields cannot be read.
pub fn learnt(listed: &ListedMeeting, key: MeetingKey, server: &ServerName, now: Timestamp) -> Option<Meeting> {
    let xml = format!("<meeting>{}</meeting>", listed.xml.unpack());
    let document = Document::parse(xml.as_bytes()).ok()?;
    let fields = document.root();
    let metadata = fields.child("metadata").into_iter().flat_map(Node::children);
    let parameter = |node: Node<'_>| (format!("meta_{}", node.name()), node.text().into_owned());
    Some(Meeting {
        key,
        internal_id: listed.internal_id.clone(),
        create_time: listed.create_time,
        server: server.clone(),
        name: fields.value("meetingName").into_owned(),
        passwords: Passwords {
            attendee: Secret::from(&*fields.value("attendeePW")),
            moderator: Secret::from(&*fields.value("moderatorPW")),
        },
        voice_bridge: listed.voice_bridge,
        records: fields.flag("recording"),
        created_at: now,
        parameters: metadata.map(parameter).filter(|(name, _)| create::may_be_kept(name)).collect(),
        superseded: Vec::new(),
        // they are in the token that its server has
        callbacks: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::ServerReply;

    fn list(meetings: &str) -> MeetingList {
        let body = format!("<response><returncode>SUCCESS</returncode><meetings>{meetings}</meetings></response>");
        let reply = ServerReply { status: 200, content_type: None, body: body.into() };
        read(&Answer::read(&reply).unwrap(), Timestamp::from_millis(7))
    }

    const LISTED: &str = "<meeting> <meetingID>room</meetingID><internalMeetingID>abc-1</internalMeetingID><createTime>1</createTime>\
        <participantCount>1,204</participantCount><endTime>0</endTime><hasBeenForciblyEnded>false</hasBeenForciblyEnded><newField>x</newField>\
        <metadata><mconflb-guid>g</mconflb-guid><mconflb-institution>moodle</mconflb-institution><a>1</a></metadata></meeting>";

    #[test]
    fn a_list_is_read_whatever_the_version() {
        let list = list(&format!("{LISTED}<meeting/><other/>"));
        assert_eq!(list.meetings().len(), 1);
        let listed = list.find(&"abc-1".into()).unwrap();
        assert_eq!((listed.users, listed.ended, listed.breakout), (1204, false, false));
        assert_eq!(listed.stamp.as_ref().map(|stamp| stamp.institution.as_str()), Some("moodle"));
        let xml = listed.xml.unpack();
        assert!(xml.contains("<newField>x</newField>") && xml.contains("<metadata><a>1</a></metadata>"));
        assert!(!xml.contains("mconflb") && !xml.contains("<meeting>"));
    }
}
