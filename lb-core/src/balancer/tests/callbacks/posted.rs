//! What servers post: recordings that are ready, and analytics.

use serde_json::json;

use super::*;
use crate::gateway::{Gateway, GatewayError, ServerCall, ServerReply};
use crate::jwt::{self, JwtAlgorithm};

const READY: &str = "https://lms.example/ready?key=1";
const ANALYTICS: &str = "https://lms.example/analytics";
const HOUR: u64 = 3600;

/// A meeting whose website asks for both.
fn create(scene: &Scene) -> usize {
    let params = [
        ("name", "Algebra"),
        ("meetingID", "room-1"),
        ("meta_BBB-Recording-Ready-URL", READY),
        ("meta_Analytics-Callback-Url", ANALYTICS),
        ("meta_course", "7"),
    ];
    scene.network.call("moodle", "create", &params).success();
    scene.holder("room-1")
}

/// What the server was given in place of a URL of the website.
fn given(scene: &Scene, key: &str) -> String {
    let url = scene.sent_parameter(scene.holder("room-1"), "room-1", &format!("meta_{key}")).unwrap();
    assert!(url.starts_with("https://lb.example/pre/callbacks/"), "{url}");
    url
}

fn parts(url: &str) -> (CallbackPlace, String, String) {
    let url: Url = url.parse().unwrap();
    let (place, integration, token) = CallbackPlace::in_path(url.path()).unwrap();
    (place, integration, token.to_owned())
}

fn recording_of(scene: &Scene, url: &str, claims: &serde_json::Value, secret: &str) -> Heard {
    let (place, integration, token) = parts(url);
    assert_eq!(place, CallbackPlace::RecordingReady);
    let signed = jwt::sign(JwtAlgorithm::Hs256, claims, &secret.into());
    block_on(scene.network.balancer.recording_ready(&integration, &token, &signed))
}

fn ready(scene: &Scene, url: &str, record_id: &str) -> Heard {
    recording_of(scene, url, &json!({ "meeting_id": "room-1", "record_id": record_id }), "server-secret")
}

fn analytics_with(scene: &Scene, url: &str, bearer: &str, body: &str) -> Heard {
    let (place, integration, token) = parts(url);
    assert_eq!(place, CallbackPlace::Analytics);
    match scene.network.balancer.admit_analytics(&integration, &token, bearer) {
        Ok(admitted) => block_on(scene.network.balancer.analytics(admitted, body.as_bytes())),
        Err(heard) => heard,
    }
}

fn bearer(scene: &Scene, secret: &str, ends_in: i64) -> String {
    let end = scene.network.clock.now().as_millis() as i64 / 1000 + ends_in;
    jwt::sign(JwtAlgorithm::Hs512, &json!({ "exp": end }), &secret.into())
}

/// What was posted to websites so far, once the outbox is worked off.
fn posted(scene: &Scene) -> Vec<CallbackRequest> {
    block_on(scene.network.balancer.deliver_due()).unwrap();
    scene.websites.requests.lock().unwrap().iter().filter(|request| request.post.is_some()).cloned().collect()
}

fn claims_of(request: &CallbackRequest, secret: &str) -> Option<serde_json::Value> {
    let form = String::from_utf8(request.post.as_ref().unwrap().body.to_vec()).unwrap();
    let signed = Params::parse(&form);
    jwt::verify(signed.get("signed_parameters")?, JwtAlgorithm::Hs256, &secret.into()).map(Into::into)
}

fn refused(scene: &Scene) -> usize {
    scene.network.events().iter().filter(|event| matches!(event, EventKind::CallbackRefused { .. })).count()
}

#[test]
fn a_website_sees_its_own_urls_and_its_server_only_the_balancers() {
    let scene = Scene::of(1);
    create(&scene);
    for key in ["bbb-recording-ready-url", "analytics-callback-url"] {
        given(&scene, key);
    }
    let own = format!(
        "<bbb-recording-ready-url>{READY}</bbb-recording-ready-url><analytics-callback-url>{ANALYTICS}</analytics-callback-url>"
    );
    for _before_and_after_the_list in 0..2 {
        for (call, params) in [("getMeetings", vec![]), ("getMeetingInfo", vec![("meetingID", "room-1")])] {
            let text = scene.network.call("moodle", call, &params).text();
            assert!(text.contains(&own) && text.contains("<course>7</course>"), "{call}: {text}");
            assert!(!text.contains("lb.example") && !text.contains("mconflb"), "{call}: {text}");
        }
        scene.network.pass(5);
        scene.network.follow();
    }
    let found = scene.network.servers.with("bbb1", |bbb| bbb.meeting("room-1").unwrap().clone()).unwrap();
    let sent =
        ["meta_BBB-Recording-Ready-URL", "meta_Analytics-Callback-Url"].map(|name| found.parameter(name).is_some());
    assert_eq!(sent, [false, false], "in whatever case it was given");
}

#[test]
fn a_server_that_is_asked_for_nothing_is_given_nothing() {
    let scene = Scene::of(1);
    scene.create("room-1");
    for key in ["meta_bbb-recording-ready-url", "meta_analytics-callback-url"] {
        assert_eq!(scene.sent_parameter(1, "room-1", key), None);
    }
}

#[test]
fn a_recording_that_is_ready_is_told_with_the_websites_signature() {
    let scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "bbb-recording-ready-url");
    for _again in 0..3 {
        assert_eq!(ready(&scene, &url, "abc-1"), Heard::Taken);
    }
    let told = posted(&scene);
    assert_eq!(told.len(), 1, "the same once more is known");
    assert_eq!(told[0].url.expose(), READY);
    assert_eq!(claims_of(&told[0], "moodle"), Some(json!({ "meeting_id": "room-1", "record_id": "abc-1" })));
    assert_eq!(claims_of(&told[0], "server-secret"), None);
    assert_eq!(ready(&scene, &url, "abc-1"), Heard::Taken);
    assert_eq!(posted(&scene).len(), 1, "also once it was delivered");
    assert_eq!(ready(&scene, &url, "abc-2"), Heard::Taken);
    assert_eq!(posted(&scene).len(), 2, "another recording of the same meeting");
    let delivered = |event: &EventKind| {
        matches!(event, EventKind::CallbackDelivered { kind: crate::callback::CallbackKind::RecordingReady, .. })
    };
    assert_eq!(scene.network.events().iter().filter(|event| delivered(event)).count(), 2);
}

/// Servers that answer getRecordings with these formats of any recording; with none: not at all.
#[derive(Debug)]
struct Formats {
    servers: Arc<crate::gateway::ScriptedServers>,
    formats: Mutex<Vec<&'static str>>,
}

#[async_trait]
impl Gateway for Formats {
    async fn call(&self, server: &crate::server::Server, call: ServerCall) -> Result<ServerReply, GatewayError> {
        if call.name != "getRecordings" {
            return self.servers.call(server, call).await;
        }
        let (id, formats) =
            (call.url.query_pairs().next().unwrap().1.into_owned(), self.formats.lock().unwrap().clone());
        if formats.is_empty() {
            return Err(GatewayError::Unknown("no answer".into()));
        }
        let formats: String = formats.iter().map(|kind| format!("<format><type>{kind}</type></format>")).collect();
        let body = format!(
            "<response><returncode>SUCCESS</returncode><recordings><recording><recordID>another</recordID><playback><format>\
             <type>x</type></format></playback></recording><recording><recordID>{id}</recordID><playback>{formats}</playback>\
             </recording></recordings></response>"
        );
        Ok(ServerReply { status: 200, content_type: None, body: body.into() })
    }
}

#[test]
fn each_new_format_of_a_recording_is_told_once_and_every_call_where_the_formats_are_not_known() {
    let mut scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "bbb-recording-ready-url");
    let gateway = Arc::new(Formats { servers: scene.network.servers.clone(), formats: Mutex::default() });
    scene.network.balancer.gateway = gateway.clone();
    for (formats, told) in [
        (vec!["presentation"], 1),
        (vec!["presentation"], 1),
        (vec!["presentation", "podcast"], 2),
        (vec!["podcast", "presentation"], 2),
        // it cannot say which: each call may be of a new one
        (vec![], 3),
        (vec![], 4),
        (vec!["presentation", "podcast"], 4),
    ] {
        scene.network.pass(1);
        *gateway.formats.lock().unwrap() = formats.clone();
        assert_eq!(ready(&scene, &url, "abc-1"), Heard::Taken);
        assert_eq!(posted(&scene).len(), told, "{formats:?}");
    }
    let suspended = scene.network.events().into_iter().any(|event| matches!(event, EventKind::ServerFailed { .. }));
    assert!(!suspended, "a slow look-up says nothing of the server");
}

#[test]
fn a_recording_is_ready_long_after_its_meeting_was_forgotten_and_even_without_the_database() {
    let scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "bbb-recording-ready-url");
    scene.end_on(1, "room-1");
    scene.follow_until_forgotten();
    scene.network.pass(60 * 24 * HOUR);
    assert_eq!(ready(&scene, &url, "abc-1"), Heard::Taken);
    assert_eq!(posted(&scene).len(), 1);
    let lost = Scene::over(&scene.network, Arc::default());
    assert_eq!(ready(&lost, &url, "abc-1"), Heard::Taken);
    assert_eq!(posted(&lost).len(), 1);
    lost.network.pass(31 * 24 * HOUR);
    assert_eq!(ready(&lost, &url, "abc-2"), Heard::Taken, "nobody shall try for ever");
    assert_eq!(posted(&lost).len(), 1, "but too late is too late");
}

#[test]
fn what_was_told_is_known_for_as_long_as_a_server_may_say_it_again() {
    let scene = Scene::of(1);
    create(&scene);
    let (recording, analytics) = (given(&scene, "bbb-recording-ready-url"), given(&scene, "analytics-callback-url"));
    let say = |scene: &Scene| {
        assert_eq!(ready(scene, &recording, "abc-1"), Heard::Taken);
        let bearer = bearer(scene, "server-secret", 86_400);
        assert_eq!(analytics_with(scene, &analytics, &bearer, r#"{"meeting_id":"room-1"}"#), Heard::Taken);
        block_on(scene.network.balancer.forget_settled()).unwrap();
        posted(scene).len()
    };
    assert_eq!(say(&scene), 2);
    for _ in 0..3 {
        scene.network.pass(29 * 24 * HOUR);
        assert_eq!(say(&scene), 2);
    }
}

#[test]
fn what_is_not_signed_by_its_server_changes_nothing() {
    let scene = Scene::of(2);
    create(&scene);
    let url = given(&scene, "bbb-recording-ready-url");
    let right = json!({ "meeting_id": "room-1", "record_id": "abc-1" });
    assert_eq!(recording_of(&scene, &url, &right, "moodle"), Heard::Forged, "the website's secret");
    assert_eq!(recording_of(&scene, &url, &right, "another"), Heard::Forged);
    let another = json!({ "meeting_id": "room-2", "record_id": "abc-1" });
    assert_eq!(recording_of(&scene, &url, &another, "server-secret"), Heard::Forged, "another meeting");
    let long = "x".repeat(300);
    for bad in [
        json!({ "meeting_id": "room-1" }),
        json!({ "meeting_id": "room-1", "record_id": 7 }),
        json!({ "meeting_id": "room-1", "record_id": long }),
    ] {
        assert_eq!(recording_of(&scene, &url, &bad, "server-secret"), Heard::Malformed, "{bad}");
    }
    let (_, integration, token) = parts(&url);
    let balancer = &scene.network.balancer;
    assert_eq!(block_on(balancer.recording_ready(&integration, &token, "")), Heard::Forged);
    assert_eq!(block_on(balancer.recording_ready("portal", &token, "")), Heard::Unknown);
    assert_eq!(block_on(balancer.recording_ready(&integration, "x", "")), Heard::Unknown);
    assert_eq!(block_on(balancer.ended(&integration, &token, false)), Heard::Unknown, "a token of another place");
    assert_eq!(refused(&scene), 1, "told once a minute, however many come");
    scene.network.pass(60);
    (0..9).for_each(|_| assert_eq!(recording_of(&scene, &url, &right, "another"), Heard::Forged));
    assert_eq!(refused(&scene), 2);
    assert_eq!(posted(&scene).len(), 0);
    assert_eq!(scene.known(), 1);
}

#[test]
fn a_server_that_the_fleet_does_not_know_is_to_call_again() {
    let scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "bbb-recording-ready-url");
    let nobody = Scene::over(&Network::of(0), Arc::default());
    assert_eq!(ready(&nobody, &url, "abc-1"), Heard::Later);
}

#[test]
fn analytics_reach_the_website_with_its_own_urls_and_signature() {
    let scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "analytics-callback-url");
    let recording = given(&scene, "bbb-recording-ready-url");
    let body = json!({
        "meeting_id": "room-1", "internal_meeting_id": "0e97-1",
        "data": {
            "metadata": { "analytics_callback_url": url, "bbb_recording_ready_url": recording, "mconflb_guid": "lb", "meeting_name": "Algebra" },
            "attendees": [{ "name": "Ada Q." }],
        },
    });
    for _again in 0..2 {
        let bearer = bearer(&scene, "server-secret", 86_400);
        assert_eq!(analytics_with(&scene, &url, &bearer, &body.to_string()), Heard::Taken);
    }
    let [told] = <[CallbackRequest; 1]>::try_from(posted(&scene)).unwrap();
    assert_eq!(told.url.expose(), ANALYTICS);
    let post = told.post.unwrap();
    let mut expected = body;
    expected["data"]["metadata"] =
        json!({ "analytics_callback_url": ANALYTICS, "bbb_recording_ready_url": READY, "meeting_name": "Algebra" });
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&post.body).unwrap(), expected);
    let token = post.authorization.unwrap();
    let claims = jwt::verify(token.expose().strip_prefix("Bearer ").unwrap(), JwtAlgorithm::Hs512, &"moodle".into());
    assert_eq!(claims.unwrap()["exp"], scene.network.clock.now().as_millis() / 1000 + 86_400);
}

#[test]
fn analytics_that_are_not_the_servers_or_not_of_the_meeting_change_nothing() {
    let scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "analytics-callback-url");
    let body = r#"{"meeting_id":"room-1"}"#;
    let (good, another) = (bearer(&scene, "server-secret", 60), bearer(&scene, "moodle", 60));
    let weak = jwt::sign(JwtAlgorithm::Hs256, &json!({ "exp": u64::MAX }), &"server-secret".into());
    let endless = jwt::sign(JwtAlgorithm::Hs512, &json!({ "a": 1 }), &"server-secret".into());
    let old = bearer(&scene, "server-secret", -301);
    for (what, bearer) in [("none", ""), ("another", &*another), ("weak", &weak), ("endless", &endless), ("old", &old)]
    {
        assert_eq!(analytics_with(&scene, &url, bearer, body), Heard::Forged, "{what}");
    }
    assert_eq!(analytics_with(&scene, &url, &good, r#"{"meeting_id":"room-2"}"#), Heard::Forged);
    assert_eq!(refused(&scene), 1);
    assert_eq!(analytics_with(&scene, &url, &good, "{}"), Heard::Malformed);
    assert_eq!(posted(&scene).len(), 0);
    let nearly = bearer(&scene, "server-secret", -299);
    assert_eq!(analytics_with(&scene, &url, &nearly, body), Heard::Taken, "its clock may be behind");
    assert_eq!(posted(&scene).len(), 1);
}

#[test]
fn a_website_that_is_away_for_an_hour_is_told_with_the_secret_that_it_has_then() {
    let scene = Scene::of(1);
    create(&scene);
    let url = given(&scene, "bbb-recording-ready-url");
    scene.websites.failures.lock().unwrap().extend(vec!["cannot connect".to_owned(); 8]);
    assert_eq!(ready(&scene, &url, "abc-1"), Heard::Taken);
    for _ in 0..HOUR / 10 {
        posted(&scene);
        scene.network.pass(10);
    }
    assert_eq!(scene.websites.failures.lock().unwrap().len(), 0, "it was tried all the time");
    // the website's secret is rotated meanwhile
    let rotated = scene.with_integration(|moodle| moodle.secrets.insert(0, "renewed-secret".into()));
    rotated.network.pass(HOUR);
    let told = posted(&rotated);
    assert_eq!(told.len(), 1);
    assert!(claims_of(&told[0], "renewed-secret").is_some() && claims_of(&told[0], "moodle").is_none());
}

#[test]
fn what_a_website_answers_to_a_recording_settles_it_as_for_bbb() {
    for (status, tries) in [(200, 1), (410, 1), (404, 1), (401, 3), (500, 3), (302, 3)] {
        let scene = Scene::of(1);
        create(&scene);
        let url = given(&scene, "bbb-recording-ready-url");
        *scene.websites.status.lock().unwrap() = status;
        assert_eq!(ready(&scene, &url, "abc-1"), Heard::Taken);
        for _ in 0..3 {
            posted(&scene);
            scene.network.pass(60);
        }
        assert_eq!(posted(&scene).len().min(3), tries, "{status}");
        let given_up = scene
            .network
            .events()
            .into_iter()
            .any(|event| matches!(event, EventKind::CallbackFailed { given_up: true, .. }));
        assert_eq!(given_up, status == 404, "{status}");
    }
}

#[test]
fn an_integration_that_is_inactive_or_gone_is_told_nothing_more() {
    for adapt in [(|moodle: &mut Integration| moodle.active = false) as fn(&mut Integration), |moodle| {
        moodle.name = "other".into();
        moodle.secrets = vec!["other-secret".into()];
    }] {
        let scene = Scene::of(1);
        create(&scene);
        assert_eq!(ready(&scene, &given(&scene, "bbb-recording-ready-url"), "abc-1"), Heard::Taken);
        let after = scene.with_integration(adapt);
        assert_eq!(posted(&after).len(), 0);
        let given_up = |event: &EventKind| matches!(event, EventKind::CallbackFailed { given_up: true, problem, .. } if problem.contains("inactive"));
        assert_eq!(after.network.events().iter().filter(|event| given_up(event)).count(), 1);
        after.network.pass(2 * 24 * HOUR);
        assert_eq!(posted(&after).len(), 0, "it is given up");
    }
}

#[test]
fn only_hosts_that_the_integration_names_are_told() {
    let scene = Scene::of(1).with_integration(|moodle| moodle.callback_hosts = vec!["*.lms.example".into()]);
    scene.network.refresh();
    let params = [
        ("name", "Algebra"),
        ("meetingID", "room-1"),
        ("meetingEndedURL", "https://a.lms.example/ended"),
        ("meta_bbb-recording-ready-url", "https://evil.example/ready"),
        ("meta_analytics-callback-url", ANALYTICS),
    ];
    scene.network.call("moodle", "create", &params).success();
    for key in ["meta_bbb-recording-ready-url", "meta_analytics-callback-url"] {
        assert_eq!(scene.sent_parameter(1, "room-1", key), None, "nobody else tells them either");
    }
    let kinds = scene.network.events().into_iter().filter_map(|event| match event {
        EventKind::CallbackFailed { kind, given_up: true, .. } => Some(kind.as_str()),
        _ => None,
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["recording-ready", "analytics"]);
    let url = scene.end_on(1, "room-1");
    assert_eq!(scene.hear(&url), Heard::Taken);
    let narrowed = scene.with_integration(|moodle| moodle.callback_hosts = vec!["b.lms.example".into()]);
    assert_eq!(narrowed.told(), [""; 0], "the hosts of the moment count");
}
