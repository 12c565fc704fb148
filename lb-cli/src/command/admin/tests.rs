use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::fake::{Fake, lb, page};

fn partner(name: &str, contact: &str) -> Value {
    json!({ "name": name, "display_name": name, "servers": ["poa1"], "contact": contact, "managed": false })
}

#[test]
fn a_list_is_read_page_by_page_and_shown_as_one_table() {
    let fake = Fake::answering([page(json!([partner("a", "")]), Some("a b")), page(json!([partner("b", "x")]), None)]);
    let (ran, asked) = fake.run(&["partner", "list"]);
    let table = "NAME  DISPLAY NAME  SERVERS  CONTACT  MANAGED\n\
                 a     a             poa1     -        no\n\
                 b     b             poa1     x        no\n";
    assert_eq!(ran.output(), table);
    assert_eq!(asked[0].line, "GET /api/v1/partners?limit=200");
    assert_eq!(asked[1].line, "GET /api/v1/partners?limit=200&after=a%20b");
    assert!(!asked[0].head.iter().any(|line| line.starts_with("authorization")), "{:?}", asked[0].head);
}

#[test]
fn no_more_is_shown_than_wanted_and_that_there_is_more_is_said() {
    let fake = Fake::answering([page(json!([partner("a", "")]), Some("a"))]);
    let (ran, asked) = fake.run(&["partner", "list", "--limit", "1"]);
    assert!(ran.output().ends_with("\n(1 are shown, there are more: --limit N)\n"));
    assert_eq!(asked[0].line, "GET /api/v1/partners?limit=1");
    let fake = Fake::answering([page(json!([partner("a", "")]), Some("a"))]);
    let (ran, _) = fake.run(&["partner", "list", "--limit", "1", "--json"]);
    let list: Value = serde_json::from_str(&ran.output()).unwrap();
    assert_eq!(list, json!({ "items": [partner("a", "")], "next": "a" }));
}

#[test]
fn an_empty_list_is_no_table() {
    let (ran, _) = Fake::answering([page(json!([]), None)]).run(&["partner", "list"]);
    assert_eq!(ran.output(), "");
}

#[test]
fn one_thing_is_shown_with_a_line_for_each_field() {
    let (ran, asked) = Fake::answering([(200, "\"1\"", partner("a/b", ""))]).run(&["partner", "show", "a/b"]);
    assert_eq!(
        ran.output(),
        "name          a/b\ndisplay name  a/b\nservers       poa1\ncontact       -\nmanaged       no\n"
    );
    assert_eq!(asked[0].line, "GET /api/v1/partners/a%2Fb");
}

#[test]
fn a_change_sends_all_that_is_known_with_the_version_it_was_read_in() {
    let fake = Fake::answering([(200, "\"7\"", partner("a", "old")), (200, "\"8\"", partner("a", "new"))]);
    let (ran, asked) = fake.run(&["partner", "put", "a", "--contact", "new"]);
    assert_eq!(ran.output(), "partner a is changed\n");
    assert_eq!(asked[1].line, "PUT /api/v1/partners/a");
    assert_eq!(asked[1].body, json!({ "display_name": "a", "servers": ["poa1"], "contact": "new" }));
    assert!(asked[1].head.contains(&"if-match: \"7\"".to_owned()), "{:?}", asked[1].head);
}

#[test]
fn what_is_so_already_is_not_sent() {
    let (ran, asked) =
        Fake::answering([(200, "\"7\"", partner("a", "x"))]).run(&["partner", "put", "a", "--contact", "x"]);
    assert_eq!((ran.output().as_str(), asked.len()), ("partner a is so already\n", 1));
}

#[test]
fn what_is_not_there_is_made_of_the_file_and_the_options_over_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.json");
    fs::write(&path, partner("other", "from the file").to_string()).unwrap();
    let fake = Fake::answering([(404, "", json!({ "title": "there is none" })), (201, "\"1\"", partner("a", ""))]);
    let (ran, asked) = fake.run(&["partner", "put", "a", "-f", path.to_str().unwrap(), "--servers", "none"]);
    assert_eq!(ran.output(), "partner a is created\n");
    let made = json!({ "display_name": "other", "servers": [], "contact": "from the file" });
    assert_eq!(asked[1].body, made, "its name is the one that was said");
    assert!(asked[1].head.contains(&"if-none-match: *".to_owned()), "{:?}", asked[1].head);
}

#[test]
fn somebody_elses_change_is_not_lost() {
    let fake = Fake::answering([(200, "\"7\"", partner("a", "")), (412, "", json!({ "title": "it is another" }))]);
    let (ran, _) = fake.run(&["partner", "put", "a", "--contact", "new"]);
    let sentence = "it is another (look at it again, and say it again)";
    assert_eq!(ran.failed(), sentence);
}

#[test]
fn a_refusal_is_a_sentence_with_the_fields_that_are_wrong() {
    let problem = json!({ "title": "no", "status": 409, "detail": "it owns integrations",
        "errors": [{ "field": "name", "problem": "is used by moodle" }] });
    let (ran, asked) = Fake::answering([(409, "", problem)]).run(&["partner", "remove", "a", "--yes"]);
    assert_eq!(ran.failed(), "it owns integrations: name is used by moodle");
    assert_eq!(asked[0].line, "DELETE /api/v1/partners/a");
    let (ran, _) = Fake::answering([(204, "", Value::Null)]).run(&["partner", "remove", "a", "--yes"]);
    assert_eq!(ran.output(), "partner a is removed\n");
}

#[test]
fn what_the_balancer_finds_wrong_with_the_request_is_wrong_usage() {
    let bad =
        || (400, "", json!({ "type": "urn:lb:problem:bad-request", "title": "x", "detail": "the zone is unknown" }));
    for words in [&["partner", "list"][..], &["partner", "put", "a"], &["partner", "remove", "a", "--yes"]] {
        let (ran, _) = Fake::answering([bad()]).run(words);
        assert_eq!(ran.usage(), "the zone is unknown", "{words:?}");
    }
    for status in [401, 403, 404, 409, 412, 503] {
        let (ran, _) = Fake::answering([(status, "", json!({ "title": "no" }))]).run(&["partner", "list"]);
        assert!(ran.failed().starts_with("no"), "{status}");
    }
}

#[test]
fn the_token_comes_from_the_option_standard_input_or_the_environment() {
    let shown = |words: &[&str], environment: &[(&str, &str)], input: &str| {
        let fake = Fake::answering([page(json!([]), None)]);
        let url = fake.option[1].clone();
        let mut environment = environment.to_vec();
        environment.push(("LB_URL", &url));
        let ran = lb(&[&["partner", "list"], words].concat(), &environment, input);
        assert_eq!(ran.output(), "");
        let head = fake.asked().remove(0).head;
        head.into_iter().find_map(|line| line.strip_prefix("authorization: bearer ").map(str::to_owned)).unwrap()
    };
    assert_eq!(shown(&["--token", "said"], &[("LB_TOKEN", "set")], ""), "said");
    assert_eq!(shown(&["--token", "-"], &[], "piped\n"), "piped");
    assert_eq!(shown(&[], &[("LB_TOKEN", "set")], ""), "set");
}

#[test]
fn what_cannot_be_brought_back_is_not_done_unasked() {
    for words in [
        &["plan", "remove", "x"][..],
        &["partner", "remove", "x"],
        &["router", "remove", "x"],
        &["user", "remove", "x"],
        &["token", "revoke", "x"],
        &["server", "remove", "x"],
        &["integration", "remove", "x"],
        &["integration", "secret", "remove", "x", "y"],
        &["recording", "delete", "x"],
    ] {
        let (ran, asked) = Fake::answering([]).run(words);
        let sentence = ran.usage();
        assert!(sentence.ends_with("Nobody is there to be asked: give --yes") && asked.is_empty(), "{sentence}");
        let (ran, asked) = Fake::answering([(204, "", Value::Null)]).run(&[words, &["--yes"]].concat());
        ran.output();
        assert!(asked[0].line.starts_with("DELETE /api/v1/"), "{}", asked[0].line);
    }
}

#[test]
fn the_url_of_a_server_is_not_taken_for_that_of_the_balancer() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/bigbluebutton/", listener.local_addr().unwrap());
    for words in [&["server", "put", "bbb1"][..], &["partner", "list"], &["status"]] {
        let sentence = lb(&[words, &["--url", &url]].concat(), &[], "").usage();
        assert_eq!(sentence, "--url is where the balancer is; a server's own URL is --api-url");
    }
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody was called");
}

#[test]
fn a_token_that_cannot_be_sent_is_not_repeated() {
    let ran = lb(&["partner", "list", "--url", "http://127.0.0.1:1", "--token", "hu\nsh"], &[], "");
    let sentence = ran.usage();
    assert!(sentence.starts_with("that is no token") && !sentence.contains("hu"), "{sentence}");
}

#[test]
fn a_profile_says_where_and_who() {
    let fake = Fake::answering([page(json!([]), None)]);
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("lb")).unwrap();
    let path = home.path().join("lb/profiles.toml");
    fs::write(&path, format!("[near]\nurl = '{}/'\ntoken = 'hush'\n", fake.option[1])).unwrap();
    let environment = [("XDG_CONFIG_HOME", home.path().to_str().unwrap())];
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = lb(&["partner", "list", "--profile", "near"], &environment, "").usage();
    assert!(refused.contains("chmod 600") && !refused.contains("hush"), "{refused}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let unknown = lb(&["partner", "list", "--profile", "far"], &environment, "").usage();
    assert!(unknown.ends_with("has no such profile; there are near"), "{unknown}");
    assert_eq!(lb(&["partner", "list", "--profile", "near"], &environment, "").output(), "");
    assert!(fake.asked()[0].head.contains(&"authorization: bearer hush".to_owned()));
}

#[test]
fn a_balancer_of_this_machine_is_spoken_to_over_its_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lb.sock");
    let fake = Fake::at_socket(&path, [page(json!([partner("a", "")]), Some("a")), page(json!([]), None)]);
    let (ran, asked) = fake.run(&["partner", "list"]);
    assert!(ran.output().contains("\na "));
    assert!(asked[0].head.contains(&"host: localhost".to_owned()), "{:?}", asked[0].head);
    assert_eq!(asked[1].line, "GET /api/v1/partners?limit=200&after=a");
}

#[test]
fn the_configuration_says_where_the_socket_is() {
    let directory = tempfile::tempdir().unwrap();
    let (config, store) = (directory.path().join("lb.toml"), directory.path().join("lb.sqlite3"));
    fs::write(&config, format!("[store]\nurl = 'sqlite:{}'\n", store.display())).unwrap();
    let fake = Fake::at_socket(&directory.path().join("lb.sock"), [page(json!([]), None)]);
    assert_eq!(lb(&["partner", "list", "--config", config.to_str().unwrap()], &[], "").output(), "");
    assert_eq!(fake.asked().len(), 1);
}

#[test]
fn where_nothing_answers_what_was_tried_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lb.sock");
    let path = path.to_str().unwrap();
    let sentence = lb(&["partner", "list", "--socket", path], &[], "").failed();
    assert_eq!(
        sentence,
        format!(
            "no balancer answers ({path}: is not there): start one, or say where it is with --url, --profile, --socket or --config"
        )
    );
    drop(std::os::unix::net::UnixListener::bind(path).unwrap());
    let sentence = lb(&["partner", "list"], &[("LB_SOCKET", path)], "").failed();
    assert!(sentence.contains(&format!("({path}: nobody listens)")), "{sentence}");
    let sentence = lb(&["partner", "list"], &[("LB_URL", "http://127.0.0.1:1")], "").failed();
    assert!(sentence.starts_with("http://127.0.0.1:1 cannot be called: "), "{sentence}");
}

#[test]
fn a_narrow_terminal_gets_a_narrow_table() {
    let fake = Fake::answering([page(json!([partner("a", &"x".repeat(30))]), None)]);
    let url = fake.option[1].clone();
    let text = lb(&["partner", "list", "--url", &url], &[("COLUMNS", "40")], "").output();
    assert!(
        text.lines().all(|line| line.chars().count() <= 40) && text.contains("(no room for managed, contact)"),
        "{text}"
    );
    assert_eq!(fake.asked().len(), 1);
}
