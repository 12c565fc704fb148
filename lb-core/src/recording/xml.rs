//! [`RecordingXml`]: what a server says of a recording, kept small. With its formats and previews a recording has some
//! kilobytes of XML, nearly all of it the same tags and its own id.

use std::fmt;

use lz4_flex::block;

use crate::xml::{Document, Node, Writer};

/// The fields of a recording as its server sent them, but for those that the balancer itself writes: `published`, `state` and
/// `protected`. Packed to a third of their size or less.
#[derive(Clone, PartialEq)]
pub struct RecordingXml {
    packed: Box<[u8]>,
    length: u32,
    at: Places,
}

/// Where the parts of the text begin, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Places {
    state: u32,
    metadata: u32,
    tail: u32,
}

/// The fields, to be read.
#[derive(Clone, PartialEq)]
pub struct RecordingFields {
    text: String,
    at: Places,
}

impl RecordingXml {
    /// Length of the XML, bytes.
    pub fn length(&self) -> usize {
        self.length as usize
    }

    /// What it takes in memory beside the recording itself, bytes.
    pub fn packed(&self) -> usize {
        self.packed.len()
    }

    /// The fields, as they were.
    pub fn unpack(&self) -> RecordingFields {
        let bytes = block::decompress_with_dict(&self.packed, self.length(), LIKELY).unwrap_or_default();
        // it was packed here, from text
        RecordingFields { text: String::from_utf8(bytes).unwrap_or_default(), at: self.at }
    }
}

impl RecordingFields {
    /// Fields of which `head` stands before the state, `middle` between it and the metadata, and `tail` behind those.
    /// `metadata` are the elements inside the metadata. All four are XML.
    pub fn new(head: &str, middle: &str, metadata: &str, tail: &str) -> Self {
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let state = place(head.len());
        let metadata_at = state.saturating_add(place(middle.len()));
        let at = Places { state, metadata: metadata_at, tail: metadata_at.saturating_add(place(metadata.len())) };
        Self { text: [head, middle, metadata, tail].concat(), at }
    }

    /// The four parts.
    pub fn parts(&self) -> [&str; 4] {
        let cut = |from: u32, to: usize| self.text.get(from as usize..to).unwrap_or_default();
        let Places { state, metadata, tail } = self.at;
        [
            cut(0, state as usize),
            cut(state, metadata as usize),
            cut(metadata, tail as usize),
            cut(tail, self.text.len()),
        ]
    }

    /// Packs them: some microseconds.
    pub fn pack(&self) -> RecordingXml {
        let packed = block::compress_with_dict(self.text.as_bytes(), LIKELY);
        let length = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        // a copy, because the room for the worst case would stay behind as a hole
        RecordingXml { packed: packed.as_slice().into(), length, at: self.at }
    }

    /// The metadata, in their order.
    pub fn metadata(&self) -> Vec<(String, String)> {
        let [_, _, metadata, _] = self.parts();
        let xml = ["<m>", metadata, "</m>"].concat();
        let Ok(document) = Document::parse(xml.as_bytes()) else { return Vec::new() };
        let pair = |node: Node<'_>| (node.name().to_owned(), node.text().trim().to_owned());
        document.root().children().map(pair).collect()
    }

    /// What it can be played in, in BBB's words, such as `presentation`.
    pub fn formats(&self) -> Vec<String> {
        let xml = ["<t>", self.text.as_str(), "</t>"].concat();
        let Ok(document) = Document::parse(xml.as_bytes()) else { return Vec::new() };
        let formats = document.root().child("playback").into_iter().flat_map(Node::children);
        formats.map(|format| format.value("type").into_owned()).filter(|word| !word.is_empty()).collect()
    }

    /// The same with other metadata: an empty value takes a key away, another takes the place of the one that is there.
    #[must_use]
    pub fn with_metadata<'a>(&self, changes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut metadata = self.metadata();
        for (key, value) in changes {
            let own = metadata.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key));
            match own {
                Some(_) if value.is_empty() => metadata.retain(|(name, _)| !name.eq_ignore_ascii_case(key)),
                Some((_, present)) => value.clone_into(present),
                None if value.is_empty() => {}
                None => metadata.push((key.to_ascii_lowercase(), value.to_owned())),
            }
        }
        let mut writer = Writer::new();
        for (key, value) in &metadata {
            writer.element(key, value);
        }
        let [head, middle, _, tail] = self.parts();
        Self::new(head, middle, &writer.into_string(), tail)
    }
}

impl fmt::Debug for RecordingXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingXml").field("bytes", &self.length).finish_non_exhaustive()
    }
}

impl fmt::Debug for RecordingFields {
    /// Without its text: callback URLs in the metadata carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingFields").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// What a recording in BBB's getRecordings looks like: what is found in here is not kept again. Any other text is packed and
/// unpacked as well, only not as small.
const LIKELY: &[u8] = b"<meetingName></meetingName><meetingId></meetingId><bbb-origin>Moodle</bbb-origin><bbb-origin>greenlight</bbb-origin>\
    <bbb-origin-version></bbb-origin-version><bbb-origin-server-name></bbb-origin-server-name>\
    <bbb-origin-server-common-name></bbb-origin-server-common-name><bbb-origin-tag>moodle-mod_bigbluebuttonbn (20</bbb-origin-tag>\
    <bbb-context></bbb-context><bbb-context-id></bbb-context-id><bbb-context-name></bbb-context-name>\
    <bbb-context-label></bbb-context-label><bbb-recording-name></bbb-recording-name>\
    <bbb-recording-description></bbb-recording-description><bbb-recording-tags></bbb-recording-tags><gl-listed>false</gl-listed>\
    <recordID></recordID><meetingID></meetingID><internalMeetingID></internalMeetingID><name></name><isBreakout>false</isBreakout>\
    <startTime>1</startTime><endTime>1</endTime><participants>1</participants><rawSize></rawSize><isBreakout>false</isBreakout>\
    <breakout><parentId></parentId><sequence>1</sequence><freeJoin>false</freeJoin></breakout>\
    <breakoutRooms><breakoutRoom></breakoutRoom></breakoutRooms><size></size><playback><format><type>podcast</type>\
    <url>https://.org/podcast//audio.ogg</url><processingTime></processingTime><length>1</length><size></size></format><format>\
    <type>video</type><url>https:///playback/video/</url><processingTime>0</processingTime><length>1</length><size>0</size></format>\
    <format><type>screenshare</type><type>notes</type><type>statistics</type><type>presentation</type>\
    <url>https:///playback/presentation/2.3/</url><processingTime></processingTime><length></length><size></size><preview><images>\
    <image alt=\"\" height=\"136\" width=\"176\">https:///presentation//presentation/</image><image width=\"176\" height=\"136\" alt=\"\">\
    /thumbnails/thumb-1.png</image></images></preview></format></playback><data></data><data/>";

#[cfg(test)]
mod tests {
    use super::*;

    /// A recording with two formats and three previews, as BBB 2.7 lists it; written by `fields` alone, without any balancer.
    fn typical() -> RecordingFields {
        let id = "0e9770ee13188deca3cd34f598eb93650a2f97c3-1700000000000";
        let image = |number: u32| {
            format!(
                "<image alt=\"Quadratic equations\" height=\"136\" width=\"176\">https://bbb07.example.org/presentation/{id}/presentation/\
                 d2d9a672040fbde2a47a10bf6c37b6a4b5ae187f-1700000000500/thumbnails/thumb-{number}.png</image>"
            )
        };
        let images: String = (1..=3).map(image).collect();
        RecordingFields::new(
            &format!(
                "<recordID>{id}</recordID><meetingID>c7f5b0f9-1c43-4a32-b4b1-0d2b91a3a2fe</meetingID>\
                 <internalMeetingID>{id}</internalMeetingID><name>Algebra I, group B</name><isBreakout>false</isBreakout>"
            ),
            "<startTime>1700000000000</startTime><endTime>1700005400000</endTime><participants>12</participants><rawSize>73400320</rawSize>",
            "<bbb-origin>Moodle</bbb-origin><bbb-context-name>Algebra I</bbb-context-name><meetingName>Algebra I, group B</meetingName>\
             <meetingId>c7f5b0f9-1c43-4a32-b4b1-0d2b91a3a2fe</meetingId><isBreakout>false</isBreakout>",
            &format!(
                "<size>21504000</size><playback><format><type>presentation</type>\
                 <url>https://bbb07.example.org/playback/presentation/2.3/{id}</url><processingTime>181200</processingTime>\
                 <length>90</length><size>20480000</size><preview><images>{images}</images></preview></format><format><type>video</type>\
                 <url>https://bbb07.example.org/playback/video/{id}/</url><processingTime>900</processingTime><length>90</length>\
                 <size>1024000</size></format></playback><data></data>"
            ),
        )
    }

    #[test]
    fn a_recording_takes_a_third_of_its_xml() {
        let fields = typical();
        let packed = fields.pack();
        assert_eq!(packed.unpack(), fields);
        assert_eq!(fields.formats(), ["presentation", "video"]);
        assert!(packed.packed() * 3 < packed.length(), "{} of {}", packed.packed(), packed.length());
    }

    #[test]
    fn metadata_are_read_and_changed_and_the_rest_stays() {
        let fields =
            RecordingFields::new("<a/>", "<b/>", "<meetingName> A &amp; B </meetingName>\n<x>1</x><y>2</y>", "<c/>");
        let pairs = |fields: &RecordingFields| {
            let joined = fields.metadata().into_iter().map(|(key, value)| format!("{key}={value}"));
            joined.collect::<Vec<_>>().join(";")
        };
        assert_eq!(pairs(&fields), "meetingName=A & B;x=1;y=2");
        let changed = fields.with_metadata([("meetingname", "<C>"), ("X", ""), ("New", "3"), ("none", "")]);
        assert_eq!(pairs(&changed), "meetingName=<C>;y=2;new=3");
        assert_eq!(changed.parts()[0..2], ["<a/>", "<b/>"]);
        assert_eq!(changed.parts()[3], "<c/>");
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back(parts in proptest::collection::vec("(\\PC|<format><type>){0,60}", 4)) {
            let fields = RecordingFields::new(&parts[0], &parts[1], &parts[2], &parts[3]);
            let unpacked = fields.pack().unpack();
            proptest::prop_assert_eq!(unpacked.parts().map(str::to_owned).to_vec(), parts);
        }
    }
}
