//! Captions of recordings.

use bytes::Bytes;

use super::super::text_tracks::for_server;
use super::*;
use crate::api::Upload;
use crate::gateway::{Fault, SimulatedBbb};

const PARTS: &str = "multipart/form-data; boundary=x";

/// A network in which moodle has a recording, and its id and server.
fn recorded() -> (Network, String, usize) {
    let network = Network::of(2);
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("record", "true")];
    let id = network.call("moodle", "create", &params).success().value("internalMeetingID");
    let holder = network.holders("room-1")[0];
    let now = network.clock.now();
    network.servers.with(&format!("bbb{holder}"), |bbb| bbb.end(now, "room-1")).unwrap();
    network.pass(3600);
    for server in network.balancer.fleet().servers() {
        let _ = block_on(network.balancer.follow_recordings(&server.server.name));
    }
    (network, id, holder)
}

fn value(said: &Said, name: &str) -> String {
    let whole: serde_json::Value = serde_json::from_str(&said.text()).unwrap_or_else(|_| panic!("{}", said.text()));
    assert_eq!(&*said.0.content_type, crate::api::json::JSON);
    whole["response"][name].as_str().unwrap_or_default().to_owned()
}

impl Network {
    fn put_track(&self, website: &str, params: &[(&str, &str)], content_type: &str) -> Said {
        let get = self.request(website, "putRecordingTextTrack", params);
        let request = ApiRequest::post(&format!("{}?{}", get.path, get.query), content_type, "");
        let pieces = futures_util::stream::iter([Ok(Bytes::from_static(b"WEBVTT")), Ok(Bytes::from_static(b"\n"))]);
        let upload = Upload::new(content_type, None, pieces);
        Said(block_on(self.balancer.handle_upload(&request, upload)))
    }
}

fn track(id: &str) -> [(&str, &str); 4] {
    [("recordID", id), ("kind", "captions"), ("lang", "de-DE"), ("label", "Deutsch")]
}

#[test]
fn captions_go_to_the_recordings_server_and_are_listed_from_there() {
    let (network, id, holder) = recorded();
    let none = network.call("moodle", "getRecordingTextTracks", &[("recordID", &id)]);
    assert_eq!(value(&none, "messageKey"), "noCaptionsFound");
    let put = network.put_track("moodle", &track(&id), PARTS);
    assert_eq!(value(&put, "messageKey"), "upload_text_track_success", "{}", put.text());
    let listed = network.call("moodle", "getRecordingTextTracks", &[("recordID", &id)]);
    assert!(listed.text().contains("\"Deutsch\"") && value(&listed, "returncode") == "SUCCESS", "{}", listed.text());
    assert_eq!(network.sent(3 - holder, "putRecordingTextTrack"), 0);
    // a body that is there already is taken as well
    let get = network.request("moodle", "putRecordingTextTrack", &track(&id));
    let whole = ApiRequest::post(&format!("{}?{}", get.path, get.query), PARTS, "WEBVTT");
    assert_eq!(value(&network.send(&whole), "messageKey"), "upload_text_track_success");
}

#[test]
fn whether_a_body_may_be_sent_is_asked_once_it_is_known_whose_it_is() {
    let (network, id, holder) = recorded();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let put = |website: &str, may: bool| {
        let get = network.request(website, "putRecordingTextTrack", &track(&id));
        let request = ApiRequest::post(&format!("{}?{}", get.path, get.query), PARTS, "");
        let asked = Arc::clone(&asked);
        let upload = Upload::whole(PARTS, Bytes::from_static(b"WEBVTT")).asking(move |website| {
            asked.lock().unwrap().push(website.to_string());
            may
        });
        value(&Said(block_on(network.balancer.handle_upload(&request, upload))), "messageKey")
    };
    assert_eq!(put("nobody", true), "checksumError");
    assert_eq!(*asked.lock().unwrap(), [""; 0]);
    assert_eq!(put("moodle", false), "internalError");
    assert_eq!(network.sent(holder, "putRecordingTextTrack"), 0);
    assert_eq!(put("moodle", true), "upload_text_track_success");
    assert_eq!(*asked.lock().unwrap(), ["moodle", "moodle"]);
}

#[test]
fn anothers_recording_is_answered_as_one_that_does_not_exist() {
    let (network, id, holder) = recorded();
    let said = |website: &str, id: &str| {
        let listed = network.call(website, "getRecordingTextTracks", &[("recordID", id)]);
        let put = network.put_track(website, &track(id), PARTS);
        [listed, put].map(|said| {
            let text = said.text().replace(id, "X");
            (value(&said, "messageKey"), text)
        })
    };
    assert_eq!(said("portal", &id), said("portal", "nothing-1"));
    assert!(said("portal", &id).iter().all(|(key, _)| key == "noRecordings"));
    let stranger = network.put_track("nobody", &track(&id), PARTS);
    assert_eq!(value(&stranger, "messageKey"), "checksumError");
    assert_eq!(network.sent(holder, "putRecordingTextTrack") + network.sent(holder, "getRecordingTextTracks"), 0);
}

#[test]
fn any_copy_will_do_and_a_call_names_one_recording_only() {
    let (network, id, holder) = recorded();
    let copy = network.servers.with(&format!("bbb{holder}"), |bbb| bbb.recording(&id).unwrap().clone()).unwrap();
    let other = format!("bbb{}", 3 - holder);
    network.servers.with(&other, |bbb| bbb.put_recording(copy)).unwrap();
    block_on(network.balancer.follow_recordings(&other.as_str().into())).unwrap();
    network.servers.fault(&format!("bbb{holder}"), Some(Fault::Refuse));
    while network.balancer.fleet().server(&format!("bbb{holder}").as_str().into()).unwrap().state().takes_calls() {
        let _ = block_on(network.balancer.follow(&format!("bbb{holder}").as_str().into()));
    }
    let twice = [&track(&id)[..], &[("recordID", "anothers")]].concat();
    let put = network.put_track("moodle", &twice, PARTS);
    assert_eq!(value(&put, "messageKey"), "upload_text_track_success", "{}", put.text());
    assert_eq!(
        (network.sent(3 - holder, "putRecordingTextTrack"), network.sent(holder, "putRecordingTextTrack")),
        (1, 0)
    );
    let sent = network.servers.with(&other, |bbb| bbb.recording(&id).unwrap().text_tracks.len());
    assert_eq!(sent, Some(1));
    let query = for_server(twice.iter().copied().collect(), id.clone());
    assert_eq!(query.matches("recordID=").count(), 1, "{query}");
}

#[test]
fn what_is_wrong_with_a_track_is_said_in_json() {
    let (network, id, holder) = recorded();
    let all = track(&id);
    for (params, content_type, key) in [
        (&all[1..], PARTS, "paramError"),
        (&all[..1], PARTS, "paramError"),
        (&all[..2], PARTS, "paramError"),
        (&all[..], "multipart/form-data", "paramError"),
        (&all[..], "text/vtt", "unsupportedContentType"),
    ] {
        assert_eq!(value(&network.put_track("moodle", params, content_type), "messageKey"), key, "{content_type}");
    }
    let get = network.call("moodle", "putRecordingTextTrack", &all);
    assert_eq!(value(&get, "messageKey"), "unsupportedContentType");
    assert_eq!(value(&network.call("moodle", "getRecordingTextTracks", &[]), "messageKey"), "paramError");
    assert_eq!(network.sent(holder, "putRecordingTextTrack"), 0);
    let bad = [all[0], ("kind", "poems"), all[2]];
    assert_eq!(value(&network.put_track("moodle", &bad, PARTS), "messageKey"), "invalidKind", "the server's word");
}

#[test]
fn a_track_is_sent_once_whatever_becomes_of_it() {
    for fault in [Fault::Refuse, Fault::ResetBefore, Fault::ResetAfter, Fault::Html502, Fault::Empty, Fault::Garbage] {
        let (network, id, holder) = recorded();
        network.servers.fault_on(&format!("bbb{holder}"), "putRecordingTextTrack", fault);
        let said = network.put_track("moodle", &track(&id), PARTS);
        assert_eq!(value(&said, "messageKey"), "internalError", "{fault:?}");
        assert_eq!(network.sent(holder, "putRecordingTextTrack"), 1, "{fault:?}");
        let tracks = |bbb: &mut SimulatedBbb| bbb.recordings().map(|one| one.text_tracks.len()).sum::<usize>();
        assert!(network.servers.with(&format!("bbb{holder}"), tracks).unwrap() <= 1);
    }
}

#[test]
fn calls_beside_meetings_suspend_a_server_only_where_nobody_takes_connections() {
    let calls = ["putRecordingTextTrack", "getRecordingTextTracks", "publishRecordings", "updateRecordings"];
    for fault in [Fault::ResetBefore, Fault::Html502, Fault::Empty, Fault::Garbage, Fault::Refuse] {
        let (network, id, holder) = recorded();
        let name = format!("bbb{holder}");
        for call in calls {
            network.servers.fault_on(&name, call, fault);
        }
        for _ in 0..5 {
            network.put_track("moodle", &track(&id), PARTS);
            for call in &calls[1..] {
                network.call("moodle", call, &[("recordID", &id), ("publish", "true")]);
            }
        }
        let well = network.balancer.fleet().server(&name.as_str().into()).unwrap().reachability.is_spotless();
        assert_eq!(well, fault != Fault::Refuse, "{fault:?}");
    }
}
