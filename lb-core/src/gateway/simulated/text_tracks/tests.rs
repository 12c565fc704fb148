use super::super::recording::SimulatedRecording;
use super::super::tests::{NOW, bbb, call_at, signed};
use super::*;

fn response(reply: &SimulatedReply) -> Value {
    assert_eq!((reply.status, reply.content_type), (200, "application/json"));
    serde_json::from_str::<Value>(&reply.body).unwrap()["response"].take()
}

fn get(bbb: &mut SimulatedBbb, query: &str) -> Value {
    response(&call_at(bbb, NOW, "getRecordingTextTracks", query))
}

fn put(bbb: &mut SimulatedBbb, query: &str, file: &[u8]) -> Value {
    let query = signed("putRecordingTextTrack", query);
    response(&bbb.handle(NOW, "putRecordingTextTrack", &query, Some(("text/vtt", file))))
}

#[test]
fn tracks_are_put_listed_and_replaced() {
    let mut bbb = bbb();
    let recording = SimulatedRecording::new("room-1", 1000, 2000);
    let id = recording.record_id.clone();
    bbb.put_recording(recording);
    assert_eq!(get(&mut bbb, &format!("recordID={id}"))["messageKey"], "noCaptionsFound");
    let query = format!("recordID={id}&kind=captions&lang=de-DE&label=Deutsch");
    let done = put(&mut bbb, &query, b"WEBVTT 1");
    assert_eq!((done["returncode"].as_str(), done["recordId"].as_str()), (Some("SUCCESS"), Some(id.as_str())));
    assert_eq!(done["messageKey"], "upload_text_track_success");
    put(&mut bbb, &query, b"WEBVTT 2");
    put(&mut bbb, &format!("recordID={id}&kind=subtitles&lang=pt"), b"WEBVTT 3");
    let list = get(&mut bbb, &format!("recordID={id}"));
    let [german, other] = list["tracks"].as_array().unwrap().as_slice() else { panic!("{list}") };
    let href = german["href"].as_str().unwrap();
    assert!(href.starts_with("https://bbb1.example.org/bigbluebutton/textTrack/"), "{href}");
    assert!(href.ends_with(&format!("/{id}/captions_de-DE.vtt")), "{href}");
    for (key, value) in [("kind", "captions"), ("label", "Deutsch"), ("lang", "de-DE"), ("source", "upload")] {
        assert_eq!(german[key], value);
    }
    assert_eq!(other["label"], "pt");
    assert_eq!(bbb.recording(&id).unwrap().text_tracks[0].file, b"WEBVTT 2");
    assert_ne!(get(&mut bbb, &format!("recordID={id}"))["tracks"][0]["href"], href, "each address is used once");
}

#[test]
fn what_cannot_be_put_or_listed_is_told_in_json_as_bbb_does() {
    let mut bbb = bbb();
    let recording = SimulatedRecording::new("room-1", 1000, 2000);
    let id = recording.record_id.clone();
    bbb.put_recording(recording);
    for (query, file, key, message) in [
        ("", "x", "paramError", "Missing param recordID."),
        ("recordID=r", "x", "paramError", "Missing param kind."),
        ("recordID=r&kind=captions", "x", "paramError", "Missing param lang."),
        ("recordID=r&kind=captions&lang=de", "x", "noRecordings", "No recording was found for r"),
        (
            &format!("recordID={id}&kind=songs&lang=de"),
            "x",
            "invalidKind",
            "Invalid kind parameter, expected='subtitles|captions' actual=songs",
        ),
        (&format!("recordID={id}&kind=captions&lang=d_"), "x", "invalidLang", "Malformed lang param, received=d_"),
        (
            &format!("recordID={id}&kind=captions&lang=de"),
            "",
            "empty_uploaded_text_track",
            "Empty uploaded text track.",
        ),
    ] {
        let told = put(&mut bbb, query, file.as_bytes());
        assert_eq!(told["returncode"], "FAILED", "{query}");
        assert_eq!((told["messageKey"].as_str(), told["message"].as_str()), (Some(key), Some(message)), "{query}");
    }
    assert_eq!(get(&mut bbb, "")["messageKey"], "paramError");
    assert_eq!(get(&mut bbb, "recordID=r")["message"], "No recording found for r");
    let unsigned = response(&bbb.handle(NOW, "getRecordingTextTracks", "recordID=r", None));
    assert_eq!(unsigned["message"], "Missing param checksum.");
    let wrong = response(&bbb.handle(NOW, "getRecordingTextTracks", &signed("end", "recordID=r"), None));
    assert_eq!(wrong["messageKey"], "checksumError");
}
