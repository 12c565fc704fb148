use lb_core::Position;
use serde_json::json;

use super::*;

const CAPTURE: &str = include_str!("../../../../tests/fixtures/nagios/n3-status-json-style-mconf.json");
const QUOTES: &str = include_str!("../../../../tests/fixtures/nagios/n3-status-json-style-mconf-with-quotes.json");
const UNKNOWN_GROUP: &str = include_str!("../../../../tests/fixtures/nagios/n3-status-json-mconf-unknown-group.json");

fn parse(text: &str) -> Answer {
    Answer::parse(text.as_bytes()).unwrap()
}

fn refused(text: &str) -> String {
    Answer::parse(text.as_bytes()).unwrap_err().to_string()
}

fn service<'a>(answer: &'a Answer, host: &str, name: &str) -> &'a CheckedService {
    answer.hosts[host].services.iter().find(|checked| checked.service.name == name).unwrap()
}

#[test]
fn hosts_services_and_figures_are_read() {
    let answer = parse(CAPTURE);
    assert_eq!(answer.hosts.keys().collect::<Vec<_>>(), ["bru1.example.org", "bsb1.example.org", "poa1.example.org"]);
    assert_eq!(answer.hosts["bru1.example.org"].status, HostStatus::Down);
    let poa1 = answer.hosts["poa1.example.org"].server.as_ref().unwrap();
    assert_eq!(poa1.api_url.as_str(), "http://poa1.example.org/bigbluebutton/api/");
    assert_eq!(poa1.secret.expose(), "0123456789abcdef0123456789abcdef");
    assert_eq!(poa1.address, "192.0.2.10");

    let processor = service(&answer, "bsb1.example.org", "Processor Report");
    assert_eq!(processor.service.state, ServiceState::Warning);
    assert!(processor.perfdata.starts_with("cpu_avg=93.20%;90;100;0;100 cpu_max="), "{}", processor.perfdata);
    for (host, name, state) in [
        ("bru1.example.org", "Memory Report", ServiceState::Pending),
        ("bsb1.example.org", "Disk Report", ServiceState::Critical),
        ("bsb1.example.org", "Chef client run status", ServiceState::Unknown),
    ] {
        assert_eq!(service(&answer, host, name).service.state, state, "{name}");
    }
}

#[test]
fn the_empty_object_at_the_end_of_each_array_is_passed_over() {
    let answer = parse(CAPTURE);
    let names = answer.hosts.values().flat_map(|host| &host.services).map(|checked| &checked.service.name);
    assert!(answer.hosts.keys().chain(&answer.groups).chain(names).all(|name| !name.is_empty()));
    assert_eq!(answer.groups.len(), 2);
}

#[test]
fn a_host_in_two_groups_is_one_host() {
    let names = |hostgroup, recording| {
        let selected = parse(CAPTURE).select(hostgroup, recording).unwrap();
        selected.into_iter().map(|(host, recording)| (host.name, recording)).collect::<Vec<_>>()
    };
    let all = names(None, Some("mconf-recording-server"));
    assert_eq!(
        all,
        [("bru1.example.org".into(), false), ("bsb1.example.org".into(), true), ("poa1.example.org".into(), false)]
    );
    assert_eq!(names(Some("mconf-recording-server"), None), [("bsb1.example.org".into(), false)]);
    assert_eq!(names(Some("mconf-node"), Some("mconf-recording-server")), all);
}

#[test]
fn an_unknown_group_is_an_error() {
    let error = parse(UNKNOWN_GROUP).select(Some("nope"), None).unwrap_err();
    assert_eq!(error, SourceError::Refused("it shows no host group nope to this user".into()));
    assert!(parse(CAPTURE).select(None, Some("nope")).is_err());
    assert_eq!(parse(UNKNOWN_GROUP).select(None, None).unwrap().len(), 0);
}

#[test]
fn a_stopped_nagios_answers_a_page_and_that_is_an_error() {
    for page in ["<H1>Whoops!</H1>", "\n <html><body>…", "", "\n"] {
        let error = refused(page);
        assert!(error.contains("stopped") || page.trim().is_empty(), "{error}");
        assert!(!error.contains("Whoops"), "{error}");
    }
}

#[test]
fn quotes_in_figures_are_encoded_and_break_nothing() {
    let answer = parse(QUOTES);
    let memory = service(&answer, "bsb1.example.org", "Memory Report");
    assert!(memory.perfdata.ends_with("'com \"aspas\"'=1"), "{}", memory.perfdata);
}

#[test]
fn a_quote_in_a_custom_variable_breaks_the_answer_and_the_error_says_where() {
    for broken in ["Porto \\\"Alegre\"", "Porto\"", "Porto\\Alegre"] {
        let broken = broken.replace("\\\"", "\"");
        let error = refused(&CAPTURE.replacen("Porto Alegre-RS, Brazil", &broken, 1));
        assert!(error.contains("at line 88") && error.contains("a quote or backslash in SERVER_LOCATION"), "{error}");
        assert!(!error.contains("Porto"), "{error}");
    }
    let error = refused(&CAPTURE.replacen("Mconf nodes", "Mconf \"nodes\"", 1));
    assert!(error.contains("a quote or backslash in alias"), "{error}");
    // a line that is not one of its own names nothing
    let error = refused("{\"s3cr3t\": s3cr3t}");
    assert!(!error.contains("s3cr3t"), "{error}");
}

#[test]
fn an_answer_that_was_cut_off_is_an_error() {
    let error = refused(&CAPTURE[..CAPTURE.len() / 2]);
    assert!(error.ends_with("it was cut off"), "{error}");
    let deep = "[".repeat(100_000);
    for bad in ["{}", "[]", "null", "7", "{\"hostgroups\":{}}", &deep] {
        assert!(matches!(Answer::parse(bad.as_bytes()), Err(SourceError::Unreadable(_))), "{:.20}", bad);
    }
}

#[test]
fn entities_are_bytes_and_the_bytes_are_utf_8() {
    for (encoded, text) in [
        ("cpu&#95;avg&#61;12&#46;37&#37;", "cpu_avg=12.37%"),
        ("mem&#243;ria", "mem\u{fffd}ria"),
        ("servi&#195;&#167;o", "serviço"),
        ("&lt;a&gt; &amp;&quot;", "<a> &\""),
        ("&#60;&#38;&#35;57&#59;", "<&#57;"),
        ("a&b;c & d&", "a&b;c & d&"),
        ("&#256;&#-1;&#;&#x41;&", "&#256;&#-1;&#;&#x41;&"),
        ("já&#61;1", "já=1"),
        ("", ""),
    ] {
        assert_eq!(decoded(encoded), text, "{encoded}");
    }
}

#[test]
fn custom_variables_are_extra_keys_in_any_order() {
    let host = |more: Value| {
        let mut host = json!({ "name": "a", "BBB_SALT": "s", "services": [{}], "BBB_URL": "http://a.example.org/" });
        more.as_object().unwrap().iter().for_each(|(key, value)| host[key] = value.clone());
        let answer = json!({ "hostgroups": [{ "hosts": [host, {}], "name": "g" }, {}] });
        parse(&answer.to_string()).hosts["a"].server.clone()
    };
    let server = host(json!({ "SERVER_LATITUDE": "-30.03", "SERVER_LONGITUDE": "-51.2", "BBB_PORT": "80" })).unwrap();
    assert_eq!(server.position, Position::try_new(-30.03, -51.2));
    assert_eq!(server.address, "a.example.org");
    assert!(host(json!({ "BBB_SALT": " " })).is_none());
    assert!(host(json!({ "BBB_URL": 7 })).is_none());
    assert!(host(json!({ "BBB_URL": "a.example.org" })).is_none());
}

#[test]
fn a_variable_that_is_no_utf_8_costs_nothing_but_itself() {
    let mut body = CAPTURE.replacen("Porto Alegre-RS", "Bras?lia", 1).into_bytes();
    let at = body.iter().position(|byte| *byte == b'?').unwrap();
    body[at] = 0xed;
    assert_eq!(Answer::parse(&body).unwrap().hosts.len(), 3);
}

#[test]
fn what_was_never_checked_has_no_time() {
    let texts: Vec<_> = parse(CAPTURE).last_checks().collect();
    let time = |host: &str, service: &str| {
        let check = (host.to_owned(), service.to_owned());
        texts.iter().find(|(other, _)| *other == check).map(|(_, time)| time.as_str())
    };
    assert_eq!(time("bru1.example.org", "Memory Report"), None);
    assert_eq!(time("bru1.example.org", "Processor Report"), Some("2026-11-22 08:16:13"));
    assert_eq!(time("bru1.example.org", ""), Some("2026-11-22 08:16:09"));
}

#[test]
fn words_that_are_not_known_are_no_news() {
    let answer = json!({ "hostgroups": [{ "name": "g", "hosts": [
        { "name": "a", "status": "SLEEPING", "services": [{ "description": "x", "status": 3 }] }, { "name": "b" }, 7
    ] }, "text"] });
    let answer = parse(&answer.to_string());
    assert_eq!(answer.hosts["a"].status, HostStatus::Pending);
    assert_eq!(service(&answer, "a", "x").service.state, ServiceState::Unknown);
    assert_eq!(answer.hosts["b"].services.len(), 0);
    for (word, status) in
        [("UP", HostStatus::Up), ("UNREACHABLE", HostStatus::Unreachable), ("PENDING", HostStatus::Pending)]
    {
        assert_eq!(host_status(&json!(word)), status);
    }
}
