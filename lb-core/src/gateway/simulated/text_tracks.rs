//! getRecordingTextTracks and putRecordingTextTrack: subtitles and captions of recordings, told in JSON.

use std::fmt;

use serde_json::{Value, json};

use super::SimulatedBbb;
use super::parameters::Parameters;
use super::recording::SimulatedRecordingState;
use super::reply::{Failure, SimulatedReply};

/// Tracks of one recording; an upload beyond fails.
const MOST_TRACKS: usize = 100;

/// A text track of a recording.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulatedTextTrack {
    /// `subtitles` or `captions`.
    pub kind: String,
    /// The language, such as `de-DE`.
    pub lang: String,
    /// The language as people read it.
    pub label: String,
    /// The file as it was uploaded.
    pub file: Vec<u8>,
}

impl fmt::Debug for SimulatedTextTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedTextTrack")
            .field("kind", &self.kind)
            .field("lang", &self.lang)
            .field("bytes", &self.file.len())
            .finish_non_exhaustive()
    }
}

impl SimulatedBbb {
    pub(super) fn get_text_tracks(&mut self, parameters: &Parameters, unsigned: Option<Failure>) -> SimulatedReply {
        if let Some(reply) = refusal(parameters, unsigned, &["recordID"]) {
            return reply;
        }
        let id = parameters.get("recordID").unwrap_or_default();
        let token = self.draw(32);
        let recording = self.recordings.get(id).filter(|recording| recording.state != SimulatedRecordingState::Deleted);
        let Some(recording) = recording else {
            return failed("noRecordings", &format!("No recording found for {id}"));
        };
        if recording.text_tracks.is_empty() {
            return failed("noCaptionsFound", &format!("No captions found for {id}"));
        }
        let tracks = recording.text_tracks.iter().map(|track| {
            let SimulatedTextTrack { kind, lang, label, .. } = track;
            let href = format!("{}/bigbluebutton/textTrack/{token}/{id}/{kind}_{lang}.vtt", self.origin);
            json!({ "href": href, "kind": kind, "label": label, "lang": lang, "source": "upload" })
        });
        reply(&json!({ "returncode": "SUCCESS", "tracks": tracks.collect::<Vec<_>>() }))
    }

    /// A track of the same kind and language is replaced.
    pub(super) fn put_text_track(
        &mut self,
        parameters: &Parameters,
        file: Option<&[u8]>,
        unsigned: Option<Failure>,
    ) -> SimulatedReply {
        if let Some(reply) = refusal(parameters, unsigned, &["recordID", "kind", "lang"]) {
            return reply;
        }
        let given = |name| parameters.get(name).unwrap_or_default().to_owned();
        let (id, kind, lang) = (given("recordID"), given("kind"), given("lang"));
        let recording =
            self.recordings.get_mut(&id).filter(|recording| recording.state != SimulatedRecordingState::Deleted);
        let Some(recording) = recording else {
            return failed("noRecordings", &format!("No recording was found for {id}"));
        };
        if !matches!(kind.as_str(), "subtitles" | "captions") {
            let message = format!("Invalid kind parameter, expected='subtitles|captions' actual={kind}");
            return failed("invalidKind", &message);
        }
        if !is_language(&lang) {
            return failed("invalidLang", &format!("Malformed lang param, received={lang}"));
        }
        let Some(file) = file.filter(|file| !file.is_empty()) else {
            return failed("empty_uploaded_text_track", "Empty uploaded text track.");
        };
        let label = parameters.given("label").unwrap_or(&lang).to_owned();
        recording.text_tracks.retain(|track| (&track.kind, &track.lang) != (&kind, &lang));
        if recording.text_tracks.len() >= MOST_TRACKS {
            return failed("upload_text_track_failed", "Text track upload failed.");
        }
        recording.text_tracks.push(SimulatedTextTrack { kind, lang, label, file: file.to_vec() });
        reply(&json!({
            "messageKey": "upload_text_track_success",
            "message": "Text track uploaded successfully",
            "recordId": id,
            "returncode": "SUCCESS",
        }))
    }
}

/// What is answered where the call is not signed or lacks one of `needed`.
fn refusal(parameters: &Parameters, unsigned: Option<Failure>, needed: &[&str]) -> Option<SimulatedReply> {
    let missing = |name: &&str| parameters.given(name).is_none();
    let checked = unsigned.is_some().then_some("checksum").filter(missing);
    if let Some(name) = checked.or_else(|| needed.iter().copied().find(missing)) {
        return Some(failed("paramError", &format!("Missing param {name}.")));
    }
    unsigned.map(|failure| failed(failure.key, failure.message))
}

/// `de`, `de-DE`, `zh-Hans-CN`.
fn is_language(lang: &str) -> bool {
    let mut parts = lang.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn failed(key: &str, message: &str) -> SimulatedReply {
    reply(&json!({ "messageKey": key, "message": message, "returncode": "FAILED" }))
}

fn reply(response: &Value) -> SimulatedReply {
    let body = json!({ "response": response }).to_string();
    SimulatedReply { status: 200, content_type: "application/json", location: None, body }
}

#[cfg(test)]
mod tests;
