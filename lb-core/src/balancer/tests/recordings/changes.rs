//! What websites do with their recordings.

use super::*;
use crate::gateway::SimulatedReply;
use crate::store::RecordingChange;

#[test]
fn a_recording_that_is_published_or_taken_back_is_so_at_once_and_a_late_server_does_not_turn_it_back() {
    let network = Network::of(1);
    network.on(1, |bbb| {
        let with_lag =
            SimulatedBbb::new("http://bbb1.invalid", "server-secret").with_publish_lag(Duration::from_secs(50));
        *bbb = with_lag;
    });
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    let state = || network.known(&id).unwrap().state;
    let said = network.call("moodle", "publishRecordings", &[("recordID", &id), ("publish", "False")]).success();
    assert_eq!((said.value("published"), state()), ("False".to_owned(), RecordingState::Unpublished));
    let shown = network.call("moodle", "getRecordings", &[("state", "unpublished")]).text();
    assert!(shown.contains("<published>false</published><state>unpublished</state>"), "{shown}");
    network.pass(10);
    network.follow_recordings();
    assert_eq!(state(), RecordingState::Unpublished, "its server shows it published still");
    network.pass(60);
    network.follow_recordings();
    assert_eq!(state(), RecordingState::Unpublished);
    network.on(1, |bbb| bbb.set_recording_state(&id, OnServer::Published));
    network.follow_recordings();
    assert_eq!(state(), RecordingState::Published, "somebody did it past the balancer");
    assert_eq!(network.told(), ["recording-seen moodle", "recording-unpublished moodle", "recording-published moodle"]);
    assert_eq!(network.sent(1, "publishRecordings"), 1);
}

#[test]
fn a_deleted_recording_vanishes_from_the_list_that_nobody_asks_otherwise() {
    let network = Network::of(1);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    let said = network.call("moodle", "deleteRecordings", &[("recordID", &id)]).success();
    assert_eq!(said.value("deleted"), "true");
    assert_eq!(network.recordings("moodle", &[]), [""; 0]);
    assert_eq!(network.recordings("moodle", &[("state", "deleted")]), std::slice::from_ref(&id));
    network.call("moodle", "deleteRecordings", &[("recordID", &id)]).failed("notFound");
    network.pass(3600);
    network.follow_recordings();
    assert_eq!((network.told().len(), network.sent(1, "deleteRecordings")), (2, 1));
}

#[test]
fn metadata_are_changed_at_once_and_the_balancers_own_never() {
    let network = Network::of(1);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    let params = [("recordID", id.as_str()), ("meta_Course", "A & B"), ("meta_new", "1"), ("protect", "true")];
    assert_eq!(network.call("moodle", "updateRecordings", &params).success().value("updated"), "true");
    for _ in 0..2 {
        let said = network.call("moodle", "getRecordings", &[("meta_course", "A & %"), ("meta_new", "1")]).text();
        assert!(said.contains("<course>A &amp; B</course>") && said.contains("<protected>true</protected>"), "{said}");
        assert!(said.contains("<new>1</new>") && !said.contains("mconflb"), "{said}");
        network.pass(3600);
        network.follow_recordings();
    }
    for forged in ["meta_mconflb-institution", "META_Mconflb-anything"] {
        network.call("moodle", "updateRecordings", &[("recordID", &id), (forged, "x")]).failed("invalidParameters");
    }
    assert_eq!((network.sent(1, "updateRecordings"), network.told().len()), (1, 2));
}

#[test]
fn callbacks_of_a_website_never_reach_a_server_by_an_update() {
    let network = Network::of(1);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    let callbacks = [
        "meta_bbb-recording-ready-url",
        "META_BN-Recording-Ready-URL",
        "meta_canvas-recording-ready-url",
        "meta_Analytics-Callback-Url",
        "meta_endCallbackUrl",
    ];
    let mut params = vec![("recordID", id.as_str()), ("meta_course", "8")];
    params.extend(callbacks.map(|name| (name, "https://lms.example/?key=1")));
    network.call("moodle", "updateRecordings", &params).success();
    let metadata = network.on(1, |bbb| format!("{:?}", bbb.recording(&id).unwrap().metadata));
    assert!(metadata.contains("\"8\"") && !metadata.contains("lms.example"), "{metadata}");
    let listed = network.call("moodle", "getRecordings", &[]).text();
    assert!(listed.contains("<course>8</course>") && !listed.contains("lms.example"), "{listed}");
}

#[test]
fn a_call_that_lacks_something_or_names_what_is_anothers_asks_no_server() {
    let network = Network::of(1);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    for call in ["publishRecordings", "deleteRecordings", "updateRecordings"] {
        network.call("moodle", call, &[("publish", "true")]).failed("missingParamRecordID");
        network.call("moodle", call, &[("publish", "true"), ("recordID", " ,")]).failed("missingParamRecordID");
        for (website, id) in [("portal", id.as_str()), ("moodle", &id[..20]), ("moodle", "none")] {
            network.call(website, call, &[("publish", "true"), ("recordID", id)]).failed("notFound");
        }
        assert_eq!(network.sent(1, call), 0);
    }
    for publish in ["", "perhaps"] {
        network
            .call("moodle", "publishRecordings", &[("recordID", &id), ("publish", publish)])
            .failed("missingParamPublish");
    }
}

#[test]
fn one_server_that_does_it_is_enough_and_each_is_asked_once() {
    let network = Network::of(3);
    let ids: Vec<String> = (1..=3)
        .map(|number| network.put_recording(number, network.recording_of("moodle", "x", number as u64)))
        .collect();
    network.follow_recordings();
    network.servers.fault("bbb1", Some(Fault::ResetAfter));
    network.on(2, |bbb| bbb.remove_recording(&ids[1]));
    let all = ids.join(",");
    let call = |ids: &str| network.call("moodle", "publishRecordings", &[("recordID", ids), ("publish", "false")]);
    call(&all).success();
    let states: Vec<_> = ids.iter().map(|id| network.known(id).unwrap().state).collect();
    assert_eq!(states, [RecordingState::Published, RecordingState::Published, RecordingState::Unpublished]);
    call(&ids[..2].join(",")).failed("internalError");
    call(&ids[1]).failed("notFound");
    let sent: Vec<_> = (1..=3).map(|number| network.sent(number, "publishRecordings")).collect();
    assert_eq!(sent, [2, 3, 1]);
}

#[test]
fn every_copy_is_changed() {
    let network = Network::of(2);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.put_recording(2, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    network.call("moodle", "deleteRecordings", &[("recordID", &id)]).success();
    assert_eq!(network.recordings("moodle", &[]), [""; 0]);
    for number in [1, 2] {
        assert_eq!(network.on(number, |bbb| bbb.recording(&id).unwrap().state), OnServer::Deleted);
    }
}

#[test]
fn a_recording_of_which_one_copy_may_stay_is_not_told_as_changed() {
    let network = Network::of(2);
    let recording = network.recording_of("moodle", "x", 0);
    let id = network.put_recording(1, recording.clone());
    network.put_recording(2, recording);
    let other = network.put_recording(2, network.recording_of("moodle", "y", 1));
    network.follow_recordings();
    network.servers.fault_on("bbb1", "deleteRecordings", Fault::ResetBefore);
    network.call("moodle", "deleteRecordings", &[("recordID", &id)]).failed("internalError");
    assert_eq!(network.recordings("moodle", &[("meetingID", "x")]), std::slice::from_ref(&id));
    assert_eq!(network.balancer.due_for_recordings(), ["bbb1".into()], "it may have done it");
    let both = [id, other].join(",");
    network.call("moodle", "publishRecordings", &[("recordID", &both), ("publish", "false")]).success();
    // a copy that is not there any more keeps nobody from the others
    let third = network.put_recording(1, network.recording_of("moodle", "z", 2));
    let copy = network.on(1, |bbb| bbb.recording(&third).unwrap().clone());
    network.put_recording(2, copy);
    network.follow_recordings();
    network.on(2, |bbb| bbb.remove_recording(&third));
    network.call("moodle", "publishRecordings", &[("recordID", &third), ("publish", "false")]).success();
}

#[test]
fn ten_thousand_ids_go_in_urls_that_servers_take() {
    let network = Network::of(1);
    let own: Vec<String> =
        (0..300).map(|number| network.put_recording(1, network.recording_of("moodle", "x", number))).collect();
    network.follow_recordings();
    let none = (0..10_000).map(|number| format!("0e9770ee13188deca3cd34f598eb93650a2f97c3-{number}"));
    let ids: Vec<String> = own.iter().cloned().chain(none).collect();
    let ids = ids.join(",");
    assert_eq!(network.recordings("moodle", &[("recordID", &ids)]).len(), 300);
    network.call("moodle", "publishRecordings", &[("recordID", &ids), ("publish", "false")]).success();
    assert_eq!(network.recordings("moodle", &[("state", "unpublished")]).len(), 300);
    // 56 bytes for each, and the rest of the URL
    assert_eq!(network.sent(1, "publishRecordings"), 3);
    let long = "x".repeat(9000);
    network.call("moodle", "updateRecordings", &[("recordID", &own[0]), ("meta_a", &long)]).failed("sizeError");
    assert_eq!(network.sent(1, "updateRecordings"), 0);
}

#[test]
fn a_simulated_server_answers_as_if_it_were_asked_itself() {
    let network = Network::of(1);
    let recording = network.recording_of("moodle", "x", 0).with_metadata("gl-listed", "true");
    let id = network.put_recording(1, recording);
    network.follow_recordings();
    let query = "state=any";
    let digest = sign(Algorithm::Sha256, "getRecordings", query, &"server-secret".into());
    let url = format!("http://bbb1.invalid/bigbluebutton/api/getRecordings?{query}&checksum={digest}");
    let SimulatedReply { body, .. } = network.servers.browse(&url.parse().unwrap()).unwrap();
    let of_server = String::from_utf8(body.into()).unwrap();
    let stamps = ["mconflb-guid", "mconflb-institution"].map(|key| {
        let start = of_server.find(&format!("<{key}>")).unwrap();
        let end = of_server.find(&format!("</{key}>")).unwrap() + key.len() + 3;
        of_server[start..end].to_owned()
    });
    let expected = stamps.iter().fold(of_server, |text, stamp| text.replace(stamp.as_str(), ""));
    assert_eq!(network.call("moodle", "getRecordings", &[("recordID", &id)]).text(), expected);
}

/// Servers on whose lists a recording is always late: while one is asked, a website takes the recording back.
#[derive(Debug)]
struct Late {
    servers: Arc<crate::gateway::ScriptedServers>,
    store: Arc<InMemoryStore>,
    now: crate::clock::Timestamp,
}

#[async_trait::async_trait]
impl crate::gateway::Gateway for Late {
    async fn call(
        &self,
        server: &Server,
        call: crate::gateway::ServerCall,
    ) -> Result<crate::gateway::ServerReply, crate::gateway::GatewayError> {
        let reply = self.servers.call(server, call).await;
        let store: &dyn crate::store::RecordingStore = &*self.store;
        let mut changes = Vec::new();
        for before in store.recordings_on(&server.name).await.unwrap() {
            let after =
                Recording { state: RecordingState::Unpublished, changed_at: self.now, ..Recording::clone(&before) };
            changes.push(RecordingChange { before: Some(before), after: Some(after.into()), events: Vec::new() });
        }
        store.change_recordings(changes).await.unwrap();
        reply
    }
}

#[test]
fn what_is_learnt_while_a_server_makes_its_list_is_not_overwritten_by_that_list() {
    let mut network = Network::of(1);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.follow_recordings();
    let (servers, store) = (network.servers.clone(), network.store.clone());
    // long ago by the clock, so that nothing but the order tells which is newer
    let now = network.clock.now();
    network.pass(3600);
    network.balancer.gateway = Arc::new(Late { servers, store, now });
    network.follow_recordings();
    assert_eq!(network.known(&id).unwrap().state, RecordingState::Unpublished);
}
