use super::super::callback::SimulatedCallbackKind;
use super::super::tests::{NOW, ROOM_1, bbb, call, call_at, names, signed, text};
use super::*;

const CREATE: &str = "name=Algebra+%26+co&meetingID=room-1&record=true&meta_BBB-Origin=lms%3C&meta_course=7";
const HOUR: Duration = Duration::from_secs(3600);

/// room-1 is created, two people join, and it ends an hour later.
fn record(bbb: &mut SimulatedBbb) {
    call(bbb, "create", CREATE);
    call(bbb, "join", "fullName=Ada&meetingID=room-1&role=MODERATOR");
    call(bbb, "join", "fullName=Bea&meetingID=room-1&role=VIEWER");
    call_at(bbb, NOW + HOUR, "end", "meetingID=room-1");
}

fn ids(bbb: &mut SimulatedBbb, query: &str) -> Vec<String> {
    let list = call_at(bbb, NOW + HOUR, "getRecordings", query).body;
    list.split("<recordID>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[test]
fn a_meeting_that_records_leaves_a_recording_with_bbbs_fields_in_bbbs_order() {
    let formats = [SimulatedFormat::Presentation, SimulatedFormat::Podcast, SimulatedFormat::Video];
    let mut bbb = bbb().with_recording_formats(formats);
    record(&mut bbb);
    let list = call_at(&mut bbb, NOW + HOUR, "getRecordings", "").body;
    let fields = names(&list);
    let format = ["format", "type", "url", "processingTime", "length", "size"];
    let expected = [
        &["returncode", "recordings", "recording", "recordID", "meetingID", "internalMeetingID", "name"][..],
        &["isBreakout", "published", "state", "startTime", "endTime", "participants", "rawSize"],
        &["metadata", "bbb-origin", "course", "meetingName", "meetingId", "isBreakout", "size", "playback"],
        &format,
        &["preview", "images", "image alt=\"Algebra &amp; co\" height=\"136\" width=\"176\""],
        &["image alt=\"Algebra &amp; co\" height=\"136\" width=\"176\""],
        &format,
        &format,
        &["data"],
    ];
    assert_eq!(fields, expected.concat());
    for (name, value) in [
        ("recordID", ROOM_1),
        ("meetingID", "room-1"),
        ("internalMeetingID", ROOM_1),
        ("name", "Algebra &amp; co"),
        ("published", "true"),
        ("state", "published"),
        ("startTime", "1700000000000"),
        ("endTime", "1700003600000"),
        ("participants", "2"),
        ("rawSize", "54000000"),
        ("bbb-origin", "lms&lt;"),
        ("meetingName", "Algebra &amp; co"),
        ("size", "259200000"),
        ("length", "60"),
    ] {
        assert_eq!(text(&list, name), value, "{name}");
    }
    assert!(list.contains(&format!("<url>https://bbb1.example.org/playback/presentation/2.3/{ROOM_1}</url>")));
    assert!(crate::xml::Document::parse(list.as_bytes()).is_ok());
}

#[test]
fn a_meeting_that_does_not_record_leaves_nothing_and_a_restart_takes_no_recording() {
    let mut bbb = bbb();
    record(&mut bbb);
    call(&mut bbb, "create", "name=Algebra&meetingID=room-2");
    call(&mut bbb, "end", "meetingID=room-2");
    bbb.restart();
    assert_eq!(ids(&mut bbb, ""), [ROOM_1]);
    assert!(bbb.remove_recording(ROOM_1) && !bbb.remove_recording(ROOM_1));
    assert_eq!(text(&call_at(&mut bbb, NOW + HOUR, "getRecordings", "").body, "messageKey"), "noRecordings");
}

#[test]
fn a_recording_is_processed_and_then_published_by_the_clock() {
    let mut bbb = bbb().with_recording_delay(HOUR);
    call(&mut bbb, "create", CREATE);
    assert!(bbb.end(NOW, "room-1"), "a meeting that ends by itself leaves one too");
    assert_eq!(bbb.next_due(), Some(NOW + HOUR / 2));
    for (minutes, state, shown) in
        [(0, "processing", 0), (29, "processing", 0), (30, "processed", 0), (60, "published", 1)]
    {
        let now = NOW + Duration::from_secs(60 * minutes);
        let list = call_at(&mut bbb, now, "getRecordings", "state=any").body;
        assert_eq!(text(&list, "state"), state, "after {minutes} min");
        assert_eq!(call_at(&mut bbb, now, "getRecordings", "").body.matches("<recording>").count(), shown);
    }
    assert_eq!(bbb.next_due(), None);
}

#[test]
fn a_breakout_room_and_its_parent_name_each_other() {
    let mut bbb = bbb();
    call(&mut bbb, "create", CREATE);
    let room = "room-id-1";
    let query = format!("name=Room&meetingID={room}&isBreakout=true&parentMeetingID=room-1&sequence=2&record=true");
    call(&mut bbb, "create", &query);
    call(&mut bbb, "end", "meetingID=room-1");
    let list = call(&mut bbb, "getRecordings", "");
    assert!(list.contains(&format!("<breakoutRooms><breakoutRoom>{room}</breakoutRoom></breakoutRooms>")), "{list}");
    let parent = format!("<breakout><parentId>{ROOM_1}</parentId><sequence>2</sequence><freeJoin>false</freeJoin>");
    assert!(list.contains(&parent), "{list}");
}

#[test]
fn lists_are_filtered_by_ids_states_and_metadata_and_come_in_pages() {
    let mut bbb = bbb();
    let (one, two) = (SimulatedRecording::new("room-1", 1000, 2000), SimulatedRecording::new("room-2", 3000, 4000));
    let mut three = SimulatedRecording::new("room-1", 5000, 6000).with_metadata("bbb-origin", "greenlight");
    three.state = State::Unpublished;
    let mut gone = SimulatedRecording::new("room-3", 7000, 8000);
    gone.state = State::Deleted;
    let id = [&one, &two, &three, &gone].map(|recording| recording.record_id.clone());
    bbb.put_recording(one.with_metadata("bbb-origin", "moodle").with_metadata("course", "7"));
    bbb.put_recording(two.with_metadata("bbb-origin", "moodle"));
    bbb.put_recording(three);
    bbb.put_recording(gone);
    let prefix = id[0].split('-').next().unwrap();
    for (query, expected) in [
        ("", &[0, 1, 2][..]),
        ("state=any", &[0, 1, 2, 3]),
        ("state=deleted,unpublished", &[2, 3]),
        ("state=nonsense", &[]),
        ("meetingID=room-2", &[1]),
        ("meetingID=room-2,room-1", &[0, 1, 2]),
        ("meetingID=", &[0, 1, 2]),
        (&format!("recordID={prefix}"), &[0, 2]),
        (&format!("recordID={},{}", id[1], id[0]), &[0, 1]),
        (&format!("recordID={}&meetingID=room-1", id[1]), &[1]),
        ("meta_bbb-origin=moodle", &[0, 1]),
        ("meta_BBB-Origin=%25ood%25&meta_course=7", &[0]),
        ("meta_bbb-origin=green%25", &[2]),
        ("meta_unknown=%25", &[]),
    ] {
        let mut expected: Vec<_> = expected.iter().map(|&index| id[index].clone()).collect();
        expected.sort();
        assert_eq!(ids(&mut bbb, query), expected, "{query}");
    }
    let whole = ids(&mut bbb, "");
    assert_eq!(ids(&mut bbb, "offset=1"), whole, "an offset alone makes no page");
    assert_eq!(ids(&mut bbb, "limit=2"), whole[..2]);
    assert_eq!(ids(&mut bbb, "limit=2&offset=2"), whole[2..]);
    let page = call(&mut bbb, "getRecordings", "limit=1&offset=9");
    assert!(
        page.contains("<recordings></recordings><totalElements>3</totalElements><messageKey>noRecordings"),
        "{page}"
    );
}

#[test]
fn publishing_deleting_and_updating_need_exact_ids_and_one_that_is_there() {
    let mut bbb = bbb();
    record(&mut bbb);
    let half = &ROOM_1[..50];
    for (name, query, key) in [
        ("publishRecordings", "publish=true", "missingParamRecordID"),
        ("publishRecordings", "recordID=x", "missingParamPublish"),
        ("publishRecordings", "recordID=x&publish=true", "notFound"),
        ("deleteRecordings", "", "missingParamRecordID"),
        ("deleteRecordings", &format!("recordID={half}"), "notFound"),
        ("updateRecordings", "recordID=", "missingParamRecordID"),
        ("updateRecordings", "recordID=x", "notFound"),
    ] {
        let xml = call(&mut bbb, name, query);
        assert_eq!((text(&xml, "returncode"), text(&xml, "messageKey")), ("FAILED", key), "{name}?{query}");
    }
    let wrong = bbb.handle(NOW, "deleteRecordings", &signed("getRecordings", ""), None).body;
    assert_eq!(text(&wrong, "message"), "You did not pass the checksum security check");

    let ids = format!("recordID=x,{ROOM_1}");
    let xml = call(&mut bbb, "publishRecordings", &format!("{ids}&publish=false"));
    assert_eq!(xml, "<response><returncode>SUCCESS</returncode><published>false</published></response>");
    let list = call(&mut bbb, "getRecordings", "");
    assert_eq!((text(&list, "published"), text(&list, "state")), ("false", "unpublished"));
    call(&mut bbb, "publishRecordings", &format!("{ids}&publish=true"));
    assert_eq!(text(&call(&mut bbb, "getRecordings", ""), "state"), "published");

    let update = format!("{ids}&meta_Name=New&meta_course=&protect=true");
    assert_eq!(text(&call(&mut bbb, "updateRecordings", &update), "updated"), "true");
    let list = call(&mut bbb, "getRecordings", "");
    assert!(list.contains("<published>true</published><protected>true</protected><state>"), "{list}");
    assert!(list.contains("<name>New</name>") && !list.contains("<course>"), "{list}");

    assert_eq!(text(&call(&mut bbb, "deleteRecordings", &ids), "deleted"), "true");
    assert_eq!(text(&call(&mut bbb, "getRecordings", ""), "messageKey"), "noRecordings");
    assert_eq!(bbb.recording(ROOM_1).unwrap().state, State::Deleted);
    assert_eq!(text(&call(&mut bbb, "publishRecordings", &format!("{ids}&publish=true")), "messageKey"), "notFound");
}

#[test]
fn with_a_lag_lists_show_the_old_state_for_a_while() {
    let lag = Duration::from_secs(10);
    let mut bbb = bbb().with_publish_lag(lag);
    record(&mut bbb);
    let start = NOW + HOUR;
    let ask =
        |bbb: &mut SimulatedBbb, now| text(&call_at(bbb, now, "getRecordings", "state=any").body, "state").to_owned();
    let unpublish = format!("recordID={ROOM_1}&publish=false");
    assert_eq!(text(&call_at(&mut bbb, start, "publishRecordings", &unpublish).body, "published"), "false");
    assert_eq!(ask(&mut bbb, start + lag / 2), "published");
    assert_eq!(ask(&mut bbb, start + lag), "unpublished");
    call_at(&mut bbb, start + lag, "deleteRecordings", &format!("recordID={ROOM_1}"));
    assert_eq!(ask(&mut bbb, start + lag), "unpublished");
    assert_eq!(ask(&mut bbb, start + lag * 2), "deleted");
}

#[test]
fn websites_hear_once_for_each_format_that_a_recording_is_ready() {
    let claims = serde_json::json!({ "meeting_id": "room-1", "record_id": ROOM_1 });
    let formats = [SimulatedFormat::Presentation, SimulatedFormat::Video];
    for key in ["bbb-recording-ready-url", "bn-recording-ready-url", "canvas-recording-ready-url"] {
        let mut bbb = bbb().with_recording_formats(formats).with_recording_delay(HOUR);
        call(&mut bbb, "create", &format!("{CREATE}&meta_{key}=https%3A%2F%2Flms.example%2Fready%3Fa%3D1"));
        bbb.end(NOW, "room-1");
        assert_eq!(bbb.take_callbacks(), [], "not before it is published");
        bbb.advance(NOW + HOUR);
        let callbacks = bbb.take_callbacks();
        assert_eq!(callbacks.len(), 2, "{key}");
        for callback in callbacks {
            assert_eq!((callback.kind, callback.method), (SimulatedCallbackKind::RecordingReady, "POST"));
            assert_eq!(callback.url, "https://lms.example/ready?a=1");
            assert_eq!(callback.content_type, "application/x-www-form-urlencoded");
            let token = callback.body.strip_prefix("signed_parameters=").unwrap();
            let found = crate::jwt::verify(token, crate::jwt::JwtAlgorithm::Hs256, &"s3cr3t".into()).unwrap();
            assert_eq!(serde_json::Value::Object(found), claims);
        }
        for publish in ["false", "true"] {
            call(&mut bbb, "publishRecordings", &format!("recordID={ROOM_1}&publish={publish}"));
        }
        assert_eq!(bbb.take_callbacks(), [], "only the first time");
    }
}

#[test]
fn a_state_that_is_set_past_the_api_stays_and_tells_as_well() {
    let mut bbb = bbb().with_recording_delay(HOUR);
    call(&mut bbb, "create", &format!("{CREATE}&meta_bbb-recording-ready-url=https%3A%2F%2Flms.example"));
    bbb.end(NOW, "room-1");
    assert!(!bbb.set_recording_state("x", State::Published));
    assert!(bbb.set_recording_state(ROOM_1, State::Published));
    assert_eq!(bbb.take_callbacks().len(), 1);
    bbb.advance(NOW + HOUR);
    assert_eq!(bbb.recording(ROOM_1).unwrap().state, State::Published);
    assert_eq!(bbb.take_callbacks(), [], "what was published is not published again");
    bbb.recording_mut(ROOM_1).unwrap().participants = 99;
    assert_eq!(text(&call(&mut bbb, "getRecordings", ""), "participants"), "99");
}
