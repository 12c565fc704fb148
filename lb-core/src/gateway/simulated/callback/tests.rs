use std::time::Duration;

use super::super::tests::{NOW, ROOM_1, bbb, call, call_at};
use super::*;

const URLS: &str = "meetingEndedURL=https%3A%2F%2Flms.example%2Fended%3Ft%3D1\
                    &meta_endCallbackUrl=https%3A%2F%2Flms.example%2Fold\
                    &meta_analytics-callback-url=https%3A%2F%2Flms.example%2Fanalytics";

fn end(more: &str) -> Vec<SimulatedCallback> {
    let mut bbb = bbb();
    call(&mut bbb, "create", &format!("name=Algebra&meetingID=room-1&{URLS}{more}"));
    call(&mut bbb, "join", "fullName=Ada&meetingID=room-1&role=MODERATOR&userID=u-17");
    call_at(&mut bbb, NOW + Duration::from_secs(60), "join", "fullName=Bea&meetingID=room-1&role=VIEWER");
    bbb.leave("room-1", 1);
    call_at(&mut bbb, NOW + Duration::from_secs(5400), "end", "meetingID=room-1");
    bbb.take_callbacks()
}

#[test]
fn both_urls_of_the_end_are_called_with_what_bbb_adds() {
    for (more, marks) in [("", false), ("&record=true", false), ("&record=true&autoStartRecording=true", true)] {
        let callbacks = end(more);
        let ended: Vec<_> = callbacks.iter().filter(|callback| callback.kind == SimulatedCallbackKind::Ended).collect();
        assert!(ended.iter().all(|callback| callback.method == "GET" && callback.body.is_empty()));
        let urls: Vec<_> = ended.iter().map(|callback| callback.url.as_str()).collect();
        let newer = format!("https://lms.example/ended?t=1&recordingmarks={marks}");
        assert_eq!(urls, [newer, format!("https://lms.example/old?recordingmarks={marks}&meetingID=room-1")]);
    }
}

#[test]
fn analytics_are_told_where_events_are_kept_and_with_a_token_that_ends_after_a_day() {
    assert!(end("").iter().all(|callback| callback.kind == SimulatedCallbackKind::Ended), "nothing was kept");
    for more in ["&record=true", "&meetingKeepEvents=true"] {
        let callbacks = end(more);
        let analytics = callbacks.iter().find(|callback| callback.kind == SimulatedCallbackKind::Analytics).unwrap();
        assert_eq!((analytics.method, analytics.content_type), ("POST", "application/json"));
        assert_eq!(analytics.url, "https://lms.example/analytics");
        let token = analytics.authorization.as_deref().unwrap().strip_prefix("Bearer ").unwrap();
        let claims = jwt::verify(token, JwtAlgorithm::Hs512, &"s3cr3t".into()).unwrap();
        assert_eq!(claims["exp"], 1_700_000_000 + 5400 + 86_400);
        let body: Value = serde_json::from_str(&analytics.body).unwrap();
        assert_eq!((&body["version"], &body["meeting_id"]), (&"1.0".into(), &"room-1".into()));
        assert_eq!(body["internal_meeting_id"], ROOM_1);
        let data = &body["data"];
        assert_eq!((&data["duration"], &data["start"]), (&5400.into(), &"2023-11-14T22:13:20.000+00:00".into()));
        assert_eq!(data["finish"], "2023-11-14T23:43:20.000+00:00");
        assert_eq!(data["metadata"]["analytics_callback_url"], "https://lms.example/analytics");
        assert_eq!(
            (&data["metadata"]["meeting_name"], &data["metadata"]["is_breakout"]),
            (&"Algebra".into(), &"false".into())
        );
        let [bea, ada] = data["attendees"].as_array().unwrap().as_slice() else { panic!("{data}") };
        assert_eq!((&bea["name"], &bea["duration"], &bea["moderator"]), (&"Bea".into(), &0.into(), &false.into()));
        assert_eq!((&ada["ext_user_id"], &ada["duration"]), (&"u-17".into(), &5400.into()));
        assert_eq!(ada["joins"][0], "2023-11-14T22:13:20.000+00:00");
    }
}

#[test]
fn breakout_rooms_call_nobody() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    call(&mut bbb, "create", &format!("name=Room&meetingID=r1&isBreakout=true&parentMeetingID=room-1&{URLS}"));
    bbb.end(NOW, "r1");
    assert_eq!(bbb.take_callbacks(), []);
}

#[test]
fn ends_can_be_taken_alone_and_the_last_thousand_are_kept() {
    let mut bbb = bbb();
    call(&mut bbb, "create", &format!("name=Algebra&meetingID=room-1&record=true&{URLS}"));
    bbb.end(NOW, "room-1");
    assert_eq!(bbb.take_ended_callbacks().len(), 2);
    let rest: Vec<_> = bbb.take_callbacks().into_iter().map(|callback| callback.kind).collect();
    assert_eq!(rest, [SimulatedCallbackKind::Analytics]);
    for number in 0..=MOST_CALLBACKS {
        bbb.call_later(SimulatedCallback::get(number.to_string()));
    }
    let kept = bbb.take_callbacks();
    assert_eq!((kept.len(), kept[0].url.as_str()), (MOST_CALLBACKS, "1"));
}

#[test]
fn what_bbb_takes_for_the_last_word_depends_on_what_it_tells() {
    use SimulatedCallbackKind::{Analytics, Ended, Hook, RecordingReady};
    for (status, done) in [
        (200, &[Ended, RecordingReady, Analytics, Hook][..]),
        (204, &[Ended, RecordingReady, Analytics, Hook]),
        (302, &[]),
        (401, &[RecordingReady, Analytics, Hook]),
        (404, &[RecordingReady, Analytics]),
        (410, &[RecordingReady, Analytics]),
        (500, &[]),
    ] {
        let found: Vec<_> =
            [Ended, RecordingReady, Analytics, Hook].into_iter().filter(|kind| kind.is_done(status)).collect();
        assert_eq!(found, done, "{status}");
    }
}

#[test]
fn debug_shows_no_url_no_body_and_no_token() {
    let callbacks = end("&record=true");
    let shown = format!("{callbacks:?}");
    assert!(!["lms.example", "Bearer", "Ada"].iter().any(|secret| shown.contains(secret)), "{shown}");
}
