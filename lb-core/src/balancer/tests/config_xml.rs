//! The configuration of old clients.

use super::*;
use crate::gateway::{Fault, SimulatedBbb};
use crate::server::ServerState;

fn network(count: usize) -> Network {
    let public_url = Some("https://lb.example.org/".parse().unwrap());
    Network::with(count, |_| {}, Settings { public_url, ..Settings::default() })
}

fn old(network: &Network, number: usize) {
    network.servers.set_up(&format!("bbb{number}"), |bbb| bbb.with_config_xml(true));
}

fn set(network: &Network, website: &str, params: &[(&str, &str)]) -> Said {
    let form: Params = params.iter().copied().collect();
    let mut sorted: Vec<_> = params.to_vec();
    sorted.sort_unstable();
    let digest =
        sign(Algorithm::Sha1, "setConfigXML", &sorted.into_iter().collect::<Params>().encode(), &website.into());
    let body = format!("{}&checksum={digest}", form.encode());
    network.send(&ApiRequest::post("/bigbluebutton/api/setConfigXML", "application/x-www-form-urlencoded", body))
}

#[test]
fn a_configuration_goes_to_the_website_and_back_and_names_whom_each_side_may_call() {
    let network = network(2);
    (1..=2).for_each(|number| old(&network, number));
    let config = network.call("moodle", "getDefaultConfigXML", &[]).text();
    assert!(config.contains("<help url=\"https://lb.example.org/help.html\"/>"), "{config}");
    assert!(config.contains("uri=\"rtmp://lb.example.org/bigbluebutton\"") && !config.contains("invalid"), "{config}");

    network.create("moodle", "room-1").success();
    let said = set(&network, "moodle", &[("meetingID", "room-1"), ("configXML", &config)]).success();
    assert!(!said.value("token").is_empty());
    let holder = network.holders("room-1")[0];
    let held = |bbb: &mut SimulatedBbb| bbb.meeting("room-1").unwrap().config_xml.clone().unwrap();
    let held = network.servers.with(&format!("bbb{holder}"), held).unwrap();
    assert!(held.contains(&format!("<help url=\"http://bbb{holder}.invalid/help.html\"/>")), "{held}");
    assert!(held.contains(&format!("uri=\"rtmp://bbb{holder}.invalid/bigbluebutton\"")), "{held}");
    assert!(!held.contains("lb.example.org"), "{held}");

    set(&network, "moodle", &[("meetingID", "room-2"), ("configXML", &config)]).failed("notFound");
    set(&network, "portal", &[("meetingID", "room-1"), ("configXML", &config)]).failed("notFound");
    set(&network, "nobody", &[("meetingID", "room-1"), ("configXML", &config)]).failed("checksumError");
    set(&network, "moodle", &[("configXML", &config)]).failed("missingParamMeetingID");
    set(&network, "moodle", &[("meetingID", "room-1")]).failed("configXMLError");
}

#[test]
fn servers_of_today_do_not_support_it_and_are_not_failing() {
    let network = network(2);
    network.create("moodle", "room-1").success();
    for _ in 0..5 {
        network.call("moodle", "getDefaultConfigXML", &[]).failed("unsupportedRequest");
        set(&network, "moodle", &[("meetingID", "room-1"), ("configXML", "<config/>")]).failed("unsupportedRequest");
    }
    let fleet = network.balancer.fleet();
    assert!(fleet.servers().iter().all(|server| server.state() == ServerState::Enabled));
    // one that has it is found among others
    old(&network, 2);
    assert!(network.call("moodle", "getDefaultConfigXML", &[]).text().contains("<config>"));
}

#[test]
fn another_server_is_asked_where_one_gives_none() {
    for fault in [Fault::Refuse, Fault::ResetBefore, Fault::Html502, Fault::Empty, Fault::Garbage] {
        let network = network(2);
        (1..=2).for_each(|number| old(&network, number));
        network.servers.fault("bbb1", Some(fault));
        let said = network.call("moodle", "getDefaultConfigXML", &[]);
        assert!(said.text().contains("<config>"), "{fault:?}: {}", said.text());
        network.servers.fault("bbb2", Some(fault));
        network.call("moodle", "getDefaultConfigXML", &[]).failed("internalError");
    }
}
