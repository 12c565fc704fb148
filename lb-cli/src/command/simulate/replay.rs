//! A file of stored events, to be lived through again.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use lb_core::simulation::replay::{Replayed, read, replay, servers};
use lb_core::simulation::workload::Size;
use lb_core::simulation::{Scenario, SimulatedServer};

use super::wish::of_file;
use crate::outcome::Failure;
use crate::render::line;

/// The scenario that `path` tells, on the servers of the events or on so many others that are all alike. What had to be put
/// right in it is told on standard error.
pub(super) fn scenario(path: &Path, others: Option<usize>) -> Result<Scenario, Failure> {
    // names in a file are not this program's: they could give orders to the terminal
    let bad = |error: &dyn std::fmt::Display| Failure::Usage(line(&format!("{}: {error}", path.display())));
    if others.is_some_and(|count| !(1..=Size::MOST_SERVERS).contains(&count)) {
        return Err(Failure::Usage(format!("--replay-servers: 1 to {} there may be", Size::MOST_SERVERS)));
    }
    let file = File::open(path).map_err(|error| of_file("read", path, error))?;
    let events = read(BufReader::new(file)).map_err(|error| bad(&error))?;
    let servers = others.map_or_else(|| servers(events.iter().map(|read| &read.event)), alike);
    let Replayed { mut scenario, repaired } = replay(events.into_iter(), servers).map_err(|error| bad(&error))?;
    if !repaired.is_nothing() {
        eprintln!("{}", line(&format!("{}: put right: {repaired}", path.display())));
    }
    scenario.name = path.file_name().map_or_else(|| "replay".to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(scenario)
}

fn alike(count: usize) -> Vec<SimulatedServer> {
    let server = |number: usize| SimulatedServer {
        name: format!("bbb{number}").into(),
        position: None,
        strength: 1.0,
        capacity: None,
        tags: Vec::new(),
    };
    (1..=count).map(server).collect()
}

#[cfg(test)]
mod tests {
    use crate::command::admin::fake::lb;

    const EVENTS: &str = r#"{"at":1772409600000,"kind":"meeting-created"}"#;

    #[test]
    fn a_replay_has_as_many_servers_as_can_be() {
        for count in ["0", "20001", "18446744073709551615"] {
            let line = ["simulate", "--replay", "events.jsonl", "--replay-servers", count];
            assert_eq!(lb(&line, &[], "").usage(), "--replay-servers: 1 to 20000 there may be");
        }
    }

    #[test]
    fn a_file_that_is_no_replay_is_refused_with_its_name_and_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        let refused = |text: &str| {
            std::fs::write(&path, text).unwrap();
            lb(&["simulate", "--replay", path.to_str().unwrap()], &[], "").usage()
        };
        for (text, told) in
            [("", "events.jsonl: "), ("{\"event\":\"moon-landed\"}\nnone", "line 2"), (EVENTS, "line 1")]
        {
            let sentence = refused(text);
            assert!(sentence.contains("events.jsonl") && sentence.contains(told), "{sentence}");
        }
        let none = dir.path().join("none.jsonl");
        assert!(lb(&["simulate", "--replay", none.to_str().unwrap()], &[], "").failed().contains("cannot read"));
    }

    #[test]
    fn what_a_file_names_gives_no_orders_to_the_terminal() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        let ended = r#"{"at":9,"event":"meeting-ended","meeting":{"integration":"a","meeting_id":"\u001b[31mred"},
            "internal_id":"x","server":"bbb1","how":"unlisted"}"#;
        std::fs::write(&path, ended.replace('\n', "")).unwrap();
        let told = lb(&["simulate", "--replay", path.to_str().unwrap()], &[], "").usage();
        assert!(told.contains("line 1: something happens in meeting a/\\u{1b}[31mred, which never was"), "{told}");
    }

    #[test]
    fn the_first_days_of_a_replay_may_be_for_learning_and_something_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        let event = |at: u64, event: &str, more: &str| {
            let meeting = r#""meeting":{"integration":"a","meeting_id":"b"},"internal_id":"x-0","server":"bbb1""#;
            format!(r#"{{"at":{at},"event":"{event}",{meeting},{more}}}"#)
        };
        let user = r#""user":"ana","external_user_id":"ana","name":"ana","role":"attendee","seen_by":"webhook""#;
        let day = 24 * 3_600_000;
        let lines = [event(0, "user-entered", user), event(2 * day, "meeting-ended", r#""how":"unlisted""#)];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let minutes = |days: &str| {
            let line = ["simulate", "--replay", path.to_str().unwrap(), "--warm-up", days, "--seeds=1", "--json"];
            lb(&[&line[..], &["--policy=random"]].concat(), &[], "")
        };
        let measured = |days| {
            let played: serde_json::Value = serde_json::from_str(&minutes(days).output()).unwrap();
            played[0]["runs"][0]["measures"]["user_minutes"].as_f64().unwrap()
        };
        assert_eq!((measured("0"), measured("1")), (2880.0, 1440.0));
        assert_eq!(minutes("2").usage(), "--warm-up 2: the events are over before, nothing would be measured");
    }
}
