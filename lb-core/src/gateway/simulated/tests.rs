use super::*;
use crate::checksum::{Algorithm, sign};

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
pub(super) const ROOM_1: &str = "0e9770ee13188deca3cd34f598eb93650a2f97c3-1700000000000";

pub(super) fn bbb() -> SimulatedBbb {
    SimulatedBbb::new("https://bbb1.example.org", "s3cr3t")
}

pub(super) fn signed(name: &str, query: &str) -> String {
    let digest = sign(Algorithm::Sha1, name, query, &"s3cr3t".into());
    if query.is_empty() { format!("checksum={digest}") } else { format!("{query}&checksum={digest}") }
}

pub(super) fn call_at(bbb: &mut SimulatedBbb, now: Timestamp, name: &str, query: &str) -> SimulatedReply {
    bbb.handle(now, name, &signed(name, query), None)
}

pub(super) fn call(bbb: &mut SimulatedBbb, name: &str, query: &str) -> String {
    call_at(bbb, NOW, name, query).body
}

/// The text of the first element of this name.
pub(super) fn text<'a>(xml: &'a str, name: &str) -> &'a str {
    let start = xml.find(&format!("<{name}>")).map(|at| at + name.len() + 2);
    start.and_then(|start| xml[start..].split('<').next()).unwrap_or("(absent)")
}

pub(super) fn names(xml: &str) -> Vec<&str> {
    xml.split('<')
        .filter(|part| !part.starts_with('/'))
        .filter_map(|part| part.split(['>', '/']).next())
        .skip(2)
        .collect()
}

#[test]
fn a_new_meeting_is_answered_with_bbbs_fields_in_bbbs_order() {
    let mut bbb = bbb();
    let xml = call(
        &mut bbb,
        "create",
        "name=Algebra+%26+more&meetingID=room-1&attendeePW=ap&moderatorPW=mp&voiceBridge=71234&duration=90\
         &record=true&meta_BBB-Origin=lms%3C&meta_bad_key=x&meta_1=x&unknown=y",
    );
    assert_eq!(
        names(&xml),
        [
            "returncode",
            "meetingID",
            "internalMeetingID",
            "parentMeetingID",
            "attendeePW",
            "moderatorPW",
            "createTime",
            "voiceBridge",
            "dialNumber",
            "createDate",
            "hasUserJoined",
            "duration",
            "hasBeenForciblyEnded",
            "messageKey",
            "message",
        ]
    );
    for (name, value) in [
        ("returncode", "SUCCESS"),
        ("internalMeetingID", ROOM_1),
        ("parentMeetingID", "bbb-none"),
        ("attendeePW", "ap"),
        ("createTime", "1700000000000"),
        ("voiceBridge", "71234"),
        ("createDate", "Tue Nov 14 22:13:20 UTC 2023"),
        ("duration", "90"),
        ("messageKey", ""),
    ] {
        assert_eq!(text(&xml, name), value, "{name}");
    }
    let meeting = bbb.meeting("room-1").unwrap();
    assert!(meeting.records);
    assert_eq!(meeting.metadata.iter().collect::<Vec<_>>(), [(&"bbb-origin".to_owned(), &"lms<".to_owned())]);
    assert_eq!(meeting.parameter("unknown"), Some("y"));
    assert_eq!(meeting.parameter("checksum"), None);

    let info = call(&mut bbb, "getMeetingInfo", "meetingID=room-1");
    assert!(info.contains("<meetingName>Algebra &amp; more</meetingName>"), "{info}");
    assert!(info.contains("<metadata><bbb-origin>lms&lt;</bbb-origin></metadata>"), "{info}");
    let by_internal_id = call(&mut bbb, "getMeetingInfo", &format!("meetingID={ROOM_1}"));
    assert_eq!(info, by_internal_id);
    let list = call(&mut bbb, "getMeetings", "");
    assert!(list.contains(
        info.trim_start_matches("<response><returncode>SUCCESS</returncode>").trim_end_matches("</response>")
    ));
}

#[test]
fn what_a_create_leaves_out_is_drawn_and_the_same_seed_draws_the_same() {
    let draw = |seed| {
        let mut bbb = bbb().with_seed(seed);
        let xml = call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
        ["attendeePW", "moderatorPW", "voiceBridge"].map(|name| text(&xml, name).to_owned())
    };
    let [attendee, moderator, bridge] = draw(1);
    assert_eq!((attendee.len(), moderator.len(), bridge.len()), (8, 8, 5));
    assert_ne!(attendee, moderator);
    assert_eq!(draw(1), [attendee, moderator, bridge]);
    assert_ne!(draw(1), draw(2));
}

#[test]
fn a_repeated_create_is_answered_by_its_passwords() {
    for (passwords, key) in [
        ("", "duplicateWarning"),
        ("&attendeePW=ap&moderatorPW=mp", "duplicateWarning"),
        ("&attendeePW=&moderatorPW=", "duplicateWarning"),
        ("&attendeePW=ap&moderatorPW=other", "idNotUnique"),
        ("&attendeePW=ap", "idNotUnique"),
    ] {
        let mut bbb = bbb();
        call(&mut bbb, "create", "name=Algebra&meetingID=room-1&attendeePW=ap&moderatorPW=mp");
        let later = NOW + Duration::from_secs(60);
        let xml = call_at(&mut bbb, later, "create", &format!("name=Other&meetingID=room-1{passwords}")).body;
        assert_eq!(text(&xml, "messageKey"), key, "{passwords}");
        if key == "duplicateWarning" {
            assert_eq!(text(&xml, "createTime"), "1700000000000", "the original's");
            assert_eq!(text(&xml, "attendeePW"), "ap");
        }
        assert_eq!(bbb.meetings().count(), 1);
    }
}

#[test]
fn a_voice_bridge_that_is_taken_is_refused_until_its_meeting_ends() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1&voiceBridge=71234");
    let clash = "name=Biology&meetingID=room-2&voiceBridge=71234";
    let xml = call(&mut bbb, "create", clash);
    assert!(xml.contains("<errors><error><key>nonUniqueVoiceBridge</key>"), "{xml}");
    assert_eq!(text(&xml, "messageKey"), "(absent)");
    assert!(bbb.end(NOW, "room-1"));
    assert_eq!(text(&call(&mut bbb, "create", clash), "returncode"), "SUCCESS");
}

#[test]
fn creates_that_break_a_rule_are_refused_with_bbbs_key() {
    let long = "x".repeat(257);
    for (query, key, message) in [
        ("meetingID=room-1", "nullError", "You must provide a meeting name"),
        ("name=&meetingID=room-1", "emptyError", "You must provide a meeting name"),
        ("name=A&meetingID=room-1", "sizeError", "Meeting name must be between 2 and 256 characters"),
        ("name=Algebra", "validationError", "Invalid meeting ID"),
        ("name=Algebra&meetingID=", "sizeError", "Meeting ID must be between 2 and 256 characters"),
        (&format!("name=Algebra&meetingID={long}"), "sizeError", "Meeting ID must be between 2 and 256 characters"),
        ("name=Algebra&meetingID=a%2Cb", "validationError", "Meeting ID cannot contain &apos;,&apos;"),
        ("name=Algebra&meetingID=+room", "validationError", "Invalid meeting ID"),
        ("name=Algebra&meetingID=room-1&voiceBridge=abc", "validationError", "Voice bridge must be an integral value"),
        (
            "name=Algebra&meetingID=room-1&record=yes",
            "validationError",
            "Record must be a boolean value (true or false)",
        ),
        ("name=Algebra&meetingID=room-1&attendeePW=x", "invalidPassword", "Invalid password"),
        (
            "name=Room&meetingID=room-1&isBreakout=true",
            "parentMeetingIDMissing",
            "No parent meeting ID was provided for the breakout room",
        ),
        (
            "name=Room&meetingID=room-1&isBreakout=true&parentMeetingID=none",
            "parentMeetingDoesNotExist",
            "No parent meeting exists for the breakout room",
        ),
    ] {
        let mut bbb = bbb();
        let xml = call(&mut bbb, "create", query);
        assert_eq!((text(&xml, "returncode"), text(&xml, "messageKey")), ("FAILED", key), "{query}");
        assert_eq!(text(&xml, "message"), message, "{query}");
        assert_eq!(bbb.meetings().count(), 0);
    }
}

#[test]
fn checksums_cover_the_query_alone_and_bodies_are_read_by_their_type() {
    let mut bbb = bbb();
    let form: &[u8] = b"name=Algebra&meetingID=room-1";
    let mut post = |content_type, query: &str, body| bbb.handle(NOW, "create", query, Some((content_type, body))).body;
    let form_type = "application/x-www-form-urlencoded; charset=utf-8";
    let old_rule = sign(Algorithm::Sha1, "create", "meetingID=room-1&name=Algebra", &"s3cr3t".into());
    assert_eq!(text(&post(form_type, &format!("checksum={old_rule}"), form), "message"), "Checksums do not match");
    assert_eq!(text(&post(form_type, "", form), "message"), "You must provide the checksum");
    assert_eq!(text(&post(form_type, &signed("create", ""), form), "returncode"), "SUCCESS");
    let query = signed("create", "name=Biology&meetingID=room-2");
    let modules: &[u8] = b"<modules/>";
    assert_eq!(text(&post("application/json", &query, modules), "messageKey"), "unsupportedContentType");
    assert_eq!(text(&post("text/xml", &query, modules), "returncode"), "SUCCESS");
    assert!(bbb.meeting("room-2").unwrap().has_modules);
    assert!(!bbb.meeting("room-1").unwrap().has_modules);
}

#[test]
fn a_join_counts_a_user_and_redirects_to_the_client_or_says_where_it_is() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1&attendeePW=ap&moderatorPW=mp");
    assert_eq!(text(&call(&mut bbb, "isMeetingRunning", "meetingID=room-1"), "running"), "false");
    let reply = call_at(&mut bbb, NOW, "join", "fullName=Ada+Q.&meetingID=room-1&password=mp&userID=u-17");
    assert_eq!(reply.status, 302);
    let location = reply.location.unwrap();
    let token = location.strip_prefix("https://bbb1.example.org/html5client/join?sessionToken=").unwrap();
    assert_eq!(token.len(), 16);
    let xml = call(
        &mut bbb,
        "join",
        "fullName=Bo&meetingID=room-1&role=viewer&redirect=false&createTime=1700000000000&userdata-bbb_x=1",
    );
    assert_eq!(
        names(&xml),
        [
            "returncode",
            "messageKey",
            "message",
            "meeting_id",
            "user_id",
            "auth_token",
            "session_token",
            "guestStatus",
            "url"
        ]
    );
    assert_eq!((text(&xml, "messageKey"), text(&xml, "meeting_id")), ("successfullyJoined", ROOM_1));
    assert!(text(&xml, "url").ends_with(text(&xml, "session_token")));

    let info = call(&mut bbb, "getMeetingInfo", "meetingID=room-1");
    assert_eq!((text(&info, "participantCount"), text(&info, "moderatorCount")), ("2", "1"));
    assert!(info.contains("<userID>u-17</userID><fullName>Ada Q.</fullName><role>MODERATOR</role>"), "{info}");
    assert!(info.contains("<customdata><bbb_x>1</bbb_x></customdata>"), "{info}");
    assert_eq!(text(&call(&mut bbb, "isMeetingRunning", "meetingID=room-1"), "running"), "true");
    assert_eq!(bbb.users(), 2);
    assert!((bbb.cpu() - 2.7).abs() < 1e-9);
    assert_eq!(bbb.leave("room-1", 5), 2);
    assert_eq!(bbb.users(), 0);
    bbb.set_cpu(99.0, 1.0);
    bbb.put_foreign(NOW, "other", 10);
    assert_eq!(bbb.cpu(), 100.0);
}

#[test]
fn joins_that_cannot_be_are_told_the_way_bbb_tells_them() {
    #[derive(PartialEq, Debug)]
    enum How {
        Redirect,
        Xml,
    }
    use How::{Redirect, Xml};
    for (query, how, key) in [
        ("meetingID=room-1&password=mp", Redirect, "missingParamFullName"),
        ("fullName=A&meetingID=none&password=mp&redirect=false", Redirect, "meetingForciblyEnded"),
        ("fullName=A&meetingID=room-1&password=m", Redirect, "invalidPassword"),
        ("fullName=A&meetingID=room-1&password=mp&guest=maybe", Redirect, "validationError"),
        ("fullName=A&meetingID=room-1&password=mp&createTime=1", Redirect, "mismatchCreateTimeParam"),
        ("fullName=A&meetingID=room-1&password=mp&createTime=", Redirect, "mismatchCreateTimeParam"),
        ("fullName=A&meetingID=room-1&password=mp&createTime=1&redirect=false", Xml, "mismatchCreateTimeParam"),
        ("fullName=A&meetingID=room-1&password=wrong", Xml, "Params required"),
        ("fullName=A&meetingID=room-1&password=&role=nobody", Xml, "Params required"),
        ("fullName=A&meetingID=full&role=VIEWER&redirect=false", Xml, "maxParticipantsReached"),
    ] {
        let mut bbb = bbb();
        call(&mut bbb, "create", "name=Algebra&meetingID=room-1&attendeePW=ap&moderatorPW=mp");
        call(&mut bbb, "create", "name=Full&meetingID=full&maxParticipants=1");
        call(&mut bbb, "join", "fullName=A&meetingID=full&role=VIEWER");
        let reply = call_at(&mut bbb, NOW, "join", query);
        let found = match &reply.location {
            Some(location) => {
                assert!(location.starts_with("https://bbb1.example.org?errors=%5B%7B%22key%22%3A%22"), "{location}");
                (Redirect, location.split("%22").nth(3).unwrap().to_owned())
            }
            None => (Xml, text(&reply.body, "messageKey").to_owned()),
        };
        assert_eq!(found, (how, key.to_owned()), "{query}");
        assert_eq!(bbb.users(), 1, "{query}");
    }
    let away = call_at(&mut bbb(), NOW, "join", "meetingID=x&errorRedirectUrl=https%3A%2F%2Flms.example%2F%3Fa%3D1");
    assert!(away.location.unwrap().starts_with("https://lms.example/?a=1&errors="));
}

#[test]
fn an_ended_meeting_lingers_marked_ended_and_then_vanishes() {
    let linger = Duration::from_secs(60);
    let mut bbb = bbb().with_linger(linger);
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    call(&mut bbb, "join", "fullName=Ada&meetingID=room-1&role=VIEWER");
    let xml = call(&mut bbb, "end", "meetingID=room-1");
    assert_eq!((text(&xml, "returncode"), text(&xml, "messageKey")), ("SUCCESS", "sentEndMeetingRequest"));
    let info = call(&mut bbb, "getMeetingInfo", "meetingID=room-1");
    assert_eq!((text(&info, "hasBeenForciblyEnded"), text(&info, "running")), ("true", "false"));
    assert_eq!((text(&info, "endTime"), text(&info, "participantCount")), ("1700000000000", "0"));

    let again = call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    assert_eq!(text(&again, "messageKey"), "", "its id is free at once");
    assert_eq!(text(&again, "createTime"), "1700000000001", "and another incarnation, though the clock stood still");
    assert_eq!(bbb.meetings().count(), 2);
    assert_eq!(bbb.meeting("room-1").unwrap().ended_at, None, "the living one is found first");
    let list = call_at(&mut bbb, NOW + linger, "getMeetings", "").body;
    assert!(!list.contains(ROOM_1), "{list}");
    assert_eq!(bbb.meetings().count(), 1);
}

#[test]
fn without_lingering_an_end_leaves_nothing() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    call(&mut bbb, "end", "meetingID=room-1");
    assert_eq!(text(&call(&mut bbb, "end", "meetingID=room-1"), "messageKey"), "notFound");
    assert_eq!(text(&call(&mut bbb, "getMeetingInfo", "meetingID=room-1"), "messageKey"), "notFound");
    let list = call(&mut bbb, "getMeetings", "");
    assert!(list.contains("<meetings/><messageKey>noMeetings</messageKey>"), "{list}");
    let again = call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    assert_eq!(text(&again, "createTime"), "1700000000001");
    bbb.restart();
    assert_eq!(bbb.meetings().count(), 0);
    let after = call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    assert_eq!(text(&after, "createTime"), "1700000000002");
}

#[test]
fn breakout_rooms_and_foreign_meetings_are_listed_with_their_users() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    let room = bbb.put_breakout(NOW, "room-1", 2, 3).unwrap();
    assert!(bbb.put_foreign(NOW, "past-the-balancer", 7).is_some());
    assert_eq!(bbb.put_foreign(NOW, "past-the-balancer", 7), None);
    assert_eq!(bbb.put_breakout(NOW, "nobody", 1, 0), None);
    assert_eq!(bbb.users(), 10);
    let info = call(&mut bbb, "getMeetingInfo", &format!("meetingID={room}"));
    assert_eq!((text(&info, "isBreakout"), text(&info, "sequence")), ("true", "2"));
    assert_eq!(text(&info, "parentMeetingID"), ROOM_1);
    let parent = call(&mut bbb, "getMeetingInfo", "meetingID=room-1");
    assert!(parent.contains(&format!("<breakoutRooms><breakout>{room}</breakout></breakoutRooms>")), "{parent}");
    bbb.set_media("past-the-balancer", 4, 2);
    let foreign = call(&mut bbb, "getMeetingInfo", "meetingID=past-the-balancer");
    assert_eq!((text(&foreign, "voiceParticipantCount"), text(&foreign, "videoCount")), ("4", "2"));
    call(&mut bbb, "end", "meetingID=room-1");
    let left: Vec<_> = bbb.meetings().map(|meeting| meeting.meeting_id.as_str()).collect();
    assert_eq!(left, ["past-the-balancer"], "a breakout room ends with its parent");
}

#[test]
fn a_meeting_on_the_test_bridge_cannot_be_joined() {
    let mut bbb = bbb();
    let xml = call(&mut bbb, "create", "name=Algebra&meetingID=room-1&voiceBridge=99999");
    assert_eq!(text(&xml, "internalMeetingID"), "-1700000000000");
    let reply = call_at(&mut bbb, NOW, "join", "fullName=Ada&meetingID=room-1&role=VIEWER");
    assert!(reply.location.unwrap().contains("meetingForciblyEnded"));
}

#[test]
fn the_other_calls_answer_as_bbb_does() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    for (name, query, element, expected) in [
        ("isMeetingRunning", "meetingID=unknown", "running", "false"),
        ("isMeetingRunning", "", "running", "false"),
        ("isMeetingRunning", "meetingID=", "messageKey", "sizeError"),
        ("isMeetingRunning", "meetingID=a%2Cb", "messageKey", "validationError"),
        ("getMeetingInfo", "", "messageKey", "notFound"),
        ("end", "meetingID=", "messageKey", "notFound"),
        ("getRecordings", "", "messageKey", "noRecordings"),
        ("getSessions", "", "messageKey", "noSessions"),
        ("sendChatMessage", "message=hi", "messageKey", "missingParamMeetingID"),
        ("sendChatMessage", "meetingID=room-1", "messageKey", "missingParamMessage"),
        ("sendChatMessage", "meetingID=room-2&message=hi", "messageKey", "meetingNotFound"),
        ("sendChatMessage", "meetingID=room-1&message=hi", "message", "Message successfully sent"),
    ] {
        assert_eq!(text(&call(&mut bbb, name, query), element), expected, "{name}?{query}");
    }
    let root = bbb.handle(NOW, "", "checksum=nonsense", None).body;
    assert_eq!((text(&root, "returncode"), text(&root, "version")), ("SUCCESS", "2.0"));
    let unknown = call_at(&mut bbb, NOW, "getDefaultConfigXML", "");
    assert_eq!((unknown.status, unknown.content_type), (404, "text/html;charset=utf-8"));
    let wrong = bbb.handle(NOW, "getMeetings", &signed("end", ""), None).body;
    assert_eq!(text(&wrong, "messageKey"), "checksumError");

    let query = signed("insertDocument", "meetingID=room-1");
    let document: &[u8] =
        b"<modules><module name=\"presentation\"><document url=\"https://x.example/a.pdf\"/></module></modules>";
    let mut insert = |content_type, body| bbb.handle(NOW, "insertDocument", &query, Some((content_type, body))).body;
    assert_eq!(text(&insert("application/xml", document), "message"), "Presentation is being uploaded");
    assert_eq!(insert("application/xml", b"<modules/>"), "");
    assert_eq!(text(&insert("text/plain", document), "messageKey"), "unsupportedContentType");
    let meeting = bbb.meeting("room-1").unwrap();
    assert_eq!((meeting.documents, meeting.chat_messages), (1, 1));
}

#[test]
fn debug_shows_no_secret_and_no_password() {
    let mut bbb = bbb();
    let query = "name=Algebra&meetingID=room-1&attendeePW=apapap&meetingEndedURL=https%3A%2F%2Flms%2F%3Ft%3Dtoken";
    let reply = call_at(&mut bbb, NOW, "create", query);
    let shown = format!("{bbb:?} {reply:?} {:?}", bbb.meeting("room-1"));
    assert!(!["s3cr3t", "apapap", "token"].iter().any(|secret| shown.contains(secret)), "{shown}");
}

#[test]
fn sessions_are_listed_one_for_each_user() {
    let mut bbb = bbb();
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    call(&mut bbb, "join", "fullName=Ada&meetingID=room-1&role=VIEWER");
    let list = call(&mut bbb, "getSessions", "");
    assert!(list.contains(&format!(
        "<sessions><meeting><meetingID>{ROOM_1}</meetingID><meetingName>Algebra</meetingName>\
         <userName>Ada</userName></meeting></sessions>"
    )));
}

#[test]
fn a_call_of_the_future_is_known_where_it_is_set_up_and_says_what_it_was_given() {
    let query = "x=1&meetingID=room-1&y=a+b%26";
    assert_eq!(call_at(&mut bbb(), NOW, "raiseHand", query).status, 404);
    let mut bbb = bbb().with_call("raiseHand");
    assert_eq!(text(&call(&mut bbb, "raiseHand", query), "messageKey"), "notFound");
    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    let xml = call(&mut bbb, "raiseHand", query);
    assert_eq!((text(&xml, "call"), text(&xml, "internalMeetingID")), ("raiseHand", ROOM_1));
    assert_eq!(text(&xml, "given"), "x=1&amp;meetingID=room-1&amp;y=a+b%26");
    let wrong = bbb.handle(NOW, "raiseHand", "meetingID=room-1&checksum=abc", None).body;
    assert_eq!(text(&wrong, "messageKey"), "checksumError");
}
