//! What a network lived through is exported from its running balancer, and lived through again by `lb simulate`.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, fetch, integrations, simulated, until, unwatched};
use hyper::Method;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

/// All events that are stored, as `lb event list --json | jq -c '.items[]'` writes them.
fn exported(lb: &Lb) -> Vec<String> {
    let (code, output, errors) = lb.run(&["event", "list", "--json"]);
    assert_eq!(code, Some(0), "{errors}");
    let page: Value = serde_json::from_str(&output).unwrap();
    page["items"].as_array().unwrap().iter().map(Value::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_events_are_lived_through_again_with_other_policies() {
    let servers = simulated(2).await;
    let often = "[monitor]\ninterval = \"200ms\"\n[meetings]\ngrace = \"1s\"\n";
    let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + often)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    for room in ["one", "two"] {
        moodle.create(room).await.success();
        for name in ["Ana", "Bob"] {
            let join = [("fullName", name), ("meetingID", room), ("role", "VIEWER")];
            let server = moodle.call("join", &join).await.location.unwrap();
            fetch(Method::GET, &server, None, &[]).await.unwrap();
        }
    }
    let has = |kind: &str, count: usize| {
        let kind = format!("\"event\":\"{kind}\"");
        exported(&lb).iter().filter(|event| event.contains(&kind)).count() >= count
    };
    until(PATIENCE, "all are seen to be there", async || has("user-entered", 4).then_some(())).await;
    moodle.call("end", &[("meetingID", "one")]).await.success();
    until(PATIENCE, "the end is known", async || has("meeting-ended", 1).then_some(())).await;

    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    std::fs::write(path, exported(&lb).join("\n")).unwrap();
    let line = ["simulate", "--replay", path, "--policy", "least-users", "--policy", "random", "--seeds", "1-2"];
    let (code, output, errors) = lb.run(&[&line[..], &["--json"]].concat());
    assert_eq!(code, Some(0), "{errors}");
    // the other meeting still runs, and nobody has left
    assert!(errors.contains("put right: ") && errors.contains("1 meeting still running"), "{errors}");
    let played: Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&played[0]["servers"], played[0]["runs"].as_array().unwrap().len()), (&2.into(), 4));
    for run in played[0]["runs"].as_array().unwrap() {
        assert_eq!((&run["measures"]["placements"], &run["measures"]["refused"]), (&2.into(), &0.into()), "{run}");
        assert!(run["measures"]["user_minutes"].as_f64().unwrap() > 0.0, "{run}");
    }
    let (code, table, errors) = lb.run(&[&line[..], &["--replay-servers", "5"]].concat());
    assert_eq!(code, Some(0), "{errors}");
    assert!(table.contains(": 5 servers, 2 seeds, no history\n") && table.contains("least-users"), "{table}");
    // a file that was cut off
    let whole = exported(&lb).join("\n");
    std::fs::write(path, &whole[..whole.len() - 9]).unwrap();
    let (code, _, errors) = lb.run(&line);
    assert!(code == Some(2) && errors.contains(": it is no whole JSON object"), "{errors}");
}
