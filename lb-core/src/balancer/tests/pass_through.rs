//! Calls that the balancer does not know, and one that only new servers have.

use super::*;
use crate::gateway::{Fault, Gateway, GatewayError, ServerCall, ServerReply};
use crate::server::ServerState;

const FORM: &str = "application/x-www-form-urlencoded";

/// A network whose servers know a call of the future.
fn network(count: usize) -> Network {
    let network = Network::of(count);
    for number in 1..=count {
        network.servers.set_up(&format!("bbb{number}"), |bbb| bbb.with_call("extendMeeting"));
    }
    network
}

fn state(network: &Network) -> ServerState {
    network.balancer.fleet().server(&"bbb1".into()).unwrap().state()
}

#[test]
fn a_call_of_the_future_goes_to_the_meetings_server_with_all_it_says() {
    let network = network(2);
    network.create("moodle", "room-1").success();
    let params = [("integrationName", "moodle"), ("minutes", "5 & 6"), ("meetingID", "room-1"), ("x", "")];
    let said = network.call("moodle", "extendMeeting", &params).success();
    assert_eq!(said.value("call"), "extendMeeting");
    assert_eq!(said.value("given"), "minutes=5+%26+6&meetingID=room-1&x=", "the name of the website stays here");
    let holder = network.holders("room-1")[0];
    assert_eq!((network.sent(holder, "unknown"), network.sent(3 - holder, "unknown")), (1, 0));

    let get = network.request("moodle", "extendMeeting", &[("meetingID", "room-1")]);
    let post = ApiRequest::post(&format!("{}?{}", get.path, get.query), FORM, "minutes=7");
    assert_eq!(network.send(&post).success().value("given"), "meetingID=room-1&minutes=7");
}

#[test]
fn what_is_about_nothing_of_the_website_goes_nowhere() {
    let network = network(1);
    network.create("moodle", "room-1").success();
    for params in [&[][..], &[("meetingID", "")], &[("meetingID", "room-2")], &[("meetingId", "room-1")]] {
        network.call("moodle", "extendMeeting", params).failed("unsupportedRequest");
    }
    let about = [("meetingID", "room-1")];
    network.call("portal", "extendMeeting", &about).failed("unsupportedRequest");
    network.call("nobody", "extendMeeting", &about).failed("checksumError");
    network.call("moodle", "extendMeeting", &[about[0], ("recordID", "x-1")]).failed("unsupportedRequest");
    for call in ["signOut", "enter", "stuns", "guestWait", "learningDashboard", "getJoinUrl", "feedback", "setPollXML"]
    {
        network.call("moodle", call, &about).failed("unsupportedRequest");
    }
    network.call("moodle", "nested/call", &about).failed("unsupportedRequest");
    assert_eq!(network.sent(1, "unknown"), 0);
}

#[test]
fn a_server_without_the_call_is_not_failing() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    for _ in 0..10 {
        network.call("moodle", "extendMeeting", &[("meetingID", "room-1")]).failed("unsupportedRequest");
    }
    assert_eq!((network.sent(1, "unknown"), state(&network)), (10, ServerState::Enabled));
    let failed = network.events().into_iter().any(|event| matches!(event, EventKind::ServerFailed { .. }));
    assert!(!failed);
}

#[test]
fn a_call_that_nobody_knows_is_sent_once_whatever_becomes_of_it() {
    for fault in [Fault::Refuse, Fault::ResetBefore, Fault::ResetAfter, Fault::Html502, Fault::Empty, Fault::Garbage] {
        let network = network(1);
        network.create("moodle", "room-1").success();
        network.servers.fault_on("bbb1", "unknown", fault);
        network.call("moodle", "extendMeeting", &[("meetingID", "room-1")]).failed("internalError");
        assert_eq!(network.sent(1, "unknown"), 1, "{fault:?}");
    }
}

#[test]
fn a_call_that_its_server_stumbles_over_does_not_suspend_it_and_one_that_it_does_not_hear_does() {
    let network = network(1);
    network.create("moodle", "room-1").success();
    let call = || network.call("moodle", "extendMeeting", &[("meetingID", "room-1")]);
    for fault in [Fault::Empty, Fault::Html502, Fault::ResetBefore, Fault::ResetAfter] {
        network.servers.fault_on("bbb1", "unknown", fault);
        (0..5).for_each(|_| call().failed("internalError"));
        assert_eq!(state(&network), ServerState::Enabled);
    }
    network.servers.fault_on("bbb1", "unknown", Fault::Refuse);
    (0..3).for_each(|_| call().failed("internalError"));
    assert_eq!(state(&network), ServerState::Suspended);
}

#[test]
fn chat_messages_go_to_servers_that_know_them() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let say = |website: &str, meeting_id: &str, message: &str| {
        network.call(website, "sendChatMessage", &[("meetingID", meeting_id), ("message", message)])
    };
    assert_eq!(say("moodle", "room-1", "Hello").success().value("message"), "Message successfully sent");
    say("moodle", "room-1", "").failed("missingParamMessage");
    say("moodle", "", "Hello").failed("missingParamMeetingID");
    say("moodle", "room-2", "Hello").failed("notFound");
    say("portal", "room-1", "Hello").failed("notFound");
    let holder = format!("bbb{}", network.holders("room-1")[0]);
    let heard = |bbb: &mut crate::gateway::SimulatedBbb| bbb.meeting("room-1").unwrap().chat_messages;
    assert_eq!(network.servers.with(&holder, heard), Some(1));
}

/// Servers that answer every call that the balancer does not know in one way.
#[derive(Debug)]
struct Strange(Arc<ScriptedServers>, u16, &'static str, &'static str);

#[async_trait::async_trait]
impl Gateway for Strange {
    async fn call(&self, server: &Server, call: ServerCall) -> Result<ServerReply, GatewayError> {
        if call.name != "unknown" && call.name != "sendChatMessage" {
            return self.0.call(server, call).await;
        }
        let content_type = Some(self.2.to_owned()).filter(|text| !text.is_empty());
        Ok(ServerReply { status: self.1, content_type, body: self.3.into() })
    }
}

#[test]
fn answers_pass_in_any_form_but_that_of_a_page() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let xml =
        "<response><returncode>SUCCESS</returncode><metadata><mconflb-guid>g</mconflb-guid></metadata></response>";
    let unsigned = "{\"response\":{\"returncode\":\"FAILED\",\"messageKey\":\"checksumError\"}}";
    for (call, status, content_type, body, expected) in [
        (
            "x",
            200,
            "application/json;charset=utf-8",
            "{\"a\":1}",
            Some(("application/json;charset=utf-8", "{\"a\":1}")),
        ),
        ("x", 200, "text/vtt", "WEBVTT", Some(("text/vtt", "WEBVTT"))),
        (
            "x",
            200,
            "",
            xml,
            Some((Reply::XML, "<response><returncode>SUCCESS</returncode><metadata></metadata></response>")),
        ),
        ("x", 200, "text/html", "<html><body>hello</body></html>", None),
        ("x", 200, "application/xml", "<config/>", None),
        ("x", 500, "text/html", "<html/>", None),
        ("x", 200, "application/json", unsigned, None),
        ("x", 200, "application/json", "{\"a\":{\"mconflb-guid\":\"g\"}}", None),
        ("x", 200, "text/plain", "mconflb_institution=moodle", None),
        ("x", 405, "text/html", "<html/>", Some(("", "unsupportedRequest"))),
        ("sendChatMessage", 404, "text/html", "<html/>", Some(("", "unsupportedRequest"))),
        ("sendChatMessage", 502, "text/html", "<html/>", None),
    ] {
        let gateway = Arc::new(Strange(network.servers.clone(), status, content_type, body));
        let balancer = Balancer::builder(gateway, network.clock.clone(), Arc::new(SeededRng::new(1)))
            .integrations(Integrations::new([Integration::new("moodle", "moodle")]).unwrap())
            .succeeding(&network.balancer)
            .build();
        let said = Said(block_on(balancer.handle(&network.request("moodle", call, &[("meetingID", "room-1")]))));
        match expected {
            Some(("", key)) => said.failed(key),
            Some((content_type, body)) => {
                assert_eq!((&*said.0.content_type, said.text().as_str()), (content_type, body));
            }
            None => said.failed("internalError"),
        }
        let server = network.balancer.fleet().server(&"bbb1".into()).cloned().unwrap();
        assert!(call != "x" || server.reachability.is_spotless(), "{status} {content_type} {body}");
    }
}
