use std::time::Duration;

use serde_json::Value;

use super::super::tests::{NOW, ROOM_1, bbb, call, call_at, names, signed, text};
use super::*;

const URL: &str = "https://lms.example/h?x=1&y=2";

fn hooked(more: &str) -> SimulatedBbb {
    let mut bbb = bbb().with_webhooks(true);
    let query = Serializer::new(String::new()).append_pair("callbackURL", URL).finish();
    let xml = call(&mut bbb, "hooks/create", &format!("{query}{more}"));
    assert_eq!(text(&xml, "returncode"), "SUCCESS", "{xml}");
    bbb
}

/// What was sent to hooks: the events, each once its envelope was looked at.
fn events(bbb: &mut SimulatedBbb) -> Vec<Value> {
    let hooks = bbb.take_callbacks().into_iter().filter(|callback| callback.kind == SimulatedCallbackKind::Hook);
    hooks
        .map(|callback| {
            assert_eq!((callback.method, callback.content_type), ("POST", "application/x-www-form-urlencoded"));
            let checksum = sign(Algorithm::Sha1, URL, &callback.body, &"s3cr3t".into());
            assert_eq!(callback.url, format!("{URL}&checksum={checksum}"));
            let pairs: Vec<_> = url::form_urlencoded::parse(callback.body.as_bytes()).into_owned().collect();
            let [(domain, host), (event, json), (timestamp, _)] = <[_; 3]>::try_from(pairs).unwrap();
            assert_eq!(
                [domain.as_str(), &host, &event, &timestamp],
                ["domain", "bbb1.example.org", "event", "timestamp"]
            );
            let [event] = <[Value; 1]>::try_from(serde_json::from_str::<Vec<_>>(&json).unwrap()).unwrap();
            event
        })
        .collect()
}

fn told(bbb: &mut SimulatedBbb) -> Vec<String> {
    events(bbb).iter().map(|event| event["data"]["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_server_without_the_program_answers_a_page() {
    for name in ["hooks/create", "hooks/list", "hooks/destroy", "hooks/ping"] {
        let reply = call_at(&mut bbb(), NOW, name, "callbackURL=https%3A%2F%2Flms.example");
        assert_eq!((reply.status, reply.content_type), (404, "text/html;charset=utf-8"), "{name}");
    }
}

#[test]
fn hooks_are_created_listed_and_destroyed_with_the_words_of_the_program() {
    let mut bbb = bbb().with_webhooks(true);
    let create =
        "callbackURL=https%3A%2F%2Flms.example%2Fh%3Fx%3D1%26y%3D2&meetingID=room-1&eventID=User-Joined,user-left";
    let xml = call(&mut bbb, "hooks/create", create);
    assert_eq!(names(&xml), ["returncode", "hookID", "permanentHook", "rawData"]);
    assert_eq!((text(&xml, "permanentHook"), text(&xml, "rawData")), ("false", "false"));
    let id = text(&xml, "hookID").to_owned();
    let again = call(&mut bbb, "hooks/create", create);
    assert_eq!(names(&again), ["returncode", "hookID", "messageKey", "message"]);
    assert_eq!((text(&again, "hookID"), text(&again, "messageKey")), (id.as_str(), "duplicateWarning"));
    let raw = call(&mut bbb, "hooks/create", "callbackURL=https%3A%2F%2Fx.example&getRaw=TRUE");
    assert_eq!(text(&raw, "rawData"), "true");
    let permanent = bbb.put_permanent_hook("https://ops.example");

    let list = call(&mut bbb, "hooks/list", "");
    assert!(list.contains(&format!(
        "<hooks><hook><hookID>{id}</hookID><callbackURL><![CDATA[{URL}]]></callbackURL><meetingID><![CDATA[room-1]]>\
         </meetingID><eventID>user-joined,user-left</eventID><permanentHook>false</permanentHook>\
         <rawData>false</rawData></hook><hook>"
    )));
    assert_eq!(list.matches("<hook>").count(), 3);
    assert_eq!(call(&mut bbb, "hooks/list", "meetingID=room-2").matches("<hook>").count(), 2, "those of all meetings");

    for (name, query, key) in [
        ("hooks/create", "", "missingParamCallbackURL"),
        ("hooks/create", "callbackURL=a&getRaw=perhaps", "createHookError"),
        ("hooks/destroy", "", "missingParamHookID"),
        ("hooks/destroy", "hookID=777", "destroyMissingHook"),
        ("hooks/destroy", "hookID=x", "destroyMissingHook"),
        ("hooks/destroy", &format!("hookID={permanent}"), "destroyMissingHook"),
    ] {
        assert_eq!(text(&call(&mut bbb, name, query), "messageKey"), key, "{name}?{query}");
    }
    let xml = call(&mut bbb, "hooks/destroy", &format!("hookID={id}"));
    assert_eq!(text(&xml, "removed"), "true");
    assert_eq!(bbb.hooks().count(), 2);
    let wrong = bbb.handle(NOW, "hooks/list", &signed("list", ""), None).body;
    assert_eq!(text(&wrong, "message"), "You did not pass the checksum security check.");
    assert_eq!(bbb.handle(NOW, "hooks/ping", "", None).body, "bbb-webhooks API up!");
    assert_eq!(call_at(&mut bbb, NOW, "hooks/other", "").status, 404);
}

#[test]
fn a_hook_hears_what_happens_in_a_meeting_in_the_programs_shape() {
    let mut bbb = hooked("");
    let create =
        "name=Algebra&meetingID=room-1&attendeePW=ap&moderatorPW=mp&record=true&autoStartRecording=true&meta_a=b";
    call(&mut bbb, "create", create);
    call(&mut bbb, "join", "fullName=Ada&meetingID=room-1&role=MODERATOR&userID=u-17");
    let told_now = events(&mut bbb);
    let [created, joined, recording] = told_now.as_slice() else { panic!("{told_now:?}") };
    let meeting = &created["data"]["attributes"]["meeting"];
    assert_eq!(
        (created["data"]["id"].as_str(), created["data"]["type"].as_str()),
        (Some("meeting-created"), Some("event"))
    );
    assert_eq!(created["data"]["event"]["ts"], 1_700_000_000_000_u64);
    for (key, value) in [
        ("internal-meeting-id", Value::from(ROOM_1)),
        ("external-meeting-id", "room-1".into()),
        ("name", "Algebra".into()),
        ("is-breakout", false.into()),
        ("parent-id", "bbb-none".into()),
        ("create-time", 1_700_000_000_000_u64.into()),
        ("moderator-pass", "mp".into()),
        ("record", true.into()),
        ("metadata", serde_json::json!({ "a": "b" })),
    ] {
        assert_eq!(meeting[key], value, "{key}");
    }
    let user = &joined["data"]["attributes"]["user"];
    assert_eq!(joined["data"]["id"], "user-joined");
    assert_eq!(joined["data"]["attributes"]["meeting"]["external-meeting-id"], "room-1");
    assert_eq!((user["external-user-id"].as_str(), user["name"].as_str()), (Some("u-17"), Some("Ada")));
    assert_eq!((user["role"].as_str(), user["presenter"].as_bool()), (Some("MODERATOR"), Some(true)));
    assert!(user["internal-user-id"].as_str().unwrap().starts_with("w_"));
    assert_eq!(recording["data"]["id"], "meeting-recording-started");

    bbb.set_media("room-1", 1, 1);
    assert_eq!(told(&mut bbb), ["user-audio-voice-enabled", "user-cam-broadcast-start"]);
    bbb.set_media("room-1", 1, 0);
    bbb.set_media("room-1", 1, 0);
    assert_eq!(told(&mut bbb), ["user-cam-broadcast-end"], "only what has changed");
    bbb.leave("room-1", 1);
    assert_eq!(told(&mut bbb), ["user-audio-voice-disabled", "user-left"]);
    call(&mut bbb, "end", "meetingID=room-1");
    assert_eq!(told(&mut bbb), ["meeting-ended", "rap-publish-ended", "rap-published"]);
    for publish in ["false", "true"] {
        call(&mut bbb, "publishRecordings", &format!("recordID={ROOM_1}&publish={publish}"));
    }
    call(&mut bbb, "deleteRecordings", &format!("recordID={ROOM_1}"));
    let told_now = events(&mut bbb);
    let names: Vec<_> = told_now.iter().map(|event| event["data"]["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["rap-unpublished", "rap-published", "rap-deleted"]);
    assert_eq!(told_now[0]["data"]["attributes"]["meeting"]["internal-meeting-id"], ROOM_1);
    assert_eq!(told_now[0]["data"]["attributes"]["meeting"]["external-meeting-id"], "room-1");
}

#[test]
fn a_hook_hears_only_of_its_meeting_and_its_events() {
    let mut bbb = hooked("&meetingID=room-2&eventID=user-joined,MEETING-ENDED");
    bbb.put_foreign(NOW, "room-1", 2);
    bbb.end(NOW, "room-1");
    assert_eq!(told(&mut bbb), [""; 0]);
    bbb.put_foreign(NOW, "room-2", 2);
    bbb.end(NOW, "room-2");
    assert_eq!(told(&mut bbb), ["user-joined", "user-joined", "meeting-ended"]);
}

#[test]
fn a_hook_of_raw_data_hears_what_bbbs_parts_tell_each_other() {
    let mut bbb = hooked("&getRaw=true").with_recording_delay(Duration::from_secs(1));
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1&record=true");
    call(&mut bbb, "join", "fullName=Ada&meetingID=room-1&role=VIEWER");
    let told_now = events(&mut bbb);
    assert_eq!(told_now[0]["envelope"]["name"], "MeetingCreatedEvtMsg");
    assert_eq!(told_now[0]["core"]["body"]["props"]["meetingProp"]["extId"], "room-1");
    assert_eq!(told_now[1]["core"]["header"]["name"], "UserJoinedMeetingEvtMsg");
    assert_eq!(told_now[1]["envelope"]["routing"]["meetingId"], ROOM_1);
    assert_eq!(told_now[1]["core"]["body"]["role"], "VIEWER");
    bbb.end(NOW, "room-1");
    bbb.advance(NOW + Duration::from_secs(1));
    let told_now = events(&mut bbb);
    assert_eq!(told_now[1]["header"]["name"], "publish_ended");
    assert_eq!(told_now[1]["payload"]["record_id"], ROOM_1);
}

#[test]
fn a_hook_gets_the_secret_as_a_token_where_the_server_is_set_up_so() {
    let mut bbb = hooked("").with_hook_bearer(true);
    bbb.put_foreign(NOW, "room-1", 0);
    let callbacks = bbb.take_callbacks();
    assert_eq!(callbacks[0].authorization.as_deref(), Some("Bearer s3cr3t"));
    assert_eq!((callbacks[0].url.as_str(), callbacks[0].hook_id.as_deref()), (URL, Some("1")));
}

#[test]
fn hooks_are_lost_by_a_restart_where_it_is_told_so() {
    let mut kept = hooked("");
    kept.restart();
    assert_eq!(kept.hooks().count(), 1);
    let mut lost = hooked("").with_hooks_lost_at_restart(true);
    lost.put_permanent_hook("https://ops.example");
    lost.restart();
    assert!(lost.hooks().all(|hook| hook.permanent));
    assert_eq!(lost.hooks().count(), 1);
    assert!(kept.drop_hook("1") && !kept.drop_hook("1"));
}
