//! [`SimulatedRecording`]: what a meeting that records leaves behind, and how BBB writes it down.

use std::collections::BTreeMap;
use std::fmt;

use super::meeting::{SimulatedBreakout, SimulatedMeeting};
use super::reply::element;
use super::text_tracks::SimulatedTextTrack;
use super::{hash, recordings};
use crate::xml::escape;

/// A recording on a simulated server.
#[derive(Clone)]
#[non_exhaustive]
pub struct SimulatedRecording {
    /// The internal id of its meeting: `sha1hex(meetingID)-createTime`.
    pub record_id: String,
    /// The website's id of its meeting.
    pub meeting_id: String,
    /// The meeting's name.
    pub name: String,
    /// How far it has come.
    pub state: SimulatedRecordingState,
    /// When its meeting began: milliseconds since 1970.
    pub start_time: u64,
    /// When its meeting ended: milliseconds since 1970.
    pub end_time: u64,
    /// How often somebody joined the meeting.
    pub participants: u64,
    /// Bytes of what was recorded, before it was processed.
    pub raw_size: u64,
    /// The metadata of the meeting, keys in lower case, and what updateRecordings made of them. BBB's own (`meetingId`,
    /// `meetingName`, `isBreakout`) are not among them; answers have them too.
    pub metadata: BTreeMap<String, String>,
    /// What made its meeting a breakout room; absent for others.
    pub breakout: Option<SimulatedBreakout>,
    /// The internal ids of the meeting's breakout rooms.
    pub breakout_rooms: Vec<String>,
    /// What `protect=` said last; absent: never, and answers do not tell of it.
    pub protected: Option<bool>,
    /// What people can play.
    pub formats: Vec<SimulatedFormat>,
    /// Subtitles and captions.
    pub text_tracks: Vec<SimulatedTextTrack>,
}

/// How far a recording has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimulatedRecordingState {
    /// Its meeting has ended.
    Processing,
    /// There are files, which nobody can play yet.
    Processed,
    /// Everybody who has its address can play it.
    Published,
    /// Somebody took it back.
    Unpublished,
    /// Somebody deleted it; BBB keeps the files.
    Deleted,
}

impl SimulatedRecordingState {
    /// BBB's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Processed => "processed",
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::Deleted => "deleted",
        }
    }
}

/// In what a recording can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulatedFormat {
    /// Slides, chat and sound in the browser, with preview images.
    Presentation,
    /// Sound alone.
    Podcast,
    /// One file of video.
    Video,
}

impl SimulatedFormat {
    /// BBB's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Presentation => "presentation",
            Self::Podcast => "podcast",
            Self::Video => "video",
        }
    }

    pub(super) fn url(self, origin: &str, record_id: &str) -> String {
        match self {
            Self::Presentation => format!("{origin}/playback/presentation/2.3/{record_id}"),
            Self::Podcast => format!("{origin}/podcast/{record_id}/audio.ogg"),
            Self::Video => format!("{origin}/playback/video/{record_id}/"),
        }
    }

    fn bytes_per_second(self) -> u64 {
        match self {
            Self::Presentation => 4_000,
            Self::Podcast => 8_000,
            Self::Video => 60_000,
        }
    }
}

impl SimulatedRecording {
    /// A published presentation of a meeting that was named as its id: without metadata, one participant. `start_time` and
    /// `end_time` in milliseconds since 1970.
    pub fn new(meeting_id: impl Into<String>, start_time: u64, end_time: u64) -> Self {
        let meeting_id = meeting_id.into();
        Self {
            record_id: format!("{}-{start_time}", hash(&meeting_id)),
            name: meeting_id.clone(),
            meeting_id,
            state: SimulatedRecordingState::Published,
            start_time,
            end_time,
            participants: 1,
            raw_size: raw_size(start_time, end_time),
            metadata: BTreeMap::new(),
            breakout: None,
            breakout_rooms: Vec::new(),
            protected: None,
            formats: vec![SimulatedFormat::Presentation],
            text_tracks: Vec::new(),
        }
    }

    /// What `meeting` leaves behind now that it has ended at `end_time`.
    pub(super) fn of(meeting: &SimulatedMeeting, end_time: u64, formats: Vec<SimulatedFormat>) -> Self {
        Self {
            record_id: meeting.internal_id.clone(),
            name: meeting.name.clone(),
            state: SimulatedRecordingState::Processing,
            participants: meeting.joins,
            metadata: meeting.metadata.clone(),
            breakout: meeting.breakout.clone(),
            formats,
            ..Self::new(meeting.meeting_id.clone(), meeting.create_time, end_time)
        }
    }

    /// The same recording with one more of the metadata, the key in lower case and without `meta_`.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// All metadata as answers have them: the meeting's, then BBB's own.
    pub(super) fn all_metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        let breakout = if self.breakout.is_some() { "true" } else { "false" };
        let own = [("meetingName", self.name.as_str()), ("meetingId", &self.meeting_id), ("isBreakout", breakout)];
        self.metadata.iter().map(|(key, value)| (key.as_str(), value.as_str())).chain(own)
    }

    pub(super) fn duration(&self) -> u64 {
        self.end_time.saturating_sub(self.start_time)
    }

    pub(super) fn size_of(&self, format: SimulatedFormat) -> u64 {
        (self.duration() / 1000).saturating_mul(format.bytes_per_second())
    }

    pub(super) fn size(&self) -> u64 {
        self.formats.iter().fold(0, |size, format| size.saturating_add(self.size_of(*format)))
    }

    /// Appends the recording in BBB's order of fields.
    pub(super) fn write(&self, xml: &mut String, origin: &str) {
        let flag = |flag: bool| if flag { "true" } else { "false" };
        xml.push_str("<recording>");
        element(xml, "recordID", &self.record_id);
        element(xml, "meetingID", &self.meeting_id);
        element(xml, "internalMeetingID", &self.record_id);
        element(xml, "name", &self.name);
        element(xml, "isBreakout", flag(self.breakout.is_some()));
        element(xml, "published", flag(self.state == SimulatedRecordingState::Published));
        if let Some(protected) = self.protected {
            element(xml, "protected", flag(protected));
        }
        element(xml, "state", self.state.name());
        element(xml, "startTime", &self.start_time.to_string());
        element(xml, "endTime", &self.end_time.to_string());
        element(xml, "participants", &self.participants.to_string());
        element(xml, "rawSize", &self.raw_size.to_string());
        xml.push_str("<metadata>");
        self.all_metadata().for_each(|(key, value)| element(xml, key, value));
        xml.push_str("</metadata>");
        if let Some(breakout) = &self.breakout {
            xml.push_str("<breakout>");
            element(xml, "parentId", &breakout.parent);
            element(xml, "sequence", &breakout.sequence.to_string());
            element(xml, "freeJoin", flag(breakout.free_join));
            xml.push_str("</breakout>");
        }
        if !self.breakout_rooms.is_empty() {
            xml.push_str("<breakoutRooms>");
            self.breakout_rooms.iter().for_each(|room| element(xml, "breakoutRoom", room));
            xml.push_str("</breakoutRooms>");
        }
        element(xml, "size", &self.size().to_string());
        xml.push_str("<playback>");
        self.formats.iter().for_each(|format| self.write_format(xml, origin, *format));
        xml.push_str("</playback><data/></recording>");
    }

    fn write_format(&self, xml: &mut String, origin: &str, format: SimulatedFormat) {
        xml.push_str("<format>");
        element(xml, "type", format.name());
        element(xml, "url", &format.url(origin, &self.record_id));
        element(xml, "processingTime", &recordings::processing_time(self).to_string());
        element(xml, "length", &(self.duration() / 60_000).to_string());
        element(xml, "size", &self.size_of(format).to_string());
        if format == SimulatedFormat::Presentation {
            xml.push_str("<preview><images>");
            for slide in 1..=2 {
                let (id, name) = (&self.record_id, &self.name);
                let url = format!("{origin}/presentation/{id}/presentation/slides/thumbnails/thumb-{slide}.png");
                xml.push_str(&format!("<image alt=\"{}\" height=\"136\" width=\"176\">", escape(name)));
                xml.push_str(&escape(&url));
                xml.push_str("</image>");
            }
            xml.push_str("</images></preview>");
        }
        xml.push_str("</format>");
    }
}

impl fmt::Debug for SimulatedRecording {
    /// Shows no metadata: callback URLs among them carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedRecording")
            .field("record_id", &self.record_id)
            .field("meeting_id", &self.meeting_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

fn raw_size(start_time: u64, end_time: u64) -> u64 {
    (end_time.saturating_sub(start_time) / 1000).saturating_mul(15_000)
}
