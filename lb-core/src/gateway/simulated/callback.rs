//! [`SimulatedCallback`]: a request that BBB makes by itself, and the queue of those that wait to be made.

use std::fmt;

use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::SimulatedBbb;
use super::meeting::SimulatedMeeting;
use crate::jwt::{self, JwtAlgorithm};

/// Callbacks that wait to be taken; a server that nobody takes them from keeps no more.
const MOST_CALLBACKS: usize = 1000;

/// Where a recording-ready callback goes: the first of these metadata that there is.
const READY_URLS: [&str; 3] = ["bbb-recording-ready-url", "bn-recording-ready-url", "canvas-recording-ready-url"];

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A request that a simulated server makes by itself. It opens no socket: whoever drives the server sends it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulatedCallback {
    /// What it tells.
    pub kind: SimulatedCallbackKind,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole URL, a hook's with its checksum.
    pub url: String,
    /// The content type of the body; empty where there is no body.
    pub content_type: &'static str,
    /// The body; empty with GET.
    pub body: String,
    /// The header `Authorization`, where there is one.
    pub authorization: Option<String>,
    /// The hook that it is for; only of [`SimulatedCallbackKind::Hook`].
    pub hook_id: Option<String>,
}

/// What a callback tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulatedCallbackKind {
    /// A meeting has ended: `meetingEndedURL` or `meta_endCallbackUrl`.
    Ended,
    /// A format of a recording was published: `meta_bbb-recording-ready-url`.
    RecordingReady,
    /// What happened in a meeting: `meta_analytics-callback-url`.
    Analytics,
    /// One event for one webhook.
    Hook,
}

impl SimulatedCallbackKind {
    /// Whether BBB takes an answer with this status for the last word: it was heard, or it is not tried again.
    pub fn is_done(self, status: u16) -> bool {
        match self {
            Self::Ended => (200..300).contains(&status),
            Self::RecordingReady | Self::Analytics => matches!(status, 200..=299 | 401 | 404 | 410),
            Self::Hook => matches!(status, 200..=299 | 401),
        }
    }
}

impl SimulatedCallback {
    fn get(url: String) -> Self {
        let kind = SimulatedCallbackKind::Ended;
        let body = String::new();
        Self { kind, method: "GET", url, content_type: "", body, authorization: None, hook_id: None }
    }

    pub(super) fn post_form(kind: SimulatedCallbackKind, url: String, body: String) -> Self {
        Self { kind, method: "POST", url, content_type: FORM, body, authorization: None, hook_id: None }
    }

    fn post_json(kind: SimulatedCallbackKind, url: String, body: &Value, authorization: String) -> Self {
        let (body, authorization) = (body.to_string(), Some(authorization));
        Self { kind, method: "POST", url, content_type: JSON, body, authorization, hook_id: None }
    }
}

impl fmt::Debug for SimulatedCallback {
    /// Shows no URL, no body and no authorization: they carry tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedCallback")
            .field("kind", &self.kind)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl SimulatedBbb {
    /// All that BBB calls since this was last asked, oldest first. The last 1000 are kept.
    pub fn take_callbacks(&mut self) -> Vec<SimulatedCallback> {
        self.callbacks.drain(..).collect()
    }

    /// The URLs that BBB calls because meetings have ended since this was last asked, as it calls them; whatever else it
    /// calls stays for [`take_callbacks`](Self::take_callbacks).
    pub fn take_ended_callbacks(&mut self) -> Vec<String> {
        let of_ends = |callback: &SimulatedCallback| callback.kind == SimulatedCallbackKind::Ended;
        let (ended, rest) = self.callbacks.drain(..).partition::<Vec<_>, _>(of_ends);
        self.callbacks = rest.into();
        ended.into_iter().map(|callback| callback.url).collect()
    }

    pub(super) fn call_later(&mut self, callback: SimulatedCallback) {
        self.callbacks.push_back(callback);
        let surplus = self.callbacks.len().saturating_sub(MOST_CALLBACKS);
        self.callbacks.drain(..surplus);
    }

    /// What is called when the meeting `key` ends: its website's two URLs, and what happened in it.
    pub(super) fn call_of_end(&mut self, key: &str) {
        let Some(meeting) = self.meetings.get(key) else { return };
        let mut callbacks: Vec<_> = ended_urls(meeting).map(SimulatedCallback::get).collect();
        if let Some(url) = meeting.metadata.get("analytics-callback-url").filter(|_| meeting.keeps_events()) {
            let expires = self.now.as_millis() / 1000 + 24 * 3600;
            let token = jwt::sign(JwtAlgorithm::Hs512, &json!({ "exp": expires }), &self.secret);
            let (kind, bearer) = (SimulatedCallbackKind::Analytics, format!("Bearer {token}"));
            callbacks.push(SimulatedCallback::post_json(kind, url.clone(), &meeting.analytics(), bearer));
        }
        callbacks.into_iter().for_each(|callback| self.call_later(callback));
    }

    /// One format of a recording was published: its website is told, where its metadata say so.
    pub(super) fn call_of_format(&mut self, record_id: &str) {
        let Some(recording) = self.recordings.get(record_id) else { return };
        let Some(url) = READY_URLS.iter().find_map(|key| recording.metadata.get(*key)).cloned() else { return };
        let claims = json!({ "meeting_id": recording.meeting_id, "record_id": recording.record_id });
        let token = jwt::sign(JwtAlgorithm::Hs256, &claims, &self.secret);
        let body = Serializer::new(String::new()).append_pair("signed_parameters", &token).finish();
        self.call_later(SimulatedCallback::post_form(SimulatedCallbackKind::RecordingReady, url, body));
    }
}

/// What is called when a meeting ends. Breakout rooms call nobody. A recording counts as started where it starts by itself.
fn ended_urls(meeting: &SimulatedMeeting) -> impl Iterator<Item = String> {
    let marks = if meeting.starts_recording() { "true" } else { "false" };
    let told = |url: &str, more: Option<(&str, &str)>| {
        let mut url = Url::parse(url).ok()?;
        url.query_pairs_mut().append_pair("recordingmarks", marks).extend_pairs(more);
        Some(String::from(url))
    };
    let newer = meeting.parameter("meetingEndedURL").and_then(|url| told(url, None));
    let of_meeting = Some(("meetingID", meeting.meeting_id.as_str()));
    let older = meeting.metadata.get("endcallbackurl").and_then(|url| told(url, of_meeting));
    [newer, older].into_iter().flatten().filter(|_| meeting.breakout.is_none())
}

#[cfg(test)]
mod tests;
