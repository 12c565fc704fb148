//! Breakout rooms, which BBB makes and a website asks for by their own ids.

use super::*;
use crate::gateway::SimulatedBbb;

/// A network in which moodle's `room-1` has a breakout room, and the ids of that.
fn with_a_room() -> (Network, String, String) {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    network.create("portal", "room-2").success();
    let holder = network.holders("room-1")[0];
    let now = network.clock.now();
    let put = |bbb: &mut SimulatedBbb| bbb.put_breakout(now, "room-1", 1, 2).unwrap();
    let internal_id = network.servers.with(&format!("bbb{holder}"), put).unwrap();
    let id = |bbb: &mut SimulatedBbb| bbb.meeting(&internal_id).unwrap().meeting_id.clone();
    let id = network.servers.with(&format!("bbb{holder}"), id).unwrap();
    (network, id, internal_id)
}

#[test]
fn a_room_is_found_by_its_own_ids_once_its_server_has_listed_it() {
    let (network, id, internal_id) = with_a_room();
    network.call("moodle", "getMeetingInfo", &[("meetingID", &id)]).failed("notFound");
    network.pass(1);
    network.follow();
    for id in [&id, &internal_id] {
        let about = ("meetingID", id.as_str());
        let info = network.call("moodle", "getMeetingInfo", &[about]).success();
        assert_eq!((info.value("isBreakout"), info.value("internalMeetingID")), ("true".into(), internal_id.clone()));
        assert_eq!(network.call("moodle", "isMeetingRunning", &[about]).success().value("running"), "true");
        network.call("moodle", "sendChatMessage", &[about, ("message", "x")]).success();
        let get = network.request("moodle", "insertDocument", &[about]);
        let slides =
            "<modules><module name=\"presentation\"><document url=\"https://f.example/a.pdf\"/></module></modules>";
        network.send(&ApiRequest::post(&format!("{}?{}", get.path, get.query), "text/xml", slides)).success();

        network.call("portal", "getMeetingInfo", &[about]).failed("notFound");
        network.call("portal", "end", &[about]).failed("notFound");
        assert_eq!(network.call("portal", "isMeetingRunning", &[about]).success().value("running"), "false");
    }
    network.call("moodle", "end", &[("meetingID", &id)]).success();
    network.pass(1);
    network.follow();
    network.call("moodle", "getMeetingInfo", &[("meetingID", &id)]).failed("notFound");
    network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
}
