use lb_core::Position;

use super::*;

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/nagios/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// What follows the headers of a capture that has them.
fn body(capture: &[u8]) -> &[u8] {
    let text = std::str::from_utf8(capture).unwrap();
    let end = ["\r\n\r\n", "\n\n"].iter().find_map(|end| text.find(end).map(|at| at + end.len())).unwrap();
    &capture[end..]
}

fn states(answer: Answer) -> Vec<(String, String, ServiceState)> {
    let hosts: BTreeMap<_, _> = answer.services().into_iter().collect();
    let of = |(host, services): (String, Vec<CheckedService>)| {
        services.into_iter().map(move |checked| (host.clone(), checked.service.name, checked.service.state))
    };
    hosts.into_iter().flat_map(of).collect()
}

#[test]
fn services_are_read_with_their_state_and_figures() {
    let answer = Answer::parse(&fixture("statusjson-servicelist-details.json"), "servicelist").unwrap();
    assert_eq!(answer.query_time.as_millis(), 1_795_335_070_000);
    assert_eq!(answer.program_start.as_millis(), 1_795_335_008_000);
    let services = answer.services();
    assert_eq!(services.len(), 3);
    let bsb1 = &services["bsb1.example.org"];
    let named = |name: &str| bsb1.iter().find(|checked| checked.service.name == name).unwrap();
    let processor = named("Processor Report");
    assert_eq!(processor.service.state, ServiceState::Warning);
    assert_eq!(processor.service.checked_at, Some(Timestamp::from_millis(1_795_335_061_000)));
    assert!(processor.service.output.starts_with("CPU usage: 93.20%"));
    assert!(processor.perfdata.starts_with("cpu_avg=93.20%;90;100;0;100"));
    assert_eq!(named("Disk Report").service.state, ServiceState::Critical);
    assert_eq!(named("Chef client run status").service.state, ServiceState::Unknown);
    let memory = services["bru1.example.org"].iter().find(|checked| checked.service.name == "Memory Report").unwrap();
    assert_eq!((memory.service.state, memory.service.checked_at), (ServiceState::Pending, None));
}

#[test]
fn words_and_bits_mean_the_same() {
    let bits = Answer::parse(&fixture("statusjson-servicelist-details.json"), "servicelist").unwrap();
    let words = Answer::parse(&fixture("statusjson-servicelist-details-enumerate.json"), "servicelist").unwrap();
    assert_eq!(states(words), states(bits));
}

#[test]
fn after_a_start_everything_is_pending_and_that_is_no_error() {
    let answer = Answer::parse(&fixture("statusjson-just-started-all-pending.json"), "servicelist").unwrap();
    let states = states(answer);
    assert_eq!(states.len(), 17);
    assert!(states.iter().all(|(_, _, state)| *state == ServiceState::Pending));
    assert!(states.iter().all(|(_, name, _)| name != "(null)"));
}

#[test]
fn objects_without_a_printable_name_are_passed_over() {
    let answer = Answer::parse(&fixture("statusjson-accents-servicelist.json"), "servicelist").unwrap();
    let states = states(answer);
    assert_eq!(states.len(), 9);
    assert!(states.iter().all(|(_, name, _)| name != "(null)"));
    let answer = Answer::parse(&fixture("objectjson-accents-hostgrouplist.json"), "hostgrouplist").unwrap();
    assert_eq!(answer.groups().len(), 3);
}

#[test]
fn a_user_without_rights_sees_fewer_hosts_or_none_and_that_is_no_error() {
    let limited = Answer::parse(&fixture("statusjson-limited-user-servicelist.json"), "servicelist").unwrap();
    assert_eq!(limited.services().into_keys().collect::<Vec<_>>(), ["bru1.example.org"]);
    let capture = fixture("statusjson-no-remote-user.txt");
    assert!(Answer::parse(body(&capture), "servicelist").unwrap().services().is_empty());
}

#[test]
fn a_stopped_nagios_answers_an_empty_line_and_that_is_an_error() {
    let capture = fixture("statusjson-stopped-gracefully.http.txt");
    assert_eq!(body(&capture), b"\n");
    let error = Answer::parse(body(&capture), "servicelist").unwrap_err();
    assert!(matches!(&error, SourceError::Unreadable(why) if why.contains("stopped")), "{error}");
}

#[test]
fn old_data_of_a_crashed_nagios_are_stale() {
    let crashed = || Answer::parse(&fixture("statusjson-stale-after-crash.json"), "servicelist").unwrap();
    assert_eq!(crashed().fresh(Duration::from_secs(12)).unwrap_err(), SourceError::Stale(Duration::from_secs(13)));
    assert_eq!(states(crashed().fresh(Duration::from_secs(13)).unwrap()).len(), 17);
}

#[test]
fn errors_of_nagios_are_told_with_its_message() {
    for (name, message) in [
        ("statusjson-error-bad-option.json", "The servicestatus option value 'purple' is invalid."),
        ("statusjson-error-no-query.json", "Missing validation for object type 0."),
        ("statusjson-error-unknown-hostgroup.json", "The hostgroup 'nope' could not be found."),
    ] {
        let error = Answer::parse(&fixture(name), "servicelist").unwrap_err();
        assert!(matches!(&error, SourceError::Refused(why) if why.ends_with(message)), "{name}: {error}");
    }
}

#[test]
fn a_long_message_is_cut_and_help_text_is_not_passed_on() {
    let message = "x".repeat(5_000);
    let body = serde_json::json!({ "result": { "type_code": 3, "message": message }, "data": { "help": "HELP" } });
    let error = Answer::parse(body.to_string().as_bytes(), "hostlist").unwrap_err().to_string();
    assert!(error.len() < 300 && !error.contains("HELP"), "{error}");
}

#[test]
fn what_is_no_answer_is_an_error_that_tells_no_content() {
    let good = String::from_utf8(fixture("statusjson-hostlist-details.json")).unwrap();
    let deep = "[".repeat(100_000);
    let cut = &good[..good.len() / 2];
    let no_list = good.replace("\"hostlist\": {", "\"otherlist\": {");
    let no_times = good.replace("last_data_update", "other");
    let nothing = good.replace("\"data\"", "\"other\"");
    for bad in ["<H1>Whoops!</H1>", "[]", "null", "{}", "7", &deep, cut, &no_list, &no_times, &nothing] {
        let error = Answer::parse(bad.as_bytes(), "hostlist").unwrap_err();
        assert!(matches!(error, SourceError::Unreadable(_)), "{error}");
        assert!(!error.to_string().contains("Whoops") && !error.to_string().contains("example.org"), "{error}");
    }
    assert!(matches!(Answer::parse(b"\xff\xfe", "hostlist"), Err(SourceError::Unreadable(_))));
}

#[test]
fn host_states_are_read() {
    let answer = Answer::parse(&fixture("statusjson-hostlist-details.json"), "hostlist").unwrap();
    let states = answer.host_states();
    assert_eq!(states["poa1.example.org"], HostStatus::Up);
    assert_eq!(states["bru1.example.org"], HostStatus::Down);
    for (value, status) in [
        (serde_json::json!(1), HostStatus::Pending),
        (serde_json::json!({ "status": 8 }), HostStatus::Unreachable),
        (serde_json::json!("down"), HostStatus::Down),
        (serde_json::json!(null), HostStatus::Pending),
    ] {
        assert_eq!(host_status(&value), status);
    }
}

#[test]
fn servers_come_from_custom_variables() {
    let answer = Answer::parse(&fixture("objectjson-hostlist-details.json"), "hostlist").unwrap();
    let hosts = answer.hosts();
    assert_eq!(hosts.len(), 3);
    let server = hosts["poa1.example.org"].as_ref().unwrap();
    assert_eq!(server.api_url.as_str(), "http://poa1.example.org/bigbluebutton/api/");
    assert_eq!(server.secret.expose(), "0123456789abcdef0123456789abcdef");
    assert_eq!((server.address.as_str(), server.position), ("192.0.2.10", None));
}

#[test]
fn members_of_groups_are_read() {
    let answer = Answer::parse(&fixture("objectjson-hostgrouplist-details.json"), "hostgrouplist").unwrap();
    let groups = answer.groups();
    assert_eq!(groups["mconf-node"].len(), 3);
    assert!(groups["mconf-recording-server"].contains("bsb1.example.org"));
}

#[test]
fn a_repeated_key_is_no_error() {
    let body = String::from_utf8(fixture("objectjson-hostgroup.json")).unwrap();
    let list = body.replacen("\"hostgroup\": {", "\"hostgrouplist\": {\"mconf-node\": {", 1).replacen(
        "    }\n  }\n",
        "    }}\n  }\n",
        1,
    );
    let groups = Answer::parse(list.as_bytes(), "hostgrouplist").unwrap().groups();
    assert_eq!(groups["mconf-node"].len(), 3);
}

#[test]
fn a_host_is_a_server_if_it_has_a_url_and_a_secret() {
    let (url, notes) = ("https://a.example.org", "http://n.example.org/bigbluebutton/ fromnotes");
    let server = |variables: Value, notes: &str| {
        super::server("a", &serde_json::json!({ "custom_variables": variables, "notes": notes }))
    };
    let variables = |salt: &str| serde_json::json!({ "BBB_URL": url, "BBB_SALT": salt });
    assert_eq!(server(variables("s"), notes).unwrap().secret.expose(), "s");
    // a secret that is not ASCII arrives empty
    assert_eq!(server(variables(""), notes).unwrap().secret.expose(), "fromnotes");
    assert_eq!(server(Value::Null, notes).unwrap().address, "n.example.org");
    for notes in ["", "http://n.example.org/", "see the wiki", "two words", "http://n.example.org/ a b"] {
        assert!(server(Value::Null, notes).is_none(), "{notes}");
    }
    let bad_url = serde_json::json!({ "BBB_URL": "poa1/bigbluebutton", "BBB_SALT": "s" });
    assert!(server(bad_url, "").is_none());
}

#[test]
fn a_position_is_read_where_both_numbers_are_good() {
    let position = |variables: Value| {
        let mut host = serde_json::json!({ "notes": "http://n.example.org/ s" });
        host["custom_variables"] = variables;
        super::server("a", &host).unwrap().position
    };
    let place = Position::try_new(-30.03, -51.2);
    assert_eq!(position(serde_json::json!({ "SERVER_LATITUDE": "-30.03", "SERVER_LONGITUDE": "-51.2" })), place);
    assert_eq!(position(serde_json::json!({ "LATITUDE": "-30.03", "LONGITUDE": " -51.2 " })), place);
    for bad in [
        serde_json::json!({ "LATITUDE": "-30.03" }),
        serde_json::json!({ "LATITUDE": "-30,03", "LONGITUDE": "-51.2" }),
        serde_json::json!({ "LATITUDE": "-95", "LONGITUDE": "-51.2" }),
        serde_json::json!({ "LATITUDE": "NaN", "LONGITUDE": "-51.2" }),
    ] {
        assert_eq!(position(bad), None);
    }
}

#[test]
fn figures_that_nagios_drops_for_an_accent_in_them_are_no_figures() {
    let mut answer: Value = serde_json::from_slice(&fixture("statusjson-servicelist-details.json")).unwrap();
    answer["data"]["servicelist"]["poa1.example.org"]["Processor Report"]["perf_data"] = "".into();
    let services = Answer::parse(answer.to_string().as_bytes(), "servicelist").unwrap().services();
    let cpu = super::super::figures::CpuFigure { service: "Processor Report".into(), label: "cpu_avg".into() };
    let load = super::super::figures::load(&services["poa1.example.org"], &cpu, |moment| moment);
    assert_eq!((load.cpu, load.users), (None, Some(17)));
}
