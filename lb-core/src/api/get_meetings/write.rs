//! Writing a website its own meetings, piece by piece.

use std::collections::HashSet;
use std::iter;
use std::sync::Arc;

use bytes::Bytes;

use crate::api::{Body, Reply};
use crate::callback::Callbacks;
use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer, ListedMeeting};
use crate::meeting::{InternalMeetingId, Meeting};
use crate::xml::Writer;

/// A piece is sent when it has got this long, bytes.
const PIECE: usize = 64 << 10;

/// About what a listed meeting keeps in memory, bytes.
const HELD: usize = 1 << 10;

/// The answer to a website: its meetings and their breakout rooms, each as its server listed it last, with the server that
/// holds it. A meeting that is younger than the last list is written from what its create brought.
///
/// It is written while it is sent, from `meetings` and `fleet` as they are now.
pub fn reply(meetings: Vec<Arc<Meeting>>, fleet: Arc<Fleet>, now: Timestamp) -> Reply {
    let listing = Arc::new(Listing { own_rooms: own_rooms(&meetings, &fleet), meetings, fleet, now });
    let Some(first) = (0..listing.meetings.len()).find(|&place| listing.shown(place).is_some()) else {
        return Reply::success(|writer| {
            writer.raw("<meetings/>").element("messageKey", "noMeetings");
            writer.element("message", "no meetings were found on this server");
        });
    };
    let held = listing.meetings.len().saturating_mul(HELD);
    let body = Body::pieces(held, move || Box::new(Listing::pieces(Arc::clone(&listing), first)));
    // most are short, and their length is worth telling
    let mut pieces = body.clone().into_pieces();
    match (pieces.next(), pieces.next()) {
        (Some(whole), None) => Reply::xml(whole),
        _ => Reply::xml(body),
    }
}

/// The incarnations of all meetings, where some server has breakout rooms: those that the website itself created must not be
/// shown twice.
fn own_rooms(meetings: &[Arc<Meeting>], fleet: &Fleet) -> HashSet<InternalMeetingId> {
    let has_rooms = |server: &Arc<FleetServer>| server.list.as_ref().is_some_and(|list| list.has_breakouts());
    if fleet.servers().iter().any(has_rooms) {
        meetings.iter().map(|meeting| meeting.internal_id.clone()).collect()
    } else {
        HashSet::new()
    }
}

struct Listing {
    meetings: Vec<Arc<Meeting>>,
    own_rooms: HashSet<InternalMeetingId>,
    fleet: Arc<Fleet>,
    now: Timestamp,
}

/// A meeting that a website is shown: one of its own, or a breakout room of one.
#[derive(Clone, Copy)]
struct Shown<'a> {
    meeting: &'a Meeting,
    server: Option<&'a FleetServer>,
    listed: Option<&'a ListedMeeting>,
}

impl Listing {
    /// The answer from the meeting at `first` on, which is shown.
    fn pieces(self: Arc<Self>, first: usize) -> impl Iterator<Item = Bytes> + Send {
        let (mut next, mut has_begun) = (first, false);
        iter::from_fn(move || {
            if next > self.meetings.len() {
                return None;
            }
            // the last meeting of a piece makes it longer
            let mut writer = Writer::with_capacity(PIECE + (16 << 10));
            if !has_begun {
                writer.open("response").element("returncode", "SUCCESS").open("meetings");
                has_begun = true;
            }
            while next < self.meetings.len() && writer.length() < PIECE {
                if let Some(shown) = self.shown(next) {
                    shown.write(&mut writer);
                    self.rooms_of(shown).for_each(|room| room.write(&mut writer));
                }
                next += 1;
            }
            if next == self.meetings.len() && writer.length() < PIECE {
                writer.close("meetings").close("response");
                next += 1;
            }
            Some(writer.into_string().into())
        })
    }

    fn shown(&self, place: usize) -> Option<Shown<'_>> {
        let meeting = &**self.meetings.get(place)?;
        let server = self.fleet.server(&meeting.server).map(|server| &**server);
        let list = server.and_then(|server| server.list.as_deref());
        let listed = list.and_then(|list| list.find(&meeting.internal_id));
        // ended, by its server's word: not forgotten before a second list says so, but not shown either
        let is_denied = listed.is_none_or(|listed| listed.ended)
            && list.is_some_and(|list| list.asked_at > meeting.created_at.as_past(self.now));
        (!is_denied).then_some(Shown { meeting, server, listed })
    }

    fn rooms_of<'a>(&'a self, parent: Shown<'a>) -> impl Iterator<Item = Shown<'a>> {
        let list = parent.server.and_then(|server| server.list.as_deref());
        let rooms = list.into_iter().flat_map(move |list| list.breakouts_of(&parent.meeting.internal_id));
        let rooms = rooms.filter(|room| !self.own_rooms.contains(&room.internal_id));
        rooms.map(move |room| Shown { listed: Some(room), ..parent })
    }
}

impl Shown<'_> {
    fn write(&self, writer: &mut Writer) {
        writer.open("meeting");
        match self.listed {
            // a breakout room has none of its parent's callbacks
            Some(listed) => {
                let callbacks = self.meeting.callbacks.as_ref().filter(|_| !listed.breakout);
                write_listed(writer, listed, callbacks);
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

fn write_listed(writer: &mut Writer, listed: &ListedMeeting, callbacks: Option<&Callbacks>) {
    let fields = listed.xml.unpack();
    // what comes behind the metadata has no text of anybody's
    match (callbacks, fields.rfind("</metadata>").and_then(|end| fields.split_at_checked(end))) {
        (Some(callbacks), Some((before, after))) => {
            writer.raw(before);
            write_own(writer, callbacks);
            writer.raw(after);
        }
        _ => {
            writer.raw(&fields);
        }
    }
}

/// The callbacks that the website gave as metadata, which its server was not told of.
fn write_own(writer: &mut Writer, callbacks: &Callbacks) {
    for (key, url) in callbacks.metadata() {
        writer.element(key, url.expose());
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
    if let Some(callbacks) = &meeting.callbacks {
        write_own(writer, callbacks);
    }
    writer.close("metadata").element("isBreakout", "false");
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::api::Answer;
    use crate::callback::{CallbackUrl, CallbackUrls};
    use crate::fleet::MeetingList;
    use crate::gateway::ServerReply;
    use crate::meeting::{MeetingKey, Passwords};
    use crate::server::Server;
    use crate::source::{MonitorReport, ReportedServer};

    fn list(meetings: &str) -> MeetingList {
        let body = format!("<response><returncode>SUCCESS</returncode><meetings>{meetings}</meetings></response>");
        let reply = ServerReply { status: 200, content_type: None, body: body.into() };
        read(&Answer::read(&reply).unwrap(), Timestamp::from_millis(7))
    }

    /// A fleet of one server, which listed `meetings`.
    fn fleet(meetings: &str) -> Arc<Fleet> {
        let server = Server::new("bbb1", "https://bbb1.example.org", "secret").unwrap();
        let report = MonitorReport::of(vec![ReportedServer::unwatched(server)]);
        let now = Timestamp::default();
        let fleet = Fleet::default().with_report(report, &Default::default(), &Arc::default(), now).unwrap();
        let listed = |server: &mut FleetServer| server.take_list(list(meetings).into(), |_| None, "g", now);
        fleet.with_server(&"bbb1".into(), now, listed).unwrap().into()
    }

    fn text(meetings: impl IntoIterator<Item = Meeting>, listed: &str) -> String {
        let meetings = meetings.into_iter().map(Arc::new).collect();
        let reply = reply(meetings, fleet(listed), Timestamp::from_millis(9));
        String::from_utf8(reply.body.to_bytes().to_vec()).unwrap()
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
    fn a_website_reads_its_meetings_with_their_servers_and_fresh_ones_at_once() {
        let (listed, ended) = (meeting("abc-1"), meeting("gone-3"));
        let fresh = Meeting { created_at: Timestamp::from_millis(8), ..meeting("new-2") };
        let text = text([listed, fresh, ended], LISTED);
        assert!(text.contains("<participantCount>1,204</participantCount>"), "{text}");
        assert!(text.contains("<meetingName>Algebra &amp; co</meetingName>"), "{text}");
        assert!(text.contains("<createDate>Tue Nov 14 22:13:20 UTC 2023</createDate>"), "{text}");
        assert!(text.contains("<metadata><origin>lms</origin></metadata>"), "{text}");
        assert_eq!(text.matches("<server><name>bbb1</name>").count(), 2, "{text}");
        assert!(!text.contains("mconflb") && !text.contains("secret"), "{text}");
    }

    #[test]
    fn a_website_reads_its_own_callback_and_no_other() {
        let urls = CallbackUrls { meta: CallbackUrl::parse("https://lms.example/?a&b"), ..CallbackUrls::default() };
        let callbacks = Some(Callbacks { id: "c1".into(), urls });
        let listed = Meeting { callbacks: callbacks.clone(), ..meeting("abc-1") };
        let fresh = Meeting { callbacks, created_at: Timestamp::from_millis(8), ..meeting("new-2") };
        let text = text([listed, fresh], LISTED);
        let own = "<endcallbackurl>https://lms.example/?a&amp;b</endcallbackurl></metadata>";
        assert!(
            text.contains(&format!("<a>1</a>{own}")) && text.contains(&format!("<origin>lms</origin>{own}")),
            "{text}"
        );
    }

    #[test]
    fn none_is_a_success_of_its_own() {
        assert!(
            text([], LISTED).contains("<returncode>SUCCESS</returncode><meetings/><messageKey>noMeetings</messageKey>")
        );
    }

    #[test]
    fn a_long_answer_is_written_piece_by_piece_and_says_the_same() {
        let meetings = (0..500)
            .map(|number| Meeting { created_at: Timestamp::from_millis(8), ..meeting(&format!("room-{number}")) });
        let meetings: Vec<_> = meetings.map(Arc::new).collect();
        let body = reply(meetings, fleet(""), Timestamp::from_millis(9)).body;
        assert!(body.whole().is_none());
        let pieces: Vec<_> = body.clone().into_pieces().collect();
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| !piece.is_empty() && piece.len() < PIECE + 5000));
        let all = body.to_bytes();
        assert_eq!(all, pieces.concat());
        let document = crate::xml::Document::parse(&all).unwrap();
        assert_eq!(document.root().child("meetings").unwrap().children().count(), 500);
    }
}
