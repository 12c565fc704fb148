//! [`SimulatedBbb`]: one BBB server in memory, for tests, the demo and the simulator.
//!
//! It behaves as BBB 2.6 to 3.0 does wherever a balancer can see it: answers, keys, wordings, order of the fields,
//! checksums, duplicate creates, ended meetings that linger in the lists. It opens no socket and reads no clock: whoever
//! drives it says what time it is.

mod analytics;
mod callback;
mod calls;
mod config_xml;
mod create;
mod date;
mod hook_event;
mod hooks;
mod join;
mod life;
mod meeting;
mod parameters;
mod recording;
mod recordings;
mod reply;
mod text_tracks;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fmt;
use std::time::Duration;

use sha1::{Digest, Sha1};

pub use self::callback::{SimulatedCallback, SimulatedCallbackKind};
pub use self::hooks::SimulatedHook;
pub use self::meeting::{SimulatedBreakout, SimulatedMeeting, SimulatedUser};
pub use self::recording::{SimulatedFormat, SimulatedRecording, SimulatedRecordingState};
pub use self::reply::SimulatedReply;
pub use self::text_tracks::SimulatedTextTrack;

use self::hooks::Hooks;
use self::parameters::{Parameters, Unsigned};
use self::recordings::Recordings;
use self::reply::Failure;
use crate::clock::Timestamp;
use crate::secret::Secret;

/// Meetings that one simulated server holds; a create beyond answers a server error.
const MOST_MEETINGS: usize = 100_000;

const CHECKSUM_MISSING: Failure = Failure::new("checksumError", "You must provide the checksum");
const CHECKSUM_WRONG: Failure = Failure::new("checksumError", "Checksums do not match");
/// How calls of recordings, and all calls of older servers, say it.
const CHECKSUM_FAILED: Failure = Failure::new("checksumError", "You did not pass the checksum security check");

/// A BBB server in memory.
///
/// ```
/// use lb_core::gateway::SimulatedBbb;
/// use lb_core::{Timestamp, checksum};
///
/// let mut bbb = SimulatedBbb::new("http://bbb1.example.org", "s3cr3t");
/// let query = "name=Algebra&meetingID=room-1";
/// let digest = checksum::sign(checksum::Algorithm::Sha256, "create", query, &"s3cr3t".into());
/// let reply = bbb.handle(Timestamp::from_millis(1), "create", &format!("{query}&checksum={digest}"), None);
/// assert!(reply.body.contains("<createTime>1</createTime>"));
/// assert_eq!(bbb.meetings().count(), 1);
/// ```
pub struct SimulatedBbb {
    origin: String,
    secret: Secret,
    base_cpu: f64,
    cpu_per_user: f64,
    linger: Duration,
    rng: fastrand::Rng,
    /// By internal id. That of a website's meeting begins with the hash of its meetingID: BBB looks them up by it, and so
    /// does this.
    meetings: BTreeMap<String, SimulatedMeeting>,
    /// Voice bridges of the meetings that live.
    bridges: HashSet<String>,
    /// Ended meetings and when they vanish from the lists, in that order.
    lingering: VecDeque<(Timestamp, String)>,
    /// Whether there ever was a breakout room: only then an end looks for rooms to end.
    has_breakouts: bool,
    /// The latest createTime of those that are gone: no later one repeats an incarnation.
    last_gone: Option<u64>,
    /// What is to be called; the oldest go first.
    callbacks: VecDeque<SimulatedCallback>,
    recordings: Recordings,
    hooks: Hooks,
    /// Calls that no BBB of today has.
    future_calls: HashSet<String>,
    /// Whether it is old enough to know getDefaultConfigXML and setConfigXML.
    has_config_xml: bool,
    /// The last time that it was told: what is done past the API happens then.
    now: Timestamp,
}

impl SimulatedBbb {
    /// An empty server that browsers reach at `origin` (protocol and host, such as `http://bbb1.example.org`) and whose
    /// calls are signed with `secret`; an empty secret switches the check off, as in BBB.
    ///
    /// Its CPU is 2 % and 0.35 % for each user, ended meetings vanish at once, recordings are published at once as
    /// presentations, there are no webhooks, and what it draws repeats for the same origin.
    pub fn new(origin: impl Into<String>, secret: impl Into<Secret>) -> Self {
        let origin = origin.into();
        let seed = origin.bytes().fold(0u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Self {
            origin,
            secret: secret.into(),
            base_cpu: 2.0,
            cpu_per_user: 0.35,
            linger: Duration::ZERO,
            rng: fastrand::Rng::with_seed(seed),
            meetings: BTreeMap::new(),
            bridges: HashSet::new(),
            lingering: VecDeque::new(),
            has_breakouts: false,
            last_gone: None,
            callbacks: VecDeque::new(),
            recordings: Recordings::default(),
            hooks: Hooks::default(),
            future_calls: HashSet::new(),
            has_config_xml: false,
            now: Timestamp::default(),
        }
    }

    /// The same server, which uses `base` per cent of its CPU when empty and `per_user` per cent more for each user.
    #[must_use]
    pub fn with_cpu(mut self, base: f64, per_user: f64) -> Self {
        self.set_cpu(base, per_user);
        self
    }

    /// The same server, in whose lists an ended meeting stays for `linger`, marked ended. BBB's own take one or two minutes.
    #[must_use]
    pub fn with_linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// The same server, which draws passwords, voice bridges and tokens from `seed`.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.rng = fastrand::Rng::with_seed(seed);
        self
    }

    /// The same server, which also knows the call `name` about one meeting: as a BBB of the future might, of which nobody has
    /// heard yet. For a meeting that lives it answers SUCCESS with the call's name, the meeting's internal id, and as `given`
    /// what it was asked: all parameters in their order but for the checksum, form-encoded.
    #[must_use]
    pub fn with_call(mut self, name: impl Into<String>) -> Self {
        self.future_calls.insert(name.into());
        self
    }

    /// Performs one call as BBB does.
    ///
    /// `path` is what follows `/bigbluebutton/api/`, `query` the raw query with its checksum, `body` a body with its
    /// content type. The body of putRecordingTextTrack is the file alone: whoever drives the server takes the multipart form
    /// apart.
    pub fn handle(&mut self, now: Timestamp, path: &str, query: &str, body: Option<(&str, &[u8])>) -> SimulatedReply {
        self.advance(now);
        let name = path.strip_suffix('/').unwrap_or(path);
        let file = body.map(|(_, bytes)| bytes);
        let body = Body::read(body);
        let parameters = Parameters::parse(query, if let Body::Form(form) = body { form } else { &[] });
        if name == "setConfigXML" && self.has_config_xml {
            return self.set_config_xml(&parameters);
        }
        let verified = parameters::verify(name, query, &parameters, &self.secret);
        if let Some(call) = name.strip_prefix("hooks/") {
            return self.hook_call(call, &parameters, verified.is_ok());
        }
        let unsigned = verified.err().map(|unsigned| match unsigned {
            _ if calls::OF_RECORDINGS.contains(&name) || name == "getDefaultConfigXML" => CHECKSUM_FAILED,
            Unsigned::Missing => CHECKSUM_MISSING,
            Unsigned::Wrong => CHECKSUM_WRONG,
        });
        match (name, unsigned) {
            ("", _) => self.root(),
            ("join", unsigned) => self.join(&parameters, unsigned),
            ("getRecordingTextTracks", unsigned) => self.get_text_tracks(&parameters, unsigned),
            ("putRecordingTextTrack", unsigned) => self.put_text_track(&parameters, file, unsigned),
            (name, Some(_)) if !self.knows(name) => SimulatedReply::html(404, "Not Found"),
            (_, Some(failure)) => SimulatedReply::failed(failure),
            ("create", None) => self.create(now, &parameters, body),
            ("isMeetingRunning", None) => self.is_meeting_running(&parameters),
            ("end", None) => self.end_call(now, &parameters),
            ("getMeetingInfo", None) => self.get_meeting_info(&parameters),
            ("getMeetings", None) => self.get_meetings(),
            ("getSessions", None) => self.get_sessions(),
            ("getRecordings", None) => self.get_recordings(&parameters),
            ("publishRecordings", None) => self.publish_recordings(&parameters),
            ("deleteRecordings", None) => self.delete_recordings(&parameters),
            ("updateRecordings", None) => self.update_recordings(&parameters),
            ("insertDocument", None) => self.insert_document(&parameters, body),
            ("sendChatMessage", None) => self.send_chat_message(&parameters),
            ("getDefaultConfigXML", None) if self.has_config_xml => self.get_default_config_xml(),
            (name, None) if self.future_calls.contains(name) => self.future_call(name, &parameters),
            _ => SimulatedReply::html(404, "Not Found"),
        }
    }

    /// Whether a wrong checksum of this call is answered with an error of BBB's.
    fn knows(&self, name: &str) -> bool {
        let known = calls::KNOWN.contains(&name) || calls::OF_RECORDINGS.contains(&name);
        known || self.future_calls.contains(name) || (name == "getDefaultConfigXML" && self.has_config_xml)
    }

    /// All meetings in its lists, those that linger after their end included.
    pub fn meetings(&self) -> impl Iterator<Item = &SimulatedMeeting> {
        self.meetings.values()
    }

    /// The meeting that `id` means, as BBB finds it: by meetingID or internal id, one that lives before one that has ended.
    pub fn meeting(&self, id: &str) -> Option<&SimulatedMeeting> {
        let key = self.find(id)?;
        self.meetings.get(&key)
    }

    /// Users in all meetings.
    pub fn users(&self) -> usize {
        self.meetings().map(|meeting| meeting.users.len()).sum()
    }

    /// CPU in use, per cent, at most 100: the base, and so much for each user.
    pub fn cpu(&self) -> f64 {
        (self.base_cpu + self.users() as f64 * self.cpu_per_user).min(100.0)
    }

    /// Changes what the CPU figure is made of: `base` per cent, and `per_user` per cent for each user.
    pub fn set_cpu(&mut self, base: f64, per_user: f64) {
        (self.base_cpu, self.cpu_per_user) = (base, per_user);
    }

    /// The key of the meeting that `id` means: one that lives before one that has ended.
    fn find(&self, id: &str) -> Option<String> {
        if let Some(key) = self.find_live(id) {
            return Some(key);
        }
        let hash = hash(id);
        let ended = self.beginning_with(&hash).next_back().or_else(|| self.meetings.get(id));
        ended.map(|meeting| meeting.internal_id.clone())
    }

    /// The key of the living meeting whose meetingID or internal id is `id`.
    fn find_live(&self, id: &str) -> Option<String> {
        let by_internal_id = || self.meetings.get(id).filter(|meeting| meeting.ended_at.is_none());
        let found = self.live_by_meeting_id(id).or_else(by_internal_id);
        found.map(|meeting| meeting.internal_id.clone())
    }

    fn live_by_meeting_id(&self, meeting_id: &str) -> Option<&SimulatedMeeting> {
        self.beginning_with(&hash(meeting_id)).find(|meeting| meeting.ended_at.is_none())
    }

    fn beginning_with(&self, hash: &str) -> impl DoubleEndedIterator<Item = &SimulatedMeeting> {
        // '-' stands between hash and createTime, '.' is the character after it
        let range = format!("{hash}-")..format!("{hash}.");
        self.meetings.range(range).map(|(_, meeting)| meeting)
    }

    fn draw(&mut self, length: usize) -> String {
        std::iter::repeat_with(|| self.rng.alphanumeric().to_ascii_lowercase()).take(length).collect()
    }
}

impl fmt::Debug for SimulatedBbb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedBbb")
            .field("origin", &self.origin)
            .field("meetings", &self.meetings.len())
            .finish_non_exhaustive()
    }
}

/// A body, by its content type.
#[derive(Clone, Copy)]
enum Body<'a> {
    None,
    Form(&'a [u8]),
    Xml(&'a [u8]),
    Unsupported,
}

impl<'a> Body<'a> {
    fn read(body: Option<(&str, &'a [u8])>) -> Self {
        let Some((content_type, bytes)) = body.filter(|(_, bytes)| !bytes.is_empty()) else { return Body::None };
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/x-www-form-urlencoded" => Body::Form(bytes),
            "application/xml" | "text/xml" => Body::Xml(bytes),
            _ => Body::Unsupported,
        }
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha1::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests;
