//! [`PackedXml`]: the fields of a listed meeting, kept small. With its attendees a meeting has some kilobytes of XML,
//! nearly all of it the same tags for every meeting and every attendee.

use std::fmt;

use lz4_flex::block;

/// XML that is kept for long and seldom read: packed to a quarter of its size or less.
#[derive(Clone)]
pub struct PackedXml {
    packed: Box<[u8]>,
    length: usize,
}

impl PackedXml {
    /// Packs `xml`: some microseconds for a meeting.
    pub fn new(xml: &str) -> Self {
        let packed = block::compress_with_dict(xml.as_bytes(), LIKELY);
        // a copy, because the room for the worst case would stay behind as a hole
        Self { packed: packed.as_slice().into(), length: xml.len() }
    }

    /// Length of the XML, bytes.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The XML, as it was.
    pub fn unpack(&self) -> String {
        let bytes = block::decompress_with_dict(&self.packed, self.length, LIKELY).unwrap_or_default();
        // it was packed here, from text
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for PackedXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedXml").field("bytes", &self.length).finish_non_exhaustive()
    }
}

/// What a meeting in BBB's getMeetings looks like: what is found in here is not kept again. Any other text is packed and
/// unpacked as well, only not as small.
const LIKELY: &[u8] = b"<isBreakout>true</isBreakout><parentMeetingID></parentMeetingID><sequence>1</sequence><freeJoin>false</freeJoin>\
    </clientType><customdata></customdata></attendee><attendee><userID>w_</userID><fullName></fullName><role>MODERATOR</role>\
    <isPresenter>true</isPresenter><isListeningOnly>true</isListeningOnly><hasJoinedVoice>true</hasJoinedVoice>\
    <hasVideo>true</hasVideo><clientType>HTML5</clientType><customdata></customdata></attendee>\
    <meetingName></meetingName><meetingID></meetingID><internalMeetingID></internalMeetingID><createTime>1</createTime>\
    <createDate>Mon Jan  1 00:00:00 UTC 20</createDate><voiceBridge>7</voiceBridge><dialNumber></dialNumber><attendeePW></attendeePW>\
    <moderatorPW></moderatorPW><running>true</running><running>false</running><duration>0</duration>\
    <hasUserJoined>true</hasUserJoined><hasUserJoined>false</hasUserJoined><recording>true</recording><recording>false</recording>\
    <hasBeenForciblyEnded>false</hasBeenForciblyEnded><startTime>1</startTime><endTime>0</endTime>\
    <participantCount>0</participantCount><listenerCount>0</listenerCount><voiceParticipantCount>0</voiceParticipantCount>\
    <videoCount>0</videoCount><maxUsers>0</maxUsers><moderatorCount>0</moderatorCount><attendees><attendee><userID>w_</userID>\
    <fullName></fullName><role>VIEWER</role><isPresenter>false</isPresenter><isListeningOnly>false</isListeningOnly>\
    <hasJoinedVoice>false</hasJoinedVoice><hasVideo>false</hasVideo><clientType>HTML5</clientType><customdata></customdata>\
    </attendee><attendee><userID>w_</userID></attendee></attendees><metadata><bbb-origin></bbb-origin></metadata>\
    <isBreakout>false</isBreakout>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_takes_a_quarter_of_its_xml() {
        let attendee = |number: usize| {
            format!(
                "<attendee><userID>user-{number}</userID><fullName>Attendee {number}</fullName><role>VIEWER</role>\
                 <isPresenter>false</isPresenter><isListeningOnly>false</isListeningOnly><hasJoinedVoice>true</hasJoinedVoice>\
                 <hasVideo>false</hasVideo><clientType>HTML5</clientType><customdata></customdata></attendee>"
            )
        };
        let attendees: String = (0..5).map(attendee).collect();
        let xml = format!("<meetingName>Algebra</meetingName><attendees>{attendees}</attendees>");
        let packed = PackedXml::new(&xml);
        assert_eq!(packed.unpack(), xml);
        assert!(packed.packed.len() * 4 < xml.len(), "{} of {}", packed.packed.len(), xml.len());
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back(text in "(\\PC|<attendee>|</fullName><role>){0,200}") {
            proptest::prop_assert_eq!(PackedXml::new(&text).unpack(), text);
        }
    }
}
