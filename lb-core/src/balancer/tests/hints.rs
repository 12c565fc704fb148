//! Where it is looked first for whose a call is, and that only the checksum decides.

use super::*;
use crate::event::SearchOutcome;

/// Many websites, so that a search is one.
fn network() -> Network {
    Network::of(1)
}

/// Whether all secrets were searched for the call.
fn searched(network: &Network, path: &str, host: Option<&str>, secret: &str, query: &str) -> (bool, String) {
    let before = network.events().len();
    let digest = sign(Algorithm::Sha1, "getMeetings", query, &secret.into());
    let separator = if query.is_empty() { "" } else { "&" };
    let get = ApiRequest::get(&format!("{path}getMeetings?{query}{separator}checksum={digest}"));
    let said = network.send(&ApiRequest { host: host.map(str::to_owned), ..get });
    let events = network.events().split_off(before);
    let searched = events.iter().any(|event| match event {
        EventKind::SecretsSearched { outcome, .. } => *outcome != SearchOutcome::Refused,
        _ => false,
    });
    let by = events.into_iter().find_map(|event| match event {
        EventKind::CallAnswered { integration, .. } => {
            Some(integration.map(|name| name.to_string()).unwrap_or_default())
        }
        _ => None,
    });
    said.value("returncode");
    (searched, by.unwrap_or_default())
}

#[test]
fn the_place_that_a_call_came_to_spares_the_search() {
    for (path, host, query) in [
        ("/bbb/portal/bigbluebutton/api/", None, ""),
        ("/b3lb/t/portal/bbb/api/", None, ""),
        ("/bbb/%70ortal/bigbluebutton/api/", None, ""),
        ("/bigbluebutton/api/", Some("portal.lb.example.org"), ""),
        ("/bigbluebutton/api/", Some("portal"), ""),
        ("/bigbluebutton/api/", None, "integrationName=portal"),
    ] {
        let network = network();
        let found = searched(&network, path, host, "portal", query);
        assert_eq!(found, (false, "portal".to_owned()), "{path} {host:?} {query}");
    }
    assert_eq!(searched(&network(), "/bigbluebutton/api/", None, "portal", ""), (true, "portal".to_owned()));
}

#[test]
fn a_wrong_hint_decides_nothing() {
    for (path, host, query) in [
        ("/bbb/moodle/bigbluebutton/api/", Some("moodle.lb.example.org"), "integrationName=moodle"),
        ("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/bigbluebutton/api/", Some("..."), "integrationName="),
        ("/%ff/bigbluebutton/api/", Some(""), ""),
    ] {
        let network = network();
        assert_eq!(searched(&network, path, host, "portal", query), (true, "portal".to_owned()), "{path}");
        let (_, nobody) = searched(&network, path, host, "nobody", query);
        assert_eq!(nobody, "", "{path}");
    }
}

#[test]
fn the_name_of_the_website_goes_to_no_server() {
    let network = network();
    let name = ("integrationName", "moodle");
    network.call("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1"), name]).success();
    let given =
        |bbb: &mut crate::gateway::SimulatedBbb| bbb.meeting("room-1").unwrap().parameter("integrationName").is_some();
    assert_eq!(network.servers.with("bbb1", given), Some(false));
    let join = [("fullName", "Ana"), ("meetingID", "room-1"), ("role", "VIEWER"), name];
    assert!(!network.call("moodle", "join", &join).location().as_str().contains("integrationName"));
}

#[test]
fn a_join_that_is_posted_becomes_one_that_servers_take() {
    let network = network();
    network.create("moodle", "room-1").success();
    let digest = sign(Algorithm::Sha1, "join", "", &"moodle".into());
    let body = format!("fullName=Ana+B&meetingID=room-1&role=VIEWER&checksum={digest}");
    let form = "application/x-www-form-urlencoded";
    let location = network.send(&ApiRequest::post("/bigbluebutton/api/join", form, body)).location();
    assert!(
        location.query().unwrap().starts_with("fullName=Ana+B&meetingID=room-1&role=VIEWER&checksum="),
        "{location}"
    );
    assert_eq!(network.servers.browse(&location).unwrap().status, 302);
    assert_eq!(network.servers.with("bbb1", |bbb| bbb.users()), Some(1));
}

#[test]
fn forms_are_taken_for_every_call_about_a_meeting() {
    let network = network();
    network.create("moodle", "room-1").success();
    let form = "application/x-www-form-urlencoded";
    for call in
        ["isMeetingRunning", "getMeetingInfo", "sendChatMessage", "getMeetings", "getSessions", "getServers", "end"]
    {
        let sorted = sign(Algorithm::Sha1, call, "meetingID=room-1&message=x", &"moodle".into());
        let body = format!("message=x&meetingID=room-1&checksum={sorted}");
        network.send(&ApiRequest::post(&format!("/bigbluebutton/api/{call}"), form, body)).success();
        let json = ApiRequest::post(&format!("/bigbluebutton/api/{call}"), "application/json", "{}");
        network.send(&json).failed("unsupportedContentType");
    }
    assert!(network.holders("room-1").is_empty(), "the last one was an end");
}
