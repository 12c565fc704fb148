//! An operator asks where a meeting would go, looks at those that run, and ends one: the real binary, over its local socket.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, copies, integrations, simulated, until, unwatched};
use serde_json::Value;

/// What `lb` answers as JSON.
#[track_caller]
fn json(lb: &Lb, words: &[&str]) -> Value {
    let (code, output, errors) = lb.run(&[words, &["--json"]].concat());
    assert_eq!(code, Some(0), "{errors}");
    serde_json::from_str(&output).unwrap()
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| format!("{}/{}", item["integration"], item["meeting_id"]).replace('"', "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_goes_where_it_is_explained_to_go_and_an_operator_ends_it() {
    let servers = simulated(3).await;
    let websites = integrations(&[("moodle", "moodle-secret"), ("portal", "portal-secret")]);
    let lb =
        Lb::start(&(websites + &unwatched(&servers) + "[monitor]\ninterval = \"1s\"\n[meetings]\ngrace = \"1s\"\n"))
            .await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-secret"), lb.website("portal-secret"));
    for (website, name, id) in
        [(&portal, "portal", "a/b ?"), (&moodle, "moodle", "a/b ?"), (&moodle, "moodle", "room-2")]
    {
        let explained = json(&lb, &["explain", "--integration", name, "--meeting-id", id]);
        let placed = &explained["outcome"];
        assert_eq!(placed["word"], "placed", "{explained}");
        website.create(id).await.success();
        let shown = json(&lb, &["meeting", "show", name, id]);
        assert_eq!(shown["server"], placed["server"]);
        assert_eq!(shown["placement"]["reason"], explained["candidates"][0]["reason"]);
        assert_eq!(shown["placement"]["next"][0]["server"], explained["candidates"][1]["server"]);
        let there = json(&lb, &["explain", "--integration", name, "--meeting-id", id]);
        assert_eq!((&there["outcome"]["word"], &there["outcome"]["server"]), (&"there".into(), &shown["server"]));
    }
    let occupied = json(&lb, &["explain", "--integration", "moodle", "--meeting-id", "a/b ?"]);
    assert_eq!(occupied["left_out"][0]["reasons"][0]["why"], "occupied", "where the portal has it: {occupied}");
    assert_eq!(names(&json(&lb, &["meeting", "list"])), ["moodle/a/b ?", "moodle/room-2", "portal/a/b ?"]);
    let (_, table, _) = lb.run(&["meeting", "list", "--text", "ROOM", "--limit", "1"]);
    assert!(table.starts_with("INTEGRATION") && table.contains("room-2") && table.lines().count() == 2, "{table}");
    let (_, told, _) = lb.run(&["explain", "--integration", "moodle"]);
    assert!(told.starts_with("a new meeting of moodle would go to bbb") && told.contains("RANK"), "{told}");

    let (code, _, errors) = lb.run(&["meeting", "end", "moodle", "a/b ?"]);
    assert_eq!(code, Some(2), "nobody can be asked: {errors}");
    let (code, output, errors) = lb.run(&["meeting", "end", "moodle", "a/b ?", "--yes"]);
    assert_eq!((code, output.as_str()), (Some(0), "meeting a/b ? of moodle is being ended\n"), "{errors}");
    until(Duration::from_secs(30), "it is forgotten", async || {
        let left = names(&json(&lb, &["meeting", "list"]));
        (left == ["moodle/room-2", "portal/a/b ?"]).then_some(())
    })
    .await;
    moodle.call("getMeetingInfo", &[("meetingID", "a/b ?")]).await.failed("notFound");
    assert_eq!(copies(&servers, "room-2").iter().sum::<usize>(), 1);
    for words in [
        ["meeting", "show", "moodle", "a/b ?"].as_slice(),
        &["meeting", "end", "moodle", "a/b ?", "--yes"],
        &["meeting", "list", "--integration", "nobody"],
        &["explain", "--integration", "nobody"],
    ] {
        let (code, _, errors) = lb.run(words);
        assert!(code == Some(1) && errors.contains("there is no "), "{words:?}: {errors}");
    }
    let log = lb.log();
    assert!(log.contains("administered") && log.contains("ended"), "{log}");
}
