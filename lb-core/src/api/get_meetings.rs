//! `getMeetings`: reading a server's list, and writing a website its own from what the lists brought.

use std::collections::HashSet;

use super::{Answer, Reply, create, stamp};
use crate::callback::META_KEY;
use crate::clock::Timestamp;
use crate::fleet::{FleetServer, ListedMeeting, MeetingList, PackedXml};
use crate::meeting::{InternalMeetingId, Meeting, MeetingKey, Passwords};
use crate::secret::Secret;
use crate::server::ServerName;
use crate::xml::{Document, Node, Writer};

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
        audio: count("voiceParticipantCount"),
        video: count("videoCount"),
        ended: node.flag("hasBeenForciblyEnded") || node.number("endTime").unwrap_or(0) > 0,
        breakout,
        parent: parent_of(node).filter(|_| breakout),
        voice_bridge: node.number("voiceBridge").and_then(|number| number.try_into().ok()),
        stamp: metadata.and_then(stamp::read),
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

/// The answer to a website: its meetings and their breakout rooms, each as its server listed it last, with the server that
/// holds it. A meeting that is younger than the last list is written from what its create brought.
pub fn reply<'a>(meetings: impl Iterator<Item = (&'a Meeting, Option<&'a FleetServer>)>, now: Timestamp) -> Reply {
    let mut shown: Vec<_> = meetings.filter_map(|meeting| shown(meeting, now)).collect();
    let rooms: Vec<_> = shown.iter().flat_map(Shown::breakouts).collect();
    if !rooms.is_empty() {
        // one that the website itself created is among its meetings already
        let own: HashSet<_> = shown.iter().map(|shown| &shown.meeting.internal_id).collect();
        let rooms: Vec<_> = rooms.into_iter().filter(|(_, room)| !own.contains(&room.internal_id)).collect();
        shown.extend(rooms.into_iter().map(|(parent, room)| Shown { listed: Some(room), ..parent }));
    }
    // many meetings make megabytes: they are written once, into room that is there
    let bytes = |shown: &Shown<'_>| shown.listed.map_or(1500, |listed| listed.xml.length()) + 250;
    let mut writer = Writer::with_capacity(shown.iter().map(bytes).sum::<usize>() + 200);
    writer.open("response").element("returncode", "SUCCESS");
    if shown.is_empty() {
        writer.raw("<meetings/>").element("messageKey", "noMeetings");
        writer.element("message", "no meetings were found on this server");
    } else {
        writer.open("meetings");
        shown.iter().for_each(|shown| shown.write(&mut writer));
        writer.close("meetings");
    }
    writer.close("response");
    Reply::xml(writer.into_string())
}

/// A meeting that a website is shown: one of its own, or a breakout room of one.
#[derive(Clone, Copy)]
struct Shown<'a> {
    meeting: &'a Meeting,
    server: Option<&'a FleetServer>,
    listed: Option<&'a ListedMeeting>,
}

fn shown<'a>((meeting, server): (&'a Meeting, Option<&'a FleetServer>), now: Timestamp) -> Option<Shown<'a>> {
    let list = server.and_then(|server| server.list.as_deref());
    // ended, by its server's word: not forgotten before a second list says so, but not shown either
    if list.is_some_and(|list| list.denies(&meeting.internal_id, meeting.created_at.as_past(now))) {
        return None;
    }
    Some(Shown { meeting, server, listed: list.and_then(|list| list.find(&meeting.internal_id)) })
}

impl<'a> Shown<'a> {
    fn breakouts(&self) -> impl Iterator<Item = (Shown<'a>, &'a ListedMeeting)> + use<'a> {
        let own = *self;
        let list = own.server.and_then(|server| server.list.as_deref());
        list.into_iter().flat_map(move |list| list.breakouts_of(&own.meeting.internal_id)).map(move |room| (own, room))
    }

    fn write(&self, writer: &mut Writer) {
        writer.open("meeting");
        match self.listed {
            // a breakout room has none of its parent's callbacks
            Some(listed) => {
                let callback = own_callback(self.meeting).filter(|_| !listed.breakout);
                write_listed(writer, &listed.xml.unpack(), callback);
            }
            None => write_unlisted(writer, self.meeting),
        }
        if let Some(FleetServer { server, .. }) = self.server {
            writer.open("server").element("name", server.name.as_str()).element("address", &server.address);
            writer.element("url", &server.origin()).close("server");
        }
        writer.close("meeting");
    }
}

/// The callback that the website gave as metadata, which its server was not told of.
fn own_callback(meeting: &Meeting) -> Option<&str> {
    Some(meeting.callbacks.as_ref()?.urls.meta.as_ref()?.expose())
}

fn write_listed(writer: &mut Writer, fields: &str, callback: Option<&str>) {
    // what comes behind the metadata has no text of anybody's
    match (callback, fields.rfind("</metadata>").and_then(|end| fields.split_at_checked(end))) {
        (Some(callback), Some((before, after))) => {
            writer.raw(before).element(META_KEY, callback).raw(after);
        }
        _ => {
            writer.raw(fields);
        }
    }
}

/// A meeting that was created a moment ago: BBB's fields in BBB's order, nobody in it.
fn write_unlisted(writer: &mut Writer, meeting: &Meeting) {
    let parameter = |name: &str| {
        let given = meeting.parameters.iter().find(|(key, _)| key == name);
        given.map_or("", |(_, value)| value.as_str())
    };
    let number = |name| {
        Some(parameter(name))
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or("0")
    };
    let create_time = meeting.create_time.to_string();
    let date = jiff::Timestamp::from_millisecond(meeting.create_time as i64)
        .map(|time| time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string());
    writer.element("meetingName", &meeting.name);
    writer.element("meetingID", meeting.key.meeting_id.as_str());
    writer.element("internalMeetingID", meeting.internal_id.as_str());
    writer.element("createTime", &create_time);
    writer.element("createDate", &date.unwrap_or_default());
    writer.element("voiceBridge", &meeting.voice_bridge.map(|number| number.to_string()).unwrap_or_default());
    writer.element("dialNumber", parameter("dialNumber"));
    writer.element("attendeePW", meeting.passwords.attendee.expose());
    writer.element("moderatorPW", meeting.passwords.moderator.expose());
    writer.element("running", "false");
    writer.element("duration", number("duration"));
    writer.element("hasUserJoined", "false");
    writer.element("recording", if meeting.records { "true" } else { "false" });
    writer.element("hasBeenForciblyEnded", "false");
    writer.element("startTime", &create_time);
    writer.element("endTime", "0");
    for count in ["participantCount", "listenerCount", "voiceParticipantCount", "videoCount"] {
        writer.element(count, "0");
    }
    writer.element("maxUsers", number("maxParticipants"));
    writer.element("moderatorCount", "0");
    writer.raw("<attendees></attendees>").open("metadata");
    for (name, value) in &meeting.parameters {
        let key = name.strip_prefix("meta_").unwrap_or_default().to_ascii_lowercase();
        let begins_well = key.starts_with(|c: char| c.is_ascii_lowercase());
        if begins_well && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            writer.element(&key, value);
        }
    }
    if let Some(callback) = own_callback(meeting) {
        writer.element(META_KEY, callback);
    }
    writer.close("metadata").element("isBreakout", "false");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::{CallbackUrl, CallbackUrls, Callbacks};
    use crate::gateway::ServerReply;
    use crate::server::{AdministratorWord, Server};

    fn list(meetings: &str) -> MeetingList {
        let body = format!("<response><returncode>SUCCESS</returncode><meetings>{meetings}</meetings></response>");
        let reply = ServerReply { status: 200, content_type: None, body: body.into() };
        read(&Answer::read(&reply).unwrap(), Timestamp::from_millis(7))
    }

    const LISTED: &str = "<meeting> <meetingID>room</meetingID><internalMeetingID>abc-1</internalMeetingID><createTime>1</createTime>\
        <participantCount>1,204</participantCount><endTime>0</endTime><hasBeenForciblyEnded>false</hasBeenForciblyEnded><newField>x</newField>\
        <metadata><mconflb-guid>g</mconflb-guid><mconflb-institution>moodle</mconflb-institution><a>1</a></metadata></meeting>";

    fn meeting(internal_id: &str) -> Meeting {
        Meeting {
            key: MeetingKey::new("moodle", "room"),
            internal_id: internal_id.into(),
            create_time: 1_700_000_000_000,
            server: "bbb1".into(),
            name: "Algebra & co".into(),
            passwords: Passwords { attendee: "ap".into(), moderator: "mp".into() },
            voice_bridge: Some(71234),
            records: false,
            created_at: Timestamp::from_millis(5),
            parameters: vec![("meta_Origin".into(), "lms".into()), ("meta_a_b".into(), "x".into())],
            superseded: Vec::new(),
            callbacks: None,
        }
    }

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

    #[test]
    fn a_website_reads_its_meetings_with_their_servers_and_fresh_ones_at_once() {
        let server = Server::new("bbb1", "https://bbb1.example.org", "secret").unwrap();
        let mut member = FleetServer::new(server, AdministratorWord::Automatic, Default::default());
        member.take_list(list(LISTED).into(), |_| None, "g", Timestamp::default());
        let (listed, ended) = (meeting("abc-1"), meeting("gone-3"));
        let fresh = Meeting { created_at: Timestamp::from_millis(8), ..meeting("new-2") };
        let reply = reply(
            [&listed, &fresh, &ended].into_iter().map(|meeting| (meeting, Some(&member))),
            Timestamp::from_millis(9),
        );
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        assert!(text.contains("<participantCount>1,204</participantCount>"), "{text}");
        assert!(text.contains("<meetingName>Algebra &amp; co</meetingName>"), "{text}");
        assert!(text.contains("<createDate>Tue Nov 14 22:13:20 UTC 2023</createDate>"), "{text}");
        assert!(text.contains("<metadata><origin>lms</origin></metadata>"), "{text}");
        assert_eq!(text.matches("<server><name>bbb1</name>").count(), 2, "{text}");
        assert!(!text.contains("mconflb") && !text.contains("secret"), "{text}");
    }

    #[test]
    fn a_website_reads_its_own_callback_and_no_other() {
        let urls = CallbackUrls { ended: None, meta: CallbackUrl::parse("https://lms.example/?a&b") };
        let callbacks = Some(Callbacks { id: "c1".into(), urls });
        let server = Server::new("bbb1", "https://bbb1.example.org", "secret").unwrap();
        let mut member = FleetServer::new(server, AdministratorWord::Automatic, Default::default());
        member.take_list(list(LISTED).into(), |_| None, "g", Timestamp::default());
        let listed = Meeting { callbacks: callbacks.clone(), ..meeting("abc-1") };
        let fresh = Meeting { callbacks, created_at: Timestamp::from_millis(8), ..meeting("new-2") };
        let reply =
            reply([&listed, &fresh].into_iter().map(|meeting| (meeting, Some(&member))), Timestamp::from_millis(9));
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        let own = "<endcallbackurl>https://lms.example/?a&amp;b</endcallbackurl></metadata>";
        assert!(
            text.contains(&format!("<a>1</a>{own}")) && text.contains(&format!("<origin>lms</origin>{own}")),
            "{text}"
        );
    }

    #[test]
    fn none_is_a_success_of_its_own() {
        let text = String::from_utf8(reply(std::iter::empty(), Timestamp::default()).body.to_vec()).unwrap();
        assert!(text.contains("<returncode>SUCCESS</returncode><meetings/><messageKey>noMeetings</messageKey>"));
    }
}
