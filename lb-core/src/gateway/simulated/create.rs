//! create: a new meeting, or the one that is there; and meetings that are put in past the API.

use std::collections::BTreeMap;

use super::calls::bad_meeting_id;
use super::date::java_date;
use super::hook_event::UserEvent;
use super::meeting::{SimulatedBreakout, SimulatedMeeting};
use super::parameters::Parameters;
use super::reply::{Failure, SimulatedReply, element};
use super::{Body, MOST_MEETINGS, SimulatedBbb, hash};
use crate::clock::Timestamp;

pub(super) const UNSUPPORTED_CONTENT_TYPE: Failure =
    Failure::new("unsupportedContentType", "POST request Content-Type is missing or unsupported");

/// How often BBB draws a voice bridge before it gives up.
const BRIDGE_DRAWS: usize = 10;
/// BBB's own test conference: a meeting that takes it gets an internal id that nobody can join.
const TEST_BRIDGE: &str = "99999";

impl SimulatedBbb {
    pub(super) fn create(&mut self, now: Timestamp, parameters: &Parameters, body: Body<'_>) -> SimulatedReply {
        if let Some(failure) = check(parameters, body) {
            return SimulatedReply::failed(failure);
        }
        let breakout = match self.read_breakout(parameters) {
            Ok(breakout) => breakout,
            Err(failure) => return SimulatedReply::failed(failure),
        };
        let meeting_id = parameters.get("meetingID").unwrap_or_default();
        let existing = match breakout {
            None => self.live_by_meeting_id(meeting_id),
            Some(_) => self.meetings.get(meeting_id),
        };
        if let Some(existing) = existing {
            return repeated(existing, parameters);
        }
        let bridge = parameters.given("voiceBridge").map(str::to_owned).or_else(|| self.draw_bridge());
        let Some(bridge) = bridge.filter(|bridge| !self.bridges.contains(bridge)) else {
            return SimulatedReply::errors("nonUniqueVoiceBridge", "The selected voice bridge is already in use.");
        };
        if self.meetings.len() >= MOST_MEETINGS {
            return SimulatedReply::html(500, "Internal Server Error");
        }
        let has_modules = matches!(body, Body::Xml(_));
        let meeting = self.insert(now, parameters, meeting_id, bridge, breakout, has_modules);
        let (reply, key) = (created(meeting, "", ""), meeting.internal_id.clone());
        self.tell_of_meeting(&key, "meeting-created");
        reply
    }

    /// Somebody creates a meeting with `users` users on the server past the balancer. Returns its internal id; `None` if
    /// there is one with this meetingID, or the server is full.
    pub fn put_foreign(&mut self, now: Timestamp, meeting_id: &str, users: usize) -> Option<String> {
        self.advance(now);
        if self.live_by_meeting_id(meeting_id).is_some() {
            return None;
        }
        self.put(now, meeting_id, users, None)
    }

    /// BBB makes a breakout room with `users` users for the living meeting `parent`. Returns its internal id; `None` if
    /// there is no such meeting, or the server is full.
    pub fn put_breakout(&mut self, now: Timestamp, parent: &str, sequence: u64, users: usize) -> Option<String> {
        self.advance(now);
        let parent = self.find_live(parent)?;
        let room_id = format!("{}-{}", hash(&format!("{parent}-{sequence}")), now.as_millis());
        self.put(now, &room_id, users, Some(SimulatedBreakout { parent, sequence, free_join: false }))
    }

    fn put(
        &mut self,
        now: Timestamp,
        meeting_id: &str,
        users: usize,
        breakout: Option<SimulatedBreakout>,
    ) -> Option<String> {
        if self.meetings.len() >= MOST_MEETINGS {
            return None;
        }
        let bridge = self.draw_bridge()?;
        let drawn: Vec<_> = (1..=users).map(|number| self.draw_user(&format!("User {number}"), number == 1)).collect();
        let meeting = self.insert(now, &Parameters::default(), meeting_id, bridge, breakout, false);
        meeting.name = meeting_id.to_owned();
        meeting.has_user_joined = users > 0;
        meeting.joins = users as u64;
        meeting.users = drawn.clone();
        let key = meeting.internal_id.clone();
        self.tell_of_meeting(&key, "meeting-created");
        drawn.iter().for_each(|user| self.tell_of_user(&key, UserEvent::Joined, user));
        Some(key)
    }

    fn insert(
        &mut self,
        now: Timestamp,
        parameters: &Parameters,
        meeting_id: &str,
        voice_bridge: String,
        breakout: Option<SimulatedBreakout>,
        has_modules: bool,
    ) -> &mut SimulatedMeeting {
        let create_time = self.next_create_time(now, meeting_id);
        let (meeting_id, internal_id) = match &breakout {
            Some(room) => {
                let external = hash(&format!("{}-{create_time}-{}", room.parent, room.sequence));
                (format!("{external}-{create_time}"), meeting_id.to_owned())
            }
            None if voice_bridge == TEST_BRIDGE => (meeting_id.to_owned(), format!("-{create_time}")),
            None => (meeting_id.to_owned(), format!("{}-{create_time}", hash(meeting_id))),
        };
        let mut password = |name| match parameters.given(name) {
            Some(password) => password.into(),
            None => std::iter::repeat_with(|| self.rng.alphanumeric()).take(8).collect::<String>().into(),
        };
        let number = |name| parameters.given(name).and_then(|value| value.trim().parse().ok()).unwrap_or(0);
        let meeting = SimulatedMeeting {
            name: parameters.get("name").unwrap_or_default().to_owned(),
            create_time,
            attendee_password: password("attendeePW"),
            moderator_password: password("moderatorPW"),
            dial_number: parameters.given("dialNumber").unwrap_or("613-555-1234").to_owned(),
            duration: number("duration"),
            max_users: number("maxParticipants"),
            records: parameters.is_true("record") || parameters.get("record") == Some("1"),
            has_user_joined: false,
            forcibly_ended: false,
            ended_at: None,
            users: Vec::new(),
            joins: 0,
            past_users: Vec::new(),
            config_xml: None,
            metadata: metadata(parameters),
            parameters: parameters
                .iter()
                .filter(|(name, _)| *name != "checksum")
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            has_modules,
            documents: 0,
            chat_messages: 0,
            internal_id: internal_id.clone(),
            meeting_id,
            voice_bridge,
            breakout,
        };
        self.has_breakouts |= meeting.breakout.is_some();
        self.bridges.insert(meeting.voice_bridge.clone());
        self.meetings.entry(internal_id).insert_entry(meeting).into_mut()
    }

    /// The clock's time, or a little later: no two incarnations of a meeting share their createTime.
    fn next_create_time(&self, now: Timestamp, meeting_id: &str) -> u64 {
        let lingering = self.beginning_with(&hash(meeting_id)).map(|meeting| meeting.create_time).max();
        let taken = lingering.max(self.last_gone).map_or(0, |latest| latest.saturating_add(1));
        now.as_millis().max(taken)
    }

    fn draw_bridge(&mut self) -> Option<String> {
        (0..BRIDGE_DRAWS)
            .map(|_| self.rng.u32(10_000..=99_998).to_string())
            .find(|bridge| !self.bridges.contains(bridge))
    }

    fn read_breakout(&self, parameters: &Parameters) -> Result<Option<SimulatedBreakout>, Failure> {
        if !parameters.is_true("isBreakout") {
            return Ok(None);
        }
        let parent = parameters
            .given("parentMeetingID")
            .ok_or(Failure::new("parentMeetingIDMissing", "No parent meeting ID was provided for the breakout room"))?;
        let parent = self
            .find_live(parent)
            .ok_or(Failure::new("parentMeetingDoesNotExist", "No parent meeting exists for the breakout room"))?;
        let sequence = parameters.given("sequence").and_then(|value| value.parse().ok()).unwrap_or(0);
        Ok(Some(SimulatedBreakout { parent, sequence, free_join: parameters.is_true("freeJoin") }))
    }
}

/// The one violated rule that BBB tells, in its precedence.
fn check(parameters: &Parameters, body: Body<'_>) -> Option<Failure> {
    let failure = |key, message| Some(Failure::new(key, message));
    let (name, meeting_id) = (parameters.get("name"), parameters.get("meetingID"));
    let passwords = ["attendeePW", "moderatorPW"].into_iter().filter_map(|name| parameters.given(name));
    if matches!(body, Body::Unsupported) {
        return Some(UNSUPPORTED_CONTENT_TYPE);
    }
    if name == Some("") {
        return failure("emptyError", "You must provide a meeting name");
    }
    if passwords.into_iter().any(|password| !(2..=64).contains(&password.chars().count())) {
        return failure("invalidPassword", "Invalid password");
    }
    if name.is_some_and(|name| !(2..=256).contains(&name.chars().count())) {
        return failure("sizeError", "Meeting name must be between 2 and 256 characters");
    }
    if let Some(bad) = meeting_id.and_then(bad_meeting_id) {
        return Some(bad);
    }
    if meeting_id.is_none_or(|id| id.trim() != id || id.chars().any(char::is_control)) {
        return failure("validationError", "Invalid meeting ID");
    }
    if parameters.given("voiceBridge").is_some_and(|bridge| !bridge.bytes().all(|byte| byte.is_ascii_digit())) {
        return failure("validationError", "Voice bridge must be an integral value");
    }
    if !parameters.is_boolean("record") {
        return failure("validationError", "Record must be a boolean value (true or false)");
    }
    if name.is_none() {
        return failure("nullError", "You must provide a meeting name");
    }
    None
}

/// What a create answers for a meeting that is there: BBB ≥ 2.6 asks for both passwords or for none.
fn repeated(existing: &SimulatedMeeting, parameters: &Parameters) -> SimulatedReply {
    let (attendee, moderator) = (parameters.given("attendeePW"), parameters.given("moderatorPW"));
    let equal = attendee == Some(existing.attendee_password.expose())
        && moderator == Some(existing.moderator_password.expose());
    if equal || (attendee.is_none() && moderator.is_none()) {
        let message = "This conference was already in existence and may currently be in progress.";
        created(existing, "duplicateWarning", message)
    } else {
        let message = "A meeting already exists with that meeting ID.  Please use a different meeting ID.";
        SimulatedReply::failed(Failure::new("idNotUnique", message))
    }
}

fn created(meeting: &SimulatedMeeting, key: &str, message: &str) -> SimulatedReply {
    let mut inner = String::with_capacity(1024);
    let parent = meeting.breakout.as_ref().map_or("bbb-none", |breakout| breakout.parent.as_str());
    element(&mut inner, "meetingID", &meeting.meeting_id);
    element(&mut inner, "internalMeetingID", &meeting.internal_id);
    element(&mut inner, "parentMeetingID", parent);
    element(&mut inner, "attendeePW", meeting.attendee_password.expose());
    element(&mut inner, "moderatorPW", meeting.moderator_password.expose());
    element(&mut inner, "createTime", &meeting.create_time.to_string());
    element(&mut inner, "voiceBridge", &meeting.voice_bridge);
    element(&mut inner, "dialNumber", &meeting.dial_number);
    element(&mut inner, "createDate", &java_date(Timestamp::from_millis(meeting.create_time)));
    element(&mut inner, "hasUserJoined", if meeting.has_user_joined { "true" } else { "false" });
    element(&mut inner, "duration", &meeting.duration.to_string());
    element(&mut inner, "hasBeenForciblyEnded", if meeting.forcibly_ended { "true" } else { "false" });
    element(&mut inner, "messageKey", key);
    element(&mut inner, "message", message);
    SimulatedReply::success(&inner)
}

/// The `meta_` parameters whose key BBB keeps: `[a-zA-Z][a-zA-Z0-9-]*`, in lower case.
pub(super) fn metadata(parameters: &Parameters) -> BTreeMap<String, String> {
    let kept = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let mut metadata = BTreeMap::new();
    for (name, value) in parameters.iter() {
        if let Some(key) = name.strip_prefix("meta_").filter(|key| kept(key)) {
            metadata.entry(key.to_ascii_lowercase()).or_insert_with(|| value.to_owned());
        }
    }
    metadata
}
