//! What each call does on a good day, and what it refuses.

use super::*;

#[test]
fn the_root_answers_without_a_checksum() {
    let network = Network::of(1);
    for path in ["/bigbluebutton/api", "/bigbluebutton/api/", "/bigbluebutton/"] {
        let said = network.send(&ApiRequest::get(path)).success();
        assert_eq!((said.value("version"), said.value("apiVersion")), ("2.0".into(), "2.0".into()));
        assert!(said.text().contains("<custom><name>lb</name>"));
    }
}

#[test]
fn a_meeting_lives_from_create_to_end() {
    let network = Network::of(2);
    let created = network.create("moodle", "room-1").success();
    assert_eq!(created.value("messageKey"), "");
    assert!(!created.value("attendeePW").is_empty() && !created.value("moderatorPW").is_empty());
    assert_eq!(network.holders("room-1").len(), 1);

    let running = |expected: &str| {
        let said = network.call("moodle", "isMeetingRunning", &[("meetingID", "room-1")]).success();
        assert_eq!(said.value("running"), expected);
    };
    running("false");
    let join = [
        ("fullName", "Ana"),
        ("meetingID", "room-1"),
        ("role", "MODERATOR"),
        ("createTime", &created.value("createTime")),
    ];
    let location = network.call("moodle", "join", &join).location();
    let landed = network.servers.browse(&location).unwrap();
    assert_eq!(landed.status, 302, "the browser is in the meeting");
    running("true");

    let info = network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    assert_eq!(
        (info.value("participantCount"), info.value("internalMeetingID")),
        ("1".into(), created.value("internalMeetingID"))
    );
    assert!(!info.text().contains("mconflb"), "stamps are not shown: {}", info.text());
    let by_internal_id =
        network.call("moodle", "getMeetingInfo", &[("meetingID", &created.value("internalMeetingID"))]);
    assert_eq!(by_internal_id.success().value("meetingID"), "room-1");

    let ended = network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    assert_eq!(ended.value("messageKey"), "sentEndMeetingRequest");
    assert!(network.holders("room-1").is_empty());
}

#[test]
fn meetings_are_stamped_and_forged_stamps_are_refused() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let stamp = |key: &str| {
        network.servers.with("bbb1", |bbb| bbb.meeting("room-1").unwrap().parameter(key).map(str::to_owned)).unwrap()
    };
    assert_eq!(stamp("meta_mconflb-guid").as_deref(), Some("lb"));
    assert_eq!(stamp("meta_mconflb-institution").as_deref(), Some("moodle"));

    let forged = [("name", "Algebra"), ("meetingID", "room-2"), ("meta_MConfLB-institution", "portal")];
    network.call("moodle", "create", &forged).failed("invalidParameters");
    assert_eq!(network.sent(1, "create"), 1);
}

#[test]
fn a_repeated_create_is_answered_by_the_same_server_as_bbb_does() {
    let network = Network::of(3);
    let first = network.create("moodle", "room-1").success();
    let again = network.create("moodle", "room-1").success();
    assert_eq!(again.value("messageKey"), "duplicateWarning");
    for field in ["createTime", "internalMeetingID", "attendeePW", "voiceBridge"] {
        assert_eq!(again.value(field), first.value(field), "{field}");
    }
    let other = [("name", "Algebra"), ("meetingID", "room-1"), ("attendeePW", "other"), ("moderatorPW", "another")];
    network.call("moodle", "create", &other).failed("idNotUnique");
    assert_eq!(network.holders("room-1").len(), 1);
}

#[test]
fn what_is_not_known_is_said_in_bbbs_words() {
    let network = Network::of(1);
    for call in ["getMeetingInfo", "end"] {
        network.call("moodle", call, &[("meetingID", "nothing")]).failed("notFound");
        network.call("moodle", call, &[]).failed("missingParamMeetingID");
    }
    network.call("moodle", "join", &[("meetingID", "nothing"), ("fullName", "Ana")]).failed("notFound");
    for params in [&[("meetingID", "nothing")][..], &[]] {
        assert_eq!(network.call("moodle", "isMeetingRunning", params).success().value("running"), "false");
    }
    network.call("moodle", "isMeetingRunning", &[("meetingID", "")]).failed("sizeError");
    network.call("moodle", "enter", &[]).failed("unsupportedRequest");
    assert_eq!(network.send(&ApiRequest::get("/elsewhere")).0.status, 404);

    let settings = Settings { legacy_errors: true, ..Settings::default() };
    Network::with(1, |_| {}, settings)
        .call("moodle", "end", &[("meetingID", "nothing")])
        .failed("invalidMeetingIdentifier");
}

#[test]
fn only_a_secret_opens_the_door() {
    let network = Network::of(1);
    network.call("nobody", "getMeetings", &[]).failed("checksumError");
    network.send(&ApiRequest::get("/bigbluebutton/api/getMeetings")).failed("checksumError");
    network.send(&ApiRequest::get("/bigbluebutton/api/getMeetings?checksum=zz")).failed("checksumError");
    network.call("moodle", "getMeetings", &[]).success();
    assert!(
        network
            .events()
            .iter()
            .any(|event| matches!(event, EventKind::CallRefused { key, .. } if key == "checksumError"))
    );
}

#[test]
fn a_wrong_checksum_is_told_with_whom_the_call_meant_and_never_with_what_else_it_says() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.call("nobody", "end", &[("meetingID", "room-1")]).failed("checksumError");
    network.call("nobody", "create", &[("integrationName", "portal"), ("meetingID", "x")]).failed("checksumError");
    network.call("nobody", "create", &[("integrationName", "s3cr3t")]).failed("checksumError");
    let hints: Vec<_> = network
        .events()
        .into_iter()
        .filter_map(|event| match event {
            EventKind::CallRefused { hint, .. } => Some(hint.map(|name| name.to_string())),
            _ => None,
        })
        .collect();
    assert_eq!(hints, [Some("moodle".to_owned()), Some("portal".to_owned()), None]);
    let searches = network.events().into_iter().filter(|event| matches!(event, EventKind::SecretsSearched { .. }));
    assert_eq!(searches.count(), 4, "the create of moodle, and three that nobody had signed");
}

#[test]
fn an_integration_that_is_switched_off_is_refused() {
    let clock = Arc::new(ManualClock::default());
    let servers = Arc::new(ScriptedServers::new(clock.clone()));
    let off = Integration { active: false, ..Integration::new("moodle", "moodle") };
    let balancer = Balancer::builder(servers, clock, Arc::new(SeededRng::new(1)));
    let balancer = balancer.integrations(Integrations::new([off]).unwrap()).build();
    let digest = sign(Algorithm::Sha512, "getMeetings", "", &"moodle".into());
    let request = ApiRequest::get(&format!("/bigbluebutton/api/getMeetings?checksum={digest}"));
    Said(block_on(balancer.handle(&request))).failed("permissionDenied");
}

#[test]
fn forms_and_slides_are_posted_as_bbb_takes_them() {
    let network = Network::of(1);
    let form = "application/x-www-form-urlencoded";
    let digest = sign(Algorithm::Sha1, "create", "", &"moodle".into());
    let body = format!("name=Algebra&meetingID=posted&checksum={digest}");
    network.send(&ApiRequest::post("/bigbluebutton/api/create", form, body)).success();
    let sorted = sign(Algorithm::Sha1, "create", "meetingID=old-rule&name=Algebra", &"moodle".into());
    let body = format!("name=Algebra&checksum={sorted}&meetingID=old-rule");
    network.send(&ApiRequest::post("/bigbluebutton/api/create", form, body)).success();

    let get = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "slides")]);
    let target = format!("{}?{}", get.path, get.query);
    network
        .send(&ApiRequest::post(&target, "application/xml", "<modules><module name=\"presentation\"/></modules>"))
        .success();
    network.send(&ApiRequest::post(&target, "application/json", "{}")).failed("unsupportedContentType");
    assert_eq!(network.holders("posted"), [1]);
    assert_eq!(network.holders("old-rule"), [1]);
}

#[test]
fn a_head_request_does_nothing() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let mut request = network.request("moodle", "join", &[("fullName", "Scanner"), ("meetingID", "room-1")]);
    request.method = Method::Head;
    assert_eq!(network.send(&request).0.status, 200);
    assert!(!network.events().iter().any(|event| matches!(event, EventKind::UserJoined { .. })));
}

#[test]
fn a_join_without_redirect_is_answered_by_the_server() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let join = [("fullName", "Ana"), ("meetingID", "room-1"), ("role", "VIEWER"), ("redirect", "false")];
    let said = network.call("moodle", "join", &join).success();
    assert_eq!(said.value("messageKey"), "successfullyJoined");
    assert_eq!(network.sent(1, "join"), 1);
}

#[test]
fn a_join_is_recorded_with_its_role() {
    use crate::event::Role;
    let network = Network::of(1);
    let created = network.create("moodle", "room-1").success();
    let moderator = created.value("moderatorPW");
    for params in [[("role", "MODERATOR")], [("password", &*moderator)], [("password", "whatever")]] {
        let join = [("fullName", "Ana"), ("meetingID", "room-1"), params[0]];
        network.call("moodle", "join", &join).location();
    }
    let stored = block_on(crate::store::MeetingStore::latest_events(&*network.store, 10)).unwrap();
    let roles: Vec<_> = stored
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::UserJoined { role, .. } => Some(role),
            _ => None,
        })
        .collect();
    assert_eq!(roles, [Role::Attendee, Role::Moderator, Role::Moderator]);
}

use crate::api::{Failure, Method};

#[test]
fn a_join_that_fails_is_told_to_websites_and_people_in_their_way() {
    let network = Network::of(1);
    let nothing = [("fullName", "Ana"), ("meetingID", "nothing")];
    let with_url = [nothing[0], nothing[1], ("errorRedirectUrl", "https://moodle.example.org/sorry?room=7")];
    network.call("moodle", "join", &nothing).failed("notFound");
    let location = network.call("moodle", "join", &with_url).location();
    assert_eq!((location.host_str(), location.path()), (Some("moodle.example.org"), "/sorry"));
    assert!(location.query().unwrap().starts_with("room=7&errors="), "{location}");

    let browser = |website: &str, params: &[(&str, &str)]| {
        network.send(&ApiRequest { prefers_html: true, ..network.request(website, "join", params) }).0
    };
    assert_eq!(browser("moodle", &nothing).for_person, Some(Failure::NotFound));
    let unsigned = browser("nobody", &with_url);
    assert_eq!((unsigned.location, unsigned.for_person), (None, Some(Failure::Checksum)));
    // other calls are no business of people
    let info = network.request("moodle", "getMeetingInfo", &[("meetingID", "nothing")]);
    assert_eq!(network.send(&ApiRequest { prefers_html: true, ..info }).0.for_person, None);

    network.create("moodle", "room-1").success();
    network.servers.fault("bbb1", Some(crate::gateway::Fault::Refuse));
    for _ in 0..3 {
        network.follow();
    }
    let suspended = browser("moodle", &[("fullName", "Ana"), ("meetingID", "room-1")]);
    assert_eq!(suspended.for_person, Some(Failure::ServerTrouble));
}
