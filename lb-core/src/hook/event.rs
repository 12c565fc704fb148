//! [`HookEvent`]: one thing that is told, in the form of bbb-webhooks (its "mapped" events).

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::callback::metadata_for_website;
use crate::clock::Timestamp;
use crate::event::Role;
use crate::meeting::{InternalMeetingId, Meeting, MeetingId};
use crate::network::Integration;
use crate::server::ServerName;

/// Where metadata of a meeting stands in events: of a new meeting, and of a recording that is ready.
const METADATA: [&str; 2] = ["/data/attributes/meeting/metadata", "/data/attributes/recording/metadata"];

/// Events that there is one of in the life of a meeting, whoever tells of it.
const ONCE: [&str; 2] = ["meeting-created", "meeting-ended"];

/// Length of the digest in the id of a delivery, hex digits.
const DIGEST: usize = 32;

/// One event. It prints only what kind it is: people's names and words are in it.
#[derive(Clone, PartialEq)]
pub struct HookEvent(Value);

impl HookEvent {
    /// The events in a JSON array; `None` where the text is no such thing. What has no id is passed over.
    pub fn read_all(text: &str) -> Option<Vec<Self>> {
        let values: Vec<Value> = serde_json::from_str(text).ok()?;
        Some(values.into_iter().map(Self).filter(|event| !event.id().is_empty()).collect())
    }

    /// What kind it is, such as `user-joined`; empty where it does not say.
    pub fn id(&self) -> &str {
        self.text("/data/id")
    }

    /// BBB's id of the meeting; empty where it is about none.
    pub fn internal_meeting_id(&self) -> &str {
        self.text("/data/attributes/meeting/internal-meeting-id")
    }

    /// The website's id of the meeting, as far as the server knew it.
    pub fn external_meeting_id(&self) -> &str {
        self.text("/data/attributes/meeting/external-meeting-id")
    }

    /// BBB's id of the meeting that a new breakout room belongs to.
    pub fn parent(&self) -> Option<&str> {
        let is_breakout = match self.0.pointer("/data/attributes/meeting/is-breakout") {
            Some(Value::Bool(is)) => *is,
            Some(Value::String(text)) => text == "true",
            _ => false,
        };
        Some(self.text("/data/attributes/meeting/parent-id")).filter(|parent| is_breakout && !parent.is_empty())
    }

    /// The value of one key of the metadata of a new meeting.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.0.pointer(METADATA[0])?.as_object()?.get(key)?.as_str()
    }

    /// A field of the user that it is about, such as `internal-user-id`; empty where there is none.
    pub fn user(&self, field: &str) -> &str {
        let user = self.0.pointer("/data/attributes/user").and_then(|user| user.get(field));
        user.and_then(Value::as_str).unwrap_or_default()
    }

    /// The same as the website of the meeting, which is `integration`, may hear it: under the website's id of the meeting, its
    /// own URLs in place of the balancer's, and without stamps. `given` is metadata of the website that its server was not told
    /// of.
    #[must_use]
    pub fn for_website(mut self, integration: &Integration, meeting: &MeetingId, given: &[(&str, &str)]) -> Self {
        let ids = self.0.pointer_mut("/data/attributes/meeting").and_then(Value::as_object_mut);
        if let Some(ids) = ids {
            ids.insert("external-meeting-id".to_owned(), meeting.as_str().into());
        }
        for place in METADATA {
            let Some(metadata) = self.0.pointer_mut(place).and_then(Value::as_object_mut) else { continue };
            metadata.retain(|key, value| {
                let text = value.as_str().unwrap_or_default();
                match metadata_for_website(integration, &key.to_ascii_lowercase(), text).map(Cow::into_owned) {
                    Some(own) if own != text => *value = own.into(),
                    Some(_) => {}
                    None => return false,
                }
                true
            });
        }
        if let Some(metadata) = self.0.pointer_mut(METADATA[0]).and_then(Value::as_object_mut) {
            metadata.extend(given.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())));
        }
        self
    }

    /// The array of one event as bbb-webhooks posts it.
    pub fn posted(&self) -> String {
        format!("[{}]", self.0)
    }

    /// What tells it from all others of `server`, so that it is passed on once however often it comes: 32 hex digits.
    pub fn digest(&self, server: &ServerName) -> String {
        let hash = Sha256::new().chain_update(server.as_str()).chain_update([0]);
        let hash = if ONCE.contains(&self.id()) {
            hash.chain_update(self.id()).chain_update([0]).chain_update(self.internal_meeting_id())
        } else {
            hash.chain_update(self.0.to_string())
        };
        let mut digest = hex::encode(hash.finalize());
        digest.truncate(DIGEST);
        digest
    }

    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn new(id: &str, attributes: Value, at: Timestamp) -> Self {
        Self(
            json!({ "data": { "type": "event", "id": id, "attributes": attributes, "event": { "ts": at.as_millis() } } }),
        )
    }
}

/// What the balancer itself knows, told as bbb-webhooks would.
impl HookEvent {
    /// `meeting` was created.
    pub fn meeting_created(meeting: &Meeting, at: Timestamp) -> Self {
        let given = |name: &str| {
            let parameter = meeting.parameters.iter().find(|(key, _)| key == name);
            parameter.map_or("", |(_, value)| value.as_str())
        };
        let number = |name: &str| given(name).parse::<u64>().unwrap_or(0);
        let metadata: Map<String, Value> = meeting
            .parameters
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("meta_")?.to_ascii_lowercase(), value.as_str().into())))
            .collect();
        let created = i64::try_from(meeting.create_time).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        let date = created.map(|at| at.strftime("%a %b %d %H:%M:%S UTC %Y").to_string());
        let meeting = json!({
            "internal-meeting-id": meeting.internal_id.as_str(),
            "external-meeting-id": meeting.key.meeting_id.as_str(),
            "name": meeting.name,
            "is-breakout": false,
            "parent-id": "bbb-none",
            "duration": number("duration"),
            "create-time": meeting.create_time,
            "create-date": date.unwrap_or_default(),
            "moderator-pass": meeting.passwords.moderator.expose(),
            "viewer-pass": meeting.passwords.attendee.expose(),
            "record": meeting.records,
            "voice-conf": meeting.voice_bridge.map(|number| number.to_string()).unwrap_or_default(),
            "dial-number": given("dialNumber"),
            "max-users": number("maxParticipants"),
            "metadata": metadata,
        });
        Self::new(ONCE[0], json!({ "meeting": meeting }), at)
    }

    /// An incarnation of a meeting has ended.
    pub fn meeting_ended(meeting: &MeetingId, internal_id: &InternalMeetingId, at: Timestamp) -> Self {
        Self::new(ONCE[1], json!({ "meeting": ids(meeting, internal_id) }), at)
    }

    /// A website sent somebody to a meeting. BBB's id of the user is not known then.
    pub fn user_sent(
        meeting: (&MeetingId, &InternalMeetingId),
        (name, user_id, role): (&str, Option<&str>, Role),
        at: Timestamp,
    ) -> Self {
        let user = json!({
            "internal-user-id": "",
            "external-user-id": user_id.unwrap_or_default(),
            "name": name,
            "role": match role {
                Role::Moderator => "MODERATOR",
                Role::Attendee => "VIEWER",
            },
            "presenter": false,
        });
        Self::new("user-joined", json!({ "meeting": ids(meeting.0, meeting.1), "user": user }), at)
    }
}

fn ids(meeting: &MeetingId, internal_id: &InternalMeetingId) -> Value {
    json!({ "internal-meeting-id": internal_id.as_str(), "external-meeting-id": meeting.as_str() })
}

impl fmt::Debug for HookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookEvent").field("id", &self.id()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::{CallbackPlace, CallbackToken, CallbackUrl, CallbackUrls, Callbacks};
    use crate::rng::SeededRng;

    const CREATED: &str = r#"[{"data":{"type":"event","id":"meeting-created","attributes":{"meeting":{"internal-meeting-id":"i-1",
        "external-meeting-id":"room","is-breakout":false,"parent-id":"bbb-none","metadata":{"mconflb-guid":"g","MCONFLB-Institution":"moodle",
        "bbb-recording-ready-url":"https://lb.example/callbacks/recording-ready/moodle/TOKEN","course":"7"}}},"event":{"ts":1}}}]"#;

    fn event(text: &str) -> HookEvent {
        HookEvent::read_all(&text.replace("TOKEN", &"t".repeat(200))).unwrap().remove(0)
    }

    #[test]
    fn a_website_hears_nothing_of_the_balancer() {
        let (given, moodle) = ([("endcallbackurl", "https://lms.example/e")], Integration::new("moodle", "s1"));
        let told = event(CREATED).for_website(&moodle, &"room".into(), &given).posted();
        assert!(told.starts_with('[') && told.contains("\"course\":\"7\"") && told.contains("lms.example/e"), "{told}");
        assert!(!told.to_lowercase().contains("mconflb") && !told.contains("lb.example"), "{told}");
    }

    #[test]
    fn a_website_sees_its_own_url_wherever_a_balancer_has_put_one() {
        let moodle = Integration::new("moodle", "s1");
        let urls = CallbackUrls { recording_ready: CallbackUrl::parse("https://lms.example/r"), ..Default::default() };
        let token = CallbackToken {
            sealed_at: Timestamp::default(),
            meeting_id: "room".into(),
            server: "bbb1".into(),
            callbacks: Callbacks { id: "c1".into(), urls },
        };
        let place = CallbackPlace::RecordingReady;
        let token = token.seal(place, &moodle, &SeededRng::new(1)).unwrap();
        let of_old = place.url(&"https://before.example/".parse().unwrap(), &moodle.name, &token);
        for attributes in ["meeting", "recording"] {
            let told = json!([{ "data": { "id": "rap-published", "attributes": { attributes: { "metadata": {
                "bbb-recording-ready-url": of_old, "mconflb-guid": "g", "course": 7 } } } } }]);
            let told = event(&told.to_string()).for_website(&moodle, &"room".into(), &[]).posted();
            let kept = told.contains("https://lms.example/r") && told.contains("\"course\":7");
            assert!(kept && !told.contains("before.example") && !told.contains("mconflb"), "{told}");
        }
    }

    #[test]
    fn the_same_event_has_the_same_digest_and_another_has_another() {
        let (one, server) = (event(CREATED), ServerName::from("bbb1"));
        let later = event(&CREATED.replace("\"ts\":1", "\"ts\":2").replace("\"course\":\"7\"", "\"course\":\"8\""));
        assert_eq!(one.digest(&server), later.digest(&server), "a meeting is created once");
        assert_ne!(one.digest(&server), one.digest(&"bbb2".into()));
        assert_ne!(one.digest(&server), event(&CREATED.replace("i-1", "i-2")).digest(&server));
        let muted = |ts: u64| {
            event(&CREATED.replace("meeting-created", "user-audio-muted").replace("\"ts\":1", &format!("\"ts\":{ts}")))
        };
        assert_eq!(muted(1).digest(&server), muted(1).digest(&server));
        assert_ne!(muted(1).digest(&server), muted(2).digest(&server));
    }

    #[test]
    fn only_a_breakout_room_has_a_parent() {
        assert_eq!(event(CREATED).parent(), None);
        let room = CREATED.replace("\"is-breakout\":false", "\"is-breakout\":true").replace("bbb-none", "i-0");
        assert_eq!(event(&room).parent(), Some("i-0"));
    }

    #[test]
    fn debug_shows_the_kind_alone() {
        assert_eq!(format!("{:?}", event(CREATED)), "HookEvent { id: \"meeting-created\", .. }");
    }
}
