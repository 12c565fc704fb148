//! The events that hooks hear of, in the two shapes that bbb-webhooks knows: its own, and as BBB's parts tell each other.

use serde_json::{Map, Value, json};

use super::SimulatedBbb;
use super::date::java_date;
use super::meeting::{SimulatedMeeting, SimulatedUser};
use super::recording::{SimulatedFormat, SimulatedRecording};
use crate::clock::Timestamp;

/// What became of a user.
#[derive(Clone, Copy)]
pub(super) enum UserEvent {
    Joined,
    Left,
    Voice(bool),
    Camera(bool),
}

pub(super) struct HookEvent {
    pub(super) id: &'static str,
    /// The website's id of the meeting.
    pub(super) meeting_id: String,
    internal_id: String,
    user_id: Option<String>,
    attributes: Map<String, Value>,
    raw_name: &'static str,
    raw_body: Value,
}

impl HookEvent {
    /// As bbb-webhooks tells it.
    pub(super) fn mapped(&self, now: Timestamp) -> Value {
        json!({ "data": {
            "type": "event",
            "id": self.id,
            "attributes": self.attributes,
            "event": { "ts": now.as_millis() },
        }})
    }

    /// As BBB's parts tell each other: akka-apps, or for a format the scripts that process recordings.
    pub(super) fn raw(&self, now: Timestamp) -> Value {
        let (name, timestamp) = (self.raw_name, now.as_millis());
        if name == "publish_ended" {
            let header = json!({ "name": name, "current_time": timestamp, "version": "0.0.1" });
            return json!({ "header": header, "payload": self.raw_body });
        }
        let routing = json!({
            "msgType": "BROADCAST_TO_MEETING",
            "meetingId": self.internal_id,
            "userId": self.user_id.as_deref().unwrap_or("not-used"),
        });
        json!({
            "envelope": { "name": name, "routing": routing, "timestamp": timestamp },
            "core": {
                "header": { "name": name, "meetingId": self.internal_id, "userId": routing["userId"] },
                "body": self.raw_body,
            },
        })
    }
}

impl SimulatedBbb {
    /// `meeting-created`, `meeting-ended` or `meeting-recording-started`.
    pub(super) fn tell_of_meeting(&mut self, key: &str, id: &'static str) {
        let Some(meeting) = self.meetings.get(key).filter(|_| self.hooks.has_any()) else { return };
        let (raw_name, raw_body) = match id {
            "meeting-created" => ("MeetingCreatedEvtMsg", properties(meeting)),
            "meeting-ended" => ("MeetingDestroyedEvtMsg", json!({ "meetingId": meeting.internal_id })),
            _ => ("RecordingStatusChangedEvtMsg", json!({ "recording": true, "setBy": "system" })),
        };
        let told = if id == "meeting-created" { created(meeting) } else { ids(meeting) };
        let event = HookEvent {
            id,
            meeting_id: meeting.meeting_id.clone(),
            internal_id: meeting.internal_id.clone(),
            user_id: None,
            attributes: Map::from_iter([("meeting".to_owned(), told)]),
            raw_name,
            raw_body,
        };
        self.call_hooks(&event);
    }

    pub(super) fn tell_of_user(&mut self, key: &str, what: UserEvent, user: &SimulatedUser) {
        let Some(meeting) = self.meetings.get(key).filter(|_| self.hooks.has_any()) else { return };
        let stream = format!("{}-camera", user.internal_id);
        let role = if user.moderator { "MODERATOR" } else { "VIEWER" };
        let (id, raw_name, more, raw_body) = match what {
            UserEvent::Joined => (
                "user-joined",
                "UserJoinedMeetingEvtMsg",
                json!({ "name": user.full_name, "role": role, "presenter": user.presenter }),
                json!({
                    "intId": user.internal_id, "extId": user.user_id, "name": user.full_name, "role": role,
                    "guest": false, "authed": true, "guestStatus": "ALLOW", "presenter": user.presenter,
                    "clientType": "HTML5",
                }),
            ),
            UserEvent::Left => {
                ("user-left", "UserLeftMeetingEvtMsg", json!({}), json!({ "intId": user.internal_id, "eject": false }))
            }
            UserEvent::Voice(true) => (
                "user-audio-voice-enabled",
                "UserJoinedVoiceConfToClientEvtMsg",
                json!({ "listening-only": false, "sharing-mic": true, "muted": false }),
                json!({ "intId": user.internal_id, "listenOnly": false, "muted": false }),
            ),
            UserEvent::Voice(false) => (
                "user-audio-voice-disabled",
                "UserLeftVoiceConfToClientEvtMsg",
                json!({ "listening-only": false, "sharing-mic": false, "muted": true }),
                json!({ "intId": user.internal_id }),
            ),
            UserEvent::Camera(true) => (
                "user-cam-broadcast-start",
                "UserBroadcastCamStartedEvtMsg",
                json!({ "stream": stream }),
                json!({ "userId": user.internal_id, "stream": stream }),
            ),
            UserEvent::Camera(false) => (
                "user-cam-broadcast-end",
                "UserBroadcastCamStoppedEvtMsg",
                json!({ "stream": stream }),
                json!({ "userId": user.internal_id, "stream": stream }),
            ),
        };
        let mut told = json!({ "internal-user-id": user.internal_id, "external-user-id": user.user_id });
        if let (Value::Object(told), Value::Object(more)) = (&mut told, more) {
            told.extend(more);
        }
        let event = HookEvent {
            id,
            meeting_id: meeting.meeting_id.clone(),
            internal_id: meeting.internal_id.clone(),
            user_id: Some(user.internal_id.clone()),
            attributes: Map::from_iter([("meeting".to_owned(), ids(meeting)), ("user".to_owned(), told)]),
            raw_name,
            raw_body,
        };
        self.call_hooks(&event);
    }

    /// `rap-published`, `rap-unpublished`, `rap-deleted`, or `rap-publish-ended` of one format. As with BBB, the first three
    /// name the recording by its meeting's internal id alone.
    pub(super) fn tell_of_recording(&mut self, record_id: &str, id: &'static str, format: Option<SimulatedFormat>) {
        let Some(recording) = self.recordings.get(record_id).filter(|_| self.hooks.has_any()) else { return };
        let raw_name = match id {
            "rap-published" => "PublishedRecordingSysMsg",
            "rap-unpublished" => "UnpublishedRecordingSysMsg",
            "rap-deleted" => "DeletedRecordingSysMsg",
            _ => "publish_ended",
        };
        let meeting =
            json!({ "internal-meeting-id": recording.record_id, "external-meeting-id": recording.meeting_id });
        let mut attributes = Map::from_iter([("meeting".to_owned(), meeting)]);
        let mut raw_body = json!({ "recordId": recording.record_id });
        if let Some(format) = format {
            attributes.insert("record-id".to_owned(), recording.record_id.as_str().into());
            attributes.insert("success".to_owned(), true.into());
            attributes.insert("step-time".to_owned(), super::recordings::processing_time(recording).into());
            attributes.insert("workflow".to_owned(), format.name().into());
            attributes.insert("recording".to_owned(), published(recording, format, &self.origin));
            raw_body = json!({
                "success": true, "workflow": format.name(), "record_id": recording.record_id,
                "meeting_id": recording.record_id, "external_meeting_id": recording.meeting_id,
                "playback": playback(recording, format, &self.origin),
            });
        }
        let event = HookEvent {
            id,
            meeting_id: recording.meeting_id.clone(),
            internal_id: recording.record_id.clone(),
            user_id: None,
            attributes,
            raw_name,
            raw_body,
        };
        self.call_hooks(&event);
    }
}

fn ids(meeting: &SimulatedMeeting) -> Value {
    json!({ "internal-meeting-id": meeting.internal_id, "external-meeting-id": meeting.meeting_id })
}

fn created(meeting: &SimulatedMeeting) -> Value {
    json!({
        "internal-meeting-id": meeting.internal_id,
        "external-meeting-id": meeting.meeting_id,
        "name": meeting.name,
        "is-breakout": meeting.breakout.is_some(),
        "parent-id": meeting.breakout.as_ref().map_or("bbb-none", |breakout| &breakout.parent),
        "duration": meeting.duration,
        "create-time": meeting.create_time,
        "create-date": java_date(Timestamp::from_millis(meeting.create_time)),
        "moderator-pass": meeting.moderator_password.expose(),
        "viewer-pass": meeting.attendee_password.expose(),
        "record": meeting.records,
        "voice-conf": meeting.voice_bridge,
        "dial-number": meeting.dial_number,
        "max-users": meeting.max_users,
        "metadata": meeting.metadata,
    })
}

fn properties(meeting: &SimulatedMeeting) -> Value {
    let parent = meeting.breakout.as_ref().map_or("bbb-none", |breakout| &breakout.parent);
    let date = java_date(Timestamp::from_millis(meeting.create_time));
    json!({ "props": {
        "meetingProp": {
            "name": meeting.name, "extId": meeting.meeting_id, "intId": meeting.internal_id,
            "isBreakout": meeting.breakout.is_some(),
        },
        "breakoutProps": { "parentId": parent },
        "durationProps": { "duration": meeting.duration, "createdTime": meeting.create_time, "createdDate": date },
        "password": {
            "moderatorPass": meeting.moderator_password.expose(), "viewerPass": meeting.attendee_password.expose(),
        },
        "recordProp": { "record": meeting.records },
        "voiceProp": { "voiceConf": meeting.voice_bridge, "dialNumber": meeting.dial_number },
        "usersProp": { "maxUsers": meeting.max_users },
        "metadataProp": { "metadata": meeting.metadata },
    }})
}

fn playback(recording: &SimulatedRecording, format: SimulatedFormat, origin: &str) -> Value {
    json!({
        "format": format.name(),
        "link": format.url(origin, &recording.record_id),
        "processing_time": super::recordings::processing_time(recording),
        "duration": recording.duration(),
        "size": recording.size_of(format),
    })
}

fn published(recording: &SimulatedRecording, format: SimulatedFormat, origin: &str) -> Value {
    let metadata: Map<_, _> = recording.all_metadata().map(|(key, value)| (key.to_owned(), value.into())).collect();
    json!({
        "name": recording.name,
        "is-breakout": recording.breakout.is_some().to_string(),
        "start-time": recording.start_time,
        "end-time": recording.end_time,
        "size": recording.size_of(format),
        "raw-size": recording.raw_size,
        "metadata": metadata,
        "playback": playback(recording, format, origin),
        "download": {},
    })
}
