//! getMeetingEvents, from the calls that it tells of.

use super::*;

/// 2026-01-01, the day on which tests begin.
const TODAY: &str = "2026-01-01";

fn events(network: &Network, params: &[(&str, &str)]) -> String {
    network.call("moodle", "getMeetingEvents", params).success().text()
}

#[test]
fn a_website_reads_who_joined_its_meetings_and_what_was_created() {
    let network = Network::of(1);
    assert!(events(&network, &[]).contains("<events/>"));
    let parameters = [
        ("name", "Algebra"),
        ("meetingID", "room"),
        ("attendeePW", "s3cr3t-ap"),
        ("moderatorPW", "s3cr3t-mp"),
        ("meta_origin", "<Moodle>"),
    ];
    network.call("moodle", "create", &parameters).success();
    network.pass(5);
    network.call("moodle", "join", &[("meetingID", "room"), ("fullName", "Ana"), ("password", "s3cr3t-mp")]);
    network.call("moodle", "join", &[("meetingID", "room"), ("fullName", "Ana"), ("password", "s3cr3t-ap")]);
    let text = events(&network, &[]);
    assert!(
        text.contains("<meetingID>room</meetingID><name>Algebra</name><createdAt>1767225600000</createdAt><server>")
    );
    assert!(text.contains("<user><name>Ana</name><role>moderator</role><createdAt>1767225605000</createdAt></user>"));
    assert!(text.contains("<user><name>Ana</name><role>attendee</role>"), "{text}");
    assert!(text.contains("<meta_origin>&lt;Moodle&gt;</meta_origin>") && !text.contains("s3cr3t"), "{text}");
    assert!(!text.contains("endedAt"), "it runs: {text}");
    let others = network.call("portal", "getMeetingEvents", &[("users", "0")]).success().text();
    assert!(others.contains("<events/>"), "{others}");
}

#[test]
fn meetings_nobody_joined_and_running_ones_are_shown_where_they_are_asked_for() {
    let network = Network::of(1);
    network.create("moodle", "room").success();
    assert!(events(&network, &[]).contains("<events/>"), "nobody joined");
    assert!(events(&network, &[("users", "0")]).contains("<meetingID>room</meetingID>"));
    assert!(events(&network, &[("users", "0"), ("endedAt", TODAY)]).contains("<events/>"), "it runs");
    network.servers.with("bbb1", |bbb| bbb.restart()).unwrap();
    for _ in 0..3 {
        network.pass(60);
        network.follow();
    }
    let ended = events(&network, &[("users", "0"), ("endedAt", TODAY), ("createdAt", TODAY)]);
    assert!(ended.contains("</createdAt><endedAt>17672"), "{ended}");
    assert!(events(&network, &[("users", "0"), ("createdAt", "2026-01-02")]).contains("<events/>"));
    assert!(events(&network, &[("users", "0"), ("endedAt", "2025-12-31")]).contains("<events/>"));
}

#[test]
fn a_malformed_question_is_told_so_and_is_no_refusal() {
    let network = Network::of(1);
    network.call("moodle", "getMeetingEvents", &[("createdAt", "soon")]).failed("invalidParameters");
    assert!(!network.events().iter().any(|event| matches!(event, EventKind::CallRefused { .. })));
}
