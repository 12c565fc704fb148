//! Slides for a meeting that runs.

use async_trait::async_trait;
use bytes::Bytes;

use super::*;
use crate::gateway::{CallBody, Fault, Gateway, GatewayError, ServerCall, ServerReply};
use crate::server::ServerState;

const SLIDES: &str =
    "<modules>\r\n <module name=\"presentation\"><document url=\"https://f.example/a.pdf\"/></module></modules>";

impl Network {
    fn insert(&self, meeting_id: &str, content_type: &str, body: &'static str) -> Said {
        let get = self.request("moodle", "insertDocument", &[("meetingID", meeting_id)]);
        self.send(&ApiRequest::post(&format!("{}?{}", get.path, get.query), content_type, body))
    }

    fn documents(&self, number: usize) -> u32 {
        let documents = |bbb: &mut crate::gateway::SimulatedBbb| bbb.meetings().map(|meeting| meeting.documents).sum();
        self.servers.with(&format!("bbb{number}"), documents).unwrap()
    }
}

#[test]
fn slides_go_to_the_meetings_server_and_to_no_other() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    let said = network.insert("room-1", "text/xml; charset=UTF-8", SLIDES).success();
    assert_eq!(said.value("message"), "Presentation is being uploaded");
    let holder = network.holders("room-1")[0];
    assert_eq!((network.documents(holder), network.documents(3 - holder)), (1, 0));
    assert_eq!((network.sent(holder, "insertDocument"), network.sent(3 - holder, "insertDocument")), (1, 0));
}

#[test]
fn slides_are_refused_where_they_cannot_be_any() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    network.insert("nothing", "application/xml", SLIDES).failed("notFound");
    network.insert("", "application/xml", SLIDES).failed("missingParamMeetingID");
    network.insert("room-1", "application/json", "{}").failed("unsupportedContentType");
    network.insert("room-1", "application/x-www-form-urlencoded", "a=1").failed("unsupportedContentType");
    network.call("moodle", "insertDocument", &[("meetingID", "room-1")]).failed("unsupportedContentType");
    network.call("portal", "insertDocument", &[("meetingID", "room-1")]).failed("notFound");
    assert_eq!(network.sent(1, "insertDocument"), 0);
}

#[test]
fn slides_are_sent_once_whatever_becomes_of_them() {
    for fault in [Fault::Refuse, Fault::ResetBefore, Fault::ResetAfter, Fault::Html502, Fault::Empty, Fault::Garbage] {
        let network = Network::of(1);
        network.create("moodle", "room-1").success();
        network.servers.fault_on("bbb1", "insertDocument", fault);
        network.insert("room-1", "application/xml", SLIDES).failed("internalError");
        assert_eq!(network.sent(1, "insertDocument"), 1, "{fault:?}");
        network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
    }
}

#[test]
fn a_server_that_has_no_answer_to_slides_without_a_document_is_not_failing() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    for _ in 0..5 {
        network.insert("room-1", "application/xml", "<modules/>").failed("internalError");
    }
    assert_eq!(network.sent(1, "insertDocument"), 5);
    assert_eq!(network.balancer.fleet().server(&"bbb1".into()).unwrap().state(), ServerState::Enabled);
}

/// Keeps what is posted on its way to the servers.
#[derive(Debug)]
struct Post(Arc<ScriptedServers>, Mutex<Vec<(String, Bytes)>>);

#[async_trait]
impl Gateway for Post {
    async fn call(&self, server: &Server, mut call: ServerCall) -> Result<ServerReply, GatewayError> {
        if let Some(body) = call.body.take() {
            let (content_type, bytes) = body.collect().await?;
            self.1.lock().unwrap().push((content_type.clone(), bytes.clone()));
            call.body = Some(CallBody::Whole(content_type, bytes));
        }
        self.0.call(server, call).await
    }
}

#[test]
fn slides_go_on_unchanged() {
    let network = Network::of(1);
    network.create("moodle", "room-1").success();
    let post = Arc::new(Post(network.servers.clone(), Mutex::default()));
    let integrations = Integrations::new([Integration::new("moodle", "moodle")]).unwrap();
    let balancer = Balancer::builder(post.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
        .integrations(integrations)
        .store(network.store.clone())
        .build();
    block_on(balancer.resume()).unwrap();
    let get = network.request("moodle", "insertDocument", &[("meetingID", "room-1")]);
    let request = ApiRequest::post(&format!("{}?{}", get.path, get.query), "text/xml", SLIDES);
    Said(block_on(balancer.handle(&request))).success();
    assert_eq!(*post.1.lock().unwrap(), [("text/xml".to_owned(), Bytes::from_static(SLIDES.as_bytes()))]);
}
